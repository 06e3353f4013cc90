/** The host that the client asks for by `server_name` (RFC 6066 section 3). */
export type ServerName =
  /** As the client sent it, its case kept; letters, digits, hyphens, underscores and dots. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'absent' }
  /** An IP literal, which RFC 6066 forbids and clients send. Without the brackets an IPv6 address may have had. */
  | { readonly kind: 'address'; readonly address: string }
  /** `text`: what stands in the name's place, bytes that are not printable ASCII as `\xNN`; null when nothing does. */
  | { readonly kind: 'unreadable'; readonly offset: number; readonly rule: string; readonly text: string | null };

/** The name as a person reads it, even if it breaks a rule as `plex.tv.` does; null for an address or no name. */
export function saidName(serverName: ServerName): string | null {
  switch (serverName.kind) {
    case 'name':
      return serverName.name;
    case 'unreadable':
      return serverName.text;
    case 'address':
    case 'absent':
      return null;
  }
}

export interface ClientHello {
  readonly framing: 'tls' | 'sslv2' | 'quic';
  readonly serverName: ServerName;
  /**
   * The server name is the public (outer) name of Encrypted Client Hello, the true one is encrypted. As GREASE ECH looks the same
   * by design (RFC 9849 section 6.2), a client that sends it is marked too, although its name is the true one.
   */
  readonly outer: boolean;
  /** The extension encrypted_client_hello (0xfe0d) is there: ECH, or GREASE ECH. */
  readonly ech: boolean;
  /** The extension encrypted_server_name (0xffce) of ECH's predecessor is there; such a hello has no server name. */
  readonly esni: boolean;
  /** Protocols in the client's order without GREASE; bytes that are not printable ASCII are `\xNN`, a backslash is `\\`. */
  readonly alpn: readonly string[];
  /** 0x0303 is TLS 1.2; TLS 1.3 clients write that too. */
  readonly legacyVersion: number;
  /** supported_versions without GREASE, in the client's order; without that extension `[legacyVersion]`. */
  readonly versions: readonly number[];
}

export interface Malformed {
  readonly kind: 'malformed';
  readonly offset: number;
  /** Names the RFC section that is broken, or a limit of this parser. */
  readonly rule: string;
}

/** Offsets count from the beginning of the given bytes; readers of streams document their own origin. */
export type HelloResult =
  /** `end`: offset of the first byte behind the hello's last record (or behind the message, where there are no records). */
  | { readonly kind: 'complete'; readonly hello: ClientHello; readonly end: number }
  | { readonly kind: 'need-more' }
  /** Not the start of a ClientHello: another protocol, an alert, another handshake message. `dtls`: TLS over datagrams. */
  | { readonly kind: 'not-tls'; readonly protocol: 'dtls' | null }
  | Malformed;

/**
 * A hello has at most this many bytes, record headers included. A handshake message may have 2^24 bytes, but the fields of a
 * hello end at 131,396 (CLIENT_HELLO_MAX_LENGTH of OpenSSL), and those with post-quantum key shares have about 2,000.
 */
export const HELLO_LIMIT_BYTES = 65_536;

export const TOO_LONG = `the hello is longer than ${HELLO_LIMIT_BYTES} bytes`;

export const CLIENT_HELLO = 1;

export const NEED_MORE: HelloResult = { kind: 'need-more' };
export const NOT_TLS: HelloResult = { kind: 'not-tls', protocol: null };
export const DTLS: HelloResult = { kind: 'not-tls', protocol: 'dtls' };

export function malformed(offset: number, rule: string): Malformed {
  return { kind: 'malformed', offset, rule };
}

/** The caller has made sure that the byte is there. */
export function uint8(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

export function uint16(bytes: Uint8Array, at: number): number {
  return (uint8(bytes, at) << 8) | uint8(bytes, at + 1);
}

export function uint24(bytes: Uint8Array, at: number): number {
  return (uint16(bytes, at) << 8) | uint8(bytes, at + 2);
}

export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** At most so many bytes of a name that breaks a rule are shown. */
const SHOWN_BYTES_MAX = 255;

/** Bytes as text that is safe to print: what is not printable ASCII is `\xNN`, a backslash is `\\`. */
export function printable(bytes: Uint8Array, start: number, end: number): string {
  return latin1(bytes, start, end).replace(/[^\x21-\x5b\x5d-\x7e]/g, (character) =>
    character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** The name between the offsets, shown although it is none. */
export function shown(bytes: Uint8Array, start: number, end: number): string | null {
  if (start >= end) return null;
  const shownEnd = Math.min(end, start + SHOWN_BYTES_MAX);
  return printable(bytes, start, shownEnd) + (shownEnd < end ? '…' : '');
}

/** The same result for bytes that lie elsewhere in the input: `inputOffset` says where. */
export function withOffsets(result: HelloResult, inputOffset: (offset: number) => number): HelloResult {
  if (result.kind === 'malformed') return malformed(inputOffset(result.offset), result.rule);
  if (result.kind !== 'complete') return result;
  return { kind: 'complete', hello: helloWithOffsets(result.hello, inputOffset), end: inputOffset(result.end) };
}

export function helloWithOffsets(hello: ClientHello, inputOffset: (offset: number) => number): ClientHello {
  const { serverName } = hello;
  if (serverName.kind !== 'unreadable') return hello;
  return { ...hello, serverName: { ...serverName, offset: inputOffset(serverName.offset) } };
}
