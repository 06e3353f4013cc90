import type { ProofStep, ProofStepName, Tunnel } from '../../core/model/bridge.ts';
import type { Experiment, PlannedScan } from '../../core/model/experiment.ts';
import { valueOf } from '../../core/model/evidence.ts';
import { meantNames, plainName } from '../../core/judge/traffic/flows.ts';
import { contactsOf } from '../../core/judge/traffic/proof.ts';
import type { Traffic } from '../../core/model/traffic.ts';
import type { BridgedHost } from '../../bridge/hosts-file.ts';
import { followFile } from '../../gather/experiment/proxy-log.ts';
import { locatePms } from '../../gather/pms/locate.ts';
import type { Groundwork } from '../live/groundwork.ts';
import type { Run } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { watchExperiment, type Laboratory, type Watched } from '../live/watched-experiment.ts';

/** All that the steps share. */
export interface StepLaboratory {
  readonly run: Run;
  readonly ground: Groundwork;
  readonly client: Laboratory['client'];
  readonly folders: ReadonlyMap<string, string>;
  readonly scanTimeoutMs: number;
  readonly accessLog: string | null;
}

interface Scanned {
  readonly step: ProofStep;
  readonly seen: Watched;
  /** The same step, told for other hosts. */
  again(hosts: readonly BridgedHost[]): Scanned;
}

/** PMS scans once more while it is watched. */
export async function scanStep(
  name: ProofStepName,
  laboratory: StepLaboratory,
  plan: readonly PlannedScan[],
  hosts: readonly BridgedHost[],
  tunnels: () => readonly Tunnel[] = () => [],
): Promise<Scanned> {
  const { run, ground, client, folders, scanTimeoutMs, accessLog } = laboratory;
  run.terminal.status.tell(STEP_WORDS[name]);
  const startedAt = new Date().toISOString();
  const proxyLog = accessLog === null ? null : await followFile(accessLog);
  if (proxyLog !== null && 'code' in proxyLog)
    throw new UsageError(`--access-log: ${accessLog} cannot be read (${proxyLog.code})`);
  const seen = await watchExperiment(
    { run, ground, client, proxyLog, scanTimeoutMs, tryProviderRefresh: false },
    plan,
    folders,
  );
  const endedAt = new Date().toISOString();
  const located = await locatePms({ hint: run.options.envFrom });
  const pid = valueOf(located.pms)?.pid ?? null;
  const own = tunnels().filter(({ at }) => startedAt <= at);
  const scanned = (bridged: readonly BridgedHost[]): Scanned => ({
    step: {
      name,
      startedAt,
      endedAt,
      pid,
      ...seenOf(seen, bridged),
      tunnels: [...own],
      logged: accessLog === null ? null : loggedIn(valueOf(seen.traffic), bridged),
    },
    seen,
    again: scanned,
  });
  return scanned(hosts);
}

const STEP_WORDS: Readonly<Record<ProofStepName, string>> = {
  before: 'first scan, without a bridge',
  with: 'second scan, with the bridge',
  after: 'third scan, without it again',
};

const NO_EXPERIMENT: Experiment = { scans: [], controls: [] };

function seenOf(
  seen: Watched,
  bridged: readonly BridgedHost[],
): Pick<ProofStep, 'scans' | 'contacts' | 'others' | 'watched'> {
  const experiment = valueOf(seen.experiment) ?? NO_EXPERIMENT;
  const traffic = valueOf(seen.traffic);
  const isWhole = traffic?.watchers.some(({ shows }) => shows.includes('direct')) ?? null;
  return {
    scans: experiment.scans,
    watched: isWhole,
    ...contactsOf(traffic?.flows ?? [], bridged, experiment),
  };
}

/** Requests by these names that the log of the proxy shows. */
function loggedIn(traffic: Traffic | null, bridged: readonly BridgedHost[]): number {
  const names = new Set(bridged.map(({ host }) => host));
  return (traffic?.flows ?? [])
    .filter(
      (flow) => flow.seenBy.includes('access-log') && meantNames(flow).some(({ name }) => names.has(plainName(name))),
    )
    .reduce((sum, { count }) => sum + count, 0);
}
