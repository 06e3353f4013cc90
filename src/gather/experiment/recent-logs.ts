import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failed, notRun, ok, type Gathered } from '../../core/model/evidence.ts';
import type { PmsLog } from '../../core/model/traffic.ts';
import { Deadline } from '../../core/values/deadline.ts';
import { joinPmsLogs, type ReadPmsLog } from '../files/join/pms-logs.ts';
import { listDirectory, readEnd, readFileFacts } from '../system/files.ts';
import { readLog } from './added-logs.ts';
import { roundToZone } from './zone.ts';

/** The newest bytes of all logs together: PMS keeps 10 MB of each, which with debug lines is some days of a busy server. */
const RECENT_LIMIT_BYTES = 20 * 1024 * 1024;
/** A local disk needs a tenth of this; a lost network share must not hold up the run. */
const RECENT_BUDGET_MS = 2_000;
/** Older trouble says little about today, and a log that is still in use is younger. */
export const RECENT_AGE_MS = 7 * 24 * 3_600_000;

/** The logs of PMS itself and of its scanners with their rotations; plug-ins write elsewhere. */
const LOG_NAMES = /^Plex (?:Media Server|Media Scanner[^.]*|Tuner Service)(\.\d{1,2})?\.log$/;
/** Tolerance between a log's time of change and its last line; a copied log has another time. */
const ZONE_TOLERANCE_MS = 60_000;

interface LogFile {
  readonly name: string;
  readonly isRotated: boolean;
  readonly writtenMs: number;
}

export interface RecentOptions {
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly limitBytes?: number;
  readonly budgetMs?: number;
}

/**
 * Recent lines of PMS and its scanners. `root` is the file system that PMS sees, `folder` its `Logs` there. The logs that are
 * being written come before rotated ones, so that a busy server leaves room for the scanner's few lines.
 */
export async function readRecentLogs(root: string, folder: string, options: RecentOptions): Promise<Gathered<PmsLog>> {
  const { nowMs, signal, limitBytes = RECENT_LIMIT_BYTES, budgetMs = RECENT_BUDGET_MS } = options;
  const deadline = Deadline.after(budgetMs);
  const found = await within(recentFiles(root, folder, nowMs), deadline, signal);
  if (found === null) return tooSlow(signal);
  if (found.state !== 'ok') return found;
  if (found.value.length === 0) return notRun('NO_PMS_LOG', 'PMS logged nothing in the last 7 days');
  const logs: ReadPmsLog[] = [];
  let trouble: Gathered<never> | null = null;
  let bytesLeft = limitBytes;
  for (const file of found.value) {
    if (bytesLeft === 0) break;
    const path = posix.join(folder, file.name);
    const read = await within(readEnd(root, path, bytesLeft), deadline, signal);
    if (read === null) {
      trouble = tooSlow(signal);
      break;
    }
    if (read.state !== 'ok') {
      trouble ??= read;
      continue;
    }
    bytesLeft -= read.value.length;
    if (read.value.length > 0) logs.push(readZoned(path, file.writtenMs, read.value));
  }
  if (logs.length > 0) return ok(joinPmsLogs(logs));
  return trouble ?? notRun('NO_PMS_LOG', "PMS's logs are empty");
}

async function recentFiles(root: string, folder: string, nowMs: number): Promise<Gathered<readonly LogFile[]>> {
  const listed = await listDirectory(root, folder);
  if (listed.state !== 'ok') return listed;
  const files = await Promise.all(
    listed.value.flatMap((name) => {
      const parts = LOG_NAMES.exec(name);
      return parts === null ? [] : [logFile(root, folder, name, parts[1] !== undefined)];
    }),
  );
  return ok(
    files
      .flatMap((file) => file ?? [])
      .filter(({ writtenMs }) => nowMs - writtenMs < RECENT_AGE_MS)
      .toSorted((a, b) => Number(a.isRotated) - Number(b.isRotated) || b.writtenMs - a.writtenMs),
  );
}

async function logFile(root: string, folder: string, name: string, isRotated: boolean): Promise<LogFile | null> {
  const facts = await readFileFacts(root, posix.join(folder, name));
  return facts.state === 'ok' ? { name, isRotated, writtenMs: facts.value.writtenMs } : null;
}

/** If no start line names the zone, the file's time of change tells the zone of its last line. */
function readZoned(path: string, writtenMs: number, bytes: Uint8Array): ReadPmsLog {
  const log = readLog(path, bytes, null);
  const { lastAt, zoneFrom } = log.summary;
  if (zoneFrom !== null || lastAt === null) return log;
  const zoneOffsetMinutes = roundToZone(lastAt.localMs - writtenMs, ZONE_TOLERANCE_MS);
  return { ...log, summary: { ...log.summary, zoneOffsetMinutes } };
}

function tooSlow({ aborted }: AbortSignal): Gathered<never> {
  return aborted
    ? notRun('INTERRUPTED', "interrupted before PMS's logs were read")
    : failed('BUDGET_SPENT', "PMS's logs could not be read in time");
}

/** null: the time was over first. */
async function within<T>(reading: Promise<T>, deadline: Deadline, signal: AbortSignal): Promise<T | null> {
  if (deadline.passed || signal.aborted) return null;
  const ended = new AbortController();
  const late = sleep(deadline.leftMs(), null, { signal: AbortSignal.any([signal, ended.signal]) }).catch(() => null);
  return Promise.race([reading, late]).finally(() => ended.abort());
}
