import { evidenceSchema, type Evidence } from '../core/evidence.ts';
import { reportSchema, type Report } from '../core/report.ts';
import { Sanitizer, type Seeds } from './sanitizer.ts';
import { walkEvidence, walkReport } from './walk.ts';

export interface Sanitized<T> {
  readonly document: T;
  /** Replacements made in this document, by kind. */
  readonly removed: Readonly<Record<string, number>>;
}

/** The evidence without private data, still fit for judging: `--save-evidence`. Field-aware; sanitizing twice changes nothing. */
export function sanitizeEvidence(evidence: Evidence, seeds: Seeds): Sanitized<Evidence> {
  const sanitizer = new Sanitizer(seeds);
  const clean = evidenceSchema.parse(walkEvidence(evidence, sanitizer));
  const { removed } = sanitizer;
  return { document: { ...clean, sanitized: sum(evidence.sanitized, removed) }, removed };
}

/** The report without private data, marked as such. */
export function sanitizeReport(report: Report, seeds: Seeds): Sanitized<Report> {
  const sanitizer = new Sanitizer(seeds);
  const clean = reportSchema.parse(walkReport(report, sanitizer));
  const { removed } = sanitizer;
  return {
    document: {
      ...clean,
      run: { ...clean.run, sanitized: true },
      sanitizer: { removed: sum(report.sanitizer.removed, removed) },
    },
    removed,
  };
}

function sum(
  before: Readonly<Record<string, number>>,
  added: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const kinds = [...new Set([...Object.keys(before), ...Object.keys(added)])];
  return Object.fromEntries(kinds.map((kind) => [kind, (before[kind] ?? 0) + (added[kind] ?? 0)]));
}
