import { defineCheck } from '../src/core/check.ts';
import { exclusionsUnstated } from '../src/core/settings-compare.ts';

export default defineCheck({
  id: 'loopback-through-proxy',
  title: "PMS's calls to itself go to the proxy",
  why: "PMS, its scanner and its plug-ins talk to each other over HTTP on port 32400 of this machine. Through the proxy, 127.0.0.1 is the proxy's own machine, which does not answer.",
  remedy:
    'Set no_proxy=localhost,127.0.0.1,::1,[::1] (and your own domains) in the environment of PMS, then restart it.',
  severity: 'high',
  needs: ['routing', 'settings'],
  causes: ['loopback-through-proxy'],
  messages: {
    proxied: 'Calls to {hosts} would go to the proxy, because no_proxy does not cover them.',
    'ipv6-only': 'Only calls to ::1 would go to the proxy; PMS calls itself by 127.0.0.1.',
    direct: 'Calls of PMS to itself stay on this machine.',
    unstated: 'The proxy was named by hand without --no-proxy: what PMS excludes is not known.',
    unproxied: 'No proxy is set for plain HTTP, so calls of PMS to itself stay on this machine.',
  },
  evaluate({ routing, settings }, say) {
    if (exclusionsUnstated(settings)) return say('not-applicable', 'unstated', {});
    const decided = routing.loopback.map(({ host, decisions }) => ({ host, decision: decisions[routing.pmsDialect] }));
    const proxied = decided.filter(({ decision }) => decision.route === 'proxy').map(({ host }) => host);
    if (proxied.some((host) => host !== '::1')) return say('warn', 'proxied', { hosts: proxied.join(', ') });
    if (proxied.length > 0) return say('pass', 'ipv6-only', {});
    return decided.some(({ decision }) => decision.excludedBy !== null)
      ? say('pass', 'direct', {})
      : say('not-applicable', 'unproxied', {});
  },
});
