import { CATALOGUE, ENDPOINTS_FILE_LIMIT_BYTES, findEndpoints, parseEndpointsFile } from '../catalog/index.ts';
import { Deadline } from '../core/deadline.ts';
import type { Endpoint } from '../core/endpoint.ts';
import {
  failed,
  NO_EXPERIMENT,
  NO_PMS_LOG,
  NOT_WATCHED,
  notRun,
  ok,
  valueOf,
  type Evidence,
  type Gathered,
  type Settings,
} from '../core/evidence.ts';
import { nearest } from '../core/nearest.ts';
import type { SecretVariables } from '../core/secret-variables.ts';
import type { Traffic } from '../core/traffic.ts';
import { observeTraffic } from '../gather/observe/observe.ts';
import { locatePms, type LocatedPms } from '../gather/pms/locate.ts';
import { parseBundle } from '../gather/probe/trust.ts';
import { probe } from '../gather/probe/probe.ts';
import { chooseProxies } from '../gather/settings/choose.ts';
import { gatherSettings } from '../gather/settings/gather.ts';
import { lookAround, proxiesOf } from '../gather/surroundings.ts';
import { UsageError } from './errors.ts';
import { evidenceOf } from './evidence.ts';
import { readInput } from './files.ts';
import type { RunOptions } from './options.ts';
import { askPms, readToken } from './pms.ts';
import { startProgress, startWatching } from './progress.ts';
import { note } from './terminal.ts';

/** A root bundle of every public CA is about 220 kB. */
const CA_FILE_LIMIT_BYTES = 8_388_608;

/** The catalogue as the user wants it: their file's changes, then their choice. */
export async function loadEndpoints(options: Pick<RunOptions, 'endpoints' | 'only'>): Promise<readonly Endpoint[]> {
  const all = options.endpoints === null ? CATALOGUE : await readEndpoints(options.endpoints);
  const chosen = options.only.flatMap((name) => {
    const found = findEndpoints(name, all);
    if (found.length > 0) return found;
    const near = nearest(
      name,
      all.flatMap((e) => [e.id, e.host]),
    );
    throw new UsageError(
      `--only: no endpoint has the id or host "${name}"${near ? `; did you mean "${near}"?` : '; "endpoints" lists them'}`,
    );
  });
  return options.only.length === 0 ? all : all.filter((e) => chosen.includes(e));
}

async function readEndpoints(path: string): Promise<readonly Endpoint[]> {
  const text = await readInput('endpoints', path, ENDPOINTS_FILE_LIMIT_BYTES);
  const result = parseEndpointsFile(text, path, CATALOGUE);
  if (!result.ok) throw new UsageError(result.problems.join('\n'));
  return result.endpoints;
}

export interface GatheredEvidence {
  readonly evidence: Evidence;
  /** The variables that are judged, whole; null when there are none. */
  readonly variables: SecretVariables | null;
}

/** What a live run does. */
export interface LivePlan {
  readonly probe: boolean;
  /** How long PMS's own traffic is watched; null: not at all. */
  readonly observeMs: number | null;
}

/** PMS, its settings and the endpoints: what every live run begins with. */
export interface Groundwork {
  readonly endpoints: readonly Endpoint[];
  readonly located: LocatedPms;
  readonly settings: Gathered<Settings>;
  readonly live: ReadonlyMap<string, SecretVariables>;
}

/** Gathers everything that `check` and `observe` judge. Watching comes after probing, so that our own connections are not taken for PMS's. */
export async function gatherEvidence(
  options: RunOptions,
  plan: LivePlan,
  signal: AbortSignal,
): Promise<GatheredEvidence> {
  const startedAt = new Date();
  const ground = await layGround(options);
  const extraRootsPem = options.ca === null ? null : await readRoots(options.ca);
  const token = await readToken(options.tokenFile);
  const [probed, pmsStatus] = await Promise.all([
    plan.probe ? probeAll(options, ground, extraRootsPem, signal) : NOT_PROBED,
    askPms({ pms: options.pms, timeoutMs: options.timeoutMs, token, extraRootsPem }, ground.located, signal),
  ]);
  const traffic = await watchedBy(plan, options, ground, signal);
  const { endpoints, located, settings } = ground;
  const evidence = evidenceOf(
    { command: plan.probe ? 'check' : 'observe', startedAt, options, signal },
    {
      endpoints: ok(endpoints),
      pms: located.pms,
      settings,
      ...probed,
      traffic,
      pmsLog: NO_PMS_LOG,
      pmsStatus,
      experiment: NO_EXPERIMENT,
    },
  );
  return { evidence, variables: usedVariables(ground) };
}

