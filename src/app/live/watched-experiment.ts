import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Surroundings } from '../../core/judge/traffic/flows.ts';
import { ok, valueOf, type Evidence, type Gathered } from '../../core/model/evidence.ts';
import type { Experiment, PlannedScan } from '../../core/model/experiment.ts';
import { flowSchema, type Traffic } from '../../core/model/traffic.ts';
import type { Deadline } from '../../core/values/deadline.ts';
import { TOOL } from '../../core/values/version.ts';
import { markLogs, readAddedLogs, type LogMarker, type LogMarks } from '../../gather/experiment/added-logs.ts';
import { runExperiment } from '../../gather/experiment/experiment.ts';
import type { ProxyLog } from '../../gather/experiment/proxy-log.ts';
import { observeTraffic, type Observation } from '../../gather/observe/observe.ts';
import type { PmsClient } from '../../gather/pms/api/client.ts';
import { lookAround, proxiesOf } from '../../gather/surroundings.ts';
import { placesOfBorn } from './born-places.ts';
import { findLogs, LOGS_NOT_FOUND } from './pms-logs.ts';
import type { Groundwork } from './groundwork.ts';
import { joinTraffic } from '../join-traffic.ts';
import { tellFlow } from '../progress.ts';
import type { Run } from '../run.ts';

/** Retries come for a moment after the answer, and the proxy logs a tunnel when it closes. */
const LINGER_MS = 1_000;
/** Time limit of one call that is answered at once by a PMS that is well. */
export const CALL_MS = 3_000;
/** Watching begins within a second; a capture that does not start is given up by then. */
const READY_MS = 5_000;

/** The experiment needs these besides PMS itself. */
export interface Laboratory {
  readonly run: Run;
  readonly ground: Groundwork;
  readonly client: (timeoutMs: number, signal: AbortSignal, deadline?: Deadline) => PmsClient;
  readonly proxyLog: ProxyLog | null;
  readonly scanTimeoutMs: number;
  readonly tryProviderRefresh: boolean;
}

export type Watched = Pick<Evidence['items'], 'experiment' | 'traffic' | 'pmsLog'> & Pick<Observation, 'born'>;

/** Has PMS scan while its connections, its own log and the proxy's log are watched. */
export async function watchExperiment(
  laboratory: Laboratory,
  plan: readonly PlannedScan[],
  folders: ReadonlyMap<string, string>,
): Promise<Watched> {
  const { run, ground, proxyLog, scanTimeoutMs } = laboratory;
  const { terminal, signal } = run;
  const { endpoints, located, live } = ground;
  const { surroundings, lookups } = await lookAround(endpoints, proxiesOf(live), signal);
  const marks = await markPmsLogs(laboratory);
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  const forMs = 2 * plan.length * scanTimeoutMs + 60_000;
  let markReady: (seen: 'ready') => void = () => undefined;
  const ready = new Promise((resolve) => {
    markReady = resolve;
  });
  const watching = observeTraffic({
    located,
    surroundings,
    lookups,
    forMs,
    placesOf: placesOfBorn,
    signal: stop,
    path: terminal.environment['PATH'],
    onReady: () => markReady('ready'),
    onFlow: (flow) => terminal.status.tell(tellFlow(terminal.net.value(flowSchema, flow), endpoints)),
  });
  try {
    // Where nothing can be watched the scan is asked for all the same.
    await Promise.race([ready, watching, pause(READY_MS, signal)]);
    const marker: LogMarker = { text: `${TOOL.name} ${randomBytes(4).toString('hex')}`, sentMs: Date.now() };
    const experiment = await runMarked(laboratory, plan, folders, marker);
    await pause(LINGER_MS, signal);
    ending.abort();
    const [{ traffic, born }, pmsLog] = await Promise.all([watching, readAddedLogs(marks, marker)]);
    return { experiment: ok(experiment), traffic: await withProxyLog(traffic, proxyLog, surroundings), pmsLog, born };
  } finally {
    ending.abort();
    await watching;
  }
}

/** The experiment between two lines in PMS's own log, which say which part of it is meant. */
async function runMarked(
  { client, run: { terminal, signal }, scanTimeoutMs, tryProviderRefresh }: Laboratory,
  plan: readonly PlannedScan[],
  folders: ReadonlyMap<string, string>,
  { text }: LogMarker,
): Promise<Experiment> {
  const asking = client(CALL_MS, signal);
  const afterwards = client(CALL_MS, new AbortController().signal);
  await asking.logMarker(`${text} begins`, TOOL.name);
  const experiment = await runExperiment({
    client: asking,
    patient: client(scanTimeoutMs, signal),
    afterwards,
    plan,
    folders,
    scanTimeoutMs,
    tryProviderRefresh,
    signal,
    onStep: terminal.status.tell,
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

async function markPmsLogs({ run, ground }: Laboratory): Promise<Gathered<LogMarks>> {
  const found = await findLogs(ground.located, run);
  return found === null ? LOGS_NOT_FOUND : markLogs(found.root, found.folder);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
