import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { widthOf } from '../../../src/report/text/width.ts';
import { anyCharacter, runs } from '../../support/fuzz.ts';

const OURS = [...' a~·×–—‘’“”…→≥└─✓✗'];

it('is that of each character of the planes', () => {
  const wrong: number[] = [];
  for (let point = 0; point <= 0xffff; point += 1) {
    const one = String.fromCharCode(point);
    if (widthOf(one) !== stringWidth(one)) wrong.push(point);
  }
  expect(wrong).toEqual([]);
});

it('is that of any text', () => {
  const piece = fc.oneof(
    fc.constantFrom(...OURS),
    anyCharacter,
    fc.constantFrom('\uFE0F', '\u200D', '\u0301', '\u001B[1m'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('');
      expect(widthOf(text)).toBe(stringWidth(text));
    }),
    runs(500),
  );
});

it('of our own characters is their number', () => {
  expect(widthOf(OURS.join(''))).toBe(OURS.length);
});
