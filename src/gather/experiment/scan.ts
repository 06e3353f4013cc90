import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedScan, Scan } from '../../core/model/experiment.ts';
import { refusalWords } from '../../parse/pms/refusal.ts';
import type { PmsClient } from '../pms/api/client.ts';

/** Time between two questions whether a scan has ended. */
const POLL_MS = 200;
/** PMS registers the activity of a scan a moment after it took it. */
const SETTLE_MS = 600;

export interface ScanOptions {
  /** A client with the time limit of one ordinary call. */
  readonly client: PmsClient;
  /** One whose calls may take as long as a scan: PMS refuses some only when its scanner has given up. */
  readonly patient: PmsClient;
  readonly planned: PlannedScan;
  /** An existing folder of the library, to scan no more than that; null: all of it. */
  readonly path: string | null;
  readonly attempt: number;
  /** Time limit of the scan, its refusal included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Asks after the scan was interrupted: the signal has ended every other client by then. */
  readonly afterwards: PmsClient;
}

/** Asks PMS for one scan and follows it to its end, for as long as there is time. A scan that is interrupted is cancelled. */
export async function runScan(options: ScanOptions): Promise<Scan> {
  const { patient, planned, path, attempt, timeoutMs, signal, afterwards } = options;
  const { library, role } = planned;
  const startedAt = new Date().toISOString();
  const endsAt = performance.now() + timeoutMs;
  const scan = (more: Pick<Scan, 'call' | 'status' | 'body' | 'end' | 'trouble'>): Scan => ({
    library,
    role,
    attempt,
    narrowed: path !== null,
    startedAt,
    endedAt: new Date().toISOString(),
    ...more,
  });
  const asked = await patient.refresh(library.id, path === null ? {} : { path });
  if (!asked.ok) {
    const end = signal.aborted ? 'cancelled' : 'unanswered';
    if (signal.aborted) await afterwards.cancelRefresh(library.id);
    return scan({ status: asked.status, body: null, end, trouble: asked.trouble });
  }
  const { call, status, activity, body } = asked.value;
  if (status >= 300) return scan({ call, status, body: body && refusalWords(body), end: 'refused', trouble: null });
  const followed = await follow(options, activity, endsAt);
  // One that takes longer is left to end by itself: it may be a large library.
  if (followed.end === 'cancelled') await afterwards.cancelRefresh(library.id);
  return scan({ call, status, body: null, ...followed });
}

/** Waits until the activity of the scan is gone. */
async function follow(
  { client, planned, signal }: ScanOptions,
  activity: string | null,
  endsAt: number,
): Promise<Pick<Scan, 'end' | 'trouble'>> {
  const settledAt = performance.now() + SETTLE_MS;
  for (;;) {
    if (signal.aborted) return { end: 'cancelled', trouble: null };
    const listed = await client.activities();
    if (!listed.ok) return { end: signal.aborted ? 'cancelled' : 'unanswered', trouble: listed.trouble };
    const isOn = listed.value.some(({ id, section }) => id === activity || section === planned.library.id);
    if (!isOn && performance.now() >= settledAt) return { end: 'finished', trouble: null };
    if (performance.now() >= endsAt) return { end: 'running', trouble: null };
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
