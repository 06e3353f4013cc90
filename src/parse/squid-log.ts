import { ByteTable, Key } from './squid-byte-table.ts';
import { EntryTable, NOT_A_VALUE, NOT_WANTED, VALUE_LIMIT_BYTES, type AcceptsName } from './squid-entries.ts';
import { BUILTIN_FORMATS, type SquidFormat } from './squid-logformat.ts';
import { LineCutter } from './squid-lines.ts';
import { NativeLine, RequestCache } from './squid-native.ts';
import { LinePlan } from './squid-plan.ts';
import type { AccessEntry } from './squid-request.ts';
import { UriScanner } from './squid-uri.ts';
import { asciiOf, hostOf, isSlotValue, numberAt, SLOT } from './squid-values.ts';

export { outcomeOf } from './squid-outcome.ts';
export type { AccessEntry } from './squid-request.ts';

export interface UnreadLines {
  readonly count: number;
  /** The first of them; line and column count from 1. */
  readonly first: { readonly line: number; readonly column: number; readonly rule: string } | null;
}

export interface AccessLogSummary {
  /** The name of the format, or its codes when it has no name; '' when none was found. */
  readonly format: string;
  /** Lines that are not empty, those that could not be read among them. */
  readonly lines: number;
  readonly unread: UnreadLines;
  /** Of all lines that were read, whoever the client was. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly clients: number;
  /** Lines that were read but have no entry, because the table was full. */
  readonly notKept: number;
}

export interface ClientCount {
  readonly client: string;
  readonly count: number;
  /** Requests for plex.tv and its subdomains, by which a Plex Media Server is found. */
  readonly plexCount: number;
}

export interface AccessLogOptions {
  readonly format: SquidFormat | 'auto';
  /** Only entries of these clients, as they are logged. All are counted in `clientsSeen`. */
  readonly clients?: readonly string[];
  readonly maxEntries?: number;
}

/** 80 bytes each until `entries` is asked, three times that while the table grows. */
export const ENTRY_LIMIT = 500_000;
const CLIENT_LIMIT = 65_536;
/** Of a log whose format is to be found, this much is looked at. */
export const SAMPLE_BYTES = 65_536;
/** At least this share of the lines of a sample is read by the right format. */
const READ_SHARE = 0.5;

const DASH = 0x2d;
const TRUE = 1;
const NOT_A_TIME = -1;

/**
 * Reads an access log in chunks of any size into distinct requests. A line is first matched as the format says; only one that does
 * not fit is searched for another reading, and counted when it has none. Nothing throws.
 */
