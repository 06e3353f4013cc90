import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { posix } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from 'yargs';
import { Deadline } from '../core/deadline.ts';
import { failed, notRun, ok, valueOf, type Evidence, type Gathered } from '../core/evidence.ts';
import { planScans, type Experiment, type PlannedScan } from '../core/experiment.ts';
import type { Surroundings } from '../core/flows.ts';
import type { PmsStatus } from '../core/pms-status.ts';
import type { Traffic } from '../core/traffic.ts';
import { TOOL } from '../core/version.ts';
import { markLogs, readAddedLogs, type LogMarker, type LogMarks } from '../gather/experiment/added-logs.ts';
import { runExperiment } from '../gather/experiment/experiment.ts';
import { followFile, followPipe, type ProxyLog } from '../gather/experiment/proxy-log.ts';
import { observeTraffic } from '../gather/observe/observe.ts';
import { PmsClient } from '../gather/pms/api/client.ts';
import { dataPlaces } from '../gather/pms/api/data-directory.ts';
import { STATUS_BUDGET_MS } from '../gather/pms/api/status.ts';
import { hasFile } from '../gather/pms/files.ts';
import { lookAround, proxiesOf } from '../gather/surroundings.ts';
import { reportOn } from './deliver.ts';
import { UsageError } from './errors.ts';
import { evidenceOf } from './evidence.ts';
import { layGround, probeAll, readRoots, usedVariables, type GatheredEvidence, type Groundwork } from './gather.ts';
import { OWN_OPTIONS, readOptions, reportOptions, type RunOptions } from './options.ts';
import { findAccess, readToken, statusOf, type PmsAccess } from './pms.ts';
import { tellFlow } from './progress.ts';
import type { Exit } from './run.ts';
import { joinTraffic } from './traffic.ts';
import { note } from './terminal.ts';
import { parseDuration } from './values.ts';

/** Retries come for a moment after the answer, and the proxy logs a tunnel when it closes. */
const LINGER_MS = 1_000;
/** Bound of one call that is answered at once by a PMS that is well. */
const CALL_MS = 3_000;
/** Watching begins within a second; a capture that does not start is given up by then. */
const READY_MS = 5_000;

interface ReproduceOptions {
  readonly sections: readonly string[];
  readonly yes: boolean;
  readonly scanTimeoutMs: number;
  readonly accessLog: string | null;
  readonly tryProviderRefresh: boolean;
}

/** `reproduce`: asks PMS to scan while watching. */
export function addReproduce(yargs: Argv, exit: Exit): Argv {
  return yargs.command(
    'reproduce',
    'make the condition happen: ask PMS to scan while watching it, then probe, and say why (never a forced scan)',
    (args) =>
      reportOptions(args)
        .option('section', OWN_OPTIONS.section)
        .option('yes', OWN_OPTIONS.yes)
        .option('scan-timeout', OWN_OPTIONS['scan-timeout'])
        .option('access-log', OWN_OPTIONS['access-log'])
        .option('try-provider-refresh', OWN_OPTIONS['try-provider-refresh']),
    async (parsed) => {
      const options = readOptions(parsed);
      const given: ReproduceOptions = {
        sections: [parsed.section ?? []].flat(),
        yes: parsed.yes,
        scanTimeoutMs: parseDuration('scan-timeout', parsed.scanTimeout),
        accessLog: parsed.accessLog ?? null,
        tryProviderRefresh: parsed.tryProviderRefresh,
      };
      if (options.fromEvidence === null && !given.yes && (!process.stdin.isTTY || given.accessLog === '-'))
        throw new UsageError('reproduce asks before PMS is asked to scan, and nobody can answer here: add --yes');
      exit(await reportOn(options, (signal) => gatherReproduction(options, given, signal)));
    },
  );
}

/** What the experiment needs besides PMS itself. */
interface Laboratory {
  readonly options: RunOptions;
  readonly given: ReproduceOptions;
  readonly ground: Groundwork;
  readonly client: (timeoutMs: number, signal: AbortSignal, deadline?: Deadline) => PmsClient;
  readonly proxyLog: ProxyLog | null;
  readonly signal: AbortSignal;
}

type Found = Pick<Evidence['items'], 'pmsStatus' | 'experiment' | 'traffic' | 'pmsLog'>;

