import { formatAddress, formatIPv4, parseIPv6 } from '../values/address.ts';

/** Addresses as the C library reads and writes them where that differs from the strict forms: the clients differ in which functions they call. */

/**
 * The numbers-and-dots notation with one to four parts, decimal, octal or hexadecimal (`127.1`, `0x7f000001`), as
 * `inet_aton(3)` and URL parsers read it. 32 bits, or null.
 */
export function parseLooseIPv4(text: string): number | null {
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

/**
 * An IPv6 address as `inet_ntop(3)` of the GNU C library writes it: RFC 5952, but an address whose first 96 bits alone are zero counts as
 * IPv4-compatible and ends dotted (`::10.0.0.5`). Null when the text is no IPv6 address.
 */
export function shortIPv6(text: string): string | null {
  const bytes = parseIPv6(text);
  if (bytes === null) return null;
  const isCompatible = bytes.findIndex((byte) => byte !== 0) >> 1 === 6;
  if (!isCompatible) return formatAddress(bytes);
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(12);
  return `::${formatIPv4(((a << 24) | (b << 16) | (c << 8) | d) >>> 0)}`;
}
