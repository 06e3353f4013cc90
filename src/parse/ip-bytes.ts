import { parseIPv4, parseIPv6 } from '../core/address.ts';

/** The bytes of an IP address in text form: 4 for IPv4, 16 for IPv6 (a zone is ignored). null when the text is not an address. */
export function ipToBytes(text: string): Uint8Array | null {
  const v4 = parseIPv4(text);
  if (v4 !== null) return Uint8Array.of(v4 >>> 24, v4 >>> 16, v4 >>> 8, v4);
  const groups = parseIPv6(text);
  return groups && Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The address that 4 or 16 bytes stand for, IPv6 in the canonical form of RFC 5952; null for any other length. */
export function bytesToIp(bytes: Uint8Array): string | null {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  const zeros = longestZeroRun(groups);
  // RFC 5952 4.2.2: a single zero group is not shortened.
  if (zeros.length < 2) return hex(groups);
  return `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.start + zeros.length))}`;
}

function hex(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
