/** Constants of MurmurHash3, whose steps are one multiplication and one rotation for four bytes. */
const SEED = 0x1b873593;
const MULTIPLIER = 0xcc9e2d51;
const ROTATION = 13;

/** Stands before each range of a string in a table; no line has it in it. */
const SEPARATOR = 0x0a;
const RANGE_LIMIT = 16;

/** Ranges of a line that are looked up as one string, with their hash. Nothing is copied. */
export class Key {
  bytes: Uint8Array = new Uint8Array();
  readonly starts = new Int32Array(RANGE_LIMIT);
  readonly ends = new Int32Array(RANGE_LIMIT);
  count = 0;
  /** With a separator for each range. */
  length = 0;
  hash = SEED;

  clear(bytes: Uint8Array): void {
    if (this.bytes !== bytes) this.bytes = bytes;
    this.count = 0;
    this.length = 0;
    this.hash = SEED;
  }

  /** At most `limit` bytes of the range. */
  add(from: number, end: number, limit: number): void {
    const { bytes } = this;
    const stop = end - from > limit ? from + limit : end;
    let hash = this.hash ^ (stop - from);
    let at = from;
    for (const last = stop - 4; at <= last; at += 4) {
      const word =
        (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
      hash = Math.imul(hash ^ word, MULTIPLIER);
      hash = (hash << ROTATION) | (hash >>> (32 - ROTATION));
    }
    for (; at < stop; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), MULTIPLIER);
    hash = (hash << ROTATION) | (hash >>> (32 - ROTATION));
    this.hash = hash;
    this.starts[this.count] = from;
    this.ends[this.count] = stop;
    this.count += 1;
    this.length += stop - from + 1;
  }
}

/** Numbers byte strings in the order in which they come; a string that is there already costs no allocation. */
export class ByteTable {
  readonly #limit: number;
  readonly #limitBytes: number;
  #slots = new Int32Array(1024);
  #hashes = new Int32Array(512);
  #ends = new Int32Array(512);
  #bytes = new Uint8Array(32_768);
  #size = 0;

  /** At most `limit` strings, and `limitBytes` bytes of them. */
  constructor(limit: number, limitBytes: number) {
    this.#limit = limit;
    this.#limitBytes = limitBytes;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of the string, or -1. */
  find(key: Key): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const { hash } = key;
    for (let slot = mixed(hash) & mask; ; slot = (slot + 1) & mask) {
      const index = (slots[slot] ?? 0) - 1;
      if (index < 0) return -1;
      if (this.#hashes[index] === hash && this.#equals(index, key)) return index;
    }
  }

  #equals(index: number, { bytes, starts, ends, count, length }: Key): boolean {
    let own = this.#startOf(index);
    if ((this.#ends[index] ?? 0) - own !== length) return false;
    const stored = this.#bytes;
    for (let range = 0; range < count; range += 1) {
      if (stored[own] !== SEPARATOR) return false;
      own += 1;
      const end = ends[range] ?? 0;
      for (let at = starts[range] ?? 0; at < end; at += 1, own += 1) if (stored[own] !== bytes[at]) return false;
    }
    return true;
  }

  /** Adds a string that is not there; -1 when no more than room for `reserved` others is left. */
  insert(key: Key, reserved = 0): number {
    const start = this.#startOf(this.#size);
    const end = start + key.length;
    const limitBytes = this.#limitBytes - reserved * (this.#limitBytes / this.#limit);
    if (this.#size >= this.#limit - reserved || end > limitBytes) return -1;
    this.#grow(end);
    let at = start;
    for (let range = 0; range < key.count; range += 1) {
      this.#bytes[at] = SEPARATOR;
      this.#bytes.set(key.bytes.subarray(key.starts[range], key.ends[range]), at + 1);
      at += 1 + (key.ends[range] ?? 0) - (key.starts[range] ?? 0);
    }
    const index = this.#size;
    this.#ends[index] = end;
    this.#hashes[index] = key.hash;
    this.#size += 1;
    this.#link(index);
    return index;
  }

  /** Gives back the memory that only finding and adding take: nothing is found from now on. */
  close(): void {
    this.#bytes = this.#bytes.slice(0, this.#startOf(this.#size));
    this.#ends = this.#ends.slice(0, this.#size);
    this.#hashes = new Int32Array();
    this.#slots = new Int32Array();
  }

  /** The ranges of a string. */
  partsOf(index: number): Uint8Array[] {
    const parts: Uint8Array[] = [];
    const stop = this.#ends[index] ?? 0;
    for (let from = this.#startOf(index) + 1; from <= stop;) {
      const found = this.#bytes.indexOf(SEPARATOR, from);
      const end = found < 0 || found > stop ? stop : found;
      parts.push(this.#bytes.subarray(from, end));
      from = end + 1;
    }
    return parts;
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }

  #link(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = mixed(this.#hashes[index] ?? 0) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }

  /** Room for one more string that ends at `end`. At most half of the slots are taken. */
  #grow(end: number): void {
    if (end > this.#bytes.length) {
      const bytes = new Uint8Array(2 * end);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    if (this.#size < this.#ends.length) return;
    this.#ends = doubled(this.#ends);
    this.#hashes = doubled(this.#hashes);
    this.#slots = new Int32Array(4 * this.#size);
    for (let index = 0; index < this.#size; index += 1) this.#link(index);
  }
}

function doubled(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(2 * from.length);
  to.set(from);
  return to;
}

/** A multiplication carries upwards only: the high bits have to come down. */
function mixed(hash: number): number {
  return hash ^ (hash >>> 15);
}
