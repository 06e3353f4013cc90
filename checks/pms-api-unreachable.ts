import { defineCheck } from '../src/core/check.ts';
import { unreachedBecause } from '../src/core/model/pms-status.ts';

export default defineCheck({
  id: 'pms-api-unreachable',
  title: 'PMS does not answer questions about itself',
  why: 'Only PMS knows its sign-in state, its libraries and the state of its providers. Without its answer, these causes of the scan condition stay open.',
  remedy: 'Check whether PMS serves {base}, or give the right address with --pms.',
  severity: 'medium',
  needs: ['pmsStatus'],
  messages: {
    'not-listening': 'No server listens at {base}: PMS is down or still starting, or serves another address.',
    silent: 'The server at {base} does not answer: {told}.',
    'not-pms': 'The server at {base} is not Plex Media Server.',
    untrusted: 'The server at {base} did not prove to be PMS, so no token was sent to it: {told}.',
    failed: 'PMS could not be asked at {base}: {told}.',
    interrupted: 'PMS was not asked: interrupted.',
    answers: 'PMS answers at {base}.',
  },
  evaluate({ pmsStatus }, say) {
    const trouble = unreachedBecause(pmsStatus);
    const { base } = pmsStatus;
    if (trouble === null) return say('pass', 'answers', { base });
    const { code, message: told } = trouble;
    if (code === 'INTERRUPTED') return say('not-applicable', 'interrupted', {});
    if (code === 'PMS_NOT_LISTENING') return say('warn', 'not-listening', { base });
    if (code === 'NOT_PMS') return say('warn', 'not-pms', { base });
    if (code === 'TIMEOUT') return say('warn', 'silent', { base, told });
    return say('warn', code === 'TLS_UNTRUSTED' ? 'untrusted' : 'failed', { base, told });
  },
});
