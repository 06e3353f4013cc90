/** Addresses of servers that one record holds: as many as make it one cache line. */
export const SERVERS_OF_RECORD = 4;

/** In 32-bit words: four numbers that tell records apart, then count, first and last time and bytes as doubles, then servers. */
const WORDS = 16;
const STATS_AT = 4;
const SERVERS_AT = WORDS - SERVERS_OF_RECORD;
const DOUBLES = WORDS / 2;
const FIRST_CAPACITY = 8192;

export interface RecordStats {
  readonly count: number;
  /** NaN when no line had it, as are the others. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bytes: number;
}

/**
 * Counts lines by four numbers. All of a record lies together in 64 bytes, and each slot has the hash beside the record's number: of a
 * large log most look-ups miss the cache, so they must touch little memory.
 */
export class RecordTable {
  readonly #limit: number;
  /** Pairs of hash and number of the record plus one. */
  #slots = new Int32Array(4 * FIRST_CAPACITY);
  #words = new Int32Array(WORDS * FIRST_CAPACITY);
  #doubles = new Float64Array(this.#words.buffer);
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of the record, which is added when it is new; -1 when no more than room for `reserved` others is left. */
  intern(a: number, b: number, c: number, d: number, reserved = 0): number {
    const hash = hashOf(a, b, c, d);
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - 1;
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const index = (slots[slot + 1] ?? 0) - 1;
      if (index < 0) return this.#size < this.#limit - reserved ? this.#add(hash, [a, b, c, d]) : -1;
      if (slots[slot] !== hash) continue;
      const at = WORDS * index;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return index;
    }
  }

  #add(hash: number, numbers: readonly number[]): number {
    if (WORDS * this.#size === this.#words.length) this.#grow();
    const index = this.#size;
    this.#size += 1;
    this.#words.set(numbers, WORDS * index);
    const stats = DOUBLES * index + STATS_AT / 2;
    this.#doubles.fill(Number.NaN, stats + 1, stats + 4);
    link(this.#slots, hash, index);
    return index;
  }

  /** At most half of the slots are taken. */
  #grow(): void {
    const words = new Int32Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let index = 0; index < this.#size; index += 1) {
      const [a = 0, b = 0, c = 0, d = 0] = this.numbersOf(index);
      link(this.#slots, hashOf(a, b, c, d), index);
    }
  }

  /** One more line. Time and byte count may be NaN. */
  count(index: number, ms: number, byteCount: number): void {
    const doubles = this.#doubles;
    const at = DOUBLES * index + STATS_AT / 2;
    doubles[at] = (doubles[at] ?? 0) + 1;
    if (ms === ms) {
      if (!((doubles[at + 1] ?? 0) <= ms)) doubles[at + 1] = ms;
      if (!((doubles[at + 2] ?? 0) >= ms)) doubles[at + 2] = ms;
    }
    if (byteCount === byteCount) {
      const before = doubles[at + 3] ?? 0;
      doubles[at + 3] = before === before ? before + byteCount : byteCount;
    }
  }

  /** Notes a server by its number; the first of them are kept. */
  addServer(index: number, server: number): void {
    const words = this.#words;
    const end = WORDS * (index + 1);
    for (let at = end - SERVERS_OF_RECORD; at < end; at += 1) {
      if (words[at] === server + 1) return;
      if (words[at] === 0) {
        words[at] = server + 1;
        return;
      }
    }
  }

  /** Gives back the memory that only adding takes. */
  close(): void {
    this.#words = this.#words.slice(0, WORDS * this.#size);
    this.#doubles = new Float64Array(this.#words.buffer);
    this.#slots = new Int32Array();
  }

  /** The first of the four numbers. */
  firstOf(index: number): number {
    return this.#words[WORDS * index] ?? 0;
  }

  numbersOf(index: number): Int32Array {
    return this.#words.subarray(WORDS * index, WORDS * index + STATS_AT);
  }

  statsOf(index: number): RecordStats {
    const at = DOUBLES * index + STATS_AT / 2;
    const [count = 0, firstMs = 0, lastMs = 0, bytes = 0] = this.#doubles.subarray(at, at + 4);
    return { count, firstMs, lastMs, bytes };
  }

  serversOf(index: number): number[] {
    const servers = this.#words.subarray(WORDS * index + SERVERS_AT, WORDS * (index + 1));
    return [...servers].filter((server) => server > 0).map((server) => server - 1);
  }
}

function link(slots: Int32Array, hash: number, index: number): void {
  const mask = slots.length - 1;
  let slot = (hash << 1) & mask;
  while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
  slots[slot] = hash;
  slots[slot + 1] = index + 1;
}

/** Odd constants spread each number over all bits (Knuth, multiplicative hashing). */
function hashOf(a: number, b: number, c: number, d: number): number {
  const sum = Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca6b) + Math.imul(c, 0xc2b2ae35) + Math.imul(d, 0x27d4eb2f);
  const mixed = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
