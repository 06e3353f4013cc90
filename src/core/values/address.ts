/** IP addresses between text and bytes. IPv4 has four bytes, IPv6 sixteen, in network order. */

const DOT = 0x2e;
const ZERO = 0x30;
const COLON = ':';

/** The longest address: six groups and a dotted part. */
const IPV6_MAX_LENGTH = 45;
const IPV6_BYTES = 16;

/** `%eth0` behind a link-local address (RFC 4007 section 11), as Node accepts it. */
const ZONE = /%[\dA-Za-z.:-]+$/;

/**
 * A dotted address as an unsigned 32-bit number, or null. Leading zeros are refused as `inet_pton(3)` does, because readers disagree about
 * them. Host names come by here all the time, so nothing is allocated.
 */
export function parseIPv4(text: string): number | null {
  if (text.length > 15) return null;
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || octets === 4) return null;
      value = value * 256 + octet;
      octets += 1;
      octet = -1;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return null;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return null;
  }
  return octets === 4 ? value : null;
}

/** An IPv6 address in any form of RFC 4291 section 2.2, as `inet_pton(3)` reads it: no brackets, no zone. Its 16 bytes, or null. */
export function parseIPv6(text: string): Uint8Array | null {
  if (text.length > IPV6_MAX_LENGTH || !text.includes(COLON)) return null;
  const bytes = new Uint8Array(IPV6_BYTES);
  let filled = 0;
  let gap = text.startsWith('::') ? 0 : -1;
  let at = gap === 0 ? 2 : 0;
  while (at < text.length) {
    const colon = text.indexOf(COLON, at);
    const end = colon < 0 ? text.length : colon;
    const dotted = colon < 0 ? parseIPv4(text.slice(at)) : null;
    const group = dotted === null ? hexGroup(text, at, end) : 0;
    if (group < 0 || filled + (dotted === null ? 2 : 4) > IPV6_BYTES) return null;
    if (dotted === null) {
      bytes[filled] = group >> 8;
      bytes[filled + 1] = group;
      filled += 2;
    } else {
      putIPv4(bytes, filled, dotted);
      filled += 4;
    }
    if (colon < 0) break;
    at = colon + 1;
    if (at === text.length) return null;
    if (text.startsWith(COLON, at)) {
      if (gap >= 0) return null;
      gap = filled;
      at += 1;
    }
  }
  if (gap < 0) return filled === IPV6_BYTES ? bytes : null;
  // `::` stands for at least one group.
  if (filled === IPV6_BYTES) return null;
  const tail = IPV6_BYTES - (filled - gap);
  bytes.copyWithin(tail, gap, filled);
  bytes.fill(0, gap, tail);
  return bytes;
}

/** One to four hexadecimal digits, or -1. */
function hexGroup(text: string, start: number, end: number): number {
  if (end === start || end - start > 4) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    const lower = code | 0x20;
    if (code >= ZERO && code <= 0x39) value = value * 16 + code - ZERO;
    else if (lower >= 0x61 && lower <= 0x66) value = value * 16 + lower - 0x57;
    else return -1;
  }
  return value;
}

function putIPv4(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** The bytes of an address of either family, or null. */
export function addressBytes(text: string): Uint8Array | null {
  const dotted = parseIPv4(text);
  if (dotted === null) return parseIPv6(text);
  const bytes = new Uint8Array(4);
  putIPv4(bytes, 0, dotted);
  return bytes;
}

/** The family of an address, with or without a zone; null when the text is not an address. */
export function familyOf(text: string): 4 | 6 | null {
  if (parseIPv4(text) !== null) return 4;
  return parseIPv6(withoutZone(text)) === null ? null : 6;
}

export function withoutZone(text: string): string {
  return text.includes('%') ? text.replace(ZONE, '') : text;
}

export function formatIPv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
}

/**
 * The canonical text of 4 or 16 bytes; null for any other length. RFC 5952: lower case, the first of the longest runs of two or more zero
 * groups becomes `::`, and an IPv4 address mapped into IPv6 stays dotted (section 5).
 */
export function formatAddress(bytes: Uint8Array): string | null {
  if (bytes.length === 4) return formatIPv4(ipv4At(bytes, 0));
  if (bytes.length !== IPV6_BYTES) return null;
  if (isMapped(bytes)) return `::ffff:${formatIPv4(ipv4At(bytes, 12))}`;
  const { start, end } = longestZeroRun(bytes);
  let text = '';
  for (let group = 0; group < 8; group += 1) {
    if (group === start) {
      text += '::';
      group = end - 1;
    } else text += (group === 0 || group === end ? '' : COLON) + groupAt(bytes, group).toString(16);
  }
  return text;
}

function ipv4At(bytes: Uint8Array, at: number): number {
  return (groupAt(bytes, at / 2) * 0x1_0000 + groupAt(bytes, at / 2 + 1)) >>> 0;
}

function groupAt(bytes: Uint8Array, group: number): number {
  return ((bytes[2 * group] ?? 0) << 8) | (bytes[2 * group + 1] ?? 0);
}

/** Groups of the first longest run; -1 where no run has two groups (RFC 5952 section 4.2.2). */
function longestZeroRun(bytes: Uint8Array): { readonly start: number; readonly end: number } {
  let best = { start: -1, end: -1 };
  let longest = 1;
  let start = 0;
  for (let group = 0; group < 8; group += 1) {
    if (groupAt(bytes, group) !== 0) start = group + 1;
    else if (group + 1 - start > longest) {
      longest = group + 1 - start;
      best = { start, end: group + 1 };
    }
  }
  return best;
}

/** Whether 16 bytes carry an IPv4 address: ::ffff:0:0/96 (RFC 4291 section 2.5.5.2), as dual-stack sockets show their IPv4 connections. */
function isMapped(bytes: Uint8Array): boolean {
  if (bytes.length !== IPV6_BYTES || bytes[10] !== 0xff || bytes[11] !== 0xff) return false;
  for (let at = 0; at < 10; at += 1) if (bytes[at] !== 0) return false;
  return true;
}

/** The IPv4 address where IPv6 carries one, any other address as it is. */
export function unmapped(bytes: Uint8Array): Uint8Array {
  return isMapped(bytes) ? bytes.subarray(12) : bytes;
}

/** Whether two addresses are of one family and their first `bits` agree. */
export function samePrefix(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  if (a.length !== b.length) return false;
  const whole = bits >> 3;
  for (let at = 0; at < whole; at += 1) if (a[at] !== b[at]) return false;
  const rest = 8 - (bits & 7);
  return rest === 8 || (a[whole] ?? 0) >> rest === (b[whole] ?? 0) >> rest;
}
