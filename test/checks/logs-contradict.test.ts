import check from '../../checks/logs-contradict.ts';
import type { Flow, PmsLog, PmsRequest } from '../../src/core/model/traffic.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { directFlow, pmsLog, loggedFlow, traffic, watcher } from '../support/fixtures/traffic.ts';

const failed = (more: Partial<PmsRequest> = {}): PmsRequest => ({
  log: 'Plex Media Server',
  scheme: 'https',
  host: 'plex.tv',
  port: 443,
  method: 'GET',
  status: null,
  curl: 28,
  error: 'timeout',
  outcome: 'no-reply',
  count: 2,
  firstAt: '2026-01-01T00:00:10.000Z',
  lastAt: '2026-01-01T00:00:40.000Z',
  ...more,
});
const at = (from: string, to = from): Partial<Flow> => ({ firstAt: from, lastAt: to });
const given = (requests: readonly PmsRequest[], flows: readonly Flow[], more: Partial<PmsLog> = {}) =>
  factsFixture({ traffic: traffic(flows), pmsLog: pmsLog({ requests, ...more }) });

checkRows(check, [
  {
    name: 'PMS failed, the proxy let it through, which two saw',
    facts: given(
      [failed()],
      [loggedFlow('plex.tv', { count: 5 }), loggedFlow('Plex.tv', { count: 5, seenBy: ['capture'] })],
    ),
    expected: {
      verdict: 'warn',
      message: 'differ',
      args: {
        log: 'Plex Media Server',
        host: 'plex.tv',
        port: 443,
        error: 'curl 28, timeout',
        failed: 2,
        answered: 5,
      },
      endpoint: 'plex.tv',
    },
  },
  {
    name: 'a host that the catalogue lacks, by an old log without the number',
    facts: given([failed({ host: 'api.example', curl: null, error: 'x' })], [loggedFlow('api.example')]),
    expected: { verdict: 'warn', message: 'differ', endpoint: null },
  },
  {
    name: 'the clocks differ by an hour',
    facts: given([failed()], [loggedFlow('plex.tv', at('2025-12-31T23:00:20.000Z'))], {
      proxyClockOffsetSeconds: 3_600,
    }),
    expected: { verdict: 'warn', message: 'differ' },
  },
  {
    name: 'the times of PMS have no zone',
    facts: given([failed({ firstAt: '2026-01-01T09:00:00.000', lastAt: null })], [loggedFlow('plex.tv')]),
    expected: { verdict: 'warn', message: 'differ' },
  },
  {
    name: 'the proxy let it through at another time, on another port, for another host, or not at all',
    facts: given(
      [failed()],
      [
        loggedFlow('plex.tv', at('2026-01-01T02:00:00.000Z')),
        loggedFlow('plex.tv', { targetPort: 80 }),
        loggedFlow('metadata.provider.plex.tv'),
        loggedFlow('plex.tv', { outcome: 'denied' }),
        directFlow('plex.tv', { outcome: 'ok' }),
      ],
    ),
    expected: { verdict: 'pass', message: 'agree' },
  },
  {
    name: 'an answer of any status is no failure',
    facts: given([failed({ curl: null, error: null, status: 503, outcome: 'ok' })], [loggedFlow('plex.tv')]),
    expected: { verdict: 'pass', message: 'agree' },
  },
  {
    name: 'sockets do not show the proxy',
    facts: factsFixture({ traffic: traffic([], { watchers: [watcher('socket')] }), pmsLog: pmsLog() }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'no log of PMS',
    facts: factsFixture({ traffic: traffic([]) }),
    expected: { verdict: 'not-applicable', message: 'NO_PMS_LOG' },
  },
]);
