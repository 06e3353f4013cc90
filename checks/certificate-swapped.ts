import { defineCheck } from '../src/core/check.ts';
import { ROUTES } from '../src/core/outcome.ts';
import { gravityOf, nameList, pmsWays } from '../src/core/pms-way.ts';

export default defineCheck({
  id: 'certificate-swapped',
  title: 'Somebody on the way presents a certificate of their own',
  why: 'PMS accepts nobody in the middle of its TLS connections: it verifies against its own roots and gives up.',
  remedy: 'Exclude {host} from TLS inspection on the {route} route (Squid: splice it instead of bumping it).',
  severity: 'high',
  needs: ['results', 'routing'],
  causes: ['tls-intercepted'],
  messages: {
    swapped: '{host}: the certificate on the {route} route is issued by "{issuer}", which no public root vouches for.',
    'other-route': '{host}: the certificate on the {route} route, which PMS does not take, is issued by "{issuer}".',
    none: 'No endpoint is answered with a certificate of somebody in the middle.',
    unseen: 'No endpoint presented a certificate on either route.',
  },
  evaluate({ results, routing }, say) {
    const swapped = pmsWays(results, routing).flatMap((way) =>
      ROUTES.filter((route) => way.result[route]?.outcome === 'intercepted').map((route) => ({
        way,
        route,
        issuer: way.result[route]?.attempts.find((a) => a.outcome === 'intercepted')?.tls?.issuer ?? 'unknown',
      })),
    );
    const stopping = swapped.filter(({ way, route }) => gravityOf(way, route) === 'fail');
    const others = ROUTES.flatMap((route) => {
      const there = swapped.filter((s) => s.route === route && !stopping.includes(s));
      const [first] = there;
      return first === undefined ? [] : [{ ...first, host: nameList(there.map(({ way }) => way.result.host)), there }];
    });
    if (swapped.length > 0) {
      return [
        ...stopping.map(({ way: { result }, route, issuer }) =>
          say('fail', 'swapped', { host: result.host, route, issuer }, result.id),
        ),
        // On the direct route it is the check transparent-proxy that warns.
        ...others.map(({ host, route, issuer, there }) =>
          there.some(({ way }) => way.decision.route === route)
            ? say('warn', 'swapped', { host, route, issuer })
            : say(route === 'direct' ? 'pass' : 'warn', 'other-route', { host, route, issuer }),
        ),
      ];
    }
    const seen = results.some(({ attempts }) =>
      [...attempts.direct, ...attempts.proxy].some(({ tls }) => tls !== null),
    );
    return seen ? say('pass', 'none', {}) : say('not-applicable', 'unseen', {});
  },
});
