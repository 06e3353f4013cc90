import type { Outcome } from '../../../core/model/outcome.ts';
import type { Place, Transport } from '../../../parse/trace/events.ts';
import type { Doer } from './processes.ts';

/** One try of a process to connect, or a UDP socket that it sends to one place from. */
export interface Attempt {
  /** null: the process ended before it was known. It still belongs to PMS, because no other process is traced. */
  readonly doer: Doer | null;
  readonly transport: Transport;
  readonly remote: Place;
  /** Its own end; null while the kernel has not told. */
  local: Place | null;
  /** Milliseconds of the trace's clock, as all times here. */
  readonly atMs: number;
  lastMs: number;
  /** Time at which a SYN was answered or given up; null: it still waits, or is UDP. */
  settledMs: number | null;
  /** null: not told. */
  outcome: Outcome | null;
  /** The kernel's word behind the outcome: `ECONNREFUSED`. */
  code: string | null;
  retransmits: number;
}

/** Lookups of the way that belong to one call of a program, until its outcome is known. */
export interface Lookups {
  readonly doer: Doer | null;
  local: Place;
  readonly remote: Place;
  readonly table: number;
  readonly atMs: number;
  lastMs: number;
  error: number;
}

/** Between the lookup and the packet lie microseconds, or a pause of the processor. */
export const LOOKUP_MS = 1_000;

/** Numbers of errno(3) as Linux has them on every processor that Node runs on. */
const ERRORS: Readonly<Record<number, readonly [string, Outcome]>> = {
  1: ['EPERM', 'prohibited'],
  13: ['EACCES', 'prohibited'],
  22: ['EINVAL', 'no-route'],
  64: ['ENONET', 'no-route'],
  101: ['ENETUNREACH', 'no-route'],
  110: ['ETIMEDOUT', 'no-reply'],
  111: ['ECONNREFUSED', 'refused'],
  113: ['EHOSTUNREACH', 'no-route'],
};
/** A routing table without a route says so by this error; the kernel then asks the next one. */
const EAGAIN = 11;
const ENETUNREACH = 101;
/** Linux asks three times for the hardware address of a neighbour, one second each. */
const NEIGHBOUR_GIVES_UP_MS = 2_500;

/** Outcome by an error of the call itself: it comes from this host's own routes and filters. */
export function applyError(attempt: Attempt, error: number): void {
  const [code, outcome] = ERRORS[error === EAGAIN ? ENETUNREACH : error] ?? [`errno ${error}`, null];
  attempt.code = code;
  attempt.outcome = outcome;
}

/** Outcome by an error that the socket received: a packet was sent, so "no route" is an answer by ICMP, unless a neighbour was missing. */
export function applyAnswer(attempt: Attempt, error: number, atMs: number): void {
  applyError(attempt, error);
  if (attempt.outcome === 'no-route' && atMs - attempt.atMs < NEIGHBOUR_GIVES_UP_MS) attempt.outcome = 'prohibited';
}

export function attemptOf({ doer, remote, local, atMs, lastMs, error }: Lookups, transport: Transport): Attempt {
  const attempt: Attempt = {
    doer,
    transport,
    remote,
    local: local.port === 0 ? null : local,
    atMs,
    lastMs,
    settledMs: transport === 'tcp' ? lastMs : null,
    outcome: null,
    code: null,
    retransmits: 0,
  };
  if (error !== 0) applyError(attempt, error);
  return attempt;
}

/** A map that forgets its oldest entries. */
export class RecentMap<K, V> {
  readonly #limit: number;
  readonly #entries = new Map<K, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#limit && oldest !== undefined) this.#entries.delete(oldest);
  }

  take(key: K): V | undefined {
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    return value;
  }
}
