import check from '../../checks/rebinding-protection.ts';
import { failed, ok } from '../../src/core/model/evidence.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

type Word = 'returned' | 'dropped';
const answers = (inner: Word, outer: Word) =>
  factsFixture({ resolver: { rebinding: ok({ private: inner, public: outer, code: null }) } });

checkRows(check, [
  {
    name: 'only private answers are dropped',
    facts: answers('dropped', 'returned'),
    expected: { verdict: 'warn', message: 'dropped' },
  },
  { name: 'both pass', facts: answers('returned', 'returned'), expected: { verdict: 'pass', message: 'returned' } },
  {
    name: 'no answer at all',
    facts: answers('dropped', 'dropped'),
    expected: { verdict: 'not-applicable', message: 'unresolved' },
  },
  {
    name: 'the name server is silent',
    facts: factsFixture({ resolver: { rebinding: failed('ETIMEOUT', 'no answer') } }),
    expected: { verdict: 'not-applicable', message: 'unasked', args: { reason: 'no answer' } },
  },
]);
