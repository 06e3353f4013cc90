import { PSEUDONYM_KINDS, type PseudonymKind } from './pseudonym-kinds.ts';
import type { Seeds } from './seeds.ts';

/** Replacements by kind. */
type Counts = readonly (readonly [kind: string, count: number])[];

/** Gives each private value a number of its kind, the same number each time, and counts the replacements. */
export class Pseudonyms {
  readonly #numbers = new Map<PseudonymKind, Map<string, number>>();
  /** The number that was given out last. */
  readonly #last = new Map<PseudonymKind, number>();
  /** Numbers that texts brought along: they belong to values that are not known here, so they are not given out again. */
  readonly #foreign = new Map<PseudonymKind, Set<number>>();
  readonly #counts = new Map<string, number>();
  #total = 0;

  constructor({ taken, assigned }: Pick<Seeds, 'taken' | 'assigned'>) {
    for (const pseudonym of taken) this.reserve(pseudonym);
    for (const kind of PSEUDONYM_KINDS) for (const key of assigned[kind] ?? []) this.assign(kind, key);
  }

  /** The pseudonym of a value in one spelling; counts as a replacement. */
  of(kind: PseudonymKind, key: string): string {
    this.count(kind);
    return `<${kind}-${this.assign(kind, key)}>`;
  }

  /** The number of a value. */
  assign(kind: PseudonymKind, key: string): number {
    const numbers = this.#numbers.get(kind) ?? new Map<string, number>();
    this.#numbers.set(kind, numbers);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const foreign = this.#foreign.get(kind);
    let next = (this.#last.get(kind) ?? 0) + 1;
    while (foreign?.has(next)) next += 1;
    this.#last.set(kind, next);
    numbers.set(key, next);
    return next;
  }

  /** The number that a value has already; null: none. */
  numberOf(kind: PseudonymKind, key: string): number | null {
    return this.#numbers.get(kind)?.get(key) ?? null;
  }

  reserve(pseudonym: string): void {
    const [, word, number] = /^<(.+)-(\d+)>$/.exec(pseudonym) ?? [];
    const kind = PSEUDONYM_KINDS.find((each) => each === word);
    if (kind === undefined) return;
    const foreign = this.#foreign.get(kind) ?? new Set<number>();
    foreign.add(Number(number));
    this.#foreign.set(kind, foreign);
  }

  /** The values of each kind in the order of their numbers. */
  get assigned(): Seeds['assigned'] {
    const assigned: Partial<Record<PseudonymKind, readonly string[]>> = {};
    for (const [kind, numbers] of this.#numbers) {
      assigned[kind] = [...numbers].sort(([, a], [, b]) => a - b).map(([key]) => key);
    }
    return assigned;
  }

  count(kind: string, times = 1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + times);
    this.#total += times;
  }

  /** How many values were replaced or removed so far, by kind. */
  get removed(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  get total(): number {
    return this.#total;
  }

  /** How many replacements `work` would make; they are not counted. */
  trial(work: () => unknown): number {
    const counts = new Map(this.#counts);
    const before = this.#total;
    work();
    const made = this.#total - before;
    this.#total = before;
    this.#counts.clear();
    for (const [kind, count] of counts) this.#counts.set(kind, count);
    return made;
  }

  /** The replacements that `work` makes. */
  countsOf<T>(work: () => T): readonly [result: T, counts: Counts] {
    const before = new Map(this.#counts);
    const result = work();
    const counts = [...this.#counts].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
    return [result, counts.filter(([, count]) => count > 0)];
  }
}
