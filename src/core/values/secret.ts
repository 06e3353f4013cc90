import { inspect } from 'node:util';

const PROXY_DEFAULT_PORT: Readonly<Record<string, number>> = {
  // curl's default for http, socks4 and socks5 proxies alike: CURL_DEFAULT_PROXY_PORT, lib/url.c.
  http: 1080,
  https: 443,
  socks4: 1080,
  socks4a: 1080,
  socks5: 1080,
  socks5h: 1080,
};

export type ProxyScheme = 'http' | 'https' | 'socks4' | 'socks4a' | 'socks5' | 'socks5h' | 'pac';

export type ProxyUrlResult =
  | { readonly ok: true; readonly url: ProxyUrl }
  | { readonly ok: false; readonly problem: string };

/**
 * A proxy's address with its credentials. Every way of printing it (`toString`, `toJSON`, `inspect`, template strings)
 * is masked; {@link ProxyUrl.reveal} is called in one place, where the connection to the proxy is made.
 */
export class ProxyUrl {
  readonly scheme: ProxyScheme;
  /** Host without brackets. For a PAC address, the host it is fetched from ('' for files and data). */
  readonly host: string;
  readonly port: number;
  readonly hasCredentials: boolean;
  /** The value as set, credentials masked. */
  readonly masked: string;
  readonly #full: string;

  private constructor(scheme: ProxyScheme, host: string, port: number, full: string, hasCredentials: boolean) {
    this.scheme = scheme;
    this.host = host;
    this.port = port;
    this.hasCredentials = hasCredentials;
    this.#full = full;
    this.masked = maskUserinfo(full);
  }

  /**
   * Reads a proxy address as libcurl does: without a scheme it is `http://`, without a port 1080 (443 for https),
   * `socks://` means SOCKS4 (curl lib/url.c, parse_proxy). `pac+http:`, `pac+https:`, `pac+file:` and `pac+data:` are ours.
   * The problem text never repeats the value: it may hold a password.
   */
  static parse(value: string): ProxyUrlResult {
    const text = value.trim();
    if (text === '') return { ok: false, problem: 'the value is empty' };
    if (/^pac\+/i.test(text))
      return parsePac(text, (host, port, full, cred) => new ProxyUrl('pac', host, port, full, cred));
    const schemed = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
    const scheme = schemed?.[1]?.toLowerCase() ?? 'http';
    const canonical = scheme === 'socks' ? 'socks4' : scheme;
    const rest = schemed ? text.slice(schemed[0].length) : text;
    const defaultPort = PROXY_DEFAULT_PORT[canonical];
    if (defaultPort === undefined) {
      return {
        ok: false,
        problem: `unknown proxy scheme "${scheme}" (expected http, https, socks4, socks4a, socks5, socks5h or pac+…)`,
      };
    }
    const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
    // libcurl would end the host here, and a part of the password would be taken for the host and port.
    if (rest.includes('@', authority.length))
      return { ok: false, problem: 'a "/", "?" or "#" stands before an "@": in a password, write %2F, %3F or %23' };
    const at = authority.lastIndexOf('@');
    const userinfo = at >= 0 ? authority.slice(0, at) : '';
    const hostport = authority.slice(at + 1);
    const parts = /^(\[[0-9a-f:.]+(?:%[\w.~-]+)?\]|[^:[\]\s]+)(?::(\d+))?$/i.exec(hostport);
    if (!parts?.[1])
      return { ok: false, problem: 'it has no readable host (expected [scheme://][user:password@]host[:port])' };
    const port = parts[2] === undefined ? defaultPort : Number(parts[2]);
    if (port < 1 || port > 65_535)
      return { ok: false, problem: `port ${parts[2]} is out of range (expected 1 to 65535)` };
    const host = parts[1].replace(/^\[|\]$/g, '');
    const full = `${canonical}://${userinfo === '' ? '' : `${encodeUserinfo(userinfo)}@`}${parts[1]}:${port}`;
    return { ok: true, url: new ProxyUrl(asScheme(canonical), host, port, full, userinfo !== '') };
  }

