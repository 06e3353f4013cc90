import { defineCheck } from '../src/core/check.ts';
import { isOfKind, OUTCOME } from '../src/core/model/outcome.ts';
import { invalidNameAnswer, pmsWays, proxyErrorKind, stopsScan } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'proxy-garbage',
  title: "The server on the proxy's port is not a working proxy",
  why: 'A wrong port or scheme reaches something that is not an HTTP proxy: a web server, a TLS port, another service. PMS gets nothing through it.',
  remedy:
    'Check scheme and port of {proxy} in {from}: Squid listens on 3128 by default, and https:// in front of the proxy means TLS to the proxy itself.',
  severity: 'high',
  needs: ['proxies', 'results', 'routing'],
  supersededBy: ['proxy-unreachable', 'proxy-silent', 'proxy-authentication'],
  causes: ['proxy-unreachable'],
  messages: {
    'not-http': '{proxy} does not answer CONNECT as a proxy would: {code}.',
    'refuses-all': '{proxy} refuses every endpoint with {status}, as a plain web server would.',
    speaks: '{proxy} answers as a proxy.',
    unreached: '{proxy} could not be asked: {outcome}.',
  },
  evaluate({ proxies, results, routing }, say) {
    const ways = pmsWays(results, routing);
    const answers = results.flatMap(({ result }) =>
      // A web server answers a request in absolute form as if for itself, but cannot do CONNECT.
      result.proxy === null || result.proxy.outcome === 'not-run' || result.scheme === 'http' ? [] : [result.proxy],
    );
    const strange = answers.filter(
      (found) => found.outcome === 'proxy-error' && proxyErrorKind(found, null) === 'other' && isNotForUs(found.status),
    );
    return proxies.map((proxy) => {
      const verdict = stopsScan(proxy, proxies, ways) ? 'fail' : 'warn';
      const args = { proxy: proxy.url, from: proxy.from };
      if (isOfKind(proxy.outcome, 'proxy-silence', 'no-verdict', 'not-run')) {
        return say('not-applicable', 'unreached', { proxy: proxy.url, outcome: OUTCOME[proxy.outcome].words });
      }
      if (proxy.outcome !== 'ok' && proxy.outcome !== 'proxy-auth') {
        return say(verdict, 'not-http', { ...args, code: proxy.code ?? OUTCOME[proxy.outcome].words });
      }
      const status = invalidNameAnswer([proxy])?.status ?? null;
      return status !== null && isNotForUs(status) && strange.length > 0 && strange.length === answers.length
        ? say(verdict, 'refuses-all', { ...args, status })
        : say('pass', 'speaks', { proxy: proxy.url });
    });
  },
});

/** Statuses by which a server says that it does not do what was asked (RFC 9110 section 15): 4xx other than refusals, and 501. */
function isNotForUs(status: number | null): boolean {
  return status !== null && ((status >= 400 && status < 500) || status === 501);
}
