import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../../src/core/model/endpoint.ts';
import type { AttemptRecord } from '../../../src/core/model/probe-records.ts';
import { Deadline } from '../../../src/core/values/deadline.ts';
import { ProxyUrl } from '../../../src/core/values/secret.ts';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import type { Listening } from '../../../src/demo/system/listening.ts';
import { attempt, type ProxyRoute } from '../../../src/gather/probe/attempt.ts';
import type { Job } from '../../../src/gather/probe/plan.ts';
import { probe, type ProbeInput, type Probed } from '../../../src/gather/probe/probe.ts';
import { Proxy, type ProxyContext } from '../../../src/gather/probe/proxy.ts';
import { NameResolver } from '../../../src/gather/probe/wire/resolve.ts';
import { createTrust } from '../../../src/gather/probe/wire/trust.ts';
import { endpoint } from '../../support/fixtures/facts.ts';

/** The name that every bench's hosts file leads to 127.0.0.1. */
export const HOST = 'plex.test';
const NAMES = [HOST, 'proxy.test', 'other.test'];
/** The limit of an attempt that is answered: more than a busy machine needs. */
export const PATIENCE_MS = 30_000;
/** The limit of an attempt that meets a silent server. */
export const TIMEOUT_MS = 300;

export const authority = createAuthority('Bench Root');
export const stranger = createAuthority('Stranger Root');
/** Made once: it holds all public roots too. */
const TRUST = createTrust(authority.certificatePem, null);

/** The part of an attempt that a row compares. */
export interface Seen {
  readonly outcome: AttemptRecord['outcome'];
  /** The stage in which it ended. */
  readonly stage: AttemptRecord['stages'][number]['stage'] | null;
  readonly code: string | null;
  readonly status: number | null;
}

/** Servers, names and attempts of one test file; everything started here is closed by {@link Bench.close}. */
export class Bench {
  readonly #directory = mkdtempSync(join(tmpdir(), 'bench-'));
  readonly #open: Listening[] = [];
  readonly #resolvers: NameResolver[] = [];
  readonly hostsFile = join(this.#directory, 'hosts');

  constructor() {
    writeFileSync(this.hostsFile, NAMES.map((name) => `127.0.0.1 ${name}\n`).join(''));
  }

  async serve<S extends Listening>(starting: Promise<S>): Promise<S> {
    const server = await starting;
    this.#open.push(server);
    return server;
  }

  context(more: Partial<ProxyContext> & { readonly servers?: readonly string[] } = {}): ProxyContext {
    const { servers = ['127.0.0.1:1'], ...rest } = more;
    const timeoutMs = rest.timeoutMs ?? PATIENCE_MS;
    const signal = rest.signal ?? new AbortController().signal;
    const resolver = new NameResolver({ timeoutMs, signal, hostsFile: this.hostsFile, servers });
    this.#resolvers.push(resolver);
    return { resolver, trust: TRUST, timeoutMs, signal, ...rest };
  }

  /** A whole run, by default without endpoints and proxies. */
  probe(more: Partial<ProbeInput>): Promise<Probed> {
    return probe({
      endpoints: [],
      families: [4],
      proxies: { http: null, https: null },
      timeoutMs: PATIENCE_MS,
      patient: false,
      budget: Deadline.after(2 * PATIENCE_MS),
      signal: new AbortController().signal,
      extraRootsPem: authority.certificatePem,
      pmsBundlePem: null,
      onProgress: () => undefined,
      names: { hostsFile: this.hostsFile, servers: ['127.0.0.1:1'] },
      ...more,
    });
  }

  file(name: string, text: string): string {
    const path = join(this.#directory, name);
    writeFileSync(path, text);
    return path;
  }

  /** Ends the servers of one test. */
  async closeServers(): Promise<void> {
    for (const resolver of this.#resolvers.splice(0)) resolver.close();
    await Promise.all(this.#open.splice(0).map((server) => server.close()));
  }

  async close(): Promise<void> {
    await this.closeServers();
    rmSync(this.#directory, { recursive: true });
  }
}

export function endpointAt(port: number, more: Partial<Endpoint> = {}): Endpoint {
  return endpoint(HOST, { port, ...more });
}

export function directJob(target: Endpoint, family: Job['family'] = 4): Job {
  return { endpoint: target, host: target.probeHost ?? target.host, route: 'direct', family };
}

export function proxyJob(target: Endpoint): Job {
  return { endpoint: target, host: target.probeHost ?? target.host, route: 'proxy', family: null };
}

export function proxyUrl(text: string): ProxyUrl {
  const parsed = ProxyUrl.parse(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.url;
}

export function through(url: string, context: ProxyContext): ProxyRoute {
  return { kind: 'fixed', proxy: new Proxy(proxyUrl(url), 'test', context) };
}

/** Makes one attempt and sees to it that it closed every connection. */
export async function tryOnce(job: Job, route: ProxyRoute | null, context: ProxyContext): Promise<AttemptRecord> {
  const record = await attempt(job, route, context);
  await nothingOpen();
  return record;
}

/** Repeats what meets a silent server, with more time, until it came so far that it met the silence. */
export async function inSilence<T>(
  within: (timeoutMs: number) => Promise<T>,
  isMet: (ended: T) => boolean,
): Promise<T> {
  for (const limitMs of [TIMEOUT_MS, 10 * TIMEOUT_MS]) {
    const ended = await within(limitMs);
    if (isMet(ended)) return ended;
  }
  return within(PATIENCE_MS);
}

/** Makes an attempt with the time that its expected end needs: patience for an answer, a short limit for silence. */
export function attemptFor(
  { stage, code }: Seen,
  within: (timeoutMs: number) => Promise<AttemptRecord>,
): Promise<AttemptRecord> {
  if (code?.endsWith('TIMEOUT') !== true) return within(PATIENCE_MS);
  return inSilence(within, (record) => seen(record).stage === stage);
}

/** Resolves when this process has no TCP connection left (servers' ends included); throws when some stay. */
export async function nothingOpen(): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 10) {
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap');
    if (sockets.length === 0) return;
    await sleep(10);
  }
  throw new Error(`left open: ${process.getActiveResourcesInfo().join(', ')}`);
}

export function seen(record: AttemptRecord): Seen {
  return {
    outcome: record.outcome,
    stage: record.stages.at(-1)?.stage ?? null,
    code: record.code,
    status: record.status,
  };
}
