import type { Sanitizer } from '../sanitizer.ts';
import { RULE_WORDS } from '../values/rule-words.ts';

const TABLE_BITS = 17;
const TABLE_SIZE = 1 << TABLE_BITS;
const WORDS_LIMIT = TABLE_SIZE / 2;
const LETTERS_LIMIT_BYTES = 1 << 20;
/** Rules find these inside of words too. */
const TELLING_PART =
  /token|claim|pass|secret|key|cred|online|user|login|name|proxy|plex|pac|title|python|basic|bearer|ntlm|negotiate|auth|cookie|docker|contain|volume|media|host/;
const PLAIN = /^[A-Za-z][a-z]{2,}$/;
/** Words that a log masked itself. */
const MASKED = /^x+$/i;
const FNV_PRIME = 0x01000193;
export const FNV_START = 0x811c9dc5;

/** One more byte of an FNV-1a hash. */
export function hashed(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, FNV_PRIME);
}

/**
 * Tells words that are nothing but unknown: no list has them, no rule looks for them, and nothing that is known beforehand has them as a part.
 * Whatever the rules make of one such word they make of any other in its place. The answers are remembered in a table.
 */
export class NamelessWords {
  readonly #sanitizer: Sanitizer;
  readonly #known: ReadonlySet<string>;
  readonly #letters = Buffer.alloc(LETTERS_LIMIT_BYTES);
  #lettersEnd = 0;
  #count = 0;
  readonly #hashes = new Int32Array(TABLE_SIZE);
  readonly #starts = new Int32Array(TABLE_SIZE);
  /** 0: free. */
  readonly #lengths = new Uint8Array(TABLE_SIZE);
  readonly #answers = new Uint8Array(TABLE_SIZE);

  constructor(sanitizer: Sanitizer) {
    this.#sanitizer = sanitizer;
    this.#known = new Set(
      sanitizer.knownWords.flatMap((word) =>
        word
          .toLowerCase()
          .split(/[^\p{L}]+/u)
          .filter((part) => part !== ''),
      ),
    );
  }

  has(line: Uint8Array, start: number, end: number, hash: number): boolean {
    const length = end - start;
    let entry = Math.imul(hash, 0x9e3779b1) >>> (32 - TABLE_BITS);
    while ((this.#lengths[entry] ?? 0) > 0) {
      if (this.#hashes[entry] === hash && this.#lengths[entry] === length && this.#isAt(line, start, length, entry))
        return this.#answers[entry] === 1;
      entry = (entry + 1) & (TABLE_SIZE - 1);
    }
    return this.#learn(line, start, end, hash, entry);
  }

  #isAt(line: Uint8Array, start: number, length: number, entry: number): boolean {
    const from = this.#starts[entry] ?? 0;
    for (let i = 0; i < length; i += 1) if (this.#letters[from + i] !== line[start + i]) return false;
    return true;
  }

  #learn(line: Uint8Array, start: number, end: number, hash: number, free: number): boolean {
    const word = Buffer.from(line.buffer, line.byteOffset + start, end - start).toString('latin1');
    const isNameless = this.#judge(word);
    if (this.#count >= WORDS_LIMIT || this.#lettersEnd + word.length > LETTERS_LIMIT_BYTES) {
      this.#lengths.fill(0);
      this.#count = 0;
      this.#lettersEnd = 0;
      return isNameless;
    }
    this.#letters.set(line.subarray(start, end), this.#lettersEnd);
    this.#starts[free] = this.#lettersEnd;
    this.#lettersEnd += word.length;
    this.#hashes[free] = hash;
    this.#lengths[free] = word.length;
    this.#answers[free] = Number(isNameless);
    this.#count += 1;
    return isNameless;
  }

  #judge(word: string): boolean {
    const lower = word.toLowerCase();
    return (
      PLAIN.test(word) &&
      !MASKED.test(word) &&
      !this.#known.has(lower) &&
      !RULE_WORDS.has(lower) &&
      !TELLING_PART.test(lower) &&
      !this.#sanitizer.isOpenWord(word)
    );
  }
}
