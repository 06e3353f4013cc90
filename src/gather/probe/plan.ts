import type { Endpoint } from '../../core/model/endpoint.ts';
import type { Family, Route } from '../../core/model/outcome.ts';

/** One attempt to make. Direct: once per family. Through a proxy: once, because the proxy chooses the family. */
export interface Job {
  readonly endpoint: Endpoint;
  /** The name to probe: the endpoint's own, or the representative of a wildcard. */
  readonly host: string;
  readonly route: Route;
  readonly family: Family | null;
}

export interface ProbePlan {
  readonly jobs: readonly Job[];
  /** Endpoints that have no name to probe, or are not probed by their kind. */
  readonly skipped: readonly Endpoint[];
}

/** Sockets open at a time: more than three times what the built-in catalogue needs, well below the usual 1,024 descriptors. */
export const MAX_CONCURRENT_ATTEMPTS = 320;

/**
 * The attempts in their order: endpoints that a scan needs come first, so that a run that is cut short has answered the main question.
 * `withProxy` tells whether there is any proxy to go through.
 */
export function planProbes(endpoints: readonly Endpoint[], families: readonly Family[], withProxy: boolean): ProbePlan {
  const rank = { scan: 0, feature: 1, optional: 2 } as const;
  const probed = endpoints
    .filter((e) => isProbed(e))
    .map((endpoint, index) => ({ endpoint, index }))
    .sort((a, b) => rank[a.endpoint.need] - rank[b.endpoint.need] || a.index - b.index)
    .map(({ endpoint }) => endpoint);
  const jobs = probed.flatMap((endpoint): Job[] => {
    const host = endpoint.probeHost;
    if (host === null) return [];
    const direct = families.map((family): Job => ({ endpoint, host, route: 'direct', family }));
    return withProxy ? [...direct, { endpoint, host, route: 'proxy', family: null }] : direct;
  });
  return { jobs, skipped: endpoints.filter((e) => !isProbed(e)) };
}

/** Only hosts, and wildcards with a representative name, are connected to. */
function isProbed(endpoint: Endpoint): boolean {
  return (endpoint.kind === 'host' || endpoint.kind === 'wildcard') && endpoint.probeHost !== null;
}
