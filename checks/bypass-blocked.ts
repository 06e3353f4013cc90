import { defineCheck } from '../src/core/check.ts';
import { becameOf, isBlocked, whoOf } from '../src/core/tell-flow.ts';

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
      '{process} tries to reach {host}:{port} directly: {outcome}. The proxy was never asked for it in this time.',
    'asked-too': '{process} tries to reach {host}:{port} directly: {outcome}. The proxy was asked for it as well.',
    unwatched:
      '{process} tries to reach {host}:{port} directly: {outcome}. Whether the proxy was asked as well was not watched.',
    none: 'No connection around the proxy to an endpoint that PMS needs was seen to be stopped.',
  },
  evaluate({ observed }, say) {
    const found = Object.values(observed.byEndpoint).flatMap(({ direct, proxy }) => {
      const stopped = direct.find(({ bypass, flow }) => bypass && isBlocked(flow.outcome));
      const passed = direct.some(({ flow }) => flow.outcome === 'ok');
      const endpoint = stopped?.endpoint ?? null;
      if (stopped === undefined || endpoint === null || endpoint.need === 'optional' || passed) return [];
      const args = {
        process: whoOf(stopped.flow),
        host: endpoint.host,
        port: endpoint.port,
        outcome: becameOf(stopped.flow.outcome),
      };
      const message = proxy.length > 0 ? 'asked-too' : observed.shows.proxy ? 'never-asked' : 'unwatched';
      return [say(endpoint.need === 'scan' ? 'fail' : 'warn', message, args, endpoint.id)];
    });
    return found.length > 0 ? found : say('pass', 'none', {});
  },
});
