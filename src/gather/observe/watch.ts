import { getPriority, setPriority } from 'node:os';
import { valueOf } from '../../core/model/evidence.ts';
import type { Reason } from '../../core/model/reason.ts';
import type { EnvFrom } from '../../core/values/env-from.ts';
import { scopeOf } from '../../core/values/scope.ts';
import { parseActiveOpens, parseFibTrie, parseIfInet6 } from '../../parse/proc/proc-net.ts';
import { identifyPms } from '../pms/identify.ts';
import type { BornProcesses } from '../settings/born.ts';
import { readProcesses } from '../system/processes.ts';
import { SOCKET_TABLES, type Procfs } from '../system/procfs.ts';
import { SampledBirths } from './processes/births.ts';
import { Captures, type Session } from './capture/captures.ts';
import { Environments } from './processes/environments.ts';
import type { AskedQuestion } from './capture/live-packets.ts';
import { ProcessTree } from './processes/process-tree.ts';
import { LOOK_EVERY_MS, Sampling } from './sockets/sampling.ts';
import type { Seen } from './seen-flows.ts';
import { SocketWatch } from './sockets/sockets.ts';
import { AttemptMatching } from './trace/matching.ts';
import { TracedTree } from './trace/traced-tree.ts';
import { thisMachine } from './trace/tracefs.ts';

/** Time between two checks whether long-lived processes still live, and whether a PMS that is gone is back. */
const CARE_EVERY_MS = 2_000;
/** Of the scheduler (setpriority(2)): on a busy machine, a process that ends within milliseconds is seen only by one who is woken first. */
const NICE = -10;

export interface WatchOptions {
  readonly procRoot: string;
  readonly forMs: number;
  /** PATH, for the tools of a capture. */
  readonly path: string | undefined;
  /** Which PMS is followed when it starts anew. */
  readonly hint: EnvFrom;
}

/** Watchers of PMS's processes, once PMS has been found. */
interface Following {
  readonly tree: ProcessTree;
  readonly sockets: SocketWatch;
  readonly sampling: Sampling;
  readonly births: SampledBirths;
  /** The kernel's own trace, or the reason why it refuses. */
  readonly traced: TracedTree | null;
  readonly refusal: Reason | null;
}

/** Watches PMS's processes: by the kernel's trace, or by sampling where that is refused, and by their packets. */
export class Watch {
  readonly #procfs: Procfs;
  readonly #options: WatchOptions;
  readonly #ownNetwork: string | null;
  readonly #captures: Captures;
  readonly #environments: Environments;
  readonly #local = new Set<string>();
  readonly #sinceMs = Date.now();
  #following: Following | null = null;
  #networkIsPms = false;
  #network: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isCapturing = false;
  /** Connections that PMS's network had opened when the watching began; null: not known, or PMS is in another network by now. */
  #opensBefore: number | null = null;
  #opensAfter: number | null = null;
  #nextCareAt = 0;
  #searching = false;
  #niceBefore: number | null = null;
  /** Called with errors from within a timer or a stream. */
  onBug: (error: unknown) => void = () => undefined;

