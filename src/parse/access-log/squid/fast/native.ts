import { LINE_LIMIT_BYTES } from '../../lines.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const COLON = 0x3a;
const QUESTION = 0x3f;
const BACKSLASH = 0x5c;
/** As four bytes, the first one lowest. */
const HTTP = 0x70747468;

/** Digits of `%ts` from 2001 to 2286, and of `%03tu`. */
const EPOCH_DIGITS = 10;
const MS_DIGITS = 3;
/** No line in Squid's native format is shorter. */
const SHORTEST_LINE_BYTES = 40;

/**
 * The usual line of Squid's native format, `%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt`, cut at its spaces. Each field
 * ends where it does for `LinePlan.match`, or the line is left to the plan; what a field holds is only looked at where it is not part of
 * the three ranges, by which a {@link RequestCache} recognises bytes that the plan has read before.
 */
export class NativeLine {
  ms = 0;
  /** Sent to the client. */
  bytesSent = 0;
  /** Client, tag and status. */
  resultFrom = 0;
  resultEnd = 0;
  /** Method and URL; of `http://` URLs what stands before the path, by which `UriScanner` finds the same. */
  targetFrom = 0;
  targetEnd = 0;
  /** Hierarchy and server. */
  wayFrom = 0;
  wayEnd = 0;
  /** Of the line feed. */
  end = 0;

  /** `last` is the offset of a line feed with three bytes behind it: nothing beyond them is read. */
  scan(bytes: Uint8Array, view: DataView, from: number, last: number): boolean {
    if (last - from < SHORTEST_LINE_BYTES) return false;
    let at = this.#time(bytes, from);
    if (at < 0) return false;
    while (bytes[at] === SPACE) at += 1;
    at = wordEnd(view, at);
    if (bytes[at] !== SPACE) return false;
    this.resultFrom = at + 1;
    at = wordEnd(view, at + 1);
    if (bytes[at] !== SPACE) return false;
    at = wordEnd(view, at + 1);
    if (bytes[at] !== SPACE) return false;
    this.resultEnd = at;
    at = this.#bytesSent(bytes, at + 1);
    if (at < 0) return false;
    this.targetFrom = at + 1;
    at = wordEnd(view, at + 1);
    if (bytes[at] !== SPACE) return false;
    const url = at + 1;
    at = wordEnd(view, url);
    if (bytes[at] !== SPACE) return false;
    this.targetEnd = view.getInt32(url, true) === HTTP ? endOfOrigin(bytes, url, at) : at;
    at = wordEnd(view, at + 1);
    if (bytes[at] !== SPACE) return false;
    this.wayFrom = at + 1;
    at = wordEnd(view, at + 1);
    if (bytes[at] !== SPACE) return false;
    this.wayEnd = at;
    at = wordEnd(view, at + 1);
    if (bytes[at] === CR) at += 1;
    this.end = at;
    return bytes[at] === LF && at - from <= LINE_LIMIT_BYTES;
  }

  /** The offset of the space behind it, or -1. */
  #time(bytes: Uint8Array, from: number): number {
    const dot = from + EPOCH_DIGITS;
    const end = dot + 1 + MS_DIGITS;
    if (bytes[dot] !== DOT || bytes[end] !== SPACE) return -1;
    // Two halves, since small integers are quicker than what the whole comes to.
    const high = digitsAt(bytes, from, from + 5);
    const low = digitsAt(bytes, from + 5, dot);
    const ms = digitsAt(bytes, dot + 1, end);
    if (high < 0 || low < 0 || ms < 0) return -1;
    this.ms = (high * 100_000 + low) * 1000 + ms;
    return end;
  }

  /** The offset of the space behind it, or -1. */
  #bytesSent(bytes: Uint8Array, from: number): number {
    let at = from;
    let value = 0;
    for (; ; at += 1) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.bytesSent = value;
    return at > from && bytes[at] === SPACE ? at : -1;
  }
}

/** The offset of the first space or control character, four bytes at a time (Mycroft's test for a byte below 0x21). */
function wordEnd(view: DataView, from: number): number {
  for (let at = from; ; at += 4) {
    const word = view.getInt32(at, true);
    const found = (word - 0x21212121) & ~word & 0x80808080;
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3);
  }
}

