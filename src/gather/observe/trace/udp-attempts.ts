import type { TraceEvent } from '../../../parse/trace/events.ts';
import { applyAnswer, applyError, attemptOf, LOOKUP_MS, RecentMap, type Attempt, type Lookups } from './attempt.ts';
import type { Doer, TracedProcesses } from './processes.ts';

const DNS_PORT = 53;
/** UDP sockets that were connected and not used, for each thread, and in all. */
const UNUSED_OF_THREAD = 16;
const UNUSED_LIMIT = 4_096;
/** A port that was silent for longer than this belongs to another socket when it speaks again. */
const SAME_SOCKET_MS = 60_000;
/** Errors of a connect to UDP after which the socket has no destination. */
const EDESTADDRREQ = 89;

type EventOf<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;

interface Unused extends Lookups {
  isUsed: boolean;
}

/**
 * Sockets that datagrams are sent from. Resolvers connect UDP sockets to addresses only to learn which one is best (RFC 6724), so a
 * connect alone is no attempt: a datagram must follow, by the kernel's event or in the packets.
 */
export class UdpAttempts {
  readonly #processes: TracedProcesses;
  /** Linux 6.3 and newer. Without, only DNS counts by its lookup; everything else must be confirmed by packets. */
  readonly #tellsSending: boolean;
  readonly #onAttempt: (attempt: Attempt) => void;
  readonly #unused = new Map<number, Unused[]>();
  readonly #byPort = new RecentMap<number, Unused>(UNUSED_LIMIT);
  readonly #sockets = new RecentMap<number, Attempt>(UNUSED_LIMIT);
  readonly #places = new RecentMap<string, Attempt>(UNUSED_LIMIT);
  /** Datagrams of sockets that were connected before the tracing began: their destinations are not known. */
  unplaced = 0;

  constructor(processes: TracedProcesses, tellsSending: boolean, onAttempt: (attempt: Attempt) => void) {
    this.#processes = processes;
    this.#tellsSending = tellsSending;
    this.#onAttempt = onAttempt;
  }

  apply(event: TraceEvent): void {
    switch (event.kind) {
      case 'lookup':
        return event.transport === 'udp' ? this.#lookUp(event) : undefined;
      case 'sent':
        return this.#send(event);
      case 'error':
        return event.transport === 'udp' ? this.#fail(event) : undefined;
      case 'exit':
        this.#unused.delete(event.task);
        return;
      case 'connecting':
      case 'settled':
      case 'retransmit':
      case 'born':
      case 'exec':
        return;
    }
  }

  /** A packet shows that a datagram was sent from this port: the attempt, where a lookup of its way was seen. */
  confirm(localPort: number, remote: { readonly address: string; readonly port: number }): Attempt | null {
    const found = this.#byPort.get(localPort);
    if (found === undefined || found.isUsed || !isSame(found.remote, remote)) return null;
    return this.#use(found, found.lastMs);
  }

  #lookUp({ task, atMs, local, remote, table, error }: EventOf<'lookup'>): void {
    const own = this.#unused.get(task) ?? [];
    const last = own.at(-1);
    if (
      last !== undefined &&
      last.local.port === local.port &&
      isSame(last.remote, remote) &&
      atMs - last.lastMs < LOOKUP_MS
    ) {
      last.lastMs = atMs;
      last.error = error;
      last.local = local;
      return;
    }
    const doer = this.#processes.ofTask(task);
    const found = { doer, local, remote, table, atMs, lastMs: atMs, error, isUsed: false };
    this.#unused.set(task, [...own.slice(1 - UNUSED_OF_THREAD), found]);
    this.#byPort.set(local.port, found);
    if (!this.#tellsSending && remote.port === DNS_PORT) this.#use(found, atMs);
  }

  #send({ task, socket, atMs, error }: EventOf<'sent'>): void {
    const doer = this.#processes.ofTask(task);
    const before = this.#sockets.get(socket);
    const known = before?.doer?.pid === doer?.pid ? before : undefined;
    const found = (this.#unused.get(task) ?? []).findLast(({ isUsed }) => !isUsed);
    const attempt = found !== undefined && isOf(found, known) ? this.#use(found, atMs) : known;
    if (attempt === undefined) {
      this.unplaced += 1;
      return;
    }
    this.#sockets.set(socket, attempt);
    attempt.lastMs = atMs;
    if (error !== 0 && error !== EDESTADDRREQ) applyError(attempt, error);
  }

  #use(found: Unused, atMs: number): Attempt {
    found.isUsed = true;
    const key = keyOf(found.doer, found.local.port, found.remote);
    const known = this.#places.get(key);
    if (known !== undefined && atMs - known.lastMs < SAME_SOCKET_MS) {
      known.lastMs = atMs;
      return known;
    }
    const attempt = attemptOf(found, 'udp');
    this.#places.set(key, attempt);
    this.#onAttempt(attempt);
    return attempt;
  }

  #fail({ atMs, local, remote, error }: EventOf<'error'>): void {
    const found = this.#byPort.get(local.port);
    const attempt = found?.isUsed === true ? this.#places.get(keyOf(found.doer, local.port, remote)) : undefined;
    if (attempt !== undefined && error !== 0) applyAnswer(attempt, error, atMs);
  }
}

/**
 * true when a datagram goes to the destination of its thread's newest lookup, or to the earlier one of its socket. The kernel reuses the
 * memory of a closed socket at once, so a known socket may be a new one. Addresses that resolvers look up after a DNS question get nothing.
 */
function isOf(found: Unused, known: Attempt | undefined): boolean {
  if (known === undefined || found.local.port === known.local?.port) return true;
  return found.atMs > known.lastMs && (known.remote.port !== DNS_PORT || found.remote.port === DNS_PORT);
}

interface End {
  readonly address: string;
  readonly port: number;
}

function isSame(one: End, other: End): boolean {
  return one.address === other.address && one.port === other.port;
}

function keyOf(doer: Doer | null, localPort: number, remote: End): string {
  return `${doer?.pid} ${localPort} ${remote.address} ${remote.port}`;
}
