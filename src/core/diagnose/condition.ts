import { valueOf } from '../model/evidence.ts';
import { isRefusal, type Scan } from '../model/experiment.ts';
import type { Outcome } from '../model/outcome.ts';
import { needsNoEndpoint } from '../model/pms-status.ts';
import type { Reason } from '../model/reason.ts';
import type { Diagnosis } from '../model/report.ts';
import type { Statement } from '../model/statement.ts';
import { differenceOfProbes } from '../judge/vantage.ts';
import { describeReason, sayCommon } from '../words/common.ts';
import { sayFrom } from '../words/message.ts';
import { coversName } from '../judge/traffic/flows.ts';
import { describeLoggedFailure } from '../words/requests.ts';
import { isLate } from '../judge/pms-way.ts';
import type { State } from './judgement.ts';
import { hasConnected, isProxied, processesWithoutProxy, type ProbeScene, type ScanWay } from './probe-scene.ts';
import { failedForNetwork, refusedSections, scannerReached } from './scans.ts';
import type { SeenScene } from './seen-scene.ts';

type Condition = Diagnosis['condition'];
type Sections = Diagnosis['sections'];

/**
 * Whether a scan fails. A refused scan decides. A finished scan only proves that scans work if it contacted its endpoints:
 * without new content it contacts none. `reached`: it was seen to.
 */
export function weighSections(sections: Sections, otherwise: Condition, reached: boolean): Condition {
  if (sections.some(({ condition }) => condition === 'reproduced')) return 'reproduced';
  return sections.some(({ condition }) => condition === 'not-found') && reached ? 'not-found' : otherwise;
}

/**
 * A cause that was seen at work stops a scan, whatever the probes found on PMS's configured route. While a cause is likely, the condition
 * is not ruled out.
 */
export function weighCauses(witnessed: readonly State[], states: readonly State[], otherwise: Condition): Condition {
  if (witnessed.includes('confirmed')) return 'would-occur';
  return otherwise === 'not-found' && states.includes('likely') ? 'unknown' : otherwise;
}

/** The result of settings and probes; `why`: the reason why they do not decide. */
export type Expectation =
  | { readonly condition: 'would-occur' | 'not-found' }
  | { readonly condition: 'unknown'; readonly why: Statement };

/** Without probes, a scanner that reached its provider by PMS's own log tells how scans end. */
export function conditionWithoutProbes(missing: Reason, seen: SeenScene): Expectation {
  return scannerReached(seen) ? { condition: 'not-found' } : undecided(describeReason(missing));
}

/** Whether a scan would fail, by settings and probes. */
export function conditionByProbes(scene: ProbeScene, seen: SeenScene): Expectation {
  const { ways } = scene;
  const elsewhere = probedElsewhere(scene.facts);
  if (elsewhere !== null) return undecided(elsewhere);
  if (hasNothingToJudge(scene)) return undecided(say('nothing-to-judge'));
  if (ways.some(({ usable }) => usable === 'unusable') || hasStrandedChildren(scene))
    return { condition: 'would-occur' };
  if (ways.length === 0) {
    const sections = valueOf(scene.facts.pmsStatus)?.sections ?? null;
    return needsNoEndpoint(sections) ? { condition: 'not-found' } : undecided(sayCommon('no-endpoint-examined'));
  }
  const untried = ways.find(({ usable }) => usable === 'undecided');
  if (untried !== undefined) return undecided(say('untried', { host: untried.result.host }));
  const late = ways.find(isLate);
  if (late !== undefined && !scannerReached(seen))
    return undecided(say('late', { host: late.result.host, ms: Math.round(late.found?.ms ?? 0) }));
  const [doubted] = seen.doubted.filter(({ host }) => seen.needed.some((endpoint) => coversName(endpoint, host)));
  if (doubted !== undefined && !scannerReached(seen))
    return undecided(say('only-probed', { statement: describeLoggedFailure(doubted) }));
  // The scanner may go around the proxy, which breaks scans where direct connections are blocked.
  const isOpen = ways.every((way) => !isProxied(way) || isOpenDirectly(way));
  return isOpen || scannerReached(seen) ? { condition: 'not-found' } : undecided(say('scanner-unwatched'));
}

