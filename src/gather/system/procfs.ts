import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseCgroup, type CgroupFacts } from '../../parse/proc/cgroup.ts';
import {
  parseLastPid,
  parseProcNet,
  parseSocketLink,
  parseSockstat,
  type SocketRow,
} from '../../parse/proc/proc-net.ts';
import { parseProcStat, parseStartTicks } from '../../parse/proc/proc-stat.ts';
import { systemErrorCode } from './errors.ts';

const DELETED = ' (deleted)';
const FIRST_BUFFER_BYTES = 64 * 1024;
/** A machine with 100,000 sockets has a table of 15 MB. A larger one is read up to here. */
const LARGEST_TABLE_BYTES = 32 * 1024 * 1024;

/** USER_HZ is 100 on every processor that Node runs on. */
const MS_PER_TICK = 10;

export interface ProcessFacts {
  readonly ppid: number;
  readonly comm: string;
  readonly startTicks: number;
}

export const SOCKET_TABLES = ['tcp', 'tcp6', 'udp', 'udp6'] as const;
export type SocketTable = (typeof SOCKET_TABLES)[number];

/** `denied`: this user may not look. `gone`: the process has ended, or the kernel has no such file. */
export type Looked<T> = { readonly kind: 'seen'; readonly value: T } | { readonly kind: 'denied' | 'gone' };

/**
 * Reads procfs while something happens that lasts milliseconds. All calls are synchronous: procfs is memory, each takes microseconds, and
 * a detour through the thread pool takes longer than a short-lived child lives.
 */
export class Procfs {
  readonly #root: string;
  readonly #loadavg: number;
  /** Start of this machine in epoch milliseconds; null where procfs does not say. */
  readonly #bootMs: number | null;
  readonly #small = Buffer.allocUnsafe(4096);
  #large = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);

  /** Throws a system error where there is no procfs. */
  constructor(root: string) {
    this.#root = root;
    this.#loadavg = openSync(join(root, 'loadavg'), 'r');
    const uptime = this.#read('uptime');
    this.#bootMs = uptime.kind === 'seen' ? Date.now() - 1000 * Number.parseFloat(uptime.value) : null;
  }

  /** Start of the process with these ticks in its `stat`, to a hundredth of a second; null when it is not known. */
  startedMs(startTicks: number): number | null {
    return this.#bootMs === null ? null : this.#bootMs + startTicks * MS_PER_TICK;
  }

