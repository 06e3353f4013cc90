import { randomBytes } from 'node:crypto';

/** Connections that are kept; about 150 bytes each, and what their payload told. */
export const CONNECTIONS_LIMIT = 200_000;
const FIRST_CAPACITY = 1024;
const KEY_WORDS = 10;

/** Bits of a connection's state. */
export const STATE = {
  syn: 1,
  synAck: 2,
  /** The client is the end that did not send the first packet seen. */
  clientIsSecond: 4,
  rstFromServer: 8,
  /** A FIN or RST of either end. */
  ended: 16,
  /** A RST came before any data of the server. */
  rstEarly: 32,
  /** Nothing is looked for in this direction any more. */
  doneFirst: 64,
  doneSecond: 128,
  /** A SYN told which end is the client. */
  rolesKnown: 256,
  /** The beginning of the direction is known. */
  startFirst: 512,
  startSecond: 1024,
} as const;

/**
 * Connections as columns of numbers: neither objects nor strings on the way of a packet. A connection is found by its two ends in
 * either order; end 0 is the sender of the first packet seen. Open addressing; the hash is seeded, so that a hostile
 * file cannot make all addresses collide.
 */
export class FlowTable {
  size = 0;
  /** Direction of the packet that was looked up last: 0 from end 0, 1 from end 1. */
  direction: 0 | 1 = 0;
  /** Words 0 to 3 and 4 to 7: the addresses; 8: the ports; 9: protocol and family. */
  keys = new Int32Array(FIRST_CAPACITY * KEY_WORDS);
  state = new Uint16Array(FIRST_CAPACITY);
  syns = new Uint16Array(FIRST_CAPACITY);
  /** ICMP error about the connection: family 4 or 6, type and code as bytes of a number; 0: none. */
  icmp = new Uint32Array(FIRST_CAPACITY);
  /** Sequence number of the client's SYN. */
  isn = new Uint32Array(FIRST_CAPACITY);
  firstMs = new Float64Array(FIRST_CAPACITY);
  lastMs = new Float64Array(FIRST_CAPACITY);
  /** Payload bytes and packets of each direction, at 2 × index + direction. */
  bytes = new Float64Array(2 * FIRST_CAPACITY);
  packets = new Uint32Array(2 * FIRST_CAPACITY);
  /** Sequence numbers of each direction's first byte, at 2 × index + direction. */
  #starts = new Uint32Array(2 * FIRST_CAPACITY);
  readonly #limit: number;
  readonly #seed = randomBytes(4).readInt32LE();
  #slots = new Int32Array(4 * FIRST_CAPACITY).fill(-1);
  #hash = 0;
  #slot = 0;

  constructor(limit = CONNECTIONS_LIMIT) {
    this.#limit = limit;
  }

