import check from '../../checks/certificate-differs.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const OTHER_ROOT = { fingerprint256: 'CC:01', anchor: { subject: 'CN=Other Root', fingerprint256: 'CC:00' } };

checkRows(check, [
  {
    name: 'another public root through the proxy',
    facts: factsFixture({
      direct: 'ok',
      viaProxy: { 'downloads.plex.tv': { outcome: 'ok', tls: OTHER_ROOT }, '*': 'ok' },
    }),
    expected: {
      verdict: 'warn',
      message: 'differs',
      args: { host: 'downloads.plex.tv', direct: 'CN=Public Root', proxied: 'CN=Other Root' },
      endpoint: 'downloads.plex.tv',
    },
  },
  {
    name: 'the proxy takes the root of one of the families',
    facts: factsFixture({
      direct: { 4: 'ok', 6: { outcome: 'ok', tls: OTHER_ROOT } },
      viaProxy: { outcome: 'ok', tls: OTHER_ROOT },
    }),
    expected: { verdict: 'pass', message: 'same' },
  },
  { name: 'the same root', facts: factsFixture({ direct: 'ok' }), expected: { verdict: 'pass', message: 'same' } },
  {
    name: 'nothing gets out directly',
    facts: factsFixture(),
    expected: { verdict: 'not-applicable', message: 'incomparable' },
  },
]);
