import type { Attempt, EndpointResult, Report, RouteResult } from '../core/report.ts';
import { DEFAULT_OPTIONS, type RenderOptions } from './style.ts';
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
  stateWords,
  undecidedOf,
  verdictWord,
  wasWatched,
} from './words.ts';

/**
 * The report as a forum post (Discourse, GitHub): the answer on top, the long parts folded. Every value is either in a code
 * span or escaped, because `<lan-ip-1>` would vanish as an unknown HTML tag and host names would become links.
 */
export function renderMarkdown(report: Report, { verbose }: Pick<RenderOptions, 'verbose'> = DEFAULT_OPTIONS): string {
  const blocks: readonly (readonly string[])[] = [
    summary(report),
    expectations(report),
    advice(report),
    details(`Endpoints: ${resultCounts(report.endpoints, report.proxy.configured)}`, endpointTable(report)),
    details('Bypassing the proxy', bypassing(report)),
    details('Causes, and how they were judged', causes(report)),
    details('Findings', findings(report)),
    details('Variables and clients', variables(report)),
    // A forum takes posts of a limited length (Discourse: 32,000 characters), so the longest table is asked for.
    ...(verbose ? [details('Every attempt', attempts(report))] : []),
    [`<sub>${escape(footer(report))}</sub>`],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function summary(report: Report): readonly string[] {
  const { proxy, scan, summary: outcome, run, pms } = report;
  const from = sourceWords(proxy.source, proxy.basis);
  const bypasses = configuredBypasses(report.bypasses).flatMap(({ targets }) => targets);
  const observed = report.bypasses.filter(({ kind }) => kind === 'observed');
  const bypassWords = [
    ...(observed.length > 0 ? [`${observed.length} observed`] : []),
    ...(bypasses.length > 0 ? [`configured to go direct for some client: ${new Set(bypasses).size}`] : []),
    ...(wasWatched(report) ? (observed.length === 0 ? ['none seen while watching'] : []) : [NOT_WATCHED]),
  ].join('; ');
  return [
    `**${verdictWord(report)}**: ${escape(outcome.because)} (exit code ${outcome.exitCode}: ${EXIT_MEANING[outcome.exitCode] ?? 'see the documentation'})`,
    '',
    ...(run.interrupted ? ['- **Interrupted**: this is what was gathered until then.'] : []),
    `- **Plex Media Server**: ${pmsFacts(pms).map(code).join(' · ')}`,
    proxy.url === null
      ? `- **Proxy**: none configured; looked at ${escape(from)}`
      : `- **Proxy**: ${code(proxy.url)}, from ${escape(from)}${proxy.noProxy === null ? '' : `; ${code(`no_proxy=${proxy.noProxy}`)}`}`,
    ...(proxy.why === '' || proxy.basis === 'observed' ? [] : [`  - ${escape(proxy.why)}`]),
    `- **Endpoints**: ${escape(resultCounts(report.endpoints, proxy.configured)) || 'none probed'}`,
    `- **Bypassing the proxy**: ${escape(bypassWords)}`,
    `- **${escape(CONDITION_TITLE)}**: ${escape([conditionWords(scan), scanNote(scan)].filter((part) => part !== null).join('; '))}`,
    ...causesInOrder(scan.causes)
      .filter(({ state }) => state === 'confirmed' || state === 'likely')
      .map(
        ({ id, state, because }) =>
          `  - ${stateWords(state)}: ${code(id)}${because[0] === undefined ? '' : `: ${escape(because[0])}`}`,
      ),
  ];
}

function expectations({ expectations: expected }: Report): readonly string[] {
  if (expected === null) return [];
  const { policy, checked, violations } = expected;
  if (violations.length === 0) return [`**Expected by ${code(policy)}**: all ${checked} expectations met.`];
  return [
    `**Expected by ${code(policy)}**: ${violations.length} of ${checked} expectations not met.`,
    '',
    ...table(
      ['Endpoint', 'Aspect', 'Expected', 'Actual'],
      violations.map(({ host, aspect, expected: wanted, actual }) => [code(host), aspect, code(wanted), code(actual)]),
    ),
  ];
}

function advice(report: Report): readonly string[] {
  const remedies = adviceOf(report);
  return remedies.length === 0
    ? []
    : ['**What to do**', '', ...remedies.map((remedy, i) => `${i + 1}. ${escape(remedy)}`)];
}

const MARKS = { good: '✅', bad: '❌', harmless: '➖', warn: '⚠️', undecided: '❔' } as const;

function endpointTable({ endpoints, proxy }: Report): readonly string[] {
  if (endpoints.length === 0) return ['No endpoint was probed.'];
  const row = (endpoint: EndpointResult): readonly string[] => {
    const { words, mark } = resultOf(endpoint, proxy.configured);
    return [
      MARKS[mark],
      code(hostAndPort(endpoint)),
      escape(neededFor(endpoint)),
      routeCell(endpoint.direct),
      routeCell(endpoint.proxy),
      escape(words),
    ];
  };
  return table(['', 'Endpoint', 'Needed for', 'Direct', 'Via proxy', 'Result'], byNeed(endpoints).map(row));
}

function routeCell(route: RouteResult | null): string {
  if (route === null) return '–';
  const time = route.outcome === 'not-run' || route.ms === null ? '' : ` ${duration(route.ms)}`;
  return escape(outcomeWords(route) + time);
}

function bypassing(report: Report): readonly string[] {
  const observed = report.bypasses.filter(({ kind }) => kind === 'observed');
  return [
    ...observed.map((bypass) => {
      const pid = bypass.pid === null ? '' : ` (pid ${bypass.pid})`;
      const outcome = bypass.outcome === null ? '' : `, ${bypass.outcome}`;
      return `- ${code((bypass.process ?? 'unknown process') + pid)} to ${code(bypassTarget(bypass))}: direct${outcome}, ${bypass.count} times; seen in ${escape(bypass.evidence.join(', '))}`;
    }),
    ...configuredBypasses(report.bypasses).map(
      ({ dialects, targets }) =>
        `- configured to go direct${dialects.length === 0 ? '' : ` in ${dialects.map(code).join(', ')}`}: ${targets.map(code).join(', ')}`,
    ),
    ...(wasWatched(report)
      ? observed.length === 0
        ? ["- none seen while PMS's traffic was watched"]
        : []
      : [`- ${escape(NOT_WATCHED)}`]),
  ];
}

function causes({ scan }: Report): readonly string[] {
  return causesInOrder(scan.causes).map(
    ({ id, state, because }) =>
      `- ${stateWords(state)}: ${code(id)}${because.length === 0 ? '' : `: ${because.map(escape).join('; ')}`}`,
  );
}

function findings({ findings: all }: Report): readonly string[] {
  const crashed = all.filter(({ verdict }) => verdict === 'crashed');
  return [
    ...problemsOf(all).flatMap(({ check, verdict, severity, findings: own, consequences }) => [
      `- ${severity === 'info' ? MARKS.harmless : verdict === 'fail' ? MARKS.bad : MARKS.warn} ${code(check)} (${severity})`,
      ...own.map(({ text }) => `  - ${escape(text)}`),
      ...(consequences.length === 0 ? [] : [`  - follow from it: ${consequences.map(code).join(', ')}`]),
    ]),
    ...crashed.map(({ check, text }) => `- ${MARKS.bad} ${code(check)} crashed, a bug in this tool: ${escape(text)}`),
    ...undecidedOf(all).map(
      ({ reason, checks }) => `- ${MARKS.undecided} not decided: ${checks.map(code).join(', ')}: ${escape(reason)}`,
    ),
  ];
}

function variables({ proxy }: Report): readonly string[] {
  return [
    ...proxy.variables.map(({ name, value, from }) => `- ${code(`${name}=${value}`)} (${code(from)})`),
    ...clientsOf(proxy).map(({ ids, words }) => `- ${ids.map(code).join(', ')}: ${escape(words)}`),
  ];
}

function attempts({ endpoints }: Report): readonly string[] {
  const rows = byNeed(endpoints).flatMap((endpoint) => [
    ...endpoint.direct.attempts.map((attempt) => attemptRow(endpoint, 'direct', attempt)),
    ...(endpoint.proxy?.attempts ?? []).map((attempt) => attemptRow(endpoint, 'proxy', attempt)),
  ]);
  return rows.length === 0 ? [] : table(['Endpoint', 'Route', 'To', 'Outcome', 'Stages'], rows);
}

function attemptRow(
  endpoint: EndpointResult,
  route: string,
  { family, address, outcome, code: raw, stages, tls }: Attempt,
): readonly string[] {
  const to = [family === null ? '' : `IPv${family}`, address === null ? '' : code(address)]
    .filter((part) => part !== '')
    .join(' ');
  const steps = stages.map(
    ({ stage, ms, ok, detail }) =>
      `${stage} ${ok ? '' : 'failed '}${duration(ms)}${detail === null ? '' : ` (${detail})`}`,
  );
  const certificate = tls === null || tls.trusted ? [] : [`untrusted, issued by ${tls.issuer}`];
  return [
    code(hostAndPort(endpoint)),
    route,
    to,
    code(raw === null ? outcome : `${outcome} ${raw}`),
    escape([...steps, ...certificate].join('; ')),
  ];
}

function footer(report: Report): string {
  const { tool, run } = report;
  return `${tool.name} ${tool.version} · ${run.command} · ${minute(run.startedAt)} · ${duration(run.durationMs)} · ${run.platform}. ${sanitizerWords(report)}`;
}

/** Discourse renders Markdown inside `<details>` only after an empty line, and needs one before the end. */
function details(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : ['<details>', `<summary>${escapeHtml(title)}</summary>`, '', ...lines, '', '</details>'];
}

/** A pipe would end a cell even inside a code span (GitHub Flavored Markdown, tables extension). */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, String.raw`\|`)).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

/** A code span, fenced by more backticks than the text has in a row. */
function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat === '') return '–';
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${fence}${space}${flat}${space}${fence}`;
}

/** Plain text that must come out as it is: on one line, no HTML, no emphasis, no mention. */
function escape(text: string): string {
  return escapeHtml(text.replace(/\s+/g, ' ').trim()).replace(/[\\`*_[\]|~#@]/g, String.raw`\$&`);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
