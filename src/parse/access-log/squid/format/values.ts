import { asciiOf } from '../../text.ts';
import type { Slot } from './codes.ts';
import { parseHierarchy, parseResultTag } from './tags.ts';

/** Index of each slot in the spans of a line. */
export const SLOT = {
  client: 0,
  method: 1,
  uri: 2,
  scheme: 3,
  host: 4,
  port: 5,
  tag: 6,
  status: 7,
  hierarchy: 8,
  server: 9,
  bytes: 10,
  error: 11,
  sni: 12,
  bumpMode: 13,
  userAgent: 14,
  seconds: 15,
  subsecond: 16,
  start: 17,
  time: 18,
} as const satisfies Readonly<Record<Slot, number>>;

/** RFC 1035 2.3.4, with room for an address in brackets with its zone and for percent-encoding. */
const NAME_LIMIT_BYTES = 3 * 255;
const METHOD_LIMIT_BYTES = 64;

/** Whether bytes can be a value of this slot. A dash, which stands for "not known", always can. */
export function isSlotValue(slot: number, bytes: Uint8Array, from: number, end: number): boolean {
  const length = end - from;
  if (length <= 0) return slot === SLOT.userAgent;
  if (length === 1 && bytes[from] === 0x2d) return true;
  switch (slot) {
    case SLOT.client:
    case SLOT.server:
    case SLOT.host:
    case SLOT.sni:
      return length <= NAME_LIMIT_BYTES && isNameLike(bytes, from, end);
    case SLOT.method:
      return length <= METHOD_LIMIT_BYTES && /^[!#$%&'*+.^_`|~\w-]+$/.test(asciiOf(bytes, from, end));
    case SLOT.tag:
      return length <= 64 && parseResultTag(asciiOf(bytes, from, end)) !== null;
    case SLOT.hierarchy:
      return length <= 80 && parseHierarchy(asciiOf(bytes, from, end)) !== null;
    case SLOT.port:
      return length <= 5 && areDigits(bytes, from, end);
    case SLOT.uri:
      return hostLength(bytes, from, end) <= NAME_LIMIT_BYTES;
    case SLOT.status:
    case SLOT.bytes:
    case SLOT.seconds:
    case SLOT.subsecond:
      return length <= 20 && areDigits(bytes, from, end);
    case SLOT.start:
      return length <= 40 && /^\d+\.\d+$/.test(asciiOf(bytes, from, end));
    case SLOT.scheme:
    case SLOT.bumpMode:
      return length <= 64 && /^[A-Za-z][A-Za-z0-9+.-]*$/.test(asciiOf(bytes, from, end));
    default:
      return true;
  }
}

/** Bytes of a URL up to its path, without the scheme. */
function hostLength(bytes: Uint8Array, from: number, end: number): number {
  let [start, at] = [from, from];
  for (; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === 0x2f && bytes[at - 1] === 0x3a && bytes[at + 1] === 0x2f && start === from) {
      at += 1;
      start = at + 1;
    } else if (byte === 0x2f || byte === 0x3f || byte === 0x23 || byte === 0x5c) break;
  }
  return at - start;
}

function areDigits(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return end > from;
}

/** The number that digits are; NaN when they are none. */
export function numberAt(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return end > from ? value : Number.NaN;
}

/** Letters, digits, and the separators of addresses and names. Bytes above ASCII are parts of names that were not encoded. */
function isNameLike(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte <= 0x20 || byte === 0x7f || NOT_IN_NAMES.includes(byte)) return false;
  }
  return true;
}
const NOT_IN_NAMES: readonly number[] = [...Buffer.from('"\'<>()/\\|{},;?#=@')];
