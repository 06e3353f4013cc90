import { isOfKind, type Route } from '../model/outcome.ts';
import { METADATA_HOST, SIGN_IN_HOST } from '../model/pms-status.ts';
import type { PmsLog, PmsRequest, PmsScan, PmsState, PmsWarning } from '../model/traffic.ts';
import { CURLE_COULDNT_RESOLVE_HOST } from '../model/traffic.ts';
import { coversName } from './traffic/flows.ts';
import { usability, usableByPms, type PmsWay } from './pms-way.ts';

/** Tells what of a log is over: a trouble that something later contradicts was there, and is no more. */

/** Why a trouble is past. `probe`: this tool got through since, by the routes that the attempt can have taken. */
export type PastBecause =
  | { readonly kind: 'answered' | 'changed' | 'accepted' | 'started'; readonly at: string }
  | { readonly kind: 'probe'; readonly routes: readonly Route[]; readonly at: string };

export type Standing = { readonly state: 'present' } | { readonly state: 'past'; readonly because: PastBecause };

export interface Judged<T> {
  readonly event: T;
  readonly standing: Standing;
}

export interface Standings {
  /** Requests that failed or that a status above 399 answered. */
  readonly failures: readonly Judged<PmsRequest>[];
  readonly states: readonly Judged<PmsState>[];
  /** Refused scans. */
  readonly refusals: readonly Judged<PmsScan>[];
}

const PRESENT: Standing = { state: 'present' };

/** `ways` are probes from PMS's own network; those from elsewhere contradict nothing and are to be left out. */
export function standingsOf(log: PmsLog, ways: readonly PmsWay[] = []): Standings {
  return {
    failures: log.requests
      .filter(isFailedRequest)
      .map((event) => ({ event, standing: standingOfRequest(event, log, ways) })),
    states: log.states.map((event) => ({ event, standing: standingOfState(event, log) })),
    refusals: log.scans
      .filter(({ kind }) => kind === 'refused')
      .map((event) => ({ event, standing: standingOfRefusal(event, log, ways) })),
  };
}

/** The log without what is past: that confirms nothing any more. */
export function presentOf(log: PmsLog, ways: readonly PmsWay[]): PmsLog {
  const { failures, states, refusals } = standingsOf(log, ways);
  const all: readonly Judged<object>[] = [...failures, ...states, ...refusals];
  const gone = new Set(all.flatMap(({ event, standing }) => (standing.state === 'past' ? [event] : [])));
  const isLeft = (event: object): boolean => !gone.has(event);
  return {
    ...log,
    requests: log.requests.filter(isLeft),
    states: log.states.filter(isLeft),
    scans: log.scans.filter(isLeft),
    warnings: (log.warnings ?? []).filter((warning) => !isPastWarning(warning, log)),
  };
}

/**
 * Failures of PMS of a moment ago that only a probe of this tool speaks against, and that a proxy or a filter may keep for PMS alone: a
 * refusal, or an end of what had come about. A network that was not there yet treats all alike.
 */
export function doubtedOf(log: PmsLog, ways: readonly PmsWay[]): readonly PmsRequest[] {
  return standingsOf(log, ways).failures.flatMap(({ event, standing }) =>
    standing.state === 'past' &&
    standing.because.kind === 'probe' &&
    isOfKind(event.outcome, 'proxy-refusal', 'proxy-failure', 'impostor', 'distrust', 'breakage') &&
    isMomentBefore(event.lastAt, standing.because.at)
      ? [event]
      : [],
  );
}

/**
 * Whether a log tells of trouble with the network and of its end: requests stayed unanswered or scans were refused, and later the same was
 * answered or accepted. A new start of PMS alone ends a trouble without showing that it is well since.
 */
export function isTroubleOver(log: PmsLog): boolean {
  const { failures, refusals } = standingsOf(log);
  const troubles = [...failures.filter(({ event }) => isUnanswered(event)), ...refusals];
  return (
    troubles.length > 0 && troubles.every(({ standing }) => standing.state === 'past' && isShownWell(standing.because))
  );
}

