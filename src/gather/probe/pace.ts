/**
 * Attempts through a proxy that may be young at a time: proxies limit connections of one client to ten or more, and PMS itself has some. An
 * attempt that waits longer than SLOT_MS waits for the other side and gives its place to the next, so that a silent proxy costs little time.
 */
const AT_A_TIME = 8;
const SLOT_MS = 250;
const SHORTEST_SLOT_MS = 15;
/** Over a slow line nothing ends in less. */
const PATIENT_ROUNDS = 3;

/**
 * Begins work evenly instead of all at once. Where none has ended after a while, the other side may be silent: each further round waits half as
 * long then.
 */
export class Pace {
  #free = AT_A_TIME;
  #hasEnded = false;
  readonly #waiting: ((round: number) => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    const round = await this.#place();
    let isHeld = true;
    const leave = (next: number): void => {
      if (!isHeld) return;
      isHeld = false;
      const first = this.#waiting.shift();
      if (first === undefined) this.#free += 1;
      else first(next);
    };
    const timer = setTimeout(() => leave(round + 1), this.#slotMs(round));
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      this.#hasEnded = true;
      leave(0);
    }
  }

  /** How often the place was given on before, once there is one. */
  async #place(): Promise<number> {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    return 0;
  }

  #slotMs(round: number): number {
    if (this.#hasEnded || round < PATIENT_ROUNDS) return SLOT_MS;
    return Math.max(SHORTEST_SLOT_MS, SLOT_MS / 2 ** (round - PATIENT_ROUNDS + 1));
  }
}
