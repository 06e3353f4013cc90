import type { Clock, Stamp } from './clock.ts';
import type { Endpoint } from './endpoints.ts';
import type { PmsLogEnd, PmsLogRequest } from './types.ts';

/**
 * Distinct records of requests. A PMS contacts some dozen hosts; only the changing ports of plug-ins over many
 * restarts exceed this.
 */
export const REQUESTS_LIMIT = 10_000;
/** Requests that wait for their end. PMS has some dozen under way; the oldest are taken for open when there are more. */
export const PENDING_LIMIT = 4_096;
/** Of those, equal ones without a number of their own. */
const EQUAL_PENDING_LIMIT = 64;
/** Ends that the next `MyPlex: Error` can be about. */
const RECENT_LIMIT = 32;
/** `MyPlex: Error` follows the end of its request within milliseconds. */
const RECENT_MS = 10_000;

/** In place of a code: PMS gave up, which it words as a status or as a curl code. */
const SIMULATED = 0;

export const METHOD_UNKNOWN = '?';

interface Pending {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly thread: number;
  readonly stamps: Stamp[];
}

interface Entry {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly ended: PmsLogEnd;
  count: number;
  first: Stamp;
  last: Stamp;
}

/** `join` of a line: the number of its `HCl#`, else below zero and made of method and URL. */
export interface RequestLine {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly join: number;
  readonly thread: number;
  readonly at: Stamp;
}

/** Joins the lines in which requests begin and end, and counts equal ones. */
export class RequestTable {
  notKept = 0;
  readonly #entries = new EntryTable(REQUESTS_LIMIT);
  readonly #pending = new Map<number, Pending>();
  readonly #lastOfThread = new Map<number, number>();
  /** Ends by status (positive) or curl code (negative), for `alsoSaid`. */
  readonly #recent: { endpoint: Endpoint; code: number; atMs: number }[] = [];

  started({ endpoint, method, join, thread, at }: RequestLine): void {
    if (this.#lastOfThread.size >= PENDING_LIMIT) this.#lastOfThread.clear();
    this.#lastOfThread.set(thread, join);
    const same = this.#pending.get(join);
    if (same && join < 0 && same.stamps.length < EQUAL_PENDING_LIMIT) {
      same.stamps.push(at);
      return;
    }
    if (same) this.#leaveOpen(join, same);
    else if (this.#pending.size >= PENDING_LIMIT) this.#leaveOldestOpen();
    this.#pending.set(join, { endpoint, method, thread, stamps: [at] });
  }

  answered(line: RequestLine, status: number): void {
    this.#take(line.join);
    if (status >= 400) this.#remember(line, status);
    this.#count(line.endpoint, line.method, `${status}`, { kind: 'answered', status }, line.at);
  }

  failed(line: RequestLine, curl: number, text: string): void {
    this.#take(line.join);
    this.#remember(line, -curl);
    this.#count(line.endpoint, line.method, `curl ${curl} ${text}`, { kind: 'failed', curl, text }, line.at);
  }

  /** A request that is known by its timeout alone. */
  timedOut(line: RequestLine): void {
    this.#take(line.join);
    this.#remember(line, SIMULATED);
    this.#count(line.endpoint, line.method, 'timeout', { kind: 'timeout' }, line.at);
  }

  /** The request that waits under this number, else the last one that this thread made if it waits; null when there is none. */
  waiting(hcl: number, thread: number): Omit<RequestLine, 'at'> | null {
    const join = hcl >= 0 ? hcl : this.#lastOfThread.get(thread);
    const pending = join === undefined ? undefined : this.#pending.get(join);
    return join === undefined || !pending ? null : { ...pending, join };
  }

  /**
   * PMS repeats in a line of `MyPlex` how a request ended. Counted only if the end itself was not in the log: `code` is a
   * status, or minus a curl code.
   */
  alsoSaid(endpoint: Endpoint, code: number, at: Stamp): void {
    const index = this.#recent.findLastIndex(
      (end) => end.endpoint.key === endpoint.key && isSame(end.code, code) && at.localMs - end.atMs <= RECENT_MS,
    );
    if (index !== -1) {
      this.#recent.splice(index, 1);
      return;
    }
    const ended: PmsLogEnd = code < 0 ? { kind: 'failed', curl: -code, text: '' } : { kind: 'answered', status: code };
    this.#count(endpoint, METHOD_UNKNOWN, code < 0 ? `curl ${-code} ` : `${code}`, ended, at);
  }

  /** PMS starts anew: waiting requests never ended, and numbers begin again. */
  restarted(): void {
    for (const [join, pending] of this.#pending) this.#leaveOpen(join, pending);
    this.#recent.length = 0;
  }

  /** With the requests that wait, as open ones. */
  list(clock: Clock, log: string): PmsLogRequest[] {
    const all = this.#entries.copy();
    for (const { endpoint, method, stamps } of this.#pending.values()) {
      for (const at of stamps) all.add(endpoint, method, 'open', { kind: 'open' }, at);
    }
    return [...all.entries()].map(({ endpoint, method, ended, count, first, last }) => ({
      scheme: endpoint.scheme,
      host: endpoint.host,
      port: endpoint.port,
      method,
      ended,
      count,
      firstAt: clock.timeOf(first),
      lastAt: clock.timeOf(last),
      log,
    }));
  }

  #take(join: number): void {
    const pending = this.#pending.get(join);
    if (!pending) return;
    pending.stamps.shift();
    if (pending.stamps.length === 0) this.#pending.delete(join);
  }

  #remember({ endpoint, at }: RequestLine, code: number): void {
    if (this.#recent.length >= RECENT_LIMIT) this.#recent.shift();
    this.#recent.push({ endpoint, code, atMs: at.localMs });
  }

  #leaveOldestOpen(): void {
    for (const [join, pending] of this.#pending) {
      this.#leaveOpen(join, pending);
      return;
    }
  }

