import { defineCheck } from '../src/core/check.ts';
import { gravityOf, pmsWays } from '../src/core/pms-way.ts';

export default defineCheck({
  id: 'captive-portal',
  title: 'Something answers in the place of an endpoint',
  why: 'A captive portal or a block page answers every request over plain HTTP itself. PMS takes the page for the answer of the endpoint.',
  remedy: 'Sign in at the portal, or exempt this host from it, so that {host} answers itself on the {route} route.',
  severity: 'high',
  needs: ['results', 'routing'],
  supersededBy: ['certificate-swapped'],
  messages: {
    captured: '{host} is answered by something else on the {route} route ({code}, {redirect}).',
    'other-route': 'Something answers in the place of {host} on the {route} route, which PMS does not take for it.',
    none: 'No endpoint is answered by something else.',
    unanswered: 'No endpoint was answered at all.',
  },
  evaluate({ results, routing }, say) {
    const found = pmsWays(results, routing).flatMap((way) =>
      (['direct', 'proxy'] as const).flatMap((route) => {
        const { host, id } = way.result;
        const on = way.result[route];
        if (on?.outcome !== 'captive') return [];
        if (way.decision.route !== route) return [say('pass', 'other-route', { host, route }, id)];
        const elsewhere = way.attempts[route].find((a) => a.http?.redirectHost)?.http?.redirectHost;
        const redirect = elsewhere ? `redirect to ${elsewhere}` : 'no redirect';
        return [say(gravityOf(way, route), 'captured', { host, route, code: on.code ?? 'captive', redirect }, id)];
      }),
    );
    if (found.length > 0) return found;
    const answered = results.some(({ attempts }) => [...attempts.direct, ...attempts.proxy].some(({ http }) => http));
    return answered ? say('pass', 'none', {}) : say('not-applicable', 'unanswered', {});
  },
});
