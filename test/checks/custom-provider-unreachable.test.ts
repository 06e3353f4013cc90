import check from '../../checks/custom-provider-unreachable.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, PROXY } from '../support/fixtures/facts.ts';
import { FAR, FAR_ID, OWN, OWN_ID, providing } from '../support/fixtures/providers.ts';

const EXCLUDED = { http_proxy: PROXY, https_proxy: PROXY, no_proxy: '10.0.0.9' };
const DENIED = { [OWN_ID]: 'denied', '*': 'ok' } as const;

checkRows(check, [
  {
    name: 'PMS did not say',
    facts: factsFixture(providing(null)),
    expected: { verdict: 'not-applicable', message: 'untold' },
  },
  {
    name: 'there is none',
    facts: factsFixture(providing([])),
    expected: { verdict: 'not-applicable', message: 'none' },
  },
  {
    name: 'in the own network, and denied by the proxy; two providers there are one trouble',
    facts: factsFixture(
      providing([OWN, { ...OWN, identifier: 'tv.plex.agents.custom.tv' }, FAR], { viaProxy: DENIED }),
    ),
    expected: [{ verdict: 'warn', message: 'own-network/proxy-refused', endpoint: OWN_ID }],
  },
  {
    name: 'a public one, denied by the proxy',
    facts: factsFixture(providing([FAR], { viaProxy: { [FAR_ID]: 'denied', '*': 'ok' } })),
    expected: [{ verdict: 'warn', message: 'unusable/proxy-refused', endpoint: FAR_ID }],
  },
  {
    name: 'excluded, and it does not run',
    facts: factsFixture(providing([OWN], { variables: EXCLUDED, direct: 'refused' })),
    expected: [{ verdict: 'warn', message: 'unusable/direct-failed' }],
  },
  {
    name: 'the value of the variable is refused',
    facts: factsFixture(
      providing([FAR], { decide: (_, { host }) => (host === 'provider.example' ? { error: 'no port' } : null) }),
    ),
    expected: [{ verdict: 'warn', message: 'refused', args: { host: 'provider.example', error: 'no port' } }],
  },
  {
    name: 'excluded, and works',
    facts: factsFixture(providing([OWN], { variables: EXCLUDED, viaProxy: DENIED })),
    expected: { verdict: 'pass', message: 'usable', args: { hosts: '10.0.0.9' } },
  },
  {
    name: 'not tried',
    facts: factsFixture(providing([FAR], { viaProxy: { [FAR_ID]: 'not-run', '*': 'ok' } })),
    expected: { verdict: 'not-applicable', message: 'undecided' },
  },
]);
