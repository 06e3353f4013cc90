import { describe, expect, it } from 'vitest';
import { Literals } from '../../../src/sanitize/values/literals.ts';

describe('words that are known beforehand', () => {
  const words = new Literals([
    ['nas', 1],
    ['nas-two', 2],
    ['NAS', 3],
    ['a.b+c', 4],
    ['straße', 5],
  ]);
  it.each([
    ['nas', '1'],
    ['NAS and Nas', '1 and 1'],
    ['nas-two', '2'],
    ['nas-three', '1-three'],
    ['lynas nasa nas_1', 'lynas nasa nas_1'],
    ['(a.b+c) aXb+c', '(4) aXb+c'],
    ['STRAßE', '5'],
    // Without case, the long s is an s.
    ['naſ', '1'],
  ])('%s', (text, expected) => {
    expect(words.replace(text, String)).toBe(expected);
  });
  it('may be none', () => {
    expect(new Literals<number>([]).replace('nas', String)).toBe('nas');
  });
});
