import check from '../../checks/slow-proxy.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const taking = (ms: number) => ({ outcome: 'ok', ms }) as const;

checkRows(check, [
  {
    name: 'many times the direct time',
    facts: factsFixture({ direct: taking(100), viaProxy: taking(900) }),
    expected: { verdict: 'warn', message: 'slower', args: { proxied: 900, direct: 100, count: 6 } },
  },
  {
    name: 'a large factor of nearly nothing',
    facts: factsFixture({ direct: taking(10), viaProxy: taking(200) }),
    expected: { verdict: 'pass', message: 'quick', args: { proxied: 200, count: 6 } },
  },
  {
    name: 'a slow line is slow on both routes',
    facts: factsFixture({ direct: taking(2_500), viaProxy: taking(3_500) }),
    expected: { verdict: 'pass', message: 'quick' },
  },
  {
    name: 'nothing to compare, slow by itself',
    facts: factsFixture({ viaProxy: taking(2_001) }),
    expected: { verdict: 'warn', message: 'slow', args: { proxied: 2_001, count: 6 } },
  },
  {
    name: 'one slow endpoint is not a slow proxy',
    facts: factsFixture({ viaProxy: { 'plex.tv': taking(4_000), '*': taking(50) } }),
    expected: { verdict: 'pass', message: 'quick', args: { proxied: 50, count: 6 } },
  },
  {
    name: 'nothing answers',
    facts: factsFixture({ viaProxy: 'denied' }),
    expected: { verdict: 'not-applicable', message: 'unmeasured' },
  },
]);
