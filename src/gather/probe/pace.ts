/**
 * Attempts through a proxy that may be young at a time: proxies limit connections of one client to ten or more, and PMS itself has some. An
 * attempt that waits longer than SLOT_MS waits for the other side and gives its place to the next, so that a silent proxy costs little time.
 */
const AT_A_TIME = 8;
const SLOT_MS = 250;

/** Begins work evenly instead of all at once. */
export class Pace {
  #free = AT_A_TIME;
  readonly #waiting: (() => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    const leave = (): void => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
    const timer = setTimeout(leave, SLOT_MS);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }
}
