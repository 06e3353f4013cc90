import type { Decision } from '../dialects/dialect.ts';
import type { ProxyProbe } from '../model/probe-records.ts';
import type { JudgedEndpoint } from './facts.ts';
import { isOfKind, type Route } from '../model/outcome.ts';
import type { Routing } from './settings/routing.ts';
import { ownCode } from '../model/reason.ts';
import type { EndpointResult, RouteResult } from '../model/report.ts';

/** The way PMS's own client goes for one endpoint with the judged settings, and what the probe found on that way. */
export interface PmsWay {
  readonly endpoint: JudgedEndpoint['endpoint'];
  readonly result: EndpointResult;
  readonly attempts: JudgedEndpoint['attempts'];
  readonly decision: Decision;
  /** The result of that route; null when it was not attempted. */
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

/**
 * Whether a route's result is a working connection. A route that was not attempted, or only by another host perhaps, is undecided, and so is
 * one that may only be slow.
 */
export function usability(found: RouteResult | null): Usability {
  if (found === null || found.untied === true || isOfKind(found.outcome, 'not-run', 'no-verdict')) return 'undecided';
  if (mayBeSlow(found)) return 'undecided';
  return found.outcome === 'ok' ? 'usable' : 'unusable';
}

/** Only our own time limit ended it, and it was not asked again with a longer one. */
export function mayBeSlow({ code }: Pick<RouteResult, 'code'>): boolean {
  return code === ownCode('ASKED_ONCE');
}

/** An answer that comes later may come too late for PMS, whose own patience is not known; a healthy route answers within a second. */
const LATE_MS = 5_000;

/** The answer on PMS's way came, and came late. */
export function isLate({ found }: PmsWay): boolean {
  return found?.outcome === 'ok' && found.ms !== null && found.ms >= LATE_MS;
}

/**
 * Whether PMS could use the endpoint on its way. A certificate that the public roots accept but PMS's own bundle does not is
 * of no use to it, so the attempts of that route are asked as well.
 */
export function usableByPms(way: PmsWay): Usability {
  if (way.decision.error !== null) return 'unusable';
  if (refusedByPmsBundle(way)) return 'unusable';
  return way.decision.route === 'direct' ? directUsability(way) : usability(way.found);
}

/**
 * Whether direct connections to the endpoint work. Clients try the other address family when one does not connect, but not when a
 * connection came about and broke: then it is left to chance which one they take.
 */
export function directUsability({ result, attempts }: Pick<PmsWay, 'result' | 'attempts'>): Usability {
  const found = usability(result.direct);
  if (found !== 'usable') return found;
  const open = new Set(attempts.direct.flatMap(({ outcome, family }) => (outcome === 'ok' ? [family] : [])));
  const breaks = attempts.direct.some(
    ({ outcome, family }) => !open.has(family) && isOfKind(outcome, 'breakage', 'impostor', 'distrust'),
  );
  return breaks ? 'undecided' : 'usable';
}

/** true when every verified connection on PMS's way ends at a root that PMS's own bundle does not hold. */
export function refusedByPmsBundle(way: PmsWay): boolean {
  const verified = way.attempts[way.decision.route].filter((a) => a.outcome === 'ok' && a.tls !== null);
  return verified.length > 0 && verified.every((a) => a.tls?.trustedByPms === false);
}

/** Whether the proxy said anything about an endpoint: one that was not reached, stayed silent or was too busy has decided nothing. */
export function proxyAnswered(result: EndpointResult): boolean {
  return result.proxy !== null && !isOfKind(result.proxy.outcome, 'proxy-silence', 'no-verdict', 'not-run');
}

/**
 * Why a proxy gave another refusal than 403 and 407.
 * garbage: no HTTP status at all. dns, connect: its own name resolution or connection failed, by its own word.
 * plain-http: it takes CONNECT alone, or wants no plain HTTP.
 * as-for-unknown-name: the same answer as to a name that cannot exist, without saying why. other: none of these.
 */
export type ProxyErrorKind = 'garbage' | 'dns' | 'connect' | 'plain-http' | 'as-for-unknown-name' | 'other';

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
  if (found.code === ownCode('PLAIN_HTTP_REFUSED')) return 'plain-http';
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
  if (isOfKind(proxy.outcome, 'breakage', 'distrust')) return direct.outcome === proxy.outcome;
  if (proxy.outcome !== 'proxy-error') return false;
  const kind = proxyErrorKind(proxy, invalidName);
  return kind === 'connect'
    ? isOfKind(direct.outcome, 'block')
    : kind === 'dns' && direct.outcome === 'unresolved' && direct.code === 'ENOTFOUND';
}

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

/** Expired, not yet valid, or of another name: the certificate of the endpoint, or the clock of this host, is wrong. This is no sign of interception. */
export function isWrongByItself({ found }: PmsWay): boolean {
  return found?.outcome === 'tls-untrusted' && WRONG_BY_ITSELF.has(found.code ?? '');
}

/** Not valid now, by the clock of this host. */
export function isUntimely({ found }: PmsWay): boolean {
  return found?.code === 'CERT_HAS_EXPIRED' || found?.code === 'CERT_NOT_YET_VALID';
}

/** Words of OpenSSL and of Node.js for a chain that ends at a trusted root. */
const WRONG_BY_ITSELF: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
