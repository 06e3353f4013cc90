import type { Endpoint } from '../model/endpoint.ts';
import type { AttemptRecord } from '../model/probe-records.ts';
import type { JudgedEndpoint } from './facts.ts';
import { decryptedDirectly, markInterception } from './interception.ts';
import { groupBy } from '../values/group.ts';
import { isOfKind, progressOf, type Outcome } from '../model/outcome.ts';
import type { Attempt, Conclusion, EndpointResult, RouteResult } from '../model/report.ts';
import { ownCode } from '../model/reason.ts';

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
  const compared = endpoints
    .filter(({ kind }) => kind === 'host' || kind === 'wildcard')
    .map((endpoint) => {
      const raw = { direct: directOf.get(endpoint.id) ?? [], proxy: proxiedOf.get(endpoint.id) ?? [] };
      const own = { direct: withoutOriginAnswers(raw.direct, []), proxy: withoutOriginAnswers(raw.proxy, raw.direct) };
      const attempts = {
        direct: markInterception(own.direct, own.proxy, 'direct'),
        proxy: markInterception(own.proxy, own.direct, 'proxy'),
      };
      return { endpoint, attempts };
    });
  const isDecrypted = decryptedDirectly(
    endpoints,
    compared.flatMap(({ attempts }) => attempts.direct),
  );
  const isBlockPage = blockPagesAmong(compared.flatMap(({ attempts }) => attempts.proxy));
  return compared.map(({ endpoint, attempts: { direct: ofDirect, proxy } }) => {
    const attempts = {
      direct: ofDirect.map((record): AttemptRecord =>
        isDecrypted(record) ? { ...record, outcome: 'intercepted' } : record,
      ),
      proxy: proxy.map((record) => (isBlockPage(record) ? asDenied(record) : record)),
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

/** An inspecting proxy decrypts most hosts; one that decrypts no more than one in so many hosts does it to show its block page. */
const SPLICED_PER_BLOCKED = 3;

/** Tells decrypted attempts that are a proxy's denial of that host from those of a proxy that inspects: by what the same proxy leaves untouched. */
function blockPagesAmong(proxied: readonly AttemptRecord[]): (record: AttemptRecord) => boolean {
  const byProxy = groupBy(
    proxied.filter(({ tls }) => tls !== null),
    ({ via }) => String(via),
  );
  const denying = new Set(
    [...byProxy].flatMap(([via, own]) => {
      const decrypted = own.filter(({ outcome }) => outcome === 'intercepted').length;
      const untouched = own.filter(({ tls }) => tls?.trusted === true).length;
      return untouched >= SPLICED_PER_BLOCKED * decrypted ? [via] : [];
    }),
  );
  return ({ outcome, via }) => outcome === 'intercepted' && denying.has(String(via));
}

function asDenied(record: AttemptRecord): AttemptRecord {
  return { ...record, outcome: 'denied', code: ownCode('BLOCK_PAGE') };
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

/** Of several attempts on one route the one that got furthest speaks for it; the first of equals. */
function routeResult(records: readonly AttemptRecord[]): RouteResult {
  const attempts = records.map(toAttempt);
  const best = records.reduce<AttemptRecord | null>(
    (furthest, r) => (furthest === null || progressOf(r.outcome) > progressOf(furthest.outcome) ? r : furthest),
    null,
  );
  if (best === null) {
    return {
      outcome: 'not-run',
      stage: null,
      code: ownCode('NO_REPRESENTATIVE_NAME'),
      ms: null,
      status: null,
      attempts,
    };
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
      ...(r.tls.byOwnRoot === undefined ? {} : { byOwnRoot: r.tls.byOwnRoot }),
    },
  };
}

/** The conclusion of both routes for an endpoint. A route that was not tried leaves it undecided; no proxy at all does not. */
export function conclude(direct: Outcome, proxy: Outcome | null): Conclusion {
  if (proxy === 'intercepted' || (direct === 'intercepted' && proxy !== 'ok')) return 'intercepted';
  if (isOfKind(direct, 'not-run', 'no-verdict') || isOfKind(proxy, 'not-run', 'no-verdict')) return 'undecided';
  if (direct === 'ok') return proxy === 'ok' ? 'both' : 'direct-only';
  return proxy === 'ok' ? 'proxy-only' : 'neither';
}
