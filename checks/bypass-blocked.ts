import { isFailure } from '../src/core/model/outcome.ts';
import { defineCheck } from '../src/core/check.ts';
import { proxyWatchedDuring } from '../src/core/judge/observed.ts';
import { nameList } from '../src/core/judge/pms-way.ts';
import { connectionWords, targetOf, whoOfAll } from '../src/core/words/flows.ts';

export default defineCheck({
  id: 'bypass-blocked',
  title: 'PMS goes direct to an endpoint that it needs, and is blocked',
  why: 'The proxy log stays empty in this case: the request never reaches the proxy, and the packet filter drops the direct connection silently.',
  remedy:
    'Make {process} use the proxy for {host}. Until it does, let the PMS host reach {host} port {port} directly, or catch these connections transparently without decrypting them.',
  severity: 'high',
  needs: ['observed'],
  supersededBy: ['proxy-missing-in-process', 'proxy-missing-in-child', 'endpoint-excluded'],
  causes: ['scanner-bypasses-proxy'],
  messages: {
    'never-asked':
      '{process} tries to reach {target} directly: {outcome}. The proxy was never asked for it in this time.',
    'asked-too': '{process} tries to reach {target} directly: {outcome}. The proxy was also asked for it.',
    unwatched: '{process} tries to reach {target} directly: {outcome}. Requests to the proxy were not watched.',
    none: 'No blocked direct connection to an endpoint that PMS needs was seen.',
    unseen: 'PMS went direct to {hosts}; the outcome was not seen.',
    blind: 'Connections around the proxy were not watched.',
  },
  evaluate({ observed }, say) {
    const around = Object.values(observed.byEndpoint).flatMap(({ direct, proxy }) => {
      const [first, ...others] = direct.filter(({ bypass }) => bypass);
      return first === undefined || first.endpoint === null || first.endpoint.need === 'optional'
        ? []
        : [{ own: [first, ...others] as const, endpoint: first.endpoint, proxy }];
    });
    const found = around.flatMap(({ own, endpoint, proxy }) => {
      const [stopped, ...more] = own.filter(({ flow }) => isFailure(flow.outcome));
      if (stopped === undefined || own.some(({ flow }) => flow.outcome === 'ok')) return [];
      const args = {
        process: whoOfAll([stopped, ...more]),
        target: targetOf(stopped),
        host: endpoint.host,
        port: endpoint.port,
        outcome: [...new Set([stopped, ...more].map(({ flow }) => connectionWords(flow.outcome)))].join(', '),
      };
      const isWatched = proxyWatchedDuring(observed.watchers, own);
      const message = proxy.length > 0 ? 'asked-too' : isWatched ? 'never-asked' : 'unwatched';
      return [say(endpoint.need === 'scan' ? 'fail' : 'warn', message, args, endpoint.id)];
    });
    if (found.length > 0) return found;
    const unseen = around.filter(({ own }) => own.every(({ flow }) => flow.outcome === null));
    if (unseen.length > 0)
      return say('not-applicable', 'unseen', { hosts: nameList(unseen.map(({ endpoint }) => endpoint.host)) });
    return observed.shows.direct ? say('pass', 'none', {}) : say('not-applicable', 'blind', {});
  },
});
