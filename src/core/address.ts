import type { AddressScope } from './scope.ts';

/** The eight 16-bit groups of an IPv6 address (RFC 4291 section 2.2), or null. A zone (`%eth0`) is accepted and ignored. */
export function parseIPv6(text: string): readonly number[] | null {
  const bare = text.replace(/%[\dA-Za-z.:-]+$/, '');
  const halves = bare.split('::');
  if (halves.length > 2) return null;
  const groupsOf = (part: string, endsAddress: boolean): number[] | null => {
    if (part === '') return [];
    const groups: number[] = [];
    const pieces = part.split(':');
    for (const [index, piece] of pieces.entries()) {
      const dotted = endsAddress && index === pieces.length - 1 ? parseIPv4(piece) : null;
      if (dotted !== null) groups.push(dotted >>> 16, dotted & 0xffff);
      else if (/^[0-9a-f]{1,4}$/i.test(piece)) groups.push(Number.parseInt(piece, 16));
      else return null;
    }
    return groups;
  };
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** A dotted-quad address as an unsigned 32-bit number, or null. Leading zeros are refused: readers disagree about them. */
export function parseIPv4(text: string): number | null {
  const parts = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (!parts) return null;
  const bytes = parts.slice(1).map(Number);
  return bytes.every((b) => b <= 255) ? bytes.reduce((sum, b) => sum * 256 + b, 0) : null;
}

export function familyOf(text: string): 4 | 6 | null {
  if (parseIPv4(text) !== null) return 4;
  return parseIPv6(text) !== null ? 6 : null;
}

/** First address, prefix length and meaning, from the IANA special-purpose registries (RFC 6890 and successors). */
const IPV4_RANGES: readonly (readonly [string, number, AddressScope])[] = [
  ['0.0.0.0', 8, 'unspecified'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'reserved'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'reserved'],
  ['198.51.100.0', 24, 'reserved'],
  ['203.0.113.0', 24, 'reserved'],
  ['224.0.0.0', 3, 'reserved'],
];

/** The leading bits of each range, how far right they are shifted, and the meaning. */
const IPV4_SCOPES = IPV4_RANGES.map(([first, bits, scope]) => {
  const shift = 32 - bits;
  return { prefix: (parseIPv4(first) ?? 0) >>> shift, shift, scope };
});

/** What kind of address this is; null when the text is not an address. */
export function scopeOf(text: string): AddressScope | null {
  const v4 = parseIPv4(text);
  if (v4 !== null) return scopeOfIPv4(v4);
  const groups = parseIPv6(text);
  if (groups === null) return null;
  const [g0 = 0, g1 = 0, , , , g5 = 0, g6 = 0, g7 = 0] = groups;
  const leadingZeros = groups.findIndex((g) => g !== 0);
  if (leadingZeros === -1) return 'unspecified';
  if (leadingZeros === 7 && g7 === 1) return 'loopback';
  // ::ffff:0:0/96 and 64:ff9b::/96 carry an IPv4 address, which is what counts.
  if ((leadingZeros === 5 && g5 === 0xffff) || (g0 === 0x64 && g1 === 0xff9b))
    return scopeOfIPv4(((g6 << 16) | g7) >>> 0);
  if ((g0 & 0xfe00) === 0xfc00) return 'private';
  if ((g0 & 0xffc0) === 0xfe80) return 'link-local';
  if ((g0 & 0xff00) === 0xff00 || (g0 === 0x2001 && g1 === 0xdb8) || g0 === 0x0100) return 'reserved';
  return 'public';
}

function scopeOfIPv4(address: number): AddressScope {
  return IPV4_SCOPES.find(({ prefix, shift }) => address >>> shift === prefix)?.scope ?? 'public';
}
