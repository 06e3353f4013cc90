import type { AttemptRecord, ProxyProbe } from '../../core/model/probe-records.ts';
import { isOfKind } from '../../core/model/outcome.ts';
import { ownCode } from '../../core/model/reason.ts';
import type { Job } from './plan.ts';

/** libcurl waits minutes for a slow proxy or server, our attempts only seconds: endpoints that a scan needs are asked again with this limit. */
const PATIENT_FACTOR = 3;
const PATIENT_AT_LEAST_MS = 12_000;

/** Time limit of all second questions together: they are asked side by side. */
export function patientLimitMs(timeoutMs: number, leftMs: number): number {
  return Math.min(Math.max(timeoutMs * PATIENT_FACTOR, PATIENT_AT_LEAST_MS), leftMs);
}

export interface Patience {
  /** Limit of the first question. */
  readonly timeoutMs: number;
  /** Limit of the second one. */
  readonly limitMs: number;
  /** Asks proxies that answered nothing at all, too. */
  readonly withSilent: boolean;
  readonly ask: (job: Job) => Promise<AttemptRecord>;
}

/**
 * Asks the endpoints that a scan needs once more where only our own limit ended the attempt. A late answer counts, and says how late it
 * was; without one the first result stays. An attempt that is not asked again says so in its code: it may be slow.
 */
export async function askPatiently(
  records: readonly AttemptRecord[],
  jobs: readonly Job[],
  proxies: readonly Pick<ProxyProbe, 'url' | 'outcome'>[],
  { timeoutMs, limitMs, withSilent, ask }: Patience,
): Promise<readonly AttemptRecord[]> {
  const silent = silentProxies(records, proxies);
  return Promise.all(
    records.map(async (record, index) => {
      const job = jobs[index];
      if (job === undefined || !isPerhapsSlow(record)) return record;
      if (!withSilent && silent.has(record.via ?? '')) return askedOnce(record, timeoutMs);
      if (job.endpoint.need !== 'scan') return record;
      if (limitMs <= timeoutMs) return askedOnce(record, timeoutMs);
      const again = await ask(job);
      if (record.outcome === 'not-run') return again;
      // The name has an address after all: what became of the connection is the result.
      if (record.outcome === 'unresolved' && !isOfKind(again.outcome, 'no-address', 'not-run')) return again;
      if (again.outcome !== 'ok') return record;
      return { ...again, detail: `it answered, but later than the limit of ${timeoutMs / 1_000} s for one attempt` };
    }),
  );
}

/**
 * Outcomes in which the connection came about and then stayed silent, or the name server did, so that the other side may only be slow; or in
 * which this host was.
 */
function isPerhapsSlow({ outcome, code }: AttemptRecord): boolean {
  if (outcome === 'not-run') return code === ownCode('HOST_BUSY');
  if (outcome === 'unresolved') return code === 'ETIMEOUT';
  return (outcome === 'proxy-silent' || outcome === 'stalled') && code?.includes('TIMEOUT') === true;
}

function askedOnce(record: AttemptRecord, timeoutMs: number): AttemptRecord {
  if (record.outcome === 'not-run') return record;
  const detail = `no answer within ${timeoutMs / 1_000} s; it was not asked again with more patience`;
  return { ...record, code: ownCode('ASKED_ONCE'), detail };
}

/** The proxies that showed no sign of life: neither to an endpoint nor to the question for a name that cannot exist. */
function silentProxies(
  records: readonly AttemptRecord[],
  proxies: readonly Pick<ProxyProbe, 'url' | 'outcome'>[],
): ReadonlySet<string> {
  const isAlive = (url: string): boolean =>
    records.some(({ via, outcome }) => via === url && !isOfKind(outcome, 'proxy-silence', 'not-run'));
  return new Set(
    proxies.filter(({ url, outcome }) => outcome === 'proxy-silent' && !isAlive(url)).map(({ url }) => url),
  );
}

/** A proxy that served any attempt late is slow, not silent; one that was not asked again may be. */
export function withoutFalseSilence(
  proxies: readonly ProxyProbe[],
  records: readonly AttemptRecord[],
): readonly ProxyProbe[] {
  return proxies.map((proxy) => {
    if (proxy.outcome !== 'proxy-silent') return proxy;
    const own = records.filter(({ via }) => via === proxy.url);
    if (own.some(({ outcome }) => outcome === 'ok'))
      return {
        ...proxy,
        outcome: 'ok',
        code: null,
        detail: 'it is slow: it answered only after the limit of one attempt',
      };
    const once = own.find(({ code }) => code === ownCode('ASKED_ONCE'));
    return once === undefined ? proxy : { ...proxy, code: once.code, detail: once.detail };
  });
}
