import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { familyOf } from '../../core/values/address.ts';
import { Deadline } from '../../core/values/deadline.ts';
import type { ProxyProbe } from '../../core/model/probe-records.ts';
import type { ProxyUrl } from '../../core/values/secret.ts';
import { exchangeConnect, judgeReply, refusal, squidError, type ConnectReply } from './wire/connect.ts';
import type { NameResolver } from './wire/resolve.ts';
import { isAboutTarget, openSocksTunnel } from './wire/socks.ts';
import { StageClock } from './wire/stages.ts';
import { dial, SocketSet, type TcpTarget } from './wire/tcp.ts';
import type { Trust } from './wire/trust.ts';
import { codeOf } from '../system/errors.ts';
import { failure, INTERRUPTED, waitFor, type StageFailure, type StageResult } from './wire/wait.ts';
import { ownCode } from '../../core/model/reason.ts';
import { USER_AGENT } from '../../core/values/version.ts';

/** RFC 2606 reserves `.invalid`: no resolver may know it, so the answer shows how this proxy reports its own DNS failure. */
const INVALID_NAME = 'pms-proxy-doctor.invalid';

/** Products name themselves in a few words; a header may have 64 kB. */
const SOFTWARE_MAX_CHARS = 120;

/** Addresses of one proxy that are tried in turn; a name with more is a pool, of which this many say enough. */
const MAX_ADDRESSES = 4;

export interface ProxyContext {
  readonly resolver: NameResolver;
  readonly trust: Trust;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The `User-Agent` of CONNECT; null: none. Default: this program. */
  readonly agent?: string | null;
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
  /** The connection that reached the proxy. The question that follows reuses it, so that the proxy's log shows no empty connection. */
  #first: { readonly socket: Socket; readonly sockets: SocketSet } | null = null;

  constructor(url: ProxyUrl, from: string, context: ProxyContext) {
    this.url = url;
    this.#from = from;
    this.#context = context;
  }

  /** Resolves and connects once. The endpoints' attempts wait for this: as long as one connect, not as long as a silent proxy. */
  reach(): Promise<{ readonly target: TcpTarget | null; readonly probe: ProxyProbe }> {
    this.#reached ??= this.#reach('closed');
    return this.#reached;
  }

