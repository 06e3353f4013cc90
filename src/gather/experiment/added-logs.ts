import { posix } from 'node:path';
import { failed, notRun, ok, type Gathered } from '../../core/evidence.ts';
import type { PmsLog } from '../../core/traffic.ts';
import { PmsLogReader } from '../../parse/pms-log.ts';
import { LineHead } from '../../parse/pms-log/line-head.ts';
import { joinPmsLogs, type ReadPmsLog } from '../logs/pms-logs.ts';
import { listDirectory } from '../pms/files.ts';
import { markEnd, readAdded, type Tail } from './tail.ts';

/** The log of PMS itself, and those of its scanners; plug-ins write elsewhere. */
const LOG_NAMES = /^Plex (?:Media Server|Media Scanner[^.]*|Tuner Service)\.log$/;
const SERVER_LOG = 'Plex Media Server.log';
const LINE_FEED = 0x0a;
/** Zones differ by whole quarters of an hour. */
const ZONE_STEP_MS = 15 * 60_000;

/** Where the logs of PMS end now. */
export interface LogMarks {
  readonly folder: string;
  readonly tails: readonly Tail[];
}

/** `root` is the file system that PMS sees, `folder` its `Logs` there. */
export async function markLogs(root: string, folder: string): Promise<Gathered<LogMarks>> {
  const listed = await listDirectory(root, folder);
  if (listed.state !== 'ok') return listed;
  const base = posix.join(root, folder);
  // A log that its process begins only now is there afterwards.
  const names = new Set([SERVER_LOG, ...listed.value.filter((name) => LOG_NAMES.test(name))]);
  return ok({ folder: base, tails: await Promise.all([...names].map((name) => markEnd(posix.join(base, name)))) });
}

/** A line that this tool had PMS write, and when. */
export interface LogMarker {
  readonly text: string;
  readonly sentMs: number;
}

/** What PMS and its scanners logged since. Their zone is that by which PMS dated our own line in its log. */
export async function readAddedLogs(marks: Gathered<LogMarks>, marker: LogMarker): Promise<Gathered<PmsLog>> {
  if (marks.state !== 'ok') return marks;
  const { folder, tails } = marks.value;
  const found = await listDirectory('/', folder);
  const known = new Set(tails.map(({ path }) => path));
  const fresh = (found.state === 'ok' ? found.value : [])
    .filter((name) => LOG_NAMES.test(name))
    .map((name) => posix.join(folder, name))
    .filter((path) => !known.has(path))
    .map((path): Tail => ({ path, from: 0, inode: null }));
  const read = await Promise.all([...tails, ...fresh].map(async (tail) => ({ tail, bytes: await readAdded(tail) })));
  const readable = read.flatMap(({ tail, bytes }) => (bytes === null ? [] : [{ path: tail.path, bytes }]));
  if (readable.length === 0) return failed('EACCES', "PMS's logs cannot be read by this user");
  if (readable.every(({ bytes }) => bytes.length === 0)) return notRun('NO_PMS_LOG', 'PMS logged nothing meanwhile');
  const zone = readable.reduce<number | null>((zoned, { bytes }) => zoned ?? zoneBy(marker, bytes), null);
  return ok(joinPmsLogs(readable.map(({ path, bytes }) => readLog(path, bytes, zone))));
}

function readLog(path: string, bytes: Uint8Array, zoneOffsetMinutes: number | null): ReadPmsLog {
  const name = posix.basename(path);
  const reader = new PmsLogReader({ name, zoneOffsetMinutes });
  reader.push(bytes);
  const summary = reader.end();
  return { path, name, summary, requests: reader.requests(), states: reader.states(), scans: reader.scans() };
}

/** Minutes east of Greenwich by which PMS dated our line; null: the line is not there. */
function zoneBy({ text, sentMs }: LogMarker, bytes: Uint8Array): number | null {
  const log = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = log.indexOf(text);
  if (at < 0) return null;
  const head = new LineHead();
  const kind = head.read(log, log.lastIndexOf(LINE_FEED, at) + 1, at);
  if (kind === 'none' || kind === 'damaged') return null;
  return (Math.round((head.localMs - sentMs) / ZONE_STEP_MS) * ZONE_STEP_MS) / 60_000;
}
