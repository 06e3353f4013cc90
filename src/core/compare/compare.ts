import type { Change, Comparison, Side } from '../model/comparison.ts';
import type { Report } from '../model/report.ts';
import type { Statement } from '../model/statement.ts';
import { TOOL } from '../values/version.ts';
import { compareObserved } from './bypasses.ts';
import { compareChecks } from './checks.ts';
import { compareCauses, compareCondition } from './condition.ts';
import { compareConfigured } from './configured.ts';
import { compareEndpoints } from './endpoints.ts';
import { compareExpectations } from './expectations.ts';
import { hasPseudonym, type Names } from './pair.ts';
import { compareSettings } from './settings.ts';
import { summarizeChanges } from './summary.ts';
import { compareTimes } from './times.ts';
import { SIDE, sayCompared } from './words.ts';

/** One of the two documents: a report, or the report on evidence. */
export interface Compared {
  readonly name: string;
  readonly document: Side['document'];
  readonly report: Report;
}

export interface Rules {
  /** Whether pseudonyms mean the same in both documents. */
  readonly names: Names;
  /** Checks that judge the traffic that was seen. */
  readonly watching: ReadonlySet<string>;
}

/** Lists the changes from one report to the other. */
export function compareReports(before: Compared, after: Compared, { names, watching }: Rules): Comparison {
  const [was, is] = [before.report, after.report];
  const matched = compareEndpoints(was, is, names);
  const bypasses = [...compareObserved(was, is, names), ...compareConfigured(was, is, names)];
  const condition = compareCondition(was, is);
  const parts = {
    condition: condition.change,
    endpoints: matched.changes,
    times: compareTimes(matched),
    bypasses,
    settings: compareSettings(was, is, names),
    causes: compareCauses(was, is),
    expectations: compareExpectations(was, is, bypasses, names),
    checks: compareChecks(was, is, watching),
  };
  return {
    kind: 'pms-proxy-doctor/comparison',
    schemaVersion: 1,
    tool: TOOL,
    before: describeSide(before),
    after: describeSide(after),
    summary: summarizeChanges(parts, condition.says, matched.same),
    ...parts,
    limits: [...limitsOf(before, after, names), ...needsWatching(parts)],
  };
}

function describeSide({ name, document, report: { run, tool, summary } }: Compared): Side {
  return {
    name,
    document,
    command: run.command,
    startedAt: run.startedAt,
    version: tool.version,
    sanitized: run.sanitized,
    exitCode: summary.exitCode,
  };
}

function limitsOf(before: Compared, after: Compared, names: Names): readonly Statement[] {
  const [was, is] = [before.report, after.report];
  const sides = [
    [SIDE.before, was],
    [SIDE.after, is],
  ] as const;
  const watched = sides.filter(([, { traffic }]) => traffic !== null);
  const areReports = before.document === 'report' || after.document === 'report';
  return [
    ...(is.run.startedAt < was.run.startedAt ? [sayCompared('other-order')] : []),
    ...(was.run.command === is.run.command
      ? []
      : [sayCompared('other-command', { before: was.run.command, after: is.run.command })]),
    ...(areReports && was.tool.version !== is.tool.version
      ? [sayCompared('other-version', { before: was.tool.version, after: is.tool.version })]
      : []),
    ...sides.flatMap(([side, { run }]) => (run.interrupted ? [sayCompared('interrupted', { side })] : [])),
    ...(watched.length === 1
      ? sides.flatMap(([side, { traffic }]) => (traffic === null ? [sayCompared('not-watched', { side })] : []))
      : []),
    ...(names === 'apart' && sides.every(([, report]) => hasPrivateNames(report)) ? [sayCompared('names-hidden')] : []),
  ];
}

/** Names what to do where only the watching is missing. */
function needsWatching({ condition, bypasses }: Pick<Comparison, 'condition' | 'bypasses'>): readonly Statement[] {
  const isOpen = (change: Change | undefined): boolean => change === 'undecided' || change === 'unsettled';
  const isMissing = bypasses.some(({ kind, change, decides }) => kind === 'observed' && decides && isOpen(change));
  return isMissing || isOpen(condition?.change) ? [sayCompared('needs-watching')] : [];
}

function hasPrivateNames({ proxy, endpoints, bypasses }: Report): boolean {
  return hasPseudonym(
    JSON.stringify([proxy.url, proxy.noProxy, endpoints.map(({ host }) => host), bypasses.map(({ host }) => host)]),
  );
}