  /** The whole probe: reached, and asked to CONNECT to a name that cannot exist. */
  async probe(): Promise<ProxyProbe> {
    this.#reached ??= this.#reach('kept');
    const { target, probe } = await this.#reached;
    if (target === null) return probe;
    this.#invalidName ??= this.#askInvalidName();
    return { ...probe, ...(await this.#invalidName) };
  }

  /** The same proxy for a client of another name, or (null) of none. */
  named(agent: string | null): Proxy {
    return new Proxy(this.url, this.#from, { ...this.#context, agent });
  }

  /** Opens a connection for one attempt. Failures are the proxy's: `proxy-unreachable`. */
  async open(sockets: SocketSet, deadline: Deadline): Promise<StageResult<ProxyConnection>> {
    const { target, probe } = await this.reach();
    if (target === null) {
      const failedStage = probe.stages.at(-1)?.stage ?? 'tcp';
      return { ...failure(probe.outcome, probe.code ?? ownCode('PROXY'), probe.detail), stage: failedStage };
    }
    const dialled = await dial(target, sockets, deadline, this.#context.signal);
    if (!dialled.ok) return asProxyFailure(dialled);
    return this.url.scheme === 'https'
      ? this.#secure(dialled.value, sockets, deadline)
      : { ok: true, value: { socket: dialled.value } };
  }

  /** `Proxy-Authorization` for requests to an HTTP proxy (RFC 9110 section 11.7.2, RFC 7617); empty without credentials. */
  authorization(): Readonly<Record<string, string>> {
    const credentials = this.url.credentials();
    if (credentials === null) return {};
    const text = `${credentials.username}:${credentials.password}`;
    return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` };
  }

  /** Has the proxy open a way to a host: CONNECT, or the SOCKS request. The socket carries the endpoint's bytes from then on. */
  async tunnel(socket: Socket, host: string, port: number, deadline: Deadline): Promise<StageResult<Socket>> {
    const { resolver, signal, agent = USER_AGENT } = this.#context;
    if (!this.#speaksHttp) return openSocksTunnel(socket, this.url, { host, port }, { resolver, deadline, signal });
    const headers = { ...(agent === null ? {} : { 'user-agent': agent }), ...this.authorization() };
    const reply = await exchangeConnect(socket, { host, port }, headers, deadline, signal);
    return reply.ok ? judgeReply(reply.value, socket) : reply;
  }

  get #speaksHttp(): boolean {
    return this.url.scheme === 'http' || this.url.scheme === 'https';
  }

  /** `kept`: the connection stays open for the question that follows. */
  async #reach(
    connection: 'kept' | 'closed',
  ): Promise<{ readonly target: TcpTarget | null; readonly probe: ProxyProbe }> {
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
          connection,
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
  async #firstThatAnswers(
    addresses: readonly string[],
    deadline: Deadline,
    connection: 'kept' | 'closed',
  ): Promise<StageResult<TcpTarget>> {
    let last: StageFailure = failure('proxy-unreachable', 'ENODATA');
    for (const [index, address] of addresses.entries()) {
      const sockets = new SocketSet();
      const target: TcpTarget = { address, port: this.url.port, family: familyOf(address) ?? 4 };
      const share = deadline.capped(deadline.leftMs() / (addresses.length - index));
      const dialled = await dial(target, sockets, share, this.#context.signal);
      if (dialled.ok && connection === 'kept') this.#first = { socket: dialled.value, sockets };
      else await sockets.destroyAll();
      if (dialled.ok) return { ok: true, value: target };
      last = dialled;
    }
    return last;
  }

  async #askInvalidName(): Promise<Partial<ProxyProbe>> {
    const sockets = this.#first?.sockets ?? new SocketSet();
    const deadline = Deadline.after(this.#context.timeoutMs);
    try {
      const opened = await this.#openFirst(sockets, deadline);
      if (!opened.ok) return pickFailure(opened);
      return this.#speaksHttp
        ? await this.#connectToInvalidName(opened.value.socket, deadline)
        : await this.#socksToInvalidName(opened.value.socket, deadline);
    } finally {
      await sockets.destroyAll();
    }
  }

  #openFirst(sockets: SocketSet, deadline: Deadline): Promise<StageResult<ProxyConnection>> {
    if (this.#first === null || this.#first.socket.destroyed) return this.open(sockets, deadline);
    const { socket } = this.#first;
    return this.url.scheme === 'https'
      ? this.#secure(socket, sockets, deadline)
      : Promise.resolve({ ok: true, value: { socket } });
  }

  async #connectToInvalidName(socket: Socket, deadline: Deadline): Promise<Partial<ProxyProbe>> {
    const target = { host: INVALID_NAME, port: 443 };
    const headers = { 'user-agent': USER_AGENT, ...this.authorization() };
    const reply = await exchangeConnect(socket, target, headers, deadline, this.#context.signal);
    return reply.ok ? describeReply(reply.value) : pickFailure(reply);
  }

  async #socksToInvalidName(socket: Socket, deadline: Deadline): Promise<Partial<ProxyProbe>> {
    const answer = await this.tunnel(socket, INVALID_NAME, 443, deadline);
    if (answer.ok) return { invalidName: { status: null, error: 'accepted' } };
    return isAboutTarget(answer) ? { invalidName: { status: null, error: answer.code } } : pickFailure(answer);
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
    const late = failure('proxy-silent', ownCode('PROXY_TLS_TIMEOUT'), 'the proxy did not answer the TLS handshake');
    return waitFor<ProxyConnection>(deadline, this.#context.signal, late, (done) => {
      const onSecure = (): void => done({ ok: true, value: { socket: tls } });
      const onError = (error: Error): void =>
        done(failure('proxy-unreachable', codeOf(error).slice(0, 80), 'TLS to the proxy itself failed'));
      const onClose = (): void =>
        done(failure('proxy-unreachable', ownCode('CLOSED'), 'the proxy closed during the TLS handshake'));
      tls.once('secureConnect', onSecure).once('error', onError).once('close', onClose);
      return () => tls.off('secureConnect', onSecure).off('error', onError).off('close', onClose);
    });
  }
}

/** A connect failure towards the proxy is never the endpoint's. */
function asProxyFailure(raised: StageFailure): StageFailure {
  if (raised.outcome === 'not-run') return raised;
  return raised.outcome === 'cut'
    ? { ...raised, outcome: 'proxy-error', detail: 'the proxy reset the connection as soon as it was made' }
    : { ...raised, outcome: 'proxy-unreachable' };
}

/** The parts of a failure that concern the proxy itself. */
function pickFailure({ outcome, code, detail, authSchemes = [] }: StageFailure): Partial<ProxyProbe> {
  return { outcome, code, detail, authSchemes };
}

function describeReply({ head: { status, headers } }: ConnectReply): Partial<ProxyProbe> {
  const first = (name: string): string | null => headers.get(name)?.[0]?.slice(0, SOFTWARE_MAX_CHARS) ?? null;
  return {
    ...(status === 407 ? pickFailure(refusal(status, headers)) : {}),
    invalidName: { status, error: squidError(headers) },
    software: first('server') ?? first('proxy-agent') ?? first('via'),
  };
}
