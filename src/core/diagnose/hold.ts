import { sayCommon } from '../words/common.ts';
import { ABOUT_ALL, ABOUT_OWN_PROBES, covers, type About } from './about.ts';
import type { Failure, SeenAttempt } from './attempts.ts';
import { joinJudgements, type Judgement, type Judgements } from './judgement.ts';

/** The relation of a cause to a failed attempt. */
export interface Suspect {
  /** PMS itself reports this state. */
  readonly isOwnState: boolean;
  /** Whether it could have stopped this attempt, as far as that is known. */
  readonly couldStop: (attempt: SeenAttempt) => boolean;
}

/** This tool's own attempts. Where it made none, what was seen of PMS stands in for them. */
export interface Probing {
  readonly place: About['place'];
  readonly wereMade: boolean;
}

/**
 * Joins the judgements of a cause, each held to the attempts that failed: whatever a cause's own rules say, nothing is ruled out for an
 * attempt by evidence about another process, route, family, host, place or time, and nothing is confirmed that could have stopped none of
 * them.
 */
export function joinHeld(judgements: Judgements, suspect: Suspect, failure: Failure, probing: Probing): Judgement {
  const seen = suspect.isOwnState || failure.isWhole ? ABOUT_ALL : aboutSeen(failure);
  const joined = joinJudgements({
    fromProbes: hold(judgements.fromProbes, { ...ABOUT_OWN_PROBES, place: probing.place }, failure, probing),
    fromSeen: judgements.fromSeen && hold(judgements.fromSeen, seen, failure, probing),
    fromExperiment: judgements.fromExperiment && hold(judgements.fromExperiment, seen, failure, probing),
  });
  return acquit(joined, suspect, failure);
}

/** Without proof that nothing was missed, what was seen speaks of the programs that were seen. */
function aboutSeen({ attempts }: Failure): About {
  return { ...ABOUT_ALL, processes: attempts.flatMap(({ process }) => process ?? []) };
}

function hold(judgement: Judgement, usual: About, { attempts }: Failure, { wereMade }: Probing): Judgement {
  const about = judgement.about ?? usual;
  if (about.place === 'elsewhere') return doubt(judgement);
  if (judgement.state !== 'ruled-out') return judgement;
  if (attempts.length === 0 && about.processes === 'own-probe') return unfound(judgement, wereMade);
  if (attempts.every((attempt) => covers(about, attempt))) return judgement;
  return { ...judgement, state: 'unknown', because: [...judgement.because, sayCommon('other-attempt')] };
}

/** Own probes vouch for own probes: what denies PMS by its user, its headers or its way to speak TLS lets this tool through. */
function unfound(judgement: Judgement, wereMade: boolean): Judgement {
  const limit = sayCommon(wereMade ? 'own-probe-only' : 'seen-only');
  return { ...judgement, state: 'unknown', because: [...judgement.because, limit], isUnfound: true };
}

/** In another network, or for another user, it may be otherwise than for PMS. */
function doubt(judgement: Judgement): Judgement {
  switch (judgement.state) {
    case 'confirmed':
    case 'likely':
      return { ...judgement, state: 'possible', because: [...judgement.because, sayCommon('probed-elsewhere')] };
    case 'ruled-out':
      return { ...judgement, state: 'unknown', because: [...judgement.because, sayCommon('probed-elsewhere')] };
    case 'possible':
    case 'unknown':
      return judgement;
  }
}

/** All attempts are known to have ended by something else: then the cause did not stop this scan, whatever it might do to others. */
function acquit(judgement: Judgement, { isOwnState, couldStop }: Suspect, { attempts, isWhole }: Failure): Judgement {
  if (
    isOwnState ||
    attempts.length === 0 ||
    judgement.state === 'ruled-out' ||
    attempts.some((attempt) => couldStop(attempt))
  )
    return judgement;
  const { state, because } = judgement;
  if (state === 'confirmed' || state === 'likely')
    return { ...judgement, state: 'possible', because: [...because, sayCommon('not-these-attempts')] };
  return isWhole
    ? { ...judgement, state: 'ruled-out', because: [sayCommon('not-these-attempts'), ...because] }
    : judgement;
}
