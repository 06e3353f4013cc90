import check from '../../checks/network-namespace-differs.ts';
import { checkRows } from '../support/check-rows.ts';
import { factsFixture } from '../support/facts-fixture.ts';

checkRows(check, [
  {
    name: 'a container seen from its host',
    facts: factsFixture({ pms: { otherNetwork: true } }),
    expected: { verdict: 'warn', message: 'other', args: { pid: 812 } },
  },
  { name: 'the same network', facts: factsFixture(), expected: { verdict: 'pass', message: 'same' } },
  {
    name: 'a system without namespaces',
    facts: factsFixture({ pms: { otherNetwork: null } }),
    expected: { verdict: 'not-applicable', message: 'unknown' },
  },
  {
    name: 'PMS is only installed',
    facts: factsFixture({ pms: { pid: null, otherNetwork: null } }),
    expected: { verdict: 'not-applicable', message: 'absent' },
  },
]);
