import { defineCheck } from '../src/core/check.ts';
import { pmsWays } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'public-address-of-proxy',
  title: 'PMS learns the public address of the proxy instead of its own',
  why: "PMS asks an endpoint for its public address and publishes the answer for remote access. Through a proxy it learns the proxy's outgoing address, where PMS accepts no connections.",
  remedy:
    'For remote access, enter your own address and port in the settings of PMS (Network, custom server access URLs) instead of {proxied}; without remote access, nothing needs to be done.',
  severity: 'low',
  needs: ['results', 'routing'],
  messages: {
    differs:
      'Seen from outside, this host is {direct} directly and {proxied} through the proxy; PMS publishes the latter.',
    same: 'Seen from outside, this host has the same address on both routes.',
    inferred:
      "PMS learns its public address through the proxy, so it is probably the proxy's outgoing address{address}.",
    direct: 'PMS asks for its public address directly.',
    unlearned: 'PMS cannot learn its public address, or no endpoint that reports it was tried.',
  },
  evaluate({ results, routing }, say) {
    const telling = pmsWays(results, routing).filter(({ endpoint }) => /^v[46]\.plex\.tv$/.test(endpoint.host));
    if (telling.length > 0 && telling.every(({ decision }) => decision.route === 'direct')) {
      return say('not-applicable', 'direct', {});
    }
    const asked = telling.filter(
      ({ decision, result }) => decision.route === 'proxy' && result.proxy?.outcome === 'ok',
    );
    if (asked.length === 0) return say('not-applicable', 'unlearned', {});
    const seen = asked.map(({ attempts }) => ({
      direct: attempts.direct.find((a) => a.http?.callerAddress)?.http?.callerAddress ?? null,
      proxied: attempts.proxy.find((a) => a.http?.callerAddress)?.http?.callerAddress ?? null,
    }));
    for (const { direct, proxied } of seen) {
      if (direct === null || proxied === null) continue;
      return direct === proxied ? say('pass', 'same', {}) : say('warn', 'differs', { direct, proxied });
    }
    const proxied = seen.find((s) => s.proxied !== null)?.proxied ?? null;
    return say('pass', 'inferred', { address: proxied === null ? '' : ` (${proxied})` });
  },
});
