import type { CaptureConnection, CaptureOutcome } from '../../../parse/capture/index.ts';
import type { SocketTable } from '../../system/procfs.ts';
import { ListBudget } from './list-budget.ts';
import type { ProcessTree } from '../processes/process-tree.ts';
import type { SocketWatch } from './sockets.ts';

/**
 * Time between two looks for births: a program that asks DNS, connects and ends takes 15 ms at least. Its packets, where they are seen,
 * call for a look at once.
 */
export const LOOK_EVERY_MS = { alone: 8, withCapture: 20 } as const;
/** Time between two lists of all sockets when nothing else happens; shorter while a SYN waits, because that is sent again after one second. */
const LIST_EVERY_MS = { idle: 5_000, waiting: 1_000 } as const;

/** Looks at processes and sockets again and again. This replaces the kernel's trace, but misses whatever ends between two looks. */
export class Sampling {
  readonly #tree: ProcessTree;
  readonly #sockets: SocketWatch;
  readonly #isLocal: (address: string) => boolean;
  readonly #lists = { tcp: new ListBudget('tcp'), udp: new ListBudget('udp') };
  /** Connections whose sockets no list has shown yet, by their capture and id. */
  readonly #awaited = new Map<string, SocketTable>();

  constructor(tree: ProcessTree, sockets: SocketWatch, isLocal: (address: string) => boolean) {
    this.#tree = tree;
    this.#sockets = sockets;
    this.#isLocal = isLocal;
  }

  /** Looks for new processes and new sockets. */
  look(): void {
    this.#tree.look(Date.now());
    const grown = new Set([...this.#sockets.grown(), ...this.#sockets.unsettled(), ...this.#awaited.values()]);
    this.#awaited.clear();
    for (const kind of ['tcp', 'udp'] as const) this.#list(this.#lists[kind], [kind, `${kind}6`], grown);
  }

  /** Looks for the owner of packets that were just read: it may end soon, and may be younger than the last look. */
  lookBehindPackets(): void {
    if (this.#awaited.size > 0) this.look();
    else this.#tree.look(Date.now());
  }

  awaitQuestion(): void {
    this.#awaited.set('udp', 'udp').set('udp6', 'udp6');
  }

  /** A connection of our network that no list has shown yet is looked for, unless it has ended already. */
  await(session: number, connection: CaptureConnection): void {
    const { id, transport, client, firstMs, outcome } = connection;
    const key = `${session} ${id}`;
    this.#awaited.delete(key);
    if (!this.#isLocal(client.address) || ENDED.has(outcome)) return;
    const sightings = this.#sockets.withPort(transport, client.port);
    if (!sightings.some(({ lastMs }) => lastMs >= firstMs)) this.#awaited.set(key, tableOf(connection));
  }

  #list(budget: ListBudget, tables: readonly SocketTable[], grown: ReadonlySet<SocketTable>): void {
    const isDue = budget.isDue(this.#sockets.waits ? LIST_EVERY_MS.waiting : LIST_EVERY_MS.idle);
    for (const table of tables) if (grown.has(table)) budget.wanted.add(table);
    const due = isDue ? tables : budget.affordable();
    if (due.length === 0) return;
    // Processor time, not elapsed time: on a machine under load the latter is mostly waiting.
    const before = process.cpuUsage();
    this.#sockets.sample(due, Date.now());
    const { user, system } = process.cpuUsage(before);
    budget.spend(due, (user + system) / 1000, isDue);
  }
}

const ENDED: ReadonlySet<CaptureOutcome> = new Set(['refused', 'prohibited', 'unreachable', 'reset', 'midway']);

/** The counts for IPv6 include IPv4 over a socket of IPv6. */
function tableOf({ transport, family }: CaptureConnection): SocketTable {
  if (transport === 'tcp') return family === 4 ? 'tcp' : 'tcp6';
  return family === 4 ? 'udp' : 'udp6';
}
