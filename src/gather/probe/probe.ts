import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Deadline } from '../../core/deadline.ts';
import type { Endpoint } from '../../core/endpoint.ts';
import {
  failed,
  notRun,
  ok,
  type AttemptRecord,
  type EvidenceItems,
  type Gathered,
  type ProxyProbe,
} from '../../core/evidence.ts';
import type { Family } from '../../core/outcome.ts';
import type { ProxyUrl } from '../../core/secret.ts';
import { attempt, notAttempted, type ProxyRoute } from './attempt.ts';
import { countUnreachables } from './icmp.ts';
import { loadPac } from './pac.ts';
import { MAX_CONCURRENT_ATTEMPTS, planProbes, type Job } from './plan.ts';
import { Proxy, type ProxyContext } from './proxy.ts';
import { askSilentAgain, SECOND_QUESTIONS_MS, shareRejects, tellRejectsApart } from './rejects.ts';
import { NameResolver, type NameResolverOptions } from './resolve.ts';
import { dial, SocketSet, type TcpTarget } from './tcp.ts';
import { createTrust } from './trust.ts';
import type { StageResult } from './wait.ts';

/** A proxy to probe with, and the words that say where it stands. */
export interface ProxyChoice {
  readonly url: ProxyUrl;
  readonly from: string;
}

export interface ProbeInput {
  readonly endpoints: readonly Endpoint[];
  readonly families: readonly Family[];
  /** The proxy per scheme of the endpoint; null when none is known for it. */
  readonly proxies: { readonly http: ProxyChoice | null; readonly https: ProxyChoice | null };
  /** Bound of one attempt. */
  readonly timeoutMs: number;
  /** Bound of everything. */
  readonly budget: Deadline;
  readonly signal: AbortSignal;
  /** PEM of `--ca` and of PMS's own bundle. */
  readonly extraRootsPem: string | null;
  readonly pmsBundlePem: string | null;
  /** Where names come from; the system's hosts file and name servers when not given. */
  readonly names?: Pick<NameResolverOptions, 'hostsFile' | 'servers'>;
  readonly onProgress: (done: number, total: number) => void;
}

export type Probed = Pick<
  { readonly [K in keyof EvidenceItems]: Gathered<EvidenceItems[K]> },
  'proxies' | 'attempts.direct' | 'attempts.proxy' | 'resolver'
>;

/** Probes every endpoint on both routes, all attempts side by side, and the proxies themselves and the local DNS beside them. */
export async function probe(input: ProbeInput): Promise<Probed> {
  const { signal, budget } = input;
  // Every wait of every attempt listens to the one signal; that is no leak.
  setMaxListeners(0, signal);
  const timeoutMs = Math.min(input.timeoutMs, budget.leftMs());
  const resolver = new NameResolver({ ...input.names, timeoutMs, signal });
  const trust = createTrust(input.extraRootsPem, input.pmsBundlePem);
  const context: ProxyContext = { resolver, trust, timeoutMs, signal };
  const proxies = new ProxyPool(input, context);
  const plan = planProbes(input.endpoints, input.families, proxies.any);
  let done = 0;

  const runJob = async (job: Job): Promise<AttemptRecord> => {
    const leftMs = budget.leftMs();
    const record =
      leftMs === 0
        ? notAttempted(job, 'BUDGET_SPENT', 'the budget of the run was spent before this attempt began')
        : signal.aborted
          ? notAttempted(job, 'INTERRUPTED', 'interrupted before it began')
          : cutByBudget(
              await attempt(job, job.route === 'proxy' ? proxies.routeFor(job.endpoint) : null, {
                ...context,
                timeoutMs: Math.min(timeoutMs, leftMs),
              }),
              leftMs < input.timeoutMs,
            );
    done += 1;
    input.onProgress(done, plan.jobs.length);
    return record;
  };

  const before = await countUnreachables();
  try {
    // The proxies first: the endpoints' attempts wait for what reaching them gave.
    const [, records, rebinding, system] = await Promise.all([
      proxies.probeAll(),
      inParallel(plan.jobs, MAX_CONCURRENT_ATTEMPTS, runJob),
      askRebinding(input, context),
      askSystemWhenSilent(plan.jobs[0]?.host, resolver, budget.capped(timeoutMs)),
    ]);
    const first = records.filter((r) => r.route === 'direct');
    const portOf = new Map(input.endpoints.map(({ id, port }) => [id, port]));
    const again = await askSilentAgain(
      tellRejectsApart(first, before, await countUnreachables()),
      portOf,
      (target, deadline) => dialOnly(target, deadline, signal),
      budget.capped(SECOND_QUESTIONS_MS),
    );
    const direct = shareRejects(tellRejectsApart(again, before, await countUnreachables()), portOf);
    return {
      proxies: proxies.any
        ? ok((await proxies.probeAll()).map((one) => cutByBudget(one, budget.passed)))
        : notRun('NO_PROXY_CONFIGURED', 'no proxy is set anywhere'),
      'attempts.direct': ok(direct),
      'attempts.proxy': proxies.any
        ? ok(records.filter((r) => r.route === 'proxy'))
        : notRun('NO_PROXY_CONFIGURED', 'no proxy is set anywhere, so there is none to probe through'),
      resolver: ok({
        servers: resolver.servers,
        // A question that was interrupted says nothing about the name.
        lookups: (await resolver.lookups()).filter(({ code }) => code !== 'INTERRUPTED'),
        system,
        rebinding,
      }),
    };
  } finally {
    resolver.close();
  }
}

