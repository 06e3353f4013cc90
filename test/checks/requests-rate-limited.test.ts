import check from '../../checks/requests-rate-limited.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { loggedFlow, proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const LIMITED = { outcome: 'rate-limited', status: 429 } as const;

checkRows(check, [
  {
    name: 'an endpoint of a scan',
    facts: factsFixture({ traffic: traffic([proxiedFlow('plex.tv', { ...LIMITED, count: 3 })]) }),
    expected: { verdict: 'fail', message: 'limited', args: { target: 'plex.tv:443', count: 3 }, endpoint: 'plex.tv' },
  },
  {
    name: 'lines that nothing ties to PMS',
    facts: factsFixture({ traffic: traffic([loggedFlow('plex.tv', LIMITED)]) }),
    expected: { verdict: 'warn', message: 'untied', args: { target: 'plex.tv:443', count: 1 }, endpoint: 'plex.tv' },
  },
  {
    name: 'another host',
    facts: factsFixture({ traffic: traffic([proxiedFlow('other.example', LIMITED)]) }),
    expected: { verdict: 'warn', message: 'limited', endpoint: null },
  },
  {
    name: 'limits of this tool are not those of PMS',
    facts: factsFixture({
      viaProxy: { '*': { outcome: 'rate-limited', limited: true } },
      traffic: traffic([proxiedFlow('plex.tv')]),
    }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'a proxy that was not watched',
    facts: factsFixture({ traffic: traffic([], { watchers: [] }) }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
]);
