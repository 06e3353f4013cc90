import check from '../../checks/bypass-blocked.ts';
import type { Outcome } from '../../src/core/model/outcome.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, traffic, watcher } from '../support/fixtures/traffic.ts';

const METADATA = 'metadata.provider.plex.tv';
const seen = (...flows: Parameters<typeof traffic>[0]) => factsFixture({ traffic: traffic(flows) });
const becoming = (outcome: Outcome | null) => seen(directFlow(METADATA, { outcome }));

checkRows(check, [
  {
    name: 'the case of an isolated PMS',
    facts: seen(directFlow(METADATA), proxiedFlow('plex.tv')),
    expected: {
      verdict: 'fail',
      message: 'never-asked',
      args: {
        process: 'Plex Media Scanner (pid 931)',
        target: `${METADATA}:443`,
        host: METADATA,
        port: 443,
        outcome: 'no reply',
      },
      endpoint: METADATA,
    },
  },
  ...(['refused', 'prohibited', 'no-route', 'cut'] as const).map((outcome) => ({
    name: `stopped: ${outcome}`,
    facts: becoming(outcome),
    expected: { verdict: 'fail', message: 'never-asked' } as const,
  })),
  {
    name: 'one program goes around the proxy, another asks it',
    facts: seen(directFlow(METADATA), proxiedFlow(METADATA)),
    expected: { verdict: 'fail', message: 'asked-too' },
  },
  {
    name: 'what no scan needs',
    facts: seen(directFlow('downloads.plex.tv'), directFlow('metrics.plex.tv')),
    expected: { verdict: 'warn', message: 'never-asked', endpoint: 'downloads.plex.tv' },
  },
  {
    name: 'several processes, and what each met',
    facts: seen(
      directFlow(METADATA),
      directFlow(METADATA, { process: 'Plex Script Host', pid: 7, outcome: 'refused' }),
    ),
    expected: {
      verdict: 'fail',
      message: 'never-asked',
      args: {
        process: 'Plex Media Scanner (pid 931), Plex Script Host (pid 7)',
        target: `${METADATA}:443`,
        host: METADATA,
        port: 443,
        outcome: 'no reply, refused',
      },
    },
  },
  {
    name: 'one address family is blocked, the other gets there',
    facts: seen(directFlow(METADATA), directFlow(METADATA, { family: 6, address: '2a00::1', outcome: 'ok' })),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'connected',
    facts: becoming('ok'),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'sampling did not see what became of it',
    facts: becoming(null),
    expected: { verdict: 'not-applicable', message: 'unseen', args: { hosts: METADATA } },
  },
  {
    name: 'sockets alone say nothing of the proxy',
    facts: factsFixture({
      traffic: traffic([directFlow(METADATA, { seenBy: ['socket'] })], { watchers: [watcher('socket')] }),
    }),
    expected: { verdict: 'fail', message: 'unwatched' },
  },
  {
    name: 'the log of the proxy is of another day',
    facts: factsFixture({
      traffic: traffic([directFlow(METADATA)], {
        watchers: [
          watcher('capture', { shows: ['direct'] }),
          watcher('access-log', { from: '2026-01-02T00:00:00.000Z', to: '2026-01-02T01:00:00.000Z' }),
        ],
      }),
    }),
    expected: { verdict: 'fail', message: 'unwatched' },
  },
  {
    name: 'the log of the proxy has no times',
    facts: factsFixture({
      traffic: traffic([directFlow(METADATA)], {
        watchers: [watcher('capture', { shows: ['direct'] }), watcher('access-log', { from: null, to: null })],
      }),
    }),
    expected: { verdict: 'fail', message: 'unwatched' },
  },
  {
    name: 'without a proxy nothing goes around one',
    facts: factsFixture({
      variables: {},
      viaProxy: null,
      traffic: traffic([directFlow(METADATA)], { watchers: [watcher('capture')] }),
    }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'only the log of the proxy',
    facts: factsFixture({ traffic: traffic([proxiedFlow('plex.tv')], { watchers: [watcher('access-log')] }) }),
    expected: { verdict: 'not-applicable', message: 'blind' },
  },
]);
