import { EXIT } from '../../core/verdict/verdict.ts';

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, 'nothing wrong'],
  [EXIT.problems, 'the condition, a bypass or an unmet expectation was found (compare: something is worse)'],
  [EXIT.usage, 'wrong usage or configuration'],
  [EXIT.undecided, 'could not decide: the report says what is missing'],
  [EXIT.bug, 'a bug in this tool'],
  [EXIT.output, 'output could not be written: a full disk, for example'],
  [EXIT.interrupted, 'interrupted: the report covers the evidence so far'],
];
