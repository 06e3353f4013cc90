import { isFailure, OUTCOME, type Outcome } from '../model/outcome.ts';
import { isRefusal, needyScans, type Scan } from '../model/experiment.ts';
import { namesProxy } from '../judge/settings/settings-compare.ts';
import type { FailedAttempt } from './about.ts';
import { failedForNetwork, flowsDuring, refusedSections, watchedWhole } from './scans.ts';
import { failedRequests, type EndedFlow, type SeenScene } from './seen-scene.ts';

/** A failed attempt that was seen, with what tells which causes could have stopped it. */
export interface SeenAttempt extends FailedAttempt {
  /** null: the attempt is only known from a scan that failed, or its end was not seen. */
  readonly outcome: Outcome | null;
  /** An entry of no_proxy sends it direct; null: not known. */
  readonly isExcluded: boolean | null;
  /** Its process has a proxy in its environment; null: not known. */
  readonly isConfigured: boolean | null;
  /** It went to an address that public DNS could have given, and that may be the right one; null: not known. */
  readonly isResolved: boolean | null;
}

/** The attempts that a failed scan consists of. */
export interface Failure {
  /** Empty: no scan and no needed connection is known to have failed. */
  readonly attempts: readonly SeenAttempt[];
  /** Nothing failed but these: a scan that failed may have attempted what was not seen, unless a watcher missed nothing. */
  readonly isWhole: boolean;
}

export function failureOf(scene: SeenScene): Failure {
  if (scene.experiment !== null) return ofExperiment(scene, needyScans(scene.experiment));
  const seen = scene.observed === null ? [] : blockedFlows(scene).map((flow) => attemptOf(flow, scene));
  const refused = refusedSections(scene).length > 0 ? [UNSEEN] : [];
  const logged = refused.length > 0 ? scene.needed.flatMap((endpoint) => loggedAttempts(scene, endpoint)) : [];
  return { attempts: [...seen, ...logged, ...refused], isWhole: refused.length === 0 };
}

function ofExperiment(scene: SeenScene, scans: readonly Scan[]): Failure {
  const failed = scans.filter((scan) => isRefusal(scan) || failedForNetwork(scan, scene));
  const each = failed.map((scan) => {
    const blocked = flowsDuring(scan, scene)
      .flat()
      .filter(({ end }) => isFailure(end));
    const seen = blocked.map((flow) => attemptOf(flow, scene));
    const attempts = [...seen, ...unseenDuring(scan, seen, scene)];
    return { attempts, isWhole: attempts.length > 0 && watchedWhole(scene, scan), scan };
  });
  return {
    attempts: each.flatMap(({ attempts, isWhole, scan }) => (isWhole ? attempts : [...attempts, unseenOf(scan)])),
    isWhole: each.length > 0 && each.every(({ isWhole }) => isWhole),
  };
}

function blockedFlows({ ended }: SeenScene): readonly EndedFlow[] {
  return ended.filter(
    ({ end, flow, endpoint }) => endpoint?.need === 'scan' && flow.process !== null && isFailure(end),
  );
}

function attemptOf({ flow, endpoint, host, end, excludedBy }: EndedFlow, scene: SeenScene): SeenAttempt {
  const { settings } = scene;
  const own = settings?.sources.find(({ pid }) => pid !== null && pid === flow.pid);
  return {
    process: flow.process,
    route: flow.route === 'direct' || flow.route === 'proxy' ? flow.route : null,
    family: flow.family,
    host: endpoint?.host ?? host,
    from: flow.firstAt,
    to: flow.lastAt,
    outcome: end,
    isExcluded: excludedBy !== null,
    isConfigured: own?.variables.state === 'ok' ? namesProxy(own.variables.value) : null,
    isResolved: isResolvedAt(flow.scope, endpoint?.id ?? null, scene),
  };
}

function isResolvedAt(scope: EndedFlow['flow']['scope'], id: string | null, scene: SeenScene): boolean | null {
  if (scope === null) return null;
  return scope !== 'public' ? false : isDoubtful(id, scene) ? null : true;
}

/** Probes that reach other endpoints directly, and this one at none of its addresses, leave open whether these are right. */
function isDoubtful(id: string | null, { openFamilies }: SeenScene): boolean {
  const reaches = (families: readonly unknown[] | undefined): boolean => families !== undefined && families.length > 0;
  return id !== null && !reaches(openFamilies[id]) && Object.values(openFamilies).some(reaches);
}

/** All that is known of it is that a scan failed. */
const UNSEEN: SeenAttempt = {
  process: null,
  route: null,
  family: null,
  host: null,
  from: null,
  to: null,
  outcome: null,
  isExcluded: null,
  isConfigured: null,
  isResolved: null,
};

function unseenOf({ startedAt, endedAt }: Scan): SeenAttempt {
  return { ...UNSEEN, from: startedAt, to: endedAt };
}

/** Failures that only PMS's log tells of: without an address there is no connection that a watcher could see. */
function unseenDuring(scan: Scan, seen: readonly SeenAttempt[], scene: SeenScene): readonly SeenAttempt[] {
  return scene.needed
    .flatMap((endpoint) => loggedAttempts(scene, endpoint))
    .filter((logged) => isWithin(logged.from, scan) && isWithin(logged.to, scan))
    .filter((logged) => !seen.some((one) => isTheSame(one, logged)));
}

/** A route or an outcome that the log leaves open matches any. */
function isTheSame(seen: SeenAttempt, logged: SeenAttempt): boolean {
  return (
    seen.host === logged.host &&
    (seen.process === null || logged.process?.startsWith(seen.process) === true) &&
    (logged.route === null || logged.route === seen.route) &&
    (logged.outcome === null || (seen.outcome !== null && OUTCOME[seen.outcome].kind === OUTCOME[logged.outcome].kind))
  );
}

function isWithin(at: string | null, { startedAt, endedAt }: Scan): boolean {
  return at !== null && startedAt <= at && at <= endedAt;
}

function loggedAttempts(scene: SeenScene, endpoint: SeenScene['needed'][number]): readonly SeenAttempt[] {
  return failedRequests(scene, endpoint).map(({ log, host, outcome, route = null, firstAt, lastAt }) => ({
    ...UNSEEN,
    process: log,
    route,
    host,
    outcome,
    from: firstAt,
    to: lastAt,
  }));
}