async function dialOnly(target: TcpTarget, deadline: Deadline, signal: AbortSignal): Promise<StageResult<Socket>> {
  const sockets = new SocketSet();
  try {
    return await dial(target, sockets, deadline, signal);
  } finally {
    await sockets.destroyAll();
  }
}

/** Codes of waits that ended at a deadline. */
const LATE = new Set([
  'ETIMEDOUT',
  'ETIMEOUT',
  'PROXY_TIMEOUT',
  'PROXY_TLS_TIMEOUT',
  'PAC_TIMEOUT',
  'TLS_TIMEOUT',
  'HTTP_TIMEOUT',
]);

/** What had less than its own time, because the whole run's was spent, says nothing about the other side. */
function cutByBudget<T extends AttemptRecord | ProxyProbe>(record: T, shortened: boolean): T {
  if (!shortened || record.code === null || !LATE.has(record.code)) return record;
  const detail = 'the budget of the run was spent before this ended';
  return { ...record, outcome: 'not-run', code: 'BUDGET_SPENT', detail };
}

/** A local DNS server that is well has answered the first question by then. */
const DNS_SILENCE_MS = 800;

/**
 * One confirming question to the system's own resolver, when c-ares gets no answer for the first name: it may know more (mDNS, NIS,
 * another server). Asked while the others still wait, so that it adds nothing to the time of the run. null when not needed.
 */
async function askSystemWhenSilent(
  host: string | undefined,
  resolver: NameResolver,
  deadline: Deadline,
): Promise<EvidenceItems['resolver']['system']> {
  if (host === undefined) return null;
  const answer = await Promise.race([
    resolver.lookup(host, 4, deadline),
    setTimeout(DNS_SILENCE_MS, null, { ref: false }),
  ]);
  const settled = answer !== null && (answer.code === null || answer.code === 'ENOTFOUND' || answer.code === 'ENODATA');
  return settled ? null : resolver.askSystem(host, deadline);
}

/** The proxies of one run, each made once, with those that a PAC file names. */
class ProxyPool {
  readonly #byUrl = new Map<string, Proxy>();
  readonly #routes: { readonly http: ProxyRoute | null; readonly https: ProxyRoute | null };
  readonly #pacProbes = new Map<string, () => Promise<ProxyProbe>>();
  readonly #context: ProxyContext;

