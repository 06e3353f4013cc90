import { ok, type Gathered } from '../../../core/model/evidence.ts';
import type { Procfs } from '../../system/procfs.ts';
import type { Environments } from '../processes/environments.ts';
import type { ProcessTree } from '../processes/process-tree.ts';
import type { Doer, ProcessListener } from './processes.ts';
import type { Machine } from './tracefs.ts';
import { Tracer } from './tracer.ts';

/** Keeps the tree of processes and their environments by the trace: no list of processes is read. */
class TracedBirths implements ProcessListener {
  readonly #tree: ProcessTree;
  readonly #environments: Environments;
  /** Begun since the last reading of the trace, and when they became a program of their own. */
  readonly #fresh = new Map<number, { readonly doer: Doer; readonly execAtMs: number | null }>();

  constructor(tree: ProcessTree, environments: Environments) {
    this.#tree = tree;
    this.#environments = environments;
  }

  began(doer: Doer, execAtMs: number | null): void {
    this.#fresh.set(doer.pid, { doer, execAtMs });
  }

  ended(pid: number): void {
    const fresh = this.#fresh.get(pid);
    this.#fresh.delete(pid);
    if (fresh !== undefined && fresh.execAtMs !== null) this.#environments.miss(pid, fresh.doer.name, fresh.execAtMs);
    this.#tree.bury(pid, Date.now());
  }

  /** Looks at those that are still there. */
  settle(): void {
    for (const [pid, { doer, execAtMs }] of this.#fresh) {
      if (execAtMs !== null) this.#environments.read(pid, doer.name, execAtMs);
      this.#tree.adopt(pid, Date.now());
    }
    this.#fresh.clear();
  }
}

/** Follows the processes of PMS by the kernel's trace. */
export class TracedTree {
  readonly tracer: Tracer;
  readonly #procfs: Procfs;
  readonly #tree: ProcessTree;
  readonly #births: TracedBirths;

  static async start(
    procfs: Procfs,
    tree: ProcessTree,
    environments: Environments,
    machine: Machine,
  ): Promise<Gathered<TracedTree>> {
    const births = new TracedBirths(tree, environments);
    const onExec = (pid: number, atMs: number): void => environments.foresee(pid, atMs);
    const started = await Tracer.start({ procfs, listener: births, machine, onExec });
    return started.state === 'ok' ? ok(new TracedTree(procfs, tree, births, started.value)) : started;
  }

  private constructor(procfs: Procfs, tree: ProcessTree, births: TracedBirths, tracer: Tracer) {
    this.#procfs = procfs;
    this.#tree = tree;
    this.#births = births;
    this.tracer = tracer;
  }

  get drainEveryMs(): number {
    return this.tracer.drainEveryMs;
  }

  /** true when nothing was lost: the tree is known, and a missing event proves that nothing happened. */
  get isWhole(): boolean {
    return this.tracer.lost === 0;
  }

  /** Follows all processes that the tree holds by now. */
  follow(): void {
    this.tracer.follow(() => {
      this.#tree.refresh(Date.now());
      return [...this.#tree.living.values()].map(({ pid, name }) => ({
        doer: { pid, name },
        tasks: this.#procfs.threads(pid),
      }));
    });
  }

  drain(): void {
    this.tracer.drain();
    this.#births.settle();
    if (!this.#tree.living.has(this.#tree.mainPid)) this.tracer.pause();
  }

  async stop(): Promise<void> {
    await this.tracer.stop();
    this.#births.settle();
  }
}
