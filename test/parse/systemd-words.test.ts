import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../src/parse/systemd-words.ts';

const texts = (value: string) => splitWords(value).words.map((word) => word.text);

describe('splitWords', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['  a \t b ', ['a', 'b']],
    ['"a b" c', ['a b', 'c']],
    [`'a b' "c 'd'"`, ['a b', `c 'd'`]],
    ['A="b c"d', ['A=b cd']],
    ['""', ['']],
    [String.raw`a\x20b`, ['a b']],
    [String.raw`"a\tb\"c\\"`, ['a\tb"c\\']],
    [String.raw`'\n'`, ['\n']],
    [String.raw`\u00e4\U0001F600\101\s`, ['ä😀A ']],
  ])('splits %j', (value, expected) => {
    expect(splitWords(value)).toMatchObject({ problem: null });
    expect(texts(value)).toEqual(expected);
  });

  it.each([
    ['ok "open', 3],
    ["ok 'open", 3],
    ['ok A="open', 5],
    [String.raw`ok \q`, 3],
    ['ok \\', 3],
    [String.raw`ok \x0`, 3],
    [String.raw`ok \x00`, 3],
    [String.raw`ok \U00110000`, 3],
  ])('keeps the words before the problem in %j', (value, offset) => {
    expect(texts(value)).toEqual(['ok']);
    expect(splitWords(value).problem?.offset).toBe(offset);
  });

  it('gives back any words that were quoted by the rules', () => {
    const quote = (text: string) => `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        expect(texts(words.map(quote).join(' '))).toEqual(words);
      }),
    );
  });

  it('never throws, and offsets stay inside', () => {
    expect(() =>
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\', 'x', '0', '=', 'n') }), (value) => {
          const { words, problem } = splitWords(value);
          return [...words, ...(problem ? [problem] : [])].every(({ offset }) => offset >= 0 && offset < value.length);
        }),
      ),
    ).not.toThrow();
  });
});
