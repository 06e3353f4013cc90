import { describe, expect, it } from 'vitest';
import { quoted } from '../../../src/core/values/printable.ts';

describe('the words of others in a sentence', () => {
  it.each([
    ['stand in quotes', 'x is not defined', '"x is not defined"'],
    ['cannot end them', 'a " b “c” d', `"a ' b 'c' d"`],
    ['stay on one line', 'a\nb', '"a\uFFFDb"'],
  ])('%s', (_, words, expected) => {
    expect(quoted(words)).toBe(expected);
  });
});
