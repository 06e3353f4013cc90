import check from '../../checks/direct-egress-open.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, factsFixture } from '../support/fixtures/facts.ts';
import { OWN, providing } from '../support/fixtures/providers.ts';

checkRows(check, [
  {
    name: 'both families are open',
    facts: factsFixture({ direct: { 'plex.tv': 'ok', '*': 'no-reply' } }),
    expected: { verdict: 'warn', message: 'both', args: { count: 1, hosts: 'plex.tv', families: 'IPv4 and IPv6' } },
  },
  {
    name: 'IPv6 leaks',
    facts: factsFixture({ direct: { 4: 'no-reply', 6: 'ok' } }),
    expected: { verdict: 'warn', message: 'ipv6-only' },
  },
  {
    name: 'IPv4 alone is open',
    facts: factsFixture({ direct: { 4: 'ok', 6: 'no-route' } }),
    expected: { verdict: 'warn', message: 'ipv4-only' },
  },
  { name: 'isolated', facts: factsFixture(), expected: { verdict: 'pass', message: 'closed' } },
  {
    name: 'what is meant to go direct may',
    facts: factsFixture({
      variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'downloads.plex.tv' },
      direct: { 'downloads.plex.tv': 'ok', '*': 'no-reply' },
    }),
    expected: { verdict: 'pass', message: 'closed' },
  },
  {
    name: 'a custom provider in the own network answers directly, as it should',
    facts: factsFixture(providing([OWN])),
    expected: { verdict: 'pass', message: 'closed' },
  },
  {
    name: 'the direct route was not tried',
    facts: factsFixture({ direct: 'not-run' }),
    expected: { verdict: 'not-applicable', message: 'untested' },
  },
  {
    name: 'no proxy',
    facts: factsFixture({ variables: {}, direct: 'ok' }),
    expected: { verdict: 'not-applicable', message: 'unproxied' },
  },
  {
    name: 'nothing resolves here',
    facts: factsFixture({ direct: 'unresolved' }),
    expected: { verdict: 'not-applicable', message: 'nameless' },
  },
]);
