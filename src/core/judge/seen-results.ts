import type { Endpoint } from '../model/endpoint.ts';
import type { JudgedEndpoint } from './facts.ts';
import { countSeen, outcomeOfSeen, processesOf, type Observed, type SeenFlow } from './observed.ts';
import type { EndpointResult, RouteResult } from '../model/report.ts';
import { conclude } from './results.ts';
import { isFailure, isOfKind } from '../model/outcome.ts';
import { ownCode } from '../model/reason.ts';

/** Adds PMS's observed connections to an endpoint's result; a route without a probe takes its outcome from them. */
export function withSeen(judged: JudgedEndpoint, observed: Observed): JudgedEndpoint {
  const seen = observed.byEndpoint[judged.endpoint.id] ?? { direct: [], proxy: [] };
  const { result, endpoint } = judged;
  const direct = routeSeen(result.direct, seen.direct, observed.shows.direct, endpoint);
  const proxy = proxyRoute(result.proxy, seen.proxy, observed, endpoint);
  return {
    ...judged,
    result: {
      ...result,
      direct,
      proxy,
      conclusion: conclude(direct.outcome, proxy?.outcome ?? null),
      observed: summarizeSeen(seen.direct, seen.proxy, observed),
    },
  };
}

function proxyRoute(
  found: RouteResult | null,
  flows: readonly SeenFlow[],
  observed: Observed,
  endpoint: Endpoint,
): RouteResult | null {
  const { shows, proxyless } = observed;
  if (found === null && flows.length === 0 && (proxyless || !shows.proxy)) return null;
  return granted(found, flows, observed) ?? routeSeen(found, flows, shows.proxy, endpoint);
}

/** The proxy itself ended the probe, so that it does not tell what is behind. */
function isEndedByProxy({ outcome }: RouteResult): boolean {
  return isOfKind(outcome, 'proxy-refusal', 'proxy-failure', 'proxy-silence', 'no-verdict');
}

/** Where something of PMS failed, what the proxy granted to another process, or at another time, says nothing about that. */
function hasFailed({ byEndpoint }: Observed): boolean {
  return Object.values(byEndpoint).some(({ direct, proxy }) =>
    [...direct, ...proxy].some(({ flow }) => isFailure(flow.outcome)),
  );
}

/** Packets show that the proxy granted PMS the connection: one that turns this tool away treats it otherwise than PMS. */
function wasGranted({ flow, tied }: SeenFlow): boolean {
  return tied && flow.route === 'proxy' && flow.outcome === 'ok' && flow.seenBy.includes('capture');
}

/** What PMS got from a proxy that turned this tool away; null: nothing speaks against the probe. */
function granted(found: RouteResult | null, flows: readonly SeenFlow[], observed: Observed): RouteResult | null {
  if (found === null || flows.length === 0 || !isEndedByProxy(found) || hasFailed(observed)) return null;
  return flows.every(wasGranted) ? { ...outcomeSeen(flows), attempts: found.attempts } : null;
}

/** A probe decides its route; without one, PMS's observed connections do; without both, the reason stays. */
function routeSeen(
  found: RouteResult | null,
  flows: readonly SeenFlow[],
  watched: boolean,
  { probeHost }: Endpoint,
): RouteResult {
  if (found !== null && found.outcome !== 'not-run') return found;
  if (flows.length > 0) return outcomeSeen(flows);
  if (found !== null && (found.attempts.length > 0 || probeHost === null)) return found;
  return { ...NOTHING_SEEN, code: ownCode(watched ? 'NEVER_ASKED' : 'NOT_PROBED') };
}

/** `NEVER_ASKED`: the route was watched, and PMS did not use it. `NOT_PROBED`: the route was not watched. */
const NOTHING_SEEN: RouteResult = {
  outcome: 'not-run',
  stage: null,
  code: null,
  ms: null,
  status: null,
  attempts: [],
  basis: 'observed',
};

/** `OUTCOME_NOT_SEEN`: PMS used the route, and the outcome was not seen. */
function outcomeSeen(flows: readonly SeenFlow[]): RouteResult {
  const tied = flows.filter((seen) => seen.tied);
  if (tied.length > 0 && tied.length < flows.length) return outcomeSeen(tied);
  const outcome = outcomeOfSeen(flows);
  if (outcome === null) return { ...NOTHING_SEEN, code: ownCode('OUTCOME_NOT_SEEN') };
  const deciding = flows.find(({ flow }) => flow.outcome === outcome)?.flow;
  const { code = null, status = null } = deciding ?? {};
  return { ...NOTHING_SEEN, outcome, code, status, ...(tied.length === 0 ? { untied: true } : {}) };
}

function summarizeSeen(
  direct: readonly SeenFlow[],
  proxy: readonly SeenFlow[],
  { shows }: Observed,
): EndpointResult['observed'] {
  const proxyOutcome = outcomeOfSeen(proxy);
  const asked = countSeen(proxy);
  const isOther = ({ flow }: SeenFlow): boolean => flow.outcome !== null && flow.outcome !== proxyOutcome;
  const reached = proxy.some(isOther) ? countSeen(proxy.filter((seen) => !isOther(seen))) : asked;
  return {
    direct: countSeen(direct),
    proxy: asked,
    directOutcome: outcomeOfSeen(direct),
    proxyOutcome,
    ...(reached === asked ? {} : { proxyReached: reached }),
    proxyWatched: shows.proxy,
    processes: processesOf([...direct, ...proxy]),
  };
}
