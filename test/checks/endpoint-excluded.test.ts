import check from '../../checks/endpoint-excluded.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, factsFixture } from '../support/fixtures/facts.ts';

const excluding = (entry: string) => ({ https_proxy: PROXY, http_proxy: PROXY, no_proxy: entry });

checkRows(check, [
  {
    name: 'an endpoint of a scan into a closed network',
    facts: factsFixture({ variables: excluding('metadata.provider.plex.tv') }),
    expected: {
      verdict: 'fail',
      message: 'blocked',
      args: {
        entry: 'metadata.provider.plex.tv',
        variable: 'no_proxy',
        host: 'metadata.provider.plex.tv',
        outcome: 'no-reply',
      },
      endpoint: 'metadata.provider.plex.tv',
    },
  },
  {
    name: 'a feature into a closed network',
    facts: factsFixture({ variables: excluding('downloads.plex.tv') }),
    expected: { verdict: 'warn', message: 'blocked' },
  },
  {
    name: 'the direct route was not tried',
    facts: factsFixture({ variables: excluding('downloads.plex.tv'), direct: 'not-run' }),
    expected: { verdict: 'warn', message: 'untested' },
  },
  {
    name: 'the direct route works',
    facts: factsFixture({ variables: excluding('downloads.plex.tv'), direct: 'ok' }),
    expected: { verdict: 'pass', message: 'works' },
  },
  {
    name: 'an endpoint that nobody needs',
    facts: factsFixture({ variables: excluding('metrics.plex.tv') }),
    expected: { verdict: 'pass', message: 'none' },
  },
]);
