import {
  CLIENT_HELLO,
  DTLS,
  helloWithOffsets,
  HELLO_LIMIT_BYTES,
  malformed,
  NEED_MORE,
  NOT_TLS,
  TOO_LONG,
  uint16,
  uint8,
  withOffsets,
  type ClientHello,
  type HelloResult,
} from './hello.ts';
import { MESSAGE_HEADER_BYTES, parseMessage, readPartialMessage } from './message.ts';

export const RECORD_HEADER_BYTES = 5;

/** Content types (RFC 8446 section 5.1). */
export const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** RFC 5246 6.2.3: no record is longer, not even an encrypted one. A hello must keep to 2^14, which not all readers enforce. */
const RECORD_MAX_BYTES = 2 ** 14 + 2048;

const TLS_MAJOR = 3;

/** Record versions of DTLS 1.0, 1.2 and 1.3 (RFC 6347 section 4.1), and 0x0100 of OpenSSL before 0.9.8f (DTLS1_BAD_VER). */
const DTLS_VERSIONS: ReadonlySet<number> = new Set([0xfeff, 0xfefd, 0xfefc, 0x0100]);

/**
 * Walks the records that carry the handshake message at `start`, and goes on where it stopped once more bytes are there, so that
 * bytes which come one by one are not read again and again.
 */
export class RecordWalk {
  readonly #start: number;
  #at: number;
  #received = 0;
  #header = 0;

  constructor(start: number) {
    this.#start = start;
    this.#at = start;
  }

  /** The first byte behind the last record walked. */
  get end(): number {
    return this.#at;
  }

  /** null when the records up to `end` carry the whole message. */
  advance(bytes: Uint8Array, end: number): HelloResult | null {
    for (;;) {
      const payload = this.#at + RECORD_HEADER_BYTES;
      const stop = checkHeader(bytes, this.#at, end, this.#at === this.#start);
      if (stop !== null) return stop;
      const next = payload + uint16(bytes, payload - 2);
      if (next - this.#start > HELLO_LIMIT_BYTES) return malformed(this.#start, TOO_LONG);
      if (next > end) return NEED_MORE;
      for (let at = payload; at < next && this.#received + at - payload < MESSAGE_HEADER_BYTES; at += 1) {
        this.#header = this.#header * 256 + uint8(bytes, at);
      }
      this.#received += next - payload;
      this.#at = next;
      if (this.#received < MESSAGE_HEADER_BYTES) continue;
      if (this.messageBytes > HELLO_LIMIT_BYTES) return malformed(this.#start, TOO_LONG);
      if (this.#received >= this.messageBytes) return null;
    }
  }

  /** The length of the message with its header, once the first four bytes of it were walked. */
  get messageBytes(): number {
    return MESSAGE_HEADER_BYTES + (this.#header & 0xff_ffff);
  }
}

/** Why the record at `at` cannot be the first or next one of a ClientHello; null when it can. */
function checkHeader(bytes: Uint8Array, at: number, end: number, first: boolean): HelloResult | null {
  const foreign = first ? checkFirstRecord(bytes, at, end) : checkLaterRecord(bytes, at, end);
  if (foreign !== null) return foreign;
  const payload = at + RECORD_HEADER_BYTES;
  if (payload > end) return NEED_MORE;
  const length = uint16(bytes, at + 3);
  if (length === 0) return malformed(at + 3, 'RFC 8446 5.1: a handshake record is not empty');
  if (length > RECORD_MAX_BYTES) return malformed(at + 3, 'RFC 5246 6.2.3: a record has at most 2^14 + 2048 bytes');
  if (!first) return null;
  if (payload >= end) return NEED_MORE;
  return uint8(bytes, payload) === CLIENT_HELLO ? null : NOT_TLS;
}

function checkFirstRecord(bytes: Uint8Array, at: number, end: number): HelloResult | null {
  if (at >= end) return NEED_MORE;
  const type = uint8(bytes, at);
  if (type < RECORD.changeCipherSpec || type > RECORD.applicationData) return NOT_TLS;
  if (at + 1 >= end) return NEED_MORE;
  if (uint8(bytes, at + 1) === TLS_MAJOR) return type === RECORD.handshake ? null : NOT_TLS;
  if (at + 2 >= end) return NEED_MORE;
  return DTLS_VERSIONS.has(uint16(bytes, at + 1)) ? DTLS : NOT_TLS;
}

function checkLaterRecord(bytes: Uint8Array, at: number, end: number): HelloResult | null {
  if (at + 1 >= end) return NEED_MORE;
  if (uint8(bytes, at) === RECORD.handshake && uint8(bytes, at + 1) === TLS_MAJOR) return null;
  return malformed(at, 'RFC 8446 5.1: no other record comes between the records of a handshake message');
}

/** The hello in the records that `walk` has walked or walks now. */
export function parseRecords(bytes: Uint8Array, start: number, end: number, walk: RecordWalk): HelloResult {
  const stop = walk.advance(bytes, end);
  if (stop !== null) return stop;
  const recordsEnd = walk.end;
  const message = start + RECORD_HEADER_BYTES;
  const result =
    message + uint16(bytes, message - 2) === recordsEnd
      ? parseMessage(bytes, message, message + walk.messageBytes, 'tls')
      : parseJoined(bytes, start, recordsEnd, walk.messageBytes);
  return result.kind === 'complete' ? { kind: 'complete', hello: result.hello, end: recordsEnd } : result;
}

function parseJoined(bytes: Uint8Array, start: number, end: number, messageBytes: number): HelloResult {
  const result = parseMessage(joinPayloads(bytes, start, end), 0, messageBytes, 'tls');
  return withOffsets(result, (offset) => inputOffsetOf(bytes, start, end, offset));
}

/** Reads records that are cut or malformed, as far as a hello may reach. */
export function readPartialRecords(bytes: Uint8Array, start: number, inputEnd: number): ClientHello | null {
  const end = Math.min(inputEnd, start + HELLO_LIMIT_BYTES);
  const stop = checkHeader(bytes, start, end, true);
  if (stop !== null) return null;
  const message = start + RECORD_HEADER_BYTES;
  if (message + uint16(bytes, message - 2) >= end) return readPartialMessage(bytes, message, end, 'tls');
  const joined = joinPayloads(bytes, start, end);
  const hello = readPartialMessage(joined, 0, joined.length, 'tls');
  return hello && helloWithOffsets(hello, (offset) => inputOffsetOf(bytes, start, end, offset));
}

/** The payloads of the records from `start` on, `end` excluded; the last one may be cut. */
function joinPayloads(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const joined = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at + RECORD_HEADER_BYTES <= end && checkHeader(bytes, at, end, false) === null;) {
    const payload = at + RECORD_HEADER_BYTES;
    at = payload + uint16(bytes, at + 3);
    const part = bytes.subarray(payload, Math.min(at, end));
    joined.set(part, length);
    length += part.length;
  }
  return joined.subarray(0, length);
}

/** The input's offset of the byte at `offset` of the joined payloads. */
function inputOffsetOf(bytes: Uint8Array, start: number, end: number, offset: number): number {
  let left = offset;
  let at = start;
  for (;;) {
    const payload = at + RECORD_HEADER_BYTES;
    const next = payload + uint16(bytes, at + 3);
    if (payload + left < next || next + RECORD_HEADER_BYTES > end) return payload + left;
    left -= next - payload;
    at = next;
  }
}
