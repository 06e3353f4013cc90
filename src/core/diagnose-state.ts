import { STATES, type Judgement } from './judgement.ts';
import {
  isProviderOnline,
  isSignedIn,
  METADATA_HOST,
  METADATA_PROVIDER,
  musicOf,
  needsNobody,
  unreachedBecause,
  type Library,
  type PmsStatus,
} from './pms-status.ts';

/** What PMS itself says about the states that it decided earlier, for the causes that nothing else can decide. */

/** PMS's answer to the question about its sign-in; null: it did not say. */
export function signInNow(status: PmsStatus): Judgement | null {
  const signedIn = isSignedIn(status);
  if (signedIn === null) return null;
  const because = [
    status.signIn === null
      ? 'PMS says that nobody has claimed it: it is not signed in'
      : `PMS says that its sign-in is "${status.signIn}"`,
  ];
  if (signedIn) return { state: 'ruled-out', because };
  const { sections } = status;
  if (sections === null) return { state: 'likely', because };
  if (needsNobody(sections)) return { state: 'ruled-out', because: [...because, 'no library here needs a sign-in'] };
  const music = musicOf(sections);
  // Plex documents this refusal for libraries of music alone (developer.plex.tv/pms, POST /library/sections/refresh).
  return music.length > 0
    ? { state: 'confirmed', because: [...because, `a library of music (${idsOf(music)}) is refused without one`] }
    : { state: 'possible', because: [...because, 'that this stops a library without music is not proven'] };
}

/** The same about its metadata provider. */
export function providerNow(status: PmsStatus): Judgement | null {
  const online = isProviderOnline(status);
  if (online === null)
    return status.providers === null ? null : { state: 'unknown', because: [tellListed(status.providers)] };
  const because = [`PMS says that its metadata provider is ${online ? 'online' : 'offline'}`];
  if (online) return { state: 'ruled-out', because };
  const needing = status.sections?.filter(({ needs }) => needs === 'provider') ?? null;
  if (needing?.length === 0)
    return { state: 'ruled-out', because: [...because, 'no library here has an agent that needs it'] };
  return {
    state: 'likely',
    because: needing === null ? because : [...because, `it is needed by the agent of library ${idsOf(needing)}`],
    hosts: [METADATA_HOST],
  };
}

function tellListed(providers: NonNullable<PmsStatus['providers']>): string {
  const isListed = providers.some(({ identifier }) => identifier.startsWith(METADATA_PROVIDER));
  return `PMS's list of providers ${isListed ? 'names' : 'does not name'} the metadata provider; what that says about its being online is not known`;
}

/** Why PMS's answers do not decide. */
export function tellUntold(status: PmsStatus): string {
  const unreached = unreachedBecause(status);
  if (unreached !== null) return `PMS could not be asked: ${unreached.message}`;
  const [trouble] = status.troubles;
  return trouble === undefined
    ? 'PMS was asked and does not say'
    : `PMS was asked and does not say: ${trouble.message}`;
}

function idsOf(libraries: readonly Library[]): string {
  const ids = libraries.map(({ id }) => id);
  return ids.length > 6 ? `${ids.slice(0, 6).join(', ')} and ${ids.length - 6} more` : ids.join(', ');
}

/** The state of now outranks the last word of a log, which may be older; where they contradict each other, both are told. */
export function joinStates(now: Judgement | null, logged: Judgement | null): Judgement | null {
  if (now === null || logged === null) return now ?? logged;
  if (logged.state === 'unknown') return now;
  if (now.state === 'unknown') return { ...logged, because: [...logged.because, ...now.because] };
  const isSame = (now.state === 'ruled-out') === (logged.state === 'ruled-out');
  return {
    ...now,
    state: isSame && STATES.indexOf(logged.state) < STATES.indexOf(now.state) ? logged.state : now.state,
    because: [...now.because, ...logged.because.map((told) => (isSame ? told : `it was otherwise before: ${told}`))],
  };
}