  constructor({ proxies }: ProbeInput, context: ProxyContext) {
    this.#context = context;
    const https = proxies.https && this.#route(proxies.https);
    const http =
      proxies.http && (proxies.http.url.reveal() === proxies.https?.url.reveal() ? https : this.#route(proxies.http));
    // Without a proxy of its own, an endpoint is probed through the other one: what could work is the question.
    this.#routes = { http: http ?? https, https: https ?? http };
  }

  get any(): boolean {
    return this.#routes.https !== null;
  }

  routeFor(endpoint: Endpoint): ProxyRoute | null {
    return this.#routes[endpoint.scheme];
  }

  async probeAll(): Promise<ProxyProbe[]> {
    const pacs = await Promise.all([...this.#pacProbes.values()].map((ask) => ask()));
    return [...pacs, ...(await Promise.all([...this.#byUrl.values()].map((proxy) => proxy.probe())))];
  }

  #route({ url, from }: ProxyChoice): ProxyRoute {
    if (url.scheme !== 'pac') return { kind: 'fixed', proxy: this.#proxy(url, from) };
    const { timeoutMs, signal } = this.#context;
    const startedAt = performance.now();
    const loading = loadPac(url, Deadline.after(timeoutMs), signal);
    this.#pacProbes.set(url.reveal(), async () => {
      const script = await loading;
      return {
        url: url.masked,
        scheme: 'pac',
        host: url.host,
        port: url.port,
        from,
        addresses: [],
        outcome: script.ok ? 'ok' : script.outcome,
        code: script.ok ? null : script.code,
        detail: script.ok ? 'the PAC file was loaded' : script.detail,
        stages: [{ stage: 'tunnel', ms: Math.round(performance.now() - startedAt), ok: script.ok, detail: 'PAC file' }],
        invalidName: null,
        authSchemes: [],
        software: null,
      };
    });
    return {
      kind: 'pac',
      url: url.masked,
      script: () => loading,
      proxyFor: (entry) => this.#proxy(entry.url, `the PAC file ${url.masked}`),
    };
  }

  #proxy(url: ProxyUrl, from: string): Proxy {
    const key = url.reveal();
    const known = this.#byUrl.get(key);
    if (known) return known;
    const fresh = new Proxy(url, from, this.#context);
    this.#byUrl.set(key, fresh);
    return fresh;
  }
}

/** Any 32 hexadecimal digits do: plex.direct answers with the address in the first label (Plex support article 206225077). */
const REBINDING_LABEL = '0123456789abcdef0123456789abcdef';

/** Does the local resolver pass on a private answer for a plex.direct name? A public answer is the control. */
async function askRebinding(input: ProbeInput, context: ProxyContext): Promise<EvidenceItems['resolver']['rebinding']> {
  const zone = input.endpoints.find((e) => e.kind === 'dns');
  if (!zone) return notRun('NOT_IN_CATALOGUE', 'no DNS-only endpoint is in the list');
  const suffix = zone.host.replace(/^\*\./, '');
  const resolver = new NameResolver({ ...input.names, timeoutMs: context.timeoutMs, signal: context.signal });
  const deadline = Deadline.after(context.timeoutMs);
  try {
    const [inner, outer] = await Promise.all(
      ['192-168-0-1', '1-1-1-1'].map((label) => resolver.lookup(`${label}.${REBINDING_LABEL}.${suffix}`, 4, deadline)),
    );
    if (!inner || !outer || inner.code === 'ETIMEOUT' || outer.code === 'ETIMEOUT') {
      return failed('ETIMEOUT', 'the local DNS did not answer for a plex.direct name');
    }
    const word = (found: boolean): 'returned' | 'dropped' => (found ? 'returned' : 'dropped');
    return ok({
      private: word(inner.addresses.some((a) => a.scope === 'private')),
      public: word(outer.addresses.some((a) => a.scope === 'public')),
      code: inner.code,
    });
  } finally {
    resolver.close();
  }
}

/** Runs every job with at most `bound` at a time; results in the order of the jobs. */
async function inParallel<T, R>(jobs: readonly T[], bound: number, run: (job: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < jobs.length) {
      const index = next++;
      const job = jobs[index];
      if (job !== undefined) results.set(index, await run(job));
    }
  };
  await Promise.all(Array.from({ length: Math.min(bound, jobs.length) }, worker));
  return jobs.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}
