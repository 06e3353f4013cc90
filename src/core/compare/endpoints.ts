import { usableOn, waysInReport } from '../judge/way-in-report.ts';
import { isOfKind, OUTCOME, ROUTES, type Route } from '../model/outcome.ts';
import type { Change, EndpointChange } from '../model/comparison.ts';
import type { EndpointResult, Report, RouteResult } from '../model/report.ts';
import type { Statement } from '../model/statement.ts';
import { pairUp, type Names } from './pair.ts';
import { changeOf, type Quality } from './quality.ts';
import { sayCompared } from './words.ts';

/** An endpoint of one report, as it stands for PMS. */
export interface Stand {
  readonly endpoint: EndpointResult;
  readonly way: Route | 'refused' | null;
  readonly quality: Quality;
}

export interface Matched {
  readonly pairs: readonly (readonly [before: Stand, after: Stand])[];
  readonly changes: readonly EndpointChange[];
  readonly same: number;
}

const QUALITY = { usable: 'good', unusable: 'bad', undecided: 'unknown' } as const;

/** Endpoints by the route that PMS takes: a change of the other route alone is neither better nor worse. */
export function compareEndpoints(before: Report, after: Report, names: Names): Matched {
  const { pairs, perhaps, gone, fresh } = pairUp(
    standsOf(before),
    standsOf(after),
    {
      key: ({ endpoint }) => JSON.stringify([endpoint.id, endpoint.host, endpoint.port, endpoint.scheme]),
      shape: ({ endpoint }) => JSON.stringify([endpoint.port, endpoint.scheme]),
      state: ({ endpoint, way, quality }) =>
        JSON.stringify([quality, way, endpoint.need, endpoint.direct.outcome, endpoint.proxy?.outcome]),
    },
    names,
  );
  const isSame = ([old, now]: readonly [Stand, Stand]): boolean => old.quality === now.quality;
  const changes = pairs.flatMap(([old, now]) => compareStands(old, now) ?? []);
  const apart = perhaps.filter((pair) => !isSame(pair));
  return {
    pairs,
    changes: [
      ...changes,
      ...[...gone, ...apart.map(([old]) => old)].map((old) => oneSided(old, 'gone')),
      ...[...fresh, ...apart.map(([, now]) => now)].map((now) => oneSided(now, 'new')),
    ],
    same: pairs.length - changes.length + perhaps.filter(isSame).length,
  };
}

function standsOf(report: Report): readonly Stand[] {
  const wayOf = waysInReport(report);
  return report.endpoints.map((endpoint) => {
    const way = wayOf(endpoint);
    return { endpoint, way, quality: QUALITY[usableOn(way, endpoint)] };
  });
}

function compareStands(old: Stand, now: Stand): EndpointChange | null {
  const change = changeOf(old.quality, now.quality);
  if (change !== null) return changed(old, now, change, describe(old, now, change));
  const says = describeNeutral(old, now);
  return says === null ? null : changed(old, now, 'changed', says);
}

function changed(old: Stand, now: Stand, change: Change, says: Statement): EndpointChange {
  const { id, host, port } = now.endpoint;
  const isNeeded = old.endpoint.need !== 'optional' || now.endpoint.need !== 'optional';
  return {
    change,
    decides: isNeeded && change !== 'changed',
    says,
    id,
    host,
    port,
    need: now.endpoint.need,
    presence: 'both',
    way: { before: old.way, after: now.way },
    routes: routesOf(old.endpoint, now.endpoint),
  };
}

function describe(old: Stand, now: Stand, change: Change): Statement {
  const host = nameOf(now.endpoint);
  const allowed = now.quality === 'bad' ? null : allowedNow(old, now);
  if (allowed !== null && change !== 'better') return allowed;
  const [before, after] = [wordsOf(old), wordsOf(now)];
  switch (change) {
    case 'better':
      return isDenied(old) && now.way === 'proxy'
        ? sayCompared('allowed-now', { host, before })
        : sayCompared('works-now', { host, before });
    case 'worse':
      return isDenied(now) ? sayCompared('denied-now', { host, after }) : sayCompared('fails-now', { host, after });
    case 'settled':
      return sayCompared('works-not-shown-before', { host });
    case 'unsettled':
      return sayCompared('works-not-shown-after', { host });
    case 'undecided':
    case 'changed':
      return old.quality === 'bad'
        ? sayCompared('fails-not-shown-after', { host, before })
        : sayCompared('fails-not-shown-before', { host, after });
  }
}

