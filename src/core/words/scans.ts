import type { Scan } from '../model/experiment.ts';
import type { Statement } from '../model/statement.ts';
import { sayFrom } from './message.ts';

export const SCAN_MESSAGES = {
  'scan-refused':
    'PMS refused to scan library {library} ({type}, {agent}){attempt:| when it was asked again}[: {status}][ "{body}"]',
  'scan-finished': 'PMS finished the scan of library {library} ({type}, {agent}){attempt:| when it was asked again}',
  'scan-running':
    'the scan of library {library} ({type}, {agent}) had not ended in time{attempt:| when it was asked again}',
  'scan-cancelled':
    'the scan of library {library} ({type}, {agent}) was interrupted{attempt:| when it was asked again}',
  'scan-unanswered':
    'PMS did not answer the request to scan library {library} ({type}, {agent}){attempt:| when it was asked again}',
} as const;

const say = sayFrom(SCAN_MESSAGES);

/** How a scan that PMS was asked for ended. */
export function describeScan({ library, status, body, end, attempt }: Scan): Statement {
  const args = { library: library.id, type: library.type, agent: library.agent, attempt };
  switch (end) {
    case 'refused':
      return say('scan-refused', { ...args, status, body });
    case 'finished':
      return say('scan-finished', args);
    case 'running':
      return say('scan-running', args);
    case 'cancelled':
      return say('scan-cancelled', args);
    case 'unanswered':
      return say('scan-unanswered', args);
  }
}
