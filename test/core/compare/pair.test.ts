import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparable, pairUp, type Pairing } from '../../../src/core/compare/pair.ts';

interface Thing {
  readonly name: string;
  readonly state: string;
}

const thing = (name: string, state = 'a'): Thing => ({ name, state });
const pair = (before: readonly Thing[], after: readonly Thing[], names: 'shared' | 'apart'): Pairing<Thing> =>
  pairUp(before, after, { key: ({ name }) => name, shape: () => '', state: ({ state }) => state }, names);
const told = ({ pairs, perhaps, gone, fresh }: Pairing<Thing>): unknown => ({
  pairs: pairs.map((each) => each.map(({ name, state }) => name + state).join(' ')),
  perhaps: perhaps.map((each) => each.map(({ name, state }) => name + state).join(' ')),
  gone: gone.map(({ name, state }) => name + state),
  fresh: fresh.map(({ name, state }) => name + state),
});
const NONE = { pairs: [], perhaps: [], gone: [], fresh: [] };

describe('members are matched', () => {
  it.each<[string, readonly Thing[], readonly Thing[], 'shared' | 'apart', object]>([
    ['by name', [thing('x', 'a')], [thing('x', 'b')], 'shared', { pairs: ['xa xb'] }],
    ['or are gone and fresh', [thing('x')], [thing('y')], 'shared', { gone: ['xa'], fresh: ['ya'] }],
    [
      'by shared pseudonyms',
      [thing('<host-1>')],
      [thing('<host-2>')],
      'shared',
      { gone: ['<host-1>a'], fresh: ['<host-2>a'] },
    ],
    [
      'by kind where they are apart',
      [thing('<host-1>')],
      [thing('<host-2>')],
      'apart',
      { pairs: ['<host-1>a <host-2>a'] },
    ],
    [
      'not by another kind',
      [thing('<host-1>')],
      [thing('<proxy-1>')],
      'apart',
      { gone: ['<host-1>a'], fresh: ['<proxy-1>a'] },
    ],
    [
      'those in one state first',
      [thing('<host-1>', 'a'), thing('<host-2>', 'b')],
      [thing('<host-1>', 'b'), thing('<host-2>', 'a')],
      'apart',
      { pairs: ['<host-1>a <host-2>a', '<host-2>b <host-1>b'] },
    ],
    ['perhaps, where one has a name', [thing('x')], [thing('<host-1>')], 'apart', { perhaps: ['xa <host-1>a'] }],
    ['not at all, where both have one', [thing('x')], [thing('y')], 'apart', { gone: ['xa'], fresh: ['ya'] }],
  ])('%s', (_, before, after, names, expected) => {
    expect(told(pair(before, after, names))).toEqual({ ...NONE, ...expected });
  });

  it('each once', () => {
    const things = fc.array(
      fc.record({
        name: fc.constantFrom('x', 'y', '<host-1>', '<host-2>', '<file-1>.log'),
        state: fc.constantFrom('a', 'b'),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(things, things, fc.constantFrom('shared' as const, 'apart' as const), (before, after, names) => {
        const { pairs, perhaps, gone, fresh } = pair(before, after, names);
        const both = [...pairs, ...perhaps];
        expect(new Set([...both.map(([old]) => old), ...gone])).toEqual(new Set(before));
        expect(new Set([...both.map(([, now]) => now), ...fresh])).toEqual(new Set(after));
        expect([both.length + gone.length, both.length + fresh.length]).toEqual([before.length, after.length]);
        for (const [old, now] of pairs) expect(comparable(old.name, names)).toBe(comparable(now.name, names));
      }),
    );
  });

  it('ten thousand that cannot be told apart, at once', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => thing(`<host-${i}>`, String(i)));
    expect(pair(many, many.toReversed(), 'apart').pairs).toHaveLength(10_000);
    const named = many.map((_, i) => thing(`h${i}`));
    expect(pair(many, named, 'apart').perhaps).toHaveLength(10_000);
  });
});
