import {
  CLIENT_HELLO,
  HELLO_LIMIT_BYTES,
  malformed,
  NEED_MORE,
  NOT_TLS,
  printable,
  TOO_LONG,
  uint16,
  uint24,
  uint8,
  type ClientHello,
  type HelloResult,
  type Malformed,
} from './hello.ts';
import { ABSENT, readServerName } from './server-name.ts';

/** Type and length of a handshake message (RFC 8446 section 4). */
export const MESSAGE_HEADER_BYTES = 4;

const VERSION_BYTES = 2;
const RANDOM_BYTES = 32;
const SESSION_ID_MAX_BYTES = 32;
/** IANA has assigned fewer than 70 types. It bounds the search for an extension that occurs twice. */
const EXTENSIONS_MAX = 256;

/** IANA "TLS ExtensionType Values"; encrypted_server_name from draft-ietf-tls-esni-02. */
const EXTENSION = {
  serverName: 0,
  alpn: 16,
  supportedVersions: 43,
  encryptedClientHello: 0xfe0d,
  encryptedServerName: 0xffce,
} as const;

/** RFC 9849 section 5: the type of an ECH extension that the client sends in the clear. */
const ECH_OUTER = 0;

const TOO_SHORT = 'RFC 8446 4.1.2: the hello ends too early';

type Framing = ClientHello['framing'];
type Draft = { -readonly [Key in keyof ClientHello]: ClientHello[Key] };

/** A handshake message at `start`, complete or not. */
export function parseMessage(bytes: Uint8Array, start: number, end: number, framing: Framing): HelloResult {
  if (start >= end) return NEED_MORE;
  if (uint8(bytes, start) !== CLIENT_HELLO) return NOT_TLS;
  const body = start + MESSAGE_HEADER_BYTES;
  if (body > end) return NEED_MORE;
  const bodyEnd = body + uint24(bytes, start + 1);
  if (bodyEnd - start > HELLO_LIMIT_BYTES) return malformed(start, TOO_LONG);
  if (bodyEnd > end) return NEED_MORE;
  if (bodyEnd - body < VERSION_BYTES) return malformed(bodyEnd, TOO_SHORT);
  const hello = draftOf(bytes, body, framing);
  return readBody(bytes, body, bodyEnd, hello) ?? { kind: 'complete', hello, end: bodyEnd };
}

/**
 * Reads the part of a message that is there, for a hello that was cut or breaks a rule. The server name is
 * `unreadable` where reading ended before it. null when not even the version is there, or it is another message.
 */
export function readPartialMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  framing: Framing,
): ClientHello | null {
  const body = start + MESSAGE_HEADER_BYTES;
  if (body + VERSION_BYTES > end || uint8(bytes, start) !== CLIENT_HELLO) return null;
  const hello = draftOf(bytes, body, framing);
  const bodyEnd = body + uint24(bytes, start + 1);
  const cut = bodyEnd > end ? malformed(end, TOO_SHORT) : null;
  const fault = readBody(bytes, body, Math.min(end, bodyEnd), hello) ?? cut;
  if (fault !== null && hello.serverName === ABSENT) {
    hello.serverName = { kind: 'unreadable', offset: fault.offset, rule: fault.rule, text: null };
  }
  return hello;
}

function draftOf(bytes: Uint8Array, body: number, framing: Framing): Draft {
  const legacyVersion = uint16(bytes, body);
  return {
    framing,
    serverName: ABSENT,
    outer: false,
    ech: false,
    esni: false,
    alpn: [],
    legacyVersion,
    versions: [legacyVersion],
  };
}

/** RFC 8446 4.1.2. Fills `hello` as far as it gets; the first fault, or null. */
function readBody(bytes: Uint8Array, start: number, end: number, hello: Draft): Malformed | null {
  const sessionId = start + VERSION_BYTES + RANDOM_BYTES;
  if (sessionId >= end) return malformed(end, TOO_SHORT);
  const sessionIdBytes = uint8(bytes, sessionId);
  if (sessionIdBytes > SESSION_ID_MAX_BYTES) {
    return malformed(sessionId, 'RFC 8446 4.1.2: a session id has at most 32 bytes');
  }
  const suites = sessionId + 1 + sessionIdBytes;
  if (suites + 2 > end) return malformed(end, TOO_SHORT);
  const suitesBytes = uint16(bytes, suites);
  if (suitesBytes === 0 || suitesBytes % 2 !== 0) {
    return malformed(suites, 'RFC 8446 4.1.2: cipher suites have two bytes each, and there is at least one');
  }
  const compression = suites + 2 + suitesBytes;
  if (compression >= end) return malformed(end, TOO_SHORT);
  if (uint8(bytes, compression) === 0) {
    return malformed(compression, 'RFC 5246 7.4.1.2: there is at least one compression method');
  }
  const block = compression + 1 + uint8(bytes, compression);
  if (block > end) return malformed(end, TOO_SHORT);
  return block === end ? null : readExtensionBlock(bytes, block, end, hello);
}

