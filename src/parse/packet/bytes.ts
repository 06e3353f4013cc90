import { formatAddress } from '../../core/values/address.ts';

/** Numbers inside packets. Bytes beyond the end read as zero: a caller checks lengths where the difference matters. */

export function u8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

export function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}

export function u16le(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

export function u32le(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}

/** A copy of its own, also of a Buffer, whose `slice` shares its memory. */
export function copyOf(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes, start, end);
}

/** Offset of the first such byte from `from` on and before `end`, or -1. Never looks further: behind `end` may lie a megabyte. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number, end: number): number {
  const found = from < end ? bytes.subarray(from, end).indexOf(byte) : -1;
  return found < 0 ? -1 : from + found;
}

/** The address of four words, the first word highest; one of IPv4 is in the last word. */
export function addressText(words: Int32Array, family: number): string {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 4; i += 1) view.setInt32(4 * i, words[i] ?? 0);
  return formatAddress(family === 4 ? bytes.subarray(12) : bytes) ?? '';
}
