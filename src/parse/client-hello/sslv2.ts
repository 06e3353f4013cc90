import {
  CLIENT_HELLO,
  malformed,
  NEED_MORE,
  NOT_TLS,
  uint16,
  uint8,
  type ClientHello,
  type HelloResult,
} from './hello.ts';
import { ABSENT } from './server-name.ts';

/** Length, message type, version and three lengths (RFC 5246 E.2). */
const HEADER_BYTES = 11;
const LENGTH_BYTES = 2;
const VERSION_AT = 3;
const SSLV2 = 0x0002;

/** The first bit of an SSLv2 record without padding; no TLS or DTLS record begins with it. */
export function maySslv2(firstByte: number): boolean {
  return firstByte >= 0x80;
}

/** A hello in the SSLv2 format, with which clients of old offered SSLv3 or TLS to servers that might know SSLv2 only. */
export function parseSslv2(bytes: Uint8Array, start: number, end: number): HelloResult {
  const foreign = checkStart(bytes, start, end);
  if (foreign !== null) return foreign;
  if (start + HEADER_BYTES > end) return NEED_MORE;
  const next = start + LENGTH_BYTES + (uint16(bytes, start) & 0x7fff);
  const suitesBytes = uint16(bytes, start + 5);
  const sessionIdBytes = uint16(bytes, start + 7);
  const challengeBytes = uint16(bytes, start + 9);
  if (suitesBytes === 0 || suitesBytes % 3 !== 0) {
    return malformed(start + 5, 'RFC 5246 E.2: cipher specs have three bytes each, and there is at least one');
  }
  if (start + HEADER_BYTES + suitesBytes + sessionIdBytes + challengeBytes !== next) {
    return malformed(start, 'RFC 5246 E.2: the length does not match the fields');
  }
  if (next > end) return NEED_MORE;
  return { kind: 'complete', hello: helloOf(uint16(bytes, start + VERSION_AT)), end: next };
}

/** As much of a cut hello as there is to know: this format has no extensions. null when it is none, or its version is not there. */
export function readPartialSslv2(bytes: Uint8Array, start: number, end: number): ClientHello | null {
  const known = start + VERSION_AT + 2 <= end && checkStart(bytes, start, end) === null;
  return known ? helloOf(uint16(bytes, start + VERSION_AT)) : null;
}

function checkStart(bytes: Uint8Array, start: number, end: number): HelloResult | null {
  if (start + LENGTH_BYTES >= end) return NEED_MORE;
  if (uint8(bytes, start + LENGTH_BYTES) !== CLIENT_HELLO) return NOT_TLS;
  if (start + VERSION_AT >= end) return NEED_MORE;
  const major = uint8(bytes, start + VERSION_AT);
  if (major !== 0 && major !== 3) return NOT_TLS;
  if (start + VERSION_AT + 1 >= end) return NEED_MORE;
  return major === 3 || uint16(bytes, start + VERSION_AT) === SSLV2 ? null : NOT_TLS;
}

function helloOf(version: number): ClientHello {
  return {
    framing: 'sslv2',
    serverName: ABSENT,
    outer: false,
    ech: false,
    esni: false,
    alpn: [],
    legacyVersion: version,
    versions: [version],
  };
}
