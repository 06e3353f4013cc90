import { addressBytes, formatIPv4, parseIPv4, parseIPv6, samePrefix } from '../values/address.ts';
import { hasControlOrSpace, isAscii, lowerAscii } from './ascii.ts';
import {
  decided,
  excluded,
  firstFilled,
  unreadable,
  UNSET,
  withPlaceholderCredentials,
  type Reading,
} from './decision.ts';
import type { Dialect, Target } from './dialect.ts';
import { parseLooseIPv4, shortIPv6 } from './inet.ts';

/** Returns the entry of the list that matches the host, or null. The host is in curl's own spelling: see {@link curlHost}. */
type NoProxyMatcher = (host: string, list: string) => string | null;

// ── which proxy ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** HTTP_PROXY is left out on purpose: a web server's CGI would set it from a request header (lib/url.c, detect_proxy). */
const PROXY_VARIABLES = {
  http: ['http_proxy', 'all_proxy', 'ALL_PROXY'],
  https: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
} as const;

/**
 * Rules for an incomplete proxy value. Until 8.20 (parse_proxy in lib/url.c), no port is 1080, and a name such
 * as `ftp.lan` makes a value without a scheme an FTP one, which is refused. Since 8.21 (lib/peer.c), no port is the scheme's
 * own, and no scheme is always http. A login with a percent-encoded control byte made the proxy go unused without a word;
 * now it is an error. Run on 7.88.1 and 8.21.0.
 */
interface Assumptions {
  readonly httpPort: number;
  readonly guessesScheme: boolean;
  readonly ignoresBadLogin: boolean;
}
const UNTIL_8_20: Assumptions = { httpPort: 1080, guessesScheme: true, ignoresBadLogin: true };
const SINCE_8_21: Assumptions = { httpPort: 80, guessesScheme: false, ignoresBadLogin: false };

/** CURL_DEFAULT_PROXY_PORT for SOCKS and CURL_DEFAULT_HTTPS_PROXY_PORT, lib/url.h. */
const SOCKS_PORT = 1080;
const HTTPS_PORT = 443;

/** A value without a scheme gets one from the beginning of its host name (lib/urlapi.c): only http is a proxy scheme. */
const GUESSED_FOREIGN = /^(?:ftp|dict|ldap|imap|smtp|pop3)\./i;

/** Proxy schemes that parse_proxy accepts; `socks` means SOCKS4. */
const PROXY_SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http', 'http'],
  ['https', 'https'],
  ['socks', 'socks4'],
  ['socks4', 'socks4'],
  ['socks4a', 'socks4a'],
  ['socks5', 'socks5'],
  ['socks5h', 'socks5h'],
]);

const SYNTAX = 'Unsupported proxy syntax (curl error 5)';

