import { HELLO_LIMIT_BYTES, parseClientHello, readPartialHello, type ClientHello } from '../client-hello/index.ts';
import { copyOf, indexOfByte, u16, u8 } from '../packet/bytes.ts';
import type { StreamSink } from '../packet/tcp-stream.ts';
import type { Findings } from './findings.ts';
import {
  NEED_MORE,
  readRequest,
  readResponse,
  readSocksClient,
  readSocksServer,
  skipProxyHeader,
  startsWith,
  UNKNOWN,
} from './items.ts';

/** Bytes of one direction in which names are looked for; a protocol that turns to TLS later (STARTTLS) does so within its first ones. */
const INSPECTED_LIMIT_BYTES = 32_768;
/** Anything longer than the longest hello is no item. */
const CARRY_LIMIT_BYTES = HELLO_LIMIT_BYTES;
/** An item that came in this many pieces is tried again only when it has grown by a quarter: tiny segments must not cost quadratic time. */
const EAGER_ATTEMPTS = 32;
/** When carried bytes turn out to be no item, the segments in them are read one by one: at most so many, the newest ones. */
const BORDERS_LIMIT = 256;
const RECORD = { changeCipherSpec: 20, handshake: 22, applicationData: 23 } as const;
const RECORD_HEADER_BYTES = 5;
/** Of the record's version: SSL 3.0 to TLS 1.3. */
const VERSION_MINOR_MAX = 4;
/** RFC 8446 5.2, RFC 5246 6.2.3. */
const RECORD_LIMIT_BYTES = 16_384 + 2048;
/** RFC 8446 4.1.3: the random of a HelloRetryRequest, "HelloRetryRequest" hashed; its first 8 bytes tell it apart. */
const RETRY_RANDOM = [0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11] as const;

/**
 * Looks for names in one direction of a connection: items (a hello, a request, a proxy's handshake) follow each other, and behind
 * bytes that are none of these, each segment may begin with one.
 */
export class StreamReader implements StreamSink {
  done = false;
  readonly #findings: Findings;
  readonly #direction: 0 | 1;
  #seenBytes = 0;
  #atStart = true;
  #carry: Uint8Array | null = null;
  #carried = 0;
  /** The offsets of the newest segments in the carried bytes. */
  #borders: number[] = [];
  #attempts = 0;
  #retryAt = 0;

  constructor(findings: Findings, direction: 0 | 1) {
    this.#findings = findings;
    this.#direction = direction;
  }

