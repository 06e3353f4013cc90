/**
 * A writer for the few ASN.1 types that a certificate is made of, in DER (X.690). Every function returns the complete
 * tag-length-value of one element.
 */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

/** X.690 8.1.3: short form below 128, else the number of length bytes and then the length itself. */
function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const bytes = base256(size);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function base256(value: number): number[] {
  return value < 0x100 ? [value] : [...base256(Math.floor(value / 0x100)), value % 0x100];
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(TAG.sequence, Buffer.concat(parts));
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return element(TAG.set, Buffer.concat(parts));
}

export function boolean(value: boolean): Buffer {
  return element(TAG.boolean, Buffer.from([value ? 0xff : 0]));
}

/** An unsigned big-endian number; leading zeros are dropped and a sign byte is added where X.690 8.3 wants one. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start));
  return element(TAG.integer, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

export function octetString(content: Uint8Array): Buffer {
  return element(TAG.octetString, content);
}

/** `unusedBits` are the bits at the end of the last byte that do not count. */
export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(TAG.bitString, Buffer.concat([Buffer.from([unusedBits]), content]));
}

export function utf8String(text: string): Buffer {
  return element(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** `dotted` as in `2.5.29.17`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const low = value % 0x80;
  return value < 0x80 ? [low] : [...base128(Math.floor(value / 0x80)).map((byte) => byte | 0x80), low];
}

/** RFC 5280 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050 on; both to the second, in UTC. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]|\.\d+Z$/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? element(TAG.utcTime, Buffer.from(digits.slice(2)))
    : element(TAG.generalizedTime, Buffer.from(digits));
}

/** Context-specific `[number]`: constructed around an inner element (EXPLICIT), or primitive in place of its tag (IMPLICIT). */
export function tagged(number: number, content: Uint8Array, form: 'constructed' | 'primitive'): Buffer {
  return element((form === 'constructed' ? 0xa0 : 0x80) | number, content);
}
