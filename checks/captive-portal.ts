import { defineCheck } from '../src/core/check.ts';
import { OUTCOME } from '../src/core/model/outcome.ts';
import { gravityOf, pmsWays } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'captive-portal',
  title: 'Another server answers instead of an endpoint',
  why: "A captive portal or block page answers plain HTTP requests itself. PMS takes that page for the endpoint's answer.",
  remedy: 'Sign in at the portal, or exempt this host from it, so that {host} answers itself on the {route} route.',
  severity: 'high',
  needs: ['results', 'routing'],
  supersededBy: ['certificate-swapped'],
  messages: {
    captured: 'Another server answers for {host} on the {route} route ({code}, {redirect}).',
    'other-route': 'Another server answers for {host} on the {route} route, which PMS does not use for it.',
    none: 'No other server answers for an endpoint.',
    unanswered: 'No endpoint answered.',
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
        return [
          say(
            gravityOf(way, route),
            'captured',
            { host, route, code: on.code ?? OUTCOME[on.outcome].words, redirect },
            id,
          ),
        ];
      }),
    );
    if (found.length > 0) return found;
    const answered = results.some(({ attempts }) => [...attempts.direct, ...attempts.proxy].some(({ http }) => http));
    return answered ? say('pass', 'none', {}) : say('not-applicable', 'unanswered', {});
  },
});
