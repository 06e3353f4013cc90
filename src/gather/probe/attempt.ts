import type { Socket } from 'node:net';
import { Deadline } from '../../core/values/deadline.ts';
import type { AttemptRecord, HttpRecord, TlsRecord } from '../../core/model/probe-records.ts';
import { requestOnce, type HttpRequest } from './wire/http.ts';
import type { PacEntry, PacScript } from './pac.ts';
import type { Job } from './plan.ts';
import type { Proxy, ProxyContext } from './proxy.ts';
import { StageClock } from './wire/stages.ts';
import { dial, SocketSet } from './wire/tcp.ts';
import { handshake } from './wire/tls.ts';
import { verdictOn } from './verdict.ts';
import { failure, type StageFailure, type StageResult } from './wire/wait.ts';
import { ownCode, type ReasonCode } from '../../core/model/reason.ts';

/** Addresses of one family that an attempt tries in turn, as a client would: a refused one costs a round trip. */
const MAX_ADDRESSES = 3;

/** Ways in which the attempts on the proxy route find their proxy. */
export type ProxyRoute =
  | { readonly kind: 'fixed'; readonly proxy: Proxy }
  | {
      readonly kind: 'pac';
      readonly url: string;
      readonly script: () => Promise<StageResult<PacScript>>;
      readonly proxyFor: (entry: PacEntry & { kind: 'proxy' }) => Proxy;
    };

/** Everything that one attempt collects on its way. */
interface Traces {
  address: string | null;
  scope: AttemptRecord['scope'];
  via: string | null;
  form: AttemptRecord['form'];
  tls: TlsRecord | null;
  http: HttpRecord | null;
}

/** Makes one attempt from its first stage to its last. Never rejects because of the network. */
export async function attempt(job: Job, route: ProxyRoute | null, context: ProxyContext): Promise<AttemptRecord> {
  const run = new AttemptRun(job, context);
  try {
    const result = await (job.route === 'direct' ? run.direct() : run.proxied(route));
    return run.record(result);
  } finally {
    await run.close();
  }
}

/** An attempt that was never made. */
export function notAttempted(job: Job, code: ReasonCode, detail: string): AttemptRecord {
  return {
    endpoint: job.endpoint.id,
    route: job.route,
    family: job.family,
    address: null,
    scope: null,
    via: null,
    form: null,
    outcome: 'not-run',
    code,
    detail,
    stages: [],
    ms: null,
    status: null,
    authSchemes: [],
    tls: null,
    http: null,
  };
}

class AttemptRun {
  readonly #job: Job;
  readonly #context: ProxyContext;
  readonly #clock = new StageClock();
  readonly #deadline: Deadline;
  readonly #sockets = new SocketSet();
  readonly #traces: Traces = { address: null, scope: null, via: null, form: null, tls: null, http: null };

  constructor(job: Job, context: ProxyContext) {
    this.#job = job;
    this.#context = context;
    this.#deadline = Deadline.after(context.timeoutMs);
  }

  close(): Promise<void> {
    return this.#sockets.destroyAll();
  }

  async direct(): Promise<StageResult<HttpRecord>> {
    const { signal, resolver } = this.#context;
    const { host, endpoint } = this.#job;
    const families = this.#job.family === null ? ([4, 6] as const) : [this.#job.family];
    const found = await this.#clock.run('dns', async () => {
      const lookups = await Promise.all(families.map((family) => resolver.lookup(host, family, this.#deadline)));
      const addresses = lookups.flatMap((l) => l.addresses.map((a) => ({ ...a, family: l.family })));
      const code = lookups[0]?.code ?? 'ENODATA';
      if (signal.aborted) return failure('not-run', ownCode('INTERRUPTED'));
      return addresses.length > 0
        ? { ok: true as const, value: addresses, detail: lookups[0]?.source ?? 'dns' }
        : failure('unresolved', code, dnsWords(code));
    });
    if (!found.ok) return found;
    const connected = await this.#clock.run('tcp', async () => {
      let last: StageResult<Socket> = failure('unresolved', 'ENODATA');
      for (const { address, scope, family } of found.value.slice(0, MAX_ADDRESSES)) {
        this.#traces.address = address;
        this.#traces.scope = scope;
        last = await dial({ address, port: endpoint.port, family }, this.#sockets, this.#deadline, signal);
        if (last.ok || this.#deadline.passed) break;
      }
      return last;
    });
    return connected.ok ? this.#overSocket(connected.value) : connected;
  }

  async proxied(route: ProxyRoute | null): Promise<StageResult<HttpRecord>> {
    if (route === null) return failure('not-run', ownCode('NO_PROXY_CONFIGURED'));
    if (route.kind === 'fixed') return this.#through(route.proxy);
    this.#traces.via = route.url;
    const { endpoint, host } = this.#job;
    const entries = await this.#clock.run('tunnel', async () => {
      const script = await route.script();
      return script.ok ? script.value.find(`${endpoint.scheme}://${host}:${endpoint.port}/`, this.#deadline) : script;
    });
    if (!entries.ok) return entries;
    let last: StageResult<HttpRecord> = failure('proxy-error', ownCode('PAC_RESULT'));
    for (const entry of entries.value) {
      if (entry.kind === 'direct') {
        this.#traces.via = route.url;
        this.#traces.form = 'pac-direct';
        last = await this.direct();
      } else {
        last = await this.#through(route.proxyFor(entry));
      }
      // A PAC client goes on to the next entry only when this one cannot be reached.
      if (last.ok || last.outcome !== 'proxy-unreachable') break;
    }
    return last;
  }

