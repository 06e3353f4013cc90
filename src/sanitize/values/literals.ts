/** More words are looked up piece by piece: an expression tries all of them wherever a word begins. */
const PATTERN_LIMIT = 500;
const PIECES = /[\p{L}\p{N}_]+|[^]/gu;
const IS_WORD = /^[\p{L}\p{N}_]/u;

/** Words that begin alike share their first pieces. */
interface Node<T> {
  readonly next: Map<string, Node<T>>;
  /** null: no word ends here. */
  found: { readonly value: T } | null;
}

/** Words that are known beforehand, looked for in one go: a network has hundreds of names, and evidence thousands of texts. */
export class Literals<T> {
  readonly #values: ReadonlyMap<string, T>;
  /** Longest first, because the first alternative that fits is taken. */
  readonly #pattern: RegExp | null = null;
  readonly #tree: Node<T> | null = null;

  /** Of equal words, which differ at most in case, the first counts. Up to `patternLimit` of them are one expression. */
  constructor(words: readonly (readonly [string, T])[], patternLimit = PATTERN_LIMIT) {
    this.#values = new Map(words.map(([word, value]) => [folded(word), value] as const).toReversed());
    if (words.length === 0) return;
    if (words.length > patternLimit) {
      this.#tree = treeOf(words);
      return;
    }
    const sorted = words.map(([word]) => escapeRegExp(word)).sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${sorted.join('|')})(?![\\p{L}\\p{N}_])`, 'giu');
  }

  /** Replaces whole words, whatever their case. */
  replace(text: string, replacement: (value: T, written: string) => string): string {
    if (this.#tree !== null) return replaceByTree(this.#tree, text, replacement);
    if (this.#pattern === null) return text;
    return text.replace(this.#pattern, (found) => {
      const value = this.#values.get(folded(found));
      return value === undefined ? found : replacement(value, found);
    });
  }
}

function treeOf<T>(words: readonly (readonly [string, T])[]): Node<T> {
  const root: Node<T> = { next: new Map(), found: null };
  for (const [word, value] of words) {
    let node = root;
    for (const piece of word.match(PIECES) ?? []) {
      const key = folded(piece);
      const next: Node<T> = node.next.get(key) ?? { next: new Map(), found: null };
      node.next.set(key, next);
      node = next;
    }
    if (node !== root) node.found ??= { value };
  }
  return root;
}

function replaceByTree<T>(root: Node<T>, text: string, replacement: (value: T, written: string) => string): string {
  const pieces = text.match(PIECES) ?? [];
  const isWord = (at: number): boolean => IS_WORD.test(pieces[at] ?? '');
  let clean = '';
  for (let at = 0; at < pieces.length;) {
    let best: { readonly end: number; readonly value: T } | null = null;
    let node = at > 0 && isWord(at - 1) ? undefined : root.next.get(folded(pieces[at] ?? ''));
    for (let end = at + 1; node !== undefined; end += 1) {
      if (node.found !== null && !isWord(end)) best = { end, value: node.found.value };
      node = node.next.get(folded(pieces[end] ?? ''));
    }
    const end = best?.end ?? at + 1;
    const written = pieces.slice(at, end).join('');
    clean += best === null ? written : replacement(best.value, written);
    at = end;
  }
  return clean;
}

/** As expressions compare without case: the long s is an s. */
function folded(word: string): string {
  return word.toUpperCase().toLowerCase();
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
