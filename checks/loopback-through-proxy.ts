import { defineCheck } from '../src/core/check.ts';
import { PLUG_INS } from '../src/core/judge/settings/judged-settings.ts';
import { exclusionsUnstated } from '../src/core/judge/settings/settings-compare.ts';
import { PMS_PORT } from '../src/core/values/pms-port.ts';

export default defineCheck({
  id: 'loopback-through-proxy',
  title: "PMS's calls to itself go to the proxy",
  why: `PMS, its scanner and its plug-ins talk to each other over HTTP on port ${PMS_PORT} of this machine. Through the proxy, 127.0.0.1 is the proxy's own machine, which does not answer.`,
  remedy:
    'Set no_proxy=localhost,127.0.0.1,::1,[::1] (and your own domains) in the environment of PMS, then restart it.',
  severity: 'high',
  needs: ['routing', 'settings'],
  causes: ['loopback-through-proxy'],
  messages: {
    proxied: 'Calls to {hosts} would go to the proxy, because no_proxy does not cover them.',
    'plug-ins':
      'Plug-ins (legacy agents) would send their calls to {hosts}, port {port}, to the proxy: their Python reads no_proxy otherwise, and knows no networks such as 127.0.0.0/8. PMS itself stays on this machine.',
    'ipv6-only': 'Only calls to ::1 would go to the proxy; PMS calls itself by 127.0.0.1.',
    direct: 'Calls of PMS to itself stay on this machine.',
    unstated: '--proxy was given without --no-proxy, so the exclusions of PMS are unknown.',
    unproxied: 'No proxy is set for plain HTTP, so calls of PMS to itself stay on this machine.',
  },
  evaluate({ routing, settings }, say) {
    if (exclusionsUnstated(settings)) return say('not-applicable', 'unstated', {});
    const decided = routing.loopback.map(({ host, decisions }) => ({ host, decision: decisions[routing.pmsDialect] }));
    const proxied = decided.filter(({ decision }) => decision.route === 'proxy').map(({ host }) => host);
    if (proxied.some((host) => host !== '::1')) return say('warn', 'proxied', { hosts: proxied.join(', ') });
    const byPlugIns = routing.loopback
      .filter(({ host, decisions }) => host !== '::1' && decisions[PLUG_INS].route === 'proxy')
      .map(({ host }) => host);
    if (byPlugIns.length > 0) return say('warn', 'plug-ins', { hosts: byPlugIns.join(', '), port: PMS_PORT });
    if (proxied.length > 0) return say('pass', 'ipv6-only', {});
    return decided.some(({ decision }) => decision.excludedBy !== null)
      ? say('pass', 'direct', {})
      : say('not-applicable', 'unproxied', {});
  },
});
