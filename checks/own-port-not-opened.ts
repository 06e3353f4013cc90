import { defineCheck } from '../src/core/check.ts';
import { presentOf } from '../src/core/judge/past.ts';

export default defineCheck({
  id: 'own-port-not-opened',
  title: 'PMS could not open a port of its own',
  why: 'PMS answers clients, its scanner and its plug-ins on ports of this machine. Another program that holds such a port, or a system that forbids it, stops them. No proxy and no proxy variable causes this.',
  remedy:
    'Find the program that holds the port of PMS (Linux: ss -ltnp, Windows: netstat -ano and netsh int ipv4 show excludedportrange tcp), free it, and restart PMS. Its log says: {words}',
  severity: 'high',
  needs: ['pmsLog'],
  messages: {
    failed: 'PMS could not open a port of its own (times: {count}): neither the proxy nor its settings cause this.',
    opened: "PMS's log does not say that a port could not be opened.",
  },
  evaluate({ pmsLog }, say) {
    const own = (presentOf(pmsLog, []).warnings ?? []).filter(({ topic }) => topic === 'port');
    const [first] = own;
    if (first === undefined) return say('pass', 'opened', {});
    const count = own.reduce((sum, warning) => sum + warning.count, 0);
    return say('warn', 'failed', { count, words: first.text });
  },
});
