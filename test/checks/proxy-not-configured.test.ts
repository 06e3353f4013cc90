import check from '../../checks/proxy-not-configured.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'no variables, nothing gets out directly',
    facts: factsFixture({ variables: {}, viaProxy: null }),
    expected: {
      verdict: 'fail',
      message: 'blocked',
      args: { source: 'the environment of pid 812', hosts: 'plex.tv, metadata.provider.plex.tv' },
    },
  },
  {
    name: 'a proxy for plain HTTP only',
    facts: factsFixture({ variables: { http_proxy: PROXY } }),
    expected: { verdict: 'fail', message: 'blocked' },
  },
  {
    name: 'no variables, the direct route was not tried',
    facts: factsFixture({ variables: {}, viaProxy: null, direct: 'not-run' }),
    expected: { verdict: 'warn', message: 'untested' },
  },
  {
    name: 'no variables in an open network',
    facts: factsFixture({ variables: {}, viaProxy: null, direct: 'ok' }),
    expected: { verdict: 'pass', message: 'open' },
  },
  {
    name: 'variables for both schemes',
    facts: factsFixture(),
    expected: { verdict: 'pass', message: 'configured' },
  },
  {
    name: 'an excluded endpoint is no missing variable',
    facts: factsFixture({ variables: { https_proxy: PROXY, no_proxy: 'plex.tv' } }),
    expected: { verdict: 'pass', message: 'configured' },
  },
]);
