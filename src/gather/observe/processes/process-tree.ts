import { posix } from 'node:path';
import type { CgroupFacts } from '../../../parse/proc/cgroup.ts';
import { isPmsUnit } from '../../pms/identify.ts';
import { isPlexProgram, isPmsProgram } from '../../system/processes.ts';
import type { Procfs, ProcessFacts } from '../../system/procfs.ts';
import { programNameOf } from './program-name.ts';

/** A process of PMS. Times are epoch milliseconds; the end is when it was noticed. */
export interface TreeProcess {
  readonly pid: number;
  readonly startTicks: number;
  /** Program of its parent when it was seen first, which a child runs too until it calls exec; null: not known. */
  readonly parentName: string | null;
  /** Name of the program file; changes while the process becomes another program (fork, then exec). */
  name: string;
  /** Minus infinity: it began before the watching, at an unknown time. */
  readonly bornMs: number;
  diedMs: number | null;
  readonly networkNamespace: string | null;
}

/** A child is the same program as its parent until it calls exec. For this long its program is looked at again. */
const YOUNG_MS = 500;
/** More births than this between two looks, and the list of all processes is read instead. */
const BIRTHS_LIMIT = 256;
/** Ended processes that are remembered; connections are given to processes within seconds. */
const REMEMBERED_LIMIT = 4096;

/**
 * PMS and all its descendants, later ones included. A look costs one read of `/proc/loadavg` unless a process was born.
 */
export class ProcessTree {
  readonly #procfs: Procfs;
  readonly #ownPid: number | null;
  readonly #pidMax: number;
  readonly #living = new Map<number, TreeProcess>();
  readonly #ended: TreeProcess[] = [];
  #young: TreeProcess[] = [];
  #main: number;
  #home: CgroupFacts;
  #lastPid: number | null;
  /** Our own process and its descendants. */
  readonly #own = new Set<number>();
  readonly #othersBornMs: number[] = [];
  /** Users that its processes run as. */
  readonly users = new Set<number>();

  constructor(procfs: Procfs, mainPid: number) {
    this.#procfs = procfs;
    this.#ownPid = procfs.ownPid();
    if (this.#ownPid !== null) this.#own.add(this.#ownPid);
    this.#pidMax = procfs.pidMax();
    this.#main = mainPid;
    this.#home = procfs.cgroup(mainPid);
    this.#lastPid = procfs.lastPid();
    this.#listAll(Number.NEGATIVE_INFINITY);
  }

  get mainPid(): number {
    return this.#main;
  }

  /** The control group that PMS runs in. */
  get home(): CgroupFacts {
    return this.#home;
  }

  get living(): ReadonlyMap<number, TreeProcess> {
    return this.#living;
  }

  /** Young processes, which may still become another program. */
  get young(): readonly TreeProcess[] {
    return this.#young;
  }

  /** Times of birth of other programs' processes in PMS's network that run as one of its users: their packets look like PMS's. */
  get othersBornMs(): readonly number[] {
    return this.#othersBornMs;
  }

  /** All that were seen, the ended ones included. */
  *all(): Iterable<TreeProcess> {
    yield* this.#ended;
    yield* this.#living.values();
  }

  /** PMS was started anew under another id. */
  moveTo(mainPid: number, nowMs: number): void {
    this.#main = mainPid;
    this.#home = this.#procfs.cgroup(mainPid);
    this.#listAll(nowMs);
  }

  /** Reads the list of all processes anew. */
  refresh(nowMs: number): void {
    this.#listAll(nowMs);
  }

  /** Adds a process that is known to be PMS's, whatever its parent; one that has ended already is left out. */
  adopt(pid: number, nowMs: number): void {
    const facts = this.#procfs.process(pid);
    const known = this.#living.get(pid);
    if (facts === null) return;
    if (known?.startTicks === facts.startTicks) known.name = this.#nameOf(pid, facts) ?? known.name;
    else {
      if (known !== undefined) this.#end(known, nowMs);
      this.#add(pid, facts, nowMs);
    }
  }

  /** It is known to have ended. */
  bury(pid: number, nowMs: number): void {
    const known = this.#living.get(pid);
    if (known !== undefined) this.#end(known, nowMs);
  }

  /** Looks for births and for the ends of the young. true when PMS has a new process. */
  look(nowMs: number): boolean {
    this.#lookAtYoung(nowMs);
    const last = this.#procfs.lastPid();
    const before = this.#lastPid;
    if (last === before) return false;
    this.#lastPid = last;
    const count = last === null || before === null ? BIRTHS_LIMIT + 1 : (last - before + this.#pidMax) % this.#pidMax;
    const sizeBefore = this.#living.size;
    if (count > BIRTHS_LIMIT) this.#listAll(nowMs);
    else for (let i = 1; i <= count; i += 1) this.#consider(((before ?? 0) + i) % this.#pidMax, nowMs);
    return this.#living.size > sizeBefore;
  }

  /** Takes out ended processes; long-lived ones are not checked at every look. */
  sweep(nowMs: number): void {
    for (const process of this.#living.values()) {
      if (this.#procfs.process(process.pid)?.startTicks !== process.startTicks) this.#end(process, nowMs);
    }
  }

  #lookAtYoung(nowMs: number): void {
    if (this.#young.length === 0) return;
    this.#young = this.#young.filter((process) => {
      const facts = this.#procfs.process(process.pid);
      if (facts?.startTicks !== process.startTicks) {
        this.#end(process, nowMs);
        return false;
      }
      process.name = this.#nameOf(process.pid, facts) ?? process.name;
      this.#noteUser(process.pid);
      return nowMs - process.bornMs < YOUNG_MS;
    });
  }

  #noteUser(pid: number): void {
    const user = this.#procfs.user(pid);
    if (user !== null) this.users.add(user);
  }

