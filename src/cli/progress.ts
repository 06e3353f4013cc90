import { note } from './terminal.ts';

/** Redraws no more often than this: a hundred attempts may end in one millisecond. */
const REDRAW_MS = 100;

export interface Progress {
  update(done: number, total: number): void;
  /** Clears the line. */
  end(): void;
}

/** Progress on standard error: one line that is redrawn on a terminal, one line in all elsewhere. */
export function startProgress(stream: NodeJS.WriteStream, what: string): Progress {
  if (!stream.isTTY) {
    note(`${what} …`);
    return { update: () => undefined, end: () => undefined };
  }
  let drawnAt = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - drawnAt < REDRAW_MS && done < total) return;
      drawnAt = now;
      stream.write(`\r\u001B[K${what}: ${done} of ${total} attempts`);
    },
    end: () => void stream.write('\r\u001B[K'),
  };
}
