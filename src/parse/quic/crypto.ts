import { HELLO_LIMIT_BYTES, malformed, type Malformed } from '../client-hello/hello.ts';
import { Cursor } from './packet.ts';

/** Frames that the client may send in Initial packets (RFC 9000 section 12.4). */
const FRAME = { padding: 0x00, ping: 0x01, ack: 0x02, ackWithEcn: 0x03, close: 0x1c } as const;

/** Chromium cuts its hello into about ten frames on purpose; one frame for each byte would be an attack on the reader. */
const GAPS_MAX = 256;

/** Room for a hello with a post-quantum key share. */
const FIRST_BYTES = 2048;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The bytes of CRYPTO frames, put in order. Holds at most HELLO_LIMIT_BYTES. */
export class CryptoStream {
  #bytes = new Uint8Array();
  /** The pieces received so far: in order, with gaps between. */
  #ranges: Range[] = [];

  /** The bytes up to the first gap. */
  get ready(): Uint8Array {
    const [first] = this.#ranges;
    return this.#bytes.subarray(0, first?.start === 0 ? first.end : 0);
  }

  /** false when the bytes would exceed a limit; they are not taken then. */
  add(start: number, data: Uint8Array): boolean {
    const end = start + data.length;
    if (end > HELLO_LIMIT_BYTES || this.#ranges.length > GAPS_MAX) return false;
    if (data.length === 0) return true;
    this.#grow(end);
    this.#bytes.set(data, start);
    const before = this.#ranges.filter((range) => range.end < start);
    const after = this.#ranges.filter((range) => range.start > end);
    const touched = this.#ranges.slice(before.length, this.#ranges.length - after.length);
    const joined = {
      start: Math.min(start, touched[0]?.start ?? start),
      end: Math.max(end, touched.at(-1)?.end ?? end),
    };
    this.#ranges = [...before, joined, ...after];
    return true;
  }

  #grow(length: number): void {
    if (length <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(length, 2 * this.#bytes.length, FIRST_BYTES));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

/**
 * Adds the CRYPTO frames of an Initial packet's payload, which have the type `cryptoFrame`, to `stream`. Returns the first
 * fault in the frames, its offset counted in the payload, or null.
 */
export function readFrames(payload: Uint8Array, cryptoFrame: number, stream: CryptoStream): Malformed | null {
  const at = new Cursor(payload, 0, payload.length);
  while (!at.atEnd) {
    const frameAt = at.offset;
    const type = at.byte();
    switch (type) {
      case FRAME.padding:
      case FRAME.ping:
        break;
      case FRAME.ack:
      case FRAME.ackWithEcn:
        skipAck(at, type === FRAME.ackWithEcn);
        break;
      case cryptoFrame:
        if (!readCrypto(at, payload, stream)) {
          return malformed(frameAt, `the CRYPTO frames exceed ${HELLO_LIMIT_BYTES} bytes or ${GAPS_MAX} gaps`);
        }
        break;
      case FRAME.close:
        return null;
      default:
        return malformed(frameAt, 'RFC 9000 12.4: no such frame in an Initial packet');
    }
    if (at.failed) return malformed(frameAt, 'RFC 9000 19: a frame is longer than the packet');
  }
  return null;
}

/** RFC 9000 section 19.3.2. */
const ECN_COUNTS = 3;

/** RFC 9000 section 19.3. */
function skipAck(at: Cursor, withEcn: boolean): void {
  at.varint();
  at.varint();
  const ranges = at.varint();
  at.varint();
  for (let i = 0; i < ranges && !at.failed; i += 1) {
    at.varint();
    at.varint();
  }
  const counts = withEcn ? ECN_COUNTS : 0;
  for (let i = 0; i < counts; i += 1) at.varint();
}

/** RFC 9000 section 19.6. */
function readCrypto(at: Cursor, payload: Uint8Array, stream: CryptoStream): boolean {
  const streamOffset = at.varint();
  const length = at.varint();
  const data = at.offset;
  at.skip(length);
  return at.failed || stream.add(streamOffset, payload.subarray(data, data + length));
}