function isShownWell({ kind }: PastBecause): boolean {
  return kind !== 'started';
}

/** A request without an answer, or with one that says no. A request without an end in the log did not fail. */
function isFailedRequest(request: PmsRequest): boolean {
  return isUnanswered(request) || (request.status !== null && request.status >= 400);
}

export function standingOfRequest(failure: PmsRequest, log: PmsLog, ways: readonly PmsWay[] = []): Standing {
  const answers = log.requests.filter((request) => contradicts(request, failure)).map(({ lastAt }) => lastAt);
  const answered = newestAfter(failure.lastAt, answers);
  if (answered !== null) return past({ kind: 'answered', at: answered });
  return startedSince(failure.lastAt, log) ?? probedSince(failure, ways) ?? PRESENT;
}

function standingOfState(state: PmsState, log: PmsLog): Standing {
  const later = log.states.filter((other) => subjectOf(other) === subjectOf(state)).map(({ at }) => at);
  const changed = newestAfter(state.at, later);
  return changed === null ? (startedSince(state.at, log) ?? PRESENT) : past({ kind: 'changed', at: changed });
}

/** A scan of all sections that was accepted speaks of each of them. A refusal is over with the failed requests that it follows from. */
function standingOfRefusal(refusal: PmsScan, log: PmsLog, ways: readonly PmsWay[]): Standing {
  const later = log.scans
    .filter(({ kind, section }) => kind === 'started' && (section === null || section === refusal.section))
    .map(({ at }) => at);
  const accepted = newestAfter(refusal.at, later);
  if (accepted !== null) return past({ kind: 'accepted', at: accepted });
  const reasons = log.requests
    .filter((each) => isUnanswered(each) && isOfScans(each) && isShortlyBefore(each.lastAt, refusal.at))
    .map((request) => standingOfRequest(request, log, ways));
  const present = reasons.find(({ state }) => state === 'present');
  return startedSince(refusal.at, log) ?? present ?? reasons[0] ?? PRESENT;
}

/** A new start of PMS begins without it: what lasts is written again. */
export function isPastWarning({ lastAt }: PmsWarning, log: PmsLog): boolean {
  return startedSince(lastAt, log) !== null;
}

function past(because: PastBecause): Standing {
  return { state: 'past', because };
}

function isUnanswered({ error, curl }: PmsRequest): boolean {
  return error !== null || curl !== null;
}

/**
 * An answer to the same family of processes from the same place. A plain 403 or 503 can be the proxy's own, so only a success
 * contradicts where nothing is encrypted, as it does where a status was the trouble. An answer to a request without
 * an account does not contradict a 401.
 */
function contradicts(answer: PmsRequest, failure: PmsRequest): boolean {
  if (answer.status === null || answer.host !== failure.host || answer.port !== failure.port) return false;
  if (familyOf(answer.log) !== familyOf(failure.log)) return false;
  if (failure.status === 401 && failure.scheme === 'https') return false;
  return answer.status < 400 || (answer.scheme === 'https' && isUnanswered(failure));
}

const SCANNER = 'Plex Media Scanner';

/** Each kind of scanner has a log of its own, and all are one program. */
function familyOf(log: string): string {
  return log.startsWith(SCANNER) ? SCANNER : log;
}

/** `tv.plex.provider.metadata online` is about that provider; the other kinds have one subject. */
function subjectOf({ kind, value }: PmsState): string {
  return kind === 'provider' || kind === 'provider-map' ? `${kind} ${value.replace(/\s\S+$/, '')}` : kind;
}

function startedSince(at: string | null, { starts = [] }: PmsLog): Standing | null {
  const started = newestAfter(
    at,
    starts.map((start) => start.at),
  );
  return started === null ? null : past({ kind: 'started', at: started });
}

