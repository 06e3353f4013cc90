import type { Deadline } from '../../../core/values/deadline.ts';
import type { Outcome, Stage } from '../../../core/model/outcome.ts';
import { ownCode } from '../../../core/model/reason.ts';

/** Result of one stage: its value, or the outcome of the attempt. A failure is data, never an exception. */
export type StageResult<T> = { readonly ok: true; readonly value: T; readonly detail?: string } | StageFailure;

export interface StageFailure {
  readonly ok: false;
  readonly outcome: Outcome;
  readonly code: string;
  readonly detail: string | null;
  /** The stage that failed, when it is not the one that was running: a proxy's own name fails in `dns`. */
  readonly stage?: Stage;
  readonly status?: number;
  readonly authSchemes?: readonly string[];
  /** Seconds after which the other side wants to be asked again. */
  readonly retryAfterS?: number;
}

export function failure(outcome: Outcome, code: string, detail: string | null = null): StageFailure {
  return { ok: false, outcome, code, detail };
}

export const INTERRUPTED = failure('not-run', ownCode('INTERRUPTED'), 'interrupted before it ended');

/**
 * Waits for one event with a time limit: `start` begins listening, calls `done` when the event came, and returns a function that removes
 * its listeners. The first of event, deadline and interruption ends the wait, and the listeners are always removed.
 */
export function waitFor<T>(
  deadline: Deadline,
  signal: AbortSignal,
  late: StageFailure,
  start: (done: (result: StageResult<T>) => void) => () => void,
): Promise<StageResult<T>> {
  return new Promise((resolve) => {
    let undo: () => void = () => undefined;
    let settled = false;
    const finish = (result: StageResult<T>): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupt);
      undo();
      resolve(result);
    };
    const interrupt = (): void => finish(INTERRUPTED);
    // Events that wait for a busy process come first: the turn of timers is before that of sockets.
    const timer = setTimeout(() => setImmediate(() => finish(late)), deadline.leftMs());
    if (signal.aborted) return finish(INTERRUPTED);
    signal.addEventListener('abort', interrupt, { once: true });
    undo = start(finish);
    // `done` may have been called synchronously, before `start` returned its function.
    if (settled) undo();
  });
}
