import { describe, expect, it } from 'vitest';
import { printableEvidence } from '../../../src/core/model/printable-evidence.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';

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
