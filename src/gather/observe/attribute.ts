import type { CaptureConnection } from '../../parse/capture.ts';
import type { Flow } from '../../core/traffic.ts';
import { isPlexProgram, PMS_PROGRAM } from '../pms/processes.ts';
import type { AskedQuestion } from './live-packets.ts';
import type { TreeProcess } from './process-tree.ts';
import type { Sighting } from './sockets.ts';

/** Whose a connection is. `nobody`: it cannot be told. */
export type Attributed =
  | {
      readonly kind: 'pms';
      readonly process: string | null;
      readonly pid: number | null;
      readonly by: NonNullable<Flow['attribution']>;
    }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'nobody' };

/** What was seen of processes and sockets, for the question whose a packet is. */
export interface Witness {
  /** Sockets that had this local port. */
  socketsWithPort(transport: 'tcp' | 'udp', port: number): readonly Sighting[];
  /** All processes of PMS, the ended ones included. */
  processes(): Iterable<TreeProcess>;
  /** When processes were born that are not PMS's, and that nothing but their sockets tells from it. */
  readonly othersBornMs: readonly number[];
  /** DNS questions whose answers gave this address, in order of time. */
  questionsFor(address: string): readonly AskedQuestion[];
  /** Users that PMS's processes run as. */
  readonly users: ReadonlySet<number>;
  /** Everything in this network is of PMS. */
  readonly networkIsPms: boolean;
  /** When the watching began. */
  readonly sinceMs: number;
}

/** A sample may be this much later than the packet: the packet comes through a pipe, the sample is taken after it. */
const LATE_MS = 1_000;
/** An address is used this long after it was asked for; clients keep it for minutes, but then others may have asked as well. */
const ANSWER_HOLDS_MS = 120_000;
/** "Around these packets": a child that was born earlier than this may have had other things to do. */
const JUST_BORN_MS = 3_000;
/** Between the kernel's time of a packet and ours of a birth or an end. */
const CLOCKS_MS = 25;

/**
 * Gives a connection to a process, by the surest of what is known; what is inferred says so. `concernsPms`: it goes to an endpoint of
 * the catalogue, or in vain to the proxy; to another place any program of this machine may have connected.
 */
export function attribute(connection: CaptureConnection, concernsPms: boolean, witness: Witness): Attributed {
  const holder = holderOf(connection, witness);
  if (holder === 'stranger') return { kind: 'stranger' };
  if (holder !== null) return { kind: 'pms', process: holder.name, pid: holder.pid, by: 'socket' };
  return (
    byQuestion(connection, witness) ??
    (concernsPms ? byElimination(connection, witness) : null) ??
    (witness.networkIsPms ? { kind: 'pms', process: null, pid: null, by: 'network' } : { kind: 'nobody' })
  );
}

type Holder = TreeProcess | 'stranger' | null;

/** Who held the connection's socket; null when nobody was seen to. */
function holderOf({ transport, client, server, firstMs, lastMs }: CaptureConnection, witness: Witness): Holder {
  const sighting = witness
    .socketsWithPort(transport, client.port)
    .filter(
      (one) =>
        (one.local.address === client.address || isAny(one.local.address)) &&
        (one.remote === null || (one.remote.address === server.address && one.remote.port === server.port)) &&
        one.firstMs <= lastMs + LATE_MS &&
        one.lastMs >= firstMs - CLOCKS_MS,
    )
    .at(-1);
  return sighting === undefined ? null : ownerOf(sighting, witness);
}

/** A socket whose owner could not be looked up still has a user: if none of PMS's processes runs as that user, it is not PMS's. */
function ownerOf({ owner, uid }: Sighting, { users }: Witness): Holder {
  if (owner !== 'unresolved') return owner;
  return users.size > 0 && !users.has(uid) ? 'stranger' : null;
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Who asked a DNS question; null when nobody was seen to hold its socket. */
export function askerOf({ client, clientPort, firstMs, lastMs }: AskedQuestion, witness: Witness): Holder {
  const sighting = witness
    .socketsWithPort('udp', clientPort)
    .filter(
      (one) =>
        (one.local.address === client || isAny(one.local.address)) &&
        one.firstMs <= lastMs + LATE_MS &&
        one.lastMs >= firstMs - CLOCKS_MS,
    )
    .at(-1);
  return sighting === undefined ? null : ownerOf(sighting, witness);
}

/** The process that asked for a name of this address shortly before, unless another program asked too. */
function byQuestion({ server, firstMs }: CaptureConnection, witness: Witness): Attributed | null {
  const askers = witness
    .questionsFor(server.address)
    .filter((one) => one.firstMs <= firstMs + CLOCKS_MS && one.firstMs >= firstMs - ANSWER_HOLDS_MS)
    .map((one) => askerOf(one, witness));
  if (askers.includes('stranger')) return null;
  const latest = askers.findLast((one) => one !== null && one !== 'stranger' && livedAt(one, firstMs));
  if (latest === undefined || latest === null || latest === 'stranger') return null;
  return { kind: 'pms', process: latest.name, pid: latest.pid, by: 'dns' };
}

/**
 * The only program of PMS that lived just around the packets, where no other program of its users was born just then. Several of the same name give that name alone. In the first seconds,
 * any child may have been born just before, unless procfs tells when it was.
 */
function byElimination({ transport, syns, firstMs }: CaptureConnection, witness: Witness): Attributed | null {
  // Of a connection that was open before, the packets say nothing about when it was made.
  if (transport === 'tcp' && syns === 0) return null;
  const oldestMs = firstMs - JUST_BORN_MS;
  if (witness.othersBornMs.some((bornMs) => bornMs >= oldestMs && bornMs - CLOCKS_MS <= firstMs)) return null;
  const isJustBorn = ({ bornMs }: TreeProcess): boolean =>
    bornMs >= oldestMs || (bornMs === Number.NEGATIVE_INFINITY && oldestMs < witness.sinceMs);
  const candidates = [...witness.processes()].filter(
    (one) => one.name !== PMS_PROGRAM && isPlexProgram(one.name) && livedAt(one, firstMs) && isJustBorn(one),
  );
  const [first] = candidates;
  if (first === undefined || candidates.some(({ name }) => name !== first.name)) return null;
  return { kind: 'pms', process: first.name, pid: candidates.length === 1 ? first.pid : null, by: 'elimination' };
}

function livedAt({ bornMs, diedMs }: TreeProcess, timeMs: number): boolean {
  return bornMs - CLOCKS_MS <= timeMs && (diedMs === null || timeMs <= diedMs + CLOCKS_MS);
}
