import { formatIpv4, hasControl, isAscii, parseIpv4, parseIpv6, samePrefix } from './address.ts';
import {
  decided,
  excluded,
  firstFilled,
  refused,
  UNSET,
  withPlaceholderCredentials,
  type ProxyAddress,
} from './decision.ts';
import type { Dialect } from './dialect.ts';
import { parseUrl as parseWebUrl } from '../url.ts';

const DEFAULT_PROXY_PORT: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['socks5', 1080],
  ['socks5h', 1080],
]);

// ── addresses, as package net reads them ───────────────────────────────────────────────────────────────────────────────

interface Ip {
  readonly bits: bigint;
  readonly width: 32 | 128;
}

/** net.ParseIP: an IPv4-mapped IPv6 address is the IPv4 address. */
function parseIp(text: string): Ip | null {
  const four = parseIpv4(text);
  if (four !== null) return { bits: BigInt(four), width: 32 };
  const six = parseIpv6(text);
  if (six === null) return null;
  return six >> 32n === 0xffffn ? { bits: six & 0xffff_ffffn, width: 32 } : { bits: six, width: 128 };
}

function isLoopback(ip: Ip): boolean {
  return ip.width === 32 ? ip.bits >> 24n === 127n : ip.bits === 1n;
}

/** net.SplitHostPort, or null where it gives an error. */
function splitHostPort(text: string): { host: string; port: string } | null {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text);
  return parts ? { host: parts[1] ?? parts[2] ?? '', port: parts[3] ?? '' } : null;
}

// ── the proxy ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** validUserinfo in net/url, and escapes that can be decoded. */
const USERINFO = /^(?:[\w.~!$&'()*+,;=:@-]|%[\da-f]{2})*$/i;

/** net/url.Parse as far as the proxy needs it: null is an error, scheme '' is none. */
function parseUrl(text: string): { scheme: string; address: ProxyAddress } | null {
  if (hasControl(text) || text.startsWith(':')) return null;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  const rest = (scheme === '' ? text : text.slice(scheme.length + 1)).split(/[?#]/, 1)[0] ?? '';
  if (scheme === '' && !rest.startsWith('/') && (rest.split('/', 1)[0] ?? '').includes(':')) return null;
  const authority = rest.startsWith('//') ? (rest.slice(2).split('/', 1)[0] ?? '') : '';
  const at = authority.lastIndexOf('@');
  const parts = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/.exec(authority.slice(at + 1));
  const host = parts?.[1]?.replace(/^\[|\]$/g, '') ?? '';
  if (!parts || /[\s/\\^`{|}@%]/.test(host) || !USERINFO.test(authority.slice(0, Math.max(at, 0)))) return null;
  if (/%(?![\da-f]{2})/i.test(rest)) return null;
  const port = Number(parts[2] ?? '') || (DEFAULT_PROXY_PORT.get(scheme) ?? 80);
  return { scheme, address: { scheme, host, port, hasCredentials: at > 0 } };
}

/** parseProxy: what is no http, https or socks5 URL is tried again behind `http://`; what is none then is no proxy at all. */
function readProxy(masked: string): ProxyAddress | null {
  const value = withPlaceholderCredentials(masked);
  const parsed = parseUrl(value);
  if (parsed && DEFAULT_PROXY_PORT.has(parsed.scheme)) return parsed.address;
  return (parseUrl(`http://${value}`) ?? parsed)?.address ?? null;
}

// ── no_proxy ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The matchers of config.init and useProxy: an entry `*` anywhere excludes everything. */
function matches(host: string, port: string, entry: string): boolean {
  const pattern = entry.toLowerCase();
  if (pattern === '*') return true;
  const ip = parseIp(host);
  const network = parseCidr(pattern);
  if (network)
    return ip !== null && ip.width === network.ip.width && samePrefix(ip.bits, network.ip.bits, network.bits, ip.width);
  const split = splitHostPort(pattern);
  const name = split?.host ?? pattern;
  if (split && split.port !== '' && split.port !== port) return false;
  const address = parseIp(name);
  if (address) return ip !== null && ip.width === address.width && ip.bits === address.bits;
  const suffix = name.replace(/^\*(?=\.)/, '');
  if (suffix === '') return false;
  const ascii = toAscii(suffix);
  return ascii.startsWith('.') ? host.endsWith(ascii) : host === ascii || host.endsWith(`.${ascii}`);
}

function parseCidr(text: string): { ip: Ip; bits: number } | null {
  const [, base, length] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? [];
  const four = base === undefined ? null : parseIpv4(base);
  const six = base === undefined ? null : parseIpv6(base);
  const bits = Number(length);
  if (four !== null) return bits <= 32 ? { ip: { bits: BigInt(four), width: 32 }, bits } : null;
  return six !== null && bits <= 128 ? { ip: { bits: six, width: 128 }, bits } : null;
}

/** golang.org/x/net/idna for names outside ASCII. The URL parser of the platform applies the same standard (UTS 46). */
function toAscii(name: string): string {
  if (isAscii(name)) return name;
  const dot = name.startsWith('.') ? '.' : '';
  const url = parseWebUrl(`http://${name.slice(dot.length)}`);
  return url === null ? name : dot + url.hostname;
}

/** golang.org/x/net/http/httpproxy, which net/http uses. Upper case wins; loopback and `localhost` are always direct. */
export const GO: Dialect = {
  id: 'go',
  title: 'Go net/http',
  decide(variables, target) {
    const upper = `${target.scheme.toUpperCase()}_PROXY`;
    const setting = firstFilled(variables, [upper, upper.toLowerCase()]);
    const address = setting && readProxy(setting.value);
    if (!setting || !address) return UNSET;
    if (target.scheme === 'http' && variables['REQUEST_METHOD']) {
      return refused(setting, 'refusing to use HTTP_PROXY value in CGI environment');
    }
    const exact = toAscii(target.host);
    const ip = parseIp(exact);
    if (exact === 'localhost') return { ...UNSET, excludedBy: 'localhost' };
    if (ip && isLoopback(ip)) return { ...UNSET, excludedBy: ip.width === 32 ? formatIpv4(Number(ip.bits)) : '::1' };
    const list = firstFilled(variables, ['NO_PROXY', 'no_proxy']);
    const host = exact.trim().toLowerCase();
    const entries = list?.value.split(',').map((entry) => entry.trim()) ?? [];
    const entry = entries.find((candidate) => candidate !== '' && matches(host, String(target.port), candidate));
    return list && entry !== undefined ? excluded(list, entry) : decided(setting, { ok: true, address });
  },
};
