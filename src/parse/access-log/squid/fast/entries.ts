import { familyOf } from '../../../../core/values/address.ts';
import { ByteTable, Key } from './byte-table.ts';
import type { Quoting } from '../format/logformat.ts';
import { RecordTable, SERVERS_OF_RECORD } from './records.ts';
import { schemeOf, type AccessEntry } from '../../entry.ts';
import type { AcceptsName } from '../../parser.ts';
import { asciiOf, hostOf } from '../../text.ts';
import { isPlexTv, type UriScanner } from '../../uri.ts';
import { readResult, readTarget, readUserAgent, type Values } from '../format/request.ts';
import { isSlotValue, SLOT } from '../format/values.ts';

/** The longest value that tells two entries apart; a user agent counts by its beginning. */
export const VALUE_LIMIT_BYTES = 3 * 255;
const USER_AGENT_LIMIT_BYTES = 256;
/** Distinct targets, results, user agents and servers, and 64 bytes for each on average: 70 MB when all tables are full. */
const PART_LIMIT = 262_144;
const PART_LIMIT_BYTES = 64 * PART_LIMIT;
/** Room that is left for requests for plex.tv where others have filled a table, so that they are never reported as missing. */
const RESERVED_FOR_PLEX = 8192;
/** Entries that are made of them at once; each takes a kilobyte or two while it is judged, and a report holds some thousands. */
export const ENTRIES_AT_ONCE = 16_384;

const TARGET_SLOTS: readonly number[] = [SLOT.host, SLOT.port, SLOT.scheme, SLOT.sni];
const RESULT_SLOTS: readonly number[] = [SLOT.method, SLOT.tag, SLOT.status, SLOT.hierarchy, SLOT.error, SLOT.bumpMode];
const NONE = -1;

/** The result of a line's values: an entry's number, or one of these. Not kept: a table is full. */
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
  #plexTargets = new Uint8Array(PART_LIMIT);
  readonly #key = new Key();
  readonly #targetSlots: readonly number[];
  readonly #resultSlots: readonly number[];
  readonly #hasUri: boolean;
  readonly #reserved: number;
  #target = NONE;

  /** `slots`: what the format has. */
  constructor(limit: number, slots: ReadonlySet<number>) {
    this.#targetSlots = TARGET_SLOTS.filter((slot) => slots.has(slot));
    this.#resultSlots = RESULT_SLOTS.filter((slot) => slots.has(slot));
    this.#hasUri = slots.has(SLOT.uri);
    this.#records = new RecordTable(limit);
    this.#reserved = Math.min(RESERVED_FOR_PLEX, limit >> 3);
  }

  /** To be called when all lines were read: a set of rotated logs has hundreds of such tables. */
  close(): void {
    this.#records.close();
    for (const table of [this.#targets, this.#results, this.#agents, this.#serverNames]) table.close();
    this.#plexTargets = this.#plexTargets.slice(0, this.#targets.size);
  }

  /** The entry of a line. `client` is a number that the caller gives it, -1 for none. Unwanted lines are only validated. */
  entryOf(client: number, wanted: boolean, bytes: Uint8Array, spans: Int32Array, uri: UriScanner): number {
    const target = this.#targetOf(bytes, spans, uri);
    this.#target = target;
    const result = this.#resultOf(bytes, spans);
    if (target === NOT_A_VALUE || result === NOT_A_VALUE) return NOT_A_VALUE;
    if (!wanted) return NOT_WANTED;
    const agent = this.#agentOf(bytes, spans);
    if (target === NOT_KEPT || result === NOT_KEPT || agent === NOT_KEPT) return NOT_KEPT;
    return this.#records.intern(client, target, result, agent, this.plexTv ? 0 : this.#reserved);
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
    const [nameFrom, nameEnd] = from >= 0 ? [uri.authority, uri.authorityEnd] : spanOf(spans, SLOT.host);
    const isPlex = !uri.pseudo && isPlexTv(bytes, nameFrom, nameEnd);
    const added = this.#targets.insert(key, isPlex ? 0 : RESERVED_FOR_PLEX);
    if (added >= 0 && isPlex) this.#plexTargets[added] = 1;
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

  /** Records of these clients, in the order of their first line. */
  #recordsOf(clients: ReadonlyMap<number, string | null>): readonly number[] {
    const own: number[] = [];
    for (let index = 0; index < this.#records.size; index += 1)
      if (clients.has(this.#records.firstOf(index))) own.push(index);
    return own;
  }

  /** Of too many records those for plex.tv, then the most frequent. */
  #foremost(records: readonly number[]): readonly number[] {
    if (records.length <= ENTRIES_AT_ONCE) return records;
    const weightOf = (index: number): number => {
      const [, target = NONE] = this.#records.numbersOf(index);
      return this.#plexTargets[target] === 1 ? Number.MAX_VALUE : this.#records.statsOf(index).count;
    };
    return records
      .map((index) => ({ index, weight: weightOf(index) }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, ENTRIES_AT_ONCE)
      .map(({ index }) => index)
      .sort((a, b) => a - b);
  }

  /** 1 at the number of each target of these records. */
  #targetsOf(records: readonly number[]): Uint8Array {
    const used = new Uint8Array(this.#targets.size);
    for (const index of records) used[this.#records.numbersOf(index)[1] ?? NONE] = 1;
    return used;
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
    const own = this.#recordsOf(clients);
    // Names that are asked for are few.
    const records = accepts === null ? this.#foremost(own) : own;
    const isAccepted = ({ host, sni }: Target): boolean =>
      accepts === null || (host !== null && accepts(host)) || (sni !== null && accepts(sni));
    const targets = distinct(
      this.#targets,
      (parts) => {
        const [scheme, authority, ...rest] = this.#hasUri ? parts : [undefined, undefined, ...parts];
        const target = readTarget(scheme, authority, valuesOf(this.#targetSlots, rest));
        return isAccepted(target) ? target : null;
      },
      this.#targetsOf(records),
    );
    const results = distinct(this.#results, (parts) => readResult(valuesOf(this.#resultSlots, parts)));
    const agents = distinct(this.#agents, (parts) => readUserAgent(parts, agentQuoting));
    const addresses = distinct(this.#serverNames, readAddress);
    const entries = new Map<string, AccessEntry>();
    for (const index of records) {
      const name = clients.get(this.#records.firstOf(index)) ?? null;
      const [, targetNumber = 0, resultNumber = 0, agentNumber = NONE] = this.#records.numbersOf(index);
      const [target, result, agent] = [targets[targetNumber], results[resultNumber], agents[agentNumber]];
      if (!target?.value || !result?.value) continue;
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

type Target = ReturnType<typeof readTarget>;

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

/**
 * The meaning of each string of a table, with the number of the first string of the same meaning. Those that are not `used`, or that
 * are read as null, are left out: a table has hundreds of thousands.
 */
function distinct<T>(
  table: ByteTable,
  read: (parts: Uint8Array[]) => T | null,
  used: Uint8Array | null = null,
): ({ readonly value: T; readonly first: number } | undefined)[] {
  const firsts = new Map<string, number>();
  return Array.from({ length: table.size }, (_, index) => {
    const value = used === null || used[index] === 1 ? read(table.partsOf(index)) : null;
    if (value === null) return undefined;
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
