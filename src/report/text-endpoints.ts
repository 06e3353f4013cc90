import stringWidth from 'string-width';
import type { Attempt, EndpointResult, Report, RouteResult } from '../core/report.ts';
import {
  endpointSummary,
  hostAndPort,
  isAllSeen,
  listedEndpoints,
  NO_ENDPOINTS,
  neededFor,
  resultOf,
  routeWords,
  seenCounts,
  seenNote,
  viewOf,
  type RouteWords,
  type View,
} from './endpoint-words.ts';
import { hanging, type Section } from './lines.ts';
import type { Style } from './style.ts';
import { layOut, pad, truncate, type Cell, type Column } from './table.ts';
import { duration } from './times.ts';

/** The parts of the text report that tell of endpoints. */

const NEEDED_FOR: Column = { title: 'NEEDED FOR', shrink: 4, comfortable: 15, min: 5 };
/** Where nothing was probed, the titles say that the columns hold what was seen. */
function columnsFor(allSeen: boolean, withPurpose: boolean, { width }: Style): readonly Column[] {
  const seen = allSeen && width >= WIDTH_FOR_PURPOSE ? 'SEEN ' : '';
  return [
    { title: 'ENDPOINT', shrink: 1, comfortable: 25, min: 15, whole: true },
    ...(withPurpose ? [NEEDED_FOR] : []),
    { title: `${seen}DIRECT`, shrink: 2, comfortable: 14, min: allSeen ? 9 : 8 },
    { title: `${seen}VIA PROXY`, shrink: 2, comfortable: 15, min: 10 },
    { title: allSeen ? 'WAY TAKEN' : 'RESULT', shrink: 5, comfortable: 19, min: 11 },
  ];
}
/** Room for the mark and the spaces around it. */
const TABLE_INDENT = 4;
/** Narrower terminals see what each route gave, not how long it took. */
const WIDTH_FOR_TIMES = 90;
/** Still narrower ones do not see what for. */
const WIDTH_FOR_PURPOSE = 72;

export function endpoints(report: Report, style: Style): Section {
  if (report.endpoints.length === 0) return [`  ${NO_ENDPOINTS}`];
  const view = viewOf(report);
  const listed = listedEndpoints(report);
  const withFigures = style.width >= WIDTH_FOR_TIMES;
  const allSeen = isAllSeen(report);
  const withPurpose = style.width >= (allSeen ? WIDTH_FOR_TIMES : WIDTH_FOR_PURPOSE);
  const cellsOf = (route: 'direct' | 'proxy'): readonly Cell[] =>
    routeCells(
      listed.map((endpoint) => routeWords(endpoint, route, view)),
      withFigures,
    );
  const direct = cellsOf('direct');
  const proxied = cellsOf('proxy');
  const results = listed.map((endpoint) => resultOf(endpoint, view));
  const cells = listed.map((endpoint, i): readonly Cell[] => [
    { text: hostAndPort(endpoint) },
    ...(withPurpose ? [{ text: neededFor(endpoint), tone: 'dim' } as const] : []),
    { ...(direct[i] ?? NO_CELL), tone: routeTone(endpoint.direct, endpoint.proxy, endpoint) },
    { ...(proxied[i] ?? NO_CELL), tone: routeTone(endpoint.proxy, endpoint.direct, endpoint) },
    { text: results[i]?.words ?? '', short: results[i]?.short ?? '', tone: results[i]?.tone ?? 'plain' },
  ]);
  const columns = columnsFor(allSeen, withPurpose, style);
  const { header: titles, rows } = layOut(columns, cells, style.width - TABLE_INDENT, style);
  return [
    `    ${titles}`,
    ...rows.flatMap((lines, i) => [
      ...lines.map((line, part) => `  ${part === 0 ? style.mark(results[i]?.mark ?? 'undecided') : ' '} ${line}`),
      ...noteBelow(listed[i], view, style),
    ]),
    ...hanging('    ', `${endpointSummary(report)}${hintFor(report, style)}`, style),
  ];
}

