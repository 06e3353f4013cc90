import { defineCheck, TROUBLES_OF_THE_WAY } from '../src/core/check.ts';
import { isSignedIn, musicOf, needsNoEndpoint, SIGN_IN_HOST } from '../src/core/model/pms-status.ts';

export default defineCheck({
  id: 'not-signed-in',
  title: 'PMS says that it is not signed in',
  why: 'PMS refuses to refresh a music library while it is not signed in. After a failed sign-in it stays signed out until a restart or a new sign-in, even when the network works again.',
  remedy: 'Restore access to plex.tv, then restart PMS, or sign in under Settings > General of PMS (now: {state}).',
  severity: 'high',
  needs: ['pmsStatus'],
  supersededBy: TROUBLES_OF_THE_WAY,
  causes: ['not-signed-in'],
  messages: {
    music:
      'PMS is not signed in (it says "{state}") and refuses to refresh its {count} music libraries without a sign-in.',
    'no-music': 'PMS is not signed in (it says "{state}"); this is not proven to stop scans without music.',
    'not-needed': 'PMS is not signed in, and no library here needs a sign-in.',
    untold: 'PMS did not say whether it is signed in.',
    'signed-in': 'PMS is signed in.',
  },
  evaluate({ pmsStatus }, say) {
    const { sections, signIn } = pmsStatus;
    const signedIn = isSignedIn(pmsStatus);
    const state = signIn ?? 'not claimed';
    if (signedIn === null) return say('not-applicable', 'untold', {});
    if (signedIn) return say('pass', 'signed-in', {});
    if (needsNoEndpoint(sections)) return say('not-applicable', 'not-needed', {});
    const count = musicOf(sections ?? []).length;
    return count > 0
      ? say('fail', 'music', { state, count }, SIGN_IN_HOST)
      : say('warn', 'no-music', { state }, SIGN_IN_HOST);
  },
});
