import { describe, expect, it } from 'vitest';
import { joinJudgements, type Judgement } from '../../src/core/judgement.ts';

const judged = (state: Judgement['state'], word: string): Judgement => ({ state, because: [word], hosts: [word] });

/** computed, seen, joined: the state and whose evidence is told. */
const ROWS: readonly [Judgement['state'], Judgement['state'] | null, Judgement['state'], readonly string[]][] = [
  ['possible', null, 'possible', ['computed']],
  ['possible', 'unknown', 'possible', ['computed', 'seen']],
  ['unknown', 'likely', 'likely', ['seen']],
  ['unknown', 'ruled-out', 'ruled-out', ['seen']],
  ['possible', 'confirmed', 'confirmed', ['seen']],
  ['likely', 'likely', 'likely', ['seen', 'computed']],
  ['confirmed', 'likely', 'confirmed', ['seen', 'computed']],
  ['ruled-out', 'confirmed', 'confirmed', ['seen', 'computed']],
  ['ruled-out', 'likely', 'possible', ['seen', 'computed']],
  ['possible', 'ruled-out', 'ruled-out', ['seen', 'computed']],
  ['confirmed', 'ruled-out', 'possible', ['seen', 'computed']],
  ['ruled-out', 'ruled-out', 'ruled-out', ['seen', 'computed']],
];

describe('joining what was computed with what was seen', () => {
  it.each(ROWS)('%s and %s give %s', (computed, seen, state, because) => {
    const joined = joinJudgements(judged(computed, 'computed'), seen === null ? null : judged(seen, 'seen'));
    expect(joined).toMatchObject({ state, because });
  });
});