export class AccessLogReader {
  readonly #lines = new LineCutter(
    (bytes, from, end, number) => this.#line(bytes, from, end, number),
    (bytes, view, from, last) => this.#nativeLine(bytes, view, from, last),
  );
  readonly #uri = new UriScanner();
  readonly #clients = new ByteTable(CLIENT_LIMIT, CLIENT_LIMIT * 64);
  readonly #clientKey = new Key();
  #clientCounts = new Float64Array(CLIENT_LIMIT);
  #plexCounts = new Float64Array(CLIENT_LIMIT);
  readonly #maxEntries: number;
  readonly #wanted: ReadonlySet<string> | null;
  #isWanted = new Uint8Array(CLIENT_LIMIT);
  #format: SquidFormat | null = null;
  #reading: { readonly plan: LinePlan; readonly entries: EntryTable } | null = null;
  /** For logs in the native format, which most are and the largest. */
  #native: { readonly line: NativeLine; readonly requests: RequestCache } | null = null;
  /** Entry and client of the last line that was taken. */
  #entry = -1;
  #client = -1;
  /** Chunks that are kept until the format is known; null: it has been looked for. */
  #sample: Uint8Array[] | null = null;
  #sampleBytes = 0;
  #subsecondUnitMs = 1;
  #lineCount = 0;
  #unreadCount = 0;
  #firstUnread: UnreadLines['first'] = null;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #notKept = 0;

  constructor(options: AccessLogOptions) {
    this.#maxEntries = options.maxEntries ?? ENTRY_LIMIT;
    this.#wanted = options.clients ? new Set(options.clients.map((client) => client.toLowerCase())) : null;
    if (options.format === 'auto') this.#sample = [];
    else this.#use(options.format);
  }

  #use(format: SquidFormat): void {
    this.#format = format;
    const plan = new LinePlan(format);
    this.#reading = { plan, entries: new EntryTable(this.#maxEntries, plan.slots) };
    if (format.line === BUILTIN_FORMATS.squid.line)
      this.#native = { line: new NativeLine(), requests: new RequestCache() };
    const subsecond = format.parts.find((part) => part.kind === 'field' && part.slot === 'subsecond');
    const digits = subsecond?.kind === 'field' && subsecond.maxWidth ? subsecond.maxWidth : 3;
    this.#subsecondUnitMs = 10 ** (3 - digits);
  }

  push(chunk: Uint8Array): void {
    if (this.#sample === null) {
      this.#lines.push(chunk);
      return;
    }
    this.#sample.push(chunk.slice());
    this.#sampleBytes += chunk.length;
    if (this.#sampleBytes >= SAMPLE_BYTES) this.#find();
  }

  /** Finds the format by the chunks so far, then reads them. */
  #find(): void {
    const sample = Buffer.concat(this.#sample ?? []);
    this.#sample = null;
    const found = detectFormat(sample.subarray(0, SAMPLE_BYTES));
    if (found) this.#use(found.format);
    this.#lines.push(sample);
  }

  end(): AccessLogSummary {
    if (this.#sample) this.#find();
    this.#lines.end();
    this.#close();
    return {
      format: this.#format === null ? '' : (this.#format.name ?? this.#format.line),
      lines: this.#lineCount,
      unread: { count: this.#unreadCount, first: this.#firstUnread },
      firstMs: Number.isFinite(this.#firstMs) ? this.#firstMs : null,
      lastMs: Number.isFinite(this.#lastMs) ? this.#lastMs : null,
      clients: this.clientsSeen().length,
      notKept: this.#notKept,
    };
  }

  /**
   * In the order of their first line; only those of some clients when these are given, and for the names that are accepted. Without names
   * to accept, of too many only those for plex.tv and the most frequent.
   */
  entries(clients: readonly string[] | null = null, accepts: AcceptsName | null = null): readonly AccessEntry[] {
    const names = new Map<number, string | null>(clients === null ? [[-1, null]] : []);
    for (let index = 0; index < this.#clients.size; index += 1) {
      const name = this.#nameOf(index);
      if (clients === null || (name !== null && clients.includes(name))) names.set(index, name);
    }
    const agent = this.#format?.parts.find((part) => part.kind === 'field' && part.slot === 'userAgent');
    const quoting = agent?.kind === 'field' ? agent.quoting : 'none';
    return this.#reading?.entries.entries(names, accepts, quoting) ?? [];
  }

  /** Most requests first. */
  clientsSeen(): readonly ClientCount[] {
    const seen: ClientCount[] = [];
    for (let index = 0; index < this.#clients.size; index += 1) {
      const client = this.#nameOf(index);
      const count = this.#clientCounts[index] ?? 0;
      if (client !== null && count > 0) seen.push({ client, count, plexCount: this.#plexCounts[index] ?? 0 });
    }
    return seen.sort((a, b) => b.count - a.count);
  }

  #nameOf(client: number): string | null {
    const [bytes] = this.#clients.partsOf(client);
    return bytes ? hostOf(asciiOf(bytes, 0, bytes.length)) : null;
  }

  /** Counts one more line of a request that is remembered. What it adds is what `#line` would add. */
  #nativeLine(bytes: Uint8Array, view: DataView, from: number, last: number): number {
    if (this.#native === null || this.#reading === null) return -1;
    const { line, requests } = this.#native;
    if (!line.scan(bytes, view, from, last) || !requests.find(view, line)) return -1;
    const { entry } = requests;
    this.#lineCount += 1;
    this.#countClient(requests.client, requests.plexTv);
    this.#countTime(line.ms);
    if (entry >= 0) this.#reading.entries.count(entry, line.ms, line.bytesSent);
    return line.end;
  }

  #close(): void {
    this.#reading?.entries.close();
    this.#native = null;
    this.#clientCounts = this.#clientCounts.slice(0, this.#clients.size);
    this.#plexCounts = this.#plexCounts.slice(0, this.#clients.size);
    this.#isWanted = new Uint8Array();
    this.#clients.close();
  }

  #line(bytes: Uint8Array, from: number, end: number, number: number): void {
    this.#lineCount += 1;
    if (this.#reading === null) {
      this.#unread(number, 1, `none of the formats ${Object.keys(BUILTIN_FORMATS).join(', ')}`);
      return;
    }
    const { plan, entries } = this.#reading;
    const isUsual = plan.match(bytes, from, end) && this.#take(plan, entries, bytes);
    const isKept = isUsual && (this.#entry >= 0 || this.#entry === NOT_WANTED);
    if (isKept) this.#native?.requests.remember(this.#entry, this.#client, entries.plexTv);
    else this.#native?.requests.forget();
    if (isUsual) return;
    if (plan.search(bytes, from, end) && this.#take(plan, entries, bytes)) return;
    this.#unread(number, plan.failedAt - from + 1, `logformat: no value of %${plan.failedCode} here`);
  }

  #unread(line: number, column: number, rule: string): void {
    this.#unreadCount += 1;
    this.#firstUnread ??= { line, column, rule };
  }

  /** Counts the line that the plan has just taken apart. false: a value is not what its field can hold. */
  #take(plan: LinePlan, entries: EntryTable, bytes: Uint8Array): boolean {
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
    if (client === -2) return false;
    const wanted = this.#wanted === null || (client >= 0 && this.#isWanted[client] === TRUE);
    const entry = entries.entryOf(client, wanted, bytes, spans, uri);
    if (entry === NOT_A_VALUE) return false;
    this.#entry = entry;
    this.#client = client;
    this.#countClient(client, entries.plexTv);
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

  #countClient(client: number, plexTv: boolean): void {
    if (client < 0) return;
    this.#clientCounts[client] = (this.#clientCounts[client] ?? 0) + 1;
    if (plexTv) this.#plexCounts[client] = (this.#plexCounts[client] ?? 0) + 1;
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

  /** The client's number; -1: not logged, or one too many; -2: what stands there is no client. */
  #clientOf({ spans }: LinePlan, bytes: Uint8Array): number {
    const from = spans[2 * SLOT.client] ?? -1;
    const end = spans[2 * SLOT.client + 1] ?? -1;
    if (from < 0 || isDash(bytes, from, end)) return -1;
    const key = this.#clientKey;
    key.clear(bytes);
    key.add(from, end, VALUE_LIMIT_BYTES);
    const known = this.#clients.find(key);
    if (known >= 0) return known;
    if (!isSlotValue(SLOT.client, bytes, from, end)) return -2;
    const added = this.#clients.insert(key);
    if (added >= 0 && this.#wanted?.has(this.#nameOf(added) ?? '')) this.#isWanted[added] = TRUE;
    return added;
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

function areValues(bytes: Uint8Array, spans: Int32Array): boolean {
  for (let slot = 0; 2 * slot < spans.length; slot += 1) {
    const from = spans[2 * slot] ?? -1;
    if (from >= 0 && !isSlotValue(slot, bytes, from, spans[2 * slot + 1] ?? -1)) return false;
  }
  return true;
}

/**
 * Which built-in format a log has, by its first bytes. The first line may lack its start, and the last its end. null for anything
 * that is not an access log of Squid in one of these formats.
 */
export function detectFormat(sample: Uint8Array): { readonly format: SquidFormat; readonly name: string } | null {
  let best: { readonly format: SquidFormat; readonly name: string; readonly read: number } | null = null;
  for (const [name, format] of Object.entries(BUILTIN_FORMATS)) {
    const { read, lines } = tryFormat(format, sample);
    if (read > 0 && read >= READ_SHARE * lines && read > (best?.read ?? 0)) best = { format, name, read };
    // No other can read more. To look for what is wrong with each line in all the other formats takes long.
    if (read > 0 && read === lines) break;
  }
  return best && { format: best.format, name: best.name };
}

function tryFormat(format: SquidFormat, sample: Uint8Array): { readonly read: number; readonly lines: number } {
  const plan = new LinePlan(format);
  const outcomes: boolean[] = [];
  const cutter = new LineCutter((bytes, from, end) => {
    outcomes.push((plan.match(bytes, from, end) && areValues(bytes, plan.spans)) || plan.search(bytes, from, end));
  });
  cutter.push(sample);
  cutter.end();
  const read = outcomes.filter(Boolean).length;
  const cut = Number(outcomes.at(-1) === false) + Number(outcomes.length > 1 && outcomes[0] === false);
  return { read, lines: outcomes.length - cut };
}
