import type { Environments } from './environments.ts';
import type { ProcessTree, TreeProcess } from './process-tree.ts';

/** Reads the environment of each program that is found among the processes of PMS, as soon as it is there. */
export class SampledBirths {
  readonly #tree: ProcessTree;
  readonly #environments: Environments;
  readonly #sinceMs: number;
  /** Young processes with the program whose environment was read; null: still the program of the parent. */
  readonly #young = new Map<TreeProcess, string | null>();

  constructor(tree: ProcessTree, environments: Environments, sinceMs: number) {
    this.#tree = tree;
    this.#environments = environments;
    this.#sinceMs = sinceMs;
  }

  /** To be called after each look at the tree. */
  look(): void {
    const young = new Set(this.#tree.young);
    for (const process of young)
      if (process.bornMs >= this.#sinceMs && !this.#young.has(process)) this.#young.set(process, null);
    for (const [process, read] of this.#young) {
      const { pid, name, parentName, diedMs } = process;
      const isGrown = !young.has(process);
      // A child of the same name may have called exec too: once it is grown, it has.
      if (diedMs === null && read !== name && (name !== parentName || isGrown)) {
        this.#environments.read(pid, name);
        this.#young.set(process, name);
      } else if (diedMs !== null && read === null) this.#environments.miss(pid, name);
      if (isGrown) this.#young.delete(process);
    }
  }
}
