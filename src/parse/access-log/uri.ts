import { asciiOf, hostOf, percentDecoded, textOf } from './text.ts';

/** `error:` and the longest of Squid's words. */
const PSEUDO_LIMIT_BYTES = 80;
const COLON = 0x3a;
const SLASH = 0x2f;
const AT = 0x40;
const DASH = 0x2d;
const ASTERISK = 0x2a;
const QUESTION = 0x3f;
const HASH = 0x23;
const BACKSLASH = 0x5c;

/**
 * Finds the parts of a logged URL without making a string: a scheme, and the authority without user and password. Proxies log
 * an absolute URL, or `host:port` for CONNECT, or a word that Squid made up (`error:invalid-request`), or a dash or path.
 */
export class UriScanner {
  schemeEnd = 0;
  authority = 0;
  authorityEnd = 0;
  pseudo = false;

  /** All offsets are in `bytes`. An empty authority: the URL names no host. */
  scan(bytes: Uint8Array, from: number, end: number): void {
    let at = from;
    let byte = 0;
    while (at < end && (byte = bytes[at] ?? 0) !== COLON && byte !== SLASH && byte !== AT) at += 1;
    this.schemeEnd = from;
    this.authority = from;
    this.pseudo = false;
    if (byte === COLON && at < end) {
      const next = at + 1 < end ? bytes[at + 1] : 0;
      if (next === SLASH && bytes[at + 2] === SLASH && at + 2 < end) {
        this.schemeEnd = at;
        this.authority = at + 3;
        this.#authority(bytes, at + 3, end);
        return;
      }
      if (at - from === 5 && !isDigit(next) && asciiOf(bytes, from, at) === 'error') {
        this.pseudo = true;
        this.authorityEnd = Math.min(end, from + PSEUDO_LIMIT_BYTES);
        return;
      }
    }
    if (end - from === 1 && (bytes[from] === DASH || bytes[from] === ASTERISK)) this.authorityEnd = from;
    else this.#authority(bytes, at, end);
  }

  /** `from` is in the authority, which begins at `this.authority`. */
  #authority(bytes: Uint8Array, from: number, end: number): void {
    let at = from;
    for (; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === SLASH || byte === QUESTION || byte === HASH || byte === BACKSLASH) break;
      if (byte === AT) this.authority = at + 1;
    }
    this.authorityEnd = at;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

export interface Authority {
  readonly host: string | null;
  readonly port: number | null;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21, ws: 80, wss: 443 };

/** Host and port of an authority; the port of the scheme when none is given. Host null: it cannot be one. */
export function readAuthority(bytes: Uint8Array, scheme: string | null): Authority {
  const text = percentDecoded(textOf(bytes, 0, bytes.length));
  const [, name = '', digits] = /^(.*?)(?::(\d{0,5}))?$/s.exec(text) ?? [];
  // An address without brackets is what some clients write; its last group is no port.
  const whole = digits !== undefined && name.includes(':') && !name.endsWith(']');
  const host = hostOf(whole ? `${name}:${digits}` : name);
  const port = digits && !whole ? Number(digits) : (DEFAULT_PORTS[scheme ?? ''] ?? null);
  return { host, port: host === null || port === null || port > 65_535 ? null : port };
}

/** `error:invalid-request` and the like, without text that Squid did not choose; null for an authority. */
export function readPseudo(bytes: Uint8Array): string | null {
  const text = asciiOf(bytes, 0, Math.min(bytes.length, PSEUDO_LIMIT_BYTES));
  return /^error:(?!\d)[a-z-]*/.exec(text)?.[0] ?? null;
}

const PLEX_TV = Buffer.from('plex.tv');

/** Whether an authority is plex.tv or one of its subdomains, whatever its port and case. */
export function isPlexTv(bytes: Uint8Array, from: number, end: number): boolean {
  let stop = end;
  while (stop > from && isDigit(bytes[stop - 1])) stop -= 1;
  stop = stop > from && bytes[stop - 1] === COLON ? stop - 1 : end;
  if (stop > from && bytes[stop - 1] === 0x2e) stop -= 1;
  const start = stop - PLEX_TV.length;
  if (start < from || (start > from && bytes[start - 1] !== 0x2e)) return false;
  for (let i = 0; i < PLEX_TV.length; i += 1) {
    const byte = bytes[start + i] ?? 0;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 32 : byte) !== PLEX_TV[i]) return false;
  }
  return true;
}
