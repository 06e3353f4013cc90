import type { Endpoint } from './endpoint.ts';
import { valueOf, type AttemptRecord, type Settings } from './evidence.ts';
import type { Experiment } from './experiment.ts';
import type { Facts, Routing } from './facts.ts';
import { coversName, isLoopbackName } from './flows.ts';
import type { Judgement } from './judgement.ts';
import type { Observed, SeenFlow } from './observed.ts';
import type { Family } from './outcome.ts';
import type { PmsStatus } from './pms-status.ts';
import type { DnsQuestionSeen, PmsLog, PmsRequest } from './traffic.ts';

/** What was seen of PMS, as the diagnosis asks for it. */

/** What was seen, and what it takes to judge it. */
export interface SeenScene {
  /** Endpoints that a scan needs. */
  readonly needed: readonly Endpoint[];
  readonly observed: Observed | null;
  readonly pmsLog: PmsLog | null;
  readonly routing: Routing | null;
  readonly settings: Settings | null;
  readonly pmsStatus: PmsStatus | null;
  readonly experiment: Experiment | null;
  /** By endpoint id, the families over which a probe reached it directly. */
  readonly openFamilies: Readonly<Record<string, readonly Family[]>>;
}

export function seenSceneOf(facts: Facts): SeenScene {
  return {
    needed: (valueOf(facts.endpoints) ?? []).filter(({ need }) => need === 'scan'),
    observed: valueOf(facts.observed),
    pmsLog: valueOf(facts.pmsLog),
    routing: valueOf(facts.routing),
    settings: valueOf(facts.settings),
    pmsStatus: valueOf(facts.pmsStatus),
    experiment: valueOf(facts.experiment),
    openFamilies: Object.fromEntries(
      (valueOf(facts.results) ?? []).map(({ endpoint, attempts }) => [endpoint.id, familiesReached(attempts.direct)]),
    ),
  };
}

function familiesReached(attempts: readonly AttemptRecord[]): readonly Family[] {
  return [...new Set(attempts.flatMap(({ outcome, family }) => (outcome === 'ok' && family !== null ? [family] : [])))];
}

export interface SeenNeed {
  readonly endpoint: Endpoint;
  readonly direct: readonly SeenFlow[];
  readonly proxy: readonly SeenFlow[];
}

export function seenNeeds({ needed, observed }: SeenScene): readonly SeenNeed[] {
  return needed.map((endpoint) => ({ endpoint, ...(observed?.byEndpoint[endpoint.id] ?? { direct: [], proxy: [] }) }));
}

export function hostsOf(needs: readonly SeenNeed[]): readonly string[] {
  return needs.map(({ endpoint }) => endpoint.host);
}

export function callsToItself({ observed }: SeenScene): readonly SeenFlow[] {
  return (observed?.flows ?? []).filter(
    ({ flow, host }) => flow.route === 'proxy' && host !== null && isLoopbackName(host),
  );
}

export function failedRequests({ pmsLog }: SeenScene, endpoint: Endpoint): readonly PmsRequest[] {
  return (pmsLog?.requests ?? []).filter(
    ({ host, error, curl }) => (error !== null || curl !== null) && coversName(endpoint, host),
  );
}

export function unresolvedRequests(scene: SeenScene, endpoint: Endpoint): readonly PmsRequest[] {
  return failedRequests(scene, endpoint).filter(({ outcome }) => outcome === 'unresolved');
}

export function tellRequest({ log, host, curl, error, count }: PmsRequest): string {
  const code = curl === null ? '' : `curl ${curl}: `;
  return `${log} logs that ${host} failed ${count === 1 ? 'once' : `${count} times`} (${code}${error ?? 'no reason given'})`;
}

/** Local questions for names that only a client around the proxy asks. */
export function localQuestions({
  needed,
  observed,
}: SeenScene): readonly { question: DnsQuestionSeen; endpoint: Endpoint }[] {
  return (observed?.questions ?? []).flatMap((question) => {
    const endpoint = needed.find((each) => coversName(each, question.name));
    return endpoint === undefined ? [] : [{ question, endpoint }];
  });
}

export function tellQuestion({ process, client, name, server, result }: DnsQuestionSeen): string {
  return `${process ?? client ?? 'an unknown process'} asks ${server} for ${name}: ${result}`;
}

export type SeenRule = (scene: SeenScene) => Judgement | null;
