import { describe, expect, it } from 'vitest';
import {
  joinJudgements,
  joinLater,
  STATES,
  type Judgement,
  type Judgements,
  type State,
} from '../../../src/core/diagnose/judgement.ts';
import type { Statement } from '../../../src/core/model/statement.ts';

const statement = (message: string): Statement => ({ message, args: {}, text: message });
const judged = (state: State, word: string): Judgement => ({ state, because: [statement(word)], hosts: [word] });
const told = (judgement: Judgement | null): readonly string[] =>
  (judgement?.because ?? []).map(({ message }) => message);

function join(states: { readonly [K in keyof Judgements]?: State }): Judgement {
  const { fromProbes = 'unknown', fromSeen, fromExperiment } = states;
  return joinJudgements({
    fromProbes: judged(fromProbes, 'probes'),
    fromSeen: fromSeen === undefined ? null : judged(fromSeen, 'seen'),
    fromExperiment: fromExperiment === undefined ? null : judged(fromExperiment, 'experiment'),
  });
}

describe('what was seen, and what follows from settings and probes', () => {
  it.each<[probes: State, seen: State | undefined, state: State, because: readonly string[]]>([
    ['possible', undefined, 'possible', ['probes']],
    ['possible', 'unknown', 'possible', ['probes', 'seen']],
    ['unknown', 'unknown', 'unknown', ['probes', 'seen']],
    ['unknown', 'likely', 'likely', ['seen']],
    ['unknown', 'ruled-out', 'ruled-out', ['seen']],
    ['possible', 'confirmed', 'confirmed', ['seen']],
    ['likely', 'confirmed', 'confirmed', ['seen']],
    ['confirmed', 'likely', 'confirmed', ['seen', 'probes']],
    ['confirmed', 'confirmed', 'confirmed', ['seen', 'probes']],
    ['ruled-out', 'confirmed', 'confirmed', ['seen', 'probes']],
    ['ruled-out', 'likely', 'possible', ['seen', 'probes']],
    ['ruled-out', 'possible', 'possible', ['seen', 'probes']],
    ['confirmed', 'ruled-out', 'possible', ['seen', 'probes']],
    ['likely', 'ruled-out', 'possible', ['seen', 'probes']],
    ['possible', 'ruled-out', 'ruled-out', ['seen', 'probes']],
  ])('%s and %s give %s', (fromProbes, fromSeen, state, because) => {
    const joined = join({ fromProbes, ...(fromSeen === undefined ? {} : { fromSeen }) });
    expect({ state: joined.state, because: told(joined) }).toEqual({ state, because });
  });

  it('names the hosts of both', () => {
    expect(join({ fromProbes: 'confirmed', fromSeen: 'likely' }).hosts).toEqual(['seen', 'probes']);
  });
});

describe('a later judgement and an earlier one', () => {
  it.each<[earlier: State, later: State, state: State, because: readonly string[]]>([
    ['unknown', 'likely', 'likely', ['later']],
    ['likely', 'unknown', 'likely', ['earlier', 'later']],
    ['confirmed', 'possible', 'confirmed', ['later', 'earlier']],
    ['likely', 'confirmed', 'confirmed', ['later', 'earlier']],
    ['ruled-out', 'ruled-out', 'ruled-out', ['later', 'earlier']],
    // An older state contradicts nothing.
    ['confirmed', 'ruled-out', 'ruled-out', ['later', 'earlier/earlier']],
    ['ruled-out', 'likely', 'likely', ['later', 'earlier/earlier']],
    ['ruled-out', 'confirmed', 'confirmed', ['later', 'earlier/earlier']],
  ])('%s and then %s give %s', (earlier, later, state, because) => {
    const joined = joinLater(judged(later, 'later'), judged(earlier, 'earlier'));
    expect({ state: joined?.state, because: told(joined) }).toEqual({ state, because });
  });

  it('need not both be there', () => {
    expect(joinLater(null, null)).toBeNull();
    expect(told(joinLater(null, judged('likely', 'earlier')))).toEqual(['earlier']);
    expect(told(joinLater(judged('likely', 'later'), null))).toEqual(['later']);
  });
});

describe('all three', () => {
  it('an experiment comes after what was seen, and both outweigh the probes', () => {
    const joined = join({ fromProbes: 'possible', fromSeen: 'likely', fromExperiment: 'ruled-out' });
    expect({ state: joined.state, because: told(joined) }).toEqual({
      state: 'ruled-out',
      because: ['experiment', 'earlier/seen', 'probes'],
    });
  });

  it('what each of them says is said once', () => {
    const same = judged('likely', 'same');
    expect(told(joinJudgements({ fromProbes: same, fromSeen: same, fromExperiment: same }))).toEqual(['same']);
  });

  it('ruling a cause out takes more than missing evidence', () => {
    const all = [undefined, ...STATES];
    const joined = STATES.flatMap((fromProbes) =>
      all.flatMap((fromSeen) =>
        all.map((fromExperiment) => {
          const given = [fromProbes, fromSeen, fromExperiment].filter((state) => state !== undefined);
          const { state } = join({
            fromProbes,
            ...(fromSeen === undefined ? {} : { fromSeen }),
            ...(fromExperiment === undefined ? {} : { fromExperiment }),
          });
          return { given, state };
        }),
      ),
    );
    expect(joined.filter(({ given, state }) => state === 'ruled-out' && !given.includes('ruled-out'))).toEqual([]);
    expect(joined.filter(({ given, state }) => state === 'confirmed' && !given.includes('confirmed'))).toEqual([]);
  });
});
