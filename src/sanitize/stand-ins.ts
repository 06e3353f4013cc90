import { evidenceSchema, type Evidence } from '../core/model/evidence.ts';
import { reportSchema, type Report } from '../core/model/report.ts';
import { toPseudonyms, toStandIns } from '../core/values/stand-ins.ts';

/** Evidence fit for judging: call it on every document that was read from a file. Changes nothing in one that is raw. */
export function withStandIns(evidence: Evidence): Evidence {
  return evidenceSchema.parse(mapStrings(evidence, toStandIns));
}

/** The report on such evidence with its pseudonyms again. The sanitizer does the same on its way: this is for `--raw`. */
export function withPseudonyms(report: Report): Report {
  return reportSchema.parse(mapStrings(report, toPseudonyms));
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [key, mapStrings(inner, change)]),
  );
}
