import check from '../../checks/loopback-through-proxy.ts';
import { checkRows } from '../support/check-rows.ts';
import { PROXY, factsFixture } from '../support/facts-fixture.ts';

checkRows(check, [
  {
    name: 'no no_proxy',
    facts: factsFixture({ variables: { https_proxy: PROXY, http_proxy: PROXY } }),
    expected: { verdict: 'warn', message: 'proxied', args: { hosts: 'localhost, 127.0.0.1, ::1' } },
  },
  {
    name: 'localhost does not cover 127.0.0.1',
    facts: factsFixture({ variables: { http_proxy: PROXY, no_proxy: 'localhost,::1' } }),
    expected: { verdict: 'warn', message: 'proxied', args: { hosts: '127.0.0.1' } },
  },
  {
    name: 'only ::1 is left out',
    facts: factsFixture({ variables: { http_proxy: PROXY, no_proxy: 'localhost,127.0.0.1' } }),
    expected: { verdict: 'pass', message: 'ipv6-only' },
  },
  { name: 'all covered', facts: factsFixture(), expected: { verdict: 'pass', message: 'direct' } },
  {
    name: 'a proxy for https only',
    facts: factsFixture({ variables: { https_proxy: PROXY } }),
    expected: { verdict: 'not-applicable', message: 'unproxied' },
  },
]);
