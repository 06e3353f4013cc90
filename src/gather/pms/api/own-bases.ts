import { readPlace, SOCKET_STATE } from '../../../parse/proc/proc-net.ts';
import { scopeOf } from '../../../core/values/scope.ts';
import { PMS_PORT } from '../../../core/values/pms-port.ts';
import type { Procfs } from '../../system/procfs.ts';
import { LOCAL_BASE, LOCAL_SECURE_BASE, parseBase, type PmsBase } from './base.ts';

/** PMS listens on a few ports for DLNA, GDM and companions as well; more than these belong to no PMS. */
const MOST_PORTS = 6;

/**
 * The addresses at which a PMS of this machine may serve its API, the most likely first, each without and with TLS. A server whose listening
 * sockets may be looked at is asked at its own ports alone: 32400 may be another server's.
 */
export function ownBases(procfs: Procfs | null, pid: number): readonly PmsBase[] {
  const origins = listeningAt(procfs, pid) ?? [LOCAL_BASE];
  return [...origins, ...origins.map(secure)].flatMap((origin) => {
    const parsed = parseBase(origin);
    return parsed.ok ? [parsed.base] : [];
  });
}

function secure(origin: string): string {
  return origin === LOCAL_BASE ? LOCAL_SECURE_BASE : origin.replace('http:', 'https:');
}

/** Origins of the TCP ports on which a process listens; null: none was seen, or this user may not look. */
function listeningAt(procfs: Procfs | null, pid: number): readonly string[] | null {
  const held = procfs?.sockets(pid);
  if (procfs === null || held?.kind !== 'seen') return null;
  const own = new Set(held.value);
  const places = (['tcp', 'tcp6'] as const).flatMap((name) => {
    const rows = procfs.table(pid, name);
    if (rows.kind !== 'seen') return [];
    return rows.value
      .filter(({ state, inode }) => state === SOCKET_STATE.listen && own.has(inode))
      .flatMap(({ local }) => readPlace(local) ?? []);
  });
  const origins = places
    .toSorted((a, b) => likelihood(a) - likelihood(b) || a.port - b.port)
    .map(({ address, port }) => `http://${reachable(address)}:${port}`);
  return origins.length === 0 ? null : [...new Set(origins)].slice(0, MOST_PORTS);
}

interface Listening {
  readonly address: string;
  readonly port: number;
}

/** The usual port comes first, then those for all of the network; calls among PMS's own programs stay on the loopback. */
function likelihood({ address, port }: Listening): number {
  if (port === PMS_PORT) return 0;
  return scopeOf(address) === 'loopback' ? 2 : 1;
}

/** A server that listens on every address is asked on the loopback. */
function reachable(address: string): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return address.includes(':') ? `[${address}]` : address;
}
