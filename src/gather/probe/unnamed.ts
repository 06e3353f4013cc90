import { isOfKind } from '../../core/model/outcome.ts';
import type { AttemptRecord } from '../../core/model/probe-records.ts';
import type { Job } from './plan.ts';

/** How the HTTP requests of PMS begin their `User-Agent`: an access list matches that. */
export const NAME_OF_PMS = 'PlexMediaServer';

/** Another tunnel takes as long as the first one: a slow proxy is not asked for it. */
const QUICK_MS = 2_000;

/** `agent`: the `User-Agent` of CONNECT; null: none is sent. The attempt, or null where it cannot be made. */
type Ask = (job: Job, agent: string | null) => Promise<AttemptRecord | null>;

/**
 * Asks for the endpoints that a scan needs once more under another name: a proxy may judge by `User-Agent`, and PMS has another one than this
 * program. A denial that stays without a name is one of every client; an answer counts, and tells that only the name was denied. An answer
 * that is denied under the name of PMS counts as well, and is none for PMS.
 */
export function askUnderOtherNames(
  records: readonly AttemptRecord[],
  jobs: readonly Job[],
  ask: Ask,
): Promise<readonly AttemptRecord[]> {
  return Promise.all(
    records.map(async (record, index) => {
      const job = jobs[index];
      if (job?.endpoint.need !== 'scan' || record.form !== 'connect') return record;
      if (record.outcome === 'denied') return unnamed(record, job, ask);
      return record.outcome === 'ok' && (record.ms ?? 0) <= QUICK_MS ? asPms(record, job, ask) : record;
    }),
  );
}

async function unnamed(record: AttemptRecord, job: Job, ask: Ask): Promise<AttemptRecord> {
  const again = await ask(job, null);
  return again?.outcome === 'ok'
    ? { ...again, detail: 'the proxy denies it to this program by its name, and to no other', deniedByName: true }
    : record;
}

async function asPms(record: AttemptRecord, job: Job, ask: Ask): Promise<AttemptRecord> {
  const again = await ask(job, NAME_OF_PMS);
  // A proxy that hangs up may do so by chance.
  const isTwice = isOfKind(again?.outcome, 'proxy-failure');
  const last = isTwice ? await ask(job, NAME_OF_PMS) : again;
  return isOfKind(last?.outcome, 'proxy-refusal', ...(isTwice ? (['proxy-failure'] as const) : []))
    ? { ...record, detail: `the proxy denies it to requests named ${NAME_OF_PMS}`, deniedAsPms: true }
    : record;
}
