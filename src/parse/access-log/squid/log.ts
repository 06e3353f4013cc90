import type { AccessEntry } from '../entry.ts';
import { LineCutter } from '../lines.ts';
import type {
  AcceptsName,
  AccessLogOptions,
  AccessLogParser,
  AccessLogSummary,
  ClientCount,
  UnreadLines,
} from '../parser.ts';
import { asciiOf } from '../text.ts';
import { UriScanner } from '../uri.ts';
import { isOwnMessage } from './own-messages.ts';
import { ClientTable, NO_CLIENT, NOT_A_CLIENT } from './fast/clients.ts';
import { EntryTable, NOT_A_VALUE, NOT_WANTED } from './fast/entries.ts';
import { NativeLine, RequestCache } from './fast/native.ts';
import { BUILTIN_FORMATS, type SquidFormat } from './format/logformat.ts';
import { LinePlan } from './format/plan.ts';
import { numberAt, SLOT } from './format/values.ts';

/** 80 bytes each until `entries` is asked, three times that while the table grows. */
const ENTRY_LIMIT = 500_000;

const DASH = 0x2d;
const NOT_A_TIME = -1;

export interface SquidLogOptions extends AccessLogOptions {
  /** Why the format is not sure. */
  readonly guess?: string | null;
}

/**
 * Reads an access log in chunks of any size into distinct requests. A line is first matched as the format says; only one that does
 * not fit is searched for another reading, and counted when it has none. Nothing throws.
 */
