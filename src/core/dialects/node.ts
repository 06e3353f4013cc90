import { parseIPv4 } from '../values/address.ts';
import {
  authorityOf,
  decided,
  DEFAULT_PORT,
  excluded,
  firstFilled,
  firstSet,
  refused,
  unreadable,
  UNSET,
  urlOf,
  withPlaceholderCredentials,
  type Reading,
  type Setting,
} from './decision.ts';
import { defineDialect, type Decision, type Target } from './dialect.ts';
import type { Variables } from '../values/variables.ts';
import { parseUrl } from '../values/url.ts';

type Scheme = Target['scheme'];
const SCHEMES = ['http', 'https'] as const;

/** User name and password are decoded for the header, and stray per cent signs make decodeURIComponent throw. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

const MALFORMED = 'URIError: URI malformed';

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

// ── undici's EnvHttpProxyAgent ─────────────────────────────────────────────────────────────────────────────────────────

/** What ProxyAgent makes of its address (lib/dispatcher/proxy-agent.js): http and https pool, socks5 tunnel, or a throw. */
function readUndiciProxy(masked: string): Reading {
  const url = parseUrl(withPlaceholderCredentials(masked));
  if (!url) return unreadable('TypeError: Invalid URL');
  const scheme = url.protocol.slice(0, -1);
  const isSocks = scheme === 'socks5' || scheme === 'socks';
  if (!isSocks && scheme !== 'http' && scheme !== 'https') {
    return unreadable('InvalidArgumentError: Invalid URL protocol: the URL must start with `http:` or `https:`.');
  }
  // Its pool wants a bare origin (parseOrigin in lib/core/util.js).
  if (!isSocks && `${url.pathname}${url.search}${url.hash}` !== '/')
    return unreadable('InvalidArgumentError: invalid url');
  if (url.username !== '' && url.password !== '' && !isDecodable(url)) return unreadable(MALFORMED);
  const defaultPort = scheme === 'http' || scheme === 'https' ? DEFAULT_PORT[scheme] : 1080;
  const port = Number(url.port) || defaultPort;
  const hasCredentials = url.username !== '' || url.password !== '';
  // A SOCKS address of one slash has no host, and no host means this one; it is resolved with the brackets on.
  const host = isSocks ? url.hostname || 'localhost' : bare(url.hostname);
  // It leaves the names of targets to a SOCKS server.
  return { ok: true, address: { scheme: isSocks ? 'socks5h' : scheme, host, port, hasCredentials } };
}

