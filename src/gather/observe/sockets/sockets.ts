import { isUnconnected, readPlace, SOCKET_STATE, type Place, type SocketRow } from '../../../parse/proc/proc-net.ts';
import { SOCKET_TABLES, type Procfs, type SocketTable } from '../../system/procfs.ts';
import type { ProcessTree, TreeProcess } from '../processes/process-tree.ts';

/** Owner of a socket. `unresolved`: it was gone before its owner could be looked up. */
export type Owner = TreeProcess | 'stranger' | 'unresolved';

/** A socket that was seen, from its first to its last sample. */
export interface Sighting {
  readonly transport: 'tcp' | 'udp';
  readonly local: Place;
  /** null: it listens, or is a UDP socket that was not connected. */
  readonly remote: Place | null;
  readonly uid: number;
  owner: Owner;
  /** Another process connected to it. */
  readonly accepted: boolean;
  readonly firstMs: number;
  lastMs: number;
  samples: number;
  established: boolean;
  /** SYNs sent again, as far as seen. */
  retransmits: number;
  /** First and last time at which it was seen waiting for an answer to its SYN. */
  waitedFromMs: number | null;
  waitedToMs: number | null;
}

/** Sockets of PMS that are remembered after they are gone; further ones are only counted. */
const KEPT_LIMIT = 20_000;
/** The same for sockets of other programs, which are kept only to leave their packets out. */
const STRANGERS_LIMIT = 20_000;

/** Samples the sockets of all network namespaces in which PMS has processes. */
export class SocketWatch {
  readonly #procfs: Procfs;
  readonly #tree: ProcessTree;
  readonly #ownPid: number | null;
  /** Sockets that are there now, by table, then by namespace, inode and remote end. */
  readonly #open = new Map<SocketTable, ReadonlyMap<string, Sighting>>();
  readonly #counts = new Map<string, number>();
  /** TCP ports on which any process has listened: a socket with such a port was connected to from elsewhere. */
  readonly #listening = new Set<number>();
  readonly #ofPms: Sighting[] = [];
  /** All sockets by transport and local port, to find the owner of a packet. */
  readonly #byPort = new Map<string, Sighting[]>();
  #strangers = 0;
  #waits = false;
  /** true once the tables have been listed: sockets of the first list existed before the watching. */
  #isListed = false;
  #opened = 0;
  omitted = 0;
  /** Processes whose sockets this user may not list. */
  denied = false;
  /** Tables that this user may not read. */
  unreadable = false;

  constructor(procfs: Procfs, tree: ProcessTree) {
    this.#procfs = procfs;
    this.#tree = tree;
    this.#ownPid = procfs.ownPid();
  }

  /** Sockets that PMS's processes held, gone or not, in the order of their first sample. */
  get ofPms(): readonly Sighting[] {
    return this.#ofPms;
  }

  /** true while a socket of PMS waits for an answer to its SYN. */
  get waits(): boolean {
    return this.#waits;
  }

  /** TCP connections that any process of this side opened after the first list. */
  get opened(): number {
    return this.#opened;
  }

