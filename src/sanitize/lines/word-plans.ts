import type { WordPlan } from './word-plan.ts';
import type { WordShape } from './word-shape.ts';

const PLANS_LIMIT = 16_384;
const BYTES_LIMIT = 1 << 22;
const SEEN_BITS = 15;

interface Entry {
  readonly bytes: Buffer;
  /** null: lines of this shape are looked at each. */
  readonly plan: WordPlan | null;
}

/** Tells what came before; others make it forget in time. */
export class Repeated {
  readonly #hashes = new Int32Array(1 << SEEN_BITS);

  hasSeen(hash: number): boolean {
    const at = hash & (this.#hashes.length - 1);
    if (this.#hashes[at] === hash) return true;
    this.#hashes[at] = hash;
    return false;
  }
}

/** The plans by shape. A shape is worth one when it comes a second time. When the room is used up all are forgotten, so that memory stays flat. */
export class WordPlans {
  readonly #entries = new Map<number, Entry>();
  #bytes = 0;
  readonly #shapes = new Repeated();

  /** undefined: none was made yet. */
  find({ hash, bytes, length }: WordShape): WordPlan | null | undefined {
    const entry = this.#entries.get(hash);
    if (entry === undefined) return undefined;
    return entry.bytes.length === length && entry.bytes.compare(bytes, 0, length) === 0 ? entry.plan : null;
  }

  isRepeated({ hash }: WordShape): boolean {
    return this.#shapes.hasSeen(hash);
  }

  add({ hash, bytes, length }: WordShape, plan: WordPlan | null, forget: (plan: WordPlan) => void): void {
    if (this.#entries.size >= PLANS_LIMIT || this.#bytes + length > BYTES_LIMIT) {
      for (const old of this.plans()) forget(old);
      this.#entries.clear();
      this.#bytes = 0;
    }
    this.#entries.set(hash, { bytes: Buffer.from(bytes.subarray(0, length)), plan });
    this.#bytes += length;
  }

  plans(): readonly WordPlan[] {
    return [...this.#entries.values()].flatMap(({ plan }) => (plan === null ? [] : [plan]));
  }
}
