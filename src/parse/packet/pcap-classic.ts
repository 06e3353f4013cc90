import { u32, u32le } from './bytes.ts';
import { NO_LIMITS, PACKET_LIMIT_BYTES, type CaptureLimits, type PcapFraming, type PcapSink } from './pcap-sink.ts';

interface Variant {
  readonly littleEndian: boolean;
  readonly fractionsPerMs: number;
  /** Bytes in front of each packet. */
  readonly headerBytes: number;
}

const FILE_HEADER_BYTES = 24;

/** By the first four bytes, read as a big-endian number: draft-ietf-opsawg-pcap section 4; wiretap/libpcap.h for the modified one. */
const VARIANTS: ReadonlyMap<number, Variant> = new Map([
  [0xa1b2c3d4, { littleEndian: false, fractionsPerMs: 1e3, headerBytes: 16 }],
  [0xd4c3b2a1, { littleEndian: true, fractionsPerMs: 1e3, headerBytes: 16 }],
  [0xa1b23c4d, { littleEndian: false, fractionsPerMs: 1e6, headerBytes: 16 }],
  [0x4d3cb2a1, { littleEndian: true, fractionsPerMs: 1e6, headerBytes: 16 }],
  [0xa1b2cd34, { littleEndian: false, fractionsPerMs: 1e3, headerBytes: 24 }],
  [0x34cdb2a1, { littleEndian: true, fractionsPerMs: 1e3, headerBytes: 24 }],
]);

/** The pcap format (draft-ietf-opsawg-pcap), also with nanoseconds, and Kuznetzov's modified one. */
export class ClassicPcap implements PcapFraming {
  packets = 0;
  headed = false;
  limits: CaptureLimits = NO_LIMITS;
  readonly #sink: PcapSink;
  #linkType = 0;
  #littleEndian = false;
  #fractionsPerMs = 1e3;
  #headerBytes = 16;

  constructor(sink: PcapSink) {
    this.#sink = sink;
  }

  static variantOf(magic: number): Variant | undefined {
    return VARIANTS.get(magic);
  }

  step(bytes: Uint8Array, start: number, end: number, fileOffset: number): number {
    if (!this.headed) return this.#readFileHeader(bytes, start, end);
    const header = this.#headerBytes;
    if (end - start < header) return -header;
    const read = this.#littleEndian ? u32le : u32;
    const captured = read(bytes, start + 8);
    if (captured > PACKET_LIMIT_BYTES) {
      this.#sink.problem({
        offset: fileOffset,
        rule: `a packet of ${captured} bytes is damage; the rest was not read`,
      });
      return 0;
    }
    const length = header + captured;
    if (end - start < length) return -length;
    const timeMs = read(bytes, start) * 1000 + read(bytes, start + 4) / this.#fractionsPerMs;
    const wireBytes = read(bytes, start + 12);
    this.packets += 1;
    this.#sink.packet(bytes, start + header, start + length, this.#linkType, timeMs, wireBytes);
    return length;
  }

  #readFileHeader(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < FILE_HEADER_BYTES) return -FILE_HEADER_BYTES;
    const variant = ClassicPcap.variantOf(u32(bytes, start));
    if (!variant) return 0;
    this.headed = true;
    this.#littleEndian = variant.littleEndian;
    this.#fractionsPerMs = variant.fractionsPerMs;
    this.#headerBytes = variant.headerBytes;
    const snapBytes = (this.#littleEndian ? u32le : u32)(bytes, start + 16);
    this.limits = { ...NO_LIMITS, snapBytes: snapBytes === 0 ? null : snapBytes };
    // The upper bits tell of a frame check sequence (draft-ietf-opsawg-pcap section 4), which IP's own length cuts off.
    this.#linkType = (this.#littleEndian ? u32le : u32)(bytes, start + 20) & 0xffff;
    return FILE_HEADER_BYTES;
  }
}
