import { defineCheck } from '../src/core/check.ts';
import { unreachedBecause } from '../src/core/model/pms-status.ts';

export default defineCheck({
  id: 'token-missing',
  title: 'PMS answers only with a token',
  why: 'Without a token, PMS only tells its version and whether it is claimed: sign-in, libraries and providers stay unknown.',
  remedy: '{advice}.',
  severity: 'info',
  needs: ['pmsStatus'],
  messages: {
    missing: 'PMS does not report its state without a token: {told}.',
    refused: 'PMS does not accept the token (from: {from}).',
    unreached: 'PMS was not reached, with or without a token.',
    'not-needed': 'PMS answers without a token.',
    accepted: 'PMS accepts the token (from: {from}).',
  },
  evaluate({ pmsStatus }, say) {
    const { troubles, tokenFrom: from } = pmsStatus;
    if (unreachedBecause(pmsStatus) !== null) return say('not-applicable', 'unreached', {});
    const isRefused = troubles.some(({ code }) => code === 'UNAUTHORIZED' || code === 'FORBIDDEN');
    if (from !== null) {
      return isRefused
        ? say('warn', 'refused', { from, advice: 'Give a token of the owner of this server by --token-file' })
        : say('pass', 'accepted', { from });
    }
    if (!isRefused) return say('pass', 'not-needed', {});
    const told = troubles.find(({ call }) => call === 'token')?.message ?? 'no token was found';
    return say('warn', 'missing', {
      told,
      advice: 'Run this as root or as the user of PMS, or give a token by --token-file or in the variable PLEX_TOKEN',
    });
  },
});
