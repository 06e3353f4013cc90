import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../../src/core/endpoint.ts';
import type { AttemptRecord } from '../../../src/core/evidence.ts';
import { ProxyUrl } from '../../../src/core/secret.ts';
import { createAuthority } from '../../../src/demo/certificates.ts';
import type { Listening } from '../../../src/demo/listening.ts';
import { attempt, type ProxyRoute } from '../../../src/gather/probe/attempt.ts';
import type { Job } from '../../../src/gather/probe/plan.ts';
import { Proxy, type ProxyContext } from '../../../src/gather/probe/proxy.ts';
import { NameResolver } from '../../../src/gather/probe/resolve.ts';
import { createTrust } from '../../../src/gather/probe/trust.ts';
import { endpoint } from '../../support/facts-fixture.ts';

/** The name that every bench's hosts file leads to 127.0.0.1. */
export const HOST = 'plex.test';
export const NAMES = [HOST, 'proxy.test', 'other.test'];
/** Bound of an attempt against a server that stays silent. */
export const TIMEOUT_MS = 300;
/** How much later than its bound an attempt may end on a busy machine. */
const TOLERANCE_MS = 400;

export const authority = createAuthority('Bench Root');
export const stranger = createAuthority('Stranger Root');

/** What a row compares of an attempt. */
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
    const timeoutMs = rest.timeoutMs ?? TIMEOUT_MS;
    const signal = rest.signal ?? new AbortController().signal;
    const resolver = new NameResolver({ timeoutMs, signal, hostsFile: this.hostsFile, servers });
    this.#resolvers.push(resolver);
    return { resolver, trust: createTrust(authority.certificatePem, null), timeoutMs, signal, ...rest };
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

/** Makes one attempt and sees to it that it kept to its time and closed every connection. */
export async function tryOnce(job: Job, route: ProxyRoute | null, context: ProxyContext): Promise<AttemptRecord> {
  const startedAt = performance.now();
  const record = await attempt(job, route, context);
  const tookMs = performance.now() - startedAt;
  if (tookMs > context.timeoutMs + TOLERANCE_MS) throw new Error(`an attempt took ${Math.round(tookMs)} ms`);
  await nothingOpen();
  return record;
}

/** Resolves when this process has no TCP connection left (servers' ends included); throws when some stay. */
export async function nothingOpen(): Promise<void> {
  for (let waited = 0; waited < 1_000; waited += 10) {
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
