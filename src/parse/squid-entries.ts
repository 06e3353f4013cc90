import { familyOf } from '../core/address.ts';
import { ByteTable, Key } from './squid-byte-table.ts';
import type { Quoting } from './squid-logformat.ts';
import { RecordTable, SERVERS_OF_RECORD } from './squid-records.ts';
import { readResult, readTarget, readUserAgent, schemeOf, type AccessEntry, type Values } from './squid-request.ts';
import { isPlexTv, type UriScanner } from './squid-uri.ts';
import { asciiOf, hostOf, isSlotValue, SLOT } from './squid-values.ts';

/** The longest value that tells two entries apart; a user agent counts by its beginning. */
export const VALUE_LIMIT_BYTES = 3 * 255;
const USER_AGENT_LIMIT_BYTES = 256;
/** Distinct targets, results, user agents and servers, and 64 bytes for each on average: 70 MB when all tables are full. */
const PART_LIMIT = 262_144;
const PART_LIMIT_BYTES = 64 * PART_LIMIT;

const TARGET_SLOTS: readonly number[] = [SLOT.host, SLOT.port, SLOT.scheme, SLOT.sni];
const RESULT_SLOTS: readonly number[] = [SLOT.method, SLOT.tag, SLOT.status, SLOT.hierarchy, SLOT.error, SLOT.bumpMode];
const NONE = -1;

/** Whether entries for this host are asked for. */
export type AcceptsName = (name: string) => boolean;

/** What a line's values came to: an entry's number, or one of these. Not kept: a table is full. */
const NOT_KEPT = -1;
export const NOT_A_VALUE = -2;
export const NOT_WANTED = -3;
/** The number of the user agent in formats that have none. */
const NO_AGENT = -2;

/**
 * The distinct requests of a log. Targets, results and user agents are numbered by the bytes of their lines, and an entry is four
 * such numbers: what was seen before makes no string and no object.
 */
export class EntryTable {
  readonly #records: RecordTable;
  readonly #targets = new ByteTable(PART_LIMIT, PART_LIMIT_BYTES);
  readonly #results = new ByteTable(PART_LIMIT, PART_LIMIT_BYTES);
  readonly #agents = new ByteTable(PART_LIMIT, PART_LIMIT_BYTES);
  readonly #serverNames = new ByteTable(PART_LIMIT, PART_LIMIT_BYTES);
  readonly #plexTargets = new Uint8Array(PART_LIMIT);
  readonly #key = new Key();
  readonly #targetSlots: readonly number[];
  readonly #resultSlots: readonly number[];
  readonly #hasUri: boolean;
  #target = NONE;

  /** `slots`: what the format has. */
  constructor(limit: number, slots: ReadonlySet<number>) {
    this.#targetSlots = TARGET_SLOTS.filter((slot) => slots.has(slot));
    this.#resultSlots = RESULT_SLOTS.filter((slot) => slots.has(slot));
    this.#hasUri = slots.has(SLOT.uri);
    this.#records = new RecordTable(limit);
  }

  /** The entry of a line. `client` is a number that the caller gives it, -1 for none. What is not wanted is only validated. */
  entryOf(client: number, wanted: boolean, bytes: Uint8Array, spans: Int32Array, uri: UriScanner): number {
    const target = this.#targetOf(bytes, spans, uri);
    this.#target = target;
    const result = this.#resultOf(bytes, spans);
    if (target === NOT_A_VALUE || result === NOT_A_VALUE) return NOT_A_VALUE;
    if (!wanted) return NOT_WANTED;
    const agent = this.#agentOf(bytes, spans);
    if (target === NOT_KEPT || result === NOT_KEPT || agent === NOT_KEPT) return NOT_KEPT;
    return this.#records.intern(client, target, result, agent);
  }

  /** Whether the target of the last line was plex.tv or a subdomain. */
  get plexTv(): boolean {
    return this.#plexTargets[this.#target] === 1;
  }

  #targetOf(bytes: Uint8Array, spans: Int32Array, uri: UriScanner): number {
    const key = this.#key;
    key.clear(bytes);
    const from = spans[2 * SLOT.uri] ?? NONE;
    if (from >= 0) {
      if (uri.authorityEnd - uri.authority > VALUE_LIMIT_BYTES) return NOT_A_VALUE;
      key.add(from, uri.schemeEnd, VALUE_LIMIT_BYTES);
      key.add(uri.authority, uri.authorityEnd, VALUE_LIMIT_BYTES);
    }
    for (let i = 0; i < this.#targetSlots.length; i += 1) addSlot(key, spans, this.#targetSlots[i] ?? 0);
    const known = this.#targets.find(key);
    if (known >= 0) return known;
    if (
      !isSlotValueOf(bytes, spans, SLOT.uri) ||
      !this.#targetSlots.every((slot) => isSlotValueOf(bytes, spans, slot))
    ) {
      return NOT_A_VALUE;
    }
    const added = this.#targets.insert(key);
    const [nameFrom, nameEnd] = from >= 0 ? [uri.authority, uri.authorityEnd] : spanOf(spans, SLOT.host);
    if (added >= 0 && !uri.pseudo && isPlexTv(bytes, nameFrom, nameEnd)) this.#plexTargets[added] = 1;
    return added;
  }

  #resultOf(bytes: Uint8Array, spans: Int32Array): number {
    const key = this.#key;
    key.clear(bytes);
    for (let i = 0; i < this.#resultSlots.length; i += 1) addSlot(key, spans, this.#resultSlots[i] ?? 0);
    const known = this.#results.find(key);
    if (known >= 0) return known;
    return this.#resultSlots.every((slot) => isSlotValueOf(bytes, spans, slot))
      ? this.#results.insert(key)
      : NOT_A_VALUE;
  }

