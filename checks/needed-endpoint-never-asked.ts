import { defineCheck } from '../src/core/check.ts';
import { proxyWatchedDuring } from '../src/core/observed.ts';
import { targetOf } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'needed-endpoint-never-asked',
  title: 'The proxy was never asked for what a scan needs',
  why: 'A scan that fails while the proxy hears nothing of it was not stopped by the proxy: the request took another way, or was never sent.',
  remedy:
    'Start a scan of a library with new content while this is watched. Where {host} is still not asked for, look for direct connections to it, and at the sign-in and provider states of PMS.',
  severity: 'medium',
  needs: ['observed', 'endpoints'],
  supersededBy: ['bypass-blocked', 'proxy-missing-in-process', 'proxy-missing-in-child', 'endpoint-excluded'],
  causes: ['scanner-bypasses-proxy', 'provider-offline', 'not-signed-in'],
  messages: {
    direct: 'While watched, the proxy was never asked for {host}, which a scan needs; PMS went there directly.',
    perhaps:
      'While watched, the proxy was never asked for {host}, which a scan needs; PMS went directly to an address that is among its own: {target}.',
    excluded: 'no_proxy sends {host} direct, so the proxy is not asked for it.',
    silent: 'While watched, PMS asked nobody for {host}: nothing needed it in this time, or it gave up before asking.',
    asked: 'While watched, the proxy was asked for every endpoint that a scan needs.',
    proxyless: 'PMS uses no proxy, so none is asked.',
    unwatched: 'What was watched would not have shown requests to the proxy.',
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
