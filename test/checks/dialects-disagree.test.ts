import check from '../../checks/dialects-disagree.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const DIRECT = { route: 'direct', proxy: null } as const;
const facts = factsFixture();

checkRows(check, [
  { name: 'plain variables', facts, expected: { verdict: 'pass', message: 'agree' } },
  {
    name: 'an entry that only Python understands',
    facts: factsFixture({
      decide: (dialect, { host }) => (dialect === 'python-urllib' && host === 'plex.tv' ? DIRECT : null),
    }),
    expected: { verdict: 'warn', message: 'plug-ins', args: { hosts: 'plex.tv' } },
  },
  {
    name: 'a value that Python refuses, where PMS goes direct',
    facts: factsFixture({
      decide: (dialect, { host }) =>
        host === 'plex.tv' ? { ...DIRECT, error: dialect === 'python-urllib' ? 'ValueError' : null } : null,
    }),
    expected: { verdict: 'warn', message: 'plug-ins', args: { hosts: 'plex.tv' } },
  },
  {
    name: 'clients that have nothing to do with PMS',
    facts: factsFixture({ decide: (dialect) => (dialect === 'wget' || dialect === 'go' ? DIRECT : null) }),
    expected: { verdict: 'pass', message: 'others', args: { clients: 'go, wget' } },
  },
  {
    name: 'Java reads no variable and is left out',
    facts: factsFixture({ decide: (dialect) => (dialect === 'java' ? DIRECT : null) }),
    expected: { verdict: 'pass', message: 'agree' },
  },
  {
    name: 'versions of libcurl differ and PMS’s is not known',
    facts: factsFixture({
      pmsDialect: 'curl',
      pmsDialectKnown: false,
      decide: (dialect) => (dialect === 'curl-7.85' ? DIRECT : null),
    }),
    expected: { verdict: 'warn', message: 'versions' },
  },
  {
    name: 'versions of libcurl differ and PMS’s is known',
    facts: factsFixture({ decide: (dialect) => (dialect === 'curl-7.85' ? DIRECT : null) }),
    expected: { verdict: 'pass', message: 'agree' },
  },
]);