  #leaveOpen(join: number, { endpoint, method, stamps }: Pending): void {
    this.#pending.delete(join);
    for (const at of stamps) this.#count(endpoint, method, 'open', { kind: 'open' }, at);
  }

  #count(endpoint: Endpoint, method: string, endKey: string, ended: PmsLogEnd, at: Stamp): void {
    if (!this.#entries.add(endpoint, method, endKey, ended, at)) this.notKept += 1;
  }
}

function isSame(ended: number, said: number): boolean {
  return ended === said || (ended === SIMULATED && (said === 408 || said === -28));
}

/** Records by endpoint, and below it by method and end: short keys, since there is one for each request. */
class EntryTable {
  readonly #limit: number;
  #size = 0;
  readonly #byEndpoint = new Map<string, Map<string, Entry>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when there is no room for another record. */
  add(endpoint: Endpoint, method: string, endKey: string, ended: PmsLogEnd, at: Stamp): boolean {
    const entries = this.#byEndpoint.get(endpoint.key) ?? new Map<string, Entry>();
    const key = `${method} ${endKey}`;
    const entry = entries.get(key);
    if (entry) {
      entry.count += 1;
      if (at.localMs < entry.first.localMs) entry.first = at;
      if (at.localMs > entry.last.localMs) entry.last = at;
      return true;
    }
    if (this.#size >= this.#limit) return false;
    this.#size += 1;
    this.#byEndpoint.set(endpoint.key, entries.set(key, { endpoint, method, ended, count: 1, first: at, last: at }));
    return true;
  }

  /** A copy that has room for the waiting requests as well. */
  copy(): EntryTable {
    const copy = new EntryTable(this.#limit + PENDING_LIMIT * EQUAL_PENDING_LIMIT);
    for (const [endpoint, entries] of this.#byEndpoint) {
      copy.#byEndpoint.set(endpoint, new Map([...entries].map(([key, entry]) => [key, { ...entry }])));
    }
    copy.#size = this.#size;
    return copy;
  }

  *entries(): Generator<Entry> {
    for (const entries of this.#byEndpoint.values()) yield* entries.values();
  }
}
