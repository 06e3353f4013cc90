import type { CaptureConnection } from '../../parse/capture/index.ts';
import type { Flow } from '../../core/model/traffic.ts';
import { isPlexProgram, PMS_PROGRAM } from '../system/processes.ts';
import type { AskedQuestion } from './capture/live-packets.ts';
import type { TreeProcess } from './processes/process-tree.ts';
import type { Sighting } from './sockets/sockets.ts';
import type { AttemptMatching } from './trace/matching.ts';

/** Owner of a connection. `nobody`: the owner is not known. */
export type Attributed =
  | {
      readonly kind: 'pms';
      readonly process: string | null;
      readonly pid: number | null;
      readonly by: NonNullable<Flow['attribution']>;
    }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'nobody' };

/** Observations of processes and sockets, from which the owner of a packet is found. */
export interface Witness {
  /** The kernel's trace of PMS's processes; null: it was not asked, or refused. */
  readonly matching: AttemptMatching | null;
  /** Sockets that had this local port. */
  socketsWithPort(transport: 'tcp' | 'udp', port: number): readonly Sighting[];
  /** All processes of PMS, the ended ones included. */
  processes(): Iterable<TreeProcess>;
  /** Times of birth of other processes that only their sockets distinguish from PMS's. */
  readonly othersBornMs: readonly number[];
  /** DNS questions whose answers gave this address, in order of time. */
  questionsFor(address: string): readonly AskedQuestion[];
  /** Users that PMS's processes run as. */
  readonly users: ReadonlySet<number>;
  /** Everything in this network belongs to PMS. */
  readonly networkIsPms: boolean;
  /** Start of the watching. */
  readonly sinceMs: number;
}

/** A sample may be this much later than the packet: the packet comes through a pipe, the sample is taken after it. */
const LATE_MS = 1_000;
/** An address is used this long after it was asked for; clients keep it for minutes, but then others may have asked as well. */
const ANSWER_HOLDS_MS = 120_000;
/** "Around these packets": a child that was born earlier than this may have had other things to do. */
const JUST_BORN_MS = 3_000;
/** Difference between the kernel's time of a packet and ours of a birth or an end. */
const CLOCKS_MS = 25;

/**
 * Gives a connection to a process, by the surest evidence; inferred owners are marked as such. `concernsPms`: it goes to an endpoint of
 * the catalogue, or in vain to the proxy; any program of this machine may have connected to another place.
 */
export function attribute(connection: CaptureConnection, concernsPms: boolean, witness: Witness): Attributed {
  const attempt = witness.matching?.attemptOf(connection) ?? null;
  if (attempt !== null)
    return { kind: 'pms', process: attempt.doer?.name ?? null, pid: attempt.doer?.pid ?? null, by: 'trace' };
  const { transport, syns, firstMs } = connection;
  const isTraced = witness.matching?.traced.covers(firstMs) === true;
  // A UDP socket, or a connection without a seen beginning, may be older than the watching.
  const holder = isTraced && transport === 'tcp' && syns > 0 ? null : holderOf(connection, witness);
  if (holder === 'stranger') return { kind: 'stranger' };
  if (holder !== null) return { kind: 'pms', process: holder.name, pid: holder.pid, by: 'socket' };
  if (witness.networkIsPms && isTraced) return OF_ITS_NETWORK;
  // It began while every attempt of PMS's processes was traced.
  if (isTraced && (transport === 'udp' || syns > 0)) return { kind: 'stranger' };
  return (
    byQuestion(connection, witness) ??
    (concernsPms ? byElimination(connection, witness) : null) ??
    (witness.networkIsPms ? OF_ITS_NETWORK : { kind: 'nobody' })
  );
}

const OF_ITS_NETWORK: Attributed = { kind: 'pms', process: null, pid: null, by: 'network' };

type Holder = TreeProcess | 'stranger' | null;

/** The process that held the connection's socket; null when none was seen to. */
function holderOf({ transport, client, server, firstMs, lastMs }: CaptureConnection, witness: Witness): Holder {
  const sighting = witness
    .socketsWithPort(transport, client.port)
    .filter(
      (one) =>
        (one.local.address === client.address || isAny(one.local.address)) &&
        (one.remote === null || (one.remote.address === server.address && one.remote.port === server.port)) &&
        isThere(one, firstMs, lastMs, witness),
    )
    .at(-1);
  return sighting === undefined ? null : ownerOf(sighting, witness);
}

/** true when the socket existed meanwhile. Beside a trace sockets are listed only at its beginning: they count as long as their process lives. */
function isThere(
  { firstMs: sinceMs, lastMs: untilMs, owner }: Sighting,
  firstMs: number,
  lastMs: number,
  { matching }: Witness,
): boolean {
  if (sinceMs > lastMs + LATE_MS) return false;
  return untilMs >= firstMs - CLOCKS_MS || (matching !== null && typeof owner === 'object' && livedAt(owner, firstMs));
}

/** A socket whose owner could not be looked up still has a user: if none of PMS's processes runs as that user, it is not PMS's. */
function ownerOf({ owner, uid }: Sighting, { users }: Witness): Holder {
  if (owner !== 'unresolved') return owner;
  return users.size > 0 && !users.has(uid) ? 'stranger' : null;
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Evidence about the process that asked a DNS question. */
type Asker = (Pick<TreeProcess, 'pid' | 'bornMs' | 'diedMs'> & { readonly name: string | null }) | 'stranger' | null;

/** The process that asked a DNS question; null when none was seen to hold its socket. */
export function askerOf(question: AskedQuestion, witness: Witness): Asker {
  const { client, clientPort, server, serverPort, firstMs, lastMs } = question;
  const { matching } = witness;
  const ends = { client: { address: client, port: clientPort }, server: { address: server, port: serverPort } };
  const attempt = matching?.attemptOf({ transport: 'udp', ...ends, firstMs, lastMs }) ?? null;
  if (attempt !== null)
    return attempt.doer === null ? null : { ...attempt.doer, bornMs: Number.NEGATIVE_INFINITY, diedMs: null };
  const sighting = witness
    .socketsWithPort('udp', clientPort)
    .filter(
      (one) => (one.local.address === client || isAny(one.local.address)) && isThere(one, firstMs, lastMs, witness),
    )
    .at(-1);
  if (sighting !== undefined) return ownerOf(sighting, witness);
  return matching?.traced.covers(firstMs) === true && !witness.networkIsPms ? 'stranger' : null;
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
  // For a connection that was open before, the packets do not show when it was made.
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

function livedAt({ bornMs, diedMs }: Pick<TreeProcess, 'bornMs' | 'diedMs'>, timeMs: number): boolean {
  return bornMs - CLOCKS_MS <= timeMs && (diedMs === null || timeMs <= diedMs + CLOCKS_MS);
}
