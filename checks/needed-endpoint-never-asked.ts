import { defineCheck } from '../src/core/check.ts';
import { proxyWatchedDuring } from '../src/core/judge/observed.ts';
import { targetOf } from '../src/core/words/flows.ts';

export default defineCheck({
  id: 'needed-endpoint-never-asked',
  title: 'The proxy was never asked for an endpoint that a scan needs',
  why: 'When a scan fails without a request to the proxy, the proxy did not stop it: the request went direct, or PMS never sent it.',
  remedy:
    'Scan a library with new content while watching. If there is still no request for {host}, look for direct connections to it, and check the sign-in and provider states of PMS.',
  severity: 'medium',
  needs: ['observed', 'endpoints'],
  supersededBy: ['bypass-blocked', 'proxy-missing-in-process', 'proxy-missing-in-child', 'endpoint-excluded'],
  causes: ['scanner-bypasses-proxy', 'provider-offline', 'not-signed-in'],
  messages: {
    direct: 'While watched, the proxy was never asked for {host}, which a scan needs; PMS went there directly.',
    perhaps:
      'While watched, the proxy was never asked for {host}, which a scan needs; PMS went directly to one of its addresses: {target}.',
    excluded: 'no_proxy sends {host} direct, so the proxy is not asked for it.',
    silent: 'While watched, PMS did not contact {host}: it needed nothing there in this time, or gave up first.',
    asked: 'While watched, the proxy was asked for every endpoint that a scan needs.',
    proxyless: 'PMS uses no proxy.',
    unwatched: 'Requests to the proxy were not watched.',
  },
  evaluate({ observed, endpoints }, say) {
    if (observed.proxyless) return say('not-applicable', 'proxyless', {});
    const missing = endpoints.filter(
      ({ id, need }) => need === 'scan' && (observed.byEndpoint[id]?.proxy.length ?? 0) === 0,
    );
    if (missing.length === 0) return say('pass', 'asked', {});
    if (!observed.shows.proxy) return say('not-applicable', 'unwatched', {});
    return missing.map(({ id, host }) => {
      const around = observed.flows.filter(
        ({ bypass, candidates }) => bypass && candidates.some((endpoint) => endpoint.id === id),
      );
      const [first] = around;
      if (first === undefined) return say('not-applicable', 'silent', { host }, id);
      if (around.every(({ excludedBy }) => excludedBy !== null)) return say('not-applicable', 'excluded', { host }, id);
      if (!proxyWatchedDuring(observed.watchers, around)) return say('not-applicable', 'unwatched', {}, id);
      return around.some(({ endpoint }) => endpoint !== null)
        ? say('fail', 'direct', { host }, id)
        : say('warn', 'perhaps', { host, target: targetOf(first) }, id);
    });
  },
});