/** A block whose length lies is read as far as it goes, for the sake of readPartialMessage. */
function readExtensionBlock(bytes: Uint8Array, block: number, end: number, hello: Draft): Malformed | null {
  const first = block + 2;
  if (first > end) return malformed(end, TOO_SHORT);
  const blockEnd = first + uint16(bytes, block);
  const fault = readExtensions(bytes, first, Math.min(blockEnd, end), hello);
  if (fault !== null || blockEnd === end) return fault;
  return malformed(block, 'RFC 8446 4.1.2: the extensions do not fill the hello');
}

/** Goes on behind an extension whose content breaks a rule, for the sake of readPartialMessage; the first fault counts. */
function readExtensions(bytes: Uint8Array, start: number, end: number, hello: Draft): Malformed | null {
  let fault: Malformed | null = null;
  let seenBelow32 = 0;
  let count = 0;
  for (let at = start; at < end;) {
    const data = at + 4;
    const next = data <= end ? data + uint16(bytes, at + 2) : Number.POSITIVE_INFINITY;
    if (next > end) return fault ?? malformed(at, 'RFC 8446 4.2: an extension is longer than the block');
    count += 1;
    if (count > EXTENSIONS_MAX) return fault ?? malformed(at, `the hello has more than ${EXTENSIONS_MAX} extensions`);
    const type = uint16(bytes, at);
    const bit = type < 32 ? 1 << type : 0;
    if (bit === 0 ? occursBefore(bytes, start, at, type) : (seenBelow32 & bit) !== 0) {
      fault ??= malformed(at, 'RFC 8446 4.2: there is one extension of a type');
    } else {
      const inside = readExtension(bytes, type, data, next, hello);
      fault ??= inside;
    }
    seenBelow32 |= bit;
    at = next;
  }
  return fault;
}

function occursBefore(bytes: Uint8Array, start: number, end: number, type: number): boolean {
  for (let at = start; at < end; at += 4 + uint16(bytes, at + 2)) {
    if (uint16(bytes, at) === type) return true;
  }
  return false;
}

function readExtension(bytes: Uint8Array, type: number, start: number, end: number, hello: Draft): Malformed | null {
  switch (type) {
    case EXTENSION.serverName:
      hello.serverName = readServerName(bytes, start, end);
      return null;
    case EXTENSION.alpn:
      return readAlpn(bytes, start, end, hello);
    case EXTENSION.supportedVersions:
      return readVersions(bytes, start, end, hello);
    case EXTENSION.encryptedClientHello:
      hello.ech = true;
      hello.outer = end > start && uint8(bytes, start) === ECH_OUTER;
      return null;
    case EXTENSION.encryptedServerName:
      hello.esni = true;
      return null;
    default:
      return null;
  }
}

function readAlpn(bytes: Uint8Array, start: number, end: number, hello: Draft): Malformed | null {
  if (end - start < 2 || start + 2 + uint16(bytes, start) !== end) {
    return malformed(start, 'RFC 7301 3.1: the length of the protocol list does not match the extension');
  }
  const protocols: string[] = [];
  hello.alpn = protocols;
  for (let at = start + 2; at < end;) {
    const next = at + 1 + uint8(bytes, at);
    if (next === at + 1 || next > end) {
      return malformed(at, 'RFC 7301 3.1: a protocol has at least one byte and ends within the list');
    }
    if (next !== at + 3 || !isGrease(uint16(bytes, at + 1))) protocols.push(printable(bytes, at + 1, next));
    at = next;
  }
  return null;
}

function readVersions(bytes: Uint8Array, start: number, end: number, hello: Draft): Malformed | null {
  const length = end > start ? uint8(bytes, start) : 0;
  if (length === 0 || length % 2 !== 0 || start + 1 + length !== end) {
    return malformed(start, 'RFC 8446 4.2.1: the length of the version list does not match the extension');
  }
  const versions: number[] = [];
  for (let at = start + 1; at < end; at += 2) {
    const version = uint16(bytes, at);
    if (!isGrease(version)) versions.push(version);
  }
  if (versions.length > 0) hello.versions = versions;
  return null;
}

/** RFC 8701 section 2: values that mean nothing and keep servers from choking on new ones. */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}
