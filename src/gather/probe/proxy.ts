import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { SocksClient } from 'socks';
import { familyOf } from '../../core/address.ts';
import { Deadline } from '../../core/deadline.ts';
import type { ProxyProbe } from '../../core/evidence.ts';
import type { ProxyUrl } from '../../core/secret.ts';
import { authSchemes, parseReplyHead, type ReplyHead } from '../../parse/http-connect.ts';
import type { NameResolver } from './resolve.ts';
import { StageClock } from './stages.ts';
import { dial, SocketSet, type TcpTarget } from './tcp.ts';
import type { Trust } from './trust.ts';
import { codeOf, failure, INTERRUPTED, waitFor, type StageFailure, type StageResult } from './wait.ts';
import { USER_AGENT } from './user-agent.ts';

/** RFC 2606 reserves `.invalid`: no resolver may know it, so the answer shows how this proxy reports its own DNS failure. */
export const INVALID_NAME = 'pms-proxy-doctor.invalid';

/** Addresses of one proxy that are tried in turn; a name with more is a pool, of which this many say enough. */
const MAX_ADDRESSES = 4;

/** RFC 1929 section 2. The `socks` library throws beyond it, where nobody can catch. */
const SOCKS_CREDENTIAL_MAX_BYTES = 255;

export interface ProxyContext {
  readonly resolver: NameResolver;
  readonly trust: Trust;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A connection to a proxy, ready for the request to it (TLS to the proxy is done when it wants that). */
export interface ProxyConnection {
  readonly socket: Socket;
}

/**
 * One proxy: resolved and connected to once, before any endpoint is blamed for its failures; then opened anew for each attempt.
 */
export class Proxy {
  readonly url: ProxyUrl;
  readonly #context: ProxyContext;
  readonly #from: string;
  #reached: Promise<{ readonly target: TcpTarget | null; readonly probe: ProxyProbe }> | null = null;
  #invalidName: Promise<Partial<ProxyProbe>> | null = null;

  constructor(url: ProxyUrl, from: string, context: ProxyContext) {
    this.url = url;
    this.#from = from;
    this.#context = context;
  }

  /** Resolves and connects once. What the endpoints' attempts wait for: as long as one connect, not as long as a silent proxy. */
  reach(): Promise<{ readonly target: TcpTarget | null; readonly probe: ProxyProbe }> {
    this.#reached ??= this.#reach();
    return this.#reached;
  }

