import { spawnSync } from 'node:child_process';
import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valueOf } from '../../core/model/evidence.ts';
import { addressesFor, BRIDGE_PORT } from '../../bridge/hosts-file.ts';
import { hostsToBridge } from '../../bridge/hosts-of-report.ts';
import type { Engine, PlanCheck, PlanInput } from '../../bridge/model.ts';
import { planBridge, usualEngine, type Plan } from '../../bridge/plan/plan.ts';
import { systemErrorCode } from '../../gather/system/errors.ts';
import { reasonOf } from '../files.ts';
import { OutputError } from '../output.ts';
import { loadDocument } from '../compare/load.ts';
import { layGround } from '../live/groundwork.ts';
import type { Run } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { mayMount } from '../../gather/bridge/place.ts';
import { checkFolder, namesIn, putFile } from './folder.ts';
import { proxyFor } from './proxy.ts';

export interface PlanOptions {
  readonly hosts: readonly string[];
  /** A report or saved evidence; null: none. */
  readonly fromReport: string | null;
  readonly engine: Engine | null;
  /** `-o`. */
  readonly directory: string;
}

/** That of Plex's own packages, for a plan that is made on another machine. */
const USUAL_UNIT = 'plexmediaserver.service';

/** Saved by the user beside the plan, for a comparison. */
const SAVED = 'before.json';

/** Time limit of one checker; each takes tenths of a second. */
const CHECK_MS = 20_000;

/** Writes the files of a bridge into a folder. Nothing is applied. */
export async function writePlan(run: Run, options: PlanOptions): Promise<void> {
  const { terminal } = run;
  await checkFolder(options.directory, (names) => names.includes('README.md'));
  const hosts = await hostsOf(run, options);
  const ground = await layGround(run);
  const { url } = proxyFor(ground);
  const login = url.credentials();
  const pms = valueOf(ground.located.pms);
  const proxy: PlanInput['proxy'] = {
    scheme: url.scheme,
    host: url.host,
    port: url.port,
    credentials: login === null ? null : `${login.username}:${login.password}`,
  };
  if (/[\n\r]/.test(proxy.credentials ?? '')) throw new UsageError('bridge plan: the password has a line break in it');
  // A container has a hosts file of its own, which its engine writes.
  const isContained = pms !== null && pms.container !== null && pms.unit === null;
  const engine = options.engine ?? (isContained ? 'compose' : usualEngine(proxy));
  const planned = planBridge({
    engine,
    hosts: addressesFor(hosts),
    proxy,
    unit: pms?.found === true ? pms.unit : USUAL_UNIT,
  });
  if (!planned.ok) throw new UsageError(`bridge plan: ${planned.problem}`);
  await refuseRemains(options.directory, planned.plan);
  const results = await writeChecked(planned.plan, options.directory);
  terminal.note(
    `bridge plan: ${planned.plan.files.length} files (${engine}) in ${options.directory}; nothing was changed`,
  );
  const secret = planned.plan.files.find(({ mode }) => mode === 0o600);
  if (secret !== undefined) terminal.note(`  ${secret.name} (mode 0600) is the only file with a password`);
  for (const line of results) terminal.note(`  ${line}`);
  terminal.note('Read README.md there; then install as it says, and check with "reproduce".');
}

async function hostsOf({ terminal }: Run, { hosts, fromReport }: PlanOptions): Promise<readonly string[]> {
  if (fromReport === null) {
    if (hosts.length === 0) throw new UsageError('bridge plan: name hosts with --for, or a report with --from-report');
    return hosts;
  }
  const { report } = await loadDocument('--from-report', fromReport, terminal);
  const proven = report.bridge?.hosts.map(({ host }) => host) ?? [];
  const named = [...new Set([...hosts, ...(proven.length > 0 ? proven : hostsToBridge(report, BRIDGE_PORT))])];
  if (named.length === 0)
    throw new UsageError(
      `--from-report: ${fromReport} shows no host that a scan needs and that PMS misses around the proxy; name hosts with --for`,
    );
  return named;
}

/** Files of another plan would stay, and its undo script would be gone. */
async function refuseRemains(directory: string, { files }: Plan): Promise<void> {
  const own = new Set([...files.map(({ name }) => name), SAVED]);
  if ((await namesIn(directory)).some((name) => !own.has(name)))
    throw new UsageError(
      `--output: ${directory} holds files of another plan: run its undo.sh if it was installed, and give another folder`,
    );
}

/** Has the checkers look at the files before they are put in place. The value: what was checked, and what was not. */
async function writeChecked({ files, checks }: Plan, directory: string): Promise<readonly string[]> {
  const draft = await mkdtemp(join(tmpdir(), 'pms-bridge-')).catch(cannotDraft);
  try {
    for (const { name, text, mode } of files) {
      await writeFile(join(draft, name), text, { mode }).catch(cannotDraft);
      await chmod(join(draft, name), mode);
    }
    const scripts = files.filter(({ mode }) => mode === 0o755).map(({ name }) => name);
    const shell: PlanCheck[] = scripts.map((name) => ({
      name: `sh -n ${name}`,
      command: ['sh', '-n', `DIR/${name}`],
      needs: [],
      asRoot: false,
    }));
    const results: string[] = [];
    for (const check of [...shell, ...checks]) results.push(await outcomeOf(check, draft));
    for (const { name, text, mode } of files) await putFile(directory, name, text, mode);
    return results;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function cannotDraft(error: unknown): never {
  if (systemErrorCode(error) === null) throw error;
  throw new OutputError(`bridge plan: cannot write a draft to ${tmpdir()} (TMPDIR): ${reasonOf(error)}`);
}

async function outcomeOf(
  { name, command, needs, asRoot, probe, excuse }: PlanCheck,
  directory: string,
): Promise<string> {
  for (const program of needs)
    if (!(await exists(program))) return `not checked: ${name} (${program} is not installed here)`;
  const [probed = '', ...words] = probe ?? [];
  if (probed !== '' && spawnSync(probed, words, { timeout: CHECK_MS }).status !== 0)
    return `not checked: ${name} (not installed here)`;
  if (asRoot && !mayMount()) return `not checked: ${name} (it needs root)`;
  const [file = '', ...rest] = command.map((word) => word.replace(/^DIR(?=\/)/, directory));
  const ran = spawnSync(file, rest, { encoding: 'utf8', timeout: CHECK_MS, cwd: directory });
  if (ran.error !== undefined) return `not checked: ${name} (${file} is not installed here)`;
  if (ran.status === 0) return `checked: ${name}`;
  const said = `${ran.stderr}${ran.stdout}`.trim().split('\n').slice(0, 3).join('; ').replaceAll(`${directory}/`, '');
  if (excuse?.test(said) === true) return `not checked: ${name} (PMS does not run here as that unit)`;
  throw new UsageError(`bridge plan: nothing was written, because ${name} objects: ${said}`);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
