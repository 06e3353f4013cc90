import { expect, it } from 'vitest';
import type { SeenFlow } from '../../../src/core/judge/observed.ts';
import type { Endpoint } from '../../../src/core/model/endpoint.ts';
import type { Scan } from '../../../src/core/model/experiment.ts';
import { describeSince } from '../../../src/core/words/since.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { directFlow } from '../../support/fixtures/traffic.ts';

const HOST = 'metadata.provider.plex.tv';
const FROM = '2026-01-01T00:00:00.000Z';
const TO = '2026-01-01T00:01:00.000Z';

function scan(end: Scan['end'], id = '1'): Scan {
  const library = { id, type: 'artist', agent: 'a', scanner: 's', needs: 'provider', locations: 1 } as const;
  const times = { startedAt: FROM, endedAt: TO, narrowed: false };
  const status = end === 'refused' ? 503 : 200;
  return { library, role: 'agent', attempt: 1, ...times, status, body: null, end, trouble: null };
}

const endpoint: Endpoint | null = CATALOGUE.find(({ host }) => host === HOST) ?? null;

function reached(route: 'direct' | 'proxy' | 'loopback', outcome: 'ok' | 'no-reply' = 'ok'): SeenFlow {
  const flow = directFlow(HOST, { route, outcome });
  return { flow, endpoint, candidates: [], host: HOST, tied: true, bypass: false, excludedBy: null };
}

it.each<[string, readonly Scan[], readonly Scan[], readonly SeenFlow[] | null, string]>([
  [
    'by the proxy',
    [scan('refused')],
    [scan('finished')],
    [reached('proxy')],
    'before: 503; now: scanned, by the proxy',
  ],
  [
    'by a bridge, whose own connection is not PMS’s',
    [scan('refused')],
    [scan('finished')],
    [reached('loopback'), reached('proxy')],
    'before: 503; now: scanned, by the proxy, through a bridge on this machine',
  ],
  ['directly', [scan('refused')], [scan('finished')], [reached('direct')], 'before: 503; now: scanned, directly'],
  [
    'without a need',
    [scan('refused')],
    [scan('finished')],
    [reached('direct', 'no-reply')],
    'before: 503; now: scanned, asking for nothing that a scan needs',
  ],
  ['not watched', [scan('refused')], [scan('finished')], null, 'before: 503; now: scanned, its way was not watched'],
  ['still refused', [scan('refused')], [scan('refused')], [], 'before: 503; now: 503'],
  ['another library', [scan('refused')], [scan('refused', '2')], [], 'before: 503; not scanned now'],
])('%s', (_name, was, is, flows, expected) => {
  const earlier = { name: 'before.json', startedAt: FROM, condition: 'reproduced', scans: was, causes: [] } as const;
  const told = describeSince(earlier, { experiment: { scans: is, controls: [] }, flows });
  expect(told[0]?.text).toBe(`library 1 (music): ${expected}`);
});
