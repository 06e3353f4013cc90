import { configuredBypasses, observedBypasses } from './bypasses.ts';
import { usedSource } from './derive.ts';
import { DIALECT_IDS } from './dialects/dialect.ts';
import { valueOf, type Evidence, type Pms } from './evidence.ts';
import type { Facts, Routing } from './facts.ts';
import { countExpectations, evaluatePolicy, type Policy } from './policy.ts';
import type { Observed } from './observed.ts';
import { unreachedBecause, type PmsStatus } from './pms-status.ts';
import type { Diagnosis, Finding, Report } from './report.ts';
import type { PmsLog, PmsState } from './traffic.ts';
import { summarize } from './verdict.ts';

/** What was judged, ready to be put together. */
export interface Judgement {
  readonly evidence: Evidence;
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly diagnosis: Diagnosis;
  /** `--expect`, with the name of its file. */
  readonly policy: { readonly name: string; readonly policy: Policy } | null;
}

/** Puts the report together. Nothing is judged here, and nothing in it is sanitized yet. */
export function buildReport({ evidence, facts, findings, diagnosis, policy }: Judgement): Report {
  const { run, tool, items } = evidence;
  const results = valueOf(facts.results) ?? [];
  const routing = valueOf(facts.routing);
  const endpoints = results.map(({ result }) => result);
  const observed = valueOf(facts.observed);
  const bypasses = [
    ...observedBypasses(observed?.flows ?? []),
    ...(routing ? configuredBypasses(results, routing) : []),
  ];
  const expectations = policy && {
    policy: policy.name,
    checked: countExpectations(policy.policy, endpoints),
    violations: evaluatePolicy(policy.policy, endpoints, bypasses),
  };
  const experimentReason =
    run.command === 'reproduce' && items.experiment.state !== 'ok' ? items.experiment.reason : null;
  const experiment = valueOf(items.experiment);
  const judged = { endpoints, bypasses, scan: diagnosis, findings, expectations, experimentReason, experiment };
  const pms = valueOf(items.pms);
  const pmsLog = valueOf(items.pmsLog);
  return {
    schemaVersion: 1,
    tool,
    run: {
      command: run.command,
      startedAt: run.startedAt,
      durationMs: run.durationMs,
      sanitized: false,
      platform: run.platform,
      interrupted: run.interrupted,
      ...(run.inputs === undefined ? {} : { inputs: run.inputs }),
    },
    pms: describePms(pms, pmsLog, valueOf(items.pmsStatus)),
    proxy: describeProxy(facts, routing),
    ...judged,
    traffic: observed && describeTraffic(observed),
    pmsLog,
    summary: summarize({ ...judged, inputs: run.inputs ?? [] }, run.interrupted),
    sanitizer: { removed: evidence.sanitized },
  };
}

/** What is known of PMS: by its process or its installation, and its states by its own word, else as its log has them last. */
function describePms(pms: Pms | null, log: PmsLog | null, status: PmsStatus | null): Report['pms'] {
  const states = {
    signIn: status?.signIn ?? latestState(log, 'sign-in'),
    mapping: status?.mapping ?? latestState(log, 'mapping'),
    ...(status === null ? {} : { status }),
  };
  const logged = log?.files.find((file) => file.version !== null)?.version ?? null;
  const version = status?.version ?? pms?.version ?? logged;
  // Where it was looked for and not found, its log is from elsewhere, and knows more.
  if (pms !== null && (pms.found || log === null)) {
    const { found, pid, unit, container } = pms;
    return { found, version, pid, unit, container, ...states };
  }
  const found = log !== null || (status !== null && unreachedBecause(status) === null);
  return found ? { found, version, pid: null, unit: null, container: null, ...states } : null;
}

function describeTraffic({ watchers, flows, questions, unlisted, omitted }: Observed): Report['traffic'] {
  return {
    watchers,
    flows: flows.map(({ flow, endpoint, bypass }) => ({ ...flow, endpoint: endpoint?.id ?? null, bypass })),
    questions,
    unlisted,
    omitted,
  };
}

function latestState(log: PmsLog | null, kind: PmsState['kind']): string | null {
  return log?.states.findLast((state) => state.kind === kind)?.value ?? null;
}

function describeProxy(facts: Facts, routing: Routing | null): Report['proxy'] {
  const settings = valueOf(facts.settings);
  const source = settings && usedSource(settings);
  const variables = (source && valueOf(source.variables)) ?? [];
  const noProxy = ['no_proxy', 'NO_PROXY'].map((name) => variables.find((v) => v.name === name)?.value).find(Boolean);
  const decided = routing ? Object.values(routing.decisions) : [];
  return {
    configured: routing?.configured ?? false,
    url: routing ? (decided.map((d) => d[routing.pmsDialect].proxy).find((url) => url !== null) ?? null) : null,
    noProxy: noProxy ?? null,
    source: settings?.used ?? 'none',
    basis: settings?.basis ?? 'assumed',
    why: settings?.why ?? '',
    variables,
    dialects: routing ? Object.fromEntries(DIALECT_IDS.map((id) => [id, describeDialect(routing, id)])) : {},
  };
}

function describeDialect(routing: Routing, id: (typeof DIALECT_IDS)[number]): Report['proxy']['dialects'][string] {
  const decisions = Object.values(routing.decisions).map((byDialect) => byDialect[id]);
  const proxies = new Set(decisions.map((d) => d.proxy).filter((url) => url !== null));
  const errors = new Set(decisions.map((d) => d.error).filter((error) => error !== null));
  const excluded = new Set(decisions.map((d) => d.excludedBy).filter((entry) => entry !== null));
  const direct = decisions.filter((d) => d.route === 'direct').length;
  const [url = null, ...others] = proxies;
  return {
    url,
    notes: [
      ...(id === routing.pmsDialect ? ['PMS follows these rules'] : []),
      ...(others.length > 0 ? [`also ${others.join(', ')}`] : []),
      ...(url !== null && direct > 0 ? [`${direct} of ${decisions.length} endpoints direct`] : []),
      ...[...excluded].map((entry) => `no_proxy entry "${entry}" applies`),
      ...errors,
    ],
  };
}
