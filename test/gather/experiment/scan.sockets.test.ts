import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Scan } from '../../../src/core/model/experiment.ts';
import { runScan } from '../../../src/gather/experiment/scan.ts';
import type { SmallPms } from '../../support/servers/pms-server.ts';
import { aLibrary, clientOf, requestsOf, scanningPms, type ScanningPlan } from '../../support/servers/scanning-pms.ts';

const open: SmallPms[] = [];
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
});

/** More than a busy machine needs for an answer. */
const PATIENCE_MS = 30_000;
/** The limit of what never comes: longer than what comes before it takes on a busy machine. */
const HANG_MS = 3_000;

const REFUSED =
  '<html><head><title>x</title></head><body><h1>503 Server cannot refresh a music library when not signed in</h1></body></html>';

interface Asking {
  readonly path?: string | null;
  /** The limit of the scan. */
  readonly timeoutMs?: number;
  /** The limit of every other answer. */
  readonly answerMs?: number;
  /** Interrupts it when PMS has been asked. */
  readonly stops?: boolean;
}

async function scanAt(
  starting: Promise<SmallPms>,
  { path = null, timeoutMs = PATIENCE_MS, answerMs = PATIENCE_MS, stops = false }: Asking = {},
): Promise<{ readonly scan: Scan; readonly server: SmallPms }> {
  const server = await starting;
  open.push(server);
  const stopping = new AbortController();
  const client = clientOf(server, answerMs, stopping.signal);
  // So that PMS is known, and the time counts from the request.
  await client.identity();
  const scanning = runScan({
    client,
    patient: clientOf(server, timeoutMs, stopping.signal),
    afterwards: clientOf(server, PATIENCE_MS),
    planned: { library: aLibrary('1'), role: 'agent' },
    path,
    attempt: 1,
    timeoutMs,
    signal: stopping.signal,
  });
  if (stops) {
    await vi.waitUntil(() => requestsOf(server).length === 1, { timeout: PATIENCE_MS });
    stopping.abort();
  }
  return { scan: await scanning, server };
}

const scanning = (plan: ScanningPlan): Promise<SmallPms> => scanningPms(plan);

describe.concurrent('what a scan comes to', () => {
  it.each<[string, ScanningPlan, Asking, Partial<Scan>]>([
    [
      'refused, with its words',
      { scans: { 1: () => ({ kind: 'refuse', status: 503, body: REFUSED }) } },
      {},
      { end: 'refused', status: 503, body: 'Server cannot refresh a music library when not signed in', trouble: null },
    ],
    [
      'refused without a word',
      { scans: { 1: () => ({ kind: 'refuse', status: 400 }) } },
      {},
      { end: 'refused', call: 'POST /library/sections/1/refresh', status: 400, body: null },
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
      { timeoutMs: HANG_MS },
      { end: 'running', status: 200, trouble: null },
    ],
    [
      'never answered',
      { scans: { 1: () => ({ kind: 'hang' }) } },
      { timeoutMs: HANG_MS },
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
      { answerMs: HANG_MS },
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
    expect(requestsOf(server)).toEqual(['POST /library/sections/1/refresh']);
  });
});

it.concurrent.each<[string, ScanningPlan]>([
  ['while it runs', { scans: { 1: () => ({ kind: 'take', forMs: 60_000 }) } }],
  ['before it is answered', { scans: { 1: () => ({ kind: 'hang' }) } }],
])('a scan that is interrupted %s is taken back', async (_, plan) => {
  const { scan, server } = await scanAt(scanning(plan), { stops: true });
  expect(scan.end).toBe('cancelled');
  expect(requestsOf(server)).toEqual(['POST /library/sections/1/refresh', 'DELETE /library/sections/1/refresh']);
});

it.concurrent('a folder narrows it', async () => {
  const { scan, server } = await scanAt(scanning({}), { path: '/srv/my music' });
  expect(scan.narrowed).toBe(true);
  expect(requestsOf(server)).toEqual(['POST /library/sections/1/refresh?path=%2Fsrv%2Fmy+music']);
});
