import { scopeOf } from '../../core/address.ts';
import { valueOf, type Gathered, type Reason } from '../../core/evidence.ts';
import type { EnvFrom } from '../../core/env-from.ts';
import type { CaptureConnection, CaptureOutcome } from '../../parse/capture.ts';
import { parseFibTrie, parseIfInet6 } from '../../parse/proc-net.ts';
import { identifyPms } from '../pms/identify.ts';
import { readProcesses } from '../pms/processes.ts';
import { captureFilter } from './capture-plan.ts';
import { startCapture, type RunningCapture } from './live-capture.ts';
import { ListBudget } from './list-budget.ts';
import { LivePackets, type AskedQuestion } from './live-packets.ts';
import { ProcessTree } from './process-tree.ts';
import type { Procfs, SocketTable } from './procfs.ts';
import type { Seen } from './seen-flows.ts';
import { SocketWatch } from './sockets.ts';

/**
 * How often births are looked for: a program that asks DNS, connects and ends takes 15 ms at least. Its packets, where they are seen,
 * call for a look at once.
 */
export const LOOK_EVERY_MS = { alone: 8, withCapture: 20 } as const;
/** How often all sockets are listed when nothing else happens; while a SYN waits, which is sent again after one second, more often. */
const LIST_EVERY_MS = { idle: 5_000, waiting: 1_000 } as const;
/** How often processes that lived long are asked whether they still live, and a PMS that is gone is looked for. */
const CARE_EVERY_MS = 2_000;
const SERVED_PORTS_LIMIT = 16;

export interface WatchOptions {
  readonly procRoot: string;
  readonly forMs: number;
  /** PATH, for the tools of a capture. */
  readonly path: string | undefined;
  /** Which PMS is followed when it starts anew. */
  readonly hint: EnvFrom;
}

/** One live capture: of the network that PMS was in at its time. */
interface Session {
  readonly packets: LivePackets;
  readonly networkOf: number | null;
  running: RunningCapture | null;
  trouble: Reason | null;
  lost: readonly string[];
  dead: string | null;
}

/** Watches the processes, sockets and packets of PMS. */
export class Watch {
  readonly #procfs: Procfs;
  readonly #options: WatchOptions;
  readonly #ownNetwork: string | null;
  #tree: ProcessTree | null = null;
  #sockets: SocketWatch | null = null;
  readonly #sessions: Session[] = [];
  readonly #local = new Set<string>();
  #networkIsPms = false;
  #network: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #lists = { tcp: new ListBudget('tcp'), udp: new ListBudget('udp') };
  /** Connections whose sockets no list has shown yet, by their capture and id. */
  readonly #awaited = new Map<string, SocketTable>();
  #nextCareAt = 0;
  readonly #sinceMs = Date.now();
  #searching = false;
  /** Called with what went wrong within a timer or a stream. */
  onBug: (error: unknown) => void = () => undefined;

  constructor(procfs: Procfs, options: WatchOptions) {
    this.#procfs = procfs;
    this.#options = options;
    this.#ownNetwork = procfs.networkNamespace('self');
  }

  get tree(): ProcessTree | null {
    return this.#tree;
  }

  get sockets(): SocketWatch | null {
    return this.#sockets;
  }

  get sessions(): readonly Readonly<Session>[] {
    return this.#sessions;
  }

