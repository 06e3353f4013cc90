import { QuicInitialReader } from '../quic/initial.ts';
import { copyOf, u16, u8 } from '../packet/bytes.ts';
import { HalfStream, type StreamSink } from '../packet/tcp-stream.ts';
import type { Findings } from './findings.ts';
import { StreamReader } from './stream-reader.ts';

/** Datagrams of one direction in which a QUIC hello is looked for: hellos with post-quantum keys take two, lost ones are sent again. */
const QUIC_DATAGRAMS_LIMIT = 16;
/** Datagrams of one direction after which a conversation without a sign of QUIC is left alone. */
export const OTHER_DATAGRAMS_LIMIT = 8;
const DNS_STREAM_LIMIT_BYTES = 65_537;

/** The part of the work on one connection that ends when its names are known. */
export interface Inspection {
  readonly heldBytes: number;
  isDone(direction: 0 | 1): boolean;
  /** Reads the available part of an incomplete item. Nothing may be pushed afterwards. */
  end(): void;
}

/** Both directions of a TCP connection. */
export class TcpInspection implements Inspection {
  readonly halves: readonly [HalfStream, HalfStream];
  readonly #readers: readonly [StreamSink & Ending, StreamSink & Ending];

  constructor(readers: readonly [StreamSink & Ending, StreamSink & Ending]) {
    this.#readers = readers;
    this.halves = [new HalfStream(readers[0]), new HalfStream(readers[1])];
  }

  static forNames(findings: Findings): TcpInspection {
    return new TcpInspection([new StreamReader(findings, 0), new StreamReader(findings, 1)]);
  }

  static forDns(onMessage: (message: Uint8Array, direction: 0 | 1) => void): TcpInspection {
    return new TcpInspection([
      new DnsStream((message) => onMessage(message, 0)),
      new DnsStream((message) => onMessage(message, 1)),
    ]);
  }

  get heldBytes(): number {
    const [first, second] = this.#readers;
    return this.halves[0].heldBytes + this.halves[1].heldBytes + first.carriedBytes + second.carriedBytes;
  }

  isDone(direction: 0 | 1): boolean {
    return this.#readers[direction].done;
  }

  end(): void {
    for (const half of this.halves) half.flush();
    for (const reader of this.#readers) reader.end();
  }
}

interface Ending {
  readonly done: boolean;
  readonly carriedBytes: number;
  end(): void;
}

/** DNS messages behind their two length bytes (RFC 1035 4.2.2). */
class DnsStream implements StreamSink, Ending {
  done = false;
  readonly #onMessage: (message: Uint8Array) => void;
  #carry: Uint8Array = new Uint8Array();

  constructor(onMessage: (message: Uint8Array) => void) {
    this.#onMessage = onMessage;
  }

  get carriedBytes(): number {
    return this.#carry.length;
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    let all = bytes.subarray(start, end);
    if (this.#carry.length > 0) {
      const joined = new Uint8Array(this.#carry.length + all.length);
      joined.set(this.#carry);
      joined.set(all, this.#carry.length);
      all = joined;
    }
    let at = 0;
    while (all.length - at >= 2 && all.length - at >= 2 + u16(all, at)) {
      const length = u16(all, at);
      this.#onMessage(all.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
    this.#carry = all.length - at > DNS_STREAM_LIMIT_BYTES ? new Uint8Array() : copyOf(all, at);
  }

  gap(): void {
    this.#carry = new Uint8Array();
  }

  stray(): void {
    // Without the bytes before it a length cannot be told from a message.
  }

  end(): void {
    this.done = true;
    this.#carry = new Uint8Array();
  }
}

/** Both directions of a UDP conversation: QUIC's first packets, whatever the port, and DTLS by its name. */
export class UdpInspection implements Inspection {
  readonly heldBytes = 0;
  readonly #findings: Findings;
  readonly #quic: [QuicInitialReader | null, QuicInitialReader | null] = [null, null];
  readonly #datagrams: [number, number] = [0, 0];
  readonly #done: [boolean, boolean] = [false, false];

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Whether a conversation with this datagram needs an inspection at all. */
  static mayConcern(bytes: Uint8Array, start: number, end: number): boolean {
    return isLongHeader(bytes, start) || isDtls(bytes, start, end);
  }

  isDone(direction: 0 | 1): boolean {
    return this.#done[direction];
  }

  push(direction: 0 | 1, bytes: Uint8Array, start: number, end: number): void {
    this.#datagrams[direction] += 1;
    if (isDtls(bytes, start, end)) {
      this.#findings.protocol ??= 'dtls';
      this.end();
    } else if (isLongHeader(bytes, start)) {
      this.#pushQuic(direction, bytes, start, end);
    }
    const limit = this.#quic[direction] ? QUIC_DATAGRAMS_LIMIT : OTHER_DATAGRAMS_LIMIT;
    if (this.#datagrams[direction] >= limit) this.#done[direction] = true;
  }

  end(): void {
    this.#done.fill(true);
  }

  #pushQuic(direction: 0 | 1, bytes: Uint8Array, start: number, end: number): void {
    const reader = (this.#quic[direction] ??= new QuicInitialReader());
    // Of its own: the reader keeps connection ids, and the buffer is used again.
    const result = reader.push(copyOf(bytes, start, end));
    switch (result.kind) {
      case 'complete':
        this.#findings.addHello(result.hello, direction);
        this.#findings.addQuicId(quicId(bytes, start, end));
        this.end();
        break;
      case 'malformed':
        // The server's first packets are sealed with the client's keys, which this direction does not tell.
        if (direction === 0) this.#findings.addUnreadable(result.offset, result.rule);
        this.#done[direction] = true;
        break;
      case 'not-tls':
        // Of an unknown version: the server may name others, and the client begins anew (RFC 9000 6).
        break;
      case 'need-more':
        this.#findings.protocol ??= 'quic';
        break;
    }
  }
}

/** The destination connection id of a long header (RFC 9000 17.2), as text. */
export function quicId(bytes: Uint8Array, start: number, end: number): string {
  const from = start + 6;
  return Buffer.from(copyOf(bytes, from, Math.min(end, from + u8(bytes, start + 5)))).toString('hex');
}

/** RFC 9000 17.2: header form and fixed bit. */
export function isLongHeader(bytes: Uint8Array, start: number): boolean {
  return (u8(bytes, start) & 0xc0) === 0xc0;
}

/** RFC 9147 4: record types 20 to 26, and versions that count backwards from 0xfeff. */
function isDtls(bytes: Uint8Array, start: number, end: number): boolean {
  const type = u8(bytes, start);
  return end - start >= 13 && type >= 20 && type <= 26 && u8(bytes, start + 1) === 0xfe && u8(bytes, start + 2) >= 0xfc;
}
