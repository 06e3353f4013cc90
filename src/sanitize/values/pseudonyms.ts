import { PSEUDONYM_KINDS, type PseudonymKind } from './pseudonym-kinds.ts';
import type { Seeds } from './seeds.ts';

/** Replacements by kind. */
export type Counts = readonly (readonly [kind: string, count: number])[];

/** A value that got its pseudonym. */
export type Use = readonly [kind: PseudonymKind, key: string];

/** Gives each private value a number of its kind, the same number each time, and counts the replacements. */
export class Pseudonyms {
  readonly #numbers = new Map<PseudonymKind, Map<string, number>>();
  /** The number that was given out last. */
  readonly #last = new Map<PseudonymKind, number>();
  /** Numbers that texts brought along: they belong to values that are not known here, so they are not given out again. */
  readonly #foreign = new Map<PseudonymKind, Set<number>>();
  #counts = new Map<string, number>();
  #total = 0;
  /** The values that were asked for while {@link usesOf} works. */
  #uses: Use[] | null = null;

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
    this.#uses?.push([kind, key]);
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
    const before = this.#total;
    this.#countedApart(work);
    const made = this.#total - before;
    this.#total = before;
    return made;
  }

  /** The replacements that `work` makes. */
  countsOf<T>(work: () => T): readonly [result: T, counts: Counts] {
    const [result, made] = this.#countedApart(work);
    for (const [kind, count] of made) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
    return [result, made];
  }

  #countedApart<T>(work: () => T): readonly [result: T, made: Counts] {
    const before = this.#counts;
    const made = new Map<string, number>();
    this.#counts = made;
    const result = work();
    this.#counts = before;
    return [result, [...made]];
  }

  /** The values whose pseudonyms `work` asks for, in this order. */
  usesOf<T>(work: () => T): readonly [result: T, uses: readonly Use[]] {
    const uses: Use[] = [];
    this.#uses = uses;
    const result = work();
    this.#uses = null;
    return [result, uses];
  }
}