/** parse_proxy in lib/url.c on top of the URL parser in lib/urlapi.c, with CURLU_GUESS_SCHEME; verified against the real one. Null: no proxy is used. */
function readProxy(masked: string, assumptions: Assumptions): Reading | null {
  const value = withPlaceholderCredentials(masked);
  // junkscan(): a space or control byte anywhere, also at the ends, spoils the whole value.
  if (hasControlOrSpace(value)) return unreadable(SYNTAX);
  const schemed = /^([a-z][a-z0-9+.-]{0,38}):(\/+)/i.exec(value);
  if (schemed && (schemed[2]?.length ?? 0) > 3) return unreadable(SYNTAX);
  const authority = value.slice(schemed?.[0].length ?? 0).split(/[/?#]/, 1)[0] ?? '';
  const login = authority.indexOf('@');
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority.slice(login + 1));
  const host = hostOfProxy(parts?.[1] ?? '');
  if (!parts || !host) return unreadable(SYNTAX);
  const digits = parts[2];
  // A colon without digits counts as no port, but only behind a scheme.
  if ((digits === '' && !schemed) || Number(digits ?? 0) > 65_535) return unreadable(SYNTAX);
  const isForeign = assumptions.guessesScheme && GUESSED_FOREIGN.test(host);
  const scheme = schemed?.[1]?.toLowerCase() ?? (isForeign ? 'ftp' : 'http');
  const known = PROXY_SCHEMES.get(scheme);
  if (!known) return unreadable('Unsupported proxy scheme (curl error 7)');
  // CURLU_URLDECODE refuses control bytes.
  if (/%[01][\da-f]/i.test(authority.slice(0, Math.max(login, 0))))
    return assumptions.ignoresBadLogin ? null : unreadable('URL using bad/illegal format (curl error 3)');
  const defaultPort = { http: assumptions.httpPort, https: HTTPS_PORT }[known] ?? SOCKS_PORT;
  const port = digits ? Number(digits) : defaultPort;
  return { ok: true, address: { scheme: known, host, port, hasCredentials: login > 0 } };
}

/** The host part as hostname_check in lib/urlapi.c accepts it, or null. Brackets and an IPv6 zone are cut. */
function hostOfProxy(text: string): string | null {
  if (text.startsWith('[')) {
    const address = text.slice(1, -1).replace(/%.*$/, '');
    return parseIPv6(address) === null ? null : address;
  }
  const decoded = percentDecoded(text);
  // Names outside ASCII need a locale that PMS does not set (Curl_idnconvert_hostname).
  if (decoded === '' || !isAscii(decoded) || /[\s/:#?!@{}[\]\\$'"^`*<>=;,+&()]/.test(decoded)) return null;
  const address = parseLooseIPv4(decoded);
  return address === null ? decoded : formatIPv4(address);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// ── no_proxy, by era ───────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The host as lib/urlapi.c leaves it for the comparison: zone cut, `127.1` written out, an IPv6 address in its shortest form.
 * The brackets are gone by then, which is why CIDR for IPv6 did not work before 8.18.
 */
function curlHost(host: string): string {
  const plain = host.replace(/%.*$/, '');
  const short = shortIPv6(plain);
  if (short !== null) return short.length < plain.length ? short : plain;
  const four = parseLooseIPv4(plain);
  return four === null ? plain : formatIPv4(four);
}

const BLANKS_AND_COMMAS = /[^ \t,]+/g;

function sameOrUnder(host: string, suffix: string): boolean {
  if (suffix.length >= host.length) return lowerAscii(suffix) === lowerAscii(host);
  return lowerAscii(host).endsWith(`.${lowerAscii(suffix)}`);
}

/** check_noproxy in lib/url.c up to 7.85: text only, one leading dot is dropped, separators are comma and space but not tab. */
const matchBefore786: NoProxyMatcher = (host, list) =>
  list.match(/[^, ]+/g)?.find((entry) => sameOrUnder(host, entry.replace(/^\./, ''))) ?? null;

/**
 * lib/noproxy.c of 7.86.0: the rewrite that brought CIDR, with its errors. A bare name matches exactly only; a dotted one
 * matches whatever ends like it, but (comparing past its own end) only as the last thing in the list; an address without
 * a prefix length is read up to the end of the list.
 */
const match786: NoProxyMatcher = (host, list) => {
  const address = parseIPv4(host);
  for (const { 0: entry, index } of list.matchAll(BLANKS_AND_COMMAS)) {
    const isLast = index + entry.length === list.length;
    if (address !== null) {
      if (entry.includes('/') ? inCidr4(host, entry, atoi) : isLast && entry === host) return entry;
    } else if (entry.startsWith('.')) {
      const tail = lowerAscii(entry.slice(1));
      if (isLast ? lowerAscii(host).endsWith(tail) : lowerAscii(host) === tail) return entry;
    } else if (lowerAscii(entry) === lowerAscii(host)) return entry;
  }
  return null;
};

/** The name comparison since 7.87: one trailing dot of either side and one leading dot of the entry do not count. */
function matchesName(host: string, entry: string): boolean {
  const name = host.replace(/\.$/, '');
  const token = entry.replace(/\.$/, '').replace(/^\./, '');
  return token === '' ? name === '' || name.endsWith('.') : sameOrUnder(name, token);
}

/** 7.87 to 8.8: separators are commas and blanks. */
const match787: NoProxyMatcher = (host, list) =>
  list.match(BLANKS_AND_COMMAS)?.find((entry) => matchesEntry787(host, entry)) ?? null;

function matchesEntry787(host: string, entry: string): boolean {
  return parseIPv4(host) === null ? matchesName(host, entry) : inCidr4(host, entry, atoi);
}

/** 8.9 to 8.17: only commas separate; a blank inside the list ends it (e78913e6b5). */
const match89: NoProxyMatcher = (host, list) =>
  entriesUpToBlank(list).find((entry) => matchesEntry787(host, entry)) ?? null;

/** Since 8.18: IPv6 is recognised without brackets (ff2aaed9ba), so its prefixes work; lengths are read strictly. */
const match818: NoProxyMatcher = (host, list) => {
  const six = parseIPv6(host) !== null;
  const four = parseIPv4(host) !== null;
  return (
    entriesUpToBlank(list).find((entry) => {
      if (six) return inCidr6(host, entry);
      return four ? inCidr4(host, entry, strictNumber) : matchesName(host, entry);
    }) ?? null
  );
};

/** 8.21 and later: an address with the root's dot is an address. */
const match821: NoProxyMatcher = (host, list) => {
  const undotted = host.replace(/\.$/, '');
  return match818(parseLooseIPv4(undotted) === null ? host : curlHost(undotted), list);
};

function entriesUpToBlank(list: string): string[] {
  const entries: string[] = [];
  for (const { 1: entry, 2: commas } of list.matchAll(/[ \t]*([^ \t,]*)[ \t]*(,*)/gy)) {
    if (entry) entries.push(entry);
    if (!commas) break;
  }
  return entries;
}

/** No prefix length, or 0, asks for the same address (Curl_cidr4_match). */
function inCidr4(host: string, entry: string, lengthOf: (text: string) => number | null): boolean {
  const [network, length] = cutAtSlash(entry);
  const bits = length === null ? 0 : lengthOf(length);
  if (bits === null || bits < 0 || bits > 32 || parseIPv4(host) === null) return false;
  return inNetwork(host, network, bits || 32);
}

function inCidr6(host: string, entry: string): boolean {
  const [network, length] = cutAtSlash(entry);
  const bits = length === null ? 0 : strictNumber(length);
  return bits !== null && bits <= 128 && inNetwork(host, network, bits || 128);
}

function inNetwork(host: string, network: string, bits: number): boolean {
  const address = addressBytes(host);
  const base = addressBytes(network);
  return address !== null && base !== null && samePrefix(address, base, bits);
}

function cutAtSlash(entry: string): readonly [string, string | null] {
  // Tokens of 128 bytes and more are skipped (checkip[128], lib/noproxy.c).
  if (entry.length >= 128) return ['', null];
  const slash = entry.indexOf('/');
  return slash < 0 ? [entry, null] : [entry.slice(0, slash), entry.slice(slash + 1)];
}

/** C's atoi on 64-bit Linux: leading number, 0 when there is none, low 32 bits of an overflow. */
function atoi(text: string): number {
  const digits = /^[+-]?\d+/.exec(text)?.[0];
  if (!digits) return 0;
  const limit = 2n ** 63n;
  const value = BigInt(digits.replace('+', ''));
  const long = value >= limit ? limit - 1n : value < -limit ? -limit : value;
  return Number(BigInt.asIntN(32, long));
}

function strictNumber(text: string): number | null {
  return /^\d+$/.test(text) && Number(text) <= 128 ? Number(text) : null;
}

// ── the eras ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function curl<const Id extends string>(
  id: Id,
  title: string,
  match: NoProxyMatcher,
  assumptions = UNTIL_8_20,
): Dialect<Id> {
  return {
    id,
    client: 'curl',
    title,
    reads: 'proxy-variables',
    decide(variables, target: Target) {
      const setting = firstFilled(variables, PROXY_VARIABLES[target.scheme]);
      if (!setting) return UNSET;
      const list = firstFilled(variables, ['no_proxy', 'NO_PROXY']);
      // Only the list that is nothing but an asterisk means everything: ` *` and `*,` are ordinary entries.
      const entry = list?.value === '*' ? '*' : list && match(curlHost(target.host), list.value);
      if (list && entry !== null) return excluded(list, entry);
      const reading = readProxy(setting.value, assumptions);
      return reading ? decided(setting, reading) : UNSET;
    },
  };
}

export const CURL = curl('curl', 'curl 8.21 and later', match821, SINCE_8_21);
export const CURL_7_85 = curl('curl-7.85', 'curl before 7.86', matchBefore786);
export const CURL_7_86 = curl('curl-7.86', 'curl 7.86', match786);
export const CURL_7_87 = curl('curl-7.87', 'curl 7.87 to 8.8', match787);
export const CURL_8_9 = curl('curl-8.9', 'curl 8.9 to 8.17', match89);
export const CURL_8_18 = curl('curl-8.18', 'curl 8.18 to 8.20', match818);

/** The first version that is no longer of the era, as 1000 · major + minor. */
const ERAS = [
  [7086, CURL_7_85],
  [7087, CURL_7_86],
  [8009, CURL_7_87],
  [8018, CURL_8_9],
  [8021, CURL_8_18],
  [Number.POSITIVE_INFINITY, CURL],
] as const;

/** The era of a libcurl version such as `8.11.1`; the newest rules from 8.21 on, and when it is no version. */
export function curlDialectFor(version: string): (typeof ERAS)[number][1]['id'] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version.trim()) ?? [];
  if (major === undefined || minor === undefined) return CURL.id;
  const rank = Number(major) * 1000 + Number(minor);
  return ERAS.find(([end]) => rank < end)?.[1].id ?? CURL.id;
}
