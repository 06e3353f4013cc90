import { u16, u16le, u32, u32le } from './bytes.ts';
import { LINK_UNKNOWN, PACKET_LIMIT_BYTES, type CaptureLimits, type PcapFraming, type PcapSink } from './pcap-sink.ts';

interface Interface {
  readonly linkType: number;
  readonly snapBytes: number;
  readonly ticksPerMs: number;
  readonly offsetMs: number;
}

const BLOCK = { section: 0x0a0d0d0a, interface: 1, obsoletePacket: 2, simplePacket: 3, enhancedPacket: 6 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION = { end: 0, tsresol: 9, filter: 11, tsoffset: 14 } as const;
/** Filters of more interfaces and longer ones are not told. */
const FILTERS_LIMIT = 8;
const FILTER_LIMIT_BYTES = 200;
/** draft-ietf-opsawg-pcapng section 4.2: before a filter stands a byte that tells its language. */
const FILTER_IN_WORDS = 0;
/** Type, length and length again. */
const FRAME_BYTES = 12;
/** A block that is read as a whole: a packet with its header and options. Longer ones of other kinds are skipped unread. */
const BLOCK_LIMIT_BYTES = 2 * PACKET_LIMIT_BYTES;
/** Interfaces of one section; merged captures have some hundreds. */
const INTERFACE_LIMIT = 4096;
const DAMAGE = 'draft-ietf-opsawg-pcapng section 3.1';

const NO_INTERFACE: Interface = { linkType: LINK_UNKNOWN, snapBytes: 0, ticksPerMs: 1e3, offsetMs: 0 };

/** The pcapng format (draft-ietf-opsawg-pcapng): any number of sections, each with its byte order and its interfaces. */
export class PcapNg implements PcapFraming {
  packets = 0;
  static readonly MAGIC = BLOCK.section;
  readonly #sink: PcapSink;
  #snapBytes: number | null = null;
  readonly #filters = new Set<string>();
  #littleEndian = true;
  #interfaces: Interface[] = [];
  #unknownTold = false;
  #lengthTold = false;

  constructor(sink: PcapSink) {
    this.#sink = sink;
  }

  get limits(): CaptureLimits {
    return { snapBytes: this.#snapBytes, filters: this.#filters };
  }

  /** Whether a section's header block at `start` has one of the two byte orders. */
  static hasByteOrder(bytes: Uint8Array, start: number): boolean {
    return u32(bytes, start + 8) === BYTE_ORDER_MAGIC || u32le(bytes, start + 8) === BYTE_ORDER_MAGIC;
  }

  step(bytes: Uint8Array, start: number, end: number, fileOffset: number): number {
    if (end - start < FRAME_BYTES) return -FRAME_BYTES;
    if (u32(bytes, start) === BLOCK.section && !this.#setByteOrder(bytes, start)) {
      return this.#damage(fileOffset, 'the section has no byte order');
    }
    const type = this.#u32(bytes, start);
    const length = this.#u32(bytes, start + 4);
    if (length < FRAME_BYTES) return this.#damage(fileOffset, `a block of ${length} bytes`);
    // Blocks are padded to 32 bits; some writers leave the padding out of the length.
    const padded = length + ((4 - (length % 4)) % 4);
    if (!isRead(type)) return padded;
    if (length > BLOCK_LIMIT_BYTES) return this.#tooLong(type, padded, fileOffset);
    if (end - start < padded) return -padded;
    const bodyEnd = start + length - 4;
    if (this.#u32(bytes, start + padded - 4) !== length && !this.#lengthTold) {
      this.#lengthTold = true;
      this.#sink.problem({ offset: fileOffset, rule: `${DAMAGE}: a block's two lengths differ` });
    }
    this.#readBlock(type, bytes, start, bodyEnd, fileOffset);
    return padded;
  }

  #damage(offset: number, what: string): number {
    this.#sink.problem({ offset, rule: `${DAMAGE}: ${what}; the rest was not read` });
    return 0;
  }

  #tooLong(type: number, padded: number, offset: number): number {
    if (type === BLOCK.section || type === BLOCK.interface) return this.#damage(offset, `a block of ${padded} bytes`);
    this.#sink.problem({ offset, rule: `a packet block of ${padded} bytes was not read` });
    return padded;
  }

  #setByteOrder(bytes: Uint8Array, start: number): boolean {
    this.#littleEndian = u32le(bytes, start + 8) === BYTE_ORDER_MAGIC;
    return PcapNg.hasByteOrder(bytes, start);
  }

  #u32(bytes: Uint8Array, at: number): number {
    return this.#littleEndian ? u32le(bytes, at) : u32(bytes, at);
  }

  #u16(bytes: Uint8Array, at: number): number {
    return this.#littleEndian ? u16le(bytes, at) : u16(bytes, at);
  }

  #readBlock(type: number, bytes: Uint8Array, start: number, end: number, fileOffset: number): void {
    if (type === BLOCK.enhancedPacket) {
      this.#packet(bytes, start + 28, end, this.#u32(bytes, start + 8), start + 12, fileOffset);
    } else if (type === BLOCK.obsoletePacket) {
      this.#packet(bytes, start + 28, end, this.#u16(bytes, start + 8), start + 12, fileOffset);
    } else if (type === BLOCK.simplePacket) {
      this.#simplePacket(bytes, start, end);
    } else if (type === BLOCK.interface) {
      if (this.#interfaces.length < INTERFACE_LIMIT) this.#interfaces.push(this.#readInterface(bytes, start, end));
    } else if (type === BLOCK.section) {
      this.#interfaces = [];
    }
  }

  /** `fields`: offset of the time's upper half, its lower half, the captured and the original length (sections 4.3 and A). */
  #packet(bytes: Uint8Array, dataStart: number, end: number, id: number, fields: number, fileOffset: number): void {
    const from = this.#interfaces[id] ?? NO_INTERFACE;
    if (from === NO_INTERFACE && !this.#unknownTold) {
      this.#unknownTold = true;
      this.#sink.problem({
        offset: fileOffset,
        rule: `the file does not describe interface ${id}: its packets were not read`,
      });
    }
    const ticks = this.#u32(bytes, fields) * 0x1_0000_0000 + this.#u32(bytes, fields + 4);
    const dataEnd = Math.min(end, dataStart + this.#u32(bytes, fields + 8));
    if (dataEnd < dataStart) return;
    const timeMs = ticks / from.ticksPerMs + from.offsetMs;
    this.packets += 1;
    this.#sink.packet(bytes, dataStart, dataEnd, from.linkType, timeMs, this.#u32(bytes, fields + 12));
  }

  /** Section 4.4: of the first interface, without a time, as long as the block or the snap length allows. */
  #simplePacket(bytes: Uint8Array, start: number, end: number): void {
    const from = this.#interfaces[0] ?? NO_INTERFACE;
    const wireBytes = this.#u32(bytes, start + 8);
    const snapped = from.snapBytes === 0 ? wireBytes : Math.min(wireBytes, from.snapBytes);
    const dataEnd = Math.min(end, start + 12 + snapped);
    if (dataEnd >= start + 12) {
      this.packets += 1;
      this.#sink.packet(bytes, start + 12, dataEnd, from.linkType, Number.NaN, wireBytes);
    }
  }

  #readInterface(bytes: Uint8Array, start: number, end: number): Interface {
    let ticksPerMs = 1e3;
    let offsetMs = 0;
    let at = start + 16;
    while (at + 4 <= end) {
      const code = this.#u16(bytes, at);
      const length = this.#u16(bytes, at + 2);
      const value = at + 4;
      if (code === OPTION.end || value + length > end) break;
      if (code === OPTION.tsresol && length >= 1) ticksPerMs = ticksPerMsOf(bytes[value] ?? 6);
      if (code === OPTION.filter && length >= 2) this.#noteFilter(bytes, value, value + length);
      if (code === OPTION.tsoffset && length >= 8) offsetMs = this.#i64(bytes, value) * 1000;
      at = value + length + ((4 - (length % 4)) % 4);
    }
    const snapBytes = this.#u32(bytes, start + 12);
    if (snapBytes > 0) this.#snapBytes = Math.min(snapBytes, this.#snapBytes ?? snapBytes);
    return { linkType: this.#u16(bytes, start + 8), snapBytes, ticksPerMs, offsetMs };
  }

  #noteFilter(bytes: Uint8Array, start: number, end: number): void {
    if (this.#filters.size >= FILTERS_LIMIT) return;
    const words = Buffer.from(bytes.subarray(start + 1, Math.min(end, start + 1 + FILTER_LIMIT_BYTES))).toString(
      'latin1',
    );
    const isWords = bytes[start] === FILTER_IN_WORDS;
    this.#filters.add(isWords ? words.replace(/[^ -~]+/g, '') : 'a compiled filter');
  }

  #i64(bytes: Uint8Array, at: number): number {
    const [high, low] = this.#littleEndian ? [at + 4, at] : [at, at + 4];
    return (this.#u32(bytes, high) | 0) * 0x1_0000_0000 + this.#u32(bytes, low);
  }
}

function isRead(type: number): boolean {
  return (
    type === BLOCK.enhancedPacket ||
    type === BLOCK.interface ||
    type === BLOCK.section ||
    type === BLOCK.simplePacket ||
    type === BLOCK.obsoletePacket
  );
}

/** Section 4.2, if_tsresol: a negative power of 2 when the highest bit is set, of 10 otherwise. */
function ticksPerMsOf(resolution: number): number {
  const exponent = resolution & 0x7f;
  return ((resolution & 0x80) !== 0 ? 2 ** exponent : 10 ** exponent) / 1000;
}
