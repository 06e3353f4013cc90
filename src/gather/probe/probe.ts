import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { familyOf } from '../../core/values/address.ts';
import { Deadline } from '../../core/values/deadline.ts';
import type { Endpoint } from '../../core/model/endpoint.ts';
import { failed, notRun, ok, type EvidenceItems, type Gathered } from '../../core/model/evidence.ts';
import { type AttemptRecord, type ProxyProbe } from '../../core/model/probe-records.ts';
import type { Family } from '../../core/model/outcome.ts';
import { attempt, notAttempted } from './attempt.ts';
import { probeChildProxies, type ChildProxy } from './child-proxies.ts';
import { countUnreachables } from './wire/icmp.ts';
import { askSlowly, tellOwnPages } from './limits.ts';
import { isStarved, LoadMeter } from './load.ts';
import { Pace } from './pace.ts';
import { askPatiently, patientLimitMs, withoutFalseSilence } from './patience.ts';
import { MAX_CONCURRENT_ATTEMPTS, planProbes, type Job } from './plan.ts';
import type { ProxyContext } from './proxy.ts';
import { ProxyPool, type ProxiesByScheme } from './proxy-pool.ts';
import { askSilentAgain, SECOND_QUESTIONS_MS, shareRejects, tellRejectsApart } from './rejects.ts';
import { NameResolver, tellingLookups, type NameResolverOptions } from './wire/resolve.ts';
import { dial, SocketSet, type TcpTarget } from './wire/tcp.ts';
import { createTrust } from './wire/trust.ts';
import { askUnderOtherNames } from './unnamed.ts';
import type { AskSystem } from './wire/system-names.ts';
import type { StageResult } from './wire/wait.ts';
import { ownCode, type ReasonCode } from '../../core/model/reason.ts';

export interface ProbeInput {
  readonly endpoints: readonly Endpoint[];
  readonly families: readonly Family[];
  readonly proxies: ProxiesByScheme;
  /** Proxies of child processes of PMS alone. */
  readonly children?: readonly ChildProxy[];
  /** Time limit of one attempt. */
  readonly timeoutMs: number;
  /** A proxy that answers nothing at all within that limit is asked once more with a longer one. */
  readonly patient: boolean;
  /** Time limit of the whole probe. */
  readonly budget: Deadline;
  readonly signal: AbortSignal;
  /** PEM of `--ca` and of PMS's own bundle. */
  readonly extraRootsPem: string | null;
  readonly pmsBundlePem: string | null;
  /** Sources of names; the system's hosts file and name servers when not given. */
  readonly names?: Pick<NameResolverOptions, 'hostsFile' | 'servers' | 'root'>;
  /** Asks the C library, to compare; not given: it sees other files than those of the names. */
  readonly askSystem?: AskSystem;
  readonly onProgress: (done: number, total: number) => void;
}

export type Probed = Pick<
  { readonly [K in keyof EvidenceItems]: Gathered<EvidenceItems[K]> },
  'proxies' | 'attempts.direct' | 'attempts.proxy' | 'resolver' | 'load' | 'childProxies'
>;

