import { setTimeout as sleep } from 'node:timers/promises';
import type { ProofStep } from '../../core/model/bridge.ts';
import { failed, notRun, ok, valueOf, type Gathered } from '../../core/model/evidence.ts';
import { SECTIONS_CALLS, type PmsStatus } from '../../core/model/pms-status.ts';
import type { PlannedScan } from '../../core/model/experiment.ts';
import { reasonCodeOf } from '../../core/model/reason.ts';
import { failedLibraries } from '../../core/judge/traffic/proof.ts';
import { addressesFor, type BridgedHost } from '../../bridge/hosts-file.ts';
import { bridgePlaceOf, mayMount, type BridgePlace } from '../../gather/bridge/place.ts';
import { sweepHosts } from '../../gather/bridge/hosts-mount.ts';
import { withBorn } from '../../gather/settings/born.ts';
import type { ProxyChoice } from '../../gather/probe/proxy-pool.ts';
import { evidenceOf, type GatheredEvidence } from '../evidence-document.ts';
import { layGround, withOwnEndpoints, type Groundwork } from '../live/groundwork.ts';
import { usedVariables } from '../used-variables.ts';
import { findAccess, readToken, settleAccess, type PmsAccess } from '../live/pms-access.ts';
import { probeEndpoints } from '../live/probe-endpoints.ts';
import { clientFor, foldersOf, planOf, stateOf } from '../live/reproduce.ts';
import type { Run } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { CALL_MS, type Watched } from '../live/watched-experiment.ts';
import { stop, type Drafted } from './draft.ts';
import { announceProof } from './announce.ts';
import { bypassedHosts } from './hosts.ts';
import { proxyFor } from './proxy.ts';
import { scanStep, type StepLaboratory } from './step.ts';
import { withBridgeUp } from './up.ts';

export interface ProveOptions {
  readonly sections: readonly string[];
  readonly yes: boolean;
  readonly scanTimeoutMs: number;
  readonly accessLog: string | null;
  /** `--for`; empty: the hosts that the first scan shows. */
  readonly hosts: readonly string[];
}

/** PMS, ready for three scans. */
interface Ready {
  readonly access: PmsAccess;
  readonly status: PmsStatus;
  readonly plan: readonly PlannedScan[];
}

/** Gathers what `bridge --prove` judges: a scan without the bridge, one with it, and one without it again. */
export async function gatherProof(run: Run, given: ProveOptions): Promise<GatheredEvidence> {
  const startedAt = new Date();
  const { options, terminal, signal } = run;
  // Without these rights most of the rest cannot be seen either.
  if (!mayMount())
    throw new UsageError('bridge --prove binds a file over /etc/hosts for the time of one scan: run it as root');
  const laid = await layGround(run);
  const pid = valueOf(laid.located.pms)?.pid ?? null;
  if (pid === null) throw new UsageError('bridge: no Plex Media Server runs here (--env-from names one of several)');
  const proxy = proxyFor(laid);
  if (terminal.entry === null) throw new UsageError('bridge --prove needs the built file of this tool');
  const token = await readToken(options.tokenFile, terminal);
  const found = await findAccess({ pms: options.pms, token }, laid.located, terminal);
  const question = { ...options, extraRootsPem: laid.extraRootsPem };
  const access = found.state === 'ok' ? ok(await settleAccess(found.value, question, signal)) : found;
  const ready = access.state === 'ok' ? await readyOf(access.value, laid, given, signal) : access;
  const status = valueOf(ready)?.status ?? null;
  const ground = withOwnEndpoints(laid, status, options);
  const swept = await sweepHosts(pid);
  const bridge: Drafted = {
    hosts: addressesFor(given.hosts),
    proxy: proxy.url.masked,
    steps: [],
    asked: [],
    stopped: null,
    remarks: swept === 0 ? [] : [{ message: 'swept', args: {} }],
    restored: null,
    detail: null,
  };
  const first =
    ready.state === 'ok'
      ? await prove(bridge, { run, ground, given, proxy, pid, entry: terminal.entry }, ready.value)
      : { ...NOTHING_SEEN, experiment: ready };
  // Only now, so that our own connections are not taken for PMS's.
  const probed = await probeEndpoints(run, ground, true);
  const { born, ...seen } = first;
  const evidence = evidenceOf(
    { command: 'bridge', startedAt, options, signal },
    {
      endpoints: ok(ground.endpoints),
      pms: ground.located.pms,
      settings: withBorn(ground.settings, born, valueOf(seen.traffic)?.flows ?? []),
      ...probed,
      pmsStatus: status === null ? notRun('PMS_NOT_ASKED') : ok(status),
      ...seen,
    },
  );
  return { evidence: { ...evidence, bridge }, variables: usedVariables(ground) };
}

const NOTHING_SEEN: Pick<Watched, 'traffic' | 'pmsLog' | 'born'> = {
  born: [],
  traffic: notRun('NOT_WATCHED', 'PMS could not be asked to scan, so it was not watched'),
  pmsLog: notRun('NO_PMS_LOG', 'PMS could not be asked to scan, so its log was not read'),
};

interface Proving {
  readonly run: Run;
  readonly ground: Groundwork;
  readonly given: ProveOptions;
  readonly proxy: ProxyChoice;
  readonly pid: number;
  readonly entry: string;
}

