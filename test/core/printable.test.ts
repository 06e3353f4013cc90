import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableEvidence } from '../../src/core/printable.ts';
import { evidenceFixture } from '../support/evidence-fixture.ts';

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
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = printable(text);
        expect(clean).not.toMatch(/\p{Cc}/u);
        expect(clean).toHaveLength(text.length);
        expect(printable(clean)).toBe(clean);
      }),
    );
  });
});

describe('printableEvidence', () => {
  it('keeps what is printable as it is', () => {
    const evidence = evidenceFixture();
    expect(printableEvidence(evidence)).toEqual(evidence);
  });

  it('cleans texts wherever they stand', () => {
    const evidence = evidenceFixture({
      direct: { outcome: 'cut', code: 'E\u001B[2J' },
      proxy: { software: 'a\u0007b' },
    });
    const text = JSON.stringify(printableEvidence(evidence));
    expect(text).toContain('a\uFFFDb');
    expect(text).not.toMatch(/u001b|u0007/i);
  });
});