export class SquidLogReader implements AccessLogParser {
  readonly #lines = new LineCutter(
    (bytes, from, end, number) => this.#line(bytes, from, end, number),
    (bytes, view, from, last) => this.#nativeLine(bytes, view, from, last),
  );
  readonly #uri = new UriScanner();
  readonly #format: SquidFormat;
  readonly #plan: LinePlan;
  readonly #clients: ClientTable;
  readonly #entries: EntryTable;
  /** For logs in the native format, which most are and the largest. */
  #native: { readonly line: NativeLine; readonly requests: RequestCache } | null = null;
  /** Entry and client of the last line that was taken. */
  #entry = -1;
  #client = NO_CLIENT;
  readonly #subsecondUnitMs: number;
  readonly #guess: string | null;
  #ownMessages = 0;
  #lineCount = 0;
  #unreadCount = 0;
  #firstUnread: UnreadLines['first'] = null;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #notKept = 0;

  constructor(format: SquidFormat, { clients, maxEntries = ENTRY_LIMIT, guess = null }: SquidLogOptions = {}) {
    this.#format = format;
    this.#guess = guess;
    this.#plan = new LinePlan(format);
    this.#clients = new ClientTable(clients ?? null);
    this.#entries = new EntryTable(maxEntries, this.#plan.slots);
    if (format.line === BUILTIN_FORMATS.squid.line)
      this.#native = { line: new NativeLine(), requests: new RequestCache() };
    const subsecond = format.parts.find((part) => part.kind === 'field' && part.slot === 'subsecond');
    const digits = subsecond?.kind === 'field' && subsecond.maxWidth ? subsecond.maxWidth : 3;
    this.#subsecondUnitMs = 10 ** (3 - digits);
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  end(): AccessLogSummary {
    this.#lines.end();
    this.#entries.close();
    this.#native = null;
    this.#clients.close();
    const { slots } = this.#plan;
    return {
      format: this.#format.name ?? this.#format.line,
      lines: this.#lineCount,
      unread: { count: this.#unreadCount, first: this.#firstUnread },
      firstMs: Number.isFinite(this.#firstMs) ? this.#firstMs : null,
      lastMs: Number.isFinite(this.#lastMs) ? this.#lastMs : null,
      clients: this.clientsSeen().length,
      notKept: this.#notKept,
      remarks: this.#ownMessages === 0 ? [] : [`${this.#ownMessages} lines are messages of Squid itself`],
      namesHosts: slots.has(SLOT.uri) || slots.has(SLOT.host),
      guess: this.#guess,
    };
  }

  /**
   * In the order of their first line; only those of some clients when these are given, and for the names that are accepted. Without names
   * to accept, of too many only those for plex.tv and the most frequent.
   */
  entries(clients: readonly string[] | null = null, accepts: AcceptsName | null = null): readonly AccessEntry[] {
    const names = new Map<number, string | null>(clients === null ? [[NO_CLIENT, null]] : []);
    for (const [index, name] of this.#clients.names()) {
      if (clients === null || (name !== null && clients.includes(name))) names.set(index, name);
    }
    const agent = this.#format.parts.find((part) => part.kind === 'field' && part.slot === 'userAgent');
    const quoting = agent?.kind === 'field' ? agent.quoting : 'none';
    return this.#entries.entries(names, accepts, quoting);
  }

  clientsSeen(): readonly ClientCount[] {
    return this.#clients.seen();
  }

  /** Counts one more line of a request that is remembered. The result is the same as that of `#line`. */
  #nativeLine(bytes: Uint8Array, view: DataView, from: number, last: number): number {
    if (this.#native === null) return -1;
    const { line, requests } = this.#native;
    if (!line.scan(bytes, view, from, last) || !requests.find(view, line)) return -1;
    const { entry } = requests;
    this.#lineCount += 1;
    this.#clients.count(requests.client, requests.plexTv);
    this.#countTime(line.ms);
    if (entry >= 0) this.#entries.count(entry, line.ms, line.bytesSent);
    return line.end;
  }

  #line(bytes: Uint8Array, from: number, end: number, number: number): void {
    this.#lineCount += 1;
    const plan = this.#plan;
    const entries = this.#entries;
    const isUsual = plan.match(bytes, from, end) && this.#take(bytes);
    const isKept = isUsual && (this.#entry >= 0 || this.#entry === NOT_WANTED);
    if (isKept) this.#native?.requests.remember(this.#entry, this.#client, entries.plexTv);
    else this.#native?.requests.forget();
    if (isUsual) return;
    if (plan.search(bytes, from, end) && this.#take(bytes)) return;
    if (isOwnMessage(bytes, from, end)) this.#ownMessages += 1;
    else this.#unread(number, plan.failedAt - from + 1, `logformat: no value of %${plan.failedCode} here`);
  }

  #unread(line: number, column: number, rule: string): void {
    this.#unreadCount += 1;
    this.#firstUnread ??= { line, column, rule };
  }

  /** Counts the line that the plan has just taken apart. false: a value is not what its field can hold. */
  #take(bytes: Uint8Array): boolean {
    const plan = this.#plan;
    const entries = this.#entries;
    const { spans } = plan;
    const ms = this.#timeOf(plan, bytes);
    if (ms === NOT_A_TIME) return false;
    const sentFrom = spans[2 * SLOT.bytes] ?? -1;
    const sentEnd = spans[2 * SLOT.bytes + 1] ?? -1;
    const sent = numberAt(bytes, sentFrom, sentEnd);
    if (Number.isNaN(sent) && sentFrom >= 0 && !isDash(bytes, sentFrom, sentEnd)) return false;
    const uri = this.#uri;
    const uriFrom = spans[2 * SLOT.uri] ?? -1;
    if (uriFrom >= 0) uri.scan(bytes, uriFrom, spans[2 * SLOT.uri + 1] ?? uriFrom);

    const client = this.#clientOf(plan, bytes);
    if (client === NOT_A_CLIENT) return false;
    const entry = entries.entryOf(client, this.#clients.isWanted(client), bytes, spans, uri);
    if (entry === NOT_A_VALUE) return false;
    this.#entry = entry;
    this.#client = client;
    this.#clients.count(client, entries.plexTv);
    this.#countTime(ms);
    if (entry < 0) {
      if (entry !== NOT_WANTED) this.#notKept += 1;
      return true;
    }
    entries.count(entry, ms, sent);
    const server = spans[2 * SLOT.server] ?? -1;
    const serverEnd = spans[2 * SLOT.server + 1] ?? -1;
    if (server >= 0 && !isDash(bytes, server, serverEnd)) entries.server(entry, bytes, server, serverEnd);
    return true;
  }

  #countTime(ms: number): void {
    if (ms < this.#firstMs) this.#firstMs = ms;
    if (ms > this.#lastMs) this.#lastMs = ms;
  }

  /** NaN: the line has no time that can be read. */
  #timeOf({ spans, timeMs }: LinePlan, bytes: Uint8Array): number {
    const from = spans[2 * SLOT.seconds] ?? -1;
    if (from < 0) return Number.isNaN(timeMs) ? startMs(bytes, spans) : timeMs;
    const end = spans[2 * SLOT.seconds + 1] ?? -1;
    const seconds = numberAt(bytes, from, end);
    if (Number.isNaN(seconds)) return isDash(bytes, from, end) ? seconds : NOT_A_TIME;
    const subFrom = spans[2 * SLOT.subsecond] ?? -1;
    if (subFrom < 0) return seconds * 1000;
    const subsecond = numberAt(bytes, subFrom, spans[2 * SLOT.subsecond + 1] ?? -1);
    return Number.isNaN(subsecond) ? NOT_A_TIME : seconds * 1000 + Math.floor(subsecond * this.#subsecondUnitMs);
  }

  #clientOf({ spans }: LinePlan, bytes: Uint8Array): number {
    const from = spans[2 * SLOT.client] ?? -1;
    const end = spans[2 * SLOT.client + 1] ?? -1;
    return from < 0 || isDash(bytes, from, end) ? NO_CLIENT : this.#clients.numberOf(bytes, from, end);
  }
}

/** `%tS`: seconds and a fraction. NaN when the format lacks it. */
function startMs(bytes: Uint8Array, spans: Int32Array): number {
  const from = spans[2 * SLOT.start] ?? -1;
  if (from < 0) return Number.NaN;
  return Math.round(Number(asciiOf(bytes, from, spans[2 * SLOT.start + 1] ?? from)) * 1000);
}

function isDash(bytes: Uint8Array, from: number, end: number): boolean {
  return end - from === 1 && bytes[from] === DASH;
}
