import { parseIPv6 } from '../values/address.ts';
import { hasControlOrSpace } from './ascii.ts';
import {
  authorityOf,
  decided,
  DEFAULT_PORT,
  excluded,
  firstFilled,
  unreadable,
  UNSET,
  withPlaceholderCredentials,
  type Reading,
  type Setting,
} from './decision.ts';
import { defineDialect, type Decision, type Dialect, type Target } from './dialect.ts';
import type { Variables } from '../values/variables.ts';
import { parseLooseIPv4 } from './inet.ts';

// ── what both share: CPython's Lib/urllib/request.py ───────────────────────────────────────────────────────────────────

/** Python's notion of white space, where it differs from JavaScript's: U+001C to U+001F and U+0085 count, U+FEFF does not. */
const PY_SPACE = '[\\t-\\r\\u001c- \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*';
const STRIP = new RegExp(`^${PY_SPACE}|${PY_SPACE}$`, 'g');

/**
 * getproxies_environment: any spelling of the name counts, and one that ends in lower case wins (an empty one takes the
 * others away). Under CGI (REQUEST_METHOD) an upper-case HTTP_PROXY is forgotten.
 */
function settingsByScheme(variables: Variables): Map<string, Setting> {
  const found = new Map<string, Setting>();
  for (const [name, value] of Object.entries(variables)) {
    if (value !== '' && /_proxy$/i.test(name))
      found.set(name.toLowerCase().slice(0, -'_proxy'.length), { name, value });
  }
  if (Object.hasOwn(variables, 'REQUEST_METHOD')) found.delete('http');
  for (const [name, value] of Object.entries(variables)) {
    if (!name.endsWith('_proxy')) continue;
    const scheme = name.toLowerCase().slice(0, -'_proxy'.length);
    if (value === '') found.delete(scheme);
    else found.set(scheme, { name, value });
  }
  return found;
}

/** proxy_bypass_environment. `host` is what the URL says, port and brackets included. */
function bypassedBy(host: string, list: string): string | null {
  if (list === '*') return '*';
  const whole = host.toLowerCase();
  const alone = /^([^]*):\d+$/.exec(whole)?.[1] ?? whole;
  for (const raw of list.split(',')) {
    const entry = raw.replace(STRIP, '');
    if (entry === '') continue;
    const name = entry.replace(/^\.+/, '').toLowerCase();
    if ([alone, whole].some((candidate) => candidate === name || candidate.endsWith(`.${name}`))) return entry;
  }
  return null;
}

// ── urllib ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** _parse_proxy: the scheme (null for a bare authority), and `host:port` as it stands. Null: ValueError. */
function splitProxy(value: string): { scheme: string | null; userinfo: string | null; hostPort: string } | null {
  const typed = /^([^/:]+):([^]*)$/.exec(value);
  const rest = typed?.[2] ?? value;
  if (!rest.startsWith('/')) return { scheme: null, ...splitUser(value) };
  if (!rest.startsWith('//')) return null;
  const from = Math.max(rest.indexOf('@'), 2);
  const end = rest.indexOf('/', from);
  return { scheme: typed?.[1]?.toLowerCase() ?? null, ...splitUser(rest.slice(2, end < 0 ? undefined : end)) };
}

function splitUser(authority: string): { userinfo: string | null; hostPort: string } {
  const at = authority.lastIndexOf('@');
  return { userinfo: at < 0 ? null : authority.slice(0, at), hostPort: authority.slice(at + 1) };
}

type ProxyType = 'http' | 'https' | 'ftp';
const PROXY_PORT = { ...DEFAULT_PORT, ftp: 21 } as const;

/** http.client's _get_hostport, with Python's int() for the port: blanks, a sign and underscores are all right. */
function readHostPort(hostPort: string, scheme: ProxyType, hasCredentials: boolean): Reading {
  const text = percentDecoded(hostPort);
  if (text === '') return unreadable('urlopen error no host given');
  const colon = text.lastIndexOf(':');
  const hasPort = colon > text.lastIndexOf(']');
  const digits = hasPort ? text.slice(colon + 1) : '';
  const port = digits === '' ? PROXY_PORT[scheme] : pythonInt(digits);
  if (port === null) return unreadable('http.client.InvalidURL: nonnumeric port');
  const host = (hasPort ? text.slice(0, colon) : text).replace(/^\[([^]*)\]$/, '$1');
  if (hasControlOrSpace(host)) return unreadable('http.client.InvalidURL: URL can’t contain control characters');
  if (port < 0 || port > 65_535) return unreadable('OverflowError: port must be 0-65535');
  return { ok: true, address: { scheme, host, port, hasCredentials } };
}

