import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { valueOf } from '../../core/model/evidence.ts';
import type { Place } from '../../core/model/vantage.ts';
import { readLink, readText } from '../system/files.ts';
import { systemErrorCode } from '../system/errors.ts';

/** The ids that decide what a process may do. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** A running process's place, with all that is needed to go there. */
export interface ProcessPlace {
  readonly place: Place;
  /** null: not known. */
  readonly user: User | null;
  /** Its file system where names are configured in other files than here; null: they are the same. */
  readonly otherRoot: string | null;
}

/** The files that decide how names are resolved. */
const NAME_FILES = ['etc/resolv.conf', 'etc/hosts', 'etc/nsswitch.conf'] as const;

export async function placeOf(procRoot: string, pid: number | 'self'): Promise<ProcessPlace> {
  const directory = join(procRoot, String(pid));
  const root = join(directory, 'root');
  const [network, status, isElsewhere] = await Promise.all([
    readLink(join(directory, 'ns/net')),
    readText('/', join(directory, 'status')),
    pid === 'self' ? false : hasOtherFiles(root),
  ]);
  const inode = /^net:\[(\d+)\]$/.exec(valueOf(network) ?? '')?.[1];
  const user = parseUser(valueOf(status) ?? '');
  return {
    place: { network: inode === undefined ? null : Number(inode), uid: user?.uid ?? null },
    user,
    otherRoot: isElsewhere ? root : null,
  };
}

/** Effective ids, of `/proc/PID/status`: the kernel judges by them. */
export function parseUser(status: string): User | null {
  const ids = (name: string): readonly number[] =>
    (new RegExp(`^${name}:\\t(.*)$`, 'm').exec(status)?.[1] ?? '').split(/\s+/).filter(Boolean).map(Number);
  const [uid, gid] = [ids('Uid')[1], ids('Gid')[1]];
  return uid === undefined || gid === undefined ? null : { uid, gid, groups: ids('Groups') };
}

/** A service with a private /tmp has a mount namespace of its own, but the same files; a container has others. */
async function hasOtherFiles(root: string): Promise<boolean> {
  const pairs = await Promise.all(NAME_FILES.map((file) => Promise.all([idOf(join(root, file)), idOf(`/${file}`)])));
  return pairs.some(([there, here]) => there !== 'denied' && there !== here);
}

async function idOf(path: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'missing';
  }
}
