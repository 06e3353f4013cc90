import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { widthOf } from '../../../src/report/text/width.ts';
import { anyCharacter, runs } from '../../support/fuzz.ts';

const ASCII = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCodePoint(0x20 + i));
const OURS = [...ASCII, ...'·×–—‘’“”…→≥└─✓✗'.split('')];

it.each(OURS)('takes one column for %j', (one) => {
  expect([widthOf(one), stringWidth(one)]).toEqual([1, 1]);
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
