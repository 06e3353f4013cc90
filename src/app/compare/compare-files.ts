import { CHECKS } from '../../../checks/index.ts';
import { compareReports, type Compared } from '../../core/compare/compare.ts';
import type { Names } from '../../core/compare/pair.ts';
import type { Comparison } from '../../core/model/comparison.ts';
import { FORMATS, type Format } from '../../report/index.ts';
import { comparisonSuites } from '../../report/comparison/suites.ts';
import { DEFAULT_OPTIONS } from '../../report/blocks/options.ts';
import { sanitizeComparison, sanitizeReports } from '../../sanitize/documents.ts';
import type { Seeds } from '../../sanitize/values/seeds.ts';
import { announce, isOnGithub } from '../github.ts';
import { checkWritable, writeOutput } from '../output.ts';
import { localNames } from '../local-names.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { loadCompared } from './load.ts';
import { seedsOfReports } from './seeds.ts';

/** Checks that are judged from what was seen of PMS's traffic. */
const WATCHING = new Set(
  CHECKS.filter(({ needs }) => needs.includes('observed') || needs.includes('traffic')).map(({ id }) => id),
);

export interface CompareOptions {
  /** Paths; one of them may be `-`. */
  readonly before: string;
  readonly after: string;
  readonly format: Format;
  readonly output: string | null;
  readonly raw: boolean;
  readonly all: boolean;
  readonly verbose: boolean;
}

/** Compares two documents and writes what changed, sanitized unless both are raw and shall stay so. Resolves with the exit code. */
export async function compareFiles(options: CompareOptions, terminal: Terminal): Promise<number> {
  if (options.before === '-' && options.after === '-')
    throw new UsageError('compare: standard input can be one of the two documents; give the other as a file');
  if (options.output !== null) await checkWritable('output', options.output);
  const before = await loadCompared('before', options.before, terminal);
  const after = await loadCompared('after', options.after, terminal);
  const reports = [before.report, after.report];
  const seeds = seedsOfReports(reports, localNames(terminal.environment));
  const isRaw = options.raw && reports.every(({ run }) => !run.sanitized);
  const clean = compareClean(before, after, seeds);
  const shown = isRaw ? compareReports(before, after, { names: 'shared', watching: WATCHING }) : clean;
  const look = options.output === null ? terminal.look : DEFAULT_OPTIONS;
  const drawn = FORMATS[options.format].compare(shown, { ...look, all: options.all, verbose: options.verbose });
  if (options.output === null) await terminal.print(drawn);
  else await writeOutput('output', options.output, drawn);
  if (isOnGithub(terminal.environment))
    await announce(
      { suites: comparisonSuites(clean), markdown: FORMATS.markdown.compare(clean, DEFAULT_OPTIONS) },
      terminal,
    );
  return shown.summary.exitCode;
}

/** Two raw documents are sanitized as one, so that their names still can be compared; otherwise each has its own pseudonyms. */
function compareClean(before: Compared, after: Compared, seeds: Seeds): Comparison {
  const sides = [before, after];
  const names: Names = sides.every(({ report }) => !report.run.sanitized) ? 'shared' : 'apart';
  const [was, is] =
    names === 'shared'
      ? sanitizeReports([before.report, after.report], seeds)
      : sides.map(({ report }) => sanitizeReports([report], seeds)[0]);
  if (was === undefined || is === undefined) throw new Error('a report was lost');
  return sanitizeComparison(
    compareReports({ ...before, report: was }, { ...after, report: is }, { names, watching: WATCHING }),
    seeds,
  );
}
