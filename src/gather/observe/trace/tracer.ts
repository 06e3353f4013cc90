import { ok, type Gathered } from '../../../core/model/evidence.ts';
import { TraceDecoder, type Place, type TraceEvent } from '../../../parse/trace/events.ts';
import { readPage } from '../../../parse/trace/page.ts';
import type { Procfs } from '../../system/procfs.ts';
import { programNameOf } from '../processes/program-name.ts';
import type { Attempt } from './attempt.ts';
import { ExecAlarm } from './exec-alarm.ts';
import { openTrace, type OpenTrace } from './open-trace.ts';
import { TracedProcesses, type Doer, type ProcessListener } from './processes.ts';
import { TcpAttempts } from './tcp-attempts.ts';
import type { Machine } from './tracefs.ts';
import { UdpAttempts } from './udp-attempts.ts';

/**
 * Time between two readings. An empty reading costs some microseconds for each processor, so that large machines, and a quiet PMS, are read more
 * rarely. Environments do not wait for it ({@link ExecAlarm}).
 */
const DRAIN_EVERY_MS = { least: 50, quiet: 250, most: 250, forEachProcessor: 3 } as const;
/** PMS is quiet when none of its threads has caused a traced event for this long. */
const QUIET_MS = 2_000;
/** The ends of connections may come later: nothing depends on the moment. */
const ENDS_EVERY_DRAINS = 5;
/** A record is written within microseconds of its time, unless an interrupt or the hypervisor comes in between. */
const UNFINISHED_MS = 2;
/** Attempts that are remembered one by one; further ones are only counted. */
const KEPT_LIMIT = 50_000;

export interface TracerOptions {
  readonly procfs: Procfs;
  readonly listener: ProcessListener;
  readonly machine: Machine;
  /** Called at once when a process of PMS has become another program, with the time by the trace's clock; the records are read later. */
  readonly onExec: (pid: number, atMs: number) => void;
}

/** A process that was there before the tracing, with its threads. */
export interface Followed {
  readonly doer: Doer;
  readonly tasks: readonly number[];
}

/** Result of the tracing so far. */
export interface Traced {
  readonly attempts: readonly Attempt[];
  readonly isSendingTold: boolean;
  /** true when every attempt of PMS's processes at this time was traced; times are epoch milliseconds. */
  covers(timeMs: number): boolean;
  /** A time of the trace's clock as epoch milliseconds. */
  wallMs(traceMs: number): number;
  /** A datagram was seen: the attempt that it belongs to, if any. */
  confirm(localPort: number, remote: Place): Attempt | null;
}

interface Period {
  readonly fromMs: number;
  toMs: number;
}

/** Traces PMS's processes by the kernel's own events: every attempt to connect, however short-lived its process. */
export class Tracer implements Traced {
  readonly #trace: OpenTrace;
  readonly #decoder: TraceDecoder;
  readonly #processes: TracedProcesses;
  readonly #tcp: TcpAttempts;
  readonly #udp: UdpAttempts;
  readonly #alarm: ExecAlarm;
  readonly #attempts: Attempt[] = [];
  /** Sockets that are about to connect, with how often: the kernel uses the memory of a closed one again. */
  readonly #sockets = new Map<number, number>();
  readonly #ports = new Set<number>();
  readonly #periods: Period[] = [];
  #held: TraceEvent[] = [];
  #drains = 0;
  #busyAt = performance.now();
  #offsetMs = 0;
  #lost: number | null = 0;
  #lostEnds: number | null = 0;
  #isClosed = false;
  omitted = 0;

  static async start(options: TracerOptions): Promise<Gathered<Tracer>> {
    const opened = await openTrace(options.procfs, options.machine);
    return opened.state === 'ok' ? ok(new Tracer(opened.value, options)) : opened;
  }