/** The proxy refused it and answers now: true whether or not it is known which way PMS goes. */
function allowedNow(old: Stand, now: Stand): Statement | null {
  const was = old.endpoint.proxy?.outcome;
  if (was === undefined || !isOfKind(was, 'proxy-refusal') || now.endpoint.proxy?.outcome !== 'ok') return null;
  return sayCompared('allowed-now', {
    host: nameOf(now.endpoint),
    before: `${wayWords('proxy')}: ${OUTCOME[was].words}`,
  });
}

function isDenied({ endpoint, way }: Stand): boolean {
  return way === 'proxy' && isOfKind(endpoint.proxy?.outcome, 'proxy-refusal');
}

/** A difference that leaves PMS as well or as badly off; null: there is none. A route that only one report tried is no difference. */
function describeNeutral(old: Stand, now: Stand): Statement | null {
  const host = nameOf(now.endpoint);
  const [before, after] = [wordsOf(old), wordsOf(now)];
  if (now.quality === 'bad' && before !== after) return sayCompared('fails-otherwise', { host, before, after });
  if (now.quality === 'good' && old.way !== now.way)
    return sayCompared('way-changed', { host, before: wayWords(old.way), after: wayWords(now.way) });
  const allowed = now.way === 'direct' ? null : allowedNow(old, now);
  if (allowed !== null) return allowed;
  for (const route of ROUTES) {
    const [was, is] = [outcomeOf(old.endpoint[route]), outcomeOf(now.endpoint[route])];
    if (was === null || is === null || was === is || now.way === route) continue;
    return sayCompared('other-route', {
      host,
      route: wayWords(route),
      before: OUTCOME[was].words,
      after: OUTCOME[is].words,
    });
  }
  return null;
}

function outcomeOf(result: RouteResult | null): RouteResult['outcome'] | null {
  return result === null || result.outcome === 'not-run' ? null : result.outcome;
}

/** An endpoint that is in one report only: nothing is known of it in the other. */
function oneSided(own: Stand, presence: 'new' | 'gone'): EndpointChange {
  const change = presence === 'new' ? changeOf('unknown', own.quality) : changeOf(own.quality, 'unknown');
  const [before, after] = presence === 'new' ? [null, own] : [own, null];
  return {
    ...changed(own, own, change ?? 'changed', oneSidedWords(own, presence)),
    presence,
    way: { before: before?.way ?? null, after: after?.way ?? null },
    routes: routesOf(before?.endpoint ?? null, after?.endpoint ?? null),
  };
}

function oneSidedWords(own: Stand, presence: 'new' | 'gone'): Statement {
  const host = nameOf(own.endpoint);
  const isNew = presence === 'new';
  switch (own.quality) {
    case 'good':
      return sayCompared(isNew ? 'works-not-shown-before' : 'works-not-shown-after', { host });
    case 'bad':
      return isNew
        ? sayCompared('fails-not-shown-before', { host, after: wordsOf(own) })
        : sayCompared('fails-not-shown-after', { host, before: wordsOf(own) });
    case 'unknown':
      return sayCompared(isNew ? 'only-in-after' : 'only-in-before', { host });
  }
}

function routesOf(old: EndpointResult | null, now: EndpointResult | null): EndpointChange['routes'] {
  return ROUTES.map((route) => ({ route, before: sideOf(old, route), after: sideOf(now, route) }));
}

function sideOf(endpoint: EndpointResult | null, route: Route): EndpointChange['routes'][number]['before'] {
  const result = endpoint?.[route] ?? null;
  return result && { outcome: result.outcome, code: result.code, ms: result.ms };
}

/** The outcome on PMS's way, in words. */
function wordsOf({ endpoint, way }: Stand): string {
  if (way === null) return 'not known';
  if (way === 'refused') return 'refused by the client of PMS';
  const seen = way === 'direct' ? (endpoint.observed?.directOutcome ?? null) : null;
  const { words } = OUTCOME[seen ?? endpoint[way]?.outcome ?? 'not-run'];
  return `${wayWords(way)}: ${words}`;
}

export function wayWords(way: Route | 'refused' | null): string {
  return way === 'proxy' ? 'through the proxy' : way === 'direct' ? 'directly' : 'nowhere';
}

export function nameOf({ host, port }: Pick<EndpointResult, 'host' | 'port'>): string {
  return port === 443 ? host : `${host}:${port}`;
}
