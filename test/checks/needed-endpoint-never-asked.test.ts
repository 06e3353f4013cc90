import check from '../../checks/needed-endpoint-never-asked.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, factsFixture } from '../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, traffic, watcher } from '../support/fixtures/traffic.ts';

const METADATA = 'metadata.provider.plex.tv';
const seen = (...flows: Parameters<typeof traffic>[0]) => factsFixture({ traffic: traffic(flows) });
const both = (['plex.tv', METADATA] as const).map((name) => ({ name, source: 'dns' as const, outer: false }));

checkRows(check, [
  {
    name: 'PMS went there directly',
    facts: seen(directFlow(METADATA), proxiedFlow('plex.tv')),
    expected: { verdict: 'fail', message: 'direct', args: { host: METADATA }, endpoint: METADATA },
  },
  {
    name: 'nobody was asked',
    facts: seen(proxiedFlow('plex.tv')),
    expected: { verdict: 'not-applicable', message: 'silent', endpoint: METADATA },
  },
  {
    name: 'an address that two endpoints share',
    facts: seen(directFlow(null, { names: both }), proxiedFlow('plex.tv')),
    expected: {
      verdict: 'warn',
      message: 'perhaps',
      args: { host: METADATA, target: `45.76.0.10:443 (one of plex.tv, ${METADATA})` },
    },
  },
  {
    name: 'the settings send it direct',
    facts: factsFixture({
      variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: METADATA },
      traffic: traffic([directFlow(METADATA), proxiedFlow('plex.tv')]),
    }),
    expected: { verdict: 'not-applicable', message: 'excluded' },
  },
  {
    name: 'the proxy was asked for all, denied or not',
    facts: seen(proxiedFlow('plex.tv'), proxiedFlow(METADATA, { outcome: 'denied' })),
    expected: { verdict: 'pass', message: 'asked' },
  },
  {
    name: 'only sockets',
    facts: factsFixture({ traffic: traffic([directFlow(METADATA)], { watchers: [watcher('socket')] }) }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'the log of the proxy is of another day',
    facts: factsFixture({
      traffic: traffic([directFlow(METADATA), proxiedFlow('plex.tv')], {
        watchers: [
          watcher('socket'),
          watcher('access-log', { from: '2025-12-01T00:00:00.000Z', to: '2025-12-02T00:00:00.000Z' }),
        ],
      }),
    }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'an open network without a proxy',
    facts: factsFixture({
      variables: {},
      viaProxy: null,
      traffic: traffic([directFlow('plex.tv', { outcome: 'ok' })], { watchers: [watcher('capture')] }),
    }),
    expected: { verdict: 'not-applicable', message: 'proxyless' },
  },
]);
