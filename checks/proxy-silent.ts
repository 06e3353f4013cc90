import { defineCheck } from '../src/core/check.ts';
import { OUTCOME } from '../src/core/model/outcome.ts';
import { ownCode } from '../src/core/model/reason.ts';
import { pmsWays, stopsScan } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'proxy-silent',
  title: 'The proxy accepts connections but does not answer',
  why: 'A proxy that accepts the connection but does not answer leaves every PMS request hanging until its own timeout.',
  remedy:
    'Look at the log of {proxy} for this host: it may be overloaded, wait for a name server or an authentication helper, or not be a proxy at all on that port.',
  severity: 'high',
  needs: ['proxies', 'results', 'routing'],
  supersededBy: ['proxy-unreachable'],
  causes: ['proxy-unreachable'],
  messages: {
    silent: '{proxy} accepted the connection and did not answer CONNECT in time.',
    'asked-once':
      '{proxy} accepted the connection and did not answer CONNECT within the time limit of this run. It was not asked again, so it may only be slow.',
    'for-endpoints': '{proxy} answers, but stayed silent for {count} of the endpoints.',
    answers: '{proxy} answers CONNECT.',
    unreached: '{proxy} could not be asked: {outcome}.',
  },
  evaluate({ proxies, results, routing }, say) {
    const ways = pmsWays(results, routing);
    const count = results.filter(({ result }) => result.proxy?.outcome === 'proxy-silent').length;
    return proxies.map((proxy) => {
      const verdict = stopsScan(proxy, proxies, ways) ? 'fail' : 'warn';
      if (proxy.outcome === 'proxy-silent')
        return say(verdict, proxy.code === ownCode('ASKED_ONCE') ? 'asked-once' : 'silent', { proxy: proxy.url });
      if (proxy.outcome === 'proxy-unreachable' || proxy.outcome === 'not-run') {
        return say('not-applicable', 'unreached', { proxy: proxy.url, outcome: OUTCOME[proxy.outcome].words });
      }
      return count > 0 && proxies.length === 1
        ? say(verdict, 'for-endpoints', { proxy: proxy.url, count })
        : say('pass', 'answers', { proxy: proxy.url });
    });
  },
});
