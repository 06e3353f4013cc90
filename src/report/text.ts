import stringWidth from 'string-width';
import type { Attempt, EndpointResult, Report, RouteResult } from '../core/report.ts';
import { styleOf, type Mark, type RenderOptions, type Style } from './style.ts';
import { layOut, pad, truncate, wrap, type Cell, type Column } from './table.ts';
import {
  adviceOf,
  byNeed,
  bypassTarget,
  causesInOrder,
  clientsOf,
  CONDITION_TITLE,
  conditionWords,
  configuredBypasses,
  duration,
  EXIT_MEANING,
  hostAndPort,
  minute,
  neededFor,
  NOT_WATCHED,
  outcomeWords,
  pmsFacts,
  problemsOf,
  resultCounts,
  resultOf,
  sanitizerWords,
  scanNote,
  sourceWords,
  STATE_TONE,
  stateWords,
  undecidedOf,
  verdictTone,
  verdictWord,
  wasWatched,
} from './words.ts';

type Section = readonly string[];

/** The report for a terminal: one line a fact, nothing wider than `options.width`. Ends with a line break. */
export function renderText(report: Report, options: RenderOptions): string {
  const style = styleOf(options);
  const sections: readonly Section[] = [
    header(report, style),
    settings(report, style),
    endpoints(report, style),
    ...(style.verbose ? [attempts(report, style)] : []),
    bypassing(report, style),
    condition(report, style),
    expectations(report, style),
    findings(report, style),
    whatToDo(report, style),
    closing(report, style),
  ];
  const text = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
  return `${style.plain(text)}\n`;
}

function header({ tool, run }: Report, style: Style): Section {
  const parts = [`${tool.name} ${tool.version}`, run.command, minute(run.startedAt)];
  if (style.verbose) parts.push(run.platform);
  return [
    style.tone('strong', truncate(parts.join(' · '), style.width, style.ellipsis)),
    ...(run.interrupted
      ? hanging(
          `${style.mark('warn')} `,
          'Interrupted: this is what was gathered until then; what is missing says "not tried".',
          style,
        )
      : []),
  ];
}

const LABEL_WIDTH = 19;

function settings({ pms, proxy }: Report, style: Style): Section {
  const labelled = (label: string, text: string): Section => hanging(pad(label, LABEL_WIDTH), text, style);
  const from = sourceWords(proxy.source, proxy.basis);
  const url = proxy.url === null ? `none configured; looked at ${from}` : `${proxy.url}, from ${from}`;
  return [
    ...labelled('Plex Media Server', pmsFacts(pms).join(' · ')),
    ...labelled('Proxy', url),
    ...(proxy.noProxy === null ? [] : labelled('', `no_proxy ${commaSpaced(proxy.noProxy, style)}`)),
    // Where PMS's own environment was read there is nothing to explain.
    ...(proxy.why !== '' && (style.verbose || proxy.basis !== 'observed') ? labelled('', proxy.why) : []),
    ...(style.verbose ? variables(proxy, labelled) : []),
  ];
}

/** A long list without spaces could not be wrapped; a short one is shown as set. */
function commaSpaced(list: string, style: Style): string {
  return stringWidth(list) <= style.width - LABEL_WIDTH - 9 ? list : list.replace(/,(?=\S)/g, ', ');
}

function variables(proxy: Report['proxy'], labelled: (label: string, text: string) => Section): Section {
  return [
    ...proxy.variables.flatMap(({ name, value, from }, i) =>
      labelled(i === 0 ? 'Variables' : '', `${name}=${value} (${from})`),
    ),
    ...clientsOf(proxy).flatMap(({ ids, words }, i) =>
      labelled(i === 0 ? 'Clients' : '', `${ids.join(', ')}: ${words}`),
    ),
  ];
}

