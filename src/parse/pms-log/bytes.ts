const ZERO = 0x30;
const NINE = 0x39;

/** The value of an ASCII digit; NaN behind the end, so that what is computed from it fails every range check. */
export function digit(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  return byte === undefined ? Number.NaN : byte - ZERO;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

export function isDigits(bytes: Buffer, at: number, count: number): boolean {
  for (let i = at; i < at + count; i += 1) if (!isDigit(bytes[i])) return false;
  return true;
}

export function startsWith(bytes: Buffer, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** FNV-1a, 32 bits: stands for text that must not be kept, such as a URL with a token. */
export function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash >>> 0;
}
