import check from '../../checks/pms-not-found.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  { name: 'PMS runs', facts: factsFixture(), expected: { verdict: 'pass', message: 'running', args: { pid: 812 } } },
  {
    name: 'PMS is installed, not running',
    facts: factsFixture({ pms: { pid: null }, used: 'unit:plexmediaserver.service', basis: 'declared' }),
    expected: {
      verdict: 'warn',
      message: 'stopped',
      args: { source: 'the unit plexmediaserver.service', where: 'while PMS is running' },
    },
  },
  {
    name: 'PMS is not here',
    facts: factsFixture({ pms: { found: false, pid: null }, used: 'shell', basis: 'assumed' }),
    expected: { verdict: 'warn', message: 'elsewhere' },
  },
  {
    name: 'PMS is not here, but its settings were given',
    facts: factsFixture({ pms: { found: false, pid: null }, used: 'option', basis: 'asserted' }),
    expected: { verdict: 'not-applicable', message: 'asserted' },
  },
]);
