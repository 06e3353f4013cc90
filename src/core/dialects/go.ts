import { addressBytes, formatAddress, samePrefix, unmapped } from '../values/address.ts';
import { hasControl, isAscii } from './ascii.ts';
import {
  decided,
  excluded,
  firstFilled,
  refused,
  unreadable,
  UNSET,
  withPlaceholderCredentials,
  type ProxyAddress,
} from './decision.ts';
import type { Dialect } from './dialect.ts';
import { useOf } from '../values/scope.ts';
import { parseUrl as parseWebUrl } from '../values/url.ts';

const DEFAULT_PROXY_PORT: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['socks5', 1080],
  ['socks5h', 1080],
]);

// ── addresses, as package net reads them ───────────────────────────────────────────────────────────────────────────────

/** net.ParseIP: an IPv4-mapped IPv6 address is the IPv4 address. */
function parseIP(text: string): Uint8Array | null {
  const bytes = addressBytes(text);
  return bytes && unmapped(bytes);
}

/** isDomainName in package net: what is no such name is not asked for. `127.1` is no address either: a name has more than digits. */
function isDomainName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  return labels.every((label) => /^\w(?:[\w-]{0,61}\w)?$/.test(label)) && /[a-z_-]/i.test(text) && text.length <= 254;
}

/** net.SplitHostPort, or null where it gives an error. */
function splitHostPort(text: string): { host: string; port: string } | null {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text);
  return parts ? { host: parts[1] ?? parts[2] ?? '', port: parts[3] ?? '' } : null;
}

