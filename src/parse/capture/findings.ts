import type { ClientHello, ServerName } from '../client-hello/index.ts';

export type CaptureProtocol =
  | 'tls'
  | 'http'
  | 'http-proxy'
  | 'socks'
  | 'quic'
  | 'dns'
  | 'ntp'
  | 'ssdp'
  | 'gdm'
  | 'nat-pmp'
  | 'mdns'
  | 'dtls'
  | 'ssh';

/** A client's request to a proxy or a plain HTTP server: host and port only, no path, no credentials. */
export interface CaptureRequest {
  readonly form: 'connect' | 'absolute' | 'origin' | 'socks4' | 'socks5';
  /** null for SOCKS. */
  readonly method: string | null;
  /** In lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Of the latest answer: an HTTP status, or the reply code of SOCKS (5: 0 is success; 4: 90 is). */
  readonly status: number | null;
  readonly count: number;
}

type Request = { -readonly [K in keyof CaptureRequest]: CaptureRequest[K] };

/** Hosts that are kept of one connection. A keep-alive connection to a proxy serves some; a crawler's may serve thousands. */
const REQUESTS_LIMIT = 64;
/** Requests whose answers are outstanding on one connection (pipelining). */
const AWAITING_LIMIT = 64;
/** Hellos kept of one connection: one, two with a HelloRetryRequest, more only where something multiplexes. */
const HELLOS_LIMIT = 8;

/** Different lists that are kept once for all hellos. */
const POOL_LIMIT = 256;

/** Lists that many hellos have alike, kept once: the same clients connect again and again. */
export class HelloPool {
  readonly #alpn = new Map<string, readonly string[]>();
  readonly #versions = new Map<string, readonly number[]>();

  share(hello: ClientHello): ClientHello {
    return { ...hello, alpn: pooled(this.#alpn, hello.alpn), versions: pooled(this.#versions, hello.versions) };
  }
}

function pooled<T>(pool: Map<string, readonly T[]>, list: readonly T[]): readonly T[] {
  const key = list.join('\n');
  const known = pool.get(key);
  if (!known && pool.size < POOL_LIMIT) pool.set(key, list);
  return known ?? list;
}

function isSameName(a: ServerName, b: ServerName): boolean {
  return a.kind === b.kind && (a.kind !== 'name' || b.kind !== 'name' || a.name === b.name);
}

/** Facts from the payload of one connection. Direction 0 is that of the first packet seen. */
export class Findings {
  protocol: CaptureProtocol | null = null;
  readonly hellos: ClientHello[] = [];
  readonly requests: Request[] = [];
  unreadableHello: { readonly offset: number; readonly rule: string } | null = null;
  /** The direction of the client, when the payload tells. */
  clientDirection: 0 | 1 | null = null;
  /** Whether the server's hellos asked for another one (HelloRetryRequest), and whether one accepted. */
  retried = false;
  settled = false;
  #news = false;
  /** Hellos that were known when the search was taken up again, and how often it was. */
  #known = 0;
  #resumed = 0;
  readonly #pool: HelloPool;
  readonly #awaiting: Request[] = [];
  readonly #quicIds: string[] = [];

  constructor(pool: HelloPool) {
    this.#pool = pool;
  }

  /** Whether a hello, a request or an answer came since this was asked last. */
  takeNews(): boolean {
    const news = this.#news;
    this.#news = false;
    return news;
  }

  /** Takes the search up again for a hello that came when it was over. Returns whether that may be done once more. */
  resume(): boolean {
    if (this.#resumed >= HELLOS_LIMIT) return false;
    this.#resumed += 1;
    this.#known = this.hellos.length;
    this.settled = false;
    this.retried = false;
    return true;
  }

  addHello(hello: ClientHello, direction: 0 | 1): void {
    // One of a name that is known, behind the end of the search, is a repeated segment.
    if (this.#resumed > 0 && this.hellos.some((known) => isSameName(known.serverName, hello.serverName))) return;
    this.#news = true;
    if (this.hellos.length < HELLOS_LIMIT) this.hellos.push(this.#pool.share(hello));
    this.clientDirection ??= direction;
    this.protocol ??= hello.framing === 'quic' ? 'quic' : 'tls';
  }

  addUnreadable(offset: number, rule: string): void {
    this.#news = true;
    this.unreadableHello ??= { offset, rule };
    this.protocol ??= 'tls';
  }

  addRequest(form: CaptureRequest['form'], method: string | null, host: string, port: number, direction: 0 | 1): void {
    this.clientDirection ??= direction;
    if (form === 'socks4' || form === 'socks5') this.protocol = 'socks';
    else if (form !== 'origin') this.protocol = 'http-proxy';
    else this.protocol ??= 'http';
    let request = this.requests.find((one) => one.host === host && one.port === port && one.form === form);
    if (!request) {
      request = { form, method, host, port, status: null, count: 0 };
      if (this.requests.length < REQUESTS_LIMIT) this.requests.push(request);
    }
    request.count += 1;
    this.#news = true;
    if (this.#awaiting.length < AWAITING_LIMIT) this.#awaiting.push(request);
  }

  /** The destination id of a QUIC packet that completed a hello: the same packet may come again. */
  addQuicId(id: string): void {
    if (this.#quicIds.length < HELLOS_LIMIT) this.#quicIds.push(id);
  }

  /** Whether this hello is known; when there are too many to be kept, all are. */
  knowsQuicId(id: string): boolean {
    return this.#quicIds.length >= HELLOS_LIMIT || this.#quicIds.includes(id);
  }

  /** A final answer: to the oldest request that has none. */
  addStatus(status: number): void {
    const request = this.#awaiting.shift();
    if (!request) return;
    request.status = status;
    this.#news = true;
  }

  /** Whether all hellos are known: what follows is encrypted. */
  get isOver(): boolean {
    return this.settled && this.hellos.length - this.#known >= (this.retried ? 2 : 1);
  }

  get awaitsSocks(): 'socks4' | 'socks5' | null {
    const form = this.#awaiting[0]?.form;
    return form === 'socks4' || form === 'socks5' ? form : null;
  }

  /** Whether more requests may follow on this connection that are not hidden in a tunnel. */
  get asksOn(): boolean {
    const form = this.requests[0]?.form;
    return form === 'absolute' || form === 'origin';
  }
}
