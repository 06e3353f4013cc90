import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/parse/settings/systemd-words.ts';

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
    [String.raw`\xc3\xa4`, ['ä']],
    ['a\u00a0b\u000bc', ['a\u00a0b\u000bc']],
    ['😀', ['😀']],
  ])('splits %j', (value, expected) => {
    expect(splitWords(value)).toMatchObject({ problemAt: null });
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
    expect(splitWords(value).problemAt).toBe(offset);
  });

  it.each([String.raw`\xe4`, String.raw`\ud800`, String.raw`\ufffe`])('marks %s, which makes no UTF-8', (value) => {
    expect(splitWords(`a ${value} b`).words.map(({ isBroken }) => isBroken)).toEqual([false, true, false]);
  });

  it('takes a backslash for a quote of one character where C escapes do not count', () => {
    expect(splitWords(String.raw`a\ b \q "c\"d"`, 'plain')).toMatchObject({
      words: [{ text: 'a b' }, { text: 'q' }, { text: 'c"d' }],
      problemAt: null,
    });
    expect(splitWords('a \\', 'plain').problemAt).toBe(2);
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
          const { words, problemAt } = splitWords(value);
          const offsets = [...words.map(({ offset }) => offset), ...(problemAt === null ? [] : [problemAt])];
          return offsets.every((offset) => offset >= 0 && offset < value.length);
        }),
      ),
    ).not.toThrow();
  });
});
