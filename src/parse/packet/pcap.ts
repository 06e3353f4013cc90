import { ClassicPcap } from './pcap-classic.ts';
import { PcapNg } from './pcap-ng.ts';
import { u32 } from './bytes.ts';
import { NO_LIMITS, type CaptureLimits, type PcapFraming, type PcapSink } from './pcap-sink.ts';

export type { PcapProblem, PcapSink } from './pcap-sink.ts';

/** Tells by the first bytes whether this is a capture file. At least 4 are needed; 12 tell a pcapng file from blank lines of text. */
export function sniffCapture(bytes: Uint8Array): 'pcap' | 'pcapng' | null {
  if (bytes.length < 4) return null;
  const magic = u32(bytes, 0);
  if (ClassicPcap.variantOf(magic)) return 'pcap';
  return magic === PcapNg.MAGIC && (bytes.length < 12 || PcapNg.hasByteOrder(bytes, 0)) ? 'pcapng' : null;
}

/** Takes the bytes of a capture file in chunks of any size and hands its packets to the sink. Copies only what straddles chunks. */
export class PcapReader {
  format: 'pcap' | 'pcapng' | null = null;
  readonly #sink: PcapSink;
  #framing: PcapFraming | null = null;
  #stopped = false;
  #carry = new Uint8Array(4096);
  #carried = 0;
  #needed = 4;
  /** Bytes of the current item to skip. */
  #skip = 0;
  #fileOffset = 0;

  constructor(sink: PcapSink) {
    this.#sink = sink;
  }

  /** As far as it was read. */
  get limits(): CaptureLimits {
    return this.#framing?.limits ?? NO_LIMITS;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        this.#fileOffset += skipped;
        at += skipped;
      } else if (this.#carried > 0 || chunk.length - at < this.#needed) {
        at += this.#complete(chunk, at);
      } else {
        at += this.#read(chunk, at, chunk.length);
      }
    }
  }

  end(): void {
    if (this.#stopped) return;
    if (this.format === null) {
      const rule = this.#carried === 0 ? 'the file is empty' : 'the file is too short for a capture';
      this.#sink.problem({ offset: 0, rule });
    } else if (this.#carried > 0 || this.#skip > 0) {
      this.#sink.problem({ offset: this.#fileOffset, rule: `the file ends inside ${this.#item()}` });
    }
    this.#stopped = true;
  }

  #item(): string {
    const packets = this.#framing?.packets ?? 0;
    if (this.format === 'pcapng') return packets === 0 ? 'a block' : `a block behind packet ${packets}`;
    return this.#framing instanceof ClassicPcap && !this.#framing.headed ? 'its header' : `packet ${packets + 1}`;
  }

  /** Adds to the carried bytes as much as their item needs, and reads it when it is whole. Returns how much of the chunk was taken. */
  #complete(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#needed - this.#carried, chunk.length - at);
    if (this.#carried + taken > this.#carry.length) {
      const larger = new Uint8Array(Math.max(this.#needed, 2 * this.#carry.length));
      larger.set(this.#carry.subarray(0, this.#carried));
      this.#carry = larger;
    }
    this.#carry.set(chunk.subarray(at, at + taken), this.#carried);
    this.#carried += taken;
    if (this.#carried < this.#needed) return taken;
    const length = this.#carried;
    this.#carried = 0;
    const read = this.#read(this.#carry, 0, length);
    // Unread bytes need more behind them and stay at the front.
    if (read < length && this.#skip === 0 && !this.#stopped) this.#carried = length - read;
    return taken;
  }

  /** Reads the items in the bytes. Returns the number of bytes read; the rest waits for `needed` bytes. */
  #read(bytes: Uint8Array, start: number, end: number): number {
    if (!this.#framing && !this.#choose(bytes, start)) return end - start;
    const framing = this.#framing;
    if (!framing) return end - start;
    let at = start;
    let length = 0;
    while (at < end) {
      length = framing.step(bytes, at, end, this.#fileOffset + at - start);
      if (length <= 0) break;
      at += length;
    }
    const consumed = Math.min(at, end) - start;
    this.#fileOffset += consumed;
    if (at > end) this.#skip = at - end;
    if (length === 0) this.#stopped = true;
    this.#needed = length < 0 ? -length : 1;
    if (length < 0 && bytes === this.#carry) {
      bytes.copyWithin(0, start + consumed, end);
    }
    return consumed;
  }

  #choose(bytes: Uint8Array, start: number): boolean {
    this.format = sniffCapture(bytes.subarray(start, start + 4));
    if (this.format === 'pcapng') this.#framing = new PcapNg(this.#sink);
    else if (this.format === 'pcap') this.#framing = new ClassicPcap(this.#sink);
    else {
      this.#stopped = true;
      this.#sink.problem({ offset: 0, rule: 'the file does not begin as pcap or pcapng files do' });
    }
    return this.format !== null;
  }
}
