import { defineCheck } from '../src/core/check.ts';
import type { Family } from '../src/core/model/outcome.ts';
import { isInOwnNetwork } from '../src/core/judge/custom-providers.ts';
import { nameList, pmsWays } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'direct-egress-open',
  title: 'Direct connections get out although a proxy is configured',
  why: 'A proxy isolates a host only when direct connections are blocked. Programs can use an open direct route unseen by the proxy log.',
  remedy:
    'To isolate this host, drop its {families} traffic to the internet in the packet filter, both families alike.',
  severity: 'medium',
  needs: ['results', 'routing'],
  messages: {
    both: '{count} endpoints that PMS sends to the proxy also answer directly, over {families}: {hosts}.',
    'ipv4-only': '{count} endpoints that PMS sends to the proxy also answer directly, over {families} alone: {hosts}.',
    'ipv6-only':
      'IPv6 is open while IPv4 is closed: {count} endpoints that PMS sends to the proxy answer directly over {families}: {hosts}.',
    closed: 'No endpoint that PMS sends to the proxy answers directly.',
    untested: 'No endpoint was tried directly.',
    nameless: 'No endpoint resolves here, so no direct connection was tried and the packet filter was not tested.',
    unproxied: 'PMS sends no endpoint to a proxy, so direct connections are as intended.',
  },
  evaluate({ results, routing }, say) {
    const proxied = pmsWays(results, routing).filter((way) => way.decision.route === 'proxy' && !isInOwnNetwork(way));
    const tried = proxied.filter(({ result }) => result.direct.outcome !== 'not-run');
    if (proxied.length === 0) return say('not-applicable', 'unproxied', {});
    if (tried.length === 0) return say('not-applicable', 'untested', {});
    const openOver = (family: Family): string[] =>
      tried
        .filter(({ attempts }) => attempts.direct.some((a) => a.outcome === 'ok' && a.family === family))
        .map(({ result }) => result.host);
    const [four, six] = [openOver(4), openOver(6)];
    const hosts = [...new Set([...four, ...six])];
    if (hosts.length === 0) {
      return tried.every(({ result }) => result.direct.outcome === 'unresolved')
        ? say('not-applicable', 'nameless', {})
        : say('pass', 'closed', {});
    }
    const args = { count: hosts.length, hosts: nameList(hosts) };
    if (four.length === 0) return say('warn', 'ipv6-only', { ...args, families: 'IPv6' });
    return six.length === 0
      ? say('warn', 'ipv4-only', { ...args, families: 'IPv4' })
      : say('warn', 'both', { ...args, families: 'IPv4 and IPv6' });
  },
});
