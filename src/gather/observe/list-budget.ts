import type { SocketTable } from './procfs.ts';

/**
 * The share of one processor that lists of sockets may take. What is not used is stored up to so much time, for moments when many sockets
 * come or connections begin. UDP has its own store: its lists take microseconds, and DNS questions do not wait.
 */
const LISTS_SHARE = { tcp: 0.01, udp: 0.005 } as const;
const STORED_MS = 60;
/** When lists of one kind of socket may be read. */
export class ListBudget {
  /** Tables in which something new is. */
  readonly wanted = new Set<SocketTable>();
  readonly #share: number;
  #storedMs = STORED_MS;
  #countedAt = performance.now();
  #wholeAt = Number.NEGATIVE_INFINITY;
  #wholeMs = 0;

  constructor(kind: 'tcp' | 'udp') {
    this.#share = LISTS_SHARE[kind];
  }

  /** Whether it is time to read everything. */
  isDue(everyMs: number): boolean {
    return performance.now() >= this.#wholeAt + Math.max(everyMs, this.#wholeMs / this.#share);
  }

  affordable(): readonly SocketTable[] {
    const at = performance.now();
    this.#storedMs = Math.min(STORED_MS, this.#storedMs + (at - this.#countedAt) * this.#share);
    this.#countedAt = at;
    return this.#storedMs > 0 ? [...this.wanted] : [];
  }

  spend(tables: readonly SocketTable[], costMs: number, isWhole: boolean): void {
    for (const table of tables) this.wanted.delete(table);
    this.#storedMs -= costMs;
    if (!isWhole) return;
    this.#wholeAt = performance.now();
    this.#wholeMs = costMs;
  }
}
