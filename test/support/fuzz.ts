import * as fc from 'fast-check';

/** How many times as long fuzzing takes: `PMS_DOCTOR_FUZZ=50 npm run test:pure` is a long run. */
export const FUZZ = Number(process.env['PMS_DOCTOR_FUZZ'] ?? 1);

/** The options of a property that is tried this often in an everyday run. */
export function runs(everyday: number): { readonly numRuns: number } {
  return { numRuns: everyday * FUZZ };
}

const codePoint = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));

/** Characters of every plane. The unit `binary` of fast-check prepares a table of all of them in every worker, for a second. */
export const anyCharacter: fc.Arbitrary<string> = codePoint.map((point) => String.fromCodePoint(point));
