import check from '../../checks/certificate-not-accepted-by-pms.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const REFUSED = { outcome: 'ok', tls: { trustedByPms: false } } as const;

checkRows(check, [
  {
    name: 'a root that was added to this machine',
    facts: factsFixture({ viaProxy: { 'plex.tv': REFUSED, '*': 'ok' } }),
    expected: {
      verdict: 'fail',
      message: 'refused',
      args: { host: 'plex.tv', anchor: 'CN=Public Root' },
      endpoint: 'plex.tv',
    },
  },
  {
    name: 'the same for a feature',
    facts: factsFixture({ viaProxy: { 'downloads.plex.tv': REFUSED, '*': 'ok' } }),
    expected: { verdict: 'warn', message: 'refused' },
  },
  {
    name: 'on the route that PMS does not take',
    facts: factsFixture({ direct: REFUSED }),
    expected: { verdict: 'pass', message: 'accepted' },
  },
  {
    name: 'no bundle was found',
    facts: factsFixture({ viaProxy: { outcome: 'ok', tls: { trustedByPms: null } } }),
    expected: { verdict: 'not-applicable', message: 'no-bundle' },
  },
]);
