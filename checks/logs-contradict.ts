import { defineCheck } from '../src/core/check.ts';
import { coversName } from '../src/core/flows.ts';

export default defineCheck({
  id: 'logs-contradict',
  title: 'PMS says that a request failed, the proxy says that it answered',
  why: 'When PMS logs a failure for a host while the proxy logs success for it, the failing request took another way, or broke behind the answer of the proxy: in TLS, or by its time limit.',
  remedy:
    'Look at the error of PMS for {host}: a certificate error means inspection, a timeout or a name that does not resolve means a connection around the proxy.',
  severity: 'medium',
  needs: ['observed', 'pmsLog', 'endpoints'],
  supersededBy: ['bypass-blocked'],
  causes: ['scanner-bypasses-proxy', 'tls-intercepted'],
  messages: {
    differ: '{log} says that {host} failed ({error}), {failed} times; the proxy answered for it {answered} times.',
    agree: "PMS's log and the log of the proxy tell the same.",
    unwatched: 'There is nothing of the proxy to compare with.',
  },
  evaluate({ observed, pmsLog, endpoints }, say) {
    if (!observed.shows.proxy) return say('not-applicable', 'unwatched', {});
    const failing = pmsLog.requests.filter(({ curl, error }) => curl !== null || error !== null);
    const found = failing.flatMap(({ log, host, port, curl, error, count }) => {
      const endpoint = endpoints.find((e) => e.port === port && coversName(e, host));
      const answered = observed.flows
        .filter(({ flow, host: name }) => flow.route === 'proxy' && flow.outcome === 'ok' && name === host)
        .reduce((sum, { flow }) => sum + flow.count, 0);
      if (answered === 0) return [];
      const words = [curl === null ? null : `curl ${curl}`, error].filter((word) => word !== null).join(', ');
      return [say('warn', 'differ', { log, host, error: words, failed: count, answered }, endpoint?.id)];
    });
    return found.length > 0 ? found : say('pass', 'agree', {});
  },
});