function pythonInt(text: string): number | null {
  const digits = text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '');
  return /^[+-]?\d+(?:_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : null;
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return '\ufffd';
    }
  });
}

interface UrllibRequest {
  readonly scheme: 'http' | 'https';
  /** `req.host`: the target, or the proxy once it has been set. */
  readonly host: string;
  /** The request is already on its way to a proxy of the other scheme. */
  readonly via: Decision | null;
}

/** ProxyHandler.proxy_open. A proxy whose scheme differs from an http request's starts the request over, by the proxy's scheme. */
function openUrl(settings: ReadonlyMap<string, Setting>, request: UrllibRequest): Decision {
  const setting = settings.get(request.scheme);
  if (!setting) return request.via ?? UNSET;
  const parts = splitProxy(withPlaceholderCredentials(setting.value));
  if (!parts) return refused(setting, 'ValueError: proxy URL with no authority');
  const list = settings.get('no');
  const entry = list ? bypassedBy(request.host, list.value) : null;
  if (list && entry !== null) return request.via ?? excluded(list, entry);
  const type = parts.scheme ?? request.scheme;
  if (request.scheme === 'https' || type === 'http') {
    const reading = readHostPort(parts.hostPort, request.scheme, parts.userinfo !== null);
    // CONNECT is said in the clear, whatever the proxy's scheme, to the port that https has by default.
    return decided(setting, reading.ok ? { ok: true, address: { ...reading.address, scheme: 'http' } } : reading);
  }
  // FTPHandler takes the proxy for an FTP server.
  if (type === 'ftp') return decided(setting, readHostPort(parts.hostPort, 'ftp', parts.userinfo !== null));
  if (type !== 'https') return refused(setting, 'urlopen error unknown url type');
  const via = decided(setting, readHostPort(parts.hostPort, 'https', parts.userinfo !== null));
  return openUrl(settings, { scheme: 'https', host: percentDecoded(parts.hostPort), via });
}

function refused(setting: Setting, error: string): Decision {
  return decided(setting, unreadable(error));
}

/** urllib of CPython 3, and near enough urllib2 of Python 2.7. */
export const PYTHON_URLLIB = defineDialect({
  id: 'python-urllib',
  client: 'python-urllib',
  title: 'Python urllib',
  reads: 'proxy-variables',
  decide(variables, target) {
    const request = { scheme: target.scheme, host: authorityOf(target), via: null };
    return openUrl(settingsByScheme(variables), request);
  },
});

// ── requests ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type NameMatcher = (hosts: readonly string[], entry: string) => boolean;

/** should_bypass_proxies in src/requests/utils.py: its own rules first, then urllib's for the bare host name. */
function requestsBypass(
  variables: Variables,
  target: Target,
  matches: NameMatcher,
): { list: Setting; entry: string } | null {
  const host = target.host.toLowerCase();
  const list = firstFilled(variables, ['no_proxy', 'NO_PROXY']);
  if (list) {
    const withPort = target.port === DEFAULT_PORT[target.scheme] ? host : `${host}:${target.port}`;
    const address = inetAton(host);
    const entry = list.value
      .replaceAll(' ', '')
      .split(',')
      .filter((candidate) => candidate !== '')
      .find((candidate) =>
        address === null ? matches([host, withPort], candidate) : inNetwork(host, address, candidate),
      );
    if (entry !== undefined) return { list, entry };
  }
  const general = settingsByScheme(variables).get('no');
  const entry = general ? bypassedBy(host, general.value) : null;
  return general && entry !== null ? { list: general, entry } : null;
}

/** Since 2.34.0 (a4f9a599) whole labels count. */
const underName: NameMatcher = (hosts, entry) => {
  const name = entry.replace(/^\.+/, '');
  return hosts.some((host) => host === name || host.endsWith(`.${name}`));
};

/** Until then whatever ended like the entry matched: `example.com` took notexample.com along. */
const endsLike: NameMatcher = (hosts, entry) => hosts.some((host) => host.endsWith(entry));

function inNetwork(host: string, address: number, entry: string): boolean {
  const [network = '', length, more] = entry.split('/');
  const bits = length === undefined || more !== undefined ? null : pythonInt(length);
  const base = bits !== null && bits >= 1 && bits <= 32 ? inetAton(network) : null;
  if (bits === null || base === null) return host === entry;
  return Math.floor(address / 2 ** (32 - bits)) === Math.floor(base / 2 ** (32 - bits));
}

