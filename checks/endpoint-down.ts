import { defineCheck } from '../src/core/check.ts';
import { OUTCOME } from '../src/core/model/outcome.ts';
import type { RouteResult } from '../src/core/model/report.ts';
import {
  failsAlikeOnBothRoutes,
  invalidNameAnswer,
  pmsWays,
  proxyAnswered,
  usability,
} from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'endpoint-down',
  title: 'An endpoint fails in the same way on both routes',
  why: 'An endpoint that fails the same way on both routes is probably down itself, and no setting here fixes that.',
  remedy: 'Try {host} again later and look at status.plex.tv. If the failure persists, compare with another network.',
  severity: 'medium',
  needs: ['results', 'routing', 'proxies'],
  causes: ['endpoint-down'],
  messages: {
    down: '{host} fails in the same way on both routes ({direct} directly, {proxied} through the proxy), while others work.',
    unclear:
      '{host} fails directly ({direct}) and through the proxy ({proxied}); no direct connection works at all, so the network or the endpoint may be the cause.',
    none: 'No needed endpoint fails in the same way on both routes.',
    'one-route': 'Only one route or none gave a result, so there is nothing to compare.',
  },
  evaluate({ results, routing, proxies }, say) {
    const ways = pmsWays(results, routing).filter(({ result }) => result.need !== 'optional');
    const compared = ways.filter(({ result }) => usability(result.direct) !== 'undecided' && proxyAnswered(result));
    if (compared.length === 0) return say('not-applicable', 'one-route', {});
    const othersWork = results.some(({ result }) => result.direct.outcome === 'ok');
    const down = compared.filter(({ result }) => failsAlikeOnBothRoutes(result, invalidNameAnswer(proxies)));
    if (down.length === 0) return say('pass', 'none', {});
    return down.map(({ result: { host, need, direct, proxy, id } }) => {
      const args = { host, direct: failureWords(direct), proxied: proxy === null ? 'not tried' : failureWords(proxy) };
      return othersWork ? say(need === 'scan' ? 'fail' : 'warn', 'down', args, id) : say('warn', 'unclear', args, id);
    });
  },
});

function failureWords({ outcome, code }: RouteResult): string {
  const { words } = OUTCOME[outcome];
  return code === null ? words : `${words}, ${code}`;
}
