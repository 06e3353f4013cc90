import { defineCheck } from '../src/core/check.ts';
import { pmsWays, refusedByPmsBundle } from '../src/core/pms-way.ts';

export default defineCheck({
  id: 'certificate-not-accepted-by-pms',
  title: "PMS's own bundle does not accept a certificate that public roots accept",
  why: 'PMS verifies against the roots that it brings along. A root that was added to this machine, or one that is newer than PMS, counts for nothing there.',
  remedy: 'Exclude {host} from TLS inspection on the way PMS takes, or update PMS if "{anchor}" is a new public root.',
  severity: 'high',
  needs: ['results', 'routing'],
  supersededBy: ['certificate-swapped'],
  causes: ['tls-intercepted'],
  messages: {
    refused: '{host} presents a chain up to "{anchor}", which the bundle of PMS does not hold.',
    accepted: "PMS's own bundle accepts every certificate on the way PMS takes.",
    'no-bundle': "No certificate was held against a bundle of PMS's own.",
  },
  evaluate({ results, routing }, say) {
    const ways = pmsWays(results, routing);
    const refused = ways.filter(refusedByPmsBundle).map((way) => {
      const anchor = way.attempts[way.decision.route].find(({ tls }) => tls !== null)?.tls?.anchor.subject ?? 'unknown';
      const { host, need, id } = way.result;
      return say(need === 'scan' ? 'fail' : 'warn', 'refused', { host, anchor }, id);
    });
    if (refused.length > 0) return refused;
    const asked = ways.some((way) => way.attempts[way.decision.route].some(({ tls }) => tls?.trustedByPms === true));
    return asked ? say('pass', 'accepted', {}) : say('not-applicable', 'no-bundle', {});
  },
});
