import { parseIPv4, parseIPv6 } from '../core/address.ts';

/** An IP address in one spelling, and what publishing it would tell. */
export interface ParsedAddress {
  /** One spelling a value: dotted for IPv4 (also when it came mapped into IPv6), eight lower-case groups for IPv6. */
  readonly key: string;
  /** well-known: loopback, unspecified, broadcast, multicast, netmasks; says nothing about anybody. */
  readonly scope: 'lan' | 'public' | 'well-known';
}

/** Leading zeros are accepted, unlike where addresses are connected to: a log may write them. */
export function parseIpv4(text: string): ParsedAddress | null {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return null;
  const value = parseIPv4(text.replace(/\b0+(?=\d)/g, ''));
  if (value === null) return null;
  const [a, b, c, d] = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const wellKnown = a === 127 || a >= 224 || value === 0;
  // RFC 1918, RFC 3927 and RFC 6598.
  const lan =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128);
  return { key: [a, b, c, d].join('.'), scope: wellKnown ? 'well-known' : lan ? 'lan' : 'public' };
}

/** RFC 4291 text forms, without zone and prefix length. A mapped IPv4 address (`::ffff:…`) is that IPv4 address. */
export function parseIpv6(text: string): ParsedAddress | null {
  const groups = text.includes('%') ? null : parseIPv6(text);
  if (!groups) return null;
  const [first = 0] = groups;
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff) {
    return parseIpv4([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  const wellKnown = groups.slice(0, 7).every((group) => group === 0) && low <= 1;
  const multicast = first >> 8 === 0xff;
  // RFC 4193 and link-local.
  const lan = (first & 0xfe_00) === 0xfc_00 || (first & 0xff_c0) === 0xfe_80;
  return {
    key: groups.map((group) => group.toString(16)).join(':'),
    scope: wellKnown || multicast ? 'well-known' : lan ? 'lan' : 'public',
  };
}

export function parseAddress(text: string): ParsedAddress | null {
  return parseIpv4(text) ?? parseIpv6(text);
}