  /** `mainPid` null: PMS does not run; it is waited for. */
  async start(mainPid: number | null): Promise<void> {
    this.#lookEvery(LOOK_EVERY_MS.alone);
    if (mainPid !== null) await this.#follow(mainPid);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const session of this.#sessions) {
      session.dead ??= session.running?.endedEarly() ?? null;
      session.lost = (await session.running?.stop()) ?? [];
      session.running = null;
      session.packets.end();
    }
    this.#learnAddresses();
  }

  /** Everything up to now; `surroundings` and `lookups` are the caller's. */
  seen(): Omit<Seen, 'surroundings' | 'lookups'> | null {
    const [tree, sockets, sessions] = [this.#tree, this.#sockets, this.#sessions];
    if (tree === null || sockets === null) return null;
    return {
      connections: sessions.flatMap(({ packets }) => [...packets.connections()]),
      sightings: [...sockets.ofPms, ...sockets.ofUsers()],
      namesOf: (address, atMs) => {
        const names = (untilMs: number) => [
          ...new Set(sessions.flatMap(({ packets }) => packets.namesOf(address, untilMs))),
        ];
        const before = names(atMs);
        return before.length > 0 ? before : names(Number.POSITIVE_INFINITY);
      },
      questionsFor: (address) => sessions.flatMap(({ packets }) => packets.questionsFor(address)),
      isLocal: (address) => this.#local.has(address) || scopeOf(address) === 'loopback',
      socketsWithPort: (transport, port) => sockets.withPort(transport, port),
      processes: () => tree.all(),
      users: tree.users,
      networkIsPms: this.#networkIsPms,
      sinceMs: this.#sinceMs,
      untilMs: Date.now(),
    };
  }

  questions(): readonly AskedQuestion[] {
    return this.#sessions.flatMap(({ packets }) => [...packets.questions()]);
  }

  /** Runs what a timer or a stream calls: what it throws ends the watching. */
  guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.onBug(error);
    }
  }

  #turn(): void {
    this.#look();
    if (performance.now() < this.#nextCareAt) return;
    this.#nextCareAt = performance.now() + CARE_EVERY_MS;
    this.#tree?.sweep(Date.now());
    if (this.#tree === null || !this.#tree.living.has(this.#tree.mainPid)) this.#search();
  }

  /** Looks for new processes and new sockets. */
  #look(): void {
    if (this.#tree === null || this.#sockets === null) return;
    this.#tree.look(Date.now());
    const grown = new Set([...this.#sockets.grown(), ...this.#awaited.values()]);
    this.#awaited.clear();
    for (const kind of ['tcp', 'udp'] as const) this.#list(this.#lists[kind], this.#sockets, [kind, `${kind}6`], grown);
  }

  #list(
    budget: ListBudget,
    sockets: SocketWatch,
    tables: readonly SocketTable[],
    grown: ReadonlySet<SocketTable>,
  ): void {
    const isDue = budget.isDue(sockets.waits ? LIST_EVERY_MS.waiting : LIST_EVERY_MS.idle);
    for (const table of tables) if (grown.has(table)) budget.wanted.add(table);
    const due = isDue ? tables : budget.affordable();
    if (due.length === 0) return;
    // The processor's time: on a busy machine lists take long that cost little.
    const before = process.cpuUsage();
    sockets.sample(due, Date.now());
    const { user, system } = process.cpuUsage(before);
    budget.spend(due, (user + system) / 1_000, isDue);
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
    const nowMs = Date.now();
    if (this.#tree === null) {
      this.#tree = new ProcessTree(this.#procfs, mainPid);
      this.#sockets = new SocketWatch(this.#procfs, this.#tree);
    } else this.#tree.moveTo(mainPid, nowMs);
    this.#look();
    const network = this.#procfs.networkNamespace(mainPid);
    if (this.#sessions.length > 0 && network === this.#network) return;
    this.#network = network;
    this.#learnAddresses();
    await this.#capture(network !== null && network !== this.#ownNetwork ? mainPid : null);
    this.#networkIsPms = await this.#belongsToPms(network);
  }

  /** Adds the addresses that PMS's network has now; those it had remain. */
  #learnAddresses(): void {
    const pid = this.#tree?.mainPid;
    if (pid === undefined) return;
    const own = [
      ...parseFibTrie(this.#procfs.netFile(pid, 'fib_trie') ?? ''),
      ...parseIfInet6(this.#procfs.netFile(pid, 'if_inet6') ?? ''),
    ];
    for (const address of own) this.#local.add(address);
  }

  /** A container's network, with nothing in it but this container. */
  async #belongsToPms(network: string | null): Promise<boolean> {
    const id = this.#tree?.home.container?.id;
    if (id === undefined || network === null || network === this.#ownNetwork) return false;
    const all = valueOf(await readProcesses(this.#options.procRoot)) ?? [];
    return all.every((one) => one.networkNamespace !== network || one.cgroup.container?.id === id);
  }

  async #capture(networkOf: number | null): Promise<void> {
    const before = this.#sessions.at(-1);
    if (before?.running != null) {
      before.lost = await before.running.stop();
      before.running = null;
    }
    const session = this.#sessions.length;
    const packets = new LivePackets({
      onConnection: (connection) => {
        this.#await(`${session} ${connection.id}`, connection);
      },
      onQuestion: () => {
        this.#awaited.set('udp', 'udp').set('udp6', 'udp6');
      },
    });
    const own: Session = { packets, networkOf, running: null, trouble: null, lost: [], dead: null };
    this.#sessions.push(own);
    const started = await this.#startCapture(own);
    if (started.state !== 'ok') own.trouble = started.reason;
    // The watching may have ended while the tool was starting.
    else if (this.#timer === null) own.lost = await started.value.stop();
    else {
      own.running = started.value;
      this.#lookEvery(LOOK_EVERY_MS.withCapture);
    }
  }

  #lookEvery(ms: number): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = setInterval(() => this.guarded(() => this.#turn()), ms);
  }

  #startCapture({ packets, networkOf }: Session): Promise<Gathered<RunningCapture>> {
    return startCapture({
      networkOf,
      forMs: this.#options.forMs,
      filter: captureFilter(this.#sockets?.listening().slice(0, SERVED_PORTS_LIMIT) ?? []),
      path: this.#options.path,
      onBytes: (chunk) => this.guarded(() => this.#read(packets, chunk)),
    });
  }

  #read(packets: LivePackets, chunk: Uint8Array): void {
    packets.push(chunk);
    // Whose packets these are can be seen now and soon no more: their process may be younger than the last look.
    if (this.#awaited.size > 0) this.#look();
    else this.#tree?.look(Date.now());
  }

  /** A connection of our network that no list has shown yet is looked for, unless it has ended already. */
  #await(key: string, connection: CaptureConnection): void {
    const { transport, client, firstMs, outcome } = connection;
    this.#awaited.delete(key);
    if (!this.#local.has(client.address) || ENDED.has(outcome)) return;
    const sightings = this.#sockets?.withPort(transport, client.port) ?? [];
    if (!sightings.some(({ lastMs }) => lastMs >= firstMs)) this.#awaited.set(key, tableOf(connection));
  }
}

const ENDED: ReadonlySet<CaptureOutcome> = new Set(['refused', 'prohibited', 'unreachable', 'reset', 'midway']);

/** IPv4 over a socket of IPv6 shows in the counts of those. */
function tableOf({ transport, family }: CaptureConnection): SocketTable {
  if (transport === 'tcp') return family === 4 ? 'tcp' : 'tcp6';
  return family === 4 ? 'udp' : 'udp6';
}
