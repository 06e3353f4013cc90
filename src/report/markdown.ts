import type { Attempt, EndpointResult, Report } from '../core/report.ts';
import { configuredBypasses, noneObserved, observedBypasses } from './bypass-words.ts';
import {
  byNeed,
  endpointSummary,
  hostAndPort,
  isAllSeen,
  listedEndpoints,
  NO_ENDPOINTS,
  neededFor,
  resultOf,
  routeWords,
  seenNote,
  viewOf,
} from './endpoint-words.ts';
import {
  askedOfPms,
  bypassing,
  everyFlow,
  everyQuestion,
  files,
  pmsLog,
  unlisted,
  watched,
} from './markdown-observed.ts';
import { code, details, escape, table } from './markdown-syntax.ts';
import { ASKED_TITLE } from './experiment-words.ts';
import { DEFAULT_OPTIONS, type RenderOptions } from './style.ts';
import { duration, listed, minute } from './times.ts';
import {
  adviceOf,
  causesInOrder,
  clientsOf,
  CONDITION_TITLE,
  conditionWords,
  EXIT_MEANING,
  libraryWords,
  pmsFacts,
  problemsOf,
  sanitizerWords,
  proxyWords,
  scanNote,
  sourceWords,
  stateWords,
  undecidedOf,
  verdictWord,
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
    details(`Endpoints: ${endpointSummary(report)}`, endpointTable(report)),
    details('Bypassing the proxy', bypassing(report, verbose)),
    details('What was watched', watched(report, verbose)),
    details('Files', files(report, verbose)),
    details('Not in the catalogue', unlisted(report, verbose)),
    details("PMS's own log", pmsLog(report, verbose)),
    details(ASKED_TITLE, askedOfPms(report)),
    details('Causes, and how they were judged', causes(report)),
    details('Findings', findings(report)),
    details('Variables and clients', variables(report)),
    // A forum takes posts of a limited length (Discourse: 32,000 characters), so the longest table is asked for.
    ...(verbose
      ? [
          details('Every attempt', attempts(report)),
          details('Every connection that was seen', everyFlow(report)),
          details('Every DNS question that was seen', everyQuestion(report)),
        ]
      : []),
    [`<sub>${escape(footer(report))}</sub>`],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** Targets that the summary names. */
const TARGETS_SHOWN = 4;

function summary(report: Report): readonly string[] {
  const { proxy, scan, summary: outcome, run, pms } = report;
  const from = sourceWords(proxy.source, proxy.basis);
  const libraries = libraryWords(pms);
  const configured = configuredBypasses(report.bypasses).flatMap(({ targets }) => targets);
  const observed = [...new Set(observedBypasses(report).map(({ target }) => target))];
  const bypassWords = [
    ...(observed.length > 0 ? [`observed to ${listed(observed, TARGETS_SHOWN)}`] : noneObserved(report).slice(0, 1)),
    ...(configured.length > 0 ? [`configured to go direct for some client: ${new Set(configured).size}`] : []),
  ].join('; ');
  return [
    `**${verdictWord(report)}**: ${escape(outcome.because)} (exit code ${outcome.exitCode}: ${EXIT_MEANING[outcome.exitCode] ?? 'see the documentation'})`,
    '',
    ...(run.interrupted ? ['- **Interrupted**: this is what was gathered until then.'] : []),
    `- **Plex Media Server**: ${pmsFacts(report).map(code).join(' · ')}`,
    ...(libraries.length === 0 ? [] : [`- **Libraries**: ${libraries.map(escape).join('; ')}`]),
    proxy.url === null
      ? `- **Proxy**: ${escape(proxyWords(report))}`
      : `- **Proxy**: ${code(proxy.url)}, from ${escape(from)}${proxy.noProxy === null ? '' : `; ${code(`no_proxy=${proxy.noProxy}`)}`}`,
    ...(proxy.why === '' || proxy.basis === 'observed' ? [] : [`  - ${escape(proxy.why)}`]),
    `- **Endpoints**: ${escape(endpointSummary(report)) || 'none probed'}`,
    `- **Bypassing the proxy**: ${escape(bypassWords)}`,
    `- **${escape(CONDITION_TITLE)}**: ${escape([conditionWords(report), scanNote(report)].filter((part) => part !== null).join('; '))}`,
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

function endpointTable(report: Report): readonly string[] {
  if (report.endpoints.length === 0) return [NO_ENDPOINTS];
  const view = viewOf(report);
  const cell = (endpoint: EndpointResult, route: 'direct' | 'proxy'): string => {
    const { words, figure } = routeWords(endpoint, route, view);
    return escape(`${words} ${figure}`);
  };
  const row = (endpoint: EndpointResult): readonly string[] => {
    const { words, mark } = resultOf(endpoint, view);
    const note = seenNote(endpoint, view);
    return [
      MARKS[mark],
      code(hostAndPort(endpoint)),
      escape(neededFor(endpoint)),
      cell(endpoint, 'direct'),
      cell(endpoint, 'proxy'),
      escape(note === null ? words : `${words}; ${note}`),
    ];
  };
  const titles = isAllSeen(report)
    ? ['', 'Endpoint', 'Needed for', 'Seen direct', 'Seen via proxy', 'Way taken']
    : ['', 'Endpoint', 'Needed for', 'Direct', 'Via proxy', 'Result'];
  return table(titles, listedEndpoints(report).map(row));
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
