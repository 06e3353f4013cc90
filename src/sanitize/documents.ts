import { comparisonSchema, type Comparison } from '../core/model/comparison.ts';
import { evidenceSchema, type Evidence } from '../core/model/evidence.ts';
import { reportSchema, type Report } from '../core/model/report.ts';
import { cleanDocument } from './fields.ts';
import { Sanitizer } from './sanitizer.ts';
import type { Seeds } from './values/seeds.ts';

export interface Sanitized<T> {
  readonly document: T;
  /** Replacements made in this document, by kind. */
  readonly removed: Readonly<Record<string, number>>;
}

/** The evidence without private data, still fit for judging: `--save-evidence`. Sanitizing twice changes nothing. */
export function sanitizeEvidence(evidence: Evidence, seeds: Seeds): Sanitized<Evidence> {
  return sanitizeEvidenceWith(evidence, new Sanitizer(seeds));
}

/** The same by the pseudonyms of a run over several files. */
export function sanitizeEvidenceWith(evidence: Evidence, sanitizer: Sanitizer): Sanitized<Evidence> {
  const before = sanitizer.removed;
  const document = evidenceSchema.parse(cleanDocument(evidenceSchema, evidence, sanitizer));
  const removed = difference(sanitizer.removed, before);
  return { document: { ...document, sanitized: sum(evidence.sanitized, removed) }, removed };
}

/** The report without private data, marked as such. */
export function sanitizeReport(report: Report, seeds: Seeds): Sanitized<Report> {
  return sanitizeReportWith(report, new Sanitizer(seeds));
}

/** Several reports, in which one pseudonym means one thing. */
export function sanitizeReports(reports: readonly Report[], seeds: Seeds): readonly Report[] {
  const sanitizer = new Sanitizer(seeds);
  return reports.map((report) => sanitizeReportWith(report, sanitizer).document);
}

export function sanitizeComparison(comparison: Comparison, seeds: Seeds): Comparison {
  return comparisonSchema.parse(cleanDocument(comparisonSchema, comparison, new Sanitizer(seeds)));
}

export function sanitizeReportWith(report: Report, sanitizer: Sanitizer): Sanitized<Report> {
  const before = sanitizer.removed;
  const document = reportSchema.parse(cleanDocument(reportSchema, report, sanitizer));
  const removed = difference(sanitizer.removed, before);
  return {
    document: {
      ...document,
      run: { ...document.run, sanitized: true },
      sanitizer: { removed: sum(report.sanitizer.removed, removed) },
    },
    removed,
  };
}

function difference(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(after).flatMap(([kind, count]) =>
      count > (before[kind] ?? 0) ? [[kind, count - (before[kind] ?? 0)]] : [],
    ),
  );
}

function sum(
  before: Readonly<Record<string, number>>,
  added: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const kinds = [...new Set([...Object.keys(before), ...Object.keys(added)])];
  return Object.fromEntries(kinds.map((kind) => [kind, (before[kind] ?? 0) + (added[kind] ?? 0)]));
}
