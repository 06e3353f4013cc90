import { defineCheck } from '../src/core/check.ts';
import type { AttemptRecord, TlsRecord } from '../src/core/model/probe-records.ts';
import { sameAnchor } from '../src/core/judge/interception.ts';

export default defineCheck({
  id: 'certificate-differs',
  title: 'The routes lead to certificates of different public authorities',
  why: 'Public roots vouch for both certificates, so PMS accepts either. Content networks do this; so does a product that decrypts with a root added to this host.',
  remedy:
    'If no content network with several authorities serves {host}, find out who issues "{proxied}" on the proxy route.',
  severity: 'low',
  needs: ['results'],
  causes: ['tls-intercepted'],
  messages: {
    differs: '{host} presents a chain up to "{direct}" directly and up to "{proxied}" through the proxy.',
    same: 'Where both routes work, they end at the same authority.',
    incomparable: 'No endpoint works over TLS on both routes, so there is nothing to compare.',
  },
  evaluate({ results }, say) {
    const compared = results.flatMap(({ endpoint, attempts }) => {
      const direct = verified(attempts.direct);
      const [proxied] = verified(attempts.proxy);
      const [first] = direct;
      if (first === undefined || proxied === undefined) return [];
      return [{ endpoint, same: direct.some((tls) => sameAnchor(tls, proxied)), first, proxied }];
    });
    const differing = compared.filter(({ same }) => !same);
    if (differing.length > 0) {
      return differing.map(({ endpoint: { host, id }, first, proxied }) =>
        say('warn', 'differs', { host, direct: first.anchor.subject, proxied: proxied.anchor.subject }, id),
      );
    }
    return compared.length > 0 ? say('pass', 'same', {}) : say('not-applicable', 'incomparable', {});
  },
});

function verified(attempts: readonly AttemptRecord[]): readonly TlsRecord[] {
  return attempts.flatMap(({ tls }) => (tls?.trusted ? [tls] : []));
}
