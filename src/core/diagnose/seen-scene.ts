import type { Endpoint } from '../model/endpoint.ts';
import { valueOf, type Settings } from '../model/evidence.ts';
import { type AttemptRecord } from '../model/probe-records.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Facts, JudgedEndpoint } from '../judge/facts.ts';
import type { Routing } from '../judge/settings/routing.ts';
import { doubtedOf, presentOf } from '../judge/past.ts';
import { pmsWays } from '../judge/pms-way.ts';
import { differenceOfProbes } from '../judge/vantage.ts';
import { coversName, isLoopbackName } from '../judge/traffic/flows.ts';
import { withoutUntied, type Observed, type SeenFlow } from '../judge/observed.ts';
import { proxyAddressesOf } from '../judge/proxy-names.ts';
import { isOfKind, type Family, type Outcome, type Route } from '../model/outcome.ts';
import type { PmsStatus } from '../model/pms-status.ts';
import type { DnsQuestionSeen, PmsLog, PmsRequest, WatcherKind } from '../model/traffic.ts';

/** PMS's observed traffic, and the facts that are needed to judge it. */
export interface SeenScene {
  /** Endpoints that a scan needs. */
  readonly needed: readonly Endpoint[];
  /** Endpoints of custom metadata providers. */
  readonly providers: readonly Endpoint[];
  readonly observed: Observed | null;
  readonly pmsLog: PmsLog | null;
  /** Failures of a moment ago in PMS's log that only a probe of this tool speaks against. */
  readonly doubted: readonly PmsRequest[];
  readonly routing: Routing | null;
  readonly settings: Settings | null;
  readonly pmsStatus: PmsStatus | null;
  readonly experiment: Experiment | null;
  /** All that was seen, with the end that each flow came to. */
  readonly ended: readonly EndedFlow[];
  /** By endpoint id, the families over which a probe reached it directly. */
  readonly openFamilies: Readonly<Record<string, readonly Family[]>>;
  /** The addresses of each proxy that has several: a client goes to the next one where one does not answer. */
  readonly proxyAddresses: readonly ReadonlySet<string>[];
  /** Hosts that answered a probe through the proxy. */
  readonly served: ReadonlySet<string>;
  /** Hosts that answered a probe on either route. */
  readonly answering: ReadonlySet<string>;
}

/**
 * A flow with its end. To be connected is no end: only an answer is `ok`. Events behind the connection were not seen, but a probe of the
 * same endpoint on the same route tells: decrypted, cut by name, black-holed. null: not known.
 */
export interface EndedFlow extends SeenFlow {
  readonly end: Outcome | null;
}

/** Past trouble confirms no cause. Probes from another place than PMS's contradict nothing. */
function presentLog(facts: Facts): Pick<SeenScene, 'pmsLog' | 'doubted'> {
  const [log, results, routing] = [valueOf(facts.pmsLog), valueOf(facts.results), valueOf(facts.routing)];
  const isThere = differenceOfProbes(facts) === null;
  const ways = results === null || routing === null || !isThere ? [] : pmsWays(results, routing);
  return { pmsLog: log && presentOf(log, ways), doubted: log === null ? [] : doubtedOf(log, ways) };
}

export function seenSceneOf(facts: Facts): SeenScene {
  const results = differenceOfProbes(facts) === null ? (valueOf(facts.results) ?? []) : [];
  const endpoints = valueOf(facts.endpoints) ?? [];
  return {
    needed: endpoints.filter(({ need }) => need === 'scan'),
    providers: endpoints.filter(({ provider }) => provider === true),
    observed: valueOf(facts.observed),
    ...presentLog(facts),
    routing: valueOf(facts.routing),
    settings: valueOf(facts.settings),
    pmsStatus: valueOf(facts.pmsStatus),
    experiment: valueOf(facts.experiment),
    ended: (valueOf(facts.observed)?.flows ?? []).map((seen) => ({ ...seen, end: endOf(seen, results) })),
    openFamilies: Object.fromEntries(
      results.map(({ endpoint, attempts }) => [endpoint.id, familiesReached(attempts.direct)]),
    ),
    proxyAddresses: proxyAddressesOf(facts),
    served: new Set(
      results.flatMap(({ endpoint, attempts }) =>
        attempts.proxy.some(({ outcome }) => outcome === 'ok') ? [endpoint.host] : [],
      ),
    ),
    answering: new Set(
      results.flatMap(({ endpoint, attempts }) =>
        [...attempts.direct, ...attempts.proxy].some(({ outcome }) => outcome === 'ok') ? [endpoint.host] : [],
      ),
    ),
  };
}

