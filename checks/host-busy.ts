import { defineCheck } from '../src/core/check.ts';

/** A program of this kind waits for milliseconds on a healthy host, and a little longer while it starts. */
const NOTICED_MS = 1_000;

export default defineCheck({
  id: 'host-busy',
  title: 'This host was too busy for its own probes',
  why: 'Where this program has to wait for the processor, or the host sleeps, attempts run out of time although the other side answers. Such a timeout says nothing about the network, and PMS on this host waits in the same way.',
  remedy:
    'Look at the load of this host (top, the limits of its container or virtual machine), then run this again. This program waited {waited} ms.',
  severity: 'medium',
  needs: ['load'],
  messages: {
    unjudged:
      'This host kept this program waiting for {waited} ms, {longest} ms at a time. Attempts that ran out of time meanwhile are unknown, not unreachable: {count}.',
    slow: 'This host kept this program waiting for {waited} ms, {longest} ms at a time; no attempt ran out of time for it.',
    stepped:
      'The time of day moved by {seconds} s during the probes: it was set, or this host slept. This program waited {waited} ms.',
    steady: 'This program did not have to wait for the processor.',
  },
  evaluate({ load: { waitedMs: waited, longestMs: longest, clockStepMs, unjudged: count } }, say) {
    if (count > 0) return say('warn', 'unjudged', { waited, longest, count });
    if (clockStepMs !== 0) return say('warn', 'stepped', { waited, seconds: Math.round(clockStepMs / 1_000) });
    return waited < NOTICED_MS ? say('pass', 'steady', {}) : say('pass', 'slow', { waited, longest });
  },
});
