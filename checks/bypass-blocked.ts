import { defineCheck } from '../src/core/check.ts';
import { proxyWatchedDuring } from '../src/core/observed.ts';
import { nameList } from '../src/core/pms-way.ts';
import { becameOf, isBlocked, targetOf, whoOfAll } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'bypass-blocked',
  title: 'PMS goes around the proxy to what it needs, and is stopped',
  why: 'This is the case in which the log of the proxy stays empty: the request for a needed endpoint never gets to the proxy, and the packet filter drops it in silence.',
  remedy:
    'Make {process} use the proxy for {host}. Until it does, let the PMS host reach {host} port {port} directly, or catch these connections transparently without decrypting them.',
  severity: 'high',
  needs: ['observed'],
  supersededBy: ['proxy-missing-in-process', 'proxy-missing-in-child', 'endpoint-excluded'],
  causes: ['scanner-bypasses-proxy'],
  messages: {
    'never-asked':
      '{process} tries to reach {target} directly: {outcome}. The proxy was never asked for it in this time.',
    'asked-too': '{process} tries to reach {target} directly: {outcome}. The proxy was asked for it as well.',
    unwatched:
      '{process} tries to reach {target} directly: {outcome}. Whether the proxy was asked as well was not watched.',
    none: 'No connection around the proxy to an endpoint that PMS needs was seen to be stopped.',
    unseen: 'PMS went around the proxy to {hosts}; what became of it was not seen.',
    blind: 'What was watched would not have shown connections around the proxy.',
  },
  evaluate({ observed }, say) {
    const around = Object.values(observed.byEndpoint).flatMap(({ direct, proxy }) => {
      const [first, ...others] = direct.filter(({ bypass }) => bypass);
      return first === undefined || first.endpoint === null || first.endpoint.need === 'optional'
        ? []
        : [{ own: [first, ...others] as const, endpoint: first.endpoint, proxy }];
    });
    const found = around.flatMap(({ own, endpoint, proxy }) => {
      const [stopped, ...more] = own.filter(({ flow }) => isBlocked(flow.outcome));
      if (stopped === undefined || own.some(({ flow }) => flow.outcome === 'ok')) return [];
      const args = {
        process: whoOfAll([stopped, ...more]),
        target: targetOf(stopped),
        host: endpoint.host,
        port: endpoint.port,
        outcome: [...new Set([stopped, ...more].map(({ flow }) => becameOf(flow.outcome)))].join(', '),
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
