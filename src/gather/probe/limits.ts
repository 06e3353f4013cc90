import type { AttemptRecord, ProxyProbe } from '../../core/model/probe-records.ts';
import { isOfKind } from '../../core/model/outcome.ts';
import { ownCode } from '../../core/model/reason.ts';
import type { Deadline } from '../../core/values/deadline.ts';
import type { Job } from './plan.ts';

/** Limits count requests a second or open connections: both are over after this. */
const LULL_MS = 1_000;
/** Between two questions that are asked one by one. */
const GAP_MS = 150;
/** All second questions together, without the time for which the proxy itself asks. */
const SLOWLY_MS = 10_000;
/** A proxy that asks for more patience (Retry-After) than this is not asked again. */
const RETRY_AFTER_AT_MOST_MS = 30_000;

export interface Slowly {
  readonly ask: (job: Job, deadline: Deadline) => Promise<AttemptRecord>;
  readonly wait: (ms: number) => Promise<unknown>;
  /** Time limit of the whole probe. */
  readonly budget: Deadline;
}

/**
 * Asks again, one by one, where a limit of the proxy for requests or connections ended an attempt, or may have: many proxies deny or close
 * instead of saying 429. Of the attempts that merely may have met a limit, those are asked that matter to PMS; the rest follows where one of
 * these shows that there is a limit. A proxy that names the time to come back is asked then, or, if that is too late, not again.
 */
export async function askSlowly(
  records: readonly AttemptRecord[],
  jobs: readonly Job[],
  slowly: Slowly,
): Promise<readonly AttemptRecord[]> {
  const answers = new Map<AttemptRecord, AttemptRecord>();
  const suspects = records.flatMap((record, index) => {
    const job = jobs[index];
    if (job === undefined) return [];
    if (record.outcome === 'rate-limited') return [{ record, job, isSure: true }];
    return mayBeLimit(record, records) ? [{ record, job, isSure: false }] : [];
  });
  const lullMs = lullOf(suspects.map(({ record }) => record));
  const isTooLong = lullMs > Math.min(RETRY_AFTER_AT_MOST_MS, slowly.budget.leftMs());
  if (lullMs > 0 && !isTooLong) await slowly.wait(lullMs);
  const deadline = slowly.budget.capped(isTooLong ? 0 : SLOWLY_MS);
  const askAll = async (asked: typeof suspects): Promise<void> => {
    for (const { record, job } of asked) {
      if (deadline.passed) return;
      const again = await slowly.ask(job, deadline);
      answers.set(record, again);
      // Still too fast, even one by one: no further question.
      if (again.outcome === 'rate-limited') return;
      await slowly.wait(GAP_MS);
    }
  };
  await askAll(suspects.filter(({ isSure, job }) => isSure || job.endpoint.need !== 'optional'));
  const changed = [...answers].some(([first, again]) => isOtherEnd(first, again));
  if (changed) await askAll(suspects.filter(({ record }) => !answers.has(record)));
  return records.map((record) => {
    const again = answers.get(record);
    const isOther = again !== undefined && isOtherEnd(record, again);
    return isOther || record.outcome === 'rate-limited' ? { ...(isOther ? again : record), limited: true } : record;
  });
}

/** How long to wait before the first second question: as long as the proxy says, or until usual limits are over; 0: no limit is known. */
function lullOf(suspects: readonly AttemptRecord[]): number {
  const limited = suspects.filter(({ outcome }) => outcome === 'rate-limited');
  return limited.reduce((ms, { retryAfterS = 0 }) => Math.max(ms, LULL_MS, retryAfterS * 1_000), 0);
}

/** The second question had less time, so its silence says nothing. */
function isOtherEnd(first: AttemptRecord, again: AttemptRecord): boolean {
  const isTold = !isOfKind(again.outcome, 'not-run', 'no-verdict', 'proxy-silence', 'breakage');
  return isTold && again.outcome !== first.outcome;
}

/** Ends by which proxies enforce a limit without saying so: 403, a bare 503, a close, a refused connection beside others that came about. */
function mayBeLimit({ route, outcome, code, via }: AttemptRecord, records: readonly AttemptRecord[]): boolean {
  if (route !== 'proxy') return false;
  if (outcome === 'denied') return code !== ownCode('POLICY_REDIRECT');
  if (outcome === 'proxy-error') return code === ownCode('CLOSED') || code === 'ECONNRESET' || code === 'HTTP_503';
  return (
    outcome === 'proxy-unreachable' &&
    records.some((other) => other.via === via && isOfKind(other.outcome, 'answer', 'proxy-refusal'))
  );
}

/**
 * A page that names the program which also answers CONNECT is the proxy's own, where its status says that it does not do what was asked.
 */
export function tellOwnPages(
  records: readonly AttemptRecord[],
  proxies: readonly Pick<ProxyProbe, 'url' | 'software'>[],
): readonly AttemptRecord[] {
  const softwareOf = new Map(proxies.map(({ url, software }) => [url, software]));
  return records.map((record) => {
    const { outcome, status, via, http } = record;
    const server = http?.server ?? null;
    const isOwn = server !== null && server === softwareOf.get(via ?? '') && (status ?? 0) >= 400;
    return outcome === 'unclear-answer' && isOwn
      ? { ...record, outcome: 'proxy-error', code: ownCode('PLAIN_HTTP_REFUSED'), detail: 'the proxy itself answered' }
      : record;
  });
}
