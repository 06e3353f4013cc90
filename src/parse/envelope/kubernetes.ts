import { ISO_TIME, linePattern, type Envelope, type Strip } from './envelope.ts';

/** `kubectl logs --prefix`. */
const PREFIX: Envelope = linePattern(
  'kubectl-prefix',
  'kubectl logs --prefix',
  /^\[pod\/[\w.-]+\/(?<source>[\w.-]+)\] (?<text>.*)$/s,
);

const CRI_LINE = new RegExp(`^${ISO_TIME} (?:stdout|stderr) (?<tag>[FP])(?::\\w+)* (?<text>.*)$`, 's');

/** Files below /var/log/pods, which the CRI prescribes: P marks a part of a line, F its end. */
const CRI: Envelope = {
  id: 'cri',
  name: "a container runtime's log (CRI)",
  isWeak: false,
  open: (): Strip => (line) => {
    const groups = CRI_LINE.exec(line)?.groups;
    return groups === undefined ? null : { text: groups['text'] ?? '', source: null, continues: groups['tag'] === 'P' };
  },
};

export const KUBERNETES: readonly Envelope[] = [CRI, PREFIX];
