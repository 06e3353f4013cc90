import { defineCheck } from '../src/core/check.ts';
import { pmsWays, refusedByPmsBundle } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'certificate-not-accepted-by-pms',
  title: "PMS's own bundle does not accept a certificate that public roots accept",
  why: 'PMS verifies against the roots in its own bundle. It ignores roots that were added to this machine or are newer than PMS.',
  remedy:
    'Exclude {host} from TLS inspection on the route that PMS uses, or update PMS if "{anchor}" is a new public root.',
  severity: 'high',
  needs: ['results', 'routing'],
  supersededBy: ['certificate-swapped'],
  causes: ['tls-intercepted'],
  messages: {
    refused: '{host} presents a chain up to "{anchor}", which PMS\'s bundle does not contain.',
    accepted: "PMS's own bundle accepts every certificate on the routes that PMS uses.",
    'no-bundle': "No certificate was verified against PMS's own bundle.",
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
