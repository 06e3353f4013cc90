import { FNV_START, hashed, type NamelessWords } from './nameless-words.ts';
import { BASE64_RUN, mayBeBase64Text } from '../values/base64.ts';
import { PLACE, SLOT, Slots } from './shape.ts';

/** Kinds of slots besides those of {@link SLOT}. */
export const WORD_SLOT = 4;

const MARK = 0xf8;
const SLOTS_LIMIT = 120;
const LONGEST_WORD = 40;
/** Endings of files have no more letters. */
const SHORT_ENDING = 6;
/** From here on a hexadecimal number may be a text. */
const HEX_TEXT = 16;
/** Runs of letters of both cases and figures may be a token from this length on. */
const TOKEN_RUN = 18;

const LETTER = 1;
const WORD = 2;
/** Bytes of base64, and of words that are joined by dashes. */
const RUN = 4;
/** A word beside these may have any length. */
const FREE = 8;
/** Lines with these have no such shape: escapes, pseudonyms, text beyond ASCII, controls. */
const REFUSED = 16;
const CLASS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  const char = String.fromCodePoint(byte);
  let bits = 0;
  if (/[A-Za-z]/.test(char)) bits |= LETTER;
  if (/\w/.test(char)) bits |= WORD;
  if (/[\w+/-]/.test(char)) bits |= RUN;
  if (/[ /()"',]/.test(char)) bits |= FREE;
  if (byte >= 0x7f || (byte < 0x20 && byte !== 0x09) || /[%\\<]/.test(char)) bits |= REFUSED;
  CLASS[byte] = bits;
}
const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const DOT = 0x2e;
const SLASH = 0x2f;
const PLUS = 0x2b;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_END = 0x5a;
const UPPER_START = 0x41;

/**
 * The shape of a line without its figures and without the words that are nothing but unknown, see {@link NamelessWords}: titles, names of files
 * and of people. A word's slot says whether it begins with a capital, and its length where a rule may count.
 */
export class WordShape {
  readonly bytes: Buffer;
  length = 0;
  hash = 0;
  /** The hash with the words themselves. */
  exactHash = 0;
  #wordsHash = 0;
  /** Slots in the order of the line. */
  count = 0;
  readonly starts = new Int32Array(SLOTS_LIMIT);
  readonly ends = new Int32Array(SLOTS_LIMIT);
  readonly kinds = new Uint8Array(SLOTS_LIMIT);
  readonly sizes = new Uint8Array(SLOTS_LIMIT);
  readonly addresses = new Float64Array(SLOTS_LIMIT);
  /** Whether there is a word among the slots. */
  hasWord = false;
  readonly #words: NamelessWords;
  readonly #figures = new Slots();

  constructor(words: NamelessWords, limitBytes: number) {
    this.#words = words;
    this.bytes = Buffer.alloc(limitBytes * 2 + 16);
  }

  /** false: the line is to be looked at by itself. A byte that is no part of a word has to stand behind it. */
  read(line: Uint8Array, start: number, end: number): boolean {
    const { bytes } = this;
    this.count = 0;
    this.hasWord = false;
    this.#wordsHash = 0;
    let out = 0;
    let hash = FNV_START;
    let hasEntity = false;
    let isWord = false;
    let runStart = start;
    let runSlots = 0;
    for (let at = start; at < end;) {
      const byte = line[at] ?? 0;
      const bits = CLASS[byte] ?? 0;
      if ((bits & REFUSED) !== 0) return false;
      if (byte === AMPERSAND) hasEntity = true;
      else if (byte === SEMICOLON && hasEntity) return false;
      if ((bits & RUN) === 0) {
        if (at - runStart >= BASE64_RUN && runSlots < this.count && !this.#isPlainRun(line, runStart, at)) return false;
        runStart = at + 1;
        runSlots = this.count;
      }
      let mark = 0;
      if ((bits & WORD) !== 0) {
        mark = this.#figure(line, start, at, isWord ? PLACE.middle : PLACE.start);
        if (mark === 0 && !isWord && (bits & LETTER) !== 0) mark = this.#word(line, start, at, end);
        if (mark < 0) return false;
      }
      if (mark > 0) {
        const slot = this.count - 1;
        const kind = MARK + (this.kinds[slot] ?? 0);
        bytes[out] = kind;
        bytes[out + 1] = mark & 0xff;
        hash = hashed(hashed(hash, kind), mark & 0xff);
        out += 2;
        const next = this.ends[slot] ?? end;
        // An address has dots: no run goes through it.
        if (this.kinds[slot] === SLOT.address) {
          runStart = next;
          runSlots = this.count;
        }
        at = next;
        isWord = true;
        continue;
      }
      if (mark === 0) {
        bytes[out] = byte;
        hash = hashed(hash, byte);
        out += 1;
        at += 1;
        isWord = (bits & WORD) !== 0;
      }
    }
    if (end - runStart >= BASE64_RUN && runSlots < this.count && !this.#isPlainRun(line, runStart, end)) return false;
    this.length = out;
    this.hash = hash;
    this.exactHash = hash ^ this.#wordsHash;
    return true;
  }

  /** The mark of a slot of figures; 0: none, -1: refused. */
  #figure(line: Uint8Array, start: number, at: number, place: number): number {
    const figures = this.#figures;
    figures.count = 0;
    const symbol = figures.take(line, start, at, place);
    if (symbol <= 0) return symbol;
    const end = figures.ends[0] ?? at;
    const kind = figures.kinds[0] ?? 0;
    if (kind !== SLOT.address && end - at >= HEX_TEXT && mayBeHexText(line, at, end)) return -1;
    if (kind === SLOT.hex && hasUpper(line, at, end)) return -1;
    const size = kind === SLOT.address ? 1 : end - at;
    if (!this.#put(kind, at, end, size)) return -1;
    this.addresses[this.count - 1] = figures.addresses[0] ?? 0;
    return size;
  }

  #word(line: Uint8Array, start: number, at: number, lineEnd: number): number {
    let end = at;
    let hash = FNV_START;
    let byte = line[end] ?? 0;
    while (((CLASS[byte] ?? 0) & LETTER) !== 0) {
      hash = hashed(hash, byte);
      end += 1;
      byte = line[end] ?? 0;
    }
    if (end > lineEnd || ((CLASS[byte] ?? 0) & WORD) !== 0 || end - at < 3 || end - at > LONGEST_WORD) return 0;
    if (!this.#words.has(line, at, end, hash)) return 0;
    const before = at > start ? (line[at - 1] ?? 0) : 0x20;
    const after = end < lineEnd ? byte : 0x20;
    const size = sizeOf(end - at, before, after) * 2 + Number(isUpper(line[at] ?? 0));
    if (!this.#put(WORD_SLOT, at, end, size)) return -1;
    this.hasWord = true;
    this.#wordsHash = hashed(this.#wordsHash, hash);
    return size;
  }

  #put(kind: number, start: number, end: number, size: number): boolean {
    const slot = this.count;
    if (slot >= SLOTS_LIMIT) return false;
    this.starts[slot] = start;
    this.ends[slot] = end;
    this.kinds[slot] = kind;
    this.sizes[slot] = size;
    this.count = slot + 1;
    return true;
  }

  /** Whether nothing but a run's shape decides what becomes of it: it is no base64 of a text, and can be no token. */
  #isPlainRun(line: Uint8Array, start: number, end: number): boolean {
    return !mayBeBase64Text(line, start, end) && (end - start < TOKEN_RUN || !mayBeToken(line, start, end));
  }
}

/** How long a word is, as far as it matters: the length itself, or one number for all that are alike. */
function sizeOf(length: number, before: number, after: number): number {
  if (((CLASS[before] ?? 0) & FREE) !== 0 && ((CLASS[after] ?? 0) & FREE) !== 0) return LONGEST_WORD + 1;
  if (before === DOT) return length > SHORT_ENDING ? LONGEST_WORD + 2 : LONGEST_WORD + 3;
  return length;
}

/** A length that a size stands for. */
export function lengthOf(size: number): number {
  switch (size >> 1) {
    case LONGEST_WORD + 1:
      return 8;
    case LONGEST_WORD + 2:
      return SHORT_ENDING + 2;
    case LONGEST_WORD + 3:
      return SHORT_ENDING - 1;
    default:
      return size >> 1;
  }
}

function isUpper(byte: number): boolean {
  return byte >= UPPER_START && byte <= UPPER_END;
}

function hasUpper(line: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (isUpper(line[at] ?? 0)) return true;
  return false;
}

/** Whether a run has letters of both cases and figures, and neither of the two marks of base64 that are no part of a word. */
function mayBeToken(line: Uint8Array, start: number, end: number): boolean {
  let upper = 0;
  let figures = 0;
  for (let at = start; at < end; at += 1) {
    const byte = line[at] ?? 0;
    if (byte === SLASH || byte === PLUS) return false;
    if (isUpper(byte)) upper += 1;
    else if (byte >= ZERO && byte <= NINE) figures += 1;
  }
  return upper > 0 && figures > 1;
}

/** Whether all pairs of figures are those of printable ASCII. */
function mayBeHexText(line: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 2) {
    const byte = line[at] ?? 0;
    if (byte < 0x32 || byte > 0x37) return false;
  }
  return true;
}