/** A lower-case variable that is set, even to nothing, hides the upper-case one (`??`). */
function undiciSetting(variables: Variables, scheme: Scheme): Setting | null {
  const setting = firstSet(variables, [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`]);
  return setting?.value ? setting : null;
}

/** The agent builds both of its proxy agents at once, so that one bad value breaks every request. */
function undiciRefusal(variables: Variables): Decision | null {
  for (const scheme of SCHEMES) {
    const setting = undiciSetting(variables, scheme);
    const reading = setting && readUndiciProxy(setting.value);
    if (setting && reading && !reading.ok) return refused(setting, reading.error);
  }
  return null;
}

function undiciBypass(target: URL, port: number, list: string): string | null {
  const entries = list.split(/[,\s]/).filter((entry) => entry !== '');
  if (entries.length === 0) return null;
  if (list === '*') return '*';
  const host = target.host.replace(/:\d*$/, '').toLowerCase();
  const matching = entries.find((entry) => {
    const parts = /^(.+):(\d+)$/.exec(entry);
    const name = (parts?.[1] ?? entry).replace(/^\*?\./, '').toLowerCase();
    const entryPort = Number.parseInt(parts?.[2] ?? '0', 10);
    return (entryPort === 0 || entryPort === port) && (host === name || host.endsWith(`.${name}`));
  });
  return matching ?? null;
}

/** `fetch` through undici 7's EnvHttpProxyAgent: Node 20, 22 and 24 when it is installed as dispatcher or the flag is set. */
export const NODE_FETCH = defineDialect({
  id: 'node-fetch',
  client: 'node-fetch',
  title: 'Node fetch (undici)',
  reads: 'proxy-variables',
  // `proxyTunnel` of ProxyAgent is true unless a program says otherwise.
  tunnels: 'everything',
  decide(variables, target) {
    const refusal = undiciRefusal(variables);
    if (refusal) return refusal;
    // https falls back to http's proxy; the empty string counts as no value of its own.
    const setting =
      undiciSetting(variables, target.scheme) ?? (target.scheme === 'https' ? undiciSetting(variables, 'http') : null);
    if (!setting) return UNSET;
    const url = parseUrl(urlOf(target));
    if (!url) return refused(setting, 'TypeError: Failed to parse URL');
    const list = firstSet(variables, ['no_proxy', 'NO_PROXY']);
    const entry = list && undiciBypass(url, target.port, list.value);
    return list && entry !== null ? excluded(list, entry) : decided(setting, readUndiciProxy(setting.value));
  },
});

// ── node:http and node:https ───────────────────────────────────────────────────────────────────────────────────────────

/** parseProxyConfigFromEnv in lib/internal/http.js: other schemes are left to the program, without a word. */
function readNodeProxy(masked: string): Reading | null {
  const value = withPlaceholderCredentials(masked);
  if (/[\r\n]/.test(value)) return unreadable('ERR_PROXY_INVALID_CONFIG: Invalid proxy URL');
  if (!/^https?:\/\//.test(value)) return null;
  const url = parseUrl(value);
  if (!url) return unreadable('ERR_PROXY_INVALID_CONFIG: Invalid proxy URL');
  if (!isDecodable(url)) return unreadable(MALFORMED);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const hasCredentials = url.username !== '' || url.password !== '';
  const port = url.port === '' ? DEFAULT_PORT[scheme] : Number(url.port);
  return { ok: true, address: { scheme, host: bare(url.hostname), port, hasCredentials } };
}

function nodeSetting(variables: Variables, scheme: Scheme): Setting | null {
  return firstFilled(variables, [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`]);
}

/** node:https builds its agent only where a program loads it; node:http's is always built. */
function nodeRefusal(variables: Variables, target: Scheme): Decision | null {
  for (const scheme of new Set<Scheme>(['http', target])) {
    const setting = nodeSetting(variables, scheme);
    const reading = setting && readNodeProxy(setting.value);
    if (setting && reading && !reading.ok) return refused(setting, reading.error);
  }
  return null;
}

function nodeBypass(host: string, port: number, list: string): string | null {
  return (
    list
      .split(',')
      .find((raw) => {
        const entry = raw.trim().toLowerCase();
        if (entry === '*' || entry === host || entry === `${host}:${port}`) return true;
        if (entry.startsWith('.') && (host === entry.slice(1) || host.endsWith(entry))) return true;
        if (entry.startsWith('*.') && host.endsWith(entry.slice(1))) return true;
        return inRange(host, entry);
      })
      ?.trim() ?? null
  );
}

/** `192.168.1.1-192.168.1.9`; parts beyond the second are ignored. */
function inRange(host: string, entry: string): boolean {
  const [from, to] = entry.split('-', 2).map((part) => parseIPv4(part.trim()));
  const address = parseIPv4(host);
  if (address === null || from === undefined || from === null || to === undefined || to === null) return false;
  return from <= address && address <= to;
}

/** Node 24's own http and https agents with NODE_USE_ENV_PROXY=1. */
export const NODE_HTTP = defineDialect({
  id: 'node-http',
  client: 'node-http',
  title: 'Node http (NODE_USE_ENV_PROXY=1)',
  reads: 'proxy-variables',
  decide(variables, target) {
    // Node builds undici's agent before the program's first line, then its own: what either refuses ends the process.
    const startup = undiciRefusal(variables) ?? nodeRefusal(variables, target.scheme);
    if (startup) return startup;
    const setting = nodeSetting(variables, target.scheme);
    const reading = setting && readNodeProxy(setting.value);
    if (!setting || !reading?.ok) return UNSET;
    const url = parseUrl(`${target.scheme}://${authorityOf(target)}/`);
    if (!url) return refused(setting, 'TypeError: Invalid URL');
    const list = firstFilled(variables, ['no_proxy', 'NO_PROXY']);
    const entry = list && nodeBypass(bare(url.hostname).toLowerCase(), target.port, list.value);
    return list && entry !== null ? excluded(list, entry) : decided(setting, reading);
  },
});