  close(): void {
    closeSync(this.#loadavg);
  }

  /** The id that was given out last on this machine, to a process or a thread. */
  lastPid(): number | null {
    const bytesRead = readSync(this.#loadavg, this.#small, 0, this.#small.length, 0);
    return parseLastPid(this.#small.toString('latin1', 0, bytesRead));
  }

  /** The largest id that is given out; after it ids begin again. */
  pidMax(): number {
    const text = this.#read('sys/kernel/pid_max');
    return text.kind === 'seen' ? Number(text.value) : 4_194_304;
  }

  pids(): readonly number[] {
    return readdirSync(this.#root)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  }

  /** This program's own id, as this procfs counts. */
  ownPid(): number | null {
    const self = this.#link('self');
    return self.kind === 'seen' ? Number(self.value) : null;
  }

  /** null also for a process that has ended and that its parent has not collected yet (a zombie). */
  process(pid: number): ProcessFacts | null {
    const text = this.#read(`${pid}/stat`);
    const stat = text.kind === 'seen' ? parseProcStat(text.value) : null;
    const startTicks = text.kind === 'seen' ? parseStartTicks(text.value) : null;
    if (stat === null || startTicks === null || stat.state === 'Z' || stat.state === 'X') return null;
    return { ppid: stat.ppid, comm: stat.comm, startTicks };
  }

  /** The process that a thread belongs to: threads have ids of the same kind, and files under the same names. null: it has ended. */
  threadGroup(task: number): number | null {
    const text = this.#read(`${task}/status`);
    const group = text.kind === 'seen' ? /^Tgid:\t(\d+)$/m.exec(text.value)?.[1] : undefined;
    return group === undefined ? null : Number(group);
  }

  /** The threads of a process, its first one included; none when it has ended. */
  threads(pid: number): readonly number[] {
    try {
      return readdirSync(join(this.#root, `${pid}/task`)).map(Number);
    } catch (error) {
      trouble(error);
      return [];
    }
  }

  /** The program file, without the mark of one that was replaced. */
  program(pid: number): Looked<string> {
    const target = this.#link(`${pid}/exe`);
    if (target.kind !== 'seen') return target;
    const path = target.value;
    return { kind: 'seen', value: path.endsWith(DELETED) ? path.slice(0, -DELETED.length) : path };
  }

  firstArgument(pid: number): string {
    const text = this.#read(`${pid}/cmdline`);
    return text.kind === 'seen' ? (text.value.split('\0')[0] ?? '') : '';
  }

  /**
   * The environment that a process was started with; null where it cannot be read. A process that is about to become another program, or
   * has ended, shows an empty one: it is believed only between two looks at the arguments, which are empty then too.
   */
  environ(pid: number): Uint8Array | null {
    let bytes = this.#environ(pid);
    if (bytes?.length === 0) {
      const hasArguments = this.#hasArguments(pid);
      bytes = this.#environ(pid);
      if (bytes?.length === 0 && !(hasArguments && this.#hasArguments(pid))) return null;
    }
    return bytes;
  }

  #environ(pid: number): Uint8Array | null {
    const text = this.#read(`${pid}/environ`);
    return text.kind === 'seen' ? Buffer.from(text.value, 'latin1') : null;
  }

  #hasArguments(pid: number): boolean {
    const text = this.#read(`${pid}/cmdline`);
    return text.kind === 'seen' && text.value !== '';
  }

  cgroup(pid: number): CgroupFacts {
    const text = this.#read(`${pid}/cgroup`);
    return parseCgroup(text.kind === 'seen' ? text.value : '');
  }

  networkNamespace(pid: number | 'self'): string | null {
    const target = this.#link(`${pid}/ns/net`);
    return target.kind === 'seen' ? target.value : null;
  }

  /** Inodes of the sockets that a process holds. */
  sockets(pid: number): Looked<readonly number[]> {
    try {
      const inodes: number[] = [];
      for (const name of readdirSync(join(this.#root, `${pid}/fd`))) {
        const target = this.#link(`${pid}/fd/${name}`);
        const inode = target.kind === 'seen' ? parseSocketLink(target.value) : null;
        if (inode !== null) inodes.push(inode);
      }
      return { kind: 'seen', value: inodes };
    } catch (error) {
      return { kind: trouble(error) };
    }
  }

  /** Number of sockets of each kind in the network namespace of a process: a thousand times as quick as listing them. */
  socketCounts(pid: number): ReadonlyMap<string, number> {
    return parseSockstat((this.netFile(pid, 'sockstat') ?? '') + (this.netFile(pid, 'sockstat6') ?? ''));
  }

  /** A table of the sockets in the network namespace of a process. `gone` also where the kernel has no such table. */
  table(pid: number | 'self', name: SocketTable): Looked<readonly SocketRow[]> {
    const text = this.#read(`${pid}/net/${name}`);
    return text.kind === 'seen' ? { kind: 'seen', value: parseProcNet(text.value) } : text;
  }

  netFile(pid: number | 'self', name: string): string | null {
    const text = this.#read(`${pid}/net/${name}`);
    return text.kind === 'seen' ? text.value : null;
  }

  /** The user that a process belongs to; null when it has ended. */
  user(pid: number): number | null {
    const text = this.#read(`${pid}/status`);
    const uid = text.kind === 'seen' ? /^Uid:\t\d+\t(\d+)\t/m.exec(text.value)?.[1] : undefined;
    return uid === undefined ? null : Number(uid);
  }

  #link(path: string): Looked<string> {
    try {
      return { kind: 'seen', value: readlinkSync(join(this.#root, path)) };
    } catch (error) {
      return { kind: trouble(error) };
    }
  }

  #read(path: string): Looked<string> {
    let file: number | null = null;
    try {
      file = openSync(join(this.#root, path), 'r');
      let length = 0;
      for (;;) {
        const bytesRead = readSync(file, this.#large, length, this.#large.length - length, null);
        if (bytesRead === 0 || length >= LARGEST_TABLE_BYTES) break;
        length += bytesRead;
        if (length === this.#large.length) this.#large = Buffer.concat([this.#large], 2 * length);
      }
      return { kind: 'seen', value: this.#large.toString('latin1', 0, length) };
    } catch (error) {
      return { kind: trouble(error) };
    } finally {
      if (file !== null) closeSync(file);
    }
  }
}

function trouble(error: unknown): 'denied' | 'gone' {
  const code = systemErrorCode(error);
  if (code === null) throw error;
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'gone';
}
