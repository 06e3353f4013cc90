import type { Decision } from './dialects/dialect.ts';
import type { ProxyProbe } from './evidence.ts';
import type { JudgedEndpoint, Routing } from './facts.ts';
import type { Outcome, Route } from './outcome.ts';
import type { EndpointResult, RouteResult } from './report.ts';

/** The way PMS's own client goes for one endpoint with the judged settings, and what the probe found on that way. */
export interface PmsWay {
  readonly endpoint: JudgedEndpoint['endpoint'];
  readonly result: EndpointResult;
  readonly attempts: JudgedEndpoint['attempts'];
  readonly decision: Decision;
  /** What that route gave; null when it was not attempted. */
  readonly found: RouteResult | null;
}

/** One way per endpoint that has a decision; endpoints that are never connected to (LAN, DNS only) have none. */
export function pmsWays(results: readonly JudgedEndpoint[], routing: Routing): readonly PmsWay[] {
  return results.flatMap(({ endpoint, result, attempts }) => {
    const decision = routing.decisions[endpoint.id]?.[routing.pmsDialect];
    return decision === undefined ? [] : [{ endpoint, result, attempts, decision, found: result[decision.route] }];
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
export function usableByPms(way: PmsWay): Usability {
  if (way.decision.error !== null) return 'unusable';
  return refusedByPmsBundle(way) ? 'unusable' : usability(way.found);
}

/** true when every verified connection on PMS's way ends at a root that PMS's own bundle does not hold. */
export function refusedByPmsBundle(way: PmsWay): boolean {
  const verified = way.attempts[way.decision.route].filter((a) => a.outcome === 'ok' && a.tls !== null);
  return verified.length > 0 && verified.every((a) => a.tls?.trustedByPms === false);
}

/** Whether the proxy said anything about an endpoint: one that was not reached or stayed silent has decided nothing. */
export function proxyAnswered(result: EndpointResult): boolean {
  return result.proxy !== null && !UNANSWERED.includes(result.proxy.outcome);
}

const UNANSWERED: readonly Outcome[] = ['not-run', 'proxy-unreachable', 'proxy-silent'];

/** What a route gave for an endpoint, as one line: `the proxy answered 403 to CONNECT plex.tv:443 (ERR_ACCESS_DENIED)`. */
export function tellRoute(result: EndpointResult, route: Route): string {
  const target = `${result.host}:${result.port}`;
  const found = result[route];
  if (found === null) return `${target} was not attempted ${ON_ROUTE[route]}`;
  const code = found.code === null ? '' : ` (${found.code})`;
  const time = found.ms === null ? '' : ` in ${Math.round(found.ms)} ms`;
  if (found.outcome === 'ok') return `${target} answers ${ON_ROUTE[route]}${time}`;
  if (found.outcome === 'not-run') {
    const seen = NOT_RUN[found.code ?? ''];
    return `${target} ${seen ?? 'was not attempted'} ${ON_ROUTE[route]}${seen === undefined ? code : ''}`;
  }
  const isRefusal = ['denied', 'proxy-auth', 'proxy-error'].includes(found.outcome);
  return isRefusal && found.status !== null
    ? `the proxy answered ${found.status} to ${requestTo(result)}${code}`
    : `${target} ${ON_ROUTE[route]}: ${found.outcome}${code}`;
}

/** Reasons that those who watch give, as seen-results.ts has them. */
const NOT_RUN: Readonly<Record<string, string>> = {
  NEVER_ASKED: 'was not seen to be asked for',
  OUTCOME_NOT_SEEN: 'was seen to be asked for, with an unknown end,',
};

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

/** The proxy's answer to CONNECT to a name that cannot exist; null when it was not asked or did not answer. */
export type InvalidNameAnswer = ProxyProbe['invalidName'];

/** The first answer to an impossible name among the proxies that were probed. */
export function invalidNameAnswer(proxies: readonly ProxyProbe[]): InvalidNameAnswer {
  return proxies.find((proxy) => proxy.invalidName !== null)?.invalidName ?? null;
}

/** Why a refusal with `proxy-error` was given, from its code and from how this proxy answers for an impossible name. */
export function proxyErrorKind(found: RouteResult, invalidName: InvalidNameAnswer): ProxyErrorKind {
  // RFC 1928 section 6: a SOCKS server has reply codes instead of statuses.
  if (found.code?.startsWith('SOCKS_')) return invalidName?.error === found.code ? 'as-for-unknown-name' : 'connect';
  if (found.status === null) return 'garbage';
  // Squid's page names (src/error/forward.h) as its X-Squid-Error header carries them.
  if (found.code?.includes('ERR_DNS_FAIL')) return 'dns';
  if (/ERR_(CONNECT_FAIL|SOCKET_FAILURE|CANNOT_FORWARD|READ_TIMEOUT)/.test(found.code ?? '')) return 'connect';
  if (invalidName !== null && invalidName.status === found.status) return 'as-for-unknown-name';
  return 'other';
}

/**
 * Both routes met the same failure, which is then the endpoint's own: the connection fails directly and, by the proxy's own
 * word, from the proxy as well; or the same thing happens behind the connection.
 */
export function failsAlikeOnBothRoutes(result: EndpointResult, invalidName: InvalidNameAnswer): boolean {
  const { direct, proxy } = result;
  if (proxy === null) return false;
  if (BEHIND_THE_CONNECTION.includes(proxy.outcome)) return direct.outcome === proxy.outcome;
  if (proxy.outcome !== 'proxy-error') return false;
  const kind = proxyErrorKind(proxy, invalidName);
  return kind === 'connect'
    ? NOT_CONNECTED.includes(direct.outcome)
    : kind === 'dns' && direct.outcome === 'unresolved' && direct.code === 'ENOTFOUND';
}

const BEHIND_THE_CONNECTION: readonly Outcome[] = ['cut', 'stalled', 'tls-failed', 'tls-untrusted'];
const NOT_CONNECTED: readonly Outcome[] = ['refused', 'no-reply', 'prohibited', 'no-route'];

/** How serious a trouble on a route is: a failure where it stops what a scan needs on the way PMS takes, else a warning. */
export function gravityOf(way: PmsWay, route: Route): 'fail' | 'warn' {
  const stops = way.result.need === 'scan' && way.decision.route === route && usability(way.found) === 'unusable';
  return stops ? 'fail' : 'warn';
}

/** Whether PMS sends something that a scan needs to this proxy and does not get through. */
export function stopsScan(proxy: ProxyProbe, proxies: readonly ProxyProbe[], ways: readonly PmsWay[]): boolean {
  return ways.some(
    (way) => gravityOf(way, 'proxy') === 'fail' && (proxies.length === 1 || way.decision.proxy === proxy.url),
  );
}

/** Names for a sentence: all of a few, the first of many. */
export function nameList(names: readonly string[], most = 6, separator = ', '): string {
  const shown = names.slice(0, most).join(names.length > most ? ', ' : separator);
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
