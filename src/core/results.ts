import type { Endpoint } from './endpoint.ts';
import type { AttemptRecord, TlsRecord } from './evidence.ts';
import type { JudgedEndpoint } from './facts.ts';
import { groupBy } from './group.ts';
import { progressOf, type Outcome } from './outcome.ts';
import type { Attempt, Conclusion, EndpointResult, RouteResult } from './report.ts';

/**
 * Judges the attempts of every endpoint that has any: interception by comparing both routes, one outcome per route, one conclusion.
 * `proxied` is null when there was no proxy to go through.
 */
export function judgeEndpoints(
  endpoints: readonly Endpoint[],
  direct: readonly AttemptRecord[],
  proxied: readonly AttemptRecord[] | null,
  configured: (endpoint: Endpoint) => EndpointResult['configured'],
): JudgedEndpoint[] {
  const directOf = groupBy(direct, (record) => record.endpoint);
  const proxiedOf = groupBy(proxied ?? [], (record) => record.endpoint);
  return endpoints
    .filter(({ kind }) => kind === 'host' || kind === 'wildcard')
    .map((endpoint) => {
      const raw = { direct: directOf.get(endpoint.id) ?? [], proxy: proxiedOf.get(endpoint.id) ?? [] };
      const own = { direct: withoutOriginAnswers(raw.direct, []), proxy: withoutOriginAnswers(raw.proxy, raw.direct) };
      const attempts = {
        direct: markInterception(own.direct, own.proxy, 'direct'),
        proxy: markInterception(own.proxy, own.direct, 'proxy'),
      };
      const directResult = routeResult(attempts.direct);
      const proxyResult = proxied === null ? null : routeResult(attempts.proxy);
      return {
        endpoint,
        attempts,
        result: {
          id: endpoint.id,
          host: endpoint.host,
          port: endpoint.port,
          scheme: endpoint.scheme,
          purpose: endpoint.purpose,
          need: endpoint.need,
          source: endpoint.source,
          direct: directResult,
          proxy: proxyResult,
          conclusion: conclude(directResult.outcome, proxyResult?.outcome ?? null),
          configured: configured(endpoint),
          observed: null,
        },
      };
    });
}

/**
 * A forwarding proxy hands the endpoint's own 403 or 503 through, and it looks like the proxy's refusal. When the direct route got
 * the same status from the endpoint itself, it was the endpoint's answer.
 */
function withoutOriginAnswers(
  records: readonly AttemptRecord[],
  direct: readonly AttemptRecord[],
): readonly AttemptRecord[] {
  const answered = new Set(direct.filter((r) => r.outcome === 'ok').map((r) => r.status));
  return records.map((r) =>
    r.form === 'absolute' && r.outcome !== 'ok' && r.http !== null && r.status !== null && answered.has(r.status)
      ? { ...r, outcome: 'ok', code: null, detail: null }
      : r,
  );
}

/** OpenSSL's words for a chain that ends at nobody who is trusted; others (expired, wrong name) say nothing about who is in the middle. */
const UNKNOWN_ROOT = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/**
 * Untrusted becomes intercepted when somebody in the middle is shown: the other route ends at another root, or (on the proxy route,
 * with nothing to compare) the chain ends at a root that is not public. Never by the issuer's name.
 */
function markInterception(
  records: readonly AttemptRecord[],
  other: readonly AttemptRecord[],
  route: 'direct' | 'proxy',
): readonly AttemptRecord[] {
  const reference = other.map((r) => r.tls).filter((tls) => tls !== null);
  return records.map((r) =>
    r.outcome === 'tls-untrusted' && r.tls !== null && isInterception(r.tls, reference, route)
      ? { ...r, outcome: 'intercepted' }
      : r,
  );
}

function isInterception(tls: TlsRecord, reference: readonly TlsRecord[], route: 'direct' | 'proxy'): boolean {
  if (reference.length === 0) return route === 'proxy' && UNKNOWN_ROOT.has(tls.error ?? '');
  if (reference.some((r) => sameAnchor(r, tls))) return false;
  // Two unknown roots: the definition names the proxied chain; the direct one stays merely untrusted.
  return route === 'proxy' || reference.some((r) => r.trusted);
}

export function sameAnchor(a: TlsRecord, b: TlsRecord): boolean {
  if (a.fingerprint256 === b.fingerprint256) return true;
  return a.anchor.fingerprint256 !== null && b.anchor.fingerprint256 !== null
    ? a.anchor.fingerprint256 === b.anchor.fingerprint256
    : a.anchor.subject === b.anchor.subject;
}

/** Of several attempts on one route the one that got furthest speaks for it; the first of equals. */
function routeResult(records: readonly AttemptRecord[]): RouteResult {
  const attempts = records.map(toAttempt);
  const best = records.reduce<AttemptRecord | null>(
    (furthest, r) => (furthest === null || progressOf(r.outcome) > progressOf(furthest.outcome) ? r : furthest),
    null,
  );
  if (best === null) {
    return { outcome: 'not-run', stage: null, code: 'NO_REPRESENTATIVE_NAME', ms: null, status: null, attempts };
  }
  return {
    outcome: best.outcome,
    stage: best.outcome === 'not-run' ? null : (best.stages.at(-1)?.stage ?? null),
    code: best.code,
    ms: best.ms,
    status: best.status,
    attempts,
  };
}

function toAttempt(r: AttemptRecord): Attempt {
  return {
    family: r.family,
    address: r.address,
    outcome: r.outcome,
    code: r.code,
    stages: r.stages,
    tls: r.tls && {
      version: r.tls.version,
      alpn: r.tls.alpn,
      subject: r.tls.subject,
      issuer: r.tls.issuer,
      fingerprint256: r.tls.fingerprint256,
      trusted: r.tls.trusted,
    },
  };
}

/** What both routes together say about an endpoint. A route that was not tried leaves it undecided; no proxy at all does not. */
export function conclude(direct: Outcome, proxy: Outcome | null): Conclusion {
  if (proxy === 'intercepted' || (direct === 'intercepted' && proxy !== 'ok')) return 'intercepted';
  if (direct === 'not-run' || proxy === 'not-run') return 'undecided';
  if (direct === 'ok') return proxy === 'ok' ? 'both' : 'direct-only';
  return proxy === 'ok' ? 'proxy-only' : 'neither';
}
