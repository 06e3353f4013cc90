import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Literals } from '../../../src/sanitize/values/literals.ts';
import { runs } from '../../support/fuzz.ts';

const WORDS = [
  ['nas', 1],
  ['nas-two', 2],
  ['NAS', 3],
  ['a.b+c', 4],
  ['straße', 5],
] as const;

describe('words that are known beforehand', () => {
  const words = new Literals(WORDS);
  const many = new Literals(WORDS, 0);
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
    expect(many.replace(text, String)).toBe(expected);
  });
  it('may be none', () => {
    expect(new Literals<number>([]).replace('nas', String)).toBe('nas');
  });
  it('are found alike however many they are', () => {
    const text = fc
      .array(fc.constantFrom('nas', 'NAS', 'two', 'b', '-', '.', '/', ' ', '_', '<', '\u{F0000}', 'é', '1'), {
        maxLength: 12,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.array(
          text.filter((word) => word !== ''),
          { maxLength: 8 },
        ),
        text,
        (known, said) => {
          const numbered = known.map((word, i) => [word, i] as const);
          const mark = (value: number, written: string): string => `{${value}:${written}}`;
          expect(new Literals(numbered, 0).replace(said, mark)).toBe(new Literals(numbered).replace(said, mark));
        },
      ),
      runs(300),
    );
  });
});
