import { defineCheck } from '../src/core/check.ts';
import type { AttemptRecord } from '../src/core/model/probe-records.ts';

/**
 * A `Date` is whole seconds and may have waited in a cache; two minutes is more than either, and less than the five that
 * Kerberos to a proxy tolerates (RFC 4120 section 1.6).
 */
const CLOCK_SKEW_LIMIT_S = 120;

/** OpenSSL's codes for a certificate that is not yet valid or has expired, by the local clock. */
const TIME_ERRORS = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];

export default defineCheck({
  id: 'clock-skew',
  title: 'The clock of this host is wrong',
  why: 'Certificates, tokens and signed addresses expire. With a wrong clock they are refused, and the logs of PMS and the proxy cannot be compared.',
  remedy:
    'Set the clock by NTP (the packet filter must let UDP 123 pass, or name an internal server). It is off by {seconds} seconds.',
  severity: 'medium',
  needs: ['results'],
  messages: {
    ahead: 'The clock of this host is {seconds} seconds ahead of the endpoints.',
    behind: 'The clock of this host is {seconds} seconds behind the endpoints.',
    suspected:
      'By the clock of this host, the certificates of {count} endpoints are not valid, and no verified answer shows the time. The clock may be off by {seconds} seconds.',
    right: 'The clock of this host agrees with the endpoints.',
    unknown: 'No verified answer carried a date.',
  },
  evaluate({ results }, say) {
    const attempts = results.flatMap((judged) => [...judged.attempts.direct, ...judged.attempts.proxy]);
    const offsets = attempts.flatMap(offsetSeconds);
    if (offsets.length === 0) {
      const untimely = attempts.filter(({ tls }) => TIME_ERRORS.includes(tls?.error ?? ''));
      const count = new Set(untimely.map(({ endpoint }) => endpoint)).size;
      // One endpoint may have let its certificate run out; two at a time have not.
      return count > 1
        ? say('warn', 'suspected', { count, seconds: 'an unknown number of' })
        : say('not-applicable', 'unknown', {});
    }
    // Caches only make a date older, so the answer that lags least shows the clock difference.
    const offset = Math.min(...offsets);
    const seconds = Math.abs(Math.round(offset));
    if (seconds <= CLOCK_SKEW_LIMIT_S) return say('pass', 'right', {});
    return say('warn', offset > 0 ? 'ahead' : 'behind', { seconds });
  },
});

/** Local time minus the endpoint's, from answers whose sender TLS vouches for. */
function offsetSeconds({ tls, http }: AttemptRecord): readonly number[] {
  if (!tls?.trusted || http === null || http.date === null) return [];
  const ms = Date.parse(http.receivedAt) - Date.parse(http.date);
  return Number.isNaN(ms) ? [] : [ms / 1000];
}