async function gatherReproduction(
  options: RunOptions,
  given: ReproduceOptions,
  signal: AbortSignal,
): Promise<GatheredEvidence> {
  const startedAt = new Date();
  const ground = await layGround(options);
  const extraRootsPem = options.ca === null ? null : await readRoots(options.ca);
  const token = await readToken(options.tokenFile);
  const access = await findAccess({ pms: options.pms, token }, ground.located);
  const proxyLog = await followProxyLog(given.accessLog);
  const around = { options, given, ground, proxyLog, signal };
  const experimenting: Promise<Found> =
    access.state === 'ok'
      ? experimentOn({ ...around, client: clientFor(access.value, extraRootsPem) }, access.value)
      : Promise.resolve({ ...NOTHING_DONE, pmsStatus: access, experiment: access });
  const found = await experimenting.finally(() => proxyLog?.close());
  // Only now, so that our own connections are not taken for PMS's.
  const probed = await probeAll(options, ground, extraRootsPem, signal);
  const { endpoints, located, settings } = ground;
  const evidence = evidenceOf(
    { command: 'reproduce', startedAt, options, signal },
    { endpoints: ok(endpoints), pms: located.pms, settings, ...probed, ...found },
  );
  return { evidence, variables: usedVariables(ground) };
}

const NOTHING_DONE: Pick<Found, 'traffic' | 'pmsLog'> = {
  traffic: notRun('NOT_WATCHED', 'PMS could not be asked to scan, so it was not watched'),
  pmsLog: notRun('NO_PMS_LOG', 'PMS could not be asked to scan, so its log was not read'),
};

function clientFor({ base, found }: PmsAccess, extraRootsPem: string | null): Laboratory['client'] {
  return (timeoutMs, signal, deadline) =>
    new PmsClient({
      base,
      token: found.token,
      timeoutMs,
      signal,
      extraRootsPem,
      certificateId: found.certificateId,
      ...(deadline === undefined ? {} : { deadline }),
    });
}

async function followProxyLog(path: string | null): Promise<ProxyLog | null> {
  if (path === null) return null;
  if (path === '-') return followPipe(process.stdin);
  const followed = await followFile(path);
  if ('code' in followed) throw new UsageError(`--access-log: ${path} cannot be read (${followed.code})`);
  return followed;
}

async function experimentOn(laboratory: Laboratory, { found }: PmsAccess): Promise<Found> {
  const { client, given, signal } = laboratory;
  const asking = client(CALL_MS, signal, Deadline.after(STATUS_BUDGET_MS));
  const status = await statusOf(asking, found);
  const pmsStatus = ok(status);
  if (status.sections === null) {
    const { troubles } = status;
    const trouble = troubles.find(({ call }) => call === '/library/sections') ?? troubles[0];
    const message = trouble?.message ?? 'PMS did not list its libraries';
    return { ...NOTHING_DONE, pmsStatus, experiment: failed(trouble?.code ?? 'NO_SECTIONS', message) };
  }
  const plan = planOf(status, given.sections);
  if (plan.length === 0) {
    return { ...NOTHING_DONE, pmsStatus, experiment: notRun('NO_LIBRARY', 'PMS has no library to scan') };
  }
  announce(plan);
  if (!given.yes && !(await isAgreed(signal))) throw new UsageError('not agreed to: PMS was not asked to scan');
  const folders = await foldersOf(client(CALL_MS, signal));
  return { pmsStatus, ...(await watchExperiment(laboratory, plan, folders)) };
}

function planOf({ sections }: PmsStatus, named: readonly string[]): readonly PlannedScan[] {
  const plan = planScans(sections ?? [], named);
  if (plan.ok) return plan.scans;
  const ids = (sections ?? []).map(({ id, type }) => `${id} (${type})`);
  const known = ids.length > 12 ? `${ids.slice(0, 12).join(', ')} and ${ids.length - 12} more` : ids.join(', ');
  throw new UsageError(`--section: PMS has no library ${plan.unknown}; it has ${known || 'none'}`);
}

function announce(plan: readonly PlannedScan[]): void {
  note('PMS will be asked to look for updates, and to scan (never by force):');
  for (const { library, role } of plan)
    note(
      `  library ${library.id} (${library.type}, ${library.agent})${role === 'control' ? ': the control, which needs nobody outside' : ''}`,
    );
}

