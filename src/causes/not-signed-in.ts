import { defineCause } from '../core/diagnose/cause.ts';
import { joinLater, type Judgement } from '../core/diagnose/judgement.ts';
import { lastLogged, stateUntold } from '../core/diagnose/kept-state.ts';
import type { SeenScene } from '../core/diagnose/seen-scene.ts';
import { nameList } from '../core/judge/pms-way.ts';
import { isRefusal, namesSignIn } from '../core/model/experiment.ts';
import { isSignedIn, musicOf, needsNoEndpoint, SIGN_IN_HOST, type PmsStatus } from '../core/model/pms-status.ts';
import type { Say } from '../core/words/message.ts';
import { describeScan } from '../core/words/scans.ts';

const messages = {
  state: 'PMS says that its sign-in is "{state}"',
  unclaimed: 'PMS says that it is unclaimed, so it is not signed in',
  'no-library-needs-it': 'no library here needs a sign-in',
  'music-refused': 'PMS refuses a music library ({libraries}) without a sign-in',
  'harm-unproven': 'this is not proven to stop a library without music',
  logged: 'last sign-in state in PMS\'s log: "{state}"[ ({at})]',
  'answered-401': "according to PMS's log, {host} answered 401 (not authorized) {count:once|# times}[, last at {at}]",
  'no-token': 'PMS asked {host} without a token, as a server does that is not claimed[ ({at})]',
} as const;

export default defineCause({
  id: 'not-signed-in',
  rank: 70,
  title: 'PMS is not signed in',
  why: 'PMS signs in before any scan and refuses to refresh a music library without a sign-in. It then sends no request during the scan.',
  judgedBy:
    "PMS reports its state over its own HTTP API, and its log holds the last state before. Confirmed when PMS is not signed in and has a music library, or also refused a scan; likely when PMS does not list its libraries, or when only its log says so; possible for other libraries. PMS's answer now outranks its log.",
  remedy:
    'Once PMS can reach plex.tv, restart PMS or sign in again, and check the state under Settings > General: PMS keeps the state from its start.',
  commands: ({ restart }) => restart,
  keptSinceAsking: SIGN_IN_HOST,
  messages,

  /** Without a sign-in, PMS refuses before it attempts a connection. */
  couldStop() {
    return true;
  },

  fromProbes: stateUntold,

  fromSeen(scene, say) {
    const logged = lastLogged(scene, {
      kind: 'sign-in',
      isGood: (value) => /^(ok|signed.?in)$/i.test(value),
      describe: ({ value, at }) => say('logged', { state: value, at }),
    });
    return joinLater(scene.pmsStatus && signInNow(scene.pmsStatus, say), logged ?? unauthorized(scene, say));
  },

  /** PMS's own reason for a refusal decides. */
  fromExperiment({ experiment }) {
    const refusals = experiment.scans.filter(isRefusal);
    const named = refusals.filter(namesSignIn);
    if (named.length > 0) return { state: 'confirmed', because: named.map(describeScan) };
    const taken = experiment.scans.filter(({ library, end }) => library.type === 'artist' && end === 'finished');
    return refusals.length === 0 && taken.length > 0 ? { state: 'ruled-out', because: taken.map(describeScan) } : null;
  },
});

/** A log rarely names the state; plex.tv's answers and an empty token tell it too. null: they do not. */
function unauthorized({ pmsLog }: SeenScene, say: Say<typeof messages>): Judgement | null {
  const refused = (pmsLog?.requests ?? []).filter(({ host, status }) => host === SIGN_IN_HOST && status === 401);
  const token = pmsLog?.states.findLast(({ kind }) => kind === 'token');
  const because = [
    ...(refused.length === 0
      ? []
      : [
          say('answered-401', {
            host: SIGN_IN_HOST,
            count: refused.reduce((sum, { count }) => sum + count, 0),
            at:
              refused
                .flatMap(({ lastAt }) => lastAt ?? [])
                .toSorted()
                .at(-1) ?? null,
          }),
        ]),
    ...(token?.value === 'none' ? [say('no-token', { host: SIGN_IN_HOST, at: token.at })] : []),
  ];
  // A token of a user of PMS can be refused too, and the state may have changed since.
  return because.length === 0 ? null : { state: because.length > 1 ? 'likely' : 'possible', because };
}

/** PMS's answer to the question about its sign-in; null: it did not say. */
function signInNow(status: PmsStatus, say: Say<typeof messages>): Judgement | null {
  const signedIn = isSignedIn(status);
  if (signedIn === null) return null;
  const { signIn, sections } = status;
  const said = signIn === null ? say('unclaimed') : say('state', { state: signIn });
  if (signedIn) return { state: 'ruled-out', because: [said] };
  if (sections === null) return { state: 'likely', because: [said] };
  if (needsNoEndpoint(sections)) return { state: 'ruled-out', because: [said, say('no-library-needs-it')] };
  const music = musicOf(sections).map(({ id }) => id);
  // Plex documents this refusal for libraries of music alone (developer.plex.tv/pms, POST /library/sections/refresh).
  return music.length > 0
    ? { state: 'confirmed', because: [said, say('music-refused', { libraries: nameList(music) })] }
    : { state: 'possible', because: [said, say('harm-unproven')] };
}
