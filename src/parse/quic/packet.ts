import { headerMask, openPayload, SAMPLE_BYTES, TAG_BYTES, type InitialKeys } from './keys.ts';
import { quicVersion, type QuicVersion } from './versions.ts';

export interface InitialPacket {
  readonly kind: 'initial';
  readonly versionNumber: number;
  readonly version: QuicVersion;
  /** The client's or, later, the server's choice; a view of the input. */
  readonly destinationId: Uint8Array;
  readonly start: number;
  /** The offset of the packet number, which has one to four bytes. */
  readonly numberAt: number;
  readonly end: number;
}

/** A packet of such a version that holds no ClientHello (0-RTT, Handshake, Retry), or was cut by the capture. */
export interface PassedPacket {
  readonly kind: 'passed';
  readonly end: number;
}

/** RFC 9000 section 17.2. */
const DESTINATION_ID_MAX_BYTES = 20;
const ID_LENGTH_AT = 5;
const LONG_HEADER = 0x80;
const NUMBER_MAX_BYTES = 4;

/** The long header packet at `start` when it is of a version whose ClientHello can be read, else null. */
export function readLongHeader(bytes: Uint8Array, start: number, end: number): InitialPacket | PassedPacket | null {
  const at = new Cursor(bytes, start, end);
  const first = at.byte();
  const versionNumber = at.uint32();
  if (at.failed || (first & LONG_HEADER) === 0) return null;
  const version = quicVersion(versionNumber);
  const idBytes = at.byte();
  if (version === null || idBytes > DESTINATION_ID_MAX_BYTES) return null;
  at.skip(idBytes);
  at.skip(at.byte());
  const type = (first >> 4) & 3;
  if (type === version.types.retry) return { kind: 'passed', end };
  if (type === version.types.initial) at.skip(at.varint());
  const length = at.varint();
  const numberAt = at.offset;
  at.skip(length);
  if (at.failed) return { kind: 'passed', end };
  if (type !== version.types.initial) return { kind: 'passed', end: at.offset };
  const idAt = start + ID_LENGTH_AT + 1;
  const destinationId = bytes.subarray(idAt, idAt + idBytes);
  return { kind: 'initial', versionNumber, version, destinationId, start, numberAt, end: at.offset };
}

export interface OpenedPacket {
  readonly number: number;
  readonly payload: Uint8Array;
  /** The payload's offset in the input; it has the same length there. */
  readonly payloadAt: number;
}

/** RFC 9001 section 5.4.2 and 5.3; null when the packet does not belong to these keys. `expected`: the number after the highest so far. */
export function openInitial(
  bytes: Uint8Array,
  packet: InitialPacket,
  keys: InitialKeys,
  expected: number,
): OpenedPacket | null {
  const { start, numberAt, end } = packet;
  const sampleAt = numberAt + NUMBER_MAX_BYTES;
  if (sampleAt + SAMPLE_BYTES > end) return null;
  const [firstMask = 0, ...numberMask] = headerMask(keys, bytes.subarray(sampleAt, sampleAt + SAMPLE_BYTES));
  const first = (bytes[start] ?? 0) ^ (firstMask & 0x0f);
  const numberBytes = (first & 3) + 1;
  const payloadAt = numberAt + numberBytes;
  if (payloadAt + TAG_BYTES > end) return null;
  const header = bytes.slice(start, payloadAt);
  header[0] = first;
  let truncated = 0;
  for (let i = 0; i < numberBytes; i += 1) {
    const byte = (bytes[numberAt + i] ?? 0) ^ (numberMask[i] ?? 0);
    header[numberAt - start + i] = byte;
    truncated = truncated * 256 + byte;
  }
  const number = fullNumber(truncated, numberBytes, expected);
  const payload = openPayload(keys, number, header, bytes.subarray(payloadAt, end));
  return payload && { number, payload, payloadAt };
}

/** RFC 9000 appendix A.3: the number nearest to the expected one that ends so. */
function fullNumber(truncated: number, bytes: number, expected: number): number {
  const window = 256 ** bytes;
  const candidate = expected - (expected % window) + truncated;
  if (candidate <= expected - window / 2) return candidate + window;
  if (candidate > expected + window / 2 && candidate >= window) return candidate - window;
  return candidate;
}

/** Reads numbers one after the other; past the end it fails once and for all, and yields zeros. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  offset: number;
  failed = false;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.offset = start;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.offset >= this.#end;
  }

  skip(count: number): void {
    if (count > this.#end - this.offset) this.failed = true;
    else this.offset += count;
  }

  byte(): number {
    return this.#uint(1);
  }

  uint32(): number {
    return this.#uint(4);
  }

  /** RFC 9000 section 16. The values are lengths: one beyond 2^53, where a number loses its last bits, exceeds every datagram all the same. */
  varint(): number {
    const prefix = this.atEnd ? 0 : (this.#bytes[this.offset] ?? 0) >> 6;
    const bytes = 2 ** prefix;
    return this.#uint(bytes) - prefix * 2 ** (8 * bytes - 2);
  }

  #uint(count: number): number {
    const at = this.offset;
    this.skip(count);
    let value = 0;
    for (let i = 0; i < count && !this.failed; i += 1) value = value * 256 + (this.#bytes[at + i] ?? 0);
    return value;
  }
}
