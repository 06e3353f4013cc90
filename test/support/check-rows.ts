import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/core/check.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { Finding } from '../../src/core/report.ts';

/** What a row expects of one finding. `args` and `endpoint` are compared only when given. */
export interface ExpectedFinding {
  readonly verdict: Finding['verdict'];
  readonly message: string;
  readonly args?: Readonly<Record<string, string | number>>;
  readonly endpoint?: string | null;
}

/** One case of a check: the facts it is given and all findings it must give, in order. */
export interface CheckRow {
  readonly name: string;
  readonly facts: Facts;
  readonly expected: ExpectedFinding | readonly ExpectedFinding[];
}

/**
 * The test of one check: runs every row, and fails when a message of the check is exercised by no row, or when a text or a
 * remedy is left with an unfilled placeholder.
 */
export function checkRows(check: Check, rows: readonly CheckRow[]): void {
  describe(`check ${check.id}`, () => {
    it.each(rows)('$name', ({ facts, expected }) => {
      const wanted = [expected].flat();
      const findings = check.run(facts);
      const picked = findings.map((finding, at) => pick(finding, wanted[at]));
      expect(picked).toEqual(wanted);
      for (const finding of findings) {
        expect(`${finding.text} ${finding.remedy ?? ''}`, 'every placeholder is filled').not.toMatch(/\{\w+\}/);
      }
    });

    it('has a row for each of its messages', () => {
      const exercised = new Set(rows.flatMap((row) => check.run(row.facts)).map((finding) => finding.message));
      expect(Object.keys(check.messages).filter((id) => !exercised.has(id))).toEqual([]);
    });
  });
}

function pick(finding: Finding, wanted: ExpectedFinding | undefined): ExpectedFinding {
  return {
    verdict: finding.verdict,
    message: finding.message,
    ...(wanted?.args === undefined ? {} : { args: finding.args }),
    ...(wanted?.endpoint === undefined ? {} : { endpoint: finding.endpoint }),
  };
}
