import type { Outcome, Route } from '../core/outcome.ts';
import type { EndpointResult, Report, RouteResult } from '../core/report.ts';
import type { Mark, Tone } from './style.ts';
import { counted, duration, times } from './times.ts';

/** The words of the table of endpoints: what was probed, and what PMS was seen to do. */

export function hostAndPort(endpoint: Pick<EndpointResult, 'host' | 'port'>): string {
  return endpoint.port === 443 ? endpoint.host : `${endpoint.host}:${endpoint.port}`;
}

export function neededFor({ purpose, need }: EndpointResult): string {
  return need === 'scan' ? `${purpose} · scan` : purpose;
}

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  ok: 'ok',
  unresolved: 'unresolved',
  refused: 'refused',
  prohibited: 'prohibited',
  'no-route': 'no route',
  'no-reply': 'no reply',
  'proxy-unreachable': 'proxy down',
  'proxy-silent': 'proxy silent',
  'proxy-auth': 'auth',
  denied: 'denied',
  'proxy-error': 'proxy error',
  'tls-untrusted': 'untrusted',
  intercepted: 'intercepted',
  'tls-failed': 'TLS failed',
  cut: 'cut',
  stalled: 'stalled',
  captive: 'captive',
  'not-run': 'not tried',
};
/** Codes of c-ares that mean that nobody answered, which is not the same as a name that does not exist. */
const DNS_SILENCE: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECONNREFUSED']);

/** What one probed route gave, in one or two words: `302`, `no reply`, `403 denied`. */
function outcomeWords({ outcome, status, code }: RouteResult): string {
  const words = OUTCOME_WORDS[outcome];
  if (outcome === 'unresolved' && code !== null && DNS_SILENCE.has(code)) return 'no DNS reply';
  if (status === null) return words;
  if (outcome === 'ok') return String(status);
  if (outcome === 'proxy-error') return `${status} error`;
  return outcome === 'denied' || outcome === 'proxy-auth' ? `${status} ${words}` : words;
}

/** What a cell says, and the figure that may stand to its right: how long it took, or how often it was seen. */
export interface RouteWords {
  readonly words: string;
  readonly figure: string;
  /** For narrow terminals; default: the words. */
  readonly short?: string;
}

export function routeWords(endpoint: EndpointResult, route: Route, view: View): RouteWords {
  const result = endpoint[route];
  if (result === null) return { words: isSeenOnly(endpoint) && !view.proxyless ? 'not watched' : '–', figure: '' };
  if (result.basis === 'observed' || isSeenOnly(endpoint)) return seenRouteWords(endpoint, route, result, view);
  const took = result.outcome === 'not-run' || result.ms === null ? '' : duration(result.ms);
  return { words: outcomeWords(result), figure: took };
}

function seenRouteWords(
  { observed, scheme }: EndpointResult,
  route: Route,
  result: RouteResult,
  { watched }: View,
): RouteWords {
  const count = observed?.[route] ?? 0;
  if (count === 0) {
    if (!watched.has(route)) return { words: 'not watched', short: 'unwatched', figure: '' };
    return route === 'direct'
      ? { words: 'not seen', figure: '' }
      : { words: 'never asked', short: 'not asked', figure: '' };
  }
  const reached = (route === 'proxy' ? observed?.proxyReached : undefined) ?? count;
  return {
    words: seenOutcome(result, route, scheme),
    figure: reached === count ? times(count) : `${reached}/${times(count)}`,
  };
}

function seenOutcome(result: RouteResult, route: Route, scheme: EndpointResult['scheme']): string {
  if (result.outcome === 'not-run') return 'seen';
  if (result.outcome !== 'ok') return outcomeWords(result);
  if (route === 'direct') return 'connected';
  if (result.status === null) return 'let through';
  return scheme === 'https' ? `tunnel ${result.status}` : String(result.status);
}

export interface Result {
  readonly words: string;
  /** For narrow terminals. */
  readonly short: string;
  readonly mark: Mark;
  readonly tone: Tone;
}

/** What of the whole report decides how its endpoints are told. */
export interface View {
  readonly proxyConfigured: boolean;
  /** PMS is known to have no proxy. */
  readonly proxyless: boolean;
  /** Endpoints that PMS was seen to reach around the proxy. */
  readonly bypassed: ReadonlySet<string>;
  /** Routes on which PMS would have been seen. */
  readonly watched: ReadonlySet<Route>;
}

