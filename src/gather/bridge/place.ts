import { join } from 'node:path';
import { valueOf } from '../../core/model/evidence.ts';
import type { Stop } from '../../core/model/bridge.ts';
import { filesService, lineNaming } from '../../bridge/hosts-file.ts';
import { readLink, readText } from '../system/files.ts';
import { placeOf, type User } from '../vantage/place.ts';
import { readHosts } from './hosts-mount.ts';

/** The facts about the place of PMS that a bridge needs. */
export interface BridgePlace {
  readonly pid: number;
  /** Its network namespace where it is another one than ours. */
  readonly network: string | null;
  /** The user that PMS runs as where it is another one than ours. */
  readonly user: User | null;
  readonly root: string | null;
  /** Its /etc/hosts, whole. */
  readonly hosts: string;
  /** Its mount namespace is ours, so that the lines hold for all programs of this machine. */
  readonly isShared: boolean;
  /** Its C library asks other services first. */
  readonly isLater: boolean;
}

export interface Stopped {
  readonly why: Stop;
  readonly args: Readonly<Record<string, string | number>>;
}

/** Looks at the place of PMS; or says what stands against a bridge there. Changes nothing. */
export async function bridgePlaceOf(pid: number, names: readonly string[]): Promise<BridgePlace | Stopped> {
  const directory = `/proc/${pid}`;
  const [here, there, ownMounts, itsMounts, hosts, nsswitch] = await Promise.all([
    placeOf('/proc', 'self'),
    placeOf('/proc', pid),
    readLink('/proc/self/ns/mnt'),
    readLink(join(directory, 'ns/mnt')),
    readHosts(pid),
    readText(join(directory, 'root'), '/etc/nsswitch.conf'),
  ]);
  if (there.place.network === null || there.user === null) return { why: 'pms-gone', args: {} };
  if (hosts === null) return { why: 'no-hosts-file', args: {} };
  const service = filesService(valueOf(nsswitch));
  if (service === 'absent') return { why: 'no-files-service', args: {} };
  for (const host of names) {
    const present = lineNaming(hosts, host);
    if (present !== null) return { why: 'hosts-line', args: { host, ...present } };
  }
  return {
    pid,
    network: here.place.network === there.place.network ? null : join(directory, 'ns/net'),
    user: here.place.uid === there.place.uid ? null : there.user,
    root: there.otherRoot,
    hosts,
    isShared: valueOf(ownMounts) !== null && valueOf(ownMounts) === valueOf(itsMounts),
    isLater: service === 'later',
  };
}

/** Whether this user may bind over a file at all. */
export function mayMount(): boolean {
  return process.geteuid?.() === 0;
}
