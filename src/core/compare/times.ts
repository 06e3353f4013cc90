import { ROUTES, type Route } from '../model/outcome.ts';
import type { TimeChange } from '../model/comparison.ts';
import type { EndpointResult } from '../model/report.ts';
import { nameOf, wayWords, type Matched } from './endpoints.ts';
import { sayCompared } from './words.ts';

/**
 * One attempt is one measurement. A lost SYN costs a second (RFC 6298, initial timeout) and a second one two more, so a single time has to
 * differ by more than that, and by a factor that a busy machine does not reach.
 */
const ONE_FACTOR = 3;
const ONE_FLOOR_MS = 3_500;

/** The median of many endpoints does not move with a few lost packets, so less of a difference tells. Below half a second no scan suffers. */
const MEDIAN_FACTOR = 2;
const MEDIAN_FLOOR_MS = 500;
/** Fewer endpoints have no median to rely on. */
const MEDIAN_LEAST = 5;

/** Times of endpoints that answered in both reports, and were probed in both: a watched connection has no time of ours. */
export function compareTimes({ pairs }: Pick<Matched, 'pairs'>): readonly TimeChange[] {
  return ROUTES.flatMap((route) => {
    const both = pairs.flatMap(([old, now]) => {
      const [before, after] = [timeOf(old.endpoint, route), timeOf(now.endpoint, route)];
      return before === null || after === null ? [] : [{ endpoint: now.endpoint, before, after }];
    });
    return [...medianChange(route, both), ...both.flatMap((each) => singleChange(route, each))];
  });
}

function timeOf(endpoint: EndpointResult, route: Route): number | null {
  const result = endpoint[route];
  return result?.outcome === 'ok' && result.attempts.length > 0 ? result.ms : null;
}

interface Times {
  readonly before: number;
  readonly after: number;
}

function medianChange(route: Route, both: readonly Times[]): readonly TimeChange[] {
  if (both.length < MEDIAN_LEAST) return [];
  const [before, after] = [median(both.map((each) => each.before)), median(both.map((each) => each.after))];
  if (!isFar({ before, after }, MEDIAN_FACTOR, MEDIAN_FLOOR_MS)) return [];
  const says = sayCompared('all-slower', { ...rounded({ before, after }), route: wayWords(route) });
  return [change(route, null, { before, after }, says, true)];
}

function singleChange(
  route: Route,
  { endpoint, ...times }: Times & { readonly endpoint: EndpointResult },
): readonly TimeChange[] {
  if (!isFar(times, ONE_FACTOR, ONE_FLOOR_MS)) return [];
  const says = sayCompared('slower', { ...rounded(times), host: nameOf(endpoint), route: wayWords(route) });
  return [change(route, endpoint.id, times, says, false)];
}

/** The same for faster and slower, so that the order of the reports does not matter. */
function isFar({ before, after }: Times, factor: number, floorMs: number): boolean {
  const [less, more] = [Math.min(before, after), Math.max(before, after)];
  return more > less * factor && more - less > floorMs;
}

function change(
  route: Route,
  endpoint: string | null,
  { before, after }: Times,
  says: TimeChange['says'],
  decides: boolean,
): TimeChange {
  return {
    change: after > before ? 'worse' : 'better',
    decides,
    says,
    route,
    endpoint,
    beforeMs: before,
    afterMs: after,
  };
}

function rounded({ before, after }: Times): Times {
  return { before: Math.round(before), after: Math.round(after) };
}

/** The lower one of two middles: with an even number both orders of the reports have to find the same. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? 0;
}
