import check from '../../checks/loopback-through-proxy.ts';
import { ok } from '../../src/core/model/evidence.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, factsFixture, source } from '../support/fixtures/facts.ts';

const optionFacts = () => {
  const variables = { http_proxy: PROXY, https_proxy: PROXY };
  const settings = ok({
    used: 'option',
    basis: 'asserted',
    why: '',
    sources: [source('option', 'option', variables)],
  } as const);
  return { ...factsFixture({ variables }), settings };
};

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
  {
    name: 'a network, which libcurl reads and Python does not',
    facts: factsFixture({
      decide: (dialect, { host }) =>
        dialect === 'python-urllib' && host === '127.0.0.1' ? { route: 'proxy', excludedBy: null } : {},
    }),
    expected: { verdict: 'warn', message: 'plug-ins', args: { hosts: '127.0.0.1', port: 32_400 } },
  },
  {
    name: 'a proxy named by hand, without exclusions',
    facts: optionFacts(),
    expected: { verdict: 'not-applicable', message: 'unstated' },
  },
  { name: 'all covered', facts: factsFixture(), expected: { verdict: 'pass', message: 'direct' } },
  {
    name: 'a proxy for https only',
    facts: factsFixture({ variables: { https_proxy: PROXY } }),
    expected: { verdict: 'not-applicable', message: 'unproxied' },
  },
]);
