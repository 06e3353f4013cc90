import check from '../../checks/other-servers.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'two more servers',
    facts: factsFixture({ pms: { others: { pids: [900, 901], isChosen: false } } }),
    expected: { verdict: 'warn', message: 'unjudged', args: { pid: 812, pids: 'pid 900, pid 901', other: 900 } },
  },
  {
    name: 'another server, and the user chose',
    facts: factsFixture({ pms: { others: { pids: [900], isChosen: true } } }),
    expected: { verdict: 'pass', message: 'chosen', args: { pid: 812, pids: 'pid 900' } },
  },
  { name: 'one server', facts: factsFixture(), expected: { verdict: 'pass', message: 'none' } },
  {
    name: 'PMS is only installed',
    facts: factsFixture({ pms: { pid: null } }),
    expected: { verdict: 'not-applicable', message: 'absent' },
  },
]);
