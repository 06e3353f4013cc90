import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TraceEventName } from '../../../parse/trace/events.ts';
import { parseEventFormat, type EventFormat, type PageLayout } from '../../../parse/trace/format.ts';
import { systemErrorCode } from '../../system/errors.ts';

/** The kernel takes a list of ids up to a page long. */
const IDS_AT_ONCE = 256;
const SMALLEST_KIB = 128;

/** One instance of tracefs: ring buffers of its own, which record only the events that are switched on for it. */
export class TraceInstance {
  readonly #directory: string;
  readonly #pipes: number[] = [];
  readonly #stats: number;
  readonly #text = Buffer.allocUnsafe(4096);

  /** Throws a system error where the kernel refuses. `totalKib`: memory for the records of all processors together. */
  constructor(tracing: string, name: string, totalKib: number) {
    this.#directory = join(tracing, 'instances', name);
    mkdirSync(this.#directory);
    const processors = readdirSync(join(this.#directory, 'per_cpu'));
    this.#write('tracing_on', '0');
    // This clock counts as the packets' times do, apart from an offset, and is the same on all processors.
    this.#write('trace_clock', 'mono');
    this.#write('buffer_size_kb', String(Math.max(SMALLEST_KIB, Math.floor(totalKib / processors.length))));
    this.#stats = openSync(join(this.#directory, 'per_cpu', processors[0] ?? 'cpu0', 'stats'), 'r');
  }

  get processors(): number {
    return this.#pipes.length;
  }

  /** To be called before {@link read}. */
  openPages(): void {
    for (const processor of readdirSync(join(this.#directory, 'per_cpu'))) {
      const pipe = join(this.#directory, 'per_cpu', processor, 'trace_pipe_raw');
      this.#pipes.push(openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK));
    }
  }

  /** A file whose reading waits for records, and gives them as lines of text. The caller closes it. */
  openText(): number {
    return openSync(join(this.#directory, 'trace_pipe'), 'r');
  }

  /** Writes a record of our own, which ends a waiting reading. */
  mark(): void {
    this.#write('tracing_on', '1');
    this.#write('trace_marker', 'end');
  }

  /** The kernel itself also follows the children of followed threads. */
  followForks(): void {
    this.#write('options/event-fork', '1');
  }

  /** Records only events of these threads, and of those that were given before: appending keeps them. */
  follow(tasks: readonly number[]): void {
    for (let at = 0; at < tasks.length; at += IDS_AT_ONCE)
      appendFileSync(join(this.#directory, 'set_event_pid'), `${tasks.slice(at, at + IDS_AT_ONCE).join(' ')}\n`);
  }

  /** Records an event, where `filter` (see Documentation/trace/events.rst) holds; '' for always. */
  enable(event: TraceEventName, filter: string): void {
    if (filter !== '') this.#write(`events/${event}/filter`, filter);
    this.#write(`events/${event}/enable`, '1');
  }

  begin(): void {
    this.#write('tracing_on', '1');
  }

  /** Reads the records since the last call: pages of all processors, one after the other. `page` is valid only during the call. */
  read({ pageBytes }: PageLayout, onPage: (page: Uint8Array) => void): void {
    const page = Buffer.allocUnsafe(pageBytes);
    for (const pipe of this.#pipes) {
      for (;;) {
        const bytesRead = readNow(pipe, page);
        if (bytesRead === 0) break;
        onPage(page.subarray(0, bytesRead));
      }
    }
  }

  /** The time of the trace's clock, in milliseconds. */
  nowMs(): number {
    const bytesRead = readSync(this.#stats, this.#text, 0, this.#text.length, 0);
    const seconds = /^now ts: +([\d.]+)$/m.exec(this.#text.toString('latin1', 0, bytesRead))?.[1];
    return Number(seconds ?? Number.NaN) * 1_000;
  }

  /** Records that were lost because they came faster than they were read. */
  lost(): number {
    let lost = 0;
    for (const processor of readdirSync(join(this.#directory, 'per_cpu'))) {
      const text = readFileSync(join(this.#directory, 'per_cpu', processor, 'stats'), 'latin1');
      for (const [, count] of text.matchAll(/^(?:overrun|commit overrun|dropped events): (\d+)$/gm))
        lost += Number(count);
    }
    return lost;
  }

  /** Ends the recording and closes the files, which would block the removal. */
  close(): void {
    this.#write('tracing_on', '0');
    for (const file of [...this.#pipes, this.#stats]) closeSync(file);
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.#directory, file), text);
  }
}

/** 0 where there is nothing now. */
function readNow(file: number, into: Buffer): number {
  try {
    return readSync(file, into, 0, into.length, null);
  } catch (error) {
    if (systemErrorCode(error) === 'EAGAIN') return 0;
    throw error;
  }
}

/** The format of an event of this kernel; null where it has no such event. */
export function readFormat(tracing: string, event: TraceEventName): EventFormat | null {
  const file = join(tracing, 'events', event, 'format');
  return existsSync(file) ? parseEventFormat(readFileSync(file, 'latin1')) : null;
}
