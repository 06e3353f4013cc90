import { defineCheck } from '../src/core/check.ts';
import { gravityOf, nameList, pmsWays, proxyAnswered } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'proxy-authentication',
  title: 'The proxy wants authentication',
  why: 'PMS can only send a proxy the user and password of the variable (Basic). A 407 ends the request.',
  remedy:
    'Let the PMS host through by its address without authentication, or put http://user:password@host:port into the variable if the proxy accepts Basic (it offers {schemes}).',
  severity: 'high',
  needs: ['results', 'routing', 'proxies'],
  supersededBy: ['proxy-unreachable', 'proxy-silent'],
  causes: ['proxy-denies'],
  messages: {
    wanted: 'The proxy answers 407 and wants {schemes} for {hosts}; the variable holds no credentials.',
    rejected: 'The proxy answers 407 for {hosts} although the variable holds credentials; it wants {schemes}.',
    unanswered: 'No proxy answered for an endpoint.',
    none: 'The proxy asks for no credentials.',
  },
  evaluate({ results, routing, proxies }, say) {
    const refused = pmsWays(results, routing).filter(({ result }) => result.proxy?.outcome === 'proxy-auth');
    if (refused.length === 0) {
      const answered = results.some(({ result }) => proxyAnswered(result));
      return answered ? say('pass', 'none', {}) : say('not-applicable', 'unanswered', {});
    }
    const challenged = refused
      .flatMap(({ attempts }) => attempts.proxy)
      .filter(({ outcome }) => outcome === 'proxy-auth');
    const offered = new Set([...proxies, ...challenged].flatMap(({ authSchemes }) => authSchemes));
    const schemes = [...offered].join(', ') || 'a scheme that it does not name';
    const hosts = nameList(refused.map(({ result }) => result.host));
    const verdict = refused.some((way) => gravityOf(way, 'proxy') === 'fail') ? 'fail' : 'warn';
    const withCredentials = challenged.some(({ via }) => via?.includes('@'));
    return say(verdict, withCredentials ? 'rejected' : 'wanted', { schemes, hosts });
  },
});
