import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/app/usage-error.ts';
import { parseDuration } from '../../../src/cli/options/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['5s', 5_000],
    ['1500ms', 1_500],
    ['1m', 60_000],
    ['60m', 3_600_000],
    ['5', 5_000],
    ['0.5', 500],
    ['1.5s', 1_500],
    [' 2s ', 2_000],
    ['1ms', 1],
  ])('%j', (text, ms) => {
    expect(parseDuration('timeout', text)).toBe(ms);
  });

  it.each([
    '',
    '0',
    '0s',
    '-1s',
    '5h',
    '5 s',
    's',
    '.5s',
    '1e3',
    '1,5s',
    'Infinity',
    'NaN',
    '61m',
    '0.1ms',
    '５s',
    '5s5s',
  ])('%j is none', (text) => {
    expect(() => parseDuration('timeout', text)).toThrow(UsageError);
  });

  it('gives a time within the bounds, or a usage error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d.]{0,5}(ms|s|m|h)?$/)), (text) => {
        const ms = durationOr(1, text);
        expect(ms).toBeGreaterThanOrEqual(1);
        expect(ms).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });

  it('reads back every whole number of its units', () => {
    const units = fc.constantFrom(['ms', 1] as const, ['s', 1_000] as const, ['m', 60_000] as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), units, (count, [unit, factor]) => {
        expect(parseDuration('timeout', `${count}${unit}`)).toBe(count * factor);
      }),
    );
  });
});

/** The duration, or `otherwise` for a usage error; any other error gets through. */
function durationOr(otherwise: number, text: string): number {
  try {
    return parseDuration('timeout', text);
  } catch (error) {
    if (error instanceof UsageError) return otherwise;
    throw error;
  }
}
