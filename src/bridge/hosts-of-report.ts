import type { Bypass, EndpointResult } from '../core/model/report.ts';

interface Judged {
  readonly bypasses: readonly Pick<Bypass, 'kind' | 'host' | 'port' | 'outcome'>[];
  readonly endpoints: readonly Pick<EndpointResult, 'host' | 'need'>[];
}

/** The hosts that a scan needs, and that PMS was seen to miss around the proxy: those that a bridge is for. */
export function hostsToBridge({ bypasses, endpoints }: Judged, port: number): string[] {
  const needed = new Set(endpoints.filter(({ need }) => need === 'scan').map(({ host }) => host));
  const missed = bypasses.filter(
    (bypass) =>
      bypass.kind === 'observed' && bypass.port === port && bypass.outcome !== null && bypass.outcome !== 'ok',
  );
  return [...new Set(missed.flatMap(({ host }) => (host !== null && needed.has(host) ? [host] : [])))];
}
