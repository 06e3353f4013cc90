import type { Cause, EndpointResult, Finding, Report } from '../../core/model/report.ts';
import { causeStateWords } from '../../core/words/cause-state.ts';
import { plainText, type Block, type Mark } from '../blocks/blocks.ts';
import { INSTALLED } from '../blocks/invocation.ts';
import { bypassing } from './traffic/bypasses.ts';
import { conditionWords } from './condition.ts';
import { contextOf, type Context } from './endpoints/context.ts';
import { hostAndPort, listedEndpoints, resultOf, routeWords } from './endpoints/endpoints.ts';

/**
 * The report as test cases, for formats that machines read. `passed` needs proof: a warning is `warned`, an undecided or
 * irrelevant case is `skipped`, and a bug in this tool is `crashed`.
 */
export interface Case {
  readonly name: string;
  readonly status: 'passed' | 'warned' | 'failed' | 'skipped' | 'crashed';
  /** The reason; for a passed case, its finding. */
  readonly message: string;
  readonly ms: number | null;
}

export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

export function suitesOf(report: Report): readonly Suite[] {
  const context = contextOf(report);
  const suites: readonly Suite[] = [
    { name: 'run', cases: [verdictCase(report)] },
    { name: 'endpoints', cases: listedEndpoints(report).map((endpoint) => endpointCase(endpoint, context)) },
    { name: 'bypasses', cases: bypassCases(report) },
    { name: 'causes', cases: [conditionCase(report), ...report.scan.causes.map(causeCase)] },
    { name: 'checks', cases: checkCases(report) },
    { name: 'expectations', cases: expectationCases(report) },
  ];
  return suites.filter(({ cases }) => cases.length > 0);
}

function testCase(name: string, status: Case['status'], message: string, ms: number | null = null): Case {
  return { name, status, message, ms };
}

function verdictCase({ run, summary }: Report): Case {
  const byVerdict = { ok: 'passed', problems: 'failed', undecided: 'skipped' } as const;
  return testCase('verdict', run.interrupted ? 'crashed' : byVerdict[summary.verdict], summary.because, run.durationMs);
}

const BY_MARK: Readonly<Record<Mark, Case['status']>> = {
  good: 'passed',
  bad: 'failed',
  warn: 'warned',
  harmless: 'skipped',
  undecided: 'skipped',
};

function endpointCase(endpoint: EndpointResult, context: Context): Case {
  const { words, mark } = resultOf(endpoint, context);
  const [direct, proxy] = [routeWords(endpoint, 'direct', context), routeWords(endpoint, 'proxy', context)];
  const message = `${words}: directly ${direct.words}, through the proxy ${proxy.words}`;
  return testCase(hostAndPort(endpoint), BY_MARK[mark], message, endpoint.proxy?.ms ?? endpoint.direct.ms);
}

/** Every bypass fails; "none seen" passes only where traffic was watched. */
function bypassCases(report: Report): readonly Case[] {
  const { traffic, bypassGroups } = report;
  const blocks = bypassing(report, { all: true, verbose: true, invocation: INSTALLED, medium: 'page' }).flatMap(
    (section) => section.blocks,
  );
  const found = blocks.flatMap((block) => (block.kind === 'list' ? block.items : []));
  const isWatched = (traffic?.watchers ?? []).some(({ shows }) => shows.includes('direct'));
  const isSeen = bypassGroups.some(({ kind }) => kind === 'observed');
  return [
    ...found.map(({ text, detail, more = [] }) => {
      const about = [...(detail === undefined ? [] : [detail]), ...more].map(plainText);
      return testCase(plainText(text), 'failed', about.join('; ') || 'this goes around the proxy');
    }),
    ...(isSeen ? [] : [testCase('none observed', isWatched ? 'passed' : 'skipped', notesOf(blocks).join('; '))]),
  ];
}

function notesOf(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) => (block.kind === 'notes' ? block.notes.map(plainText) : []));
}

function conditionCase(report: Report): Case {
  const byCondition = {
    reproduced: 'failed',
    'would-occur': 'failed',
    'not-found': 'passed',
    unknown: 'skipped',
  } as const;
  return testCase('scan condition', byCondition[report.scan.condition], conditionWords(report));
}

const BY_STATE: Readonly<Record<Cause['state'], Case['status']>> = {
  confirmed: 'failed',
  likely: 'warned',
  possible: 'skipped',
  'ruled-out': 'passed',
  unknown: 'skipped',
};

function causeCase(cause: Cause): Case {
  const { id, state, because } = cause;
  return testCase(id, BY_STATE[state], [causeStateWords(cause), ...because.map(({ text }) => text)].join('; '));
}

const BY_VERDICT: Readonly<Record<Finding['verdict'], Case['status']>> = {
  pass: 'passed',
  warn: 'warned',
  fail: 'failed',
  'not-applicable': 'skipped',
  inconclusive: 'skipped',
  crashed: 'crashed',
};

/** Several findings of one check are told apart by endpoint or number. */
function checkCases({ findings, endpoints }: Report): readonly Case[] {
  const hosts = new Map(endpoints.map((endpoint) => [endpoint.id, hostAndPort(endpoint)]));
  const counts = new Map<string, number>();
  return findings.map(({ check, verdict, text, endpoint, supersededBy }) => {
    const host = hosts.get(endpoint ?? '');
    const name = host === undefined ? check : `${check}: ${host}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const consequence = supersededBy === null ? '' : ` (explained by ${supersededBy})`;
    return testCase(count === 1 ? name : `${name} (${count})`, BY_VERDICT[verdict], text + consequence);
  });
}

function expectationCases({ expectations }: Report): readonly Case[] {
  if (expectations === null) return [];
  const { checked, violations, policy } = expectations;
  const met = checked - violations.length;
  return [
    ...violations.map(({ host, aspect, expected, actual }) =>
      testCase(`${host}: ${aspect}`, 'failed', `should be ${expected}, is ${actual}`),
    ),
    ...(met > 0
      ? [testCase(`the ${violations.length === 0 ? '' : 'other '}${met} of ${policy}`, 'passed', 'met')]
      : []),
  ];
}
