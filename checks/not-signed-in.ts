import { defineCheck } from '../src/core/check.ts';
import { isSignedIn, musicOf, needsNobody } from '../src/core/pms-status.ts';

export default defineCheck({
  id: 'not-signed-in',
  title: 'PMS says that it is not signed in',
  why: 'PMS refuses to refresh a library of music while it is not signed in, and keeps a sign-in that failed until it is restarted or signed in again, also when the network has been mended since.',
  remedy: 'Mend the way to plex.tv, then restart PMS, or sign in under Settings > General of PMS (now: {state}).',
  severity: 'high',
  needs: ['pmsStatus'],
  causes: ['not-signed-in'],
  messages: {
    music:
      'PMS is not signed in (it says "{state}") and has libraries of music ({count}), which it refuses to refresh without.',
    'no-music': 'PMS is not signed in (it says "{state}"); that this stops a scan without music is not proven.',
    'not-needed': 'PMS is not signed in, and no library here needs it to be.',
    untold: 'Whether PMS is signed in, it did not say.',
    'signed-in': 'PMS is signed in.',
  },
  evaluate({ pmsStatus }, say) {
    const { sections, signIn } = pmsStatus;
    const signedIn = isSignedIn(pmsStatus);
    const state = signIn ?? 'not claimed';
    if (signedIn === null) return say('not-applicable', 'untold', {});
    if (signedIn) return say('pass', 'signed-in', {});
    if (needsNobody(sections)) return say('not-applicable', 'not-needed', {});
    const count = musicOf(sections ?? []).length;
    return count > 0 ? say('fail', 'music', { state, count }) : say('warn', 'no-music', { state });
  },
});
