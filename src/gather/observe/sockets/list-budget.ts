import type { SocketTable } from '../../system/procfs.ts';

/**
 * The share of one processor that lists of sockets may take. Unused time is saved, up to this much, for moments when many sockets
 * come or connections begin. UDP has its own store: its lists take microseconds, and DNS questions do not wait.
 */
const LISTS_SHARE = { tcp: 0.01, udp: 0.005 } as const;
const STORED_MS = 60;
/** Decides when lists of one kind of socket may be read. */
export class ListBudget {
  /** Tables with new sockets. */
  readonly wanted = new Set<SocketTable>();
  readonly #share: number;
  #storedMs = STORED_MS;
  #countedAt = performance.now();
  #wholeAt = Number.NEGATIVE_INFINITY;
  #wholeMs = 0;

  constructor(kind: 'tcp' | 'udp') {
    this.#share = LISTS_SHARE[kind];
  }

  /** true when it is time to read everything. */
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