  #agentOf(bytes: Uint8Array, spans: Int32Array): number {
    const from = spans[2 * SLOT.userAgent] ?? NONE;
    if (from < 0) return NO_AGENT;
    const end = spans[2 * SLOT.userAgent + 1] ?? from;
    return interned(this.#agents, this.#key, bytes, from, end, USER_AGENT_LIMIT_BYTES);
  }

  /** One more request of an entry. Time and byte count may be NaN. */
  count(entry: number, ms: number, byteCount: number): void {
    this.#records.count(entry, ms, byteCount);
  }

  server(entry: number, bytes: Uint8Array, from: number, end: number): void {
    const server = interned(this.#serverNames, this.#key, bytes, from, end, VALUE_LIMIT_BYTES);
    if (server >= 0) this.#records.addServer(entry, server);
  }

  /**
   * Those of the given clients whose host or SNI is accepted, in the order of their first line. Lines that differ in case or escaping
   * alone become one entry.
   */
  entries(
    clients: ReadonlyMap<number, string | null>,
    accepts: AcceptsName | null,
    agentQuoting: Quoting,
  ): AccessEntry[] {
    const targets = distinct(this.#targets, (parts) => {
      const [scheme, authority, ...rest] = this.#hasUri ? parts : [undefined, undefined, ...parts];
      return readTarget(scheme, authority, valuesOf(this.#targetSlots, rest));
    });
    const isAccepted = targets.map(
      ({ value: { host, sni } }) =>
        accepts === null || (host !== null && accepts(host)) || (sni !== null && accepts(sni)),
    );
    const results = distinct(this.#results, (parts) => readResult(valuesOf(this.#resultSlots, parts)));
    const agents = distinct(this.#agents, (parts) => readUserAgent(parts, agentQuoting));
    const addresses = distinct(this.#serverNames, readAddress);
    const entries = new Map<string, AccessEntry>();
    for (let index = 0; index < this.#records.size; index += 1) {
      const name = clients.get(this.#records.firstOf(index));
      if (name === undefined) continue;
      const [, targetNumber = 0, resultNumber = 0, agentNumber = NONE] = this.#records.numbersOf(index);
      const [target, result, agent] = [targets[targetNumber], results[resultNumber], agents[agentNumber]];
      if (!target || !result || isAccepted[targetNumber] !== true) continue;
      const { count, firstMs, lastMs, bytes } = this.#records.statsOf(index);
      const servers = this.#records.serversOf(index).map((server) => addresses[server]?.value ?? null);
      const entry: AccessEntry = {
        client: name,
        ...result.value,
        ...target.value,
        scheme: schemeOf(result.value.method, target.value.scheme),
        serverAddresses: servers.filter((address) => address !== null),
        userAgent: agent?.value ?? null,
        count,
        firstMs: orNull(firstMs),
        lastMs: orNull(lastMs),
        bytes: orNull(bytes),
      };
      const key = `${name} ${target.first} ${result.first} ${agent?.first ?? NONE}`;
      const before = entries.get(key);
      entries.set(key, before ? sum(before, entry) : entry);
    }
    return [...entries.values()];
  }
}

function valuesOf(slots: readonly number[], parts: readonly (Uint8Array | undefined)[]): Values {
  return new Map(slots.map((slot, index) => [slot, parts[index]]));
}

/** null for a name: with `log_ip_on_direct off` it is the host once more. */
function readAddress([name]: readonly Uint8Array[]): string | null {
  const host = name ? hostOf(asciiOf(name, 0, name.length)) : null;
  return host !== null && familyOf(host) !== null ? host : null;
}

function addSlot(key: Key, spans: Int32Array, slot: number): void {
  key.add(spans[2 * slot] ?? 0, spans[2 * slot + 1] ?? 0, VALUE_LIMIT_BYTES);
}

function spanOf(spans: Int32Array, slot: number): readonly [number, number] {
  return [spans[2 * slot] ?? NONE, spans[2 * slot + 1] ?? NONE];
}

function isSlotValueOf(bytes: Uint8Array, spans: Int32Array, slot: number): boolean {
  const [from, end] = spanOf(spans, slot);
  return from < 0 || isSlotValue(slot, bytes, from, end);
}

function interned(table: ByteTable, key: Key, bytes: Uint8Array, from: number, end: number, limit: number): number {
  key.clear(bytes);
  key.add(from, end, limit);
  const known = table.find(key);
  return known < 0 ? table.insert(key) : known;
}

/** What each string of a table stands for, with the number of the first string that stands for the same. */
function distinct<T>(
  table: ByteTable,
  read: (parts: Uint8Array[]) => T,
): { readonly value: T; readonly first: number }[] {
  const firsts = new Map<string, number>();
  return Array.from({ length: table.size }, (_, index) => {
    const value = read(table.partsOf(index));
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
    serverAddresses: [...new Set([...a.serverAddresses, ...b.serverAddresses])].slice(0, SERVERS_OF_RECORD),
    count: a.count + b.count,
    firstMs: combined(a.firstMs, b.firstMs, Math.min),
    lastMs: combined(a.lastMs, b.lastMs, Math.max),
    bytes: combined(a.bytes, b.bytes, (x, y) => x + y),
  };
}

function combined(a: number | null, b: number | null, how: (a: number, b: number) => number): number | null {
  return a === null || b === null ? (a ?? b) : how(a, b);
}
