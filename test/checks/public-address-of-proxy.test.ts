import check from '../../checks/public-address-of-proxy.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const seenAs = (callerAddress: string) => ({ outcome: 'ok', http: { callerAddress } }) as const;

checkRows(check, [
  {
    name: 'two addresses',
    facts: factsFixture({ direct: seenAs('203.0.113.1'), viaProxy: seenAs('203.0.113.2') }),
    expected: { verdict: 'warn', message: 'differs', args: { direct: '203.0.113.1', proxied: '203.0.113.2' } },
  },
  {
    name: 'one address',
    facts: factsFixture({ direct: seenAs('203.0.113.1'), viaProxy: seenAs('203.0.113.1') }),
    expected: { verdict: 'pass', message: 'same' },
  },
  {
    name: 'only the proxy gets out',
    facts: factsFixture({ viaProxy: seenAs('203.0.113.2') }),
    expected: { verdict: 'pass', message: 'inferred', args: { address: ' (203.0.113.2)' } },
  },
  {
    name: 'only the proxy gets out, and the answer was no address',
    facts: factsFixture(),
    expected: { verdict: 'pass', message: 'inferred', args: { address: '' } },
  },
  {
    name: 'PMS asks directly',
    facts: factsFixture({ variables: {}, direct: seenAs('203.0.113.1') }),
    expected: { verdict: 'not-applicable', message: 'direct' },
  },
  {
    name: 'the proxy denies it',
    facts: factsFixture({ viaProxy: 'denied' }),
    expected: { verdict: 'not-applicable', message: 'unlearned' },
  },
]);
