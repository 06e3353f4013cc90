import { uint8, type ClientHello, type HelloResult } from './hello.ts';
import { parseMessage } from './message.ts';
import { parseRecords, readPartialRecords, RecordWalk } from './records.ts';
import { maySslv2, parseSslv2, readPartialSslv2 } from './sslv2.ts';

export { HELLO_LIMIT_BYTES, saidName, type ClientHello, type HelloResult, type ServerName } from './hello.ts';
export { ClientHelloReader } from './reader.ts';

/**
 * The ClientHello that begins at `start`: TLS records, over any number of which it may be split, or the SSLv2 format (RFC 5246
 * E.2). Takes time in proportion to the bytes, whatever they are, and copies only a hello that is split over records. As long
 * as the bytes may become a hello the result is `need-more`; readPartialHello is for callers that know that no more will come.
 */
export function parseClientHello(bytes: Uint8Array, start = 0, end = bytes.length): HelloResult {
  return start < end && maySslv2(uint8(bytes, start))
    ? parseSslv2(bytes, start, end)
    : parseRecords(bytes, start, end, new RecordWalk(start));
}

/** The same for a handshake message without records, as QUIC carries it in CRYPTO frames (RFC 9001 section 4.1.3). */
export function parseHelloMessage(bytes: Uint8Array, start = 0, end = bytes.length): HelloResult {
  return parseMessage(bytes, start, end, 'quic');
}

/**
 * Reads as much as possible of a hello that is cut (by a capture's snap length or a missing segment) or malformed. The server name
 * is `unreadable` when reading ended before it; other fields are what was found before the end. null when the bytes do not begin
 * a hello, or not even its version is there.
 */
export function readPartialHello(bytes: Uint8Array, start = 0, end = bytes.length): ClientHello | null {
  return start < end && maySslv2(uint8(bytes, start))
    ? readPartialSslv2(bytes, start, end)
    : readPartialRecords(bytes, start, end);
}
