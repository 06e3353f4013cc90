import { posix } from 'node:path';
import { failed, notRun, ok, type Gathered } from '../../core/model/evidence.ts';
import type { PmsLog } from '../../core/model/traffic.ts';
import { PmsLogReader } from '../../parse/pms-log/index.ts';
import { LineHead } from '../../parse/pms-log/line-head.ts';
import { joinPmsLogs, type ReadPmsLog } from '../files/join/pms-logs.ts';
import { listDirectory } from '../system/files.ts';
import { markEnd, readAdded, type Tail } from './tail.ts';
import { roundToZone } from './zone.ts';

/** The log of PMS itself, and those of its scanners; plug-ins write elsewhere. */
const LOG_NAMES = /^Plex (?:Media Server|Media Scanner[^.]*|Tuner Service)\.log$/;
const SERVER_LOG = 'Plex Media Server.log';
const LINE_FEED = 0x0a;
/** PMS writes our line at once, or after its current work: the time that is nearest to ours gives PMS's zone. */
const ZONE_TOLERANCE_MS = Infinity;

/** Current ends of PMS's logs. */
export interface LogMarks {
  readonly folder: string;
  readonly tails: readonly Tail[];
}

/** `root` is the file system that PMS sees, `folder` its `Logs` there. */
export async function markLogs(root: string, folder: string): Promise<Gathered<LogMarks>> {
  const listed = await listDirectory(root, folder);
  if (listed.state !== 'ok') return listed;
  const base = posix.join(root, folder);
  // A log that its process begins only later is read from its start.
  const names = new Set([SERVER_LOG, ...listed.value.filter((name) => LOG_NAMES.test(name))]);
  return ok({ folder: base, tails: await Promise.all([...names].map((name) => markEnd(posix.join(base, name)))) });
}

/** A line that this tool had PMS write, and when. */
export interface LogMarker {
  readonly text: string;
  readonly sentMs: number;
}

/** Lines that PMS and its scanners logged since. Their zone is the one by which PMS dated our own line in its log. */
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

/** Content of one log; its zone is that of its start line, else the given one. */
export function readLog(path: string, bytes: Uint8Array, zoneOffsetMinutes: number | null): ReadPmsLog {
  const name = posix.basename(path);
  const reader = new PmsLogReader({ name, zoneOffsetMinutes });
  reader.push(bytes);
  const summary = reader.end();
  return { path, name, summary, ...reader.records() };
}

/** Minutes east of Greenwich by which PMS dated our line; null: the line is not there. */
function zoneBy({ text, sentMs }: LogMarker, bytes: Uint8Array): number | null {
  const log = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = log.indexOf(text);
  if (at < 0) return null;
  const head = new LineHead();
  const kind = head.read(log, log.lastIndexOf(LINE_FEED, at) + 1, at);
  if (kind === 'none' || kind === 'damaged') return null;
  return roundToZone(head.localMs - sentMs, ZONE_TOLERANCE_MS);
}
