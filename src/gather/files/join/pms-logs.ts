import { dirname } from 'node:path';
import type { Outcome, Route } from '../../../core/model/outcome.ts';
import type { PmsLog, PmsRequest, PmsScan, PmsState, PmsWarning } from '../../../core/model/traffic.ts';
import {
  curlErrorOf,
  routeOfFailure,
  type LogTime,
  type PmsLogEnd,
  type PmsLogRecords,
  type PmsLogRequest,
  type PmsLogScan,
  type PmsLogState,
  type PmsLogSummary,
  type PmsLogWarning,
} from '../../../parse/pms-log/index.ts';
import type { Happening } from './clock-offset.ts';
import { isoOf, localIsoOf } from '../../flows/times.ts';

/** States and scans that are kept of all logs together: the last ones, which show the current state. */
const EVENTS_KEPT = 2_000;
const REQUESTS_KEPT = 5_000;
/** Warnings of all logs together; each log has far fewer kinds. */
const WARNINGS_KEPT = 500;

/** One log that has been read. */
export interface ReadPmsLog extends PmsLogRecords {
  /** Its folder or ZIP: logs in the same one are of one server. */
  readonly path: string;
  readonly name: string;
  readonly summary: PmsLogSummary;
}

/** Joins the logs of all processes and rotations. Another step finds the offset of the proxy's clock. */
export function joinPmsLogs(logs: readonly ReadPmsLog[]): PmsLog {
  const zoned = logs.map((log) => ({ log, zone: zoneOf(log, logs) }));
  return {
    files: zoned.map(({ log: { name, summary }, zone }) => ({
      name,
      version: summary.version,
      zoneOffsetMinutes: zone,
      from: timeText(summary.firstAt, zone),
      to: timeText(summary.lastAt, zone),
      lines: summary.lines,
      unread: summary.unread.count,
    })),
    requests: joinRequests(zoned.flatMap(({ log, zone }) => log.requests.map((request) => requestOf(request, zone)))),
    states: inOrder(zoned.flatMap(({ log, zone }) => log.states.map((state) => stateOf(state, zone)))),
    scans: inOrder(zoned.flatMap(({ log, zone }) => log.scans.map((scan) => scanOf(scan, zone)))),
    warnings: joinWarnings(zoned.flatMap(({ log, zone }) => log.warnings.map((warning) => warningOf(warning, zone)))),
    starts: inOrder(zoned.flatMap(({ log, zone }) => startsOf(log, zone))),
    proxyClockOffsetSeconds: null,
  };
}

/** Events of PMS that a proxy logs at the same moment: failures, and requests without a tunnel. Times without a zone cannot be compared. */
export function happeningsOfPms({ requests }: PmsLog): readonly Happening[] {
  return requests
    .filter(({ scheme, error }) => scheme === 'http' || error !== null)
    .flatMap(({ host, firstAt, lastAt }) =>
      [firstAt, lastAt].flatMap((at) => (at?.endsWith('Z') === true ? [{ host, ms: Date.parse(at) }] : [])),
    );
}

/**
 * The zone of a log: that of its own start line, else that of the log of the same server whose start is nearest in time, else the one it was
 * read by. A rotated file rarely holds a start, and the logs of scanner and plug-ins never name a zone.
 */
function zoneOf(log: ReadPmsLog, logs: readonly ReadPmsLog[]): number | null {
  if (log.summary.zoneFrom !== null) return log.summary.zoneOffsetMinutes;
  const server = serverOf(log);
  const from = log.summary.firstAt?.localMs ?? 0;
  const distance = (other: ReadPmsLog): number => Math.abs((other.summary.firstAt?.localMs ?? 0) - from);
  const known = logs.filter((other) => other.summary.zoneFrom !== null && serverOf(other) === server);
  const [nearest] = known.toSorted((a, b) => distance(a) - distance(b));
  return nearest?.summary.zoneOffsetMinutes ?? log.summary.zoneOffsetMinutes;
}

/** Plug-ins log in a folder of their own below the others. */
function serverOf({ path }: ReadPmsLog): string {
  const folder = dirname(path);
  return folder.endsWith('PMS Plugin Logs') ? dirname(folder) : folder;
}

function timeText(at: LogTime | null, zone: number | null): string | null {
  if (at === null) return null;
  const { localMs, utcMs } = at;
  if (utcMs !== null) return isoOf(utcMs);
  return zone === null ? localIsoOf(localMs) : isoOf(localMs - zone * 60_000);
}

