import type { EndpointResult, Report, RouteResult } from '../../../core/model/report.ts';
import {
  isBrief,
  notes,
  type Bar,
  type Cell,
  type Column,
  type Row,
  type Section,
  type Tone,
  type ViewOptions,
} from '../../blocks/blocks.ts';
import { waterfallOf } from './waterfall.ts';
import { contextOf, type Context } from './context.ts';
import {
  endpointSummary,
  hostAndPort,
  isAllSeen,
  listedEndpoints,
  neededFor,
  resultOf,
  routeWords,
  seenNote,
} from './endpoints.ts';

/** The table of endpoints: what each route gave, and what it means. */
export function endpointTable(report: Report, options: ViewOptions): readonly Section[] {
  if (report.endpoints.length === 0) {
    const blocks = notes(['No endpoint was probed, and no connection was seen.']);
    return [{ title: 'Endpoints by route', place: 'folded', blocks }];
  }
  const allSeen = isAllSeen(report);
  const context = contextOf(report);
  const rows = listedEndpoints(report).map((endpoint) => rowOf(endpoint, context));
  return [
    {
      title: 'Endpoints by route',
      result: { text: endpointSummary(report) },
      place: 'folded',
      blocks: [
        { kind: 'table', table: { columns: columnsFor(allSeen), rows, scaleMs: scaleOf(rows) } },
        ...notes(isBrief(options) ? [`--verbose lists every ${allSeen ? 'connection' : 'attempt'}`] : []),
      ],
    },
  ];
}

/** Titles for a table without probes: they say that its columns hold observed traffic. */
function columnsFor(allSeen: boolean): readonly Column[] {
  const [direct, proxied] = allSeen
    ? [
        { title: 'Seen direct', short: 'Direct' },
        { title: 'Seen via proxy', short: 'Via proxy' },
      ]
    : [{ title: 'Direct' }, { title: 'Via proxy' }];
  return [
    { title: 'Endpoint', room: { shrink: 1, comfortable: 25, min: 15, whole: true } },
    { title: 'Needed for', room: { shrink: 4, comfortable: 15, min: 5, from: allSeen ? 90 : 72 } },
    { ...direct, room: { shrink: 2, comfortable: 14, min: allSeen ? 9 : 8 } },
    { ...proxied, room: { shrink: 2, comfortable: 15, min: 10 } },
    { title: allSeen ? 'Way taken' : 'Result', room: { shrink: 5, comfortable: 19, min: 11 } },
  ];
}

function rowOf(endpoint: EndpointResult, context: Context): Row {
  const { words, short, mark, tone } = resultOf(endpoint, context);
  const note = seenNote(endpoint, context);
  const { direct, proxy, id } = endpoint;
  return {
    mark,
    cells: [
      { text: hostAndPort(endpoint), isValue: true },
      { text: neededFor(endpoint), tone: 'dim' },
      { ...routeCell(endpoint, 'direct', context), tone: routeTone(direct, proxy, endpoint) },
      { ...routeCell(endpoint, 'proxy', context), tone: routeTone(proxy, direct, endpoint) },
      { text: words, short, tone },
    ],
    ...(note === null ? {} : { note: { text: note, tone: context.bypassed.has(id) ? 'bad' : 'dim' } }),
  };
}

function routeCell(endpoint: EndpointResult, route: 'direct' | 'proxy', context: Context): Cell {
  const { words, ...more } = routeWords(endpoint, route, context);
  return { text: words, ...more, waterfall: waterfallOf(endpoint[route]) };
}

function scaleOf(rows: readonly Row[]): number {
  return rows
    .flatMap(({ cells }) => cells)
    .reduce((most, { waterfall = [] }) => Math.max(most, lengthOf(waterfall)), 0);
}

function lengthOf(bars: readonly Bar[]): number {
  return bars.reduce((sum, { ms }) => sum + ms, 0);
}

/** A failure is red only where nothing else works and the endpoint is needed. */
function routeTone(route: RouteResult | null, other: RouteResult | null, endpoint: EndpointResult): Tone {
  if (route === null || route.outcome === 'not-run') return 'dim';
  if (route.outcome === 'ok') return 'plain';
  if (route.outcome === 'intercepted') return 'bad';
  return other?.outcome === 'ok' || endpoint.need === 'optional' ? 'dim' : 'bad';
}