/** glibc's inet_aton: what follows white space is ignored. */
function inetAton(text: string): number | null {
  return parseLooseIPv4(text.split(/[\t-\r ]/, 1)[0] ?? '');
}

const HEX = '[0-9A-Fa-f]{1,4}';
const ZONE = '(?:(?:%25|%)(?:[\\w.~-]|%[a-fA-F0-9]{2})+)?';
/** parse_url in urllib3/util/url.py. Python's `$` also matches before a newline at the end. */
const HOST_PORT = new RegExp(
  `^((?:[^\\[\\]%:/?#]|%[a-fA-F0-9]{2})*|\\[(?:${HEX}|:|\\.)+${ZONE}\\])(?::0*?(|0|[1-9][0-9]{0,4}))?\\n?$`,
);

/** _basic_auth_str in src/requests/auth.py encodes both; without a name or a password no header is made. */
function isLatin1Login(userinfo: string): boolean {
  const [, user = '', password] = /^([^:]*):([^]*)$/.exec(userinfo) ?? [];
  if (user === '' || password === undefined) return true;
  // urllib3 escapes every per cent sign where one of them is stray.
  const login = /%(?![\da-f]{2})/i.test(userinfo) ? userinfo : percentDecoded(userinfo);
  return !/[\u0100-\u{10FFFF}]/u.test(login);
}

function readRequestsProxy(masked: string): Reading {
  const value = withPlaceholderCredentials(masked);
  // A single-label name before a colon is taken for a scheme: `proxy:3128` fails where `proxy.lan:3128` works.
  const url = /^(?:[a-zA-Z][a-zA-Z0-9+-]*:|\/)/.test(value) ? value : `//${value}`;
  const [, schemeText, authority] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^\\/?#]*))?/.exec(url) ?? [];
  const scheme = schemeText?.toLowerCase() ?? 'http';
  const at = (authority ?? '').lastIndexOf('@');
  const parts = HOST_PORT.exec((authority ?? '').slice(at + 1));
  if (!parts || Number(parts[2] ?? 0) > 65_535) return unreadable('requests.exceptions.InvalidURL: Failed to parse');
  const host = (parts[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase();
  if (parts[1]?.startsWith('[') && parseIPv6(host.replace(/%.*$/, '')) === null) {
    return unreadable('requests.exceptions.InvalidURL: Failed to parse');
  }
  if (host === '') return unreadable('requests.exceptions.InvalidProxyURL: Please check proxy URL');
  // SOCKS is an extra of requests (PySocks); the plain installation refuses it, which is the one described here.
  if (scheme.startsWith('socks')) {
    return unreadable('requests.exceptions.InvalidSchema: Missing dependencies for SOCKS support');
  }
  if (scheme !== 'http' && scheme !== 'https') return unreadable('urllib3.exceptions.ProxySchemeUnknown');
  if (hasControlOrSpace(host)) return unreadable('http.client.InvalidURL: URL can’t contain control characters');
  if (at > 0 && !isLatin1Login((authority ?? '').slice(0, at)))
    return unreadable('UnicodeEncodeError: user name or password outside Latin-1');
  const port = Number(parts[2] ?? 0) || DEFAULT_PORT[scheme];
  return { ok: true, address: { scheme, host, port, hasCredentials: at > 0 } };
}

function requests<const Id extends string>(id: Id, title: string, matches: NameMatcher): Dialect<Id> {
  return {
    id,
    client: 'python-requests',
    title,
    reads: 'proxy-variables',
    decide(variables, target) {
      const settings = settingsByScheme(variables);
      const setting = settings.get(target.scheme) ?? settings.get('all');
      if (!setting) return UNSET;
      const bypass = requestsBypass(variables, target, matches);
      return bypass ? excluded(bypass.list, bypass.entry) : decided(setting, readRequestsProxy(setting.value));
    },
  };
}

/** Compared with 2.28.1 (urllib3 1.26) and 2.34.2 (urllib3 2.7). */
export const PYTHON_REQUESTS = requests('python-requests', 'Python requests 2.34 and later', underName);
export const PYTHON_REQUESTS_2_33 = requests('python-requests-2.33', 'Python requests before 2.34', endsLike);

/** The era of a version such as `2.28.1`. */
export function requestsDialectFor(version: string): 'python-requests' | 'python-requests-2.33' {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version.trim()) ?? [];
  return Number(major) * 1000 + Number(minor) < 2034 ? PYTHON_REQUESTS_2_33.id : PYTHON_REQUESTS.id;
}
