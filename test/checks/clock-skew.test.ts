import check from '../../checks/clock-skew.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, type AttemptPlan } from '../support/fixtures/facts.ts';

const at = (receivedAt: string): AttemptPlan => ({
  outcome: 'ok',
  http: { date: '2026-01-01T12:00:00.000Z', receivedAt: `2026-01-01T${receivedAt}.000Z` },
});

checkRows(check, [
  {
    name: 'ten minutes ahead',
    facts: factsFixture({ viaProxy: at('12:10:00') }),
    expected: { verdict: 'warn', message: 'ahead', args: { seconds: 600 } },
  },
  {
    name: 'ten minutes behind',
    facts: factsFixture({ viaProxy: at('11:50:00') }),
    expected: { verdict: 'warn', message: 'behind', args: { seconds: 600 } },
  },
  {
    name: 'at the limit',
    facts: factsFixture({ viaProxy: at('12:02:00') }),
    expected: { verdict: 'pass', message: 'right' },
  },
  {
    name: 'just beyond the limit',
    facts: factsFixture({ viaProxy: at('12:02:01') }),
    expected: { verdict: 'warn', message: 'ahead' },
  },
  {
    name: 'one answer from a cache is old',
    facts: factsFixture({ viaProxy: { 'downloads.plex.tv': at('14:00:00'), '*': at('12:00:01') } }),
    expected: { verdict: 'pass', message: 'right' },
  },
  {
    name: 'a date that nobody vouches for',
    facts: factsFixture({
      viaProxy: { 'resources-cdn.plexapp.com': at('14:00:00'), '*': { outcome: 'ok', http: { date: null } } },
    }),
    expected: { verdict: 'not-applicable', message: 'unknown' },
  },
  {
    name: 'every certificate is out of its time',
    facts: factsFixture({ viaProxy: { outcome: 'tls-untrusted', tls: { error: 'CERT_NOT_YET_VALID' } } }),
    expected: { verdict: 'warn', message: 'suspected', args: { count: 5, seconds: 'an unknown number of' } },
  },
]);