  /** Sockets of PMS's users whose owners this user may not look at. */
  ofUsers(): readonly Sighting[] {
    if (!this.denied) return [];
    return [...this.#byPort.values()]
      .flat()
      .filter(({ owner, uid }) => owner === 'unresolved' && this.#tree.users.has(uid));
  }

  /** TCP ports on which PMS's processes listen. */
  listening(): readonly number[] {
    const owners = this.#owners();
    const rows = [...this.#namespaces().values()].flatMap((pid) =>
      (['tcp', 'tcp6'] as const).flatMap((table) => {
        const looked = this.#procfs.table(pid, table);
        return looked.kind === 'seen' ? looked.value : [];
      }),
    );
    const isOfPms = ({ state, inode }: SocketRow) =>
      state === SOCKET_STATE.listen && typeof owners.get(inode) === 'object';
    return [...new Set(portsOf(rows.filter(isOfPms)))];
  }

  /** Sockets that had this local port, the last one last. */
  withPort(transport: 'tcp' | 'udp', port: number): readonly Sighting[] {
    return this.#byPort.get(`${transport} ${port}`) ?? [];
  }

  /** Tables with more sockets than at the last call. */
  grown(): readonly SocketTable[] {
    const grown = new Set<SocketTable>();
    for (const [namespace, pid] of this.#namespaces()) {
      const counts = this.#procfs.socketCounts(pid);
      for (const table of SOCKET_TABLES) {
        const count = counts.get(table) ?? 0;
        const key = `${namespace} ${table}`;
        if (count > (this.#counts.get(key) ?? 0)) grown.add(table);
        this.#counts.set(key, count);
      }
    }
    return [...grown];
  }

  /** Looks at these tables. Those of TCP take milliseconds: the kernel walks through its whole hash table for each. */
  sample(tables: Iterable<SocketTable>, nowMs: number): void {
    const namespaces = this.#namespaces();
    const unknown: Unknown[] = [];
    for (const table of tables) {
      const known = this.#open.get(table);
      const open = new Map<string, Sighting>();
      this.#open.set(table, open);
      for (const [namespace, pid] of namespaces) {
        for (const row of this.#rows(pid, table)) {
          if (row.inode === 0) continue;
          const key = `${namespace} ${row.inode} ${row.remote}`;
          const sighting = known?.get(key);
          if (sighting === undefined) {
            unknown.push({ keep: (one) => open.set(key, one), row, transport: transportOf(table) });
            continue;
          }
          note(sighting, row, nowMs);
          open.set(key, sighting);
          if (sighting.owner === 'unresolved') unknown.push({ row, sighting });
        }
      }
    }
    if (unknown.length > 0) this.#resolve(unknown, nowMs);
    this.#isListed = true;
    this.#waits = [...this.#open.values()].some((open) => [...open.values()].some((one) => this.#isWaiting(one)));
  }

  /** Tables with new sockets that no process of PMS was seen to hold: if that is still so at the next look, they belong to others. */
  unsettled(): readonly SocketTable[] {
    if (this.denied) return [];
    const isUnsettled = ({ owner, samples }: Sighting): boolean => owner === 'unresolved' && samples === 1;
    return [...this.#open].flatMap(([table, open]) => ([...open.values()].some(isUnsettled) ? [table] : []));
  }

  #isWaiting({ owner, uid, waitedFromMs, established }: Sighting): boolean {
    const mayBeOfPms = typeof owner === 'object' || (this.denied && this.#tree.users.has(uid));
    return mayBeOfPms && waitedFromMs !== null && !established;
  }

  /** The sockets of a table that have a life of their own. Listening ports of PMS and of others are noted. */
  #rows(pid: number, table: SocketTable): readonly SocketRow[] {
    const looked = this.#procfs.table(pid, table);
    // The process may have ended since it was listed: the next look takes another one.
    if (looked.kind === 'denied') this.unreadable = true;
    const rows = looked.kind === 'seen' ? looked.value : [];
    const isListening = ({ state }: SocketRow) => state === SOCKET_STATE.listen;
    for (const port of portsOf(rows.filter(isListening))) this.#listening.add(port);
    return rows.filter((row) => !isListening(row));
  }

  /** One living process for each network namespace that PMS's processes are in. */
  #namespaces(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const process of this.#tree.living.values()) {
      const namespace = process.networkNamespace ?? 'unknown';
      if (!found.has(namespace)) found.set(namespace, process.pid);
    }
    return found;
  }

  #resolve(unknown: readonly Unknown[], nowMs: number): void {
    const owners = this.#owners();
    for (const each of unknown) {
      const owner = owners.get(each.row.inode);
      if ('sighting' in each) {
        // The socket existed before the last list of owners and still exists: no process that counts holds it.
        if (owner !== undefined) this.#takeOver(each.sighting, owner);
        else if (!this.denied || !this.#tree.users.has(each.row.uid)) each.sighting.owner = 'stranger';
        continue;
      }
      const sighting = this.#sight(each, owner ?? 'unresolved', nowMs);
      if (sighting !== null) each.keep(sighting);
    }
  }

  /** The owner of each socket. A child's inherited socket belongs to its parent: PMS comes first. */
  #owners(): ReadonlyMap<number, Owner> {
    const owners = new Map<number, Owner>();
    for (const process of this.#tree.living.values()) {
      const sockets = this.#procfs.sockets(process.pid);
      if (sockets.kind === 'denied') this.denied = true;
      if (sockets.kind !== 'seen') continue;
      for (const inode of sockets.value) if (!owners.has(inode)) owners.set(inode, process);
    }
    const own = this.#ownPid === null ? null : this.#procfs.sockets(this.#ownPid);
    if (own?.kind === 'seen') for (const inode of own.value) owners.set(inode, 'stranger');
    return owners;
  }

  #sight({ row, transport }: NewSocket, owner: Owner, nowMs: number): Sighting | null {
    const local = readPlace(row.local);
    const remote = isUnconnected(row) ? null : readPlace(row.remote);
    if (local === null) return null;
    const sighting: Sighting = {
      transport,
      local,
      remote,
      uid: row.uid,
      owner,
      accepted: transport === 'tcp' && this.#listening.has(local.port),
      firstMs: nowMs,
      lastMs: nowMs,
      samples: 0,
      established: false,
      retransmits: 0,
      waitedFromMs: null,
      waitedToMs: null,
    };
    note(sighting, row, nowMs);
    if (transport === 'tcp' && !sighting.accepted && remote !== null && this.#isListed) this.#opened += 1;
    this.#remember(sighting);
    return sighting;
  }

  #takeOver(sighting: Sighting, owner: Owner): void {
    sighting.owner = owner;
    if (typeof owner === 'object') this.#keep(sighting);
  }

