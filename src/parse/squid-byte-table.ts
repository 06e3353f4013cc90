/** FNV-1a (draft-eastlake-fnv): few collisions on short text and one multiplication a byte. */
const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/** Bytes that are put together from ranges of a line, with their hash. */
export class Key {
  readonly bytes: Uint8Array;
  length = 0;
  hash = FNV_OFFSET;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  clear(): void {
    this.length = 0;
    this.hash = FNV_OFFSET;
  }

  /** What does not fit any more is left out. */
  add(byte: number): void {
    if (this.length === this.bytes.length) return;
    this.bytes[this.length] = byte;
    this.length += 1;
    this.hash = Math.imul(this.hash ^ byte, FNV_PRIME);
  }

  /** At most `limit` bytes of the range. */
  addRange(bytes: Uint8Array, from: number, end: number, limit: number): void {
    const target = this.bytes;
    let { hash, length } = this;
    const stop = Math.min(end, from + limit, from + target.length - length);
    for (let at = from; at < stop; at += 1) {
      const byte = bytes[at] ?? 0;
      target[length] = byte;
      length += 1;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    this.length = length;
    this.hash = hash;
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

  #equals(index: number, { length, bytes }: Key): boolean {
    const start = this.#startOf(index);
    if ((this.#ends[index] ?? 0) - start !== length) return false;
    const own = this.#bytes;
    for (let i = 0; i < length; i += 1) if (own[start + i] !== bytes[i]) return false;
    return true;
  }

  /** Adds a string that is not there; -1 when the table is full. */
  insert(key: Key): number {
    const start = this.#startOf(this.#size);
    const end = start + key.length;
    if (this.#size === this.#limit || end > this.#limitBytes) return -1;
    this.#grow(end);
    this.#bytes.set(key.bytes.subarray(0, key.length), start);
    const index = this.#size;
    this.#ends[index] = end;
    this.#hashes[index] = key.hash;
    this.#size += 1;
    this.#link(index);
    return index;
  }

  bytesOf(index: number): Uint8Array {
    return this.#bytes.subarray(this.#startOf(index), this.#ends[index]);
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

/** The low bits of FNV-1a depend on the low bits of the input alone. */
function mixed(hash: number): number {
  return hash ^ (hash >>> 15);
}