  get carriedBytes(): number {
    return this.#carry?.length ?? 0;
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    if (this.done) return;
    this.#seenBytes += end - start;
    if (this.#carry) this.#grow(this.#carry, bytes, start, end);
    else this.#read(bytes, start, end, false);
    const limit = INSPECTED_LIMIT_BYTES + (this.#carry ? CARRY_LIMIT_BYTES : 0);
    if (this.#seenBytes > limit && !this.#findings.asksOn) this.end();
    if (this.#findings.isOver) this.done = true;
  }

  gap(): void {
    this.#finish();
    this.#atStart = false;
  }

  stray(bytes: Uint8Array, start: number, end: number): void {
    if (this.done || u8(bytes, start) !== RECORD.handshake) return;
    const result = parseClientHello(bytes, start, end);
    if (result.kind === 'complete') this.#findings.addHello(fromStart(result.hello, start), this.#direction);
  }

  /** No more will come: takes what can be read of an item that is not whole. */
  end(): void {
    this.#finish();
    this.done = true;
  }

  #finish(): void {
    const carry = this.#carry;
    if (!carry) return;
    this.#carry = null;
    this.#read(carry, 0, this.#carried, true);
    this.#carry = null;
  }

  #grow(carry: Uint8Array, bytes: Uint8Array, start: number, end: number): void {
    const length = this.#carried + end - start;
    let held = carry;
    if (length > held.length) {
      held = new Uint8Array(Math.max(length, Math.min(2 * held.length, CARRY_LIMIT_BYTES)));
      held.set(carry.subarray(0, this.#carried));
      this.#carry = held;
    }
    held.set(bytes.subarray(start, end), this.#carried);
    this.#borders.push(this.#carried);
    if (this.#borders.length > BORDERS_LIMIT) this.#borders.shift();
    this.#carried = length;
    if (length < this.#retryAt) return;
    this.#carry = null;
    this.#read(held, 0, length, length > CARRY_LIMIT_BYTES);
  }

  #read(bytes: Uint8Array, start: number, end: number, final: boolean): void {
    let at = start;
    while (at < end && !this.done) {
      const next = this.#item(bytes, at, end, final);
      if (next === NEED_MORE && !final) {
        this.#wait(bytes, at, end);
        return;
      }
      this.#atStart = false;
      this.#attempts = 0;
      this.#retryAt = 0;
      if (next > at) at = next;
      else at = this.#resume(bytes, at, end);
    }
    this.#borders = [];
  }

  /** Behind bytes that are no item: where a segment begins, or a hello within one, or the end. */
  #resume(bytes: Uint8Array, at: number, end: number): number {
    while ((this.#borders[0] ?? end) <= at) this.#borders.shift();
    const border = this.#borders[0] ?? end;
    const hello = this.#searchHello(bytes, at, border, end);
    return hello < 0 ? border : hello;
  }

  #wait(bytes: Uint8Array, at: number, end: number): void {
    this.#carried = end - at;
    this.#carry = copyOf(bytes, at, end);
    this.#borders = this.#borders.filter((border) => border > at).map((border) => border - at);
    this.#attempts += 1;
    const isLate = this.#attempts > EAGER_ATTEMPTS;
    this.#retryAt = Math.max(this.#retryAt, isLate ? Math.ceil(this.#carried * 1.25) : 0);
  }

  #item(bytes: Uint8Array, at: number, end: number, final: boolean): number {
    const first = u8(bytes, at);
    if (first >= RECORD.changeCipherSpec && first <= RECORD.applicationData) {
      return this.#record(first, bytes, at, end, final);
    }
    if ((first & 0x80) !== 0) return this.#sslv2(bytes, at, end, final);
    if (first >= 0x41 && first <= 0x5a) return this.#text(bytes, at, end, final);
    if (!this.#atStart) return first === 0x0d ? skipProxyHeader(bytes, at, end) : UNKNOWN;
    if (first === 0x0d) return skipProxyHeader(bytes, at, end);
    if (this.#findings.awaitsSocks !== null && this.#findings.clientDirection !== this.#direction) {
      return readSocksServer(bytes, at, end, this.#findings);
    }
    // The server's first answer (5 and a method) may come before the client's request is known.
    if (first === 5 && end - at === 2 && this.#seenBytes === 2) return NEED_MORE;
    return readSocksClient(bytes, at, end, this.#findings, this.#direction);
  }

  #text(bytes: Uint8Array, at: number, end: number, final: boolean): number {
    if (startsWith(bytes, at, end, 'HTTP/1.')) return readResponse(bytes, at, end, this.#findings);
    if (startsWith(bytes, at, end, 'PROXY ')) return skipProxyHeader(bytes, at, end);
    if (startsWith(bytes, at, end, 'SSH-') && end - at > 4) {
      this.#findings.protocol ??= 'ssh';
      return UNKNOWN;
    }
    return readRequest(bytes, at, end, final, this.#findings, this.#direction);
  }

  #record(type: number, bytes: Uint8Array, at: number, end: number, final: boolean): number {
    const available = end - at;
    if (available > 1 && u8(bytes, at + 1) !== 3) return UNKNOWN;
    if (available > 2 && u8(bytes, at + 2) > VERSION_MINOR_MAX) return UNKNOWN;
    if (available <= RECORD_HEADER_BYTES) return NEED_MORE;
    const length = u16(bytes, at + 3);
    if (length === 0 || length > RECORD_LIMIT_BYTES) return UNKNOWN;
    const behind = at + RECORD_HEADER_BYTES + length;
    if (type === RECORD.handshake) {
      const message = u8(bytes, at + RECORD_HEADER_BYTES);
      if (message === 1) return this.#hello(bytes, at, end, behind, final);
      if (message === 2 && !this.#serverHello(bytes, at, end) && !final) return NEED_MORE;
    } else this.#findings.protocol ??= 'tls';
    return behind <= end ? behind : UNKNOWN;
  }

  #hello(bytes: Uint8Array, at: number, end: number, recordEnd: number, final: boolean): number {
    const result = parseClientHello(bytes, at, end);
    if (result.kind === 'complete') {
      this.#findings.addHello(fromStart(result.hello, at), this.#direction);
      return result.end;
    }
    if (result.kind === 'not-tls') return UNKNOWN;
    if (result.kind === 'need-more' && !final) {
      this.#retryAt = recordEnd - at;
      return NEED_MORE;
    }
    const partial = readPartialHello(bytes, at, end);
    const isNamed = partial !== null && partial.serverName.kind !== 'unreadable';
    const isWhole = result.kind === 'malformed';
    if (partial && (isNamed || isWhole)) this.#findings.addHello(fromStart(partial, at), this.#direction);
    if (isWhole) this.#findings.addUnreadable(result.offset - at, result.rule);
    else if (!isNamed) this.#findings.addUnreadable(end - at, 'the capture lacks the rest of the hello');
    return UNKNOWN;
  }

  /** Whether enough of the server's hello is there to tell what it says. */
  #serverHello(bytes: Uint8Array, at: number, end: number): boolean {
    const random = at + RECORD_HEADER_BYTES + 6;
    if (end < random + RETRY_RANDOM.length) return false;
    this.#findings.protocol ??= 'tls';
    const isRetry = RETRY_RANDOM.every((byte, i) => bytes[random + i] === byte);
    if (isRetry) this.#findings.retried = true;
    else this.#findings.settled = true;
    return true;
  }

  /** RFC 5246 E.2, RFC 6101 E: a 2-byte length, the message type of a ClientHello and its version. */
  #sslv2(bytes: Uint8Array, at: number, end: number, final: boolean): number {
    const available = end - at;
    if (available < 5) return available < 3 || u8(bytes, at + 2) === 1 ? NEED_MORE : UNKNOWN;
    const major = u8(bytes, at + 3);
    if (u8(bytes, at + 2) !== 1 || (major !== 3 && !(major === 0 && u8(bytes, at + 4) === 2))) return UNKNOWN;
    const result = parseClientHello(bytes, at, end);
    if (result.kind === 'complete') {
      this.#findings.addHello(fromStart(result.hello, at), this.#direction);
      return result.end;
    }
    return result.kind === 'need-more' && !final ? NEED_MORE : UNKNOWN;
  }

  /** The offset of a hello within a segment: some protocols put a header of their own before it, or their last words. -1: none. */
  #searchHello(bytes: Uint8Array, start: number, border: number, end: number): number {
    if (this.#findings.asksOn || this.#findings.hellos.length > 0) return -1;
    let at = start;
    do at = indexOfByte(bytes, RECORD.handshake, at + 1, border);
    while (at >= 0 && !looksLikeHello(bytes, at, end));
    return at;
  }
}

/** With offsets that count from the hello's first byte: where it lies in the buffer is chance. */
function fromStart(hello: ClientHello, start: number): ClientHello {
  const { serverName } = hello;
  if (serverName.kind !== 'unreadable') return hello;
  return { ...hello, serverName: { ...serverName, offset: serverName.offset - start } };
}

/** Whether a TLS record with the beginning of a ClientHello stands here: both lengths' upper bits and both versions are as they must be. */
export function looksLikeHello(bytes: Uint8Array, at: number, end: number): boolean {
  const isRecord =
    u8(bytes, at + 1) === 3 && u8(bytes, at + 2) <= VERSION_MINOR_MAX && u16(bytes, at + 3) <= RECORD_LIMIT_BYTES;
  const isHello = u8(bytes, at + 5) === 1 && u8(bytes, at + 6) === 0;
  return at + 11 <= end && isRecord && isHello && u8(bytes, at + 9) === 3 && u8(bytes, at + 10) <= VERSION_MINOR_MAX;
}