  /** The whole probe: reached, and asked to CONNECT to a name that cannot exist. */
  async probe(): Promise<ProxyProbe> {
    const { target, probe } = await this.reach();
    if (target === null) return probe;
    this.#invalidName ??= this.#askInvalidName();
    return { ...probe, ...(await this.#invalidName) };
  }

  /** Opens a connection for one attempt. Failures are the proxy's: `proxy-unreachable`. */
  async open(sockets: SocketSet, deadline: Deadline): Promise<StageResult<ProxyConnection>> {
    const { target, probe } = await this.reach();
    if (target === null) {
      const failedStage = probe.stages.at(-1)?.stage ?? 'tcp';
      return { ...failure(probe.outcome, probe.code ?? 'PROXY', probe.detail), stage: failedStage };
    }
    const dialled = await dial(target, sockets, deadline, this.#context.signal);
    if (!dialled.ok) return asProxyFailure(dialled);
    return this.url.scheme === 'https'
      ? this.#secure(dialled.value, sockets, deadline)
      : { ok: true, value: { socket: dialled.value } };
  }

  /** `Proxy-Authorization` for requests to an HTTP proxy (RFC 9110 section 11.7.2, RFC 7617); empty without credentials. */
  authorization(): Readonly<Record<string, string>> {
    if (!this.url.hasCredentials) return {};
    const { username, password } = this.#credentials();
    return { 'proxy-authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  }

  /** Has the proxy open a way to a host: CONNECT, or the SOCKS request. The socket carries the endpoint's bytes from then on. */
  tunnel(socket: Socket, host: string, port: number, deadline: Deadline): Promise<StageResult<Socket>> {
    return this.url.scheme === 'http' || this.url.scheme === 'https'
      ? this.#connect(socket, host, port, deadline)
      : this.#socks(socket, host, port, deadline);
  }

  async #reach(): Promise<{ readonly target: TcpTarget | null; readonly probe: ProxyProbe }> {
    const clock = new StageClock();
    const deadline = Deadline.after(this.#context.timeoutMs);
    const resolved = await clock.run('dns', () => this.#resolve(deadline));
    const addresses = resolved.ok ? resolved.value : [];
    let last: StageFailure | null = resolved.ok ? null : resolved;
    let target: TcpTarget | null = null;
    if (resolved.ok) {
      const connected = await clock.run('tcp', () =>
        this.#firstThatAnswers(
          addresses.map((a) => a.address),
          deadline,
        ),
      );
      if (connected.ok) target = connected.value;
      else last = asProxyFailure(connected);
    }
    const probe: ProxyProbe = {
      url: this.url.masked,
      scheme: this.url.scheme,
      host: this.url.host,
      port: this.url.port,
      from: this.#from,
      addresses,
      outcome: last?.outcome ?? 'ok',
      code: last?.code ?? null,
      detail: last?.detail ?? null,
      stages: clock.records,
      invalidName: null,
      authSchemes: [],
      software: null,
    };
    return { target, probe };
  }

  async #resolve(deadline: Deadline): Promise<StageResult<ProxyProbe['addresses']>> {
    const { resolver } = this.#context;
    const both = await Promise.all(([4, 6] as const).map((family) => resolver.lookup(this.url.host, family, deadline)));
    const addresses = both.flatMap((lookup) => lookup.addresses);
    if (addresses.length > 0) return { ok: true, value: addresses.slice(0, MAX_ADDRESSES) };
    if (this.#context.signal.aborted) return INTERRUPTED;
    const code = both.find((l) => l.code !== 'ENODATA')?.code ?? 'ENODATA';
    return failure('proxy-unreachable', code, "the proxy's own name does not resolve here");
  }

  /** Addresses in turn, each with an equal share of the time that is left: a dead one must not eat the next one's. */
  async #firstThatAnswers(addresses: readonly string[], deadline: Deadline): Promise<StageResult<TcpTarget>> {
    let last: StageFailure = failure('proxy-unreachable', 'ENODATA');
    for (const [index, address] of addresses.entries()) {
      const sockets = new SocketSet();
      const target: TcpTarget = { address, port: this.url.port, family: familyOf(address) ?? 4 };
      const share = deadline.capped(deadline.leftMs() / (addresses.length - index));
      const dialled = await dial(target, sockets, share, this.#context.signal);
      await sockets.destroyAll();
      if (dialled.ok) return { ok: true, value: target };
      last = dialled;
    }
    return last;
  }

  async #askInvalidName(): Promise<Partial<ProxyProbe>> {
    const sockets = new SocketSet();
    const deadline = Deadline.after(this.#context.timeoutMs);
    try {
      const opened = await this.open(sockets, deadline);
      if (!opened.ok) return { outcome: opened.outcome, code: opened.code, detail: opened.detail };
      if (this.url.scheme !== 'http' && this.url.scheme !== 'https') {
        const answer = await this.#socks(opened.value.socket, INVALID_NAME, 443, deadline);
        if (answer.ok) return { invalidName: { status: null, error: 'accepted' } };
        return isAboutTarget(answer)
          ? { invalidName: { status: null, error: answer.code } }
          : {
              outcome: answer.outcome,
              code: answer.code,
              detail: answer.detail,
              authSchemes: answer.authSchemes ?? [],
            };
      }
      const head = await this.#exchangeConnect(opened.value.socket, INVALID_NAME, 443, deadline);
      if (!head.ok) return { outcome: head.outcome, code: head.code, detail: head.detail };
      return describeReply(head.value);
    } finally {
      await sockets.destroyAll();
    }
  }

  async #secure(socket: Socket, sockets: SocketSet, deadline: Deadline): Promise<StageResult<ProxyConnection>> {
    const tls = sockets.add(
      connectTls({
        socket,
        host: this.url.host,
        servername: familyOf(this.url.host) === null ? this.url.host : '',
        secureContext: this.#context.trust.context,
        ALPNProtocols: ['http/1.1'],
        // Explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED has no say.
        rejectUnauthorized: true,
      }),
    );
    const late = failure('proxy-silent', 'PROXY_TLS_TIMEOUT', 'the proxy did not answer the TLS handshake');
    return waitFor<ProxyConnection>(deadline, this.#context.signal, late, (done) => {
      const onSecure = (): void => done({ ok: true, value: { socket: tls } });
      const onError = (error: Error): void =>
        done(failure('proxy-unreachable', codeOf(error).slice(0, 80), 'TLS to the proxy itself failed'));
      const onClose = (): void =>
        done(failure('proxy-unreachable', 'CLOSED', 'the proxy closed during the TLS handshake'));
      tls.once('secureConnect', onSecure).once('error', onError).once('close', onClose);
      return () => tls.off('secureConnect', onSecure).off('error', onError).off('close', onClose);
    });
  }

  async #connect(socket: Socket, host: string, port: number, deadline: Deadline): Promise<StageResult<Socket>> {
    const reply = await this.#exchangeConnect(socket, host, port, deadline);
    if (!reply.ok) return reply;
    const { head, rest } = reply.value;
    // RFC 9110 section 9.3.6: any 2xx switches to the tunnel.
    if (head.status >= 200 && head.status < 300) {
      if (rest === 0) return { ok: true, value: socket, detail: `CONNECT ${head.status}` };
      // A TLS server never speaks first: what follows the reply is not the endpoint's.
      const early = `${rest} bytes followed the reply to CONNECT before anything was sent`;
      return { ...failure('tls-failed', 'BYTES_BEFORE_HANDSHAKE', early), stage: 'tls' };
    }
    return refusal(head.status, head.headers);
  }

  /** Sends CONNECT as libcurl does and reads the head of the reply. */
  #exchangeConnect(socket: Socket, host: string, port: number, deadline: Deadline): Promise<StageResult<ConnectReply>> {
    const authority = `${familyOf(host) === 6 ? `[${host}]` : host}:${port}`;
    const headers = {
      host: authority,
      ...this.authorization(),
      'user-agent': USER_AGENT,
      'proxy-connection': 'Keep-Alive',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const late = failure(
      'proxy-silent',
      'PROXY_TIMEOUT',
      'the proxy accepted the connection and did not answer CONNECT',
    );
    let received = Buffer.alloc(0);
    return waitFor<ConnectReply>(deadline, this.#context.signal, late, (done) => {
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        const head = parseReplyHead(received);
        switch (head.kind) {
          case 'need-more':
            return;
          case 'malformed':
            return done(
              failure(
                'proxy-error',
                'NOT_HTTP',
                `the reply to CONNECT is not HTTP: ${head.rule} (offset ${head.offset})`,
              ),
            );
          case 'complete':
            socket.pause();
            return done({ ok: true, value: { head, rest: received.length - head.end } });
        }
      };
      const onError = (error: Error): void =>
        done(failure('proxy-error', codeOf(error), 'the proxy reset the connection instead of answering CONNECT'));
      const onEnd = (): void =>
        done(failure('proxy-error', 'CLOSED', 'the proxy closed the connection instead of answering CONNECT'));
      socket.on('data', onData).once('error', onError).once('end', onEnd).once('close', onEnd);
      socket.write(`CONNECT ${authority} HTTP/1.1\r\n${lines.join('')}\r\n`);
      return () => socket.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd);
    }).then((result) =>
      // Some bytes and then nothing is not silence: it is an answer that never became HTTP.
      !result.ok && result.code === late.code && received.length > 0
        ? failure('proxy-error', 'REPLY_INCOMPLETE', `the reply to CONNECT stopped after ${received.length} bytes`)
        : result,
    );
  }