function noteBelow(endpoint: EndpointResult | undefined, view: View, style: Style): Section {
  const note = endpoint === undefined ? null : seenNote(endpoint, view);
  if (note === null) return [];
  const tone = view.bypassed.has(endpoint?.id ?? '') ? 'bad' : 'dim';
  return hanging(`    ${style.branch} `, note, style).map((line) => style.tone(tone, line));
}

function hintFor(report: Report, { verbose }: Style): string {
  if (verbose) return '';
  return `; --verbose lists every ${isAllSeen(report) ? 'connection' : 'attempt'}`;
}

const NO_CELL: Cell = { text: '' };

/** Words on the left, figures on the right, so that both can be read down the column; the words alone where room is scarce. */
function routeCells(parts: readonly RouteWords[], withFigures: boolean): readonly Cell[] {
  const shown = parts.map(({ words, figure, short = words }) => ({ words, short, figure: withFigures ? figure : '' }));
  const width = Math.max(...shown.map(({ words, figure }) => stringWidth(words) + 1 + stringWidth(figure)));
  return shown.map(({ words, short, figure }) => ({
    text: figure === '' ? words : pad(words, width - stringWidth(figure)) + figure,
    short,
  }));
}

/** A failure is red only where nothing else works and the endpoint is needed. */
function routeTone(
  route: RouteResult | null,
  other: RouteResult | null,
  endpoint: EndpointResult,
): Cell['tone'] & string {
  if (route === null || route.outcome === 'not-run') return 'dim';
  if (route.outcome === 'ok') return 'plain';
  if (route.outcome === 'intercepted') return 'bad';
  return other?.outcome === 'ok' || endpoint.need === 'optional' ? 'dim' : 'bad';
}

/** --verbose: every attempt, and what was seen of each endpoint. */
export function attempts(report: Report, style: Style): Section {
  const lines = listedEndpoints(report).flatMap((endpoint) => [
    truncate(`  ${hostAndPort(endpoint)}`, style.width, style.ellipsis),
    ...[
      { name: 'direct', route: endpoint.direct },
      { name: 'proxy', route: endpoint.proxy },
    ].flatMap(({ name, route }) =>
      (route?.attempts ?? []).flatMap((attempt) => hanging(`    ${pad(name, 8)}`, attemptWords(attempt), style)),
    ),
    ...clientLines(endpoint, style),
    ...seenLines(endpoint, style),
  ]);
  return [style.tone('strong', isAllSeen(report) ? 'Every endpoint' : 'Every attempt'), ...lines];
}

function attemptWords({ family, address, outcome, code, stages, tls }: Attempt): string {
  const where = [family === null ? '' : `IPv${family}`, address ?? ''].filter((word) => word !== '').join(' ');
  const steps = stages.map(
    ({ stage, ms, ok, detail }) =>
      `${stage} ${ok ? '' : 'failed '}${duration(ms)}${detail === null ? '' : ` (${detail})`}`,
  );
  const certificate = tls === null ? [] : [`${tls.version} ${tls.trusted ? '' : 'UNTRUSTED '}issued by ${tls.issuer}`];
  const result = code === null ? outcome : `${outcome} ${code}`;
  return [`${where === '' ? '' : `${where}: `}${result}`, ...steps, ...certificate].join(' · ');
}

/** The clients that would not go the proxy's way although others do. */
function clientLines({ configured }: EndpointResult, style: Style): Section {
  const direct = Object.entries(configured)
    .filter(([, route]) => route === 'direct')
    .map(([dialect]) => dialect);
  if (direct.length === 0 || direct.length === Object.keys(configured).length) return [];
  return hanging(
    `    ${pad('settings', 8)} `,
    `direct for ${direct.join(', ')}; the proxy for the other clients`,
    style,
  );
}

function seenLines(endpoint: EndpointResult, style: Style): Section {
  const counts = seenCounts(endpoint);
  return counts === null ? [] : hanging(`    ${pad('seen', 8)}`, counts, style);
}
