import { CERTAIN, type InputFormat } from './format.ts';
import { headText } from './magic.ts';

export const EVIDENCE: InputFormat = {
  id: 'evidence',
  name: 'saved evidence',
  detect: (head) => isJsonWith(headText(head), /"kind"\s*:\s*"pms-proxy-doctor\/evidence"/),
  open: () => ({ kind: 'evidence' }),
};

export const REPORTS: readonly InputFormat[] = [
  {
    id: 'report',
    name: 'a report of this tool',
    detect: (head) => isJsonWith(headText(head), /"tool"\s*:\s*\{\s*"name"\s*:\s*"pms-proxy-doctor"/),
    open: () => ({
      kind: 'refuse',
      why: 'a report of this tool: "compare" reads reports; give the evidence that --save-evidence wrote',
    }),
  },
  {
    id: 'text-report',
    name: 'a report of this tool as text',
    detect: (head) => (/^\s*pms-proxy-doctor \d/.test(headText(head)) ? CERTAIN : 0),
    open: () => ({
      kind: 'leave',
      why: 'it is a report of this tool as text; give the evidence that --save-evidence wrote',
    }),
  },
];

function isJsonWith(text: string, marker: RegExp): number {
  return /^\s*\{/.test(text) && marker.test(text) ? CERTAIN : 0;
}
