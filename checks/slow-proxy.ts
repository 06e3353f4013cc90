import { defineCheck } from '../src/core/check.ts';

/** A proxy adds a round trip and a log line; three times the direct time is a queue, a helper or a DNS timeout of its own. */
const SLOW_FACTOR = 3;
/** A smaller difference is not noticeable, however large the factor. */
const SLOW_EXTRA_MS = 500;
/** With nothing to compare: most of an attempt's usual budget of five seconds should be left. */
const SLOW_ALONE_MS = 2_000;

export default defineCheck({
  id: 'slow-proxy',
  title: 'The proxy is slow',
  why: 'PMS waits for each answer with a timeout of its own. A proxy that takes seconds makes it give up on endpoints that work.',
  remedy:
    'Look at the name server, the authentication helper and the load of the proxy: an answer through it takes {proxied} ms.',
  severity: 'low',
  needs: ['results'],
  supersededBy: ['proxy-silent'],
  messages: {
    slower: 'Answers take {proxied} ms through the proxy and {direct} ms directly (medians of {count} endpoints).',
    slow: 'Answers take {proxied} ms through the proxy (median of {count} endpoints).',
    quick: 'Answers take {proxied} ms through the proxy (median of {count} endpoints).',
    unmeasured: 'No endpoint answered through a proxy.',
  },
  evaluate({ results }, say) {
    const timed = results.flatMap(({ result: { direct, proxy } }) =>
      proxy?.outcome === 'ok' && proxy.ms !== null
        ? [{ proxied: proxy.ms, direct: direct.outcome === 'ok' ? direct.ms : null }]
        : [],
    );
    if (timed.length === 0) return say('not-applicable', 'unmeasured', {});
    const both = timed.flatMap(({ proxied, direct }) => (direct === null ? [] : [{ proxied, direct }]));
    if (both.length > 0) {
      const proxied = median(both.map((t) => t.proxied));
      const direct = median(both.map((t) => t.direct));
      if (proxied > SLOW_FACTOR * direct && proxied - direct > SLOW_EXTRA_MS) {
        return say('warn', 'slower', { proxied, direct, count: both.length });
      }
    }
    const args = { proxied: median(timed.map((t) => t.proxied)), count: timed.length };
    return both.length === 0 && args.proxied > SLOW_ALONE_MS ? say('warn', 'slow', args) : say('pass', 'quick', args);
  },
});

/** The middle one of some times, in whole milliseconds; `times` is not empty. */
function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}