  /** The newest connection between these ends, or -1. `ports`: source and destination as one 32-bit word. */
  find(addresses: Int32Array, ports: number, kind: number): number {
    const swapped = (ports << 16) | (ports >>> 16);
    const source = hashEnd(addresses, 0, (ports >>> 16) ^ this.#seed);
    const destination = hashEnd(addresses, 4, (ports & 0xffff) ^ this.#seed);
    this.#hash = mix((source + destination) ^ kind);
    const mask = this.#slots.length - 1;
    let slot = this.#hash & mask;
    for (;;) {
      const index = this.#slots[slot] ?? -1;
      this.#slot = slot;
      if (index < 0) return -1;
      const at = index * KEY_WORDS;
      const keys = this.keys;
      if (keys[at + 9] === kind) {
        if (keys[at + 8] === (ports | 0) && this.#matches(at, addresses, 0, 4)) {
          this.direction = 0;
          return index;
        }
        if (keys[at + 8] === swapped && this.#matches(at, addresses, 4, 0)) {
          this.direction = 1;
          return index;
        }
      }
      slot = (slot + 1) & mask;
    }
  }

  /** Makes a connection for the ends that `find` was asked for last: a new one, or one in place of an older one. -1: no room. */
  add(addresses: Int32Array, ports: number, kind: number, timeMs: number): number {
    if (this.size >= this.#limit) return -1;
    if (this.size === this.state.length) {
      this.#grow();
      this.find(addresses, ports, kind);
    }
    const index = this.size;
    this.size += 1;
    this.keys.set(addresses, index * KEY_WORDS);
    this.keys[index * KEY_WORDS + 8] = ports;
    this.keys[index * KEY_WORDS + 9] = kind;
    this.firstMs[index] = timeMs;
    this.lastMs[index] = timeMs;
    this.#slots[this.#slot] = index;
    this.direction = 0;
    return index;
  }

  /** Hash of the ends that `find` was asked for last. */
  get hash(): number {
    return this.#hash;
  }

  has(index: number, bits: number): boolean {
    return ((this.state[index] ?? 0) & bits) !== 0;
  }

  set(index: number, bits: number): void {
    this.state[index] = (this.state[index] ?? 0) | bits;
  }

  clear(index: number, bits: number): void {
    this.state[index] = (this.state[index] ?? 0) & ~bits;
  }

  /** Whether packets of this direction are the client's; only where `rolesKnown` is set more than the first packet's sender. */
  isFromClient(index: number, direction: 0 | 1): boolean {
    return (direction === 1) === this.has(index, STATE.clientIsSecond);
  }

  /** Keeps where a direction begins. The first word counts: a later one may be forged or of another attempt. */
  startAt(index: number, direction: 0 | 1, sequence: number): void {
    if (this.startOf(index, direction) !== null) return;
    this.#starts[2 * index + direction] = sequence;
    this.set(index, direction === 0 ? STATE.startFirst : STATE.startSecond);
  }

  startOf(index: number, direction: 0 | 1): number | null {
    const isKnown = this.has(index, direction === 0 ? STATE.startFirst : STATE.startSecond);
    return isKnown ? (this.#starts[2 * index + direction] ?? 0) : null;
  }

  portOf(index: number, end: 0 | 1): number {
    const ports = this.keys[index * KEY_WORDS + 8] ?? 0;
    return end === 0 ? ports >>> 16 : ports & 0xffff;
  }

  kindOf(index: number): number {
    return this.keys[index * KEY_WORDS + 9] ?? 0;
  }

  addressWords(index: number, end: 0 | 1): Int32Array {
    const at = index * KEY_WORDS + 4 * end;
    return this.keys.subarray(at, at + 4);
  }

  #matches(at: number, addresses: Int32Array, source: number, destination: number): boolean {
    const keys = this.keys;
    for (let word = 3; word >= 0; word -= 1) {
      if (keys[at + word] !== addresses[source + word] || keys[at + 4 + word] !== addresses[destination + word])
        return false;
    }
    return true;
  }

  #grow(): void {
    const capacity = Math.min(2 * this.state.length, Math.max(this.#limit, FIRST_CAPACITY));
    this.keys = enlarged(this.keys, new Int32Array(capacity * KEY_WORDS));
    this.state = enlarged(this.state, new Uint16Array(capacity));
    this.syns = enlarged(this.syns, new Uint16Array(capacity));
    this.icmp = enlarged(this.icmp, new Uint32Array(capacity));
    this.isn = enlarged(this.isn, new Uint32Array(capacity));
    this.firstMs = enlarged(this.firstMs, new Float64Array(capacity));
    this.lastMs = enlarged(this.lastMs, new Float64Array(capacity));
    this.bytes = enlarged(this.bytes, new Float64Array(2 * capacity));
    this.#starts = enlarged(this.#starts, new Uint32Array(2 * capacity));
    this.packets = enlarged(this.packets, new Uint32Array(2 * capacity));
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length).fill(-1);
    // Only what the old places pointed to: connections that were replaced are found no more.
    for (const index of old) if (index >= 0) this.#place(index);
  }

  #place(index: number): void {
    const at = index * KEY_WORDS;
    this.find(this.keys.slice(at, at + 8), this.keys[at + 8] ?? 0, this.keys[at + 9] ?? 0);
    this.#slots[this.#slot] = index;
  }
}

function enlarged<T extends Int32Array | Uint16Array | Uint32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

function hashEnd(addresses: Int32Array, at: number, port: number): number {
  let hash = mix((addresses[at + 3] ?? 0) ^ Math.imul(port, 0x9e3779b1));
  hash = Math.imul(hash ^ (addresses[at + 2] ?? 0), 0x85ebca6b);
  hash = Math.imul(hash ^ (addresses[at + 1] ?? 0), 0xc2b2ae35);
  return mix(hash ^ (addresses[at] ?? 0));
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
