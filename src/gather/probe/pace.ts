/**
 * Attempts through a proxy that may be young at a time: proxies limit connections of one client to ten or more, and PMS itself has some. An
 * attempt that waits longer than SLOT_MS waits for the other side and gives its place to the next, so that a silent proxy costs little time.
 */
const AT_A_TIME = 8;
const SLOT_MS = 250;
const SHORTEST_SLOT_MS = 15;

/** Begins work evenly instead of all at once. As long as none has ended, the other side may be silent: each round waits half as long then. */
export class Pace {
  #free = AT_A_TIME;
  #hasEnded = false;
  readonly #waiting: ((slotMs: number) => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    const slotMs = await this.#place();
    let isHeld = true;
    const leave = (nextMs: number): void => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next(nextMs);
    };
    const timer = setTimeout(() => leave(this.#hasEnded ? SLOT_MS : Math.max(SHORTEST_SLOT_MS, slotMs / 2)), slotMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      this.#hasEnded = true;
      leave(SLOT_MS);
    }
  }

  /** For how long it may be held, once there is one. */
  async #place(): Promise<number> {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    return SLOT_MS;
  }
}
