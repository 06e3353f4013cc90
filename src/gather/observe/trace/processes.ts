import { posix } from 'node:path';
import type { TraceEvent } from '../../../parse/trace/events.ts';

/** A process while it runs one program. After an exec the same process is another one of these. */
export interface Doer {
  readonly pid: number;
  /** Name of the program file, as it was called. */
  readonly name: string | null;
}

/** A descriptor instead of a name (fexecve): the name of the program must be looked up. */
const BY_DESCRIPTOR = /^\/(?:dev|proc\/(?:self|\d+))\/fd\//;
/** Ids of ended threads are remembered this long, for events that come late. */
const ENDED_REMEMBERED = 4096;

export interface ProcessListener {
  /** A process was born, or runs another program from now on: then with the time of its exec, by the trace's clock. */
  began(doer: Doer, execAtMs: number | null): void;
  ended(pid: number): void;
}

/** Maps each thread to its process and program, by the kernel's own events: even the shortest-lived processes are known. */
export class TracedProcesses {
  readonly #listener: ProcessListener;
  /** Looks a thread up in procfs, when its birth was not seen. */
  readonly #lookUp: (task: number) => Doer | null;
  readonly #pidOfTask = new Map<number, number>();
  readonly #doers = new Map<number, Doer>();
  /** Ended threads whose ids no new thread has, the oldest first. */
  readonly #ended = new Set<number>();
  readonly #disowned = new Set<number>();
  #count = 0;

  constructor(listener: ProcessListener, lookUp: (task: number) => Doer | null) {
    this.#listener = listener;
    this.#lookUp = lookUp;
  }

  /** Processes that were followed, the ended ones included. */
  get count(): number {
    return this.#count;
  }

  /** A process that was there when the tracing began, with its threads. */
  add(doer: Doer, tasks: readonly number[]): void {
    if (!this.#doers.has(doer.pid)) this.#count += 1;
    this.#doers.set(doer.pid, doer);
    for (const task of tasks) this.#pidOfTask.set(task, doer.pid);
  }

  /** Threads that ended before they were followed: a later thread with such an id is not PMS's, unless PMS starts it. */
  disown(tasks: readonly number[]): void {
    for (const task of tasks) this.#disowned.add(task);
  }

  isDisowned(task: number): boolean {
    return this.#disowned.has(task);
  }

  /** The process of a thread; null for one that is not known and has ended. */
  ofTask(task: number): Doer | null {
    const pid = this.#pidOfTask.get(task);
    const known = pid === undefined ? undefined : this.#doers.get(pid);
    if (known !== undefined) return known;
    const found = this.#lookUp(task);
    if (found === null) return null;
    // The event of its birth was lost: the process is right, but it may run another program than at the time.
    const doer = this.#doers.get(found.pid) ?? found;
    this.add(doer, [task]);
    return doer;
  }

  apply(event: TraceEvent): void {
    switch (event.kind) {
      case 'born':
        return this.#bear(event.task, event.child, event.isThread, event.comm);
      case 'exec':
        return this.#start(event.task, event.program, event.atMs);
      case 'exit':
        return this.#end(event.task, event.isLast);
      case 'connecting':
      case 'settled':
      case 'retransmit':
      case 'error':
      case 'lookup':
      case 'sent':
        return;
    }
  }

  #bear(parentTask: number, child: number, isThread: boolean, comm: string): void {
    const parent = this.ofTask(parentTask);
    this.#ended.delete(child);
    this.#disowned.delete(child);
    if (isThread && parent !== null) {
      this.#pidOfTask.set(child, parent.pid);
      return;
    }
    const doer = { pid: child, name: parent?.name ?? comm };
    this.#count += 1;
    this.#doers.set(child, doer);
    this.#pidOfTask.set(child, child);
    this.#listener.began(doer, null);
  }

  #start(task: number, program: string, atMs: number): void {
    // A thread that calls exec takes over the id of its process before the event.
    const isNew = !this.#doers.has(task);
    const name = BY_DESCRIPTOR.test(program) ? (this.#lookUp(task)?.name ?? null) : posix.basename(program);
    const doer = { pid: task, name };
    if (isNew) this.#count += 1;
    this.#doers.set(task, doer);
    this.#pidOfTask.set(task, task);
    this.#listener.began(doer, atMs);
  }

  /** `isLast` null: this kernel does not say, so a process counts as ended with its first thread. */
  #end(task: number, isLast: boolean | null): void {
    const pid = this.#pidOfTask.get(task) ?? task;
    if (isLast ?? task === pid) this.#listener.ended(pid);
    this.#ended.add(task);
    const [oldest] = this.#ended;
    if (oldest !== undefined && this.#ended.size > ENDED_REMEMBERED) this.#forget(oldest);
  }

  #forget(task: number): void {
    this.#ended.delete(task);
    const pid = this.#pidOfTask.get(task);
    this.#pidOfTask.delete(task);
    if (pid === task) this.#doers.delete(task);
  }
}
