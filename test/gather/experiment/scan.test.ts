import { afterEach, describe, expect, it } from 'vitest';
import type { Scan } from '../../../src/core/experiment.ts';
import { runScan } from '../../../src/gather/experiment/scan.ts';
import type { SmallPms } from '../../support/pms-server.ts';
import { aLibrary, clientOf, requestsOf, scanningPms, type ScanningPlan } from '../../support/scanning-pms.ts';

const open: SmallPms[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const REFUSED =
  '<html><head><title>x</title></head><body><h1>503 Server cannot refresh a music library when not signed in</h1></body></html>';

interface Asking {
  readonly path?: string | null;
  readonly timeoutMs?: number;
  /** Interrupts it so many milliseconds after PMS was asked. */
  readonly stopAfterMs?: number;
}

async function scanAt(
  starting: Promise<SmallPms>,
  { path = null, timeoutMs = 2_000, stopAfterMs }: Asking = {},
): Promise<{ readonly scan: Scan; readonly server: SmallPms }> {
  const server = await starting;
  open.push(server);
  const stopping = new AbortController();
  const client = clientOf(server, 400, stopping.signal);
  // So that PMS is known, and the time counts from the request.
  await client.identity();
  if (stopAfterMs !== undefined) setTimeout(() => stopping.abort(), stopAfterMs);
  const scan = await runScan({
    client,
    patient: clientOf(server, timeoutMs, stopping.signal),
    afterwards: clientOf(server, 400),
    planned: { library: aLibrary('1'), role: 'agent' },
    path,
    attempt: 1,
    timeoutMs,
    signal: stopping.signal,
  });
  return { scan, server };
}

const scanning = (plan: ScanningPlan): Promise<SmallPms> => scanningPms(plan);

describe('what a scan comes to', () => {
  it.each<[string, ScanningPlan, Asking, Partial<Scan>]>([
    [
      'refused, with its words',
      { scans: { 1: () => ({ kind: 'refuse', status: 503, body: REFUSED }) } },
      {},
      { end: 'refused', status: 503, body: 'Server cannot refresh a music library when not signed in', trouble: null },
    ],
    [
      'refused without a word',
      { scans: { 1: () => ({ kind: 'refuse', status: 404 }) } },
      {},
      { end: 'refused', status: 404, body: null },
    ],
    [
      'taken, its activity told and ended',
      { scans: { 1: () => ({ kind: 'take', forMs: 900, tellsActivity: true }) } },
      {},
      { end: 'finished', status: 200, body: null, trouble: null },
    ],
    [
      'taken, its activity not told',
      { scans: { 1: () => ({ kind: 'take', forMs: 900 }) } },
      {},
      { end: 'finished', status: 200 },
    ],
    ['taken, and over before anybody looked', {}, {}, { end: 'finished', status: 200 }],
    [
      'taken, and never at its end',
      { scans: { 1: () => ({ kind: 'take', forMs: 60_000 }) } },
      { timeoutMs: 700 },
      { end: 'running', status: 200, trouble: null },
    ],
    [
      'never answered',
      { scans: { 1: () => ({ kind: 'hang' }) } },
      { timeoutMs: 500 },
      { end: 'unanswered', status: null, trouble: expect.objectContaining({ code: 'TIMEOUT' }) },
    ],
    [
      'cut off',
      { scans: { 1: () => ({ kind: 'cut' }) } },
      {},
      { end: 'unanswered', status: null, trouble: expect.objectContaining({ code: 'CUT' }) },
    ],
    [
      'answered with garbage',
      { scans: { 1: () => ({ kind: 'garbage' }) } },
      {},
      { end: 'unanswered', status: null, trouble: expect.objectContaining({ code: 'NOT_HTTP' }) },
    ],
    [
      'taken by a PMS that dies then',
      { activities: (response) => void response.destroy() },
      {},
      { end: 'unanswered', status: 200, trouble: expect.objectContaining({ call: '/activities', code: 'CUT' }) },
    ],
    [
      'taken by a PMS that hangs then',
      { activities: () => undefined },
      {},
      { end: 'unanswered', status: 200, trouble: expect.objectContaining({ call: '/activities', code: 'TIMEOUT' }) },
    ],
    [
      'taken by a PMS that talks nonsense then',
      { activities: (response) => void response.end('\u0000\u0001') },
      {},
      { end: 'unanswered', status: 200, trouble: expect.objectContaining({ code: 'NOT_UNDERSTOOD' }) },
    ],
  ])('%s', async (_, plan, asking, expected) => {
    const { scan, server } = await scanAt(scanning(plan), asking);
    expect(scan).toMatchObject(expected);
    expect(Date.parse(scan.endedAt)).toBeGreaterThanOrEqual(Date.parse(scan.startedAt));
    expect(requestsOf(server)).toEqual(['GET /library/sections/1/refresh']);
  });
});

it.each<[string, ScanningPlan]>([
  ['while it runs', { scans: { 1: () => ({ kind: 'take', forMs: 60_000 }) } }],
  ['before it is answered', { scans: { 1: () => ({ kind: 'hang' }) } }],
])('a scan that is interrupted %s is taken back', async (_, plan) => {
  const { scan, server } = await scanAt(scanning(plan), { stopAfterMs: 300 });
  expect(scan.end).toBe('cancelled');
  expect(requestsOf(server)).toEqual(['GET /library/sections/1/refresh', 'DELETE /library/sections/1/refresh']);
});

it('a folder narrows it', async () => {
  const { scan, server } = await scanAt(scanning({}), { path: '/srv/my music' });
  expect(scan.narrowed).toBe(true);
  expect(requestsOf(server)).toEqual(['GET /library/sections/1/refresh?path=%2Fsrv%2Fmy+music']);
});
