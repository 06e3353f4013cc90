import type { ProbeLoad } from '../../core/model/evidence.ts';

/** The clocks that the meter reads. Times in milliseconds. */
export interface MeterClock {
  /** A clock that never steps. */
  now(): number;
  /** The time of day. */
  wall(): number;
  /** Calls again and again until the function that it returns is called. */
  repeat(everyMs: number, tick: () => void): () => void;
}

const TICK_MS = 50;

/** A timer is never exact: less than this is no delay. */
const NOTICED_MS = 15;

/** Steps of the time of day that NTP makes at once; smaller differences it slews (ntpd: 128 ms). */
const STEP_MS = 2_000;

interface Gap {
  readonly fromMs: number;
  readonly lateMs: number;
}

/**
 * Measures how long this process itself had to wait for the processor, by a timer that is due every {@link TICK_MS}. A sleep of the whole host
 * stops the steady clock and shows as a step of the time of day.
 */
export class LoadMeter {
  readonly #clock: MeterClock;
  readonly #stop: () => void;
  readonly #gaps: Gap[] = [];
  #lastMs: number;
  #lastWallMs: number;
  #stepMs = 0;

  constructor(clock: MeterClock = HOST_CLOCK) {
    this.#clock = clock;
    this.#lastMs = clock.now();
    this.#lastWallMs = clock.wall();
    this.#stop = clock.repeat(TICK_MS, () => this.#tick());
  }

  stop(): void {
    this.#stop();
  }

  get nowMs(): number {
    return this.#clock.now();
  }

  /** How much of the time since then this process had to wait. */
  lateSince(fromMs: number): number {
    this.#tick();
    return this.#gaps.reduce((sum, gap) => {
      const endMs = gap.fromMs + gap.lateMs;
      return endMs <= fromMs ? sum : sum + Math.min(gap.lateMs, endMs - fromMs);
    }, 0);
  }

  /** The whole measure; `unjudged`: attempts that it made worthless. */
  summary(unjudged: number): ProbeLoad {
    this.#tick();
    const late = this.#gaps.map(({ lateMs }) => lateMs);
    return {
      waitedMs: Math.round(late.reduce((sum, each) => sum + each, 0)),
      longestMs: Math.round(Math.max(0, ...late)),
      clockStepMs: Math.round(this.#stepMs),
      unjudged,
    };
  }

  #tick(): void {
    const [nowMs, wallMs] = [this.#clock.now(), this.#clock.wall()];
    const passedMs = nowMs - this.#lastMs;
    const steppedMs = wallMs - this.#lastWallMs - passedMs;
    const isStep = Math.abs(steppedMs) >= STEP_MS;
    const lateMs = Math.max(0, passedMs - TICK_MS) + (isStep ? Math.max(0, steppedMs) : 0);
    if (lateMs >= NOTICED_MS) this.#gaps.push({ fromMs: nowMs - lateMs, lateMs });
    if (isStep) this.#stepMs += steppedMs;
    this.#lastMs = nowMs;
    this.#lastWallMs = wallMs;
  }
}

const HOST_CLOCK: MeterClock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  repeat: (everyMs, tick) => {
    const timer = setInterval(tick, everyMs).unref();
    return () => clearInterval(timer);
  },
};

/** A limit of which half or more was spent waiting for the processor says nothing about the other side. */
export function isStarved(lateMs: number, limitMs: number): boolean {
  return lateMs * 2 >= limitMs;
}
