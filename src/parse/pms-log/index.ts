import { startsWith } from './bytes.ts';
import { Clock, type Stamp } from './clock.ts';
import { ScanList, StateList } from './events.ts';
import { LevelReader } from './levels.ts';
import { LineHead, type HeadFormat } from './line-head.ts';
import { LineSplitter } from './line-splitter.ts';
import { PluginText } from './plugin-text.ts';
import { processOfFile } from './process-name.ts';
import { RequestTable } from './requests.ts';
import { ServerText } from './server-text.ts';
import { TextLine } from './text-line.ts';
import type {
  LogTime,
  PmsLogRequest,
  PmsLogScan,
  PmsLogState,
  PmsLogRecords,
  PmsLogSummary,
  PmsLogWarning,
} from './types.ts';
import { WarningList } from './warnings.ts';

export { curlErrorOf, routeOfFailure } from './curl-error.ts';
export { safeText } from './safe-text.ts';
export type {
  LogTime,
  PmsLogEnd,
  PmsLogRecords,
  PmsLogRequest,
  PmsLogScan,
  PmsLogState,
  PmsLogSummary,
  PmsLogWarning,
} from './types.ts';

/** A PMS that restarts every hour needs a year for this. */
const STARTS_LIMIT = 10_000;
/** So much of a file is looked at to see whether it is a log of PMS. */
const DETECT_LIMIT_BYTES = 65_536;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const FRAMEWORK_START = Buffer.from('Starting framework core - Version: ');
const PLUGIN_FRAMEWORK = 'plug-in framework';
const RULES = {
  head: 'a message begins with Mon DD, YYYY HH:MM:SS.mmm [thread] LEVEL - ',
  none: 'no line begins as a message of PMS or of a plug-in',
} as const;

/**
 * Whether the beginning of a file has a message of PMS, one of its tools or a plug-in. The rest of a message that a
 * rotation cut is skipped.
 */
export function detectPmsLog(sample: Uint8Array): boolean {
  const head = new LineHead();
  let found = false;
  const lines = new LineSplitter((bytes, start, end) => {
    const first = skipBom(bytes, start, end);
    if (!found) found = isFormat(head.read(bytes, first, end));
  });
  lines.push(sample.subarray(0, DETECT_LIMIT_BYTES));
  lines.end();
  return found;
}

/**
 * Reads a log of PMS in chunks of any size and keeps what it tells about requests, states and scans; never tokens, paths,
 * titles, query strings, user names, or addresses of clients. Never throws. Memory is bounded: one line (`LINE_LIMIT_BYTES`),
 * and so many records of each kind (`REQUESTS_LIMIT`, `PENDING_LIMIT`, `EVENTS_LIMIT`, `STARTS_LIMIT`).
 */
export class PmsLogReader {
  readonly #clock: Clock;
  readonly #requests = new RequestTable();
  readonly #states = new StateList();
  readonly #scans = new ScanList();
  readonly #warnings = new WarningList();
  readonly #levels = new LevelReader();
  readonly #lines = new LineSplitter((bytes, start, end, whole) => this.#readLine(bytes, start, end, whole));
  readonly #head = new LineHead();
  readonly #line = new TextLine();
  readonly #server: ServerText;
  readonly #plugin = new PluginText(this.#requests);
  readonly #starts: { readonly stamp: Stamp; readonly program: string; readonly version: string | null }[] = [];
  readonly #processOfFile: string | null;
  #program: string | null = null;
  #version: string | null = null;
  #format: HeadFormat | null = null;
  #first: Stamp | null = null;
  #lastMs: number | null = null;
  #lastWasPlugin = false;
  #unread = 0;
  #firstUnread: { readonly line: number; readonly rule: string } | null = null;
  #startsNotKept = 0;