  #keep(sighting: Sighting): void {
    if (this.#ofPms.length < KEPT_LIMIT) this.#ofPms.push(sighting);
    else this.omitted += 1;
  }

  #remember(sighting: Sighting): void {
    if (typeof sighting.owner === 'object') this.#keep(sighting);
    const key = `${sighting.transport} ${sighting.local.port}`;
    const same = this.#byPort.get(key);
    if (same === undefined) this.#byPort.set(key, [sighting]);
    else same.push(sighting);
    this.#strangers += 1;
    if (this.#strangers > STRANGERS_LIMIT) this.#forget(sighting.firstMs);
  }

  /** Drops the sockets that are gone for longest; PMS's own stay in `ofPms`. */
  #forget(nowMs: number): void {
    const ages = [...this.#byPort.values()].flat().map(({ lastMs }) => lastMs);
    const middle = ages.toSorted((a, b) => a - b)[Math.floor(ages.length / 2)] ?? nowMs;
    this.#strangers = 0;
    for (const [key, sightings] of this.#byPort) {
      const kept = sightings.filter(({ lastMs }) => lastMs > middle);
      this.#strangers += kept.length;
      if (kept.length === 0) this.#byPort.delete(key);
      else this.#byPort.set(key, kept);
    }
  }
}

interface NewSocket {
  readonly row: SocketRow;
  readonly transport: 'tcp' | 'udp';
  readonly keep: (sighting: Sighting) => void;
}
/** A socket that is new, or whose owner was not found in the sample before. */
type Unknown = NewSocket | { readonly row: SocketRow; readonly sighting: Sighting };

function transportOf(table: SocketTable): 'tcp' | 'udp' {
  return table === 'tcp' || table === 'tcp6' ? 'tcp' : 'udp';
}

function portsOf(rows: readonly SocketRow[]): readonly number[] {
  return rows.map(({ local }) => Number.parseInt(local.slice(-4), 16));
}

function note(sighting: Sighting, row: SocketRow, nowMs: number): void {
  sighting.lastMs = nowMs;
  sighting.samples += 1;
  sighting.retransmits = Math.max(sighting.retransmits, row.state === SOCKET_STATE.synSent ? row.retransmits : 0);
  if (sighting.transport === 'udp') return;
  if (row.state === SOCKET_STATE.synSent) {
    sighting.waitedFromMs ??= nowMs;
    sighting.waitedToMs = nowMs;
  } else sighting.established = true;
}