/** Probes every endpoint on both routes, all attempts side by side, and the proxies themselves and the local DNS beside them. */
export async function probe(input: ProbeInput): Promise<Probed> {
  const { signal, budget, askSystem } = input;
  // Every wait of every attempt listens to the one signal; that is no leak.
  setMaxListeners(0, signal);
  const timeoutMs = Math.min(input.timeoutMs, budget.leftMs());
  const resolver = new NameResolver({ ...input.names, timeoutMs, signal });
  const trust = createTrust(input.extraRootsPem, input.pmsBundlePem);
  const context: ProxyContext = { resolver, trust, timeoutMs, signal };
  const proxies = new ProxyPool(input.proxies, context);
  const plan = planProbes(input.endpoints, input.families, proxies.any);
  const pace = new Pace();
  const meter = new LoadMeter();
  let done = 0;

  const runJob = (job: Job): Promise<AttemptRecord> =>
    job.route === 'proxy' ? pace.run(() => attemptOnce(job)) : attemptOnce(job);

  const askWithin = async (job: Job, limitMs: number): Promise<AttemptRecord> => {
    const fromMs = meter.nowMs;
    const route = job.route === 'proxy' ? proxies.routeFor(job.endpoint) : null;
    const record = await attempt(job, route, { ...context, timeoutMs: limitMs });
    return isStarved(meter.lateSince(fromMs), limitMs) ? cutByHost(record) : record;
  };

  const attemptOnce = async (job: Job): Promise<AttemptRecord> => {
    const leftMs = budget.leftMs();
    const record =
      leftMs === 0
        ? notAttempted(job, 'BUDGET_SPENT', 'the budget of the run was spent before this attempt began')
        : signal.aborted
          ? notAttempted(job, 'INTERRUPTED', 'interrupted before it began')
          : cutByBudget(await askWithin(job, Math.min(timeoutMs, leftMs)), leftMs < input.timeoutMs);
    done += 1;
    input.onProgress(done, plan.jobs.length);
    return record;
  };

  const before = await countUnreachables();
  try {
    // The proxies first: the endpoints' attempts wait until they are reached or not.
    const [, hasty, rebinding, bySystem, childProxies] = await Promise.all([
      proxies.probeAll(),
      inParallel(plan.jobs, MAX_CONCURRENT_ATTEMPTS, runJob),
      askRebinding(input, context),
      askSystem?.(namesToCompare(plan.jobs, input.proxies), budget.capped(timeoutMs), signal),
      probeChildProxies(input.children ?? [], plan.jobs, context, (job, proxy) =>
        attempt(job, { kind: 'fixed', proxy }, { ...context, timeoutMs: budget.capped(timeoutMs).leftMs() }),
      ),
    ]);
    const unhurried = await askSlowly(hasty, plan.jobs, {
      ask: (job, deadline) => askWithin(job, Math.min(timeoutMs, deadline.leftMs())),
      wait: (ms) => setTimeout(Math.min(ms, budget.leftMs()), null, { signal }).catch(() => null),
      budget,
    });
    const known = await askUnderOtherNames(unhurried, plan.jobs, async (job, agent) => {
      const route = proxies.routeFor(job.endpoint);
      if (route?.kind !== 'fixed' || budget.passed) return null;
      return attempt(
        job,
        { kind: 'fixed', proxy: route.proxy.named(agent) },
        { ...context, timeoutMs: budget.capped(timeoutMs).leftMs() },
      );
    });
    const limitMs = patientLimitMs(timeoutMs, budget.leftMs());
    const records = await askPatiently(known, plan.jobs, await proxies.probeAll(), {
      timeoutMs,
      limitMs,
      withSilent: input.patient,
      ask: (job) => askWithin(job, limitMs),
    });
    const first = records.filter((r) => r.route === 'direct');
    const portOf = new Map(input.endpoints.map(({ id, port }) => [id, port]));
    const again = await askSilentAgain(
      tellRejectsApart(first, before, await countUnreachables()),
      portOf,
      (target, deadline) => dialOnly(target, deadline, signal),
      budget.capped(SECOND_QUESTIONS_MS),
    );
    const direct = shareRejects(tellRejectsApart(again, before, await countUnreachables()), portOf);
    const probed = await proxies.probeAll();
    const held = new Set(
      plan.jobs.flatMap(({ host }, index) => (records[index]?.code === ownCode('HOST_BUSY') ? [host] : [])),
    );
    return {
      proxies: proxies.any
        ? ok(withoutFalseSilence(probed, records).map((one) => cutByBudget(one, budget.passed)))
        : notRun('NO_PROXY_CONFIGURED'),
      'attempts.direct': ok(direct),
      'attempts.proxy': proxies.any
        ? ok(
            tellOwnPages(
              records.filter((r) => r.route === 'proxy'),
              probed,
            ),
          )
        : notRun('NO_PROXY_CONFIGURED', 'no proxy is set anywhere, so there is none to probe through'),
      resolver: ok({
        servers: await resolver.servers(),
        lookups: tellingLookups(await resolver.lookups(), held),
        ...(bySystem === undefined ? {} : { bySystem }),
        unreadable: await resolver.unreadable(),
        rebinding,
      }),
      childProxies: ok(childProxies),
      load: ok(meter.summary(records.filter(({ code }) => code === ownCode('HOST_BUSY')).length)),
    };
  } finally {
    meter.stop();
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
const LATE = new Set<string>([
  'ETIMEDOUT',
  ...([
    'ETIMEOUT',
    'PROXY_TIMEOUT',
    'PROXY_TLS_TIMEOUT',
    'PAC_TIMEOUT',
    'TLS_TIMEOUT',
    'HTTP_TIMEOUT',
  ] as const satisfies readonly ReasonCode[]),
]);

/** The kernel sends a SYN again after a second, however busy this program is: two that were not answered say enough. */
const TWO_SYNS_MS = 1_200;

/** An attempt that ended at its limit while this host let us wait says nothing about the other side. */
export function cutByHost(record: AttemptRecord): AttemptRecord {
  if (record.code === null || !LATE.has(record.code)) return record;
  if (record.code === 'ETIMEDOUT' && (record.stages.at(-1)?.ms ?? 0) >= TWO_SYNS_MS) return record;
  const detail = 'this host was too busy to run this program meanwhile';
  return { ...record, outcome: 'not-run', code: ownCode('HOST_BUSY'), detail };
}

/** An attempt that had less than its own time, because the time of the run was spent, says nothing about the other side. */
function cutByBudget<T extends AttemptRecord | ProxyProbe>(record: T, shortened: boolean): T {
  if (!shortened || record.code === null || !LATE.has(record.code)) return record;
  const detail = 'the budget of the run was spent before this ended';
  return { ...record, outcome: 'not-run', code: ownCode('BUDGET_SPENT'), detail };
}

/** The C library has four threads for its questions, and each may wait for seconds. */
const SYSTEM_NAMES = { endpoints: 4, proxies: 2 } as const;

/** The names to compare: those that a scan needs most, and the proxies'. */
function namesToCompare(jobs: readonly Job[], { http, https }: ProbeInput['proxies']): readonly string[] {
  const distinct = (hosts: readonly string[]): readonly string[] =>
    [...new Set(hosts)].filter((host) => host !== '' && familyOf(host) === null);
  const own = distinct(jobs.map(({ host }) => host)).slice(0, SYSTEM_NAMES.endpoints);
  const proxies = distinct([https, http].flatMap((choice) => choice?.url.host ?? [])).slice(0, SYSTEM_NAMES.proxies);
  return distinct([...own, ...proxies]);
}

/** Any 32 hexadecimal digits do: plex.direct answers with the address in the first label (Plex support article 206225077). */
const REBINDING_LABEL = '0123456789abcdef0123456789abcdef';

/** Checks whether the local resolver passes on a private answer for a plex.direct name. A public answer is the control. */
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
