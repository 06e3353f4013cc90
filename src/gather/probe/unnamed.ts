import type { AttemptRecord } from '../../core/model/probe-records.ts';
import type { Job } from './plan.ts';

/**
 * Asks for the denied endpoints that a scan needs once more without the name of this program: a proxy may judge by `User-Agent`, and PMS has
 * another one. A denial that stays is one of every client; an answer counts, and tells that only the name was denied.
 */
export function askUnnamed(
  records: readonly AttemptRecord[],
  jobs: readonly Job[],
  ask: (job: Job) => Promise<AttemptRecord | null>,
): Promise<readonly AttemptRecord[]> {
  return Promise.all(
    records.map(async (record, index) => {
      const job = jobs[index];
      if (job?.endpoint.need !== 'scan' || record.outcome !== 'denied' || record.form !== 'connect') return record;
      const again = await ask(job);
      return again?.outcome === 'ok'
        ? { ...again, detail: 'the proxy denies it to this program by its name, and to no other', deniedByName: true }
        : record;
    }),
  );
}
