/** Words that are known beforehand, looked for in one go: a network has hundreds of names, and evidence thousands of texts. */
export class Literals<T> {
  readonly #values: ReadonlyMap<string, T>;
  /** Longest first, because the first alternative that fits is taken. */
  readonly #pattern: RegExp | null;

  /** Of equal words, which differ at most in case, the first counts. */
  constructor(words: readonly (readonly [string, T])[]) {
    this.#values = new Map(words.map(([word, value]) => [folded(word), value] as const).toReversed());
    const sorted = words.map(([word]) => escapeRegExp(word)).sort((a, b) => b.length - a.length);
    this.#pattern =
      sorted.length === 0 ? null : new RegExp(`(?<![\\p{L}\\p{N}_])(?:${sorted.join('|')})(?![\\p{L}\\p{N}_])`, 'giu');
  }

  /** Replaces whole words, whatever their case. */
  replace(text: string, replacement: (value: T, written: string) => string): string {
    if (this.#pattern === null) return text;
    return text.replace(this.#pattern, (found) => {
      const value = this.#values.get(folded(found));
      return value === undefined ? found : replacement(value, found);
    });
  }
}

/** As expressions compare without case: the long s is an s. */
function folded(word: string): string {
  return word.toUpperCase().toLowerCase();
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
