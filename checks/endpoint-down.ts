import { defineCheck } from '../src/core/check.ts';
import { failsAlikeOnBothRoutes, invalidNameAnswer, pmsWays, proxyAnswered, usability } from '../src/core/pms-way.ts';

export default defineCheck({
  id: 'endpoint-down',
  title: 'An endpoint fails in the same way on both routes',
  why: 'What fails in the same way directly and through the proxy is probably the fault of the endpoint itself, and no setting here mends it.',
  remedy: 'Try {host} again later, and look at status.plex.tv; if it stays so, compare with another network.',
  severity: 'medium',
  needs: ['results', 'routing', 'proxies'],
  causes: ['endpoint-down'],
  messages: {
    down: '{host} fails in the same way on both routes ({direct} directly, {proxied} through the proxy), while others work.',
    unclear:
      '{host} fails directly ({direct}) and through the proxy ({proxied}); nothing gets out directly, so it may be the way or the endpoint.',
    none: 'No needed endpoint fails in the same way on both routes.',
    'one-route': 'Not more than one route gave an answer, so there is nothing to compare.',
  },
  evaluate({ results, routing, proxies }, say) {
    const ways = pmsWays(results, routing).filter(({ result }) => result.need !== 'optional');
    const compared = ways.filter(({ result }) => usability(result.direct) !== 'undecided' && proxyAnswered(result));
    if (compared.length === 0) return say('not-applicable', 'one-route', {});
    const othersWork = results.some(({ result }) => result.direct.outcome === 'ok');
    const down = compared.filter(({ result }) => failsAlikeOnBothRoutes(result, invalidNameAnswer(proxies)));
    if (down.length === 0) return say('pass', 'none', {});
    return down.map(({ result: { host, need, direct, proxy, id } }) => {
      const args = { host, direct: direct.code ?? direct.outcome, proxied: proxy?.code ?? proxy?.outcome ?? 'not-run' };
      return othersWork ? say(need === 'scan' ? 'fail' : 'warn', 'down', args, id) : say('warn', 'unclear', args, id);
    });
  },
});
