import { defineCheck } from '../src/core/check.ts';
import { gravityOf, pmsWays } from '../src/core/pms-way.ts';

export default defineCheck({
  id: 'certificate-swapped',
  title: 'Somebody on the way presents a certificate of their own',
  why: 'PMS accepts nobody in the middle of its TLS connections: it verifies against its own roots and gives up.',
  remedy: 'Exclude {host} from TLS inspection on the {route} route (Squid: splice it instead of bumping it).',
  severity: 'high',
  needs: ['results', 'routing'],
  causes: ['tls-intercepted'],
  messages: {
    swapped:
      '{host} is answered on the {route} route with a certificate issued by "{issuer}", which no public root vouches for.',
    none: 'No endpoint is answered with a certificate of somebody in the middle.',
    unseen: 'No endpoint presented a certificate on either route.',
  },
  evaluate({ results, routing }, say) {
    const found = pmsWays(results, routing).flatMap((way) =>
      (['direct', 'proxy'] as const).flatMap((route) => {
        const { result } = way;
        const on = result[route];
        if (on?.outcome !== 'intercepted') return [];
        const issuer = on.attempts.find((a) => a.outcome === 'intercepted' && a.tls)?.tls?.issuer ?? 'unknown';
        return [say(gravityOf(way, route), 'swapped', { host: result.host, route, issuer }, result.id)];
      }),
    );
    if (found.length > 0) return found;
    const seen = results.some(({ attempts }) =>
      [...attempts.direct, ...attempts.proxy].some(({ tls }) => tls !== null),
    );
    return seen ? say('pass', 'none', {}) : say('not-applicable', 'unseen', {});
  },
});