export function viewOf({ proxy, traffic }: Report): View {
  const bypasses = (traffic?.flows ?? []).filter(({ bypass }) => bypass);
  return {
    proxyConfigured: proxy.configured,
    proxyless: !proxy.configured && proxy.source !== 'none',
    bypassed: new Set(bypasses.flatMap(({ endpoint }) => endpoint ?? [])),
    watched: new Set((traffic?.watchers ?? []).flatMap(({ shows }) => shows)),
  };
}

const MARK_BY_NEED: Readonly<Record<EndpointResult['need'], Mark>> = {
  scan: 'bad',
  feature: 'warn',
  optional: 'harmless',
};

function resultWords(words: string, mark: Mark, tone: Tone, short = words): Result {
  return { words, short, mark, tone };
}

/** The last column: what the two routes together mean for this endpoint. */
export function resultOf(endpoint: EndpointResult, view: View): Result {
  if (isSeenOnly(endpoint)) return seenResultOf(endpoint, view);
  const { conclusion, need, id } = endpoint;
  const mark = MARK_BY_NEED[need];
  const needed = need !== 'optional';
  const good = view.bypassed.has(id) ? bypassMark(need) : 'good';
  const results: Readonly<Record<EndpointResult['conclusion'], Result>> = {
    both: resultWords('both routes', good, 'good'),
    'proxy-only': resultWords('proxy only', good, 'good'),
    // With a proxy configured, PMS does not take the route that works.
    'direct-only': view.proxyConfigured
      ? resultWords('direct only', mark, needed ? 'warn' : 'dim')
      : resultWords('direct only', 'good', 'good'),
    neither: needed
      ? resultWords('unreachable', mark, 'bad')
      : resultWords('blocked, not needed', mark, 'dim', 'not needed'),
    intercepted: resultWords('intercepted', needed ? mark : 'warn', 'bad'),
    undecided: needed ? resultWords('undecided', 'undecided', 'warn') : resultWords('undecided', 'harmless', 'dim'),
  };
  return results[conclusion];
}

/** Probes may find a way to an endpoint: PMS was seen not to take it. */
function bypassMark(need: EndpointResult['need']): Mark {
  return need === 'scan' ? 'bad' : 'warn';
}

/** What PMS was seen to do with an endpoint that nobody probed. */
function seenResultOf({ id, need, observed, direct, proxy }: EndpointResult, { bypassed }: View): Result {
  const asked = (observed?.proxy ?? 0) > 0;
  if (!asked && (observed?.direct ?? 0) === 0) {
    return resultWords('not seen', need === 'scan' ? 'undecided' : 'harmless', 'dim');
  }
  if (bypassed.has(id)) {
    const mark = bypassMark(need);
    const blocked = direct.outcome !== 'ok' && direct.outcome !== 'not-run';
    if (asked) return resultWords('bypassed at times', mark, 'warn', 'both ways');
    return blocked ? resultWords('bypass, blocked', mark, 'bad', 'blocked') : resultWords('bypass', mark, 'bad');
  }
  const outcome = (asked ? proxy : direct)?.outcome ?? 'not-run';
  if (outcome === 'ok') {
    const isMixed = asked && observed?.proxyReached !== undefined;
    return isMixed
      ? resultWords('failed at times', need === 'scan' ? 'warn' : 'good', 'warn', 'at times')
      : resultWords(asked ? 'via proxy' : 'direct', 'good', 'good');
  }
  if (outcome === 'not-run') return resultWords('end not seen', 'undecided', 'dim');
  const words = outcome === 'denied' ? 'denied' : 'failed';
  return need === 'optional'
    ? resultWords(`${words}, not needed`, 'harmless', 'dim', 'not needed')
    : resultWords(words, MARK_BY_NEED[need], 'bad');
}

/** Nobody probed this endpoint, but PMS was watched: what stands in its columns is what was seen. */
export function isSeenOnly({ direct, proxy, observed }: EndpointResult): boolean {
  return observed !== null && !wasProbed(direct) && !wasProbed(proxy);
}

function wasProbed(route: RouteResult | null): boolean {
  return route !== null && route.attempts.length > 0;
}

/** Nothing at all was probed: the whole table tells what was seen. */
export function isAllSeen({ endpoints }: Report): boolean {
  return endpoints.length > 0 && endpoints.every(isSeenOnly);
}

export const NO_ENDPOINTS = 'No endpoint was probed, and no connection was seen.';

