import type { StageRecord } from '../../../core/model/probe-records.ts';
import type { Stage } from '../../../core/model/outcome.ts';
import type { StageResult } from './wait.ts';

/** Times the stages of one attempt, in the order in which they run. */
export class StageClock {
  readonly #records: StageRecord[] = [];
  readonly #startedAt = performance.now();

  get records(): readonly StageRecord[] {
    return this.#records;
  }

  elapsedMs(): number {
    return tenths(performance.now() - this.#startedAt);
  }

  async run<T>(stage: Stage, work: () => Promise<StageResult<T>>): Promise<StageResult<T>> {
    const startedAt = performance.now();
    const result = await work();
    const detail = result.ok ? (result.detail ?? null) : (result.detail ?? result.code);
    const ended = result.ok ? stage : (result.stage ?? stage);
    this.#records.push({ stage: ended, ms: tenths(performance.now() - startedAt), ok: result.ok, detail });
    return result;
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