const NEEDED_FOR: Column = { title: 'NEEDED FOR', shrink: 4, comfortable: 15, min: 5 };
const COLUMNS: readonly [Column, ...Column[]] = [
  { title: 'ENDPOINT', shrink: 1, comfortable: 25, min: 15, whole: true },
  { title: 'DIRECT', shrink: 2, comfortable: 14, min: 8 },
  { title: 'VIA PROXY', shrink: 2, comfortable: 15, min: 10 },
  { title: 'RESULT', shrink: 5, comfortable: 19, min: 11 },
];
/** Room for the mark and the spaces around it. */
const TABLE_INDENT = 4;
/** Narrower terminals see what each route gave, not how long it took. */
const WIDTH_FOR_TIMES = 90;
/** Still narrower ones do not see what for. */
const WIDTH_FOR_PURPOSE = 72;

function endpoints(report: Report, style: Style): Section {
  const configured = report.proxy.configured;
  if (report.endpoints.length === 0) return ['  No endpoint was probed.'];
  const sorted = byNeed(report.endpoints);
  const withTimes = style.width >= WIDTH_FOR_TIMES;
  const withPurpose = style.width >= WIDTH_FOR_PURPOSE;
  const direct = routeCells(
    sorted.map((endpoint) => endpoint.direct),
    withTimes,
  );
  const proxied = routeCells(
    sorted.map((endpoint) => endpoint.proxy),
    withTimes,
  );
  const results = sorted.map((endpoint) => resultOf(endpoint, configured));
  const cells = sorted.map((endpoint, i): readonly Cell[] => [
    { text: hostAndPort(endpoint) },
    ...(withPurpose ? [{ text: neededFor(endpoint), tone: 'dim' } as const] : []),
    { ...(direct[i] ?? NO_CELL), tone: routeTone(endpoint.direct, endpoint.proxy, endpoint) },
    { ...(proxied[i] ?? NO_CELL), tone: routeTone(endpoint.proxy, endpoint.direct, endpoint) },
    { text: results[i]?.words ?? '', short: results[i]?.short ?? '', tone: results[i]?.tone ?? 'plain' },
  ]);
  const [first, ...others] = COLUMNS;
  const columns = withPurpose ? [first, NEEDED_FOR, ...others] : COLUMNS;
  const { header: titles, rows } = layOut(columns, cells, style.width - TABLE_INDENT, style);
  const took = `${sorted.length} endpoint${sorted.length === 1 ? '' : 's'} in ${duration(report.run.durationMs)}`;
  const hint = style.verbose ? '' : '; --verbose lists every attempt';
  return [
    `    ${titles}`,
    ...rows.flatMap((lines, i) =>
      lines.map((line, part) => `  ${part === 0 ? style.mark(results[i]?.mark ?? 'undecided') : ' '} ${line}`),
    ),
    ...hanging('    ', `${took}: ${resultCounts(sorted, configured)}${hint}`, style),
  ];
}

const NO_CELL: Cell = { text: '' };

