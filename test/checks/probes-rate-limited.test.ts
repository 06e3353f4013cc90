import check from '../../checks/probes-rate-limited.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'still limited one by one',
    facts: factsFixture({ viaProxy: { 'plex.tv': { outcome: 'rate-limited', limited: true }, '*': 'ok' } }),
    expected: { verdict: 'warn', message: 'undecided', args: { hosts: 'plex.tv' }, endpoint: null },
  },
  {
    name: 'asks for more patience than a run has',
    facts: factsFixture({
      viaProxy: { 'plex.tv': { outcome: 'rate-limited', limited: true, retryAfterS: 3_600 }, '*': 'ok' },
    }),
    expected: { verdict: 'warn', message: 'come-back', args: { hosts: 'plex.tv', seconds: 3_600 } },
  },
  {
    name: 'answered one by one',
    facts: factsFixture({ viaProxy: { 'plex.tv': { outcome: 'denied', limited: true }, '*': 'ok' } }),
    expected: { verdict: 'pass', message: 'slowed', args: { count: 1 } },
  },
  { name: 'no limit', facts: factsFixture({ viaProxy: 'denied' }), expected: { verdict: 'pass', message: 'none' } },
]);
