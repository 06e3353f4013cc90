import { ByteTable, Key } from './squid-byte-table.ts';
import type { Quoting } from './squid-logformat.ts';
import { readResult, readTarget, readUserAgent, schemeOf, SEPARATOR, type AccessEntry } from './squid-request.ts';
import { TupleTable } from './squid-tuple-table.ts';
import type { UriScanner } from './squid-uri.ts';
import { asciiOf, hostOf, isSlotValue, SLOT } from './squid-values.ts';

/** The longest value that tells two entries apart; a user agent counts by its beginning. */
export const VALUE_LIMIT_BYTES = 3 * 255;
const USER_AGENT_LIMIT_BYTES = 256;
const SERVERS_OF_ENTRY = 16;
/** Distinct targets, results, user agents and servers, and 64 bytes for each on average: 70 MB when all tables are full. */
const PART_LIMIT = 262_144;
const PART_LIMIT_BYTES = 64 * PART_LIMIT;

const TARGET_SLOTS: readonly number[] = [SLOT.host, SLOT.port, SLOT.scheme, SLOT.sni];
const RESULT_SLOTS: readonly number[] = [SLOT.method, SLOT.tag, SLOT.status, SLOT.hierarchy, SLOT.error, SLOT.bumpMode];
const STATS = 4;
const NONE = -1;

/** What a line's values came to: an entry's number, or one of these. Not kept: a table is full. */
const NOT_KEPT = -1;
export const NOT_A_VALUE = -2;
export const NOT_WANTED = -3;
/** The number of the user agent in formats that have none. */
const NO_AGENT = -2;

/**
 * The distinct requests of a log. Targets, results and user agents are numbered by the bytes of their lines, and an entry is four
 * such numbers: what was seen before makes no string and no object. 56 bytes an entry, and 12 for each server address.
 */
export class EntryTable {
  readonly #entries: TupleTable;
  readonly #targets = new ByteTable(PART_LIMIT, PART_LIMIT_BYTES);
  readonly #results = new ByteTable(PART_LIMIT, PART_LIMIT_BYTES);
  readonly #agents = new ByteTable(PART_LIMIT, PART_LIMIT_BYTES);
  readonly #serverNames = new ByteTable(PART_LIMIT, PART_LIMIT_BYTES);
  /** Entry and server. */
  readonly #servers: TupleTable;
  readonly #key = new Key(8 * VALUE_LIMIT_BYTES);
  /** For each entry: count, first and last time, bytes. */
  #stats = new Float64Array(STATS * 1024);
  #lastServers = new Int32Array(1024).fill(NONE);

  constructor(limit: number) {
    this.#entries = new TupleTable(limit);
    this.#servers = new TupleTable(limit);
  }

  /** The entry of a line. `client` is a number that the caller gives it, -1 for none. What is not wanted is only validated. */
  entryOf(client: number, wanted: boolean, bytes: Uint8Array, spans: Int32Array, uri: UriScanner): number {
    const target = this.#targetOf(bytes, spans, uri);
    const result = this.#resultOf(bytes, spans);
    if (target === NOT_A_VALUE || result === NOT_A_VALUE) return NOT_A_VALUE;
    if (!wanted) return NOT_WANTED;
    const agent = this.#agentOf(bytes, spans);
    if (target === NOT_KEPT || result === NOT_KEPT || agent === NOT_KEPT) return NOT_KEPT;
    const before = this.#entries.size;
    const entry = this.#entries.intern(client, target, result, agent);
    if (entry === before) this.#addStats(entry);
    return entry;
  }