  constructor(procfs: Procfs, options: WatchOptions) {
    this.#procfs = procfs;
    this.#options = options;
    this.#ownNetwork = procfs.networkNamespace('self');
    this.#environments = new Environments(procfs);
    this.#captures = new Captures({
      forMs: options.forMs,
      path: options.path,
      listener: (session) => ({
        onConnection: (connection) => this.#following?.sampling.await(session, connection),
        onQuestion: () => this.#following?.sampling.awaitQuestion(),
      }),
      onPackets: () => this.#lookBehindPackets(),
      guarded: (work) => this.guarded(work),
    });
  }

  get following(): Readonly<Following> | null {
    return this.#following;
  }

  get sessions(): readonly Readonly<Session>[] {
    return this.#captures.sessions;
  }

  /** The programs that PMS started meanwhile, with their environments. */
  born(): readonly BornProcesses[] {
    return this.#environments.all();
  }

  /** `mainPid` null: PMS does not run yet, and the watch waits for it. */
  async start(mainPid: number | null): Promise<void> {
    this.#niceBefore = beNice(NICE);
    this.#schedule();
    if (mainPid !== null) await this.#follow(mainPid);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#opensAfter = this.#opens();
    await Promise.all([this.#captures.stop(), this.#following?.traced?.stop()]);
    this.#learnAddresses();
    if (this.#niceBefore !== null) beNice(this.#niceBefore);
    this.#niceBefore = null;
  }

  /** Everything up to now; `surroundings` and `lookups` are the caller's. */
  seen(): Omit<Seen, 'surroundings' | 'lookups'> | null {
    if (this.#following === null) return null;
    const { tree, sockets, traced } = this.#following;
    const captures = this.#captures;
    return {
      connections: captures.connections(),
      sightings: [...sockets.ofPms, ...sockets.ofUsers()],
      matching: traced === null ? null : new AttemptMatching(traced.tracer),
      namesOf: (address, atMs) => captures.namesOf(address, atMs),
      questionsFor: (address) => captures.questionsFor(address),
      isLocal: (address) => this.#isLocal(address),
      socketsWithPort: (transport, port) => sockets.withPort(transport, port),
      processes: () => tree.all(),
      othersBornMs: tree.othersBornMs,
      users: tree.users,
      networkIsPms: this.#networkIsPms,
      sinceMs: this.#sinceMs,
      untilMs: Date.now(),
    };
  }

  questions(): readonly AskedQuestion[] {
    return this.#captures.questions();
  }

  /** Connections that PMS's network opened meanwhile, by the kernel's count, and that no watcher saw; null: not known. */
  unseenOpens(): number | null {
    if (this.#following === null || this.#opensBefore === null || this.#opensAfter === null) return null;
    const seen = this.#isCapturing ? this.#capturedOpens() : this.#following.sockets.opened;
    return Math.max(0, this.#opensAfter - this.#opensBefore - seen);
  }

  /** Runs a callback of a timer or a stream: its exceptions end the watching. */
  guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.onBug(error);
    }
  }

  #capturedOpens(): number {
    const isOpened = this.#captures
      .connections()
      .filter(({ transport, syns, client }) => transport === 'tcp' && syns > 0 && this.#isLocal(client.address));
    return isOpened.length;
  }

  #opens(): number | null {
    const pid = this.#network === this.#ownNetwork ? 'self' : this.#following?.tree.mainPid;
    return pid === undefined ? null : parseActiveOpens(this.#procfs.netFile(pid, 'snmp') ?? '');
  }

  #turn(): void {
    const following = this.#following;
    following?.traced?.drain();
    const isWhole = following?.traced?.isWhole === true;
    if (!isWhole) this.#look();
    if (performance.now() < this.#nextCareAt) return;
    this.#nextCareAt = performance.now() + CARE_EVERY_MS;
    if (!isWhole) following?.tree.sweep(Date.now());
    if (following === null || !following.tree.living.has(following.tree.mainPid)) this.#search();
  }

  #look(): void {
    this.#following?.sampling.look();
    this.#following?.births.look();
  }

  #lookBehindPackets(): void {
    if (this.#following?.traced?.isWhole === true) return;
    this.#following?.sampling.lookBehindPackets();
    this.#following?.births.look();
  }

  #isLocal(address: string): boolean {
    return this.#local.has(address) || scopeOf(address) === 'loopback';
  }

  /** PMS may have been started, or started anew, since. */
  #search(): void {
    if (this.#searching) return;
    this.#searching = true;
    const found = async (): Promise<void> => {
      const processes = valueOf(await readProcesses(this.#options.procRoot)) ?? [];
      const main = identifyPms(processes, this.#options.hint, () => false, this.#ownNetwork)?.main;
      if (main !== undefined && this.#timer !== null && main.pid !== this.#procfs.ownPid())
        await this.#follow(main.pid);
      this.#searching = false;
    };
    found().catch((error: unknown) => this.onBug(error));
  }

  async #follow(mainPid: number): Promise<void> {
    if (this.#following === null) await this.#begin(mainPid);
    else this.#following.tree.moveTo(mainPid, Date.now());
    const following = this.#following;
    if (following === null || this.#timer === null) return;
    if (following.traced === null) this.#look();
    else {
      following.traced.follow();
      // Connections opened before are in no trace.
      following.sockets.sample(SOCKET_TABLES, Date.now());
    }
    const network = this.#procfs.networkNamespace(mainPid);
    if (this.sessions.length > 0 && network === this.#network) return;
    const isFirst = this.sessions.length === 0;
    this.#network = network;
    this.#learnAddresses();
    const networkOf = network !== null && network !== this.#ownNetwork ? mainPid : null;
    this.#isCapturing = await this.#captures.begin(networkOf, following.sockets.listening());
    this.#opensBefore = isFirst ? this.#opens() : null;
    this.#networkIsPms = await this.#belongsToPms(network);
  }

  /** Samples at once, and asks the kernel to trace, which takes a moment. */
  async #begin(mainPid: number): Promise<void> {
    const tree = new ProcessTree(this.#procfs, mainPid);
    const sockets = new SocketWatch(this.#procfs, tree);
    const sampled = {
      tree,
      sockets,
      sampling: new Sampling(tree, sockets, (address) => this.#isLocal(address)),
      births: new SampledBirths(tree, this.#environments, this.#sinceMs),
    };
    this.#following = { ...sampled, traced: null, refusal: null };
    const machine = thisMachine(this.#options.procRoot);
    const started = await TracedTree.start(this.#procfs, tree, this.#environments, machine);
    // The watching may have ended meanwhile.
    if (this.#timer === null) {
      await valueOf(started)?.stop();
      return;
    }
    this.#following =
      started.state === 'ok'
        ? { ...sampled, traced: started.value, refusal: null }
        : { ...sampled, traced: null, refusal: started.reason };
  }

  #lookEveryMs(): number {
    return (
      this.#following?.traced?.drainEveryMs ?? (this.#isCapturing ? LOOK_EVERY_MS.withCapture : LOOK_EVERY_MS.alone)
    );
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.guarded(() => this.#turn());
      if (this.#timer !== null) this.#schedule();
    }, this.#lookEveryMs());
  }

  /** Adds the addresses that PMS's network has now; those it had remain. */
  #learnAddresses(): void {
    const pid = this.#following?.tree.mainPid;
    if (pid === undefined) return;
    const own = [
      ...parseFibTrie(this.#procfs.netFile(pid, 'fib_trie') ?? ''),
      ...parseIfInet6(this.#procfs.netFile(pid, 'if_inet6') ?? ''),
    ];
    for (const address of own) this.#local.add(address);
  }

  /** A container's network, with nothing in it but this container. */
  async #belongsToPms(network: string | null): Promise<boolean> {
    const id = this.#following?.tree.home.container?.id;
    if (id === undefined || network === null || network === this.#ownNetwork) return false;
    const all = valueOf(await readProcesses(this.#options.procRoot)) ?? [];
    return all.every((one) => one.networkNamespace !== network || one.cgroup.container?.id === id);
  }
}

/** The value from before; null: this user may not change it. */
function beNice(value: number): number | null {
  try {
    const before = getPriority();
    setPriority(value);
    return before;
  } catch {
    return null;
  }
}
