import type { Facts } from '../judge/facts.ts';
import { differenceOfProbes } from '../judge/vantage.ts';
import { forbidsDirect, type Policy } from '../judge/traffic/policy.ts';
import { serviceOf, type Service } from '../words/service.ts';
import { valueOf } from '../model/evidence.ts';
import type { CauseId } from '../model/cause-ids.ts';
import type { Reason } from '../model/reason.ts';
import type { Cause, Diagnosis, Finding } from '../model/report.ts';
import { DECIDE, describeReason, sayCommon } from '../words/common.ts';
import { makeStatement } from '../words/message.ts';
import { byRank, type ScanCause } from './cause.ts';
import {
  conditionByProbes,
  conditionWithoutProbes,
  describeLikely,
  sectionsOf,
  weighCauses,
  weighSections,
  type Expectation,
} from './condition.ts';
import { gravest, ownEvents } from './own-events.ts';
import { failureOf, type Failure, type SeenAttempt } from './attempts.ts';
import { joinHeld, type Probing } from './hold.ts';
import { joinUntied, joinWitnessed, STATES, type Judgement, type Judgements } from './judgement.ts';
import { probeSceneOf, type ProbeScene } from './probe-scene.ts';
import { rootsFirst } from '../judge/roots-first.ts';
import { rootOf } from './roots.ts';
import { reachedWhatScansNeed } from './scans.ts';
import { ownSceneOf, seenSceneOf, type SeenScene } from './seen-scene.ts';

/**
 * The scan condition and its causes, by settings and probes, by what was seen, and by the scans that PMS was asked for. `reproduced`: PMS
 * refused a scan. `would-occur`: PMS could not use an endpoint that a scan needs. Every cause is present, the surest first.
 * `findings` only add the words of checks that explain a cause; they never change a state.
 */
export function diagnose(
  causes: readonly ScanCause[],
  facts: Facts,
  findings: readonly Finding[],
  policy: Policy | null = null,
): Diagnosis {
  const service = serviceOf(facts);
  const endpoints = (valueOf(facts.results) ?? []).map(({ result }) => result);
  const isShut = (hosts: readonly string[]): boolean => policy !== null && forbidsDirect(policy, endpoints, hosts);
  const probes = probeSceneOf(facts);
  const seen = sightOf(facts);
  const failure = failureOf(seen.own);
  const isThere = differenceOfProbes(facts) === null;
  const probing: Probing = {
    place: isThere ? 'pms' : 'elsewhere',
    wereMade: [facts['attempts.direct'], facts['attempts.proxy']].some((made) => valueOf(made) !== null),
  };
  const judged = byRank(causes).map((cause) => {
    const judgements = judgeCause(cause, probes, seen, failure);
    const suspect = {
      isOwnState: cause.keptSinceAsking !== null,
      couldStop: (attempt: SeenAttempt) => cause.couldStop(attempt, seen.own),
    };
    const held = joinHeld(judgements, suspect, failure, probing);
    return {
      cause,
      witnessed: cause.harmUnproven ? null : joinWitnessed(judgements),
      held: isThere ? withWayOfNow(cause, held, probes) : held,
      probed: judgements.fromProbes,
    };
  });
  const sections = agreedSections(sectionsOf(seen.own), sectionsOf(seen.all));
  const expected: Expectation =
    'missing' in probes ? conditionWithoutProbes(probes.missing, seen.own) : conditionByProbes(probes, seen.own);
  const byCauses = weighCauses(
    judged.flatMap(({ witnessed }) => witnessed?.state ?? []),
    judged.map(({ held }) => held.state),
    expected.condition,
  );
  const reached = reachedWhatScansNeed(seen.own) && reachedWhatScansNeed(seen.all);
  const condition = weighSections(sections, byCauses, reached);
  const ways = 'missing' in probes || !isThere ? null : probes;
  const likely = judged.flatMap(({ cause, held: { state, because } }) =>
    state === 'likely' && because[0] !== undefined ? [describeLikely(cause.title, because[0])] : [],
  );
  const [why] = 'why' in expected ? [...likely, expected.why] : likely;
  return {
    condition,
    sections,
    causes: rootsFirst(
      judged
        .map((each) =>
          withRoot(report(each.cause, each.held, findings, { service, isShut }), rootOf(each, judged, ways)),
        )
        .toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)),
    ),
    ...(condition === 'unknown' && why !== undefined ? { why } : {}),
  };
}

type Probes = ProbeScene | { readonly missing: Reason };

