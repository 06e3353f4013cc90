import check from '../../checks/local-dns-failure.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { ENDPOINTS, factsFixture, lookup } from '../support/fixtures/facts.ts';

const SILENT = ENDPOINTS.map(({ host }) => lookup(host, 4, { addresses: [], code: 'ETIMEOUT' }));

checkRows(check, [
  {
    name: 'PMS leaves names to the proxy',
    facts: factsFixture({ resolver: { lookups: SILENT } }),
    expected: { verdict: 'pass', message: 'harmless', args: { count: 6, code: 'ETIMEOUT' } },
  },
  {
    name: 'PMS goes direct',
    facts: factsFixture({ variables: {}, direct: 'unresolved', resolver: { lookups: SILENT } }),
    expected: {
      verdict: 'fail',
      message: 'needed',
      args: {
        hosts: 'plex.tv, metadata.provider.plex.tv, downloads.plex.tv, resources-cdn.plexapp.com',
        code: 'ETIMEOUT',
      },
    },
  },
  {
    name: 'PMS goes direct for a feature that has no name here',
    facts: factsFixture({
      variables: {},
      direct: { 'downloads.plex.tv': 'unresolved', '*': 'ok' },
      resolver: { lookups: [lookup('downloads.plex.tv', 4, { addresses: [], code: 'ENOTFOUND' })] },
    }),
    expected: { verdict: 'warn', message: 'needed' },
  },
  {
    name: 'names of one family only',
    facts: factsFixture({
      resolver: { lookups: [lookup('plex.tv', 4), lookup('plex.tv', 6, { addresses: [], code: 'ENODATA' })] },
    }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'nothing was looked up',
    facts: factsFixture({ resolver: { lookups: [] } }),
    expected: { verdict: 'not-applicable', message: 'unasked' },
  },
]);
