import { defineCheck } from '../src/core/check.ts';
import { pmsWays, stopsScan } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'proxy-unreachable',
  title: 'The proxy cannot be reached',
  why: 'A client with a configured proxy never falls back to a direct connection: without the proxy, nothing works.',
  remedy:
    'Check host and port in {from} ({proxy}), that the proxy runs and listens there, and that nothing between this host and it drops the connection.',
  severity: 'high',
  needs: ['proxies', 'results', 'routing'],
  causes: ['proxy-unreachable'],
  messages: {
    unresolved: '{proxy} cannot be used: its name does not resolve here ({code}).',
    unconnected: '{proxy} cannot be used: no connection to it could be made ({code}).',
    handshake: '{proxy} cannot be used: TLS to the proxy itself failed ({code}).',
    reached: '{proxy} accepts connections.',
  },
  evaluate({ proxies, results, routing }, say) {
    const ways = pmsWays(results, routing);
    return proxies.map((proxy) => {
      if (proxy.outcome !== 'proxy-unreachable') return say('pass', 'reached', { proxy: proxy.url });
      const failing = proxy.stages.find(({ ok }) => !ok)?.stage;
      // The stages end with the TCP connection; a later failure other than silence is TLS to the proxy.
      const message = failing === 'dns' ? 'unresolved' : failing === 'tcp' ? 'unconnected' : 'handshake';
      const args = { proxy: proxy.url, code: proxy.code ?? proxy.outcome, from: proxy.from };
      return say(stopsScan(proxy, proxies, ways) ? 'fail' : 'warn', message, args);
    });
  },
});
