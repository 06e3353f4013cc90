import check from '../../checks/host-busy.ts';
import { LOAD_UNKNOWN, ok, type ProbeLoad } from '../../src/core/model/evidence.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const load = (more: Partial<ProbeLoad>) =>
  factsFixture({ items: { load: ok({ waitedMs: 0, longestMs: 0, clockStepMs: 0, unjudged: 0, ...more }) } });

checkRows(check, [
  {
    name: 'attempts ran out of time for it',
    facts: load({ waitedMs: 4_200, longestMs: 3_900, unjudged: 3 }),
    expected: { verdict: 'warn', message: 'unjudged', args: { waited: 4_200, longest: 3_900, count: 3 } },
  },
  {
    name: 'slow, and nothing ran out of time',
    facts: load({ waitedMs: 1_200, longestMs: 90 }),
    expected: { verdict: 'pass', message: 'slow' },
  },
  {
    name: 'the clock was set',
    facts: load({ clockStepMs: -7_200_000 }),
    expected: { verdict: 'warn', message: 'stepped', args: { seconds: -7_200, waited: 0 } },
  },
  { name: 'steady', facts: load({ waitedMs: 40 }), expected: { verdict: 'pass', message: 'steady' } },
  {
    name: 'evidence of an older version',
    facts: factsFixture({ items: { load: LOAD_UNKNOWN } }),
    expected: { verdict: 'not-applicable', message: 'NOT_PROBED' },
  },
]);