  private constructor(trace: OpenTrace, { procfs, listener, onExec }: TracerOptions) {
    this.#trace = trace;
    this.#alarm = new ExecAlarm(trace.execs, onExec);
    this.#decoder = new TraceDecoder(trace.formats, {
      hasSocket: (socket) => this.#sockets.has(socket),
      hasRemotePort: (port) => this.#ports.has(port),
    });
    this.#processes = new TracedProcesses(listener, (task) => lookUp(procfs, task));
    const keep = (attempt: Attempt): void => {
      if (this.#attempts.length < KEPT_LIMIT) this.#attempts.push(attempt);
      else this.omitted += 1;
    };
    this.#tcp = new TcpAttempts(this.#processes, keep);
    this.#udp = new UdpAttempts(this.#processes, this.isSendingTold, keep);
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Periods in which PMS was followed, in epoch milliseconds; the last one may have no end yet. */
  get periods(): readonly Readonly<Period>[] {
    return this.#periods;
  }

  /** Processes that were followed, the ended ones included. */
  get processCount(): number {
    return this.#processes.count;
  }

  /** true when the kernel reports each datagram that is sent, not only the lookup of its way. */
  get isSendingTold(): boolean {
    return this.#trace.formats.has('sock/sock_send_length');
  }

  get isIPv6Traced(): boolean {
    return this.#trace.formats.has('fib6/fib6_table_lookup');
  }

  /** Records of PMS's processes that came faster than they were read; null: the kernel did not say how many. */
  get lost(): number | null {
    return this.#lost;
  }

  /** The same for the ends of all connections of the machine: the outcome of some of PMS's may be unknown. */
  get lostEnds(): number | null {
    return this.#lostEnds;
  }

  /** Datagrams of sockets that were connected before the tracing: their destinations are not known. */
  get unplaced(): number {
    return this.#udp.unplaced;
  }

  get drainEveryMs(): number {
    const { least, quiet, most, forEachProcessor } = DRAIN_EVERY_MS;
    const isQuiet = performance.now() - this.#busyAt > QUIET_MS;
    return Math.min(most, Math.max(isQuiet ? quiet : least, forEachProcessor * this.#trace.own.processors));
  }

  covers(timeMs: number): boolean {
    return this.#lost === 0 && this.#periods.some(({ fromMs, toMs }) => fromMs <= timeMs && timeMs <= toMs);
  }

  wallMs(traceMs: number): number {
    return traceMs + this.#offsetMs;
  }

  confirm(localPort: number, remote: Place): Attempt | null {
    return this.#udp.confirm(localPort, remote);
  }

  /**
   * Follows these processes and all their later children. `list` gives the processes: it is asked until it has nothing new, because
   * children that an unfollowed process starts meanwhile would be missed.
   */
  follow(list: () => readonly Followed[]): void {
    const { own, ends, execs } = this.#trace;
    const followed = new Set<number>();
    let current: readonly Followed[] = [];
    for (let isNew = true; isNew;) {
      current = list();
      const fresh = current.flatMap(({ tasks }) => tasks).filter((task) => !followed.has(task));
      for (const { doer, tasks } of current) this.#processes.add(doer, tasks);
      for (const task of fresh) followed.add(task);
      if (fresh.length > 0) for (const instance of [own, execs]) instance.follow(fresh);
      // Not earlier: a kernel without a list of threads to follow records all programs.
      if (this.#periods.length === 0) for (const instance of [own, ends, execs]) instance.begin();
      isNew = fresh.length > 0;
    }
    const there = new Set(current.flatMap(({ tasks }) => tasks));
    this.#processes.disown([...followed].filter((task) => !there.has(task)));
    this.#periods.push({ fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY });
  }

  /** PMS itself has ended: its successor is not followed yet. */
  pause(): void {
    for (const period of this.#periods) period.toMs = Math.min(period.toMs, Date.now());
  }

  /** Reads the records since the last reading. */
  drain(): void {
    if (this.#isClosed) return;
    const { own, ends, layout } = this.#trace;
    const nowMs = own.nowMs();
    this.#offsetMs = Date.now() - nowMs;
    // Ends of connections are read before beginnings, so that the beginning of each end is known.
    const pages: Uint8Array[] = [];
    if (this.#drains % ENDS_EVERY_DRAINS === 0) ends.read(layout, (page) => pages.push(Uint8Array.from(page)));
    this.#drains += 1;
    own.read(layout, (page) => {
      this.#busyAt = performance.now();
      const lost = this.#decode(page);
      this.#lost = this.#lost === null || lost === null ? null : this.#lost + lost;
    });
    for (const page of pages) {
      const lost = this.#decode(page);
      this.#lostEnds = this.#lostEnds === null || lost === null ? null : this.#lostEnds + lost;
    }
    this.#apply(nowMs - UNFINISHED_MS);
  }

  /** Ends the tracing; nothing of it is left on the machine. */
  async stop(): Promise<void> {
    const { own, ends, execs, guard } = this.#trace;
    this.#drains = 0;
    this.drain();
    this.#apply(Number.POSITIVE_INFINITY);
    this.pause();
    this.#isClosed = true;
    this.#lost = this.#lost === null ? null : Math.max(this.#lost, own.lost());
    await this.#alarm.stop();
    for (const instance of [own, ends, execs]) instance.close();
    await guard.release();
  }

  /** The value: records that were lost before this page. */
  #decode(page: Uint8Array): number | null {
    return readPage(page, this.#trace.layout, (atMs, start, end) => {
      const event = this.#decoder.decode(page, start, end, atMs);
      if (event === null) return;
      this.#held.push(event);
      if (event.kind === 'connecting') this.#sockets.set(event.socket, (this.#sockets.get(event.socket) ?? 0) + 1);
      if (event.kind === 'connecting' || event.kind === 'lookup') this.#ports.add(event.remote.port);
    });
  }

  /** Each processor has records of its own: together they are in order only up to the moment before the reading. */
  #apply(untilMs: number): void {
    const events = this.#held.toSorted((one, other) => one.atMs - other.atMs);
    const later = events.findIndex(({ atMs }) => atMs > untilMs);
    const count = later === -1 ? events.length : later;
    this.#held = events.slice(count);
    for (const event of events.slice(0, count)) {
      if (isOwnDoing(event) && this.#processes.isDisowned(event.task)) continue;
      this.#tcp.apply(event);
      this.#udp.apply(event);
      this.#processes.apply(event);
      if (event.kind === 'settled') this.#forget(event.socket);
    }
    this.#tcp.flush(untilMs);
  }

  #forget(socket: number): void {
    const count = (this.#sockets.get(socket) ?? 0) - 1;
    if (count > 0) this.#sockets.set(socket, count);
    else this.#sockets.delete(socket);
  }
}

/** The kernel reports the end of a connection in the context of any process that runs just then. */
function isOwnDoing({ kind }: TraceEvent): boolean {
  return kind !== 'settled' && kind !== 'retransmit' && kind !== 'error';
}

/** The process that a thread belongs to, as procfs shows it while the thread lives. */
function lookUp(procfs: Procfs, task: number): Doer | null {
  const pid = procfs.threadGroup(task);
  return pid === null ? null : { pid, name: programNameOf(procfs, pid, procfs.process(pid)?.comm ?? '') };
}
