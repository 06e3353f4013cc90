import check from '../../checks/request-denied.ts';
import type { Flow } from '../../src/core/model/traffic.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, traffic, watcher } from '../support/fixtures/traffic.ts';

const METADATA = 'metadata.provider.plex.tv';
const denied = (host: string | null, more: Partial<Flow> = {}): Flow =>
  proxiedFlow(host, { outcome: 'denied', code: 'TCP_DENIED', status: 403, ...more });
const at = (second: number): Partial<Flow> => {
  const time = `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
  return { firstAt: time, lastAt: time };
};
const seen = (...flows: Parameters<typeof traffic>[0]) => factsFixture({ traffic: traffic(flows) });
const challenged: Partial<Flow> = { outcome: 'proxy-auth', status: 407, code: 'TCP_DENIED' };

checkRows(check, [
  {
    name: 'what a scan needs, and a feature',
    facts: seen(denied(METADATA, { count: 3 }), denied('downloads.plex.tv')),
    expected: [
      {
        verdict: 'fail',
        message: 'denied',
        args: { target: `${METADATA}:443`, purpose: 'matching', count: 3 },
        endpoint: METADATA,
      },
      { verdict: 'warn', message: 'denied' },
    ],
  },
  {
    name: 'the log and a capture tell of the same denials',
    facts: seen(
      denied(METADATA, { count: 3, seenBy: ['access-log'] }),
      denied(METADATA, { count: 2, seenBy: ['capture'] }),
    ),
    expected: {
      verdict: 'fail',
      message: 'denied',
      args: { target: `${METADATA}:443`, purpose: 'matching', count: 3 },
    },
  },
  {
    name: 'lines that nothing ties to PMS',
    facts: seen(
      denied(METADATA, { seenBy: ['access-log'], client: '192.0.2.1' }),
      denied('metrics.plex.tv', { seenBy: ['access-log'], client: '192.0.2.1' }),
    ),
    expected: [
      { verdict: 'warn', message: 'untied', endpoint: METADATA },
      { verdict: 'pass', message: 'untied', endpoint: 'metrics.plex.tv' },
    ],
  },
  {
    name: '407',
    facts: seen(denied('plex.tv', challenged)),
    expected: { verdict: 'fail', message: 'challenged', args: { target: 'plex.tv:443', purpose: 'sign-in', count: 1 } },
  },
  {
    name: 'a host that the catalogue lacks, and one that nobody needs',
    facts: seen(denied('api.example'), denied('metrics.plex.tv')),
    expected: [
      {
        verdict: 'warn',
        message: 'unlisted',
        args: { target: 'api.example:443', outcome: 'denied', count: 1 },
      },
      { verdict: 'pass', message: 'unneeded' },
    ],
  },
  {
    name: 'denied, then mended',
    facts: seen(denied(METADATA, at(1)), proxiedFlow(METADATA, at(2))),
    expected: { verdict: 'pass', message: 'mended', endpoint: METADATA },
  },
  {
    name: 'denied in between: the last word counts',
    facts: seen(denied(METADATA, at(5)), proxiedFlow(METADATA, { ...at(1), lastAt: '2026-01-01T00:00:09.000Z' })),
    expected: { verdict: 'pass', message: 'mended' },
  },
  {
    name: 'allowed, then denied',
    facts: seen(proxiedFlow(METADATA, at(1)), denied(METADATA, at(2))),
    expected: { verdict: 'fail', message: 'denied' },
  },
  {
    name: 'a challenge that was answered in the same second',
    facts: seen(denied(METADATA, { ...challenged, ...at(3) }), proxiedFlow(METADATA, at(3))),
    expected: { verdict: 'pass', message: 'mended' },
  },
  {
    name: 'mended for another client, for another host, or at a time that is not known',
    facts: seen(
      denied(METADATA, at(1)),
      proxiedFlow(METADATA, { ...at(2), client: '10.0.0.9' }),
      proxiedFlow('plex.tv', at(2)),
      denied('downloads.plex.tv', { firstAt: null, lastAt: null }),
      proxiedFlow('downloads.plex.tv', at(2)),
    ),
    expected: [
      { verdict: 'fail', message: 'denied' },
      { verdict: 'warn', message: 'denied' },
    ],
  },
  {
    name: 'a request that could not be read is mended by no other such',
    facts: seen(denied(null, at(1)), proxiedFlow(null, at(2))),
    expected: {
      verdict: 'warn',
      message: 'unlisted',
      args: { target: 'an unknown host:443', outcome: 'denied', count: 1 },
    },
  },
  {
    name: 'nothing denied',
    facts: seen(proxiedFlow(METADATA)),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'sockets do not show answers',
    facts: factsFixture({ traffic: traffic([directFlow(METADATA)], { watchers: [watcher('socket')] }) }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'flows that were not kept hide no denial that was',
    facts: factsFixture({ traffic: traffic([denied(METADATA)], { omitted: 9 }) }),
    expected: { verdict: 'fail', message: 'denied' },
  },
]);
