import {
  HELLO_LIMIT_BYTES,
  helloWithOffsets,
  NEED_MORE,
  NOT_TLS,
  uint16,
  uint8,
  withOffsets,
  type ClientHello,
  type HelloResult,
} from './hello.ts';
import { parseRecords, readPartialRecords, RECORD, RECORD_HEADER_BYTES, RecordWalk } from './records.ts';
import { maySslv2, parseSslv2, readPartialSslv2 } from './sslv2.ts';

/**
 * Reads hellos from the segments of one direction of a TCP stream. Offsets count from the first byte pushed. A hello that lies
 * in one segment is not copied; otherwise at most HELLO_LIMIT_BYTES are held, and for the time of a push the segment.
 */
export class ClientHelloReader {
  #bytes: Uint8Array = new Uint8Array();
  #length = 0;
  /** Whether #bytes is ours: a segment belongs to the caller, who may overwrite it. */
  #owned = false;
  /** The offset of #bytes in the stream. */
  #origin = 0;
  #walk = new RecordWalk(0);
  #result: HelloResult = NEED_MORE;
  /** null before next(); then the bytes that may still be passed over. */
  #mayPass: number | null = null;
  /** Bytes still to come of a record that is passed over. */
  #passing = 0;

  /** Any result but `need-more` is final, and bytes pushed after it are not kept. */
  push(segment: Uint8Array): HelloResult {
    if (this.#result.kind !== 'need-more') return this.#result;
    const passed = Math.min(this.#passing, segment.length);
    this.#passing -= passed;
    this.#origin += passed;
    this.#append(segment.subarray(passed));
    return this.#read();
  }

  /**
   * After `complete`: goes on with the bytes behind the hello, for the second hello that follows a HelloRetryRequest (RFC 8446
   * 4.1.4). Records of change_cipher_spec and of early data before it are passed over, up to HELLO_LIMIT_BYTES. `not-tls` means
   * that there is no second hello. To be called before the segment that completed the first is overwritten.
   */
  next(): HelloResult {
    if (this.#result.kind !== 'complete') return this.#result;
    this.#drop(this.#result.end - this.#origin);
    this.#mayPass = HELLO_LIMIT_BYTES;
    this.#result = NEED_MORE;
    return this.#read();
  }

  /** As readPartialHello, for the bytes that are held while the result is `need-more` or `malformed`. */
  partial(): ClientHello | null {
    const read = this.#inSslv2() ? readPartialSslv2 : readPartialRecords;
    const hello = read(this.#bytes, 0, this.#length);
    return hello && helloWithOffsets(hello, (offset) => offset + this.#origin);
  }

  #read(): HelloResult {
    this.#result = this.#passOver() ?? this.#parse();
    if (this.#result.kind === 'need-more' && !this.#owned) this.#own(this.#length);
    return this.#result;
  }

  #parse(): HelloResult {
    const result = this.#inSslv2()
      ? parseSslv2(this.#bytes, 0, this.#length)
      : parseRecords(this.#bytes, 0, this.#length, this.#walk);
    return this.#origin === 0 ? result : withOffsets(result, (offset) => offset + this.#origin);
  }

  #inSslv2(): boolean {
    return this.#length > 0 && maySslv2(uint8(this.#bytes, 0));
  }

  /** Drops the records that may stand before a second hello; a result when it is settled that none is there yet, or none comes. */
  #passOver(): HelloResult | null {
    while (this.#mayPass !== null && this.#length > 0) {
      const type = uint8(this.#bytes, 0);
      if (type !== RECORD.changeCipherSpec && type !== RECORD.applicationData) return null;
      if (this.#length < RECORD_HEADER_BYTES) return NEED_MORE;
      const length = RECORD_HEADER_BYTES + uint16(this.#bytes, RECORD_HEADER_BYTES - 2);
      this.#mayPass -= length;
      if (this.#mayPass < 0) return NOT_TLS;
      this.#passing = Math.max(0, length - this.#length);
      this.#drop(length - this.#passing);
    }
    return null;
  }

  #drop(count: number): void {
    this.#bytes = this.#bytes.subarray(count);
    this.#length -= count;
    this.#origin += count;
    this.#walk = new RecordWalk(0);
  }

  #append(segment: Uint8Array): void {
    if (this.#length === 0) {
      this.#bytes = segment;
      this.#owned = false;
    } else {
      const length = this.#length + segment.length;
      if (length > this.#bytes.length) this.#own(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.set(segment, this.#length);
    }
    this.#length += segment.length;
  }

  #own(capacity: number): void {
    const own = new Uint8Array(capacity);
    own.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = own;
    this.#owned = true;
  }
}
