import { isOfKind, OUTCOME, type Route } from '../../../core/model/outcome.ts';
import type { EndpointResult, Report, RouteResult } from '../../../core/model/report.ts';
import { connectionWords } from '../../../core/words/flows.ts';
import type { Mark, Tone } from '../../blocks/blocks.ts';
import { counted, duration, times } from '../../blocks/times.ts';
import { contextOf, type Context } from './context.ts';
import { markOf, standingOf } from './standing.ts';

/** The words of the table of endpoints: the results of probes, and PMS's observed traffic. */

export function hostAndPort(endpoint: Pick<EndpointResult, 'host' | 'port'>): string {
  return endpoint.port === 443 ? endpoint.host : `${endpoint.host}:${endpoint.port}`;
}

export function neededFor({ purpose, need }: EndpointResult): string {
  return need === 'scan' ? `${purpose} · scan` : purpose;
}

/** Codes of c-ares for "no DNS server answered", which is not the same as a name that does not exist. */
const DNS_SILENCE: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECONNREFUSED']);

/** The result of one probed route, in a few words: `302`, `no reply`, `403 denied`. */
export function routeOutcome({ outcome, status, code }: RouteResult): string {
  const { words } = OUTCOME[outcome];
  if (outcome === 'unresolved' && code !== null && DNS_SILENCE.has(code)) return 'no DNS reply';
  if (status === null) return words;
  if (outcome === 'ok') return String(status);
  return isOfKind(outcome, 'proxy-refusal', 'proxy-failure') ? `${status} ${words}` : words;
}

/** The words of a cell, and the figure that may stand to its right: how long it took, or how often it was seen. */
export interface RouteWords {
  readonly words: string;
  readonly figure: string;
  /** For narrow terminals; default: the words. */
  readonly short?: string;
}

export function routeWords(endpoint: EndpointResult, route: Route, context: Context): RouteWords {
  const result = endpoint[route];
  if (result === null) return { words: isSeenOnly(endpoint) && !context.proxyless ? 'not watched' : '–', figure: '' };
  if (result.basis === 'observed' || isSeenOnly(endpoint)) return seenRouteWords(endpoint, route, result, context);
  const took = result.outcome === 'not-run' || result.ms === null ? '' : duration(result.ms);
  return { words: routeOutcome(result), figure: took };
}

function seenRouteWords(
  { observed, scheme }: EndpointResult,
  route: Route,
  result: RouteResult,
  { watched }: Context,
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
  if (result.outcome !== 'ok') return routeOutcome(result);
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

function resultWords(words: string, mark: Mark, tone: Tone, short = words): Result {
  return { words, short, mark, tone };
}

/** The last column: what the two routes together mean for this endpoint. Its mark follows the route that PMS takes. */
export function resultOf(endpoint: EndpointResult, context: Context): Result {
  if (isSeenOnly(endpoint)) return seenResultOf(endpoint, context);
  const { conclusion, need, id } = endpoint;
  const standing = standingOf(endpoint, context);
  const mark = context.bypassed.has(id) ? bypassMark(need) : markOf(standing, need);
  const needed = need !== 'optional';
  const tone: Tone = mark === 'bad' ? 'bad' : mark === 'warn' ? 'warn' : mark === 'good' ? 'good' : 'dim';
  switch (conclusion) {
    case 'both':
      return resultWords('both routes', mark, tone);
    case 'proxy-only':
      if (context.wayOf(endpoint) !== 'direct') return resultWords('proxy only', mark, tone);
      return (endpoint.observed?.proxy ?? 0) > 0
        ? resultWords('PMS goes both ways', mark, tone, 'both ways')
        : resultWords('PMS goes direct', mark, tone, 'goes direct');
    case 'direct-only':
      return resultWords('direct only', mark, tone);
    case 'neither':
      return needed
        ? resultWords('unreachable', mark, tone)
        : resultWords('blocked, not needed', mark, 'dim', 'not needed');
    case 'intercepted':
      return needed || mark === 'good'
        ? resultWords('intercepted', mark, tone)
        : resultWords('intercepted', 'warn', 'bad');
    case 'undecided':
      return needed ? resultWords('undecided', mark, 'warn') : resultWords('undecided', mark, 'dim');
  }
}

/** A probe may find a route that PMS was seen not to take. */
function bypassMark(need: EndpointResult['need']): Mark {
  return need === 'scan' ? 'bad' : 'warn';
}

/** PMS's observed traffic with an endpoint that was not probed. */
function seenResultOf({ id, need, observed, direct, proxy }: EndpointResult, { bypassed }: Context): Result {
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
  if (outcome === 'not-run') return resultWords('outcome not seen', 'undecided', 'dim', 'no outcome');
  const words = outcome === 'denied' ? 'denied' : 'failed';
  return need === 'optional'
    ? resultWords(`${words}, not needed`, 'harmless', 'dim', 'not needed')
    : resultWords(words, markOf('fails', need), 'bad');
}

/** This endpoint was not probed but PMS was watched, so its columns hold observed traffic. */
function isSeenOnly({ direct, proxy, observed }: EndpointResult): boolean {
  return observed !== null && !wasProbed(direct) && !wasProbed(proxy);
}

function wasProbed(route: RouteResult | null): boolean {
  return route !== null && route.attempts.length > 0;
}

/** true when nothing at all was probed: the whole table shows observed traffic. */
export function isAllSeen({ endpoints }: Report): boolean {
  return endpoints.length > 0 && endpoints.every(isSeenOnly);
}

const NEED_ORDER: readonly EndpointResult['need'][] = ['scan', 'feature', 'optional'];

/** Endpoints that a scan needs come first, each group in the catalogue's order. */
function byNeed(endpoints: readonly EndpointResult[]): readonly EndpointResult[] {
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

/** The note below an endpoint that was both probed and watched: only what probing cannot tell. */
export function seenNote(endpoint: EndpointResult, { bypassed, proxyConfigured }: Context): string | null {
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

/** `direct 4×, no reply; proxy 12×, ok`; null where PMS was not watched. */
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
  return (proxyReached === undefined ? '' : `of which ${proxyReached} `) + OUTCOME[proxyOutcome].words;
}

/** `18 proxy only · 2 unreachable`, in the order of first appearance. */
function resultCounts(endpoints: readonly EndpointResult[], context: Context): string {
  const counts = new Map<string, number>();
  for (const endpoint of byNeed(endpoints)) {
    const { words } = resultOf(endpoint, context);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => `${count} ${words}`).join(' · ');
}

/** The line that closes the table. */
export function endpointSummary(report: Report): string {
  const context = contextOf(report);
  const { endpoints } = report;
  if (endpoints.length === 0) return '';
  if (!isAllSeen(report)) {
    // With input files, the probes ran in another run: this run's duration says nothing about them.
    const time = report.run.inputs === undefined ? ` in ${duration(report.run.durationMs)}` : '';
    const took = `${counted(endpoints.length, 'endpoint')}${time}`;
    const around = endpoints.filter(({ id }) => context.bypassed.has(id)).length;
    const bypasses = around === 0 ? '' : `; ${around} seen going around the proxy`;
    return `${took}: ${resultCounts(endpoints, context)}${bypasses}`;
  }
  const seen = endpoints.filter(wasSeen);
  const rest = endpoints.length - seen.length;
  const counts = seen.length === 0 ? '' : ` (${resultCounts(seen, context)})`;
  return `${seen.length} of ${counted(endpoints.length, 'endpoint')} seen${counts}${rest === 0 ? '' : `, ${rest} not`}; nothing was probed`;
}