/** The whole variables of the source that is judged. */
export function usedVariables({ settings, live }: Pick<Groundwork, 'settings' | 'live'>): SecretVariables | null {
  const used = valueOf(settings)?.used;
  return used === undefined ? null : (live.get(used) ?? null);
}

export async function layGround(options: RunOptions): Promise<Groundwork> {
  const endpoints = await loadEndpoints(options);
  const located = await locatePms({ hint: options.envFrom });
  const { settings, live } = await gatherSettings({
    located,
    envFrom: options.envFrom,
    proxyOption: options.proxy,
    noProxyOption: options.noProxy,
    shell: process.env,
  });
  if (settings.state !== 'ok' && options.envFrom.kind !== 'auto')
    throw new UsageError(`--env-from: ${settings.reason.message}`);
  return { endpoints, located, settings, live };
}

type Probed = Pick<Evidence['items'], 'proxies' | 'attempts.direct' | 'attempts.proxy' | 'resolver'>;

const nothingProbed = notRun('NOT_PROBED', 'nothing was probed in this run');
const NOT_PROBED: Probed = {
  proxies: nothingProbed,
  'attempts.direct': nothingProbed,
  'attempts.proxy': nothingProbed,
  resolver: nothingProbed,
};

export async function probeAll(
  options: RunOptions,
  ground: Groundwork,
  extraRootsPem: string | null,
  signal: AbortSignal,
): Promise<Probed> {
  const { endpoints, located, settings, live } = ground;
  const chosen =
    settings.state === 'ok' ? chooseProxies(settings.value, live) : { http: null, https: null, problems: [] };
  const progress = startProgress(
    process.stderr,
    `probing ${endpoints.length} endpoint${endpoints.length === 1 ? '' : 's'}, each attempt at most ${options.timeoutMs / 1_000} s`,
  );
  const probed = await probe({
    endpoints,
    families: options.families,
    proxies: chosen,
    timeoutMs: options.timeoutMs,
    budget: Deadline.after(options.budgetMs),
    signal,
    extraRootsPem,
    pmsBundlePem: located.caBundlePem,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.end());
  const [problem] = chosen.problems;
  return problem !== undefined && valueOf(probed.proxies) === null
    ? { ...probed, proxies: failed('BAD_PROXY_VALUE', problem) }
    : probed;
}

/** `observe` waits for a PMS that does not run yet. Who wants to know how things stand does not wait. */
async function watchedBy(
  plan: LivePlan,
  options: RunOptions,
  ground: Groundwork,
  signal: AbortSignal,
): Promise<Gathered<Traffic>> {
  if (plan.observeMs === null) return NOT_WATCHED;
  if (plan.probe && (valueOf(ground.located.pms)?.pid ?? null) === null) {
    note('PMS does not run, so there is nothing to watch ("observe" waits for it)');
    return failed('PMS_NOT_RUNNING', 'PMS did not run');
  }
  return watch(options, ground, plan.observeMs, signal);
}

async function watch(
  options: RunOptions,
  { endpoints, located, live }: Groundwork,
  forMs: number,
  signal: AbortSignal,
): Promise<Gathered<Traffic>> {
  if (signal.aborted) return notRun('INTERRUPTED', 'interrupted before the watching began');
  const { surroundings, lookups } = await lookAround(endpoints, proxiesOf(live), signal);
  const progress = startWatching(process.stderr, forMs);
  return observeTraffic({
    located,
    surroundings,
    lookups,
    forMs,
    signal,
    hint: options.envFrom,
    onFlow: (flow) => progress.seen(flow, endpoints),
  }).finally(() => progress.end());
}

export async function readRoots(path: string): Promise<string> {
  const pem = await readInput('ca', path, CA_FILE_LIMIT_BYTES);
  if (parseBundle(pem).length === 0)
    throw new UsageError(`--ca: ${path} holds no PEM certificate (expected "-----BEGIN CERTIFICATE-----")`);
  return pem;
}
