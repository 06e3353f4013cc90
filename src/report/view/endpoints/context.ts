import { waysInReport } from '../../../core/judge/way-in-report.ts';
import type { Route } from '../../../core/model/outcome.ts';
import type { Report } from '../../../core/model/report.ts';

/** The facts of the whole report that decide how its endpoints are described. */
export interface Context {
  readonly proxyConfigured: boolean;
  /** The route that PMS takes; null: not known. */
  readonly wayOf: ReturnType<typeof waysInReport>;
  /** PMS is known to have no proxy. */
  readonly proxyless: boolean;
  /** Endpoints that PMS was seen to reach around the proxy. */
  readonly bypassed: ReadonlySet<string>;
  /** Routes on which PMS would have been seen. */
  readonly watched: ReadonlySet<Route>;
}

export function contextOf(report: Report): Context {
  const { proxy, traffic } = report;
  const bypasses = (traffic?.flows ?? []).filter(({ bypass }) => bypass);
  return {
    proxyConfigured: proxy.configured,
    wayOf: waysInReport(report),
    proxyless: !proxy.configured && proxy.source !== 'none',
    bypassed: new Set(bypasses.flatMap(({ endpoint }) => endpoint ?? [])),
    watched: new Set((traffic?.watchers ?? []).flatMap(({ shows }) => shows)),
  };
}
