import check from '../../checks/probes-denied-by-name.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'an endpoint of a scan answers only without our name',
    facts: factsFixture({ viaProxy: { 'plex.tv': { outcome: 'ok', deniedByName: true }, '*': 'denied' } }),
    expected: { verdict: 'warn', message: 'denied', args: { hosts: 'plex.tv' } },
  },
  {
    name: 'a denial of everybody',
    facts: factsFixture({ viaProxy: 'denied' }),
    expected: { verdict: 'pass', message: 'none' },
  },
]);
