import type { TraceEvent } from '../../../parse/trace/events.ts';
import { applyAnswer, attemptOf, LOOKUP_MS, RecentMap, type Attempt, type Lookups } from './attempt.ts';
import type { TracedProcesses } from './processes.ts';

/** Linux sends a SYN again after one second: an attempt without an answer by then has missed one. */
const SYN_ANSWER_MS = 1_000;
/** An error and the end of the attempt that it is about come within microseconds, in either order. */
const TOGETHER_MS = 100;
const REMEMBERED = 1_024;

type EventOf<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;

/**
 * Attempts over TCP. Most show in the socket's state; those that find no way end before that, and show only in the lookups of the routing
 * tables.
 */
export class TcpAttempts {
  readonly #processes: TracedProcesses;
  readonly #onAttempt: (attempt: Attempt) => void;
  /**
   * Attempts whose SYN is not answered yet, by their socket and in the order of time: their ends are read later than their beginnings, and
   * the kernel may have used the memory of the socket again meanwhile.
   */
  readonly #waiting = new Map<number, Attempt[]>();
  readonly #givenUp = new RecentMap<string, Attempt>(REMEMBERED);
  readonly #errors = new RecentMap<string, EventOf<'error'>>(REMEMBERED);
  /** Keyed by thread, because a thread does one thing after the other. */
  readonly #lookups = new Map<number, Lookups>();
  readonly #latest = new Map<number, Attempt>();

  constructor(processes: TracedProcesses, onAttempt: (attempt: Attempt) => void) {
    this.#processes = processes;
    this.#onAttempt = onAttempt;
  }

  apply(event: TraceEvent): void {
    switch (event.kind) {
      case 'lookup':
        return event.transport === 'tcp' ? this.#lookUp(event) : this.#conclude(event.task);
      case 'connecting':
        return this.#connect(event);
      case 'settled':
        return this.#settle(event);
      case 'retransmit':
        return this.#sendAgain(event);
      case 'error':
        return event.transport === 'tcp' ? this.#fail(event) : undefined;
      case 'exit':
        this.#latest.delete(event.task);
        return this.#conclude(event.task);
      case 'sent':
      case 'born':
      case 'exec':
        return this.#conclude(event.task);
    }
  }

  /** Concludes lookups without a sequel for too long; with infinity, all. */
  flush(nowMs: number): void {
    for (const [task, { lastMs }] of this.#lookups) if (nowMs - lastMs > LOOKUP_MS) this.#conclude(task);
  }

  /** A call asks several tables, and again with the address that the first answer gave: all these lookups are one attempt. */
  #lookUp({ task, atMs, local, remote, table, error }: EventOf<'lookup'>): void {
    if (local.port !== 0) {
      // The port has been chosen. A later lookup only renews the way of a connection, and is no attempt.
      const latest = this.#latest.get(task);
      if (latest !== undefined && latest.local === null && isSame(latest.remote, remote)) latest.local = local;
      return;
    }
    const known = this.#lookups.get(task);
    const isRestart = known?.table === table && known.local.address === local.address;
    if (known !== undefined && isSame(known.remote, remote) && !isRestart) {
      known.lastMs = atMs;
      known.error = error;
      return;
    }
    this.#conclude(task);
    const doer = this.#processes.ofTask(task);
    this.#lookups.set(task, { doer, local, remote, table, atMs, lastMs: atMs, error });
  }

  /** No SYN followed the lookups: nothing else shows the attempt. */
  #conclude(task: number): void {
    const lookups = this.#lookups.get(task);
    if (lookups === undefined) return;
    this.#lookups.delete(task);
    this.#onAttempt(attemptOf(lookups, 'tcp'));
  }

  #connect({ task, socket, atMs, remote }: EventOf<'connecting'>): void {
    if (isSame(this.#lookups.get(task)?.remote, remote)) this.#lookups.delete(task);
    else this.#conclude(task);
    const attempt: Attempt = {
      doer: this.#processes.ofTask(task),
      transport: 'tcp',
      remote,
      local: null,
      atMs,
      lastMs: atMs,
      settledMs: null,
      outcome: null,
      code: null,
      retransmits: 0,
    };
    const same = this.#waiting.get(socket);
    if (same === undefined) this.#waiting.set(socket, [attempt]);
    else same.push(attempt);
    this.#latest.set(task, attempt);
    this.#onAttempt(attempt);
  }

  #settle({ socket, atMs, isConnected, local, remote }: EventOf<'settled'>): void {
    const attempt = this.#waitingAt(socket, atMs);
    if (attempt === undefined) return;
    const later = (this.#waiting.get(socket) ?? []).filter((one) => one.atMs > atMs);
    if (later.length > 0) this.#waiting.set(socket, later);
    else this.#waiting.delete(socket);
    attempt.local = local;
    attempt.settledMs = atMs;
    attempt.lastMs = atMs;
    if (isConnected) {
      attempt.outcome = 'ok';
      return;
    }
    const key = keyOf(local, remote);
    const error = this.#errors.take(key);
    if (error !== undefined && atMs - error.atMs < TOGETHER_MS) return applyAnswer(attempt, error.error, error.atMs);
    if (attempt.retransmits > 0 || atMs - attempt.atMs > SYN_ANSWER_MS) attempt.outcome = 'no-reply';
    this.#givenUp.set(key, attempt);
  }

  #sendAgain({ socket, atMs }: EventOf<'retransmit'>): void {
    const attempt = this.#waitingAt(socket, atMs);
    if (attempt === undefined) return;
    attempt.retransmits += 1;
    attempt.lastMs = atMs;
  }

  #waitingAt(socket: number, timeMs: number): Attempt | undefined {
    return this.#waiting.get(socket)?.findLast(({ atMs }) => atMs <= timeMs);
  }

  #fail(event: EventOf<'error'>): void {
    if (event.error === 0) return;
    const key = keyOf(event.local, event.remote);
    const attempt = this.#givenUp.get(key);
    if (attempt === undefined || event.atMs - attempt.lastMs > TOGETHER_MS) this.#errors.set(key, event);
    else applyAnswer(attempt, event.error, event.atMs);
  }
}

interface End {
  readonly address: string;
  readonly port: number;
}

function isSame(one: End | undefined, other: End): boolean {
  return one?.address === other.address && one.port === other.port;
}

function keyOf(local: End, remote: End): string {
  return `${local.address} ${local.port} ${remote.address} ${remote.port}`;
}