/** The three steps. Their results are written into `bridge`; the first one is the evidence of the report as well. */
async function prove(bridge: Drafted, proving: Proving, { access, plan }: Ready): Promise<Watched> {
  const { run, ground, given, proxy, pid } = proving;
  const { terminal, signal } = run;
  const looked = await bridgePlaceOf(pid, given.hosts);
  if ('why' in looked) {
    stop(bridge, looked.why, looked.args);
    return { ...NOTHING_SEEN, experiment: notRun('NO_EXPERIMENT') };
  }
  announceProof({ plan, hosts: bridge.hosts, proxy: proxy.url.masked, place: looked }, terminal);
  if (!given.yes && !(await terminal.confirm('Go on?', signal)))
    throw new UsageError('bridge --prove: not confirmed, and nothing was done; --yes confirms');
  const client = clientFor(access, ground);
  const folders = await foldersOf(client(CALL_MS, signal));
  const laboratory: StepLaboratory = { run, ground, client, folders, ...given };
  const before = await scanStep('before', laboratory, plan, bridge.hosts);
  const hosts = given.hosts.length > 0 ? given.hosts : bypassedHosts(before.seen, run, ground);
  bridge.hosts = addressesFor(hosts);
  const first = given.hosts.length > 0 ? before : before.again(bridge.hosts);
  bridge.steps = [first.step];
  const libraries = failedLibraries(first.step);
  if (signal.aborted) stop(bridge, 'interrupted');
  else if (hosts.length === 0) stop(bridge, 'no-bypass');
  else if (libraries.length === 0) stop(bridge, 'not-refused');
  else {
    const failing = plan.filter(({ library }) => libraries.includes(library.id));
    await proveWith(bridge, proving, laboratory, failing, first.step);
  }
  return first.seen;
}

/** The second and the third step. */
async function proveWith(
  bridge: Drafted,
  { run, ground, proxy, pid, entry }: Proving,
  laboratory: StepLaboratory,
  plan: readonly PlannedScan[],
  before: ProofStep,
): Promise<void> {
  const hosts: readonly BridgedHost[] = bridge.hosts;
  const place = await bridgePlaceOf(
    pid,
    hosts.map(({ host }) => host),
  );
  if ('why' in place) return stop(bridge, place.why, place.args);
  const isUp = await withBridgeUp(bridge, { run, ground, proxy, entry, place }, async (tunnels) => {
    const scan = async (): Promise<ProofStep> => (await scanStep('with', laboratory, plan, hosts, tunnels)).step;
    const during = await scan();
    const leftMs = rememberedMs(during, before);
    if (leftMs === 0) return addStep(bridge, during);
    run.terminal.status.tell(
      `the scan did not reach the bridge; PMS may remember an address: it is repeated in ${Math.ceil(leftMs / 1_000)} s`,
    );
    await sleep(leftMs, undefined, { signal: run.signal }).catch(() => undefined);
    bridge.remarks = [...bridge.remarks, { message: 'waited', args: { seconds: Math.ceil(leftMs / 1_000) } }];
    addStep(bridge, run.signal.aborted ? during : await scan());
  });
  if (!isUp) return;
  remarkOn(bridge, place);
  if (run.signal.aborted) return stop(bridge, 'interrupted');
  const after = await scanStep('after', laboratory, plan, hosts);
  addStep(bridge, after.step);
  if (run.signal.aborted) stop(bridge, 'interrupted');
}

function addStep(bridge: Drafted, step: ProofStep): void {
  bridge.steps = [...bridge.steps, step];
}

/** libcurl keeps an address for this long (CURLOPT_DNS_CACHE_TIMEOUT), and a second more. */
const REMEMBERED_MS = 61_000;

/**
 * Time until a running program of PMS asks for the name anew; 0: the scan reached the bridge, or worked. A connection to a remembered
 * address has no name, since nothing asked for one, so that only its absence at the bridge shows it.
 */
function rememberedMs(during: ProofStep, before: ProofStep): number {
  const isMissed = during.tunnels.length === 0 || during.contacts.some(({ route }) => route === 'direct');
  if (!isMissed || failedLibraries(during).length === 0) return 0;
  return Math.max(1, Date.parse(before.endedAt) + REMEMBERED_MS - Date.now());
}

function remarkOn(bridge: Drafted, { isShared, isLater }: BridgePlace): void {
  bridge.remarks = [
    ...bridge.remarks,
    ...(isShared ? [{ message: 'shared-hosts', args: {} }] : []),
    ...(isLater ? [{ message: 'files-later', args: {} }] : []),
    { message: 'cache', args: {} },
  ];
}

async function readyOf(
  access: PmsAccess,
  ground: Groundwork,
  { sections }: ProveOptions,
  signal: AbortSignal,
): Promise<Gathered<Ready>> {
  const status = await stateOf(access, ground, signal);
  if (status.sections === null) {
    const { troubles } = status;
    const trouble = troubles.find(({ call }) => call === SECTIONS_CALLS[0]) ?? troubles[0];
    const message = trouble?.message ?? 'PMS did not list its libraries';
    return failed(reasonCodeOf(trouble?.code ?? 'NO_SECTIONS'), message);
  }
  const plan = planOf(status, sections);
  return plan.length === 0 ? notRun('NO_LIBRARY', 'PMS has no library to scan') : ok({ access, status, plan });
}
