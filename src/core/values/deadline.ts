/**
 * One bound for a chain of steps. Every wait of the tool takes what is left of a deadline, so that a sum of waits
 * can never exceed what the user allowed.
 */
export class Deadline {
  readonly #endsAt: number;
  readonly #now: () => number;

  private constructor(endsAt: number, now: () => number) {
    this.#endsAt = endsAt;
    this.#now = now;
  }

  /** A deadline `budgetMs` from now. The clock is monotonic: a change of the wall clock cannot stretch a wait. */
  static after(budgetMs: number, now: () => number = () => performance.now()): Deadline {
    return new Deadline(now() + budgetMs, now);
  }

  /** The earlier of this deadline and one `budgetMs` from now. */
  capped(budgetMs: number): Deadline {
    return new Deadline(Math.min(this.#endsAt, this.#now() + budgetMs), this.#now);
  }

  /** Milliseconds left, never below 0. */
  leftMs(): number {
    return Math.max(0, this.#endsAt - this.#now());
  }

  get passed(): boolean {
    return this.leftMs() === 0;
  }
}