/** Everything seen, without (`own`) and with (`all`) the lines of a proxy's log that may be of another host. */
interface Sight {
  readonly own: SeenScene;
  readonly all: SeenScene;
  /** How sure such lines alone make a cause: a log that is all there is, is read because it is taken for PMS's. */
  readonly most: 'likely' | 'possible';
}

function sightOf(facts: Facts): Sight {
  const all = seenSceneOf(facts);
  const own = ownSceneOf(all);
  const isAlone =
    (own.observed?.flows.length ?? 0) === 0 && own.pmsLog === null && facts['attempts.proxy'].state !== 'ok';
  return { own, all, most: isAlone ? 'likely' : 'possible' };
}

/** A scan whose end depends on whose lines those are has an unknown end. */
function agreedSections(own: Diagnosis['sections'], all: Diagnosis['sections']): Diagnosis['sections'] {
  return own.map((section, at) => (section.condition === all[at]?.condition ? section : withoutProof(section)));
}

function withoutProof({ id, type, agent, status }: Diagnosis['sections'][number]): Diagnosis['sections'][number] {
  return { id, type, agent, status, condition: 'unknown' };
}

/** `failure`: the programs that failed are judged by their own events as well, so that those of others say nothing about them. */
function judgeCause(cause: ScanCause, probes: Probes, { own, all, most }: Sight, failure: Failure): Judgements {
  const inEach = (scene: SeenScene, judge: (part: SeenScene) => Judgement | null): Judgement | null =>
    gravest([scene, ...ownEvents(scene, failure)].map(judge));
  const inBoth = (judge: (part: SeenScene) => Judgement | null): Judgement | null =>
    own === all ? inEach(all, judge) : joinUntied(inEach(own, judge), inEach(all, judge), most);
  return {
    fromProbes:
      'missing' in probes ? { state: 'unknown', because: [describeReason(probes.missing)] } : cause.fromProbes(probes),
    fromSeen: inBoth((scene) => cause.fromSeen(scene)),
    fromExperiment: inBoth(({ experiment, ...scene }) =>
      experiment === null ? null : cause.fromExperiment({ ...scene, experiment }),
    ),
  };
}

/** A state that PMS keeps may be older than the network: whether its way works by now decides what is left to do. */
function withWayOfNow({ keptSinceAsking: host }: ScanCause, judgement: Judgement, probes: Probes): Judgement {
  if (host === null || 'missing' in probes || !stands(judgement)) return judgement;
  if (!probes.ways.some(({ result, usable }) => result.host === host && usable === 'usable')) return judgement;
  const { because } = judgement;
  return { ...judgement, because: [...because.slice(0, 1), sayCommon('works-now', { host }), ...because.slice(1)] };
}

function stands({ state }: Judgement): boolean {
  return state === 'confirmed' || state === 'likely' || state === 'possible';
}

function withRoot(cause: Cause, root: CauseId | null): Cause {
  return root === null ? cause : { ...cause, follows: root };
}

interface Circumstances {
  readonly service: Service;
  /** A policy wants direct connections to one of these hosts blocked. */
  readonly isShut: (hosts: readonly string[]) => boolean;
}

function report(
  cause: ScanCause,
  judgement: Judgement,
  findings: readonly Finding[],
  { service, isShut }: Circumstances,
): Cause {
  const { id, title, explainedBy } = cause;
  const { state, because, hosts = [] } = judgement;
  if (!stands(judgement))
    return { id, title, state, because, remedy: null, ...(judgement.isUnfound === true ? { unfound: true } : {}) };
  const explained = findings.filter(
    ({ check, verdict }) => explainedBy.includes(check) && (verdict === 'fail' || verdict === 'warn'),
  );
  const isOpen = state === 'possible' && because.some(({ message }) => message === cause.decide?.when);
  const remedy = isOpen ? (cause.decide?.text ?? '') : isShut(hosts) ? cause.remedyInside : cause.remedy;
  const known = { hosts: hosts.length > 0 ? hosts.join(', ') : 'the needed endpoints', settings: service.settings };
  const used = Object.fromEntries(Object.entries(known).filter(([name]) => remedy.includes(`{${name}}`)));
  const commands = isOpen ? [] : cause.commands(service);
  return {
    id,
    title: isOpen ? (cause.decide?.title ?? title) : title,
    state,
    because: [
      ...because,
      ...explained.map(({ check, message, args, text }) => ({ message: `${check}/${message}`, args, text })),
    ],
    remedy: makeStatement(isOpen ? DECIDE : 'remedy', remedy, used),
    ...(commands.length === 0 ? {} : { commands }),
  };
}
