import type { Route } from '../model/outcome.ts';
import type { EndpointResult, Report, RouteResult } from '../model/report.ts';
import type { Usability } from './pms-way.ts';

/** The route that PMS takes to the endpoints of a report: seen going around the proxy, else by its settings; null: not known. */
export function waysInReport({
  proxy,
  traffic,
}: Pick<Report, 'proxy' | 'traffic'>): (endpoint: EndpointResult) => Route | 'refused' | null {
  const around = new Set((traffic?.flows ?? []).flatMap(({ bypass, endpoint }) => (bypass ? (endpoint ?? []) : [])));
  const isKnown = proxy.configured || proxy.source !== 'none';
  return ({ id, configured }) => {
    if (around.has(id)) return 'direct';
    if (!isKnown) return null;
    return configured[proxy.pmsDialect ?? ''] ?? (proxy.configured ? 'proxy' : 'direct');
  };
}

/** Whether PMS can use an endpoint on its way: another route that works does not help it. */
export function usableOn(way: Route | 'refused' | null, endpoint: EndpointResult): Usability {
  if (way === null) return 'undecided';
  if (way === 'refused') return 'unusable';
  const outcome = outcomeOn(way, endpoint);
  if (outcome === 'not-run') return 'undecided';
  return outcome === 'ok' ? 'usable' : 'unusable';
}

/** PMS's own result on its way outranks a probe, which may have gone where PMS does not. */
export function outcomeOn(way: Route, endpoint: EndpointResult): RouteResult['outcome'] {
  const seen = way === 'direct' ? endpoint.observed?.directOutcome : null;
  return seen ?? endpoint[way]?.outcome ?? 'not-run';
}