// ── the proxy ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** validUserinfo in net/url, and escapes that can be decoded. */
const USERINFO = /^(?:[\w.~!$&'()*+,;=:@-]|%[\da-f]{2})*$/i;

/** parseHost in net/url: what follows the last colon is the port. Behind an opening bracket, the last closing one ends the host. */
const LOOSE_HOST = /^(\[.*\]|(?!\[)(?:[^:]*|.*(?=:\d*$)))(?::(\d*))?$/;
const STRICT_HOST = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/;

/** net/url.Parse as far as the proxy needs it: null is an error, scheme '' is none. */
function parseUrl(text: string, { takesLooseHosts }: Era): { scheme: string; address: ProxyAddress } | null {
  // The fragment is cut off before anything is looked at.
  if (hasControl(text.split('#', 1)[0] ?? '') || text.startsWith(':')) return null;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  const rest = (scheme === '' ? text : text.slice(scheme.length + 1)).split(/[?#]/, 1)[0] ?? '';
  if (scheme === '' && !rest.startsWith('/') && (rest.split('/', 1)[0] ?? '').includes(':')) return null;
  const authority = rest.startsWith('//') ? (rest.slice(2).split('/', 1)[0] ?? '') : '';
  const at = authority.lastIndexOf('@');
  const pattern = takesLooseHosts ? LOOSE_HOST : STRICT_HOST;
  const parts = pattern.exec(authority.slice(at + 1));
  const host = parts?.[1]?.replace(/^\[(.*)\]$/, '$1') ?? '';
  if (!parts || /[\s/\\^`{|}@%]/.test(host) || !USERINFO.test(authority.slice(0, Math.max(at, 0)))) return null;
  // Behind a scheme, what begins without a slash is opaque.
  const isOpaque = scheme !== '' && !rest.startsWith('/');
  if (!isOpaque && /%(?![\da-f]{2})/i.test(rest)) return null;
  const port = Number(parts[2] ?? '') || (DEFAULT_PROXY_PORT.get(scheme) ?? 0);
  return { scheme, address: { scheme, host, port, hasCredentials: at > 0 } };
}

/**
 * parseProxy: a value that is no URL of a proxy is tried again behind `http://`; what is none then is no proxy at all.
 * Since 1.27 any scheme is one (8c07e20f in golang.org/x/net), and the transport of net/http speaks HTTP in the clear to those it does not know.
 */
function readProxy(masked: string, era: Era): ProxyAddress | null {
  const value = withPlaceholderCredentials(masked);
  const parsed = parseUrl(value, era);
  const isProxy = era.takesAnyScheme
    ? parsed !== null && parsed.scheme !== '' && parsed.address.host !== ''
    : parsed !== null && OLD_SCHEMES.has(parsed.scheme);
  const url = isProxy ? parsed : (parseUrl(`http://${value}`, era) ?? parsed);
  return url && dialled(url.address);
}

/** As the transport of net/http takes it: SOCKS servers resolve the names, schemes that it does not know are HTTP, and no host is this machine. */
function dialled({ scheme, host, ...address }: ProxyAddress): ProxyAddress {
  const isSocks = scheme === 'socks5' || scheme === 'socks5h';
  return { ...address, host: host || 'localhost', scheme: isSocks ? 'socks5h' : scheme === 'https' ? 'https' : 'http' };
}

const OLD_SCHEMES = new Set(['http', 'https', 'socks5']);

interface Era {
  readonly takesAnyScheme: boolean;
  /**
   * A host may hold colons (until urlstrictcolons of Go 1.26), and brackets in its middle: the value is a proxy then, but one whose name does
   * not resolve.
   */
  readonly takesLooseHosts: boolean;
  /** The entry `1.1` excludes 192.168.1.1, which ends like it (until cde1dda9 in golang.org/x/net). */
  readonly matchesAddressesAsNames: boolean;
}

// ── no_proxy ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The matchers of config.init and useProxy: an entry `*` anywhere excludes everything. */
function matches(host: string, port: string, entry: string, era: Era): boolean {
  const pattern = entry.toLowerCase();
  if (pattern === '*') return true;
  const ip = parseIP(host);
  const network = parseCidr(pattern);
  if (network) return ip !== null && samePrefix(ip, network.base, network.bits);
  const split = splitHostPort(pattern);
  const name = split?.host ?? pattern;
  if (split && split.port !== '' && split.port !== port) return false;
  const address = parseIP(name);
  if (address) return ip !== null && samePrefix(ip, address, 8 * address.length);
  const suffix = name.replace(/^\*(?=\.)/, '');
  if (suffix === '' || (ip !== null && !era.matchesAddressesAsNames)) return false;
  const ascii = toAscii(suffix);
  return ascii.startsWith('.') ? host.endsWith(ascii) : host === ascii || host.endsWith(`.${ascii}`);
}

function parseCidr(text: string): { base: Uint8Array; bits: number } | null {
  const [, network = '', length] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? [];
  const base = addressBytes(network);
  const bits = Number(length);
  return base !== null && bits <= 8 * base.length ? { base, bits } : null;
}

/** strings.TrimSpace: U+0085 is white space, U+FEFF is none. */
function trimSpace(text: string): string {
  return text.replace(/^(?:[^\S\uFEFF]|\u0085)+|(?:[^\S\uFEFF]|\u0085)+$/g, '');
}

/**
 * golang.org/x/net/idna for names outside ASCII; what is no name stays as it is. The URL parser of the platform applies the same
 * standard (UTS 46), but ends the name at the first character that has a meaning in a URL.
 */
function toAscii(name: string): string {
  if (isAscii(name) || /[^\S\uFEFF]|[/?#@:\\[\]]/.test(name)) return name;
  const dot = name.startsWith('.') ? '.' : '';
  // A last label of letters keeps it from reading `127ü.0.0.1` as an address.
  const end = name.endsWith('.') ? 'x' : '.x';
  const url = parseWebUrl(`http://${name.slice(dot.length)}${end}`);
  return url === null ? name : dot + url.hostname.slice(0, -end.length);
}

/** golang.org/x/net/http/httpproxy, which net/http uses. Upper case wins; loopback and `localhost` are always direct. */
function go<const Id extends string>(id: Id, title: string, era: Era): Dialect<Id> {
  return {
    id,
    client: 'go',
    title,
    reads: 'proxy-variables',
    decide(variables, target) {
      const upper = `${target.scheme.toUpperCase()}_PROXY`;
      const setting = firstFilled(variables, [upper, upper.toLowerCase()]);
      const address = setting && readProxy(setting.value, era);
      if (!setting || !address) return UNSET;
      if (target.scheme === 'http' && variables['REQUEST_METHOD']) {
        return refused(setting, 'refusing to use HTTP_PROXY value in CGI environment');
      }
      const exact = toAscii(target.host);
      const ip = parseIP(exact);
      if (exact === 'localhost') return { ...UNSET, excludedBy: 'localhost' };
      if (ip && useOf(ip) === 'loopback') return { ...UNSET, excludedBy: formatAddress(ip) };
      const list = firstFilled(variables, ['NO_PROXY', 'no_proxy']);
      const host = trimSpace(exact).toLowerCase();
      const entries = list?.value.split(',').map(trimSpace) ?? [];
      const entry = entries.find((candidate) => candidate !== '' && matches(host, String(target.port), candidate, era));
      if (list && entry !== undefined) return excluded(list, entry);
      if (parseIP(address.host) === null && !isDomainName(toAscii(address.host)))
        return decided(setting, unreadable('proxyconnect tcp: dial tcp: no such host'));
      // A value that it could not make sense of has no port.
      const isDead = address.port === 0;
      return decided(setting, isDead ? unreadable('proxyconnect tcp: connection refused') : { ok: true, address });
    },
  };
}

export const GO = go('go', 'Go 1.27 and later', {
  takesAnyScheme: true,
  takesLooseHosts: false,
  matchesAddressesAsNames: false,
});
export const GO_1_26 = go('go-1.26', 'Go up to 1.26', {
  takesAnyScheme: false,
  takesLooseHosts: true,
  matchesAddressesAsNames: true,
});

/** The era of a version such as `1.19.8`. */
export function goDialectFor(version: string): 'go' | 'go-1.26' {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version.trim()) ?? [];
  return Number(major) * 1000 + Number(minor) < 1027 ? GO_1_26.id : GO.id;
}