function probedSince(failure: PmsRequest, ways: readonly PmsWay[]): Standing | null {
  const way = ways.find(({ endpoint }) => endpoint.port === failure.port && coversName(endpoint, failure.host));
  if (way === undefined || !isUnanswered(failure)) return null;
  const routes = possibleRoutes(failure, way.decision.route);
  const answers = routes.flatMap((route) => answeredSince(failure.lastAt, way, route) ?? []);
  const [at] = answers.toSorted();
  return at !== undefined && answers.length === routes.length ? past({ kind: 'probe', routes, at }) : null;
}

/**
 * The routes that a failed attempt can have taken. A name that PMS's host could not resolve was asked for by a client that
 * connects by itself, unless it was the name of the proxy. The scanner and plug-ins may ignore the settings that PMS keeps.
 */
function possibleRoutes({ route = null, outcome, log, curl }: PmsRequest, configured: Route): readonly Route[] {
  if (route !== null) return [route];
  if (outcome === 'unresolved')
    return curl === CURLE_COULDNT_RESOLVE_HOST ? ['direct'] : [...new Set([configured, 'direct'] as const)];
  return log === 'Plex Media Server' || configured === 'direct' ? [configured] : [configured, 'direct'];
}

/** The newest answer of a route to a probe. */
function answeredSince(at: string | null, way: PmsWay, route: Route): string | null {
  const usable = route === way.decision.route ? usableByPms(way) : usability(way.result[route]);
  // An answer that PMS would not have had contradicts nothing.
  const answers = way.attempts[route].map(({ outcome, http, deniedAsPms = false }) =>
    outcome === 'ok' && !deniedAsPms ? (http?.receivedAt ?? null) : null,
  );
  return usable === 'usable' ? newestAfter(at, answers) : null;
}

function newestAfter(at: string | null, others: readonly (string | null)[]): string | null {
  const later = others.flatMap((other) => (other !== null && isAfter(other, at) ? [other] : []));
  return later.toSorted().at(-1) ?? null;
}

/** Zones lie between 12 hours west and 14 hours east of Greenwich. */
const WEST_MS = 12 * 3_600_000;
const EAST_MS = 14 * 3_600_000;

/** Surely later: a time without a zone can be any within the zones of the world. Two without one are of one clock. */
function isAfter(later: string, earlier: string | null): boolean {
  if (earlier === null) return false;
  const [a, b] = [isZoned(later), isZoned(earlier)];
  if (!a && !b) return later > earlier;
  return utcMs(later) - (a ? 0 : EAST_MS) > utcMs(earlier) + (b ? 0 : WEST_MS);
}

/** Requests that PMS may refuse a scan for. */
function isOfScans({ log, host }: PmsRequest): boolean {
  return familyOf(log) === SCANNER || host === SIGN_IN_HOST || host === METADATA_HOST;
}

/** A scanner works for this long at most before PMS refuses the scan for its sake. */
const REFUSED_WITHIN_MS = 120_000;
/** A line may be written a little later than what it tells of. */
const WRITTEN_WITHIN_MS = 2_000;

/** Two times of one clock, in the order of a cause and its consequence. */
function isShortlyBefore(at: string | null, event: string | null): boolean {
  if (at === null || event === null || isZoned(at) !== isZoned(event)) return false;
  const ms = utcMs(event) - utcMs(at);
  return -WRITTEN_WITHIN_MS <= ms && ms <= REFUSED_WITHIN_MS;
}

/** Within this time a proxy or a filter is hardly changed. */
const MOMENT_MS = 300_000;

/** Times of two clocks: where one has no zone, only more than a day makes one surely later. */
function isMomentBefore(at: string | null, later: string): boolean {
  return at !== null && isZoned(at) === isZoned(later) && utcMs(later) - utcMs(at) <= MOMENT_MS;
}

function isZoned(time: string): boolean {
  return time.endsWith('Z');
}

function utcMs(time: string): number {
  return Date.parse(isZoned(time) ? time : `${time}Z`);
}