function requestOf(
  { log, scheme, host, port, method, ended, count, firstAt, lastAt }: PmsLogRequest,
  zone: number | null,
): PmsRequest {
  return {
    log,
    scheme,
    host,
    port,
    method,
    ...endOf(ended, host),
    count,
    firstAt: timeText(firstAt, zone),
    lastAt: timeText(lastAt, zone),
  };
}

function endOf(
  ended: PmsLogEnd,
  host: string,
): {
  readonly status: number | null;
  readonly curl: number | null;
  readonly error: string | null;
  readonly outcome: Outcome | null;
  readonly route?: Route | null;
} {
  switch (ended.kind) {
    case 'answered':
      return { status: ended.status, curl: null, error: null, outcome: 'ok' };
    case 'failed': {
      const { name, outcome } = curlErrorOf(ended.curl, ended.text);
      const route = routeOfFailure(ended.curl, ended.text, host);
      return { status: null, curl: ended.curl, error: ended.text === '' ? name : ended.text, outcome, route };
    }
    case 'timeout':
      // PMS gave up, and does not say at which stage.
      return { status: null, curl: null, error: 'timeout', outcome: null };
    case 'open':
      return { status: null, curl: null, error: null, outcome: null };
  }
}

function warningOf({ firstAt, lastAt, ...warning }: PmsLogWarning, zone: number | null): PmsWarning {
  return { ...warning, firstAt: timeText(firstAt, zone), lastAt: timeText(lastAt, zone) };
}

/** Counts that differ in their times alone are one. */
function joinEqual<T extends Pick<PmsRequest, 'count' | 'firstAt' | 'lastAt'>>(all: readonly T[]): readonly T[] {
  const joined = new Map<string, T>();
  for (const each of all) {
    const { count: _count, firstAt: _firstAt, lastAt: _lastAt, ...identity } = each;
    const key = JSON.stringify(identity);
    const present = joined.get(key);
    joined.set(key, present === undefined ? each : joinTwo(present, each));
  }
  return [...joined.values()];
}

function joinTwo<T extends Pick<PmsRequest, 'count' | 'firstAt' | 'lastAt'>>(a: T, b: T): T {
  const first = [a.firstAt, b.firstAt].filter((at) => at !== null).sort();
  const last = [a.lastAt, b.lastAt].filter((at) => at !== null).sort();
  return { ...a, count: a.count + b.count, firstAt: first[0] ?? null, lastAt: last.at(-1) ?? null };
}

/** Warnings of a known topic before all others, when there are too many. */
function joinWarnings(warnings: readonly PmsWarning[]): readonly PmsWarning[] {
  const isUnknown = ({ topic }: PmsWarning): number => Number(topic === 'unknown');
  return joinEqual(warnings)
    .toSorted((a, b) => isUnknown(a) - isUnknown(b) || b.count - a.count)
    .slice(0, WARNINGS_KEPT);
}

/** The most frequent ones, when there are too many; failures before all others. */
function joinRequests(requests: readonly PmsRequest[]): readonly PmsRequest[] {
  const all = joinEqual(requests);
  if (all.length <= REQUESTS_KEPT) return all;
  const isFailure = ({ error }: PmsRequest): number => Number(error !== null);
  return all.toSorted((a, b) => isFailure(b) - isFailure(a) || b.count - a.count).slice(0, REQUESTS_KEPT);
}

/** Tools and plug-ins begin whenever PMS needs them. */
const SERVER = 'Plex Media Server';

function startsOf({ summary }: ReadPmsLog, zone: number | null): NonNullable<PmsLog['starts']> {
  return summary.starts
    .filter(({ program }) => program === SERVER)
    .map(({ at, version }) => ({ at: timeText(at, zone), version }));
}

function stateOf({ at, kind, value }: PmsLogState, zone: number | null): PmsState {
  return { at: timeText(at, zone), kind, value };
}

function scanOf({ at, kind, section, status, command }: PmsLogScan, zone: number | null): PmsScan {
  return { at: timeText(at, zone), kind, section, status, command };
}

/** Sorts by time, whatever the order of the files; entries without a time stay at the front. */
function inOrder<T extends { readonly at: string | null }>(events: readonly T[]): readonly T[] {
  return events
    .toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : Number((a.at ?? '') > (b.at ?? ''))))
    .slice(-EVENTS_KEPT);
}