  #targetOf(bytes: Uint8Array, spans: Int32Array, uri: UriScanner): number {
    const key = this.#key;
    key.clear();
    const from = spans[2 * SLOT.uri] ?? NONE;
    if (from >= 0) {
      if (uri.authorityEnd - uri.authority > VALUE_LIMIT_BYTES) return NOT_A_VALUE;
      if (uri.pseudo) key.add(1);
      key.add(SEPARATOR);
      key.addRange(bytes, from, uri.schemeEnd, VALUE_LIMIT_BYTES);
      key.add(SEPARATOR);
      key.addRange(bytes, uri.authority, uri.authorityEnd, VALUE_LIMIT_BYTES);
    } else {
      key.add(SEPARATOR);
      key.add(SEPARATOR);
    }
    for (const slot of TARGET_SLOTS) addSlot(key, bytes, spans, slot);
    const known = this.#targets.find(key);
    if (known >= 0) return known;
    if (!isSlotValueOf(bytes, spans, SLOT.uri) || !TARGET_SLOTS.every((slot) => isSlotValueOf(bytes, spans, slot))) {
      return NOT_A_VALUE;
    }
    return this.#targets.insert(key);
  }

  #resultOf(bytes: Uint8Array, spans: Int32Array): number {
    const key = this.#key;
    key.clear();
    for (const slot of RESULT_SLOTS) addSlot(key, bytes, spans, slot);
    const known = this.#results.find(key);
    if (known >= 0) return known;
    return RESULT_SLOTS.every((slot) => isSlotValueOf(bytes, spans, slot)) ? this.#results.insert(key) : NOT_A_VALUE;
  }

  #agentOf(bytes: Uint8Array, spans: Int32Array): number {
    const from = spans[2 * SLOT.userAgent] ?? NONE;
    if (from < 0) return NO_AGENT;
    const end = spans[2 * SLOT.userAgent + 1] ?? from;
    return interned(this.#agents, this.#key, bytes, from, end, USER_AGENT_LIMIT_BYTES);
  }

  #addStats(entry: number): void {
    const at = STATS * entry;
    if (at === this.#stats.length) {
      const stats = new Float64Array(2 * at);
      stats.set(this.#stats);
      this.#stats = stats;
      const lastServers = new Int32Array(2 * entry).fill(NONE);
      lastServers.set(this.#lastServers);
      this.#lastServers = lastServers;
    }
    this.#stats.fill(Number.NaN, at, at + STATS);
    this.#stats[at] = 0;
  }

  /** One more request of an entry. Time and byte count may be NaN. */
  count(entry: number, ms: number, byteCount: number): void {
    const stats = this.#stats;
    const at = STATS * entry;
    stats[at] = (stats[at] ?? 0) + 1;
    if (!Number.isNaN(ms)) {
      if (!((stats[at + 1] ?? 0) <= ms)) stats[at + 1] = ms;
      if (!((stats[at + 2] ?? 0) >= ms)) stats[at + 2] = ms;
    }
    if (!Number.isNaN(byteCount)) {
      const before = stats[at + 3] ?? 0;
      stats[at + 3] = Number.isNaN(before) ? byteCount : before + byteCount;
    }
  }

  server(entry: number, bytes: Uint8Array, from: number, end: number): void {
    const server = interned(this.#serverNames, this.#key, bytes, from, end, VALUE_LIMIT_BYTES);
    if (server < 0 || this.#lastServers[entry] === server) return;
    this.#lastServers[entry] = server;
    this.#servers.intern(entry, server, 0, 0);
  }

  /** Those of the given clients, in the order of their first line. Lines that differ in case or escaping alone become one entry. */
  entries(clients: ReadonlyMap<number, string | null>, agentQuoting: Quoting): AccessEntry[] {
    const targets = distinct(this.#targets, readTarget);
    const results = distinct(this.#results, readResult);
    const agents = distinct(this.#agents, (key) => readUserAgent(key, agentQuoting));
    const servers = this.#serversByEntry();
    const joined = new TupleTable(this.#entries.size + 1);
    const entries: AccessEntry[] = [];
    for (let index = 0; index < this.#entries.size; index += 1) {
      const [client = NONE, targetNumber = 0, resultNumber = 0, agentNumber = NONE] = this.#entries.tupleOf(index);
      const [target, result, agent] = [targets[targetNumber], results[resultNumber], agents[agentNumber]];
      const name = clients.get(client);
      if (!target || !result || name === undefined) continue;
      const [count = 0, firstMs = 0, lastMs = 0, sent = 0] = this.#stats.subarray(STATS * index, STATS * (index + 1));
      const entry: AccessEntry = {
        client: name,
        ...result.value,
        ...target.value,
        scheme: schemeOf(result.value.method, target.value.scheme),
        serverAddresses: servers.get(index) ?? [],
        userAgent: agent?.value ?? null,
        count,
        firstMs: orNull(firstMs),
        lastMs: orNull(lastMs),
        bytes: orNull(sent),
      };
      const place = joined.intern(client, target.first, result.first, agent?.first ?? NONE);
      const before = entries[place];
      entries[place] = before ? sum(before, entry) : entry;
    }
    return entries;
  }

  #serversByEntry(): Map<number, string[]> {
    const byEntry = new Map<number, string[]>();
    for (let index = 0; index < this.#servers.size; index += 1) {
      const [entry = 0, server = 0] = this.#servers.tupleOf(index);
      const bytes = this.#serverNames.bytesOf(server);
      const address = hostOf(asciiOf(bytes, 0, bytes.length));
      const list = byEntry.get(entry) ?? [];
      // With `log_ip_on_direct off` it is the name once more.
      if (address !== null && /^[\d.]+$|:/.test(address) && list.length < SERVERS_OF_ENTRY) list.push(address);
      byEntry.set(entry, list);
    }
    return byEntry;
  }
}

function addSlot(key: Key, bytes: Uint8Array, spans: Int32Array, slot: number): void {
  const from = spans[2 * slot] ?? NONE;
  key.add(SEPARATOR);
  if (from >= 0) key.addRange(bytes, from, spans[2 * slot + 1] ?? from, VALUE_LIMIT_BYTES);
}

function isSlotValueOf(bytes: Uint8Array, spans: Int32Array, slot: number): boolean {
  const from = spans[2 * slot] ?? NONE;
  return from < 0 || isSlotValue(slot, bytes, from, spans[2 * slot + 1] ?? from);
}

function interned(table: ByteTable, key: Key, bytes: Uint8Array, from: number, end: number, limit: number): number {
  key.clear();
  key.addRange(bytes, from, end, limit);
  const known = table.find(key);
  return known < 0 ? table.insert(key) : known;
}

/** What each string of a table stands for, with the number of the first string that stands for the same. */
function distinct<T>(table: ByteTable, read: (key: Uint8Array) => T): { readonly value: T; readonly first: number }[] {
  const firsts = new Map<string, number>();
  return Array.from({ length: table.size }, (_, index) => {
    const value = read(table.bytesOf(index));
    const identity = JSON.stringify(value);
    const first = firsts.get(identity) ?? index;
    firsts.set(identity, first);
    return { value, first };
  });
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function sum(a: AccessEntry, b: AccessEntry): AccessEntry {
  return {
    ...a,
    serverAddresses: [...new Set([...a.serverAddresses, ...b.serverAddresses])].slice(0, SERVERS_OF_ENTRY),
    count: a.count + b.count,
    firstMs: combined(a.firstMs, b.firstMs, Math.min),
    lastMs: combined(a.lastMs, b.lastMs, Math.max),
    bytes: combined(a.bytes, b.bytes, (x, y) => x + y),
  };
}

function combined(a: number | null, b: number | null, how: (a: number, b: number) => number): number | null {
  return a === null || b === null ? (a ?? b) : how(a, b);
}
