import type { About } from './about.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Cause } from '../model/report.ts';
import type { Statement } from '../model/statement.ts';
import { sayCommon } from '../words/common.ts';
import { distinct } from '../words/message.ts';

/** The judgement of one cause by one kind of evidence; `hosts` are the endpoints that the remedy names. */
export interface Judgement {
  readonly state: State;
  readonly because: readonly Statement[];
  readonly hosts?: readonly string[];
  /** Which attempts it speaks of; default: what its kind of evidence speaks of. */
  readonly about?: About;
  /** This tool's own probes found nothing of it: less than ruled out, which takes an answer to PMS. */
  readonly isUnfound?: true;
}

export type State = Cause['state'];

export function hostsOf(concerned: readonly { readonly endpoint: Endpoint }[]): readonly string[] {
  return concerned.map(({ endpoint }) => endpoint.host);
}

/** The surest first. */
export const STATES: readonly State[] = ['confirmed', 'likely', 'possible', 'ruled-out', 'unknown'];

/**
 * Two judgements of the same evidence, without and with the lines of a proxy's log that nothing ties to PMS. A verdict that depends on
 * whose lines they are is neither confirmed nor ruled out. `most`: how sure such lines alone can make a cause.
 */
export function joinUntied(
  own: Judgement | null,
  all: Judgement | null,
  most: 'likely' | 'possible',
): Judgement | null {
  const told = all ?? own;
  if (told === null || own?.state === all?.state) return told;
  const [ofOwn, ofAll] = [own, all].map((each) => (each !== null && isSuspected(each) ? each.state : null));
  const state = ofOwn === null || ofOwn === undefined ? ofAll && lesser(ofAll, most) : lesser(ofOwn, ofAll ?? 'likely');
  const { hosts } = told;
  return {
    state: state ?? 'unknown',
    because: [...told.because, sayCommon('untied-lines')],
    ...(hosts === undefined ? {} : { hosts }),
  };
}

function isSuspected({ state }: Judgement): boolean {
  return state === 'confirmed' || state === 'likely' || state === 'possible';
}

function lesser(a: State, b: State): State {
  return STATES.indexOf(a) > STATES.indexOf(b) ? a : b;
}

/** The judgements of one cause, by the evidence that they follow from; null: that evidence says nothing about it. */
export interface Judgements {
  readonly fromProbes: Judgement;
  readonly fromSeen: Judgement | null;
  readonly fromExperiment: Judgement | null;
}

/** All that is known about one cause. */
export function joinJudgements(judgements: Judgements): Judgement {
  const witnessed = joinWitnessed(judgements);
  return witnessed === null ? judgements.fromProbes : join(witnessed, judgements.fromProbes, 'expected');
}

/** Judgements of real events, apart from those by settings and probes. An experiment is later than the traffic and logs before it. */
export function joinWitnessed({ fromSeen, fromExperiment }: Omit<Judgements, 'fromProbes'>): Judgement | null {
  return joinLater(fromExperiment, fromSeen);
}

/** Two judgements of a state that may have changed between them. */
export function joinLater(later: Judgement | null, earlier: Judgement | null): Judgement | null {
  return later === null || earlier === null ? (later ?? earlier) : join(later, earlier, 'earlier');
}

/**
 * How the weaker of two judgements relates to the stronger one. `expected`: it is the prediction by settings and probes, and the stronger
 * one is an observation; if they contradict each other, one of them is wrong. `earlier`: it is older, and both may be right.
 */
type Relation = 'expected' | 'earlier';

/** The state that two judgements make: rows are the stronger judgement, columns the weaker one. */
const JOINED: Readonly<Record<State, Readonly<Record<State, State | Readonly<Record<Relation, State>>>>>> = {
  confirmed: {
    confirmed: 'confirmed',
    likely: 'confirmed',
    possible: 'confirmed',
    'ruled-out': 'confirmed',
    unknown: 'confirmed',
  },
  likely: {
    confirmed: 'confirmed',
    likely: 'likely',
    possible: 'likely',
    'ruled-out': { expected: 'possible', earlier: 'likely' },
    unknown: 'likely',
  },
  possible: {
    confirmed: 'confirmed',
    likely: 'likely',
    possible: 'possible',
    'ruled-out': 'possible',
    unknown: 'possible',
  },
  'ruled-out': {
    confirmed: { expected: 'possible', earlier: 'ruled-out' },
    likely: { expected: 'possible', earlier: 'ruled-out' },
    possible: 'ruled-out',
    'ruled-out': 'ruled-out',
    unknown: 'ruled-out',
  },
  unknown: {
    confirmed: 'confirmed',
    likely: 'likely',
    possible: 'possible',
    'ruled-out': 'ruled-out',
    unknown: 'unknown',
  },
};

function join(stronger: Judgement, weaker: Judgement, relation: Relation): Judgement {
  const cell = JOINED[stronger.state][isHeard(weaker, stronger) ? 'ruled-out' : weaker.state];
  const state = typeof cell === 'string' ? cell : cell[relation];
  const isUnfound = state === 'unknown' && (stronger.isUnfound === true || weaker.isUnfound === true);
  return { state, ...evidenceOf(stronger, weaker, relation), ...(isUnfound ? { isUnfound } : {}) };
}

/** Own requests that met nothing of a cause make one that was seen less sure; by themselves they rule nothing out. */
function isHeard({ isUnfound }: Judgement, stronger: Judgement): boolean {
  return isUnfound === true && stronger.state !== 'unknown';
}

/** Which statements stay: none that decides nothing beside one that does, and none that only repeats what is known for sure. */
function evidenceOf(stronger: Judgement, weaker: Judgement, relation: Relation): Pick<Judgement, 'because' | 'hosts'> {
  if (stronger.state === 'unknown') return both(weaker, stronger);
  if (weaker.state === 'unknown' && weaker.isUnfound !== true) return stronger;
  const isContradicted = speaksAgainst(stronger) !== speaksAgainst(weaker);
  switch (relation) {
    case 'expected':
      return !isContradicted && isSurer(stronger, weaker) ? stronger : both(stronger, weaker);
    case 'earlier':
      return both(stronger, isContradicted ? asEarlier(weaker) : weaker);
  }
}

function speaksAgainst({ state, isUnfound }: Judgement): boolean {
  return state === 'ruled-out' || isUnfound === true;
}

function isSurer({ state }: Judgement, other: Judgement): boolean {
  return STATES.indexOf(state) < STATES.indexOf(other.state);
}

function asEarlier(judgement: Judgement): Judgement {
  return { ...judgement, because: judgement.because.map((statement) => sayCommon('earlier', { statement })) };
}

function both(first: Judgement, second: Judgement): Pick<Judgement, 'because' | 'hosts'> {
  return {
    because: distinct([...first.because, ...second.because]),
    hosts: [...new Set([...(first.hosts ?? []), ...(second.hosts ?? [])])],
  };
}
