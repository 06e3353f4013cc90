import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../../src/core/values/printable.ts';
import { anyCharacter } from '../../support/fuzz.ts';

describe('printable', () => {
  it.each([
    ['plex.tv · ✓ ü 日本', 'plex.tv · ✓ ü 日本'],
    ['\u001B[2Jx', '\uFFFD[2Jx'],
    ['a\nb\tc', 'a\uFFFDb\uFFFDc'],
    ['\u009B31m', '\uFFFD31m'],
    ['x\u202Egpj.exe', 'x\uFFFDgpj.exe'],
  ])('%j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('leaves no control character, and nothing else changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        const clean = printable(text);
        expect(clean).not.toMatch(/\p{Cc}/u);
        expect(clean).toHaveLength(text.length);
        expect(printable(clean)).toBe(clean);
      }),
    );
  });
});
