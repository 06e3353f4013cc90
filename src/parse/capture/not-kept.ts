import { u8 } from '../packet/bytes.ts';

/** Connections that are not kept are told apart by their hash in a bit map: too few by one in fifty at 300,000 of them. */
const BITS = 1 << 23;

/** Counts connections beyond the limit, each pair of ends once, and the hellos in them as far as they begin a segment. */
export class NotKept {
  connections = 0;
  hellos = 0;
  #seen: Uint8Array | null = null;

  add(hash: number, bytes: Uint8Array, payload: number, end: number): void {
    this.#seen ??= new Uint8Array(BITS / 8);
    const bit = hash & (BITS - 1);
    const byte = this.#seen[bit >> 3] ?? 0;
    if ((byte & (1 << (bit & 7))) === 0) this.connections += 1;
    this.#seen[bit >> 3] = byte | (1 << (bit & 7));
    const isHello = u8(bytes, payload) === 22 && u8(bytes, payload + 1) === 3 && u8(bytes, payload + 5) === 1;
    if (isHello && payload + 6 <= end) this.hellos += 1;
  }
}