  record(result: StageResult<HttpRecord>): AttemptRecord {
    const failed: StageFailure | null = result.ok ? null : result;
    return {
      endpoint: this.#job.endpoint.id,
      route: this.#job.route,
      family: this.#job.family,
      ...this.#traces,
      outcome: failed?.outcome ?? 'ok',
      code: failed?.code ?? null,
      detail: failed?.detail ?? null,
      stages: this.#clock.records,
      ms: this.#clock.elapsedMs(),
      status: failed?.status ?? this.#traces.http?.status ?? null,
      authSchemes: failed?.authSchemes ?? [],
      ...(failed?.retryAfterS === undefined ? {} : { retryAfterS: failed.retryAfterS }),
    };
  }

  /** As libcurl uses a proxy: absolute form for http, CONNECT for https, SOCKS for both. */
  async #through(proxy: Proxy): Promise<StageResult<HttpRecord>> {
    const { endpoint, host } = this.#job;
    this.#traces.via = proxy.url.masked;
    const opened = await this.#clock.run('tcp', () => proxy.open(this.#sockets, this.#deadline));
    if (!opened.ok) return opened;
    const http = proxy.url.scheme === 'http' || proxy.url.scheme === 'https';
    this.#traces.form = http ? (endpoint.scheme === 'http' ? 'absolute' : 'connect') : 'socks';
    if (this.#traces.form === 'absolute') return this.#request(opened.value.socket, proxy);
    const tunnel = await this.#clock.run('tunnel', () =>
      proxy.tunnel(opened.value.socket, host, endpoint.port, this.#deadline),
    );
    return tunnel.ok ? this.#overSocket(tunnel.value) : tunnel;
  }

  /** TLS where the endpoint speaks it, then the request. Nothing is sent over a chain that is not trusted. */
  async #overSocket(socket: Socket): Promise<StageResult<HttpRecord>> {
    if (this.#job.endpoint.scheme === 'http') return this.#request(socket, null);
    const secured = await this.#clock.run('tls', async () => {
      const done = await handshake(
        socket,
        this.#job.host,
        this.#context.trust,
        this.#sockets,
        this.#deadline,
        this.#context.signal,
      );
      if (!done.ok) return done;
      this.#traces.tls = done.value.record;
      const { trusted, error, version } = done.value.record;
      return trusted
        ? { ok: true as const, value: done.value.socket, detail: version }
        : failure(
            'tls-untrusted',
            error ?? ownCode('UNTRUSTED'),
            'the certificate does not verify against the public roots',
          );
    });
    return secured.ok ? this.#request(secured.value, null) : secured;
  }

  async #request(socket: Socket, forwarding: Proxy | null): Promise<StageResult<HttpRecord>> {
    const { endpoint, host } = this.#job;
    const request: HttpRequest = {
      scheme: endpoint.scheme,
      host,
      port: endpoint.port,
      path: endpoint.path,
      absolute: forwarding !== null,
      headers: forwarding?.authorization() ?? {},
    };
    return this.#clock.run('http', async () => {
      const answer = await requestOnce(socket, request, this.#deadline, this.#context.signal);
      if (!answer.ok) return forwarding ? asSilence(answer) : answer;
      this.#traces.http = answer.value;
      return verdictOn(answer, this.#job, forwarding !== null);
    });
  }
}

/** A proxy that takes a request in absolute form and says nothing is itself the silent one; the endpoint was not reached. */
function asSilence(raised: StageFailure): StageFailure {
  if (raised.outcome === 'stalled')
    return failure('proxy-silent', ownCode('PROXY_TIMEOUT'), 'the proxy did not answer the request');
  if (raised.outcome === 'cut')
    return failure('proxy-error', ownCode('CLOSED'), 'the proxy closed the connection instead of answering');
  return raised;
}

function dnsWords(code: string): string {
  switch (code) {
    case 'ENOTFOUND':
      return 'no such name';
    case 'ENODATA':
      return 'the name has no address of this family';
    case 'ETIMEOUT':
      return 'the DNS server did not reply';
    case 'ESERVFAIL':
      return 'the DNS server failed';
    case 'EREFUSED':
      return 'the DNS server refuses to answer';
    case 'ECONNREFUSED':
      return 'the question to the DNS server was refused: nothing listens there, or a filter forbids asking';
    default:
      return 'DNS failed';
  }
}
