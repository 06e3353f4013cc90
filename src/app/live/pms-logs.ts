import { posix } from 'node:path';
import { notRun, type Gathered } from '../../core/model/evidence.ts';
import type { PmsLog } from '../../core/model/traffic.ts';
import { readRecentLogs } from '../../gather/experiment/recent-logs.ts';
import { isOnThisMachine } from '../../gather/pms/api/base.ts';
import { dataPlaces } from '../../gather/pms/api/data-directory.ts';
import type { LocatedPms } from '../../gather/pms/locate.ts';
import { hasFile } from '../../gather/system/files.ts';
import type { Run } from '../run.ts';

/** The `Logs` of a PMS, in the file system that it sees. */
export interface LogFolder {
  readonly root: string;
  readonly folder: string;
}

/** PMS's logs, where its data directory is known and may be read. */
export async function findLogs(located: LocatedPms, { terminal }: Pick<Run, 'terminal'>): Promise<LogFolder | null> {
  for (const { root, path } of await dataPlaces(located, terminal)) {
    const folder = posix.join(path, 'Logs');
    if (await hasFile(root, posix.join(folder, 'Plex Media Server.log'))) return { root, folder };
  }
  return null;
}

export const LOGS_NOT_FOUND = notRun('NO_PMS_LOG', "PMS's logs were not found, or may not be read by this user");

/** The recent logs of this machine's PMS. */
export async function readLogs(run: Run, located: LocatedPms): Promise<Gathered<PmsLog>> {
  const { pms } = run.options;
  if (pms !== null && !isOnThisMachine(pms))
    return notRun('NO_PMS_LOG', 'no log was read: this machine has none of the PMS that --pms names');
  const found = await findLogs(located, run);
  if (found === null) return LOGS_NOT_FOUND;
  return readRecentLogs(found.root, found.folder, { nowMs: Date.now(), signal: run.signal });
}
