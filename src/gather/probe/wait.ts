import type { Deadline } from '../../core/deadline.ts';
import type { Outcome, Stage } from '../../core/outcome.ts';

/** What one stage gave: its value, or what became of the attempt. A failure is data, never an exception. */
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
}

export function failure(outcome: Outcome, code: string, detail: string | null = null): StageFailure {
  return { ok: false, outcome, code, detail };
}

export const INTERRUPTED = failure('not-run', 'INTERRUPTED', 'interrupted before it ended');

/**
 * Waits for one event with a bound: `start` begins listening, calls `done` at most usefully once, and returns what undoes its
 * listeners. Whatever happens first (event, deadline, interruption) ends the wait, and the listeners are always removed.
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
    const timer = setTimeout(() => finish(late), deadline.leftMs());
    if (signal.aborted) return finish(INTERRUPTED);
    signal.addEventListener('abort', interrupt, { once: true });
    undo = start(finish);
    // `done` may have been called synchronously, before there was anything to undo.
    if (settled) undo();
  });
}

/** The error code of a system or library error, or its message when it has none. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