/** Ctrl-C and the end of the input mean no. */
async function isAgreed(signal: AbortSignal): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const isClosed = once(prompt, 'close').then(() => '');
  prompt.once('SIGINT', () => prompt.close());
  try {
    const answer = await Promise.race([prompt.question('Go on? [y/N] ', { signal }).catch(() => ''), isClosed]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}

/** One folder of each library, to scan no more than that where it is enough. They go to PMS and nowhere else. */
async function foldersOf(client: PmsClient): Promise<ReadonlyMap<string, string>> {
  const sections = await client.sections();
  return new Map(
    (sections.ok ? sections.value : []).flatMap(({ id, locations: [first] }) =>
      first === undefined ? [] : [[id, first]],
    ),
  );
}

async function watchExperiment(
  laboratory: Laboratory,
  plan: readonly PlannedScan[],
  folders: ReadonlyMap<string, string>,
): Promise<Pick<Found, 'experiment' | 'traffic' | 'pmsLog'>> {
  const { given, ground, signal, proxyLog } = laboratory;
  const { endpoints, located, live } = ground;
  const { surroundings, lookups } = await lookAround(endpoints, proxiesOf(live), signal);
  const marks = await markPmsLogs(ground);
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  const forMs = 2 * plan.length * given.scanTimeoutMs + 60_000;
  let markReady: (seen: 'ready') => void = () => undefined;
  const ready = new Promise((resolve) => {
    markReady = resolve;
  });
  const watching = observeTraffic({
    located,
    surroundings,
    lookups,
    forMs,
    signal: stop,
    onReady: () => markReady('ready'),
    onFlow: (flow) => note(tellFlow(flow, endpoints)),
  });
  try {
    // Where nothing can be watched the scan is asked for all the same.
    await Promise.race([ready, watching, pause(READY_MS, signal)]);
    const marker: LogMarker = { text: `${TOOL.name} ${randomBytes(4).toString('hex')}`, sentMs: Date.now() };
    const experiment = await runMarked(laboratory, plan, folders, marker);
    await pause(LINGER_MS, signal);
    ending.abort();
    const [traffic, pmsLog] = await Promise.all([watching, readAddedLogs(marks, marker)]);
    return { experiment: ok(experiment), traffic: await withProxyLog(traffic, proxyLog, surroundings), pmsLog };
  } finally {
    ending.abort();
    await watching;
  }
}

/** The experiment between two lines in PMS's own log, which say which part of it is meant. */
async function runMarked(
  { client, given, signal }: Laboratory,
  plan: readonly PlannedScan[],
  folders: ReadonlyMap<string, string>,
  { text }: LogMarker,
): Promise<Experiment> {
  const asking = client(CALL_MS, signal);
  const afterwards = client(CALL_MS, new AbortController().signal);
  await asking.logMarker(`${text} begins`, TOOL.name);
  const experiment = await runExperiment({
    client: asking,
    patient: client(given.scanTimeoutMs, signal),
    afterwards,
    plan,
    folders,
    scanTimeoutMs: given.scanTimeoutMs,
    tryProviderRefresh: given.tryProviderRefresh,
    signal,
    onStep: note,
  });
  await afterwards.logMarker(`${text} ends`, TOOL.name);
  return experiment;
}

/** The proxy knows PMS by an address of this host, or by the one that PMS was seen to have. */
async function withProxyLog(
  traffic: Gathered<Traffic>,
  proxyLog: ProxyLog | null,
  surroundings: Surroundings,
): Promise<Gathered<Traffic>> {
  if (proxyLog === null) return traffic;
  const own = Object.values(networkInterfaces()).flatMap((places) => (places ?? []).map(({ address }) => address));
  const seen = (valueOf(traffic)?.flows ?? []).flatMap(({ client }) => client ?? []);
  return joinTraffic(traffic, ok(await proxyLog.read({ surroundings, clients: [...new Set([...own, ...seen])] })));
}

/** PMS's logs, where its data directory is known and may be read. */
async function markPmsLogs({ located }: Groundwork): Promise<Gathered<LogMarks>> {
  for (const { root, path } of await dataPlaces(located, { environment: process.env })) {
    const folder = posix.join(path, 'Logs');
    if (await hasFile(root, posix.join(folder, 'Plex Media Server.log'))) return markLogs(root, folder);
  }
  return notRun('NO_PMS_LOG', "PMS's logs were not found, or may not be read by this user");
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
