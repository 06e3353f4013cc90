import type { Decision } from './dialects/dialect.ts';
import type { AttemptRecord } from './evidence.ts';
import type { JudgedEndpoint, Routing } from './facts.ts';
import type { Route } from './outcome.ts';
import type { EndpointResult, RouteResult } from './report.ts';

/** The way PMS's own client goes for one endpoint with the judged settings, and what the probe found on that way. */
export interface PmsWay {
  readonly endpoint: JudgedEndpoint['endpoint'];
  readonly result: EndpointResult;
  readonly decision: Decision;
  /** What that route gave; null when it was not attempted. */
  readonly found: RouteResult | null;
}

/** One way per endpoint that has a decision; endpoints that are never connected to (LAN, DNS only) have none. */
export function pmsWays(results: readonly JudgedEndpoint[], routing: Routing): readonly PmsWay[] {
  return results.flatMap(({ endpoint, result }) => {
    const decision = routing.decisions[endpoint.id]?.[routing.pmsDialect];
    return decision === undefined ? [] : [{ endpoint, result, decision, found: result[decision.route] }];
  });
}

export type Usability = 'usable' | 'unusable' | 'undecided';

/** Whether a route's result is a working connection. What was not attempted is undecided, never unusable. */
export function usability(found: RouteResult | null): Usability {
  if (found === null || found.outcome === 'not-run') return 'undecided';
  return found.outcome === 'ok' ? 'usable' : 'unusable';
}

/**
 * Whether PMS could use the endpoint on its way. A certificate that the public roots accept but PMS's own bundle does not is
 * of no use to it, so the attempts of that route are asked as well.
 */
export function usableByPms(way: PmsWay, attempts: readonly AttemptRecord[]): Usability {
  if (way.decision.error !== null) return 'unusable';
  return refusedByPmsBundle(way, attempts) ? 'unusable' : usability(way.found);
}

/** true when every verified connection on PMS's way ends at a root that PMS's own bundle does not hold. */
export function refusedByPmsBundle(way: PmsWay, attempts: readonly AttemptRecord[]): boolean {
  const verified = attempts.filter(
    (a) => a.endpoint === way.endpoint.id && a.route === way.decision.route && a.outcome === 'ok' && a.tls !== null,
  );
  return verified.length > 0 && verified.every((a) => a.tls?.trustedByPms === false);
}

/** What a route gave for an endpoint, as one line: `the proxy answered 403 to CONNECT plex.tv:443 (ERR_ACCESS_DENIED)`. */
export function tellRoute(result: EndpointResult, route: Route): string {
  const target = `${result.host}:${result.port}`;
  const found = result[route];
  if (found === null) return `${target} was not attempted ${ON_ROUTE[route]}`;
  const code = found.code === null ? '' : ` (${found.code})`;
  const time = found.ms === null ? '' : ` in ${Math.round(found.ms)} ms`;
  if (found.outcome === 'ok') return `${target} answers ${ON_ROUTE[route]}${time}`;
  if (found.outcome === 'not-run') return `${target} was not attempted ${ON_ROUTE[route]}${code}`;
  const isRefusal = ['denied', 'proxy-auth', 'proxy-error'].includes(found.outcome);
  return isRefusal && found.status !== null
    ? `the proxy answered ${found.status} to ${requestTo(result)}${code}`
    : `${target} ${ON_ROUTE[route]}: ${found.outcome}${code}`;
}

const ON_ROUTE: Readonly<Record<Route, string>> = { direct: 'directly', proxy: 'through the proxy' };

/** libcurl asks for a tunnel only where there is TLS; plain HTTP goes to the proxy in absolute form. */
function requestTo(result: EndpointResult): string {
  const target = `${result.host}:${result.port}`;
  return result.scheme === 'https' ? `CONNECT ${target}` : `GET http://${target}/`;
}

/**
 * Why a proxy gave another refusal than 403 and 407.
 * garbage: no HTTP status at all. dns, connect: its own name resolution or connection failed, by its own word.
 * as-for-unknown-name: the same answer as to a name that cannot exist, without saying why. other: none of these.
 */
export type ProxyErrorKind = 'garbage' | 'dns' | 'connect' | 'as-for-unknown-name' | 'other';

/** `invalidName` is the proxy's answer to CONNECT to a name that cannot exist, see the evidence's `proxies`. */
export function proxyErrorKind(
  found: RouteResult,
  invalidName: { readonly status: number | null; readonly error: string | null } | null,
): ProxyErrorKind {
  if (found.status === null) return 'garbage';
  // Squid's page names (src/error/forward.h) as its X-Squid-Error header carries them.
  if (found.code?.includes('ERR_DNS_FAIL')) return 'dns';
  if (/ERR_(CONNECT_FAIL|SOCKET_FAILURE|CANNOT_FORWARD|READ_TIMEOUT)/.test(found.code ?? '')) return 'connect';
  if (invalidName !== null && invalidName.status === found.status) return 'as-for-unknown-name';
  return 'other';
}
