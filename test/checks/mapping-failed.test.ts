import check from '../../checks/mapping-failed.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'failed, with a reason',
    facts: factsFixture({ pmsStatus: { mapping: 'failed', mappingError: 'unreachable' } }),
    expected: { verdict: 'warn', message: 'failed', args: { state: 'failed', error: 'unreachable' } },
  },
  {
    name: 'failed, without one',
    facts: factsFixture({ pmsStatus: { mapping: 'Failed' } }),
    expected: { verdict: 'warn', message: 'failed', args: { state: 'Failed', error: 'no reason given' } },
  },
  { name: 'mapped', facts: factsFixture({ pmsStatus: {} }), expected: { verdict: 'pass', message: 'other' } },
  {
    name: 'not said',
    facts: factsFixture({ pmsStatus: { mapping: null } }),
    expected: { verdict: 'not-applicable', message: 'untold' },
  },
]);