const CONDITION_MESSAGES = {
  'other-network': 'PMS runs in another network than these probes, which do not show what it reaches[: {reason}]',
  'other-user':
    'PMS runs as another user than these probes, for whom the firewall and the files may differ[: {reason}]',
  'other-group':
    'rules of this host hold for control groups, and PMS is in another one than these probes; "reproduce" shows what PMS reaches',
  'other-place': 'it is not known whether these probes were made in the network and as the user of PMS[: {reason}]',
  'nothing-to-judge':
    'no Plex Media Server was found here and no proxy was named, so there is nothing to judge (--env-from and --proxy name one)',
  untried: 'could not determine whether PMS can use {host}',
  late: '{host} answers PMS only after {ms} ms: whether PMS waits that long was not tried, but "reproduce" shows it',
  'only-probed':
    'PMS failed a moment ago, and only this tool got through since: {statement}. A proxy or a filter can tell the two apart; "reproduce" shows it',
  'scanner-unwatched':
    'every endpoint that a scan needs answers on PMS\'s route, and not directly. If the scanner ignores the proxy, scans still fail; that was not watched, but "reproduce" shows it',
  'cause-likely': '{title} (likely): {statement}',
} as const;

const say = sayFrom(CONDITION_MESSAGES);

function undecided(why: Statement): Expectation {
  return { condition: 'unknown', why };
}

/** Why a cause that is likely keeps the condition from being ruled out. */
export function describeLikely(title: string, statement: Statement): Statement {
  return say('cause-likely', { title, statement });
}

/** Every direct connection that this host could try got an answer; one without an address or a route of its family is none. */
function isOpenDirectly({ direct, attempts }: ScanWay): boolean {
  return direct === 'usable' && attempts.direct.every(({ outcome, code }) => isOpenOutcome(outcome, code));
}

function isOpenOutcome(outcome: Outcome, code: string | null): boolean {
  return (
    outcome === 'ok' || outcome === 'no-route' || (outcome === 'unresolved' && code === 'ENODATA') || code === 'NO_AAAA'
  );
}

/** Probes from another network or as another user say nothing about PMS. */
function probedElsewhere(facts: ProbeScene['facts']): Statement | null {
  const difference = differenceOfProbes(facts);
  const reason = valueOf(facts.vantage)?.missed?.message ?? null;
  switch (difference) {
    case null:
      return null;
    case 'network':
      return say('other-network', { reason });
    case 'user':
      return say('other-user', { reason });
    case 'group':
      return say('other-group');
    case 'unknown':
      return say('other-place', { reason });
  }
}

/** A process of PMS that connects without the variables is on its own: where direct connections fail, its part of a scan fails. */
function hasStrandedChildren(scene: ProbeScene): boolean {
  return (
    scene.settings.basis === 'observed' &&
    processesWithoutProxy(scene).some((source) => source.kind === 'child' && hasConnected(source, scene)) &&
    scene.ways.some((way) => isProxied(way) && way.direct === 'unusable')
  );
}

/** An open network, no PMS and no proxy: direct connections of this shell say nothing about a server that is not there. */
function hasNothingToJudge({ facts, settings, routing, proxies }: ProbeScene): boolean {
  const isFound = valueOf(facts.pms)?.found === true;
  return !isFound && settings.basis === 'assumed' && !routing.configured && proxies.length === 0;
}

/** The libraries that PMS was asked to scan; without an experiment, those whose scan it refused according to its log. */
export function sectionsOf(scene: SeenScene): Sections {
  if (scene.experiment === null) return refusedSections(scene);
  // A second scan of a library was made under other conditions.
  return scene.experiment.scans.filter(({ attempt }) => attempt === 1).map((scan) => sectionOf(scan, scene));
}

function sectionOf(scan: Scan, scene: SeenScene): Sections[number] {
  const { library, status, end } = scan;
  const { id, type, agent } = library;
  const section = { id, type, agent, status };
  if (isRefusal(scan)) return { ...section, condition: 'reproduced', failed: 'refused' };
  if (failedForNetwork(scan, scene)) return { ...section, condition: 'reproduced', failed: 'unreached' };
  return { ...section, condition: end === 'finished' ? 'not-found' : 'unknown' };
}