/** The offset of the path in an `http://` URL with an authority; the end of any other URL. */
function endOfOrigin(bytes: Uint8Array, from: number, end: number): number {
  if (bytes[from + 4] !== COLON || bytes[from + 5] !== SLASH || bytes[from + 6] !== SLASH) return end;
  let at = from + 7;
  for (; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === SLASH || byte === QUESTION || byte === HASH || byte === BACKSLASH) break;
  }
  return at;
}

/** A number of so few digits that it is a small integer, or -1. */
function digitsAt(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Requests that are remembered, a power of two, and how much of each: 128 bytes, two cache lines. */
const SLOTS = 32_768;
const WORDS = 32;
const VALUES = 4;
const KEY_WORDS = WORDS - VALUES;
/** Each of the three ranges can take up one word more than its bytes do. */
const KEY_LIMIT_BYTES = 4 * (KEY_WORDS - 3);
/** Constants of MurmurHash3. */
const MULTIPLIER = 0xcc9e2d51;
const ROTATION = 13;

/**
 * Remembers what lines with the same client, result, target and server came to, so that such a line costs one look-up. A newer
 * request takes the place of an older one with the same hash: what is forgotten is only slower. 4 MB.
 */
export class RequestCache {
  readonly #words = new Int32Array(WORDS * SLOTS);
  readonly #key = new Int32Array(KEY_WORDS);
  #keyWords = 0;
  #lengths = 0;
  #hash = 0;
  #at = 0;

  /** Whether the line's request is remembered. Its values are `entry`, `client` and `plexTv` then; otherwise `remember` can add it. */
  find(view: DataView, line: NativeLine): boolean {
    const { resultFrom, resultEnd, targetFrom, targetEnd, wayFrom, wayEnd } = line;
    const result = resultEnd - resultFrom;
    const target = targetEnd - targetFrom;
    const way = wayEnd - wayFrom;
    this.#keyWords = 0;
    if (result + target + way > KEY_LIMIT_BYTES || result < 4 || target < 4 || way < 4) return false;
    this.#lengths = (result << 16) | (target << 8) | way;
    this.#hash = this.#lengths;
    this.#add(view, resultFrom, resultEnd);
    this.#add(view, targetFrom, targetEnd);
    this.#add(view, wayFrom, wayEnd);
    const hash = this.#hash;
    this.#at = WORDS * ((hash ^ (hash >>> 15)) & (SLOTS - 1));
    if (!this.#isThere()) return false;
    this.#keyWords = 0;
    return true;
  }

  /** Whole words, then the last four bytes once more, whatever is left of them. */
  #add(view: DataView, from: number, end: number): void {
    const key = this.#key;
    const last = end - 4;
    let index = this.#keyWords;
    let hash = this.#hash;
    for (let at = from; at < last; at += 4, index += 1) {
      const word = view.getInt32(at, true);
      key[index] = word;
      hash = rotated(Math.imul(hash ^ word, MULTIPLIER));
    }
    const word = view.getInt32(last, true);
    key[index] = word;
    this.#hash = rotated(Math.imul(hash ^ word, MULTIPLIER));
    this.#keyWords = index + 1;
  }

  #isThere(): boolean {
    const words = this.#words;
    const key = this.#key;
    const at = this.#at;
    if (words[at] !== this.#lengths) return false;
    for (let index = 0; index < this.#keyWords; index += 1) {
      if (words[at + VALUES + index] !== key[index]) return false;
    }
    return true;
  }

  get entry(): number {
    return this.#words[this.#at + 1] ?? 0;
  }

  get client(): number {
    return this.#words[this.#at + 2] ?? 0;
  }

  get plexTv(): boolean {
    return this.#words[this.#at + 3] === 1;
  }

  /** Remembers the result of the last line looked up. Does nothing when that line was found or has no look-up. */
  remember(entry: number, client: number, plexTv: boolean): void {
    if (this.#keyWords === 0) return;
    this.#words.set([this.#lengths, entry, client, Number(plexTv)], this.#at);
    this.#words.set(this.#key.subarray(0, this.#keyWords), this.#at + VALUES);
    this.#keyWords = 0;
  }

  /** Drops the last line looked up: it has no result to remember. */
  forget(): void {
    this.#keyWords = 0;
  }
}

function rotated(hash: number): number {
  return (hash << ROTATION) | (hash >>> (32 - ROTATION));
}
