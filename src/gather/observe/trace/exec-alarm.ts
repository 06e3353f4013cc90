import { closeSync, read } from 'node:fs';
import type { TraceInstance } from './instance.ts';

/** Time in seconds, and the text of sched/sched_process_exec (include/trace/events/sched.h). */
const EXEC = / (\d+\.\d{6}): sched_process_exec: .* pid=(\d+) old_pid=\d+$/;
const BUFFER_BYTES = 4_096;

/**
 * Tells of each program that PMS starts as soon as the kernel does: a reading that waits in a thread of libuv returns with the first record. The
 * readings of the pages come too late for a program that ends within some milliseconds.
 */
export class ExecAlarm {
  readonly #instance: TraceInstance;
  readonly #pipe: number;
  readonly #onExec: (pid: number, atMs: number) => void;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  readonly #wakeAtExit = (): void => this.#instance.mark();
  #rest = '';
  #isEnding = false;
  #ended: Promise<void>;

  constructor(instance: TraceInstance, onExec: (pid: number, atMs: number) => void) {
    this.#instance = instance;
    this.#onExec = onExec;
    this.#pipe = instance.openText();
    // The end of the process waits for its threads.
    process.once('exit', this.#wakeAtExit);
    this.#ended = this.#listen();
  }

  /** Afterwards nothing holds the instance's files. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    process.off('exit', this.#wakeAtExit);
    this.#instance.mark();
    await this.#ended;
    closeSync(this.#pipe);
  }

  async #listen(): Promise<void> {
    while (!this.#isEnding) {
      // 0: the recording was switched off. An error: the kernel ended the instance.
      const bytesRead = await this.#read();
      if (bytesRead === 0) return;
      const lines = (this.#rest + this.#buffer.toString('latin1', 0, bytesRead)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, seconds, pid] = EXEC.exec(line) ?? [];
        if (pid !== undefined) this.#onExec(Number(pid), Number(seconds) * 1_000);
      }
    }
  }

  #read(): Promise<number> {
    return new Promise((settle) => {
      read(this.#pipe, this.#buffer, 0, BUFFER_BYTES, null, (error, bytesRead) =>
        settle(error === null ? bytesRead : 0),
      );
    });
  }
}
