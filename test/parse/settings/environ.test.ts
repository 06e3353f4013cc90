import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnviron } from '../../../src/parse/settings/environ.ts';

const pairs = (text: string) => {
  const result = parseEnviron(Buffer.from(text));
  return result.kind === 'complete' ? result.assignments.map(({ name, value }) => [name, value]) : result.kind;
};

describe('parseEnviron', () => {
  it.each([
    ['nothing', '', []],
    ['one entry', 'A=1\0', [['A', '1']]],
    [
      'a missing NUL at the end',
      'A=1\0B=2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['an equals sign in the value', 'A=b=c\0', [['A', 'b=c']]],
    ['a line break in the value', 'A=b\nc\0', [['A', 'b\nc']]],
    ['an empty value', 'A=\0', [['A', '']]],
    ['a name twice: getenv gives the first', 'A=1\0A=2\0', [['A', '1']]],
    [
      'an entry without a name',
      'A=1\0junk\0=x\0B=2\0',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['a title written over it', 'stem]  \0\0\0http_proxy=x\0', 'overwritten'],
    ['NULs written over it', '\0\0\0\0http_proxy=x\0', 'overwritten'],
  ])('%s', (_, text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });

  it('gives back what an environment was made of', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
    const value = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([n]) => n }), (entries) => {
        expect(pairs(entries.map(([n, v]) => `${n}=${v}\0`).join(''))).toEqual(entries);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(['complete', 'overwritten'].includes(parseEnviron(bytes).kind)).toBe(true);
      }),
    );
  });
});
