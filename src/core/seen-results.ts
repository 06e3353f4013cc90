import type { JudgedEndpoint } from './facts.ts';
import { countSeen, outcomeOfSeen, processesOf, type Observed, type SeenFlow } from './observed.ts';
import type { EndpointResult, RouteResult } from './report.ts';
import { conclude } from './results.ts';

/** Adds to an endpoint's result what was seen of it; a route that nobody probed takes its outcome from what was seen. */
export function withSeen(judged: JudgedEndpoint, observed: Observed): JudgedEndpoint {
  const seen = observed.byEndpoint[judged.endpoint.id] ?? { direct: [], proxy: [] };
  const { result } = judged;
  const direct = isProbed(result.direct) ? result.direct : seenRoute(seen.direct, observed.shows.direct);
  const proxy = isProbed(result.proxy) ? result.proxy : proxyRoute(seen.proxy, observed);
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

function isProbed(route: RouteResult | null): boolean {
  return route !== null && route.attempts.some(({ outcome }) => outcome !== 'not-run');
}

function proxyRoute(flows: readonly SeenFlow[], observed: Observed): RouteResult | null {
  return flows.length === 0 && !observed.shows.proxy ? null : seenRoute(flows, observed.shows.proxy);
}

/** `NEVER_ASKED`: somebody watched this route, and PMS did not take it. `NOT_PROBED`: nobody would have seen. */
function seenRoute(flows: readonly SeenFlow[], watched: boolean): RouteResult {
  const outcome = outcomeOfSeen(flows);
  const deciding = flows.find(({ flow }) => flow.outcome === outcome)?.flow;
  const missing = flows.length === 0 && watched ? 'NEVER_ASKED' : 'NOT_PROBED';
  return {
    outcome: outcome ?? 'not-run',
    stage: null,
    code: outcome === null ? missing : (deciding?.code ?? null),
    ms: null,
    status: deciding?.status ?? null,
    attempts: [],
    basis: 'observed',
  };
}

function summarizeSeen(
  direct: readonly SeenFlow[],
  proxy: readonly SeenFlow[],
  { shows }: Observed,
): EndpointResult['observed'] {
  return {
    direct: countSeen(direct),
    proxy: countSeen(proxy),
    directOutcome: outcomeOfSeen(direct),
    proxyOutcome: outcomeOfSeen(proxy),
    proxyWatched: shows.proxy,
    processes: processesOf([...direct, ...proxy]),
  };
}
