/** An IP address as a number-like key, and what publishing it would tell. */
export interface ParsedAddress {
  readonly family: 4 | 6;
  /** One spelling a value: dotted for IPv4 (also when it came mapped into IPv6), eight lower-case groups for IPv6. */
  readonly key: string;
  /** well-known: loopback, unspecified, broadcast, multicast, netmasks; says nothing about anybody. */
  readonly scope: 'lan' | 'public' | 'well-known';
}

export function parseIpv4(text: string): ParsedAddress | null {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!octets || octets.some((octet) => octet > 255)) return null;
  const [a = 0, b = 0] = octets;
  const wellKnown = a === 127 || a >= 224 || octets.every((octet) => octet === 0);
  const lan =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128);
  return { family: 4, key: octets.join('.'), scope: wellKnown ? 'well-known' : lan ? 'lan' : 'public' };
}

/** Reads RFC 4291 text forms, without zone and prefix length. A mapped IPv4 address (`::ffff:…`) is that IPv4 address. */
export function parseIpv6(text: string): ParsedAddress | null {
  const groups = ipv6Groups(text.toLowerCase());
  if (!groups) return null;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff) {
    const [high = 0, low = 0] = groups.slice(6);
    return parseIpv4([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  const first = groups[0] ?? 0;
  const wellKnown = groups.slice(0, 7).every((group) => group === 0) && (groups[7] ?? 0) <= 1;
  const lan = (first & 0xfe_00) === 0xfc_00 || (first & 0xff_c0) === 0xfe_80;
  const multicast = (first & 0xff_00) === 0xff_00;
  return {
    family: 6,
    key: groups.map((group) => group.toString(16)).join(':'),
    scope: wellKnown || multicast ? 'well-known' : lan ? 'lan' : 'public',
  };
}

export function parseAddress(text: string): ParsedAddress | null {
  return parseIpv4(text) ?? parseIpv6(text);
}

function ipv6Groups(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groupsOf);
  if (!head || (halves.length === 2 && !tail)) return null;
  if (!tail) return head.length === 8 ? head : null;
  const missing = 8 - head.length - tail.length;
  return missing >= 1 ? [...head, ...Array.from({ length: missing }, () => 0), ...tail] : null;
}

function groupsOf(half: string): readonly number[] | null {
  if (half === '') return [];
  const groups: number[] = [];
  for (const [index, part] of half.split(':').entries()) {
    const dotted = part.includes('.') ? parseIpv4(part) : null;
    if (dotted && index === half.split(':').length - 1) {
      const [a = 0, b = 0, c = 0, d = 0] = dotted.key.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-f]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return groups;
}
