import check from '../../checks/provider-offline.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const providers = (online: boolean | null) => [
  { identifier: 'com.plexapp.plugins.library', online: null },
  { identifier: 'tv.plex.provider.metadata', online },
];

checkRows(check, [
  {
    name: 'offline by its own word',
    facts: factsFixture({ pmsStatus: { providers: providers(false) } }),
    expected: { verdict: 'warn', message: 'offline', args: { host: 'metadata.provider.plex.tv' } },
  },
  {
    name: 'online by its own word',
    facts: factsFixture({ pmsStatus: { providers: providers(true) } }),
    expected: { verdict: 'pass', message: 'online' },
  },
  {
    name: 'an answer that does not tell',
    facts: factsFixture({ pmsStatus: { providers: providers(null) } }),
    expected: { verdict: 'not-applicable', message: 'untold' },
  },
  {
    name: 'no answer',
    facts: factsFixture({ pmsStatus: {} }),
    expected: { verdict: 'not-applicable', message: 'untold' },
  },
]);
