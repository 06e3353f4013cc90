import { defineCheck } from '../src/core/check.ts';
import { ROUTES } from '../src/core/model/outcome.ts';
import { gravityOf, nameList, pmsWays } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'certificate-swapped',
  title: 'A device on the route replaces the certificate',
  why: 'PMS verifies certificates against its own roots. It refuses a connection that is decrypted on the way.',
  remedy: 'Exclude {host} from TLS inspection on the {route} route (Squid: splice it instead of bumping it).',
  severity: 'high',
  needs: ['results', 'routing'],
  causes: ['tls-intercepted'],
  messages: {
    swapped: '{host}: the certificate on the {route} route is issued by "{issuer}", which no public root vouches for.',
    'other-route': '{host}: the certificate on the {route} route, which PMS does not use, is issued by "{issuer}".',
    none: "No endpoint's certificate was replaced.",
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
        // The check transparent-proxy warns about the direct route.
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
