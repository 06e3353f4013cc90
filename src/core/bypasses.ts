import type { DialectId } from './dialects/dialect.ts';
import type { JudgedEndpoint, Routing } from './facts.ts';
import type { Bypass } from './report.ts';

/**
 * Endpoints that the variables themselves send around the proxy, for the clients that PMS consists of: its own libcurl, and the
 * Python of its plug-ins. Without a configured proxy there is nothing to go around.
 */
export function configuredBypasses(results: readonly JudgedEndpoint[], routing: Routing): Bypass[] {
  if (!routing.configured) return [];
  const clients: readonly DialectId[] = [routing.pmsDialect, 'python-urllib'];
  return results.flatMap(({ endpoint, result }): Bypass[] => {
    const decisions = routing.decisions[endpoint.id];
    const dialects = decisions
      ? clients.filter((id) => decisions[id].route === 'direct' && decisions[id].error === null)
      : [];
    if (dialects.length === 0) return [];
    const { outcome } = result.direct;
    return [
      {
        host: result.host,
        address: null,
        port: result.port,
        process: null,
        pid: null,
        outcome: outcome === 'not-run' ? null : outcome,
        count: 0,
        kind: 'configured',
        dialects,
        evidence: ['settings'],
      },
    ];
  });
}
