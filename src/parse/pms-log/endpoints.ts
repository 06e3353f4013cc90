import { startsWith } from './bytes.ts';

/** An authority longer than this is none: a DNS name has 253 characters at most. */
const AUTHORITY_LIMIT_BYTES = 300;
const CACHE_LIMIT = 4_096;

const SCHEMES: readonly (readonly [Buffer, 'https' | 'http'])[] = [
  [Buffer.from('https://'), 'https'],
  [Buffer.from('http://'), 'http'],
  [Buffer.from('wss://'), 'https'],
  [Buffer.from('ws://'), 'http'],
];

/** `/ ? # space " '` and the bracket that closes a URL in prose. */
const ENDS_AUTHORITY = new Set([0x2f, 0x3f, 0x23, 0x20, 0x22, 0x27, 0x29]);
const SPACE = 0x20;
const QUOTE = 0x27;
const AT = 0x40;

export interface Endpoint {
  readonly key: string;
  readonly scheme: 'https' | 'http';
  readonly host: string;
  readonly port: number;
}

/** Finds the endpoint of a URL in a line. Of the URL nothing but scheme, host and port is kept. */
export class EndpointReader {
  /** Behind the URL that the last `read` found. */
  urlEnd = 0;
  readonly #known = new Map<string, Endpoint>();

  /** Null when there is no URL at `start`, or, in a line that is not whole, when its authority may be cut. */
  read(bytes: Buffer, start: number, end: number, whole: boolean): Endpoint | null {
    const found = SCHEMES.find(([text]) => startsWith(bytes, start, end, text));
    if (found === undefined) return null;
    const [text, scheme] = found;
    const authority = start + text.length;
    const limit = Math.min(end, authority + AUTHORITY_LIMIT_BYTES);
    let at = authority;
    let hostStart = authority;
    for (; at < limit && !ENDS_AUTHORITY.has(bytes[at] ?? 0); at += 1) if (bytes[at] === AT) hostStart = at + 1;
    if (at === limit && (at < end || !whole)) return null;
    this.urlEnd = at;
    while (this.urlEnd < end && bytes[this.urlEnd] !== SPACE && bytes[this.urlEnd] !== QUOTE) this.urlEnd += 1;
    return this.#endpoint(scheme, bytes.toString('latin1', hostStart, at));
  }

  #endpoint(scheme: 'https' | 'http', authority: string): Endpoint | null {
    const cacheKey = `${scheme} ${authority}`;
    const known = this.#known.get(cacheKey);
    if (known !== undefined) return known;
    const endpoint = endpointOf(scheme, authority);
    if (endpoint === null) return null;
    if (this.#known.size >= CACHE_LIMIT) this.#known.clear();
    this.#known.set(cacheKey, endpoint);
    return endpoint;
  }
}

function endpointOf(scheme: 'https' | 'http', authority: string): Endpoint | null {
  const parts = /^(?:\[([\da-fA-F:.]{2,45})\]|([\w.-]{1,253}))(?::(\d{1,5}))?$/.exec(authority);
  if (!parts) return null;
  const host = (parts[1] ?? parts[2] ?? '').toLowerCase();
  const standardPort = scheme === 'https' ? 443 : 80;
  const port = parts[3] === undefined ? standardPort : Number(parts[3]);
  if (port < 1 || port > 65_535) return null;
  return { key: `${scheme}://${host} ${port}`, scheme, host, port };
}
