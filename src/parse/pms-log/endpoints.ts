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

const SPACE = 0x20;
const QUOTE = 0x27;
const AT = 0x40;
/** 1 for `/ ? # space " '` and the bracket that closes a URL in prose. */
const ENDS_AUTHORITY = new Uint8Array(256);
for (const byte of Buffer.from('/?# "\')')) ENDS_AUTHORITY[byte] = 1;

export interface Endpoint {
  readonly key: string;
  readonly scheme: 'https' | 'http';
  readonly host: string;
  readonly port: number;
}

/** Finds the endpoint of a URL in a line. Of the URL nothing but scheme, host and port is kept. */
export class EndpointReader {
  readonly #known = { https: new Map<string, Endpoint>(), http: new Map<string, Endpoint>() };
  #authorityEnd = 0;

  /** Null when there is no URL at `start`, or, in a line that is not whole, when its authority may be cut. */
  read(bytes: Buffer, start: number, end: number, whole: boolean): Endpoint | null {
    for (const [text, scheme] of SCHEMES) {
      if (startsWith(bytes, start, end, text))
        return this.#readAuthority(scheme, bytes, start + text.length, end, whole);
    }
    return null;
  }

  /** Behind the URL that the last `read` found. */
  urlEnd(bytes: Buffer, end: number): number {
    let at = this.#authorityEnd;
    while (at < end && bytes[at] !== SPACE && bytes[at] !== QUOTE) at += 1;
    return at;
  }

  #readAuthority(scheme: 'https' | 'http', bytes: Buffer, start: number, end: number, whole: boolean): Endpoint | null {
    const limit = Math.min(end, start + AUTHORITY_LIMIT_BYTES);
    let host = start;
    let at = start;
    for (; at < limit && ENDS_AUTHORITY[bytes[at] ?? 0] === 0; at += 1) if (bytes[at] === AT) host = at + 1;
    if (at === limit && (at < end || !whole)) return null;
    this.#authorityEnd = at;
    return this.#endpoint(scheme, bytes.toString('latin1', host, at));
  }

  #endpoint(scheme: 'https' | 'http', authority: string): Endpoint | null {
    const cache = this.#known[scheme];
    const known = cache.get(authority);
    if (known !== undefined) return known;
    const endpoint = endpointOf(scheme, authority);
    if (endpoint === null) return null;
    if (cache.size >= CACHE_LIMIT) cache.clear();
    cache.set(authority, endpoint);
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
