/** Builds ClientHellos as bytes, right ones and, by giving odd parts, wrong ones. Those in QUIC: quic-builder.ts. */

type Text = string | Uint8Array;

export interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface HelloOptions {
  /** Put first as the extension server_name; null: none. */
  readonly name?: Text | null;
  readonly alpn?: readonly Text[];
  readonly supportedVersions?: readonly number[];
  /** Behind those above. */
  readonly extensions?: readonly Extension[];
  /** Leaves the length of the extensions out too, as clients before RFC 3546 do. */
  readonly noExtensionBlock?: boolean;
  readonly legacyVersion?: number;
  readonly sessionId?: Uint8Array;
  readonly cipherSuites?: readonly number[];
  readonly compression?: Uint8Array;
}

const RANDOM_BYTES = 32;

export function bytesOf(text: Text): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
}

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    // set() takes long for a plain array, and most packets are made of many.
    if (part instanceof Uint8Array) bytes.set(part, at);
    else for (let i = 0; i < part.length; i += 1) bytes[at + i] = part[i] ?? 0;
    at += part.length;
  }
  return bytes;
}

export function uint16(value: number): readonly number[] {
  return [value >> 8, value & 0xff];
}

function uint24(value: number): readonly number[] {
  return [value >> 16, ...uint16(value & 0xffff)];
}

/** `data` behind its length of one or two bytes. */
export function vector(lengthBytes: 1 | 2, data: Uint8Array): Uint8Array {
  return concat(lengthBytes === 1 ? [data.length] : uint16(data.length), data);
}

export function extension(type: number, data: Uint8Array = new Uint8Array()): Extension {
  return { type, data };
}

/** server_name with one entry for each host name; a pair gives the name type too. */
export function serverNames(...names: readonly (Text | readonly [number, Text])[]): Extension {
  const entries = names.map((name) => {
    const [type, text] = typeof name === 'string' || name instanceof Uint8Array ? [0, name] : name;
    return concat([type], vector(2, bytesOf(text)));
  });
  return extension(0, vector(2, concat(...entries)));
}

export function alpnExtension(protocols: readonly Text[]): Extension {
  return extension(16, vector(2, concat(...protocols.map((protocol) => vector(1, bytesOf(protocol))))));
}

export function versionsExtension(versions: readonly number[]): Extension {
  return extension(43, vector(1, concat(...versions.map(uint16))));
}

/** The handshake message, without records. */
export function helloMessage(options: HelloOptions = {}): Uint8Array {
  const {
    name = 'plex.tv',
    alpn,
    supportedVersions,
    legacyVersion = 0x0303,
    cipherSuites = [0x1301, 0xc02f],
  } = options;
  const extensions = [
    ...(name === null ? [] : [serverNames(name)]),
    ...(alpn ? [alpnExtension(alpn)] : []),
    ...(supportedVersions ? [versionsExtension(supportedVersions)] : []),
    ...(options.extensions ?? []),
  ];
  const block = concat(...extensions.map(({ type, data }) => concat(uint16(type), vector(2, data))));
  return handshakeMessage(
    1,
    concat(
      uint16(legacyVersion),
      new Uint8Array(RANDOM_BYTES).fill(0x5a),
      vector(1, options.sessionId ?? new Uint8Array(32).fill(0xa5)),
      vector(2, concat(...cipherSuites.map(uint16))),
      vector(1, options.compression ?? Uint8Array.of(0)),
      options.noExtensionBlock ? [] : vector(2, block),
    ),
  );
}

export function handshakeMessage(type: number, body: Uint8Array): Uint8Array {
  return concat([type], uint24(body.length), body);
}

export function record(type: number, payload: Uint8Array, version = 0x0301): Uint8Array {
  return concat([type], uint16(version), uint16(payload.length), payload);
}

/** The message in handshake records. `sizes` are the bytes of each record, the last size holds for all that follow. */
export function toRecords(message: Uint8Array, sizes: readonly number[] = [2 ** 14], version = 0x0301): Uint8Array {
  const records: Uint8Array[] = [];
  for (let at = 0, size = 2 ** 14; at < message.length; at += size) {
    size = sizes[records.length] ?? size;
    records.push(record(22, message.subarray(at, at + size), version));
  }
  return concat(...records);
}

export function tlsHello(options: HelloOptions = {}, sizes?: readonly number[]): Uint8Array {
  return toRecords(helloMessage(options), sizes);
}

/** A hello in the format of RFC 5246 E.2, with cipher specs of three bytes each. */
export function sslv2Hello(version = 0x0301, specs = 2, sessionIdBytes = 0, challengeBytes = 16): Uint8Array {
  const body = concat(
    [1],
    uint16(version),
    uint16(3 * specs),
    uint16(sessionIdBytes),
    uint16(challengeBytes),
    new Uint8Array(3 * specs + sessionIdBytes + challengeBytes).fill(0x2f),
  );
  return concat(uint16(0x8000 | body.length), body);
}

/** As browsers send it: GREASE all over, a post-quantum key share, an ECH extension that means nothing, h2 and HTTP/1.1. */
export function browserHello(name: string): HelloOptions {
  return {
    name,
    alpn: [Uint8Array.of(0x1a, 0x1a), 'h2', 'http/1.1'],
    supportedVersions: [0x2a2a, 0x0304, 0x0303],
    cipherSuites: [0xdada, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009c, 0x009d],
    extensions: [
      extension(0x4a4a),
      extension(23),
      extension(0xff01, Uint8Array.of(0)),
      extension(10, vector(2, concat(uint16(0x3a3a), uint16(4588), uint16(29), uint16(23)))),
      extension(11, Uint8Array.of(1, 0)),
      extension(35),
      extension(5, Uint8Array.of(1, 0, 0, 0, 0)),
      extension(13, vector(2, concat(...[0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501].map(uint16)))),
      extension(18),
      extension(51, vector(2, concat(uint16(4588), vector(2, new Uint8Array(1216).fill(0x77))))),
      extension(45, Uint8Array.of(1, 1)),
      extension(
        0xfe0d,
        concat([0, 0, 1, 0, 1, 7], vector(2, new Uint8Array(32).fill(0x11)), vector(2, new Uint8Array(144))),
      ),
      extension(0x6a6a, Uint8Array.of(0)),
    ],
  };
}