/** Words on the left, times on the right, so that both can be read down the column; the words alone where room is scarce. */
function routeCells(routes: readonly (RouteResult | null)[], withTimes: boolean): readonly Cell[] {
  const parts = routes.map((route) => ({
    words: route === null ? '–' : outcomeWords(route),
    time: !withTimes || route === null || route.outcome === 'not-run' || route.ms === null ? '' : duration(route.ms),
  }));
  const width = Math.max(...parts.map(({ words, time }) => stringWidth(words) + 1 + stringWidth(time)));
  return parts.map(({ words, time }) => ({
    text: time === '' ? words : pad(words, width - stringWidth(time)) + time,
    short: words,
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

function attempts(report: Report, style: Style): Section {
  const lines = byNeed(report.endpoints).flatMap((endpoint) => [
    truncate(`  ${hostAndPort(endpoint)}`, style.width, style.ellipsis),
    ...[
      { name: 'direct', route: endpoint.direct },
      { name: 'proxy', route: endpoint.proxy },
    ].flatMap(({ name, route }) =>
      (route?.attempts ?? []).flatMap((attempt) => hanging(`    ${pad(name, 8)}`, attemptWords(attempt), style)),
    ),
    ...clientLines(endpoint, style),
  ]);
  return [style.tone('strong', 'Every attempt'), ...lines];
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

function bypassing(report: Report, style: Style): Section {
  const observed = report.bypasses.filter(({ kind }) => kind === 'observed');
  const configured = configuredBypasses(report.bypasses);
  const watched = wasWatched(report);
  const shown = style.verbose ? Number.POSITIVE_INFINITY : 4;
  return [
    style.tone('strong', 'Bypassing the proxy'),
    ...observed.flatMap((bypass) => {
      const who = bypass.process === null ? 'an unknown process' : bypass.process;
      const pid = bypass.pid === null ? '' : ` (pid ${bypass.pid})`;
      const what = [
        'direct',
        ...(bypass.outcome === null ? [] : [bypass.outcome === 'ok' ? 'connected' : bypass.outcome.replace('-', ' ')]),
        `${bypass.count} ${bypass.count === 1 ? 'attempt' : 'attempts'}`,
      ].join(', ');
      return hanging(
        '  ',
        `${who}${pid} → ${bypassTarget(bypass)}: ${what} · seen in ${bypass.evidence.join(', ')}`,
        style,
      );
    }),
    ...configured.flatMap(({ dialects, targets }) => {
      const more = targets.length > shown ? ` and ${targets.length - shown} more` : '';
      const clients = dialects.length === 0 ? '' : ` in ${dialects.join(', ')}`;
      return hanging('  ', `configured to go direct${clients}: ${targets.slice(0, shown).join(', ')}${more}`, style);
    }),
    ...(watched ? [] : hanging('  ', NOT_WATCHED, style)),
    ...(watched && observed.length === 0 ? hanging('  ', "none seen while PMS's traffic was watched", style) : []),
  ];
}

function condition({ scan }: Report, style: Style): Section {
  const words = conditionWords(scan);
  const tone = scan.condition === 'not-found' ? 'good' : scan.condition === 'unknown' ? 'warn' : 'bad';
  const note = scanNote(scan);
  const shown = causesInOrder(scan.causes).filter(({ state }) => style.verbose || state !== 'unknown');
  const unknown = scan.causes.filter(({ state }) => state === 'unknown');
  const idWidth = Math.max(0, ...shown.map(({ id }) => id.length));
  return [
    ...headline(CONDITION_TITLE, words, tone, style),
    ...(note === null ? [] : hanging('  ', note, style)),
    ...shown.flatMap(({ id, state, because }) => {
      const lead = `  ${pad(stateWords(state), 10)}  ${pad(id, idWidth)}  `;
      const reasons = because.length === 0 ? [''] : style.verbose ? because : because.slice(0, 3);
      const more = because.length > reasons.length ? ` (and ${because.length - reasons.length} more)` : '';
      return reasons.flatMap((reason, i) =>
        hanging(
          i === 0 ? style.tone(STATE_TONE[state], lead) : ' '.repeat(lead.length),
          i === reasons.length - 1 ? reason + more : reason,
          style,
          lead.length,
        ),
      );
    }),
    ...(style.verbose || unknown.length === 0
      ? []
      : hanging(
          style.tone('dim', '  unknown     '),
          `${unknown.map(({ id }) => id).join(', ')} (--verbose says why)`,
          style,
          14,
        )),
  ];
}

/** Title and result on one line, or on two where the terminal is narrow. */
function headline(title: string, words: string, tone: 'good' | 'bad' | 'warn', style: Style): Section {
  if (stringWidth(`${title}   ${words}`) <= style.width) {
    return [`${style.tone('strong', title)}   ${style.tone(tone, words)}`];
  }
  return [
    ...hanging('', title, style).map((line) => style.tone('strong', line)),
    ...hanging('  ', words, style).map((line) => style.tone(tone, line)),
  ];
}

function expectations({ expectations: expected }: Report, style: Style): Section {
  if (expected === null) return [];
  const { policy, checked, violations } = expected;
  const met =
    violations.length === 0
      ? `all ${checked} expectations met`
      : `${violations.length} of ${checked} expectations not met`;
  return [
    ...headline(`Expected by ${policy}`, met, violations.length === 0 ? 'good' : 'bad', style),
    ...violations.flatMap(({ host, aspect, expected: wanted, actual }) =>
      hanging(`  ${style.mark('bad')} `, `${host}: ${aspect} should be ${wanted}, is ${actual}`, style, 4),
    ),
  ];
}

function findings(report: Report, style: Style): Section {
  const problems = problemsOf(report.findings);
  const undecided = undecidedOf(report.findings);
  const crashed = report.findings.filter(({ verdict }) => verdict === 'crashed');
  const passed = report.findings.filter(({ verdict }) => verdict === 'pass' || verdict === 'not-applicable');
  const shown = style.verbose ? Number.POSITIVE_INFINITY : 3;
  const entry = (mark: Mark, text: string): Section => hanging(`  ${style.mark(mark)} `, text, style, 4);
  const lines = [
    ...problems.flatMap(({ check, verdict: worst, severity, findings: own, consequences }) => [
      ...own
        .slice(0, shown)
        .flatMap((finding) =>
          entry(worst === 'fail' ? 'bad' : severity === 'info' ? 'harmless' : 'warn', `${finding.text}  [${check}]`),
        ),
      ...(own.length > shown ? hanging('    ', `and ${own.length - shown} more of this kind [${check}]`, style) : []),
      ...(consequences.length > 0
        ? hanging(`    ${style.branch} `, `follow from it: ${consequences.join(', ')}`, style)
        : []),
    ]),
    ...crashed.flatMap(({ check, text }) => entry('bad', `${check} crashed, a bug in this tool: ${text}`)),
    ...undecided.flatMap(({ reason, checks }) => {
      const names =
        checks.length > 3 && !style.verbose
          ? `${checks.slice(0, 3).join(', ')} and ${checks.length - 3} more`
          : checks.join(', ');
      return entry('undecided', `not decided: ${names}: ${reason}`);
    }),
    ...(style.verbose
      ? passed.flatMap(({ check, verdict: state, text }) =>
          entry(state === 'pass' ? 'good' : 'harmless', `${text}  [${check}]`),
        )
      : []),
  ];
  return lines.length === 0 ? [] : [style.tone('strong', 'Findings'), ...lines];
}

/** The surest advice comes first; who has followed it runs the tool again. */
const ADVICE_SHOWN = 7;

function whatToDo(report: Report, style: Style): Section {
  const all = adviceOf(report);
  if (all.length === 0) return [];
  const advice = style.verbose ? all : all.slice(0, ADVICE_SHOWN);
  const numberWidth = String(advice.length).length;
  return [
    style.tone('strong', 'What to do'),
    ...advice.flatMap((remedy, i) => hanging(`  ${String(i + 1).padStart(numberWidth)}. `, remedy, style)),
    ...(all.length > advice.length
      ? hanging('  ', `and ${all.length - advice.length} more with --verbose`, style)
      : []),
  ];
}

function closing(report: Report, style: Style): Section {
  const { summary } = report;
  const word = verdictWord(report);
  const meaning = EXIT_MEANING[summary.exitCode] ?? 'see the documentation';
  return [
    ...hanging(
      `${style.tone(verdictTone(report), word)}  `,
      `${summary.because} (exit code ${summary.exitCode}: ${meaning})`,
      style,
      word.length + 2,
    ),
    ...hanging('', sanitizerWords(report), style).map((line) => style.tone('dim', line)),
  ];
}

/** A lead, then the text, its further lines indented below its beginning. `leadWidth`: where the lead holds colours. */
function hanging(lead: string, text: string, style: Style, leadWidth = stringWidth(lead)): Section {
  const indent = ' '.repeat(leadWidth);
  return wrap(text, Math.max(20, style.width - leadWidth)).map((line, i) =>
    `${i === 0 ? lead : indent}${line}`.trimEnd(),
  );
}
