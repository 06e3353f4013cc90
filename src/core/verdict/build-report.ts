import { advise } from './advice.ts';
import { groupBypasses } from './bypass-groups.ts';
import { configuredBypasses, observedBypass, seenAround } from '../judge/bypasses.ts';
import { usedSource } from '../judge/settings/judged-settings.ts';
import { valueOf, type Evidence, type Pms } from '../model/evidence.ts';
import type { Facts } from '../judge/facts.ts';
import { isTroubleOver } from '../judge/past.ts';
import type { Routing } from '../judge/settings/routing.ts';
import { countExpectations, evaluatePolicy, type Policy } from '../judge/traffic/policy.ts';
import type { Observed } from '../judge/observed.ts';
import { unreachedBecause, type PmsStatus } from '../model/pms-status.ts';
import type { Diagnosis, Finding, Report } from '../model/report.ts';
import type { PmsLog, PmsState } from '../model/traffic.ts';
import { describeSince } from '../words/since.ts';
import { describeProof } from '../words/proof.ts';
import { adviseOnProof } from './proof-advice.ts';
import { describeUnusedProxy } from '../words/unused-proxy.ts';
import { summarize } from './verdict.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECT_IDS, DIALECTS } from '../dialects/index.ts';

/** The judged parts, ready for the report. */
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
    ...seenAround(observed?.flows ?? []).map(observedBypass),
    ...(routing ? configuredBypasses(results, routing) : []),
  ];
  const expectations = policy && {
    policy: policy.name,
    checked: countExpectations(policy.policy, endpoints),
    violations: evaluatePolicy(policy.policy, endpoints, bypasses),
  };
  const experimentReason =
    (run.command === 'reproduce' || run.command === 'bridge') && items.experiment.state !== 'ok'
      ? items.experiment.reason
      : null;
  const experiment = valueOf(items.experiment);
  const pmsLog = valueOf(items.pmsLog);
  const pms = describePms(valueOf(items.pms), pmsLog, valueOf(items.pmsStatus));
  const judged = { endpoints, bypasses, scan: diagnosis, findings, expectations, experimentReason, experiment };
  const bridge =
    evidence.bridge === undefined
      ? null
      : { ...evidence.bridge, ...describeProof(evidence.bridge, experimentReason?.message) };
  return {
    schemaVersion: 2,
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
    pms,
    proxy: describeProxy(facts, routing),
    ...judged,
    ...(bridge === null ? {} : { bridge }),
    ...(evidence.earlier === undefined
      ? {}
      : {
          since: {
            ...evidence.earlier,
            says: [...describeSince(evidence.earlier, { experiment, flows: observed?.flows ?? null })],
          },
        }),
    bypassGroups: groupBypasses(observed, bypasses, endpoints),
    advice: [...(bridge === null ? [] : adviseOnProof(bridge)), ...(bridge?.state === 'proved' ? [] : advise(judged))],
    traffic: observed && describeTraffic(observed),
    pmsLog,
    summary: summarize(
      { ...judged, bridge, pms, inputs: run.inputs ?? [], isTroubleOver: pmsLog !== null && isTroubleOver(pmsLog) },
      run.interrupted,
    ),
    sanitizer: { removed: evidence.sanitized },
  };
}

/** The facts about PMS: from its process or installation, and its states from its answers, else from its log. */
function describePms(pms: Pms | null, log: PmsLog | null, status: PmsStatus | null): Report['pms'] {
  const states = {
    signIn: status?.signIn ?? latestState(log, 'sign-in'),
    mapping: status?.mapping ?? latestState(log, 'mapping'),
    ...(status === null ? {} : { status }),
  };
  const logged = log?.starts?.at(-1)?.version ?? log?.files.find((file) => file.version !== null)?.version ?? null;
  const version = status?.version ?? pms?.version ?? logged;
  // Where it was looked for and not found, its log is from elsewhere, and knows more.
  if (pms !== null && (pms.found || log === null)) {
    const { found, pid, unit, container, others } = pms;
    return { found, version, pid, unit, container, ...(others === undefined ? {} : { others }), ...states };
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
  const unused = describeUnusedProxy(facts);
  const decided = routing ? Object.values(routing.decisions) : [];
  return {
    configured: routing?.configured ?? false,
    url: routing ? (decided.map((d) => d[routing.pmsDialect].proxy).find((url) => url !== null) ?? null) : null,
    noProxy: noProxy ?? null,
    ...(unused === null ? {} : { unused }),
    source: settings?.used ?? 'none',
    basis: settings?.basis ?? 'assumed',
    why: settings?.why ?? '',
    variables,
    pmsDialect: routing?.pmsDialect ?? null,
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
  const dialect: Dialect = DIALECTS[id];
  const { tunnels } = dialect;
  return {
    url,
    notes: [
      ...(id === routing.pmsDialect ? ['PMS follows these rules'] : []),
      ...(url !== null && tunnels === 'everything' ? ['asks for http:// by CONNECT, too'] : []),
      ...(others.length > 0 ? [`also ${others.join(', ')}`] : []),
      ...(url !== null && direct > 0 ? [`${direct} of ${decisions.length} endpoints direct`] : []),
      ...[...excluded].map((entry) => `no_proxy entry "${entry}" applies`),
      ...errors,
    ],
  };
}
