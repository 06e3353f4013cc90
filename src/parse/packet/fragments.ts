import { copyOf } from './bytes.ts';

/** Packets of which fragments are waited for at the same time, in all the bytes they may hold, and the largest packet (RFC 791 3.1). */
const PACKET_LIMIT = 256;
const HELD_LIMIT_BYTES = 4 * 1024 * 1024;
const PACKET_LIMIT_BYTES = 65_535;
/** Fragments of one packet: 65,535 bytes in pieces of the smallest MTU that IPv4 allows (68) would be more, but no real link is that small. */
const FRAGMENT_LIMIT = 256;

interface Fragment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Waiting {
  readonly family: 4 | 6;
  readonly addresses: Int32Array;
  readonly protocol: number;
  readonly fragments: Fragment[];
  /** Length of the packet, known once its last fragment is there. */
  total: number | null;
  heldBytes: number;
}

export interface IncompletePacket {
  readonly family: 4 | 6;
  readonly addresses: Int32Array;
  readonly protocol: number;
  readonly bytes: Uint8Array;
}

/** Puts fragments together (RFC 791 3.2, RFC 8200 4.5). Bounded: what waits longest makes room. */
export class FragmentTable {
  readonly #waiting = new Map<string, Waiting>();
  readonly #incomplete: IncompletePacket[] = [];
  #heldBytes = 0;

  /** Copies the fragment; returns the packet's payload when it is whole. */
  add(
    family: 4 | 6,
    addresses: Int32Array,
    id: number,
    protocol: number,
    offset: number,
    more: boolean,
    bytes: Uint8Array,
  ): Uint8Array | null {
    if (offset + bytes.length > PACKET_LIMIT_BYTES) return null;
    const key = `${addresses.join()},${id},${protocol}`;
    let packet = this.#waiting.get(key);
    if (!packet) {
      packet = { family, addresses: addresses.slice(), protocol, fragments: [], total: null, heldBytes: 0 };
      this.#waiting.set(key, packet);
    }
    if (packet.fragments.length < FRAGMENT_LIMIT) {
      packet.fragments.push({ offset, bytes: copyOf(bytes) });
      packet.heldBytes += bytes.length;
      this.#heldBytes += bytes.length;
    }
    if (!more) packet.total = offset + bytes.length;
    const whole = packet.total === null ? null : prefixOf(packet.fragments, packet.total);
    if (whole && whole.length === packet.total) {
      this.#drop(key, packet);
      return whole;
    }
    while (this.#waiting.size > PACKET_LIMIT || this.#heldBytes > HELD_LIMIT_BYTES) this.#giveUpOldest();
    return null;
  }

  /** The beginning of one packet that never became whole; null when there is none. */
  takeIncomplete(): IncompletePacket | null {
    while (this.#waiting.size > 0) this.#giveUpOldest();
    return this.#incomplete.shift() ?? null;
  }

  #drop(key: string, packet: Waiting): void {
    this.#waiting.delete(key);
    this.#heldBytes -= packet.heldBytes;
  }

  #giveUpOldest(): void {
    for (const [key, packet] of this.#waiting) {
      this.#drop(key, packet);
      const bytes = prefixOf(packet.fragments, packet.total ?? packet.heldBytes).slice();
      if (bytes.length > 0 && this.#incomplete.length < PACKET_LIMIT) {
        this.#incomplete.push({ family: packet.family, addresses: packet.addresses, protocol: packet.protocol, bytes });
      }
      return;
    }
  }
}

/** The bytes from the packet's first one to the first gap; of bytes that came twice, the first ones. */
function prefixOf(fragments: readonly Fragment[], total: number): Uint8Array {
  const sorted = fragments.toSorted((a, b) => a.offset - b.offset);
  const prefix = new Uint8Array(total);
  let filled = 0;
  for (const { offset, bytes } of sorted) {
    if (offset > filled) break;
    const fresh = bytes.subarray(filled - offset, total - offset);
    prefix.set(fresh, filled);
    filled += fresh.length;
  }
  return prefix.subarray(0, filled);
}