  #end(process: TreeProcess, nowMs: number): void {
    process.diedMs = nowMs;
    this.#living.delete(process.pid);
    this.#ended.push(process);
    if (this.#ended.length > REMEMBERED_LIMIT) this.#ended.splice(0, REMEMBERED_LIMIT / 2);
  }

  #consider(pid: number, nowMs: number): void {
    const facts = this.#procfs.process(pid);
    const known = this.#living.get(pid);
    if (known !== undefined && facts?.startTicks === known.startTicks) return;
    if (known !== undefined) this.#end(known, nowMs);
    if (facts === null || this.#procfs.threadGroup(pid) !== pid) return;
    if (this.#belongs(pid, facts)) this.#add(pid, facts, nowMs);
    else this.#noteOther(pid, facts, nowMs);
  }

  #noteOther(pid: number, facts: ProcessFacts, nowMs: number): void {
    if (this.#own.has(facts.ppid)) this.#own.add(pid);
    const network = this.#living.get(this.#main)?.networkNamespace ?? null;
    if (this.#own.has(pid) || network === null || this.#procfs.networkNamespace(pid) !== network) return;
    const user = this.#procfs.user(pid);
    if (user === null || !this.users.has(user)) return;
    this.#othersBornMs.push(this.#procfs.startedMs(facts.startTicks) ?? nowMs);
    if (this.#othersBornMs.length > REMEMBERED_LIMIT) this.#othersBornMs.splice(0, REMEMBERED_LIMIT / 2);
  }

  #belongs(pid: number, facts: ProcessFacts): boolean {
    if (pid === this.#ownPid || facts.ppid === this.#ownPid) return false;
    if (pid === this.#main || this.#living.has(facts.ppid)) return true;
    return this.#isStray(pid, facts);
  }

  /**
   * Orphans are re-parented to init or a subreaper, but stay in their control group. PMS's own unit holds nothing else; a
   * container, or the unit of another program that started PMS, holds other programs too. Where groups tell nothing apart, a program of PMS's
   * own installation, in its network and of its user, is one that left it.
   */
  #isStray(pid: number, facts: ProcessFacts): boolean {
    const { unit, container, path } = this.#home;
    if (path === '/' || (unit === null && container === null)) return this.#isOfInstallation(pid);
    const name = this.#nameOf(pid, facts);
    const isOfUnit = container === null && unit !== null && isPmsUnit(unit);
    const mayBe = name !== null && (isOfUnit || isPlexProgram(name)) && !isPmsProgram(name);
    return mayBe && this.#procfs.cgroup(pid).path === path;
  }

  #isOfInstallation(pid: number): boolean {
    const [main, own] = [this.#procfs.program(this.#main), this.#procfs.program(pid)];
    if (main.kind !== 'seen' || own.kind !== 'seen' || own.value === main.value) return false;
    const isBelow = own.value.startsWith(`${posix.dirname(main.value)}/`);
    return (
      isBelow &&
      isPlexProgram(posix.basename(own.value)) &&
      this.#procfs.cgroup(pid).path === this.#home.path &&
      this.#procfs.networkNamespace(pid) === this.#procfs.networkNamespace(this.#main) &&
      this.#procfs.user(pid) === this.#procfs.user(this.#main)
    );
  }

  #add(pid: number, facts: ProcessFacts, nowMs: number): void {
    const process: TreeProcess = {
      pid,
      startTicks: facts.startTicks,
      parentName: this.#living.get(facts.ppid)?.name ?? null,
      name: this.#nameOf(pid, facts) ?? facts.comm,
      bornMs: this.#procfs.startedMs(facts.startTicks) ?? nowMs,
      diedMs: null,
      networkNamespace: this.#procfs.networkNamespace(pid),
    };
    this.#living.set(pid, process);
    this.#noteUser(pid);
    this.#young.push(process);
  }

  #nameOf(pid: number, { comm }: ProcessFacts): string | null {
    return programNameOf(this.#procfs, pid, comm);
  }

  /** Reads the list of all processes: at the start, and after more births than can be looked at one by one. */
  #listAll(nowMs: number): void {
    const facts = new Map<number, ProcessFacts>();
    for (const pid of this.#procfs.pids()) {
      const own = this.#procfs.process(pid);
      if (own !== null) facts.set(pid, own);
    }
    for (const process of this.#living.values()) {
      if (facts.get(process.pid)?.startTicks !== process.startTicks) this.#end(process, nowMs);
    }
    // A child may have a lower id than its parent, once ids have begun again.
    for (let grown = true; grown;) {
      const before = this.#living.size;
      for (const [pid, own] of facts) {
        if (!this.#living.has(pid) && this.#belongs(pid, own)) this.#add(pid, own, nowMs);
      }
      grown = this.#living.size > before;
    }
  }
}
