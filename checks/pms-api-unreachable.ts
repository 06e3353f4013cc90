import { defineCheck } from '../src/core/check.ts';
import { unreachedBecause } from '../src/core/pms-status.ts';

export default defineCheck({
  id: 'pms-api-unreachable',
  title: 'PMS does not answer questions about itself',
  why: 'Only PMS knows whether it is signed in, which libraries it has and how its providers stand. Without its answer these causes of the scan condition stay open.',
  remedy: 'Look whether PMS serves {base}, or name the right address with --pms.',
  severity: 'medium',
  needs: ['pmsStatus'],
  messages: {
    'not-listening': 'Nothing listens at {base}: PMS is down or still starting, or serves another address.',
    silent: 'What listens at {base} does not answer: {told}.',
    'not-pms': 'What answers at {base} is not Plex Media Server.',
    untrusted: 'What answers at {base} could not prove to be PMS, and was told nothing: {told}.',
    failed: 'PMS could not be asked at {base}: {told}.',
    interrupted: 'PMS was not asked: interrupted.',
    answers: 'PMS answers at {base}.',
  },
  evaluate({ pmsStatus }, say) {
    const trouble = unreachedBecause(pmsStatus);
    const { base } = pmsStatus;
    if (trouble === null) return say('pass', 'answers', { base });
    const { code, message: told } = trouble;
    switch (code) {
      case 'INTERRUPTED':
        return say('not-applicable', 'interrupted', {});
      case 'PMS_NOT_LISTENING':
        return say('warn', 'not-listening', { base });
      case 'NOT_PMS':
        return say('warn', 'not-pms', { base });
      case 'TIMEOUT':
        return say('warn', 'silent', { base, told });
      case 'TLS_UNTRUSTED':
        return say('warn', 'untrusted', { base, told });
      default:
        return say('warn', 'failed', { base, told });
    }
  },
});