  async #socks(socket: Socket, host: string, port: number, deadline: Deadline): Promise<StageResult<Socket>> {
    const { scheme } = this.url;
    let destination = host;
    // socks4 and socks5 resolve here, socks4a and socks5h at the proxy (curl CURLOPT_PROXYTYPE).
    if (scheme === 'socks4' || scheme === 'socks5') {
      const lookups = await Promise.all(
        ([4, 6] as const).map((family) => this.#context.resolver.lookup(host, family, deadline)),
      );
      const address = lookups.flatMap((l) => l.addresses)[0]?.address;
      if (address === undefined) {
        if (this.#context.signal.aborted) return INTERRUPTED;
        const code = lookups[0]?.code ?? 'ENODATA';
        return { ...failure('unresolved', code, `${scheme} resolves names on this side`), stage: 'dns' };
      }
      destination = address;
    }
    const { username, password } = this.#credentials();
    if ([username, password].some((text) => Buffer.byteLength(text) > SOCKS_CREDENTIAL_MAX_BYTES)) {
      return failure('proxy-auth', 'SOCKS_CREDENTIALS_TOO_LONG', 'SOCKS5 has no room for this user name or password');
    }
    const proxy = {
      host: this.url.host,
      port: this.url.port,
      type: scheme === 'socks4' || scheme === 'socks4a' ? (4 as const) : (5 as const),
      ...(this.url.hasCredentials ? { userId: username, password } : {}),
    };
    const late = failure(
      'proxy-silent',
      'PROXY_TIMEOUT',
      'the SOCKS server accepted the connection and did not answer',
    );
    return waitFor<Socket>(deadline, this.#context.signal, late, (done) => {
      SocksClient.createConnection({
        proxy,
        command: 'connect',
        destination: { host: destination, port },
        existing_socket: socket,
        // Ours ends first; theirs only makes sure that nothing outlives it.
        timeout: Math.max(1, Math.ceil(deadline.leftMs()) + 50),
      }).then(
        () => done({ ok: true, value: socket, detail: scheme }),
        (error: unknown) => done(classifySocks(error)),
      );
      return () => undefined;
    });
  }

