import check from '../../checks/unneeded-endpoint-denied.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'telemetry is denied',
    facts: factsFixture({ viaProxy: { 'metrics.plex.tv': 'denied', '*': 'ok' } }),
    expected: { verdict: 'pass', message: 'denied', args: { hosts: 'metrics.plex.tv' } },
  },
  { name: 'nothing is denied', facts: factsFixture(), expected: { verdict: 'pass', message: 'none' } },
  {
    name: 'no proxy',
    facts: factsFixture({ viaProxy: null }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
  {
    name: 'the proxy cannot be reached',
    facts: factsFixture({ viaProxy: 'proxy-unreachable' }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
]);
