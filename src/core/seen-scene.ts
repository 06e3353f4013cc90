import { usedSource } from './derive.ts';
import type { Endpoint } from './endpoint.ts';
import { valueOf, type Settings } from './evidence.ts';
import type { Facts, Routing } from './facts.ts';
import { coversName } from './flows.ts';
import type { Observed, SeenFlow } from './observed.ts';
import type { Diagnosis } from './report.ts';
import { namesProxy } from './settings-compare.ts';
import type { PmsLog, PmsRequest, PmsScan } from './traffic.ts';

/** What was seen, and what it takes to judge it. */
export interface SeenScene {
  /** Endpoints that a scan needs. */
  readonly needed: readonly Endpoint[];
  readonly observed: Observed | null;
  readonly pmsLog: PmsLog | null;
  readonly routing: Routing | null;
  readonly settings: Settings | null;
}

export function seenSceneOf(facts: Facts): SeenScene {
  return {
    needed: (valueOf(facts.endpoints) ?? []).filter(({ need }) => need === 'scan'),
    observed: valueOf(facts.observed),
    pmsLog: valueOf(facts.pmsLog),
    routing: valueOf(facts.routing),
    settings: valueOf(facts.settings),
  };
}

/** Sections whose scan PMS refused by its own log; only the last word on each counts, for the trouble may have been mended. */
export function refusedSections({ pmsLog }: SeenScene): Diagnosis['sections'] {
  const last = new Map<string, PmsScan>();
  for (const scan of pmsLog?.scans ?? [])
    if (scan.kind === 'refused' || scan.kind === 'started') last.set(scan.section ?? 'all', scan);
  return [...last].flatMap(([id, { kind, status }]) =>
    kind === 'refused' && status !== null && status >= 500
      ? [{ id, type: 'unknown', agent: 'unknown', status, condition: 'reproduced' }]
      : [],
  );
}

export interface SeenNeed {
  readonly endpoint: Endpoint;
  readonly direct: readonly SeenFlow[];
  readonly proxy: readonly SeenFlow[];
}

export function seenNeeds({ needed, observed }: SeenScene): readonly SeenNeed[] {
  return needed.map((endpoint) => ({ endpoint, ...(observed?.byEndpoint[endpoint.id] ?? { direct: [], proxy: [] }) }));
}

/** The settings themselves send this flow direct: whoever opened it obeys them. */
export function obeysSettings({ flow, endpoint }: SeenFlow, { routing, settings }: SeenScene): boolean {
  const own = settings?.sources.find((source) => source.pid !== null && source.pid === flow.pid);
  if (own?.variables.state === 'ok' && !namesProxy(own.variables.value)) return true;
  const decisions = endpoint === null ? undefined : routing?.decisions[endpoint.id];
  const isKnown = settings !== null && usedSource(settings)?.variables.state === 'ok';
  return isKnown && decisions !== undefined && routing !== null && decisions[routing.pmsDialect].route === 'direct';
}

export function failedRequests({ pmsLog }: SeenScene, endpoint: Endpoint): readonly PmsRequest[] {
  return (pmsLog?.requests ?? []).filter(
    ({ host, error, curl }) => (error !== null || curl !== null) && coversName(endpoint, host),
  );
}

export function tellRequest({ log, host, curl, error, count }: PmsRequest): string {
  const code = curl === null ? '' : `curl ${curl}: `;
  return `${log} logs that ${host} failed ${count === 1 ? 'once' : `${count} times`} (${code}${error ?? 'no reason given'})`;
}

export function hostsOf(needs: readonly SeenNeed[]): readonly string[] {
  return needs.map(({ endpoint }) => endpoint.host);
}