  #credentials(): { readonly username: string; readonly password: string } {
    const userinfo = /^[a-z0-9+.-]+:\/\/([^/]*)@/i.exec(this.url.reveal())?.[1] ?? '';
    const colon = userinfo.indexOf(':');
    const [username, password] = colon < 0 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
    return { username: decode(username), password: decode(password) };
  }
}

interface ConnectReply {
  readonly head: Extract<ReplyHead, { kind: 'complete' }>;
  /** Bytes that came after the head. */
  readonly rest: number;
}

/** A stray per cent sign is meant literally, as in libcurl's Curl_urldecode. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A connect failure towards the proxy is never the endpoint's. */
function asProxyFailure(raised: StageFailure): StageFailure {
  return raised.outcome === 'not-run' ? raised : { ...raised, outcome: 'proxy-unreachable' };
}

/** What a proxy's status other than 2xx means. Squid says more in `X-Squid-Error` ("ERR_DNS_FAIL 0"). */
export function refusal(status: number, headers: ReadonlyMap<string, readonly string[]>): StageFailure {
  const squid = headers.get('x-squid-error')?.[0]?.split(' ')[0];
  const code = squid ?? `HTTP_${status}`;
  const said = `the proxy answered ${status}${squid ? ` (${squid})` : ''}`;
  if (status === 407) {
    const schemes = authSchemes(headers.get('proxy-authenticate') ?? []);
    return { ...failure('proxy-auth', code, said), status, authSchemes: schemes };
  }
  return { ...failure(status === 403 ? 'denied' : 'proxy-error', code, said), status };
}

function describeReply({ head }: ConnectReply): Partial<ProxyProbe> {
  const squid = head.headers.get('x-squid-error')?.[0]?.split(' ')[0] ?? null;
  const software =
    head.headers.get('server')?.[0] ?? head.headers.get('proxy-agent')?.[0] ?? head.headers.get('via')?.[0] ?? null;
  const common = { invalidName: { status: head.status, error: squid }, software };
  if (head.status !== 407) return common;
  const { outcome, code, detail, authSchemes: schemes = [] } = refusal(head.status, head.headers);
  return { ...common, outcome, code, detail, authSchemes: schemes };
}

/** Reply codes of RFC 1928 section 6 and the SOCKS4 protocol, by the words of the `socks` library. */
function classifySocks(error: unknown): StageFailure {
  const message = error instanceof Error ? error.message : String(error);
  // The library prints "undefined" for a code that the protocol does not know.
  const word = /rejected connection.* - \(?(?!undefined)(\w+)/i.exec(message)?.[1] ?? '';
  if (/NotAllowed/i.test(word)) return failure('denied', 'SOCKS_NOT_ALLOWED', message);
  if (/authentication/i.test(message) || /no accepted authentication/i.test(message)) {
    return { ...failure('proxy-auth', 'SOCKS_AUTH', message), authSchemes: ['username/password'] };
  }
  if (word !== '')
    return failure('proxy-error', `SOCKS_${word.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`, message);
  if (/closed/i.test(message))
    return failure('proxy-error', 'CLOSED', 'the SOCKS server closed the connection instead of answering');
  if (/timed out/i.test(message)) return failure('proxy-silent', 'PROXY_TIMEOUT', message);
  return failure('proxy-error', 'NOT_SOCKS', message);
}

function isAboutTarget({ code }: StageFailure): boolean {
  return /^SOCKS_(?!AUTH)/.test(code) || code === 'ENOTFOUND' || code === 'ENODATA';
}