/** The scene without lines of a proxy's log that may be of another host; the same one where there are none. */
export function ownSceneOf(scene: SeenScene): SeenScene {
  const observed = scene.observed && withoutUntied(scene.observed);
  return observed === scene.observed ? scene : { ...scene, observed, ended: scene.ended.filter(({ tied }) => tied) };
}

function familiesReached(attempts: readonly AttemptRecord[]): readonly Family[] {
  return [...new Set(attempts.flatMap(({ outcome, family }) => (outcome === 'ok' && family !== null ? [family] : [])))];
}

function endOf({ flow, endpoint }: SeenFlow, results: readonly JudgedEndpoint[]): Outcome | null {
  const { route, outcome, family, seenBy } = flow;
  if (outcome !== 'ok' || endpoint === null || (route !== 'direct' && route !== 'proxy')) return outcome;
  const probed = (results.find((each) => each.endpoint.id === endpoint.id)?.attempts[route] ?? []).filter(
    (attempt) =>
      attempt.outcome !== 'not-run' && (attempt.family === null || family === null || attempt.family === family),
  );
  if (probed.some((attempt) => attempt.outcome === 'ok')) return isFollowed(seenBy) ? 'ok' : null;
  const behind = probed.find((attempt) => isOfKind(attempt.outcome, ...BEHIND_THE_CONNECTION));
  // The log of a proxy tells of what was served; other connections were merely seen.
  return behind?.outcome ?? (probed.length === 0 && flow.seenBy.includes('access-log') ? 'ok' : null);
}

/** Packets, or the log of a proxy, show what became of a connection. Where it was only seen to be made, no probe tells that PMS had an answer. */
function isFollowed(seenBy: readonly WatcherKind[]): boolean {
  return seenBy.includes('capture') || seenBy.includes('access-log');
}

/** Ends of a connection that came about. */
const BEHIND_THE_CONNECTION = ['impostor', 'distrust', 'breakage'] as const;

export interface SeenNeed {
  readonly endpoint: Endpoint;
  readonly direct: readonly EndedFlow[];
  readonly proxy: readonly EndedFlow[];
}

export function seenNeeds({ needed, ended }: SeenScene): readonly SeenNeed[] {
  return needed.map((endpoint) => {
    const own = ended.filter((seen) => seen.endpoint?.id === endpoint.id);
    const on = (route: Route): readonly EndedFlow[] => own.filter(({ flow }) => flow.route === route);
    return { endpoint, direct: on('direct'), proxy: on('proxy') };
  });
}

export function callsToItself({ observed }: SeenScene): readonly SeenFlow[] {
  return (observed?.flows ?? []).filter(
    ({ flow, host }) => flow.route === 'proxy' && host !== null && isLoopbackName(host),
  );
}

export function failedRequests({ pmsLog }: SeenScene, endpoint: Endpoint): readonly PmsRequest[] {
  return (pmsLog?.requests ?? []).filter(
    ({ host, error, curl }) => (error !== null || curl !== null) && coversName(endpoint, host),
  );
}

export function unresolvedRequests(scene: SeenScene, endpoint: Endpoint): readonly PmsRequest[] {
  return failedRequests(scene, endpoint).filter(({ outcome }) => outcome === 'unresolved');
}

/** Local questions for names that only a client around the proxy asks. */
export function localQuestions({
  needed,
  observed,
}: SeenScene): readonly { question: DnsQuestionSeen; endpoint: Endpoint }[] {
  return (observed?.questions ?? []).flatMap((question) => {
    const endpoint = needed.find((each) => coversName(each, question.name));
    return endpoint === undefined ? [] : [{ question, endpoint }];
  });
}
