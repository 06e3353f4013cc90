import { defineCheck } from '../src/core/check.ts';
import { OUTCOME } from '../src/core/model/outcome.ts';
import { isInOwnNetwork } from '../src/core/judge/custom-providers.ts';
import { gravityOf, pmsWays, proxyAnswered } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'needed-endpoint-denied',
  title: 'The proxy denies an endpoint that PMS needs',
  why: 'An allow-list that lacks an endpoint breaks the feature behind it, and PMS rarely names the proxy as the reason.',
  remedy:
    'Allow {host} port {port} on the proxy for the PMS host (Squid: an acl of type dstdomain, allowed before the deny).',
  severity: 'high',
  needs: ['results', 'routing'],
  supersededBy: ['proxy-authentication'],
  causes: ['proxy-denies'],
  messages: {
    everything:
      'The proxy denies every one of the {count} endpoints, {host} among them: is this host allowed to use it at all?',
    denied: 'The proxy denies {host}:{port} ({code}), needed for {purpose}.',
    none: 'The proxy denies no endpoint that PMS needs.',
    unanswered: 'No proxy answered for an endpoint.',
  },
  evaluate({ results, routing }, say) {
    const asked = pmsWays(results, routing).filter((way) => proxyAnswered(way.result) && !isInOwnNetwork(way));
    const denied = asked.filter(({ result }) => result.proxy?.outcome === 'denied');
    const [first] = denied.toSorted((a, b) => Number(b.result.need === 'scan') - Number(a.result.need === 'scan'));
    if (asked.length === 0) return say('not-applicable', 'unanswered', {});
    if (first !== undefined && asked.length > 1 && denied.length === asked.length) {
      const { host, port } = first.result;
      return say(gravityOf(first, 'proxy'), 'everything', { count: denied.length, host, port });
    }
    const needed = denied.filter(({ result }) => result.need !== 'optional');
    if (needed.length === 0) return say('pass', 'none', {});
    return needed.map((way) => {
      const { host, port, purpose, id, proxy } = way.result;
      const code = proxy?.code ?? OUTCOME.denied.words;
      return say(gravityOf(way, 'proxy'), 'denied', { host, port, code, purpose }, id);
    });
  },
});
