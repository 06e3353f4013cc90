/** Address parsing as the C library does it: the clients differ in which of these functions they call. */

const OCTET = /^(?:0|[1-9]\d{0,2})$/;

/** An IPv4 address as `inet_pton(3)` reads it: four decimal parts, no leading zeros. 32 bits, or null. */
export function parseIpv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part) && Number(part) < 256)) return null;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

/**
 * The numbers-and-dots notation with one to four parts, decimal, octal or hexadecimal (`127.1`, `0x7f000001`), as
 * `inet_aton(3)` and URL parsers read it. 32 bits, or null.
 */
export function parseLooseIpv4(text: string): number | null {
  const parts = text.split('.').map(looseNumber);
  const last = parts.pop();
  if (last === undefined || last === null || parts.length > 3) return null;
  let value = 0;
  for (const part of parts) {
    if (part === null || part > 255) return null;
    value = value * 256 + part;
  }
  const room = 256 ** (4 - parts.length);
  return last < room ? value * room + last : null;
}

function looseNumber(part: string): number | null {
  if (/^0x[\da-f]+$/i.test(part)) return Number.parseInt(part, 16);
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8);
  return /^[1-9]\d*$/.test(part) ? Number(part) : null;
}

/** Four decimal parts. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** An IPv6 address as `inet_pton(3)` reads it: no brackets, no zone. 128 bits, or null. */
export function parseIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = '', tail] = halves;
  const before = groupsOf(head, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (!before || !after) return null;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** The 16-bit groups of one side of `::`; the last one may be a dotted IPv4 address when nothing follows. */
function groupsOf(side: string, isEnd: boolean): number[] | null {
  if (side === '') return [];
  const parts = side.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[\da-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const dotted = isEnd && index === parts.length - 1 ? parseIpv4(part) : null;
    if (dotted === null) return null;
    groups.push(Math.floor(dotted / 65_536), dotted % 65_536);
  }
  return groups;
}

/** The shortest spelling, as `inet_ntop(3)` gives it: the longest run of two or more zero groups becomes `::`, an IPv4 address inside stays dotted. */
export function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => Number((address >> BigInt(16 * (7 - index))) & 0xffffn));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  if (best.start === 0 && (best.length === 6 || (best.length === 5 && groups[5] === 0xffff))) {
    return `::${best.length === 5 ? 'ffff:' : ''}${formatIpv4(Number(address & 0xffff_ffffn))}`;
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}

/** Do the first `bits` of two addresses of `width` bits agree? */
export function samePrefix(left: bigint, right: bigint, bits: number, width: 32 | 128): boolean {
  const rest = BigInt(width - bits);
  return left >> rest === right >> rest;
}

/** Is it an IP address in the plain spelling, of either family (no brackets)? */
export function isAddress(text: string): boolean {
  return parseIpv4(text) !== null || parseIpv6(text) !== null;
}

/** ASCII only, as the clients compare host names: no locale, no Unicode folding. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

/** Are all characters ASCII? */
export function isAscii(text: string): boolean {
  return !/\P{ASCII}/u.test(text);
}

/** Is there a control byte (below U+0020, or DEL) in the text? */
export function hasControl(text: string): boolean {
  return hasCodeUpTo(text, 0x1f);
}

/** Is there a control byte or a plain space in the text? */
export function hasControlOrSpace(text: string): boolean {
  return hasCodeUpTo(text, 0x20);
}

function hasCodeUpTo(text: string, highest: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= highest || code === 0x7f) return true;
  }
  return false;
}
