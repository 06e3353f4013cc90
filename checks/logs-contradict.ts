import { defineCheck } from '../src/core/check.ts';
import { coversName, plainName } from '../src/core/judge/traffic/flows.ts';
import { countSeen } from '../src/core/judge/observed.ts';
import type { Flow, PmsRequest } from '../src/core/model/traffic.ts';

export default defineCheck({
  id: 'logs-contradict',
  title: 'PMS says that a request failed, the proxy says that it answered',
  why: "When PMS logs a failure for a host and the proxy logs success for it, the failed request took another route, or failed after the proxy's answer: in TLS, or by its time limit.",
  remedy:
    "Look at PMS's error for {host}: a certificate error suggests inspection; a timeout or an unresolved name suggests a direct connection.",
  severity: 'medium',
  needs: ['observed', 'pmsLog', 'endpoints'],
  supersededBy: ['bypass-blocked'],
  causes: ['scanner-bypasses-proxy', 'tls-intercepted'],
  messages: {
    differ:
      'According to the log "{log}", {host}:{port} failed ({error}; times: {failed}); the proxy let it through at that time (times: {answered}).',
    agree: "The proxy did not let through any request that PMS's log reports as failed at that time.",
    unwatched: 'No requests at the proxy were seen to compare with.',
  },
  evaluate({ observed, pmsLog, endpoints }, say) {
    const through = observed.flows.filter(({ flow }) => flow.route === 'proxy' && flow.outcome === 'ok');
    if (!observed.shows.proxy) return say('not-applicable', 'unwatched', {});
    const offsetMs = (pmsLog.proxyClockOffsetSeconds ?? 0) * 1_000;
    const failing = pmsLog.requests.filter(({ curl, error }) => curl !== null || error !== null);
    const found = failing.flatMap((request) => {
      const { log, host, port, curl, error, count } = request;
      const answered = countSeen(
        through.filter(
          ({ flow, host: name }) =>
            name !== null &&
            plainName(name) === plainName(host) &&
            flow.targetPort === port &&
            isAbout(request, flow, offsetMs),
        ),
      );
      if (answered === 0) return [];
      const words = [curl === null ? null : `curl ${curl}`, error].filter((word) => word !== null).join(', ');
      const endpoint = endpoints.find((e) => e.port === port && coversName(e, host));
      return [say('warn', 'differ', { log, host, port, error: words, failed: count, answered }, endpoint?.id)];
    });
    return found.length > 0 ? found : say('pass', 'agree', {});
  },
});

/** A request of PMS may wait for its time limit before it fails, and the proxy logs a tunnel when it is closed. */
const SLACK_MS = 60_000;

/** Whether both periods touch. Times without a zone cannot be compared and count as touching. */
function isAbout(request: PmsRequest, flow: Flow, offsetMs: number): boolean {
  const [from, to, begin, end] = [request.firstAt, request.lastAt, flow.firstAt, flow.lastAt].map((at) =>
    at?.endsWith('Z') === true ? Date.parse(at) : null,
  );
  if (from == null || to == null || begin == null || end == null) return true;
  return begin + offsetMs <= to + SLACK_MS && from - SLACK_MS <= end + offsetMs;
}