  /** `name` is that of the file; `zoneOffsetMinutes` is the zone learnt from another log of the same PMS, east positive. */
  constructor(options: { readonly name: string; readonly zoneOffsetMinutes?: number | null }) {
    this.#processOfFile = processOfFile(options.name);
    this.#clock = new Clock(options.zoneOffsetMinutes ?? null);
    this.#server = new ServerText({
      clock: this.#clock,
      requests: this.#requests,
      states: this.#states,
      scans: this.#scans,
      onStart: (program, version, at) => {
        this.#program = program;
        this.#version = version;
        this.#addStart(program, version, at);
      },
    });
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  /** To be called once, behind the last chunk. */
  end(): PmsLogSummary {
    this.#lines.end();
    this.#plugin.finish();
    const lines = this.#lines.line;
    const { count, first } =
      this.#format === null && lines > 0
        ? { count: lines, first: { line: 1, rule: RULES.none } }
        : { count: this.#unread, first: this.#firstUnread };
    return {
      lines,
      unread: { count, first },
      format: this.#format ?? 'server',
      version: this.#version,
      zoneOffsetMinutes: this.#clock.effectiveZone,
      zoneFrom: this.#clock.zone === null ? null : 'start-line',
      starts: this.#starts.map(({ stamp, program, version }) => ({ at: this.#clock.timeOf(stamp), program, version })),
      firstAt: this.#first && this.#clock.timeOf(this.#first),
      lastAt: this.#lastTime(),
      notKept:
        this.#requests.notKept +
        this.#states.notKept +
        this.#scans.notKept +
        this.#warnings.notKept +
        this.#startsNotKept,
    };
  }

  records(): PmsLogRecords {
    return { requests: this.requests(), states: this.states(), scans: this.scans(), warnings: this.warnings() };
  }

  /** Together for each endpoint, in the order in which endpoints and ends were first seen. */
  requests(): readonly PmsLogRequest[] {
    return this.#requests.list(this.#clock, this.#process);
  }

  states(): readonly PmsLogState[] {
    return this.#states.list(this.#clock);
  }

  scans(): readonly PmsLogScan[] {
    return this.#scans.list(this.#clock);
  }

  warnings(): readonly PmsLogWarning[] {
    return this.#warnings.list(this.#clock, this.#process);
  }

  get #process(): string {
    return this.#processOfFile ?? this.#program ?? 'a log of PMS';
  }

  #readLine(bytes: Buffer, start: number, end: number, whole: boolean): void {
    const from = this.#lines.line === 1 ? skipBom(bytes, start, end) : start;
    const kind = this.#head.read(bytes, from, end);
    if (kind === 'none') {
      if (holdsHead(bytes, from, end)) this.#countUnread(RULES.head);
      else if (this.#lastWasPlugin) this.#plugin.readFurther(bytes, from, end);
      return;
    }
    if (kind === 'damaged') {
      if (whole) this.#countUnread(RULES.head);
      return;
    }
    this.#noteMessage(kind);
    this.#line.open(bytes, end, whole, this.#head, this.#clock.zone);
    const broken = kind === 'plugin' ? this.#readPlugin() : this.#server.read(this.#line);
    if (broken !== null) this.#countUnread(broken);
    const level = this.#levels.read(bytes, this.#head.levelStart, this.#head.levelEnd);
    if (level !== null && broken === null) this.#warnings.note(this.#line, level);
  }

  #noteMessage(format: HeadFormat): void {
    this.#format ??= format;
    this.#first ??= { localMs: this.#head.localMs, zone: null };
    this.#lastMs = this.#head.localMs;
    this.#lastWasPlugin = format === 'plugin';
  }

  #readPlugin(): string | null {
    if (this.#line.has(FRAMEWORK_START)) this.#addStart(PLUGIN_FRAMEWORK, null, this.#line.at);
    return this.#plugin.read(this.#line);
  }

  #addStart(program: string, version: string | null, stamp: Stamp): void {
    if (this.#starts.length < STARTS_LIMIT) this.#starts.push({ stamp, program, version });
    else this.#startsNotKept += 1;
  }

  #countUnread(rule: string): void {
    this.#unread += 1;
    this.#firstUnread ??= { line: this.#lines.line, rule };
  }

  #lastTime(): LogTime | null {
    return this.#lastMs === null ? null : this.#clock.timeOf({ localMs: this.#lastMs, zone: this.#clock.zone });
  }
}

/** The head of a message stands so near to the beginning of a line, behind whatever was put before it. */
const HEAD_WITHIN_BYTES = 160;
const HEAD_INSIDE =
  /[A-Z][a-z]{2} [ \d]?\d, \d{4} \d\d:\d\d:\d\d(?:[.:]\d{3})? \[|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \([\da-f]+\) :/;

/** Whether a line that begins in another way holds a message, which must not be lost in silence. */
function holdsHead(bytes: Buffer, start: number, end: number): boolean {
  return HEAD_INSIDE.test(bytes.toString('latin1', start, Math.min(end, start + HEAD_WITHIN_BYTES)));
}

function isFormat(kind: ReturnType<LineHead['read']>): kind is HeadFormat {
  return kind !== 'none' && kind !== 'damaged';
}

function skipBom(bytes: Buffer, start: number, end: number): number {
  return startsWith(bytes, start, end, BOM) ? start + BOM.length : start;
}