  /** The full address, credentials included. Only for opening a connection to the proxy. */
  reveal(): string {
    return this.#full;
  }

  /** User name and password, percent-decoded; null without any. Only for what is sent to the proxy itself. */
  credentials(): { readonly username: string; readonly password: string } | null {
    if (!this.hasCredentials) return null;
    const userinfo = /^[a-z0-9+.-]+:\/\/([^/]*)@/i.exec(this.#full)?.[1] ?? '';
    const [username = '', ...password] = userinfo.split(':');
    return { username: percentDecoded(username), password: percentDecoded(password.join(':')) };
  }

  toString(): string {
    return this.masked;
  }
  toJSON(): string {
    return this.masked;
  }
  [inspect.custom](): string {
    return `ProxyUrl(${this.masked})`;
  }
}

/** A stray per cent sign is meant literally, as in libcurl's Curl_urldecode. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asScheme(scheme: string): ProxyScheme {
  switch (scheme) {
    case 'https':
    case 'socks4':
    case 'socks4a':
    case 'socks5':
    case 'socks5h':
      return scheme;
    default:
      return 'http';
  }
}

/** Characters that URL parsers would cut a password at are percent-encoded; what is encoded already stays. */
function encodeUserinfo(userinfo: string): string {
  // Half a surrogate pair, which encodeURIComponent throws at, becomes U+FFFD.
  return userinfo.replace(/[^\w.~!$&'()*+,;=:%-]/gu, (c) => encodeURIComponent(Buffer.from(c).toString()));
}

function parsePac(
  text: string,
  make: (host: string, port: number, full: string, credentials: boolean) => ProxyUrl,
): ProxyUrlResult {
  try {
    const url = new URL(text.slice('pac+'.length));
    if (!/^(https?|file|data):$/.test(url.protocol)) {
      return {
        ok: false,
        problem: `a PAC file cannot be fetched by "${url.protocol}" (expected pac+http, pac+https, pac+file or pac+data)`,
      };
    }
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    return {
      ok: true,
      url: make(url.hostname.replace(/^\[|\]$/g, ''), port, text, url.username !== '' || url.password !== ''),
    };
  } catch {
    return { ok: false, problem: 'the address of the PAC file is not a URL' };
  }
}

/**
 * Masks the user information of one proxy value in every spelling (with or without scheme, `@`, `/` or `#` inside the
 * password), so that what decides about routes stays readable: `http://***@proxy:3128`. Masks too much rather than too little;
 * only a further `@` is kept (`***@***@proxy`), because some clients refuse a value for it.
 */
export function maskUserinfo(value: string): string {
  const at = value.lastIndexOf('@');
  if (at < 0) return value;
  const scheme = /^\s*(?:pac\+)?[a-z][a-z0-9+.-]*:\/\//i.exec(value)?.[0] ?? '';
  const userinfo = value
    .slice(scheme.length, at)
    .split('@')
    .map(() => '***')
    .join('@');
  return `${scheme}${userinfo}${value.slice(at)}`;
}

/** Tokens of Plex have twenty characters, JWTs some hundreds. */
const TOKEN_MAX_CHARS = 4_096;

/**
 * The token that identifies this tool to PMS. Every way of printing it is masked; {@link Token.reveal} is called in one place, where the header of
 * a request to PMS is made.
 */
export class Token {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
  }

  /** The token in a text that holds nothing else; null for what cannot stand in a header (RFC 9110 section 5.5) or is none. */
  static parse(text: string): Token | null {
    const value = text.trim();
    return /^[\x21-\x7e]+$/.test(value) && value.length <= TOKEN_MAX_CHARS ? new Token(value) : null;
  }

  /** The token itself. Only for the header of a request to PMS. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }
  toJSON(): string {
    return '***';
  }
  [inspect.custom](): string {
    return 'Token(***)';
  }
}
