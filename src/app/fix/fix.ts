import { CAUSES } from '../../causes/index.ts';
import type { CauseId } from '../../core/model/cause-ids.ts';
import type { Cause, Report } from '../../core/model/report.ts';
import { nearest } from '../../core/values/nearest.ts';
import { EXIT } from '../../core/verdict/verdict.ts';
import { FIXERS } from '../../fix/fixers.ts';
import { fixReadme } from '../../fix/readme.ts';
import type { FixFile } from '../../fix/model.ts';
import { hostsToBridge } from '../../bridge/hosts-of-report.ts';
import { BRIDGE_PORT } from '../../bridge/hosts-file.ts';
import { checkFolder, putFile } from '../bridge/folder.ts';
import { writePlan } from '../bridge/plan.ts';
import { loadDocument } from '../compare/load.ts';
import { judge } from '../judge.ts';
import { gatherLive } from '../live/live.ts';
import type { Run } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { join } from 'node:path';

export interface FixOptions {
  /** null: every cause that stands. */
  readonly cause: string | null;
  readonly fromReport: string | null;
  readonly directory: string;
}

const DECIDE = 'sudo pms-proxy-doctor reproduce';
const BYPASS: CauseId = 'scanner-bypasses-proxy';

/** Writes the files that fix what is confirmed or likely. Nothing is applied. Resolves with the exit code. */
export async function writeFixes(run: Run, options: FixOptions): Promise<number> {
  const { terminal } = run;
  const wanted = options.cause === null ? null : causeNamed(options.cause);
  await checkFolder(options.directory);
  const report = await reportFor(run, options.fromReport);
  const causes = report.scan.causes.filter(({ id }) => wanted === null || id === wanted);
  const standing = causes.filter(({ state }) => state === 'confirmed' || state === 'likely');
  if (standing.length === 0) {
    terminal.note(`fix: ${nothingToFix(causes, wanted)}`);
    return EXIT.undecided;
  }
  let written = 0;
  for (const cause of standing) {
    const isWritten = await fixOne(cause, report, run, options);
    if (isWritten) written += 1;
  }
  if (written === 0) return EXIT.undecided;
  terminal.note(`fix: nothing was changed. Read README.md there; afterwards check: ${DECIDE}`);
  return EXIT.ok;
}

async function fixOne(cause: Cause, report: Report, run: Run, { directory }: FixOptions): Promise<boolean> {
  const { note } = run.terminal;
  const folder = join(directory, cause.id);
  if (cause.id === BYPASS) return bridgeFor(report, run, folder);
  const fixer = FIXERS.find((each) => each.cause === cause.id);
  if (fixer === undefined) {
    note(`fix: ${cause.id} (${cause.state}): no file fixes it. ${cause.remedy?.text ?? ''}`.trimEnd());
    return false;
  }
  const made = fixer.make(report);
  if (!made.ok) {
    note(`fix: ${cause.id} (${cause.state}): ${made.why}`);
    return false;
  }
  const readme: FixFile = { name: 'README.md', text: fixReadme(cause, made.fix) };
  for (const { name, text } of [...made.fix.files, readme]) await putFile(folder, name, text, 0o600);
  note(`fix: ${cause.id} (${cause.state}): ${fixer.title}`);
  return true;
}

/** A bypass is fixed by a bridge, whose proxy is that of the running PMS or of `--proxy`. */
async function bridgeFor(report: Report, run: Run, directory: string): Promise<boolean> {
  const hosts = hostsToBridge(report, BRIDGE_PORT);
  if (hosts.length === 0) {
    run.terminal.note(`fix: ${BYPASS}: the report does not show which host it misses; watch a scan: ${DECIDE}`);
    return false;
  }
  try {
    await writePlan(run, { hosts, fromReport: null, engine: null, directory });
    return true;
  } catch (error) {
    // No proxy here, another plan in the folder: the other causes are fixed all the same.
    if (!(error instanceof UsageError)) throw error;
    run.terminal.note(`fix: ${BYPASS}: ${error.message}`);
    return false;
  }
}

function nothingToFix(causes: readonly Cause[], wanted: CauseId | null): string {
  const possible = causes.filter(({ state }) => state === 'possible').map(({ id }) => id);
  if (possible.length > 0)
    return `${possible.join(', ')}: possible, and not decided; nothing is changed on a guess. This decides: ${DECIDE}`;
  const [only] = causes;
  if (wanted !== null && only?.state === 'ruled-out') return `${wanted} is ruled out: there is nothing to fix`;
  return `no cause is confirmed or likely. This decides: ${DECIDE}`;
}

function causeNamed(name: string): CauseId {
  const ids = CAUSES.map(({ id }) => id);
  const found = ids.find((id) => id === name);
  if (found !== undefined) return found;
  const near = nearest(name, ids);
  throw new UsageError(
    `fix: there is no cause ${name}${near === null ? '' : `; did you mean ${near}?`} (explain lists them)`,
  );
}

async function reportFor(run: Run, fromReport: string | null): Promise<Report> {
  if (fromReport !== null) return (await loadDocument('--from-report', fromReport, run.terminal)).report;
  const { evidence } = await gatherLive(run, { probe: true, observeMs: null, logs: true });
  return judge(evidence, null);
}
