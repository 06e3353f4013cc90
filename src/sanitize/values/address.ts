import { addressBytes, formatAddress, parseIPv6, samePrefix, unmapped } from '../../core/values/address.ts';
import { useOf } from '../../core/values/scope.ts';

/** An IP address in one spelling, and how much publishing it would tell. */
export interface ParsedAddress {
  /** The canonical text; IPv4 also where it came mapped into IPv6. */
  readonly key: string;
  /** well-known: loopback, unspecified, broadcast, multicast, netmasks; they identify no network. */
  readonly scope: 'lan' | 'cgnat' | 'ula' | 'public' | 'well-known';
}

/** Leading zeros are accepted, unlike where addresses are connected to: a log may write them. */
export function parseIpv4(text: string): ParsedAddress | null {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return null;
  return parsed(addressBytes(text.replace(/\b0+(?=\d)/g, '')));
}

/** Without zone and prefix length. */
export function parseIpv6(text: string): ParsedAddress | null {
  return parsed(parseIPv6(text));
}

export function parseAddress(text: string): ParsedAddress | null {
  return parseIpv4(text) ?? parseIpv6(text);
}

/** `3232236807`, `0xc0a80507`, `0300.0250.05.07`, `192.168.1287`: what inet_aton(3) takes, and so do clients in a URL. */
export function parseOddIpv4(text: string): ParsedAddress | null {
  const parts = text.split('.');
  const numbers = parts.map(numberOf);
  const last = numbers.pop();
  if (
    last === undefined ||
    parts.length > 4 ||
    numbers.some((n) => !(n <= 255)) ||
    !(last < 256 ** (4 - numbers.length))
  )
    return null;
  const value = numbers.reduce((sum, n, i) => sum + n * 256 ** (3 - i), 0) + last;
  return parseIpv4([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.'));
}

function numberOf(part: string): number {
  if (/^0x[0-9a-f]+$/i.test(part)) return Number(part);
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8);
  return /^[1-9]\d*$/.test(part) ? Number(part) : Number.NaN;
}

function parsed(bytes: Uint8Array | null): ParsedAddress | null {
  const plain = bytes && unmapped(bytes);
  const key = plain && formatAddress(plain);
  return plain && key !== null ? { key, scope: scopeOf(plain) } : null;
}

/** RFC 6598 and RFC 4193. */
const CGNAT = Uint8Array.of(100, 64, 0, 0);
const ULA = Uint8Array.of(0xfc, ...Array.from({ length: 15 }, () => 0));

function isIn(bytes: Uint8Array, network: Uint8Array, bits: number): boolean {
  return bytes.length === network.length && samePrefix(bytes, network, bits);
}

function scopeOf(bytes: Uint8Array): ParsedAddress['scope'] {
  switch (useOf(bytes)) {
    case 'loopback':
    case 'unspecified':
    case 'multicast':
    case 'broadcast':
      return 'well-known';
    case 'private':
      return isIn(bytes, CGNAT, 10) ? 'cgnat' : isIn(bytes, ULA, 7) ? 'ula' : 'lan';
    case 'link-local':
      return 'lan';
    case 'future':
      // Netmasks are in the reserved top of IPv4.
      return bytes.length === 4 ? 'well-known' : 'public';
    case 'unicast':
    case 'documentation':
    case 'protocol':
      return 'public';
  }
}