const NEED_ORDER: readonly EndpointResult['need'][] = ['scan', 'feature', 'optional'];

/** What a scan needs first; the catalogue's order within. */
export function byNeed(endpoints: readonly EndpointResult[]): readonly EndpointResult[] {
  return NEED_ORDER.flatMap((need) => endpoints.filter((endpoint) => endpoint.need === need));
}

function wasSeen({ observed }: EndpointResult): boolean {
  return observed !== null && observed.direct + observed.proxy > 0;
}

/** The endpoints that the table lists: where nothing was probed, those that were seen or that a scan needs. */
export function listedEndpoints(report: Report): readonly EndpointResult[] {
  const sorted = byNeed(report.endpoints);
  return isAllSeen(report) ? sorted.filter((each) => each.need === 'scan' || wasSeen(each)) : sorted;
}

/** What is said below an endpoint that was probed and watched too: only what probing cannot tell. */
export function seenNote(endpoint: EndpointResult, { bypassed, proxyConfigured }: View): string | null {
  const { observed, need, id } = endpoint;
  if (observed === null || isSeenOnly(endpoint)) return null;
  if (bypassed.has(id)) {
    const end = observed.directOutcome === null ? '' : `, ${connectionWords(observed.directOutcome)}`;
    const asked =
      observed.proxy > 0
        ? `; asked of the proxy too, ${times(observed.proxy)}`
        : observed.proxyWatched
          ? '; never asked of the proxy'
          : '';
    return `seen going around the proxy ${times(observed.direct)}${end}${asked}`;
  }
  const isMissed = need === 'scan' && proxyConfigured && observed.proxyWatched && !wasSeen(endpoint);
  return isMissed ? 'not asked of the proxy while PMS was watched' : null;
}

/** `direct 4×, no reply; proxy 12×, ok`; null where nobody looked. */
export function seenCounts({ observed }: EndpointResult): string | null {
  if (observed === null) return null;
  const part = (name: string, count: number, end: string | null): string =>
    `${name} ${times(count)}${end === null ? '' : ` ${end}`}`;
  const by = observed.processes.length === 0 ? '' : ` · by ${observed.processes.join(', ')}`;
  const proxy =
    observed.proxyWatched || observed.proxy > 0
      ? part('proxy', observed.proxy, proxyEnd(observed))
      : 'proxy not watched';
  const direct = part('direct', observed.direct, observed.directOutcome && connectionWords(observed.directOutcome));
  return `${direct}, ${proxy}${by}`;
}

function proxyEnd({ proxyOutcome, proxyReached }: NonNullable<EndpointResult['observed']>): string | null {
  if (proxyOutcome === null) return null;
  return (proxyReached === undefined ? '' : `of which ${proxyReached} `) + OUTCOME_WORDS[proxyOutcome];
}

/** What became of a connection that was seen. */
export function connectionWords(outcome: Outcome): string {
  return outcome === 'ok' ? 'connected' : OUTCOME_WORDS[outcome];
}

/** `18 proxy only · 2 unreachable`, in the order of first appearance. */
export function resultCounts(endpoints: readonly EndpointResult[], view: View): string {
  const counts = new Map<string, number>();
  for (const endpoint of byNeed(endpoints)) {
    const { words } = resultOf(endpoint, view);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => `${count} ${words}`).join(' · ');
}

/** The line that closes the table. */
export function endpointSummary(report: Report): string {
  const view = viewOf(report);
  const { endpoints } = report;
  if (endpoints.length === 0) return '';
  if (!isAllSeen(report)) {
    // What files say was probed took its time in another run.
    const time = report.run.inputs === undefined ? ` in ${duration(report.run.durationMs)}` : '';
    const took = `${counted(endpoints.length, 'endpoint')}${time}`;
    const around = endpoints.filter(({ id }) => view.bypassed.has(id)).length;
    const bypasses = around === 0 ? '' : `; ${around} seen going around the proxy`;
    return `${took}: ${resultCounts(endpoints, view)}${bypasses}`;
  }
  const seen = endpoints.filter(wasSeen);
  const rest = endpoints.length - seen.length;
  const counts = seen.length === 0 ? '' : ` (${resultCounts(seen, view)})`;
  return `${seen.length} of ${counted(endpoints.length, 'endpoint')} seen${counts}${rest === 0 ? '' : `, ${rest} not`}; nothing was probed`;
}
