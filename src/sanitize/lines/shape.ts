/**
 * The shape of a line: the line without its figures. Lines of one shape are sanitized alike, so the rules have to look at one of them only.
 * Decimal runs, hexadecimal words and IPv4 addresses are slots; every other byte belongs to the shape, figures of escapes included, because
 * they stand for characters.
 */
export const SLOT = { digits: 1, hex: 2, address: 3 } as const;

/** The part of a line that may begin before a byte: none, inside of an escape; a word; the next part of a word. */
export const PLACE = { escape: 0, start: 1, middle: 2 } as const;

const KINDS_MARK = 0xf8;
export const MARK_BYTES = 2;
/** Longest run that a mark can say; lines with longer ones have no shape. */
const RUN_LIMIT = 60;
const SLOTS_LIMIT = 200;

const DIGIT = 1;
const HEX_LETTER = 2;
const WORD = 4;
/** Figures are hexadecimal too. */
const HEX = DIGIT | HEX_LETTER;
const CLASS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  const char = String.fromCodePoint(byte);
  if (/[0-9]/.test(char)) CLASS[byte] = DIGIT | WORD;
  else if (/[a-f]/i.test(char)) CLASS[byte] = HEX_LETTER | WORD;
  else if (/[a-z_]/i.test(char) || byte >= 0x80) CLASS[byte] = WORD;
}

const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const AMPERSAND = 0x26;
const HASH = 0x23;
const SEMICOLON = 0x3b;
const DOT = 0x2e;
const DASH = 0x2d;
const ZERO = 0x30;
const LOOPBACK = 127;
const MULTICAST = 224;
/** How many bytes behind its mark an escape has: `%2F`, `\u002f`. */
const ESCAPE_BYTES = 2;
const BACKSLASH_BYTES = 5;

/**
 * The slots of a line that was read last. Readers look one byte beyond the text, which has to be there and no part of a word: the line's end.
 */
export class Slots {
  count = 0;
  readonly starts = new Int32Array(SLOTS_LIMIT);
  readonly ends = new Int32Array(SLOTS_LIMIT);
  readonly kinds = new Uint8Array(SLOTS_LIMIT);
  /** The address of a slot as a number. */
  readonly addresses = new Float64Array(SLOTS_LIMIT);
  #address = 0;

  /**
   * Takes the slot that begins at `at`, where `place` lets one begin, and tells its symbol: kind and size in one number. 0: there is none;
   * -1: the line can have no shape. `start` is the beginning of the line.
   */
  take(line: Uint8Array, start: number, at: number, place: number): number {
    const first = CLASS[line[at] ?? 0] ?? 0;
    if ((first & HEX) === 0) return 0;
    if (place === PLACE.middle) return (first & DIGIT) === 0 ? 0 : this.#put(SLOT.digits, at, endOfDigits(line, at));
    const digitsEnd = endOfDigits(line, at);
    let end = digitsEnd;
    let any = digitsEnd > at ? DIGIT : 0;
    let kind = CLASS[line[end] ?? 0] ?? 0;
    for (; (kind & HEX) !== 0; kind = CLASS[line[end] ?? 0] ?? 0) {
      any |= kind;
      end += 1;
    }
    // A word of other letters: only its figures are slots.
    if ((kind & WORD) !== 0) return digitsEnd > at ? this.#put(SLOT.digits, at, digitsEnd) : 0;
    if ((any & HEX_LETTER) !== 0)
      // `#ab` numbers a request, as `#a1` does.
      return (any & DIGIT) !== 0 || (at > start && line[at - 1] === HASH) ? this.#put(SLOT.hex, at, end) : 0;
    const addressEnd = line[end] === DOT ? this.#addressAt(line, start, at) : 0;
    return addressEnd === 0 ? this.#put(SLOT.digits, at, end) : this.#put(SLOT.address, at, addressEnd);
  }

  #put(kind: number, start: number, end: number): number {
    const size = kind === SLOT.address ? 0 : end - start;
    const slot = this.count;
    if (size > RUN_LIMIT || slot >= SLOTS_LIMIT) return -1;
    this.starts[slot] = start;
    this.ends[slot] = end;
    this.kinds[slot] = kind;
    this.addresses[slot] = this.#address;
    this.count = slot + 1;
    return kind * 64 + size;
  }

  /** The end of an IPv4 address that stands alone; 0 where there is none. Loopback is no slot: rules tell it from others. */
  #addressAt(line: Uint8Array, start: number, from: number): number {
    const before = from > start ? (line[from - 1] ?? 0) : 0;
    if (before === DOT || before === DASH || ((CLASS[before] ?? 0) & WORD) !== 0) return 0;
    let at = from;
    let value = 0;
    for (let part = 0; part < 4; part += 1) {
      if (part > 0) {
        if (line[at] !== DOT) return 0;
        at += 1;
      }
      let octet = 0;
      const first = at;
      for (let byte = line[at] ?? 0; ((CLASS[byte] ?? 0) & DIGIT) !== 0 && at - first < 3; byte = line[at] ?? 0) {
        octet = octet * 10 + byte - ZERO;
        at += 1;
      }
      if (at === first || octet > 255 || (at - first > 1 && line[first] === ZERO)) return 0;
      value = value * 256 + octet;
    }
    const after = line[at] ?? 0;
    if (after === DASH || ((CLASS[after] ?? 0) & WORD) !== 0) return 0;
    if (after === DOT && ((CLASS[line[at + 1] ?? 0] ?? 0) & WORD) !== 0) return 0;
    const top = Math.floor(value / 0x1_00_00_00);
    if (top === LOOPBACK || top === 0 || top >= MULTICAST) return 0;
    this.#address = value;
    return at;
  }
}

/** Takes lines apart; of one line at a time, its shape and its slots. */
export class Shape {
  /** The bytes of the shape: those of the line, a mark and a length in place of each slot. */
  readonly bytes: Buffer;
  /** Before each of these bytes and behind the last: what may begin there. */
  readonly places: Uint8Array;
  length = 0;
  readonly slots = new Slots();
  /** Where in the shape the mark of each slot is. */
  readonly marks = new Int32Array(SLOTS_LIMIT);
  readonly symbols = new Int32Array(SLOTS_LIMIT);

  constructor(limitBytes: number) {
    this.bytes = Buffer.alloc(limitBytes * MARK_BYTES + 16);
    this.places = new Uint8Array(this.bytes.length);
  }

  /** false: the line has no shape, because a run is too long or there are too many. */
  read(line: Uint8Array, start: number, end: number): boolean {
    const { bytes, places, slots } = this;
    let out = 0;
    slots.count = 0;
    let escapedUntil = start;
    let isWord = false;
    for (let at = start; at < end;) {
      const byte = line[at] ?? 0;
      const place: number = at < escapedUntil ? PLACE.escape : isWord ? PLACE.middle : PLACE.start;
      const symbol = place === PLACE.escape ? 0 : slots.take(line, start, at, place);
      if (symbol < 0) return false;
      places[out] = place;
      if (symbol > 0) {
        const slot = slots.count - 1;
        bytes[out] = KINDS_MARK + (slots.kinds[slot] ?? 0);
        bytes[out + 1] = symbol % 64;
        this.marks[slot] = out;
        this.symbols[slot] = symbol;
        at = slots.ends[slot] ?? end;
        out += MARK_BYTES;
        isWord = true;
        continue;
      }
      if (byte === PERCENT) escapedUntil = Math.max(escapedUntil, at + 1 + ESCAPE_BYTES);
      else if (byte === BACKSLASH) escapedUntil = Math.max(escapedUntil, at + 1 + BACKSLASH_BYTES);
      else if (byte === HASH && line[at - 1] === AMPERSAND)
        escapedUntil = Math.max(escapedUntil, endOfEntity(line, at, end));
      isWord = place !== PLACE.escape && ((CLASS[byte] ?? 0) & WORD) !== 0;
      bytes[out] = byte;
      out += 1;
      at += 1;
    }
    places[out] = end < escapedUntil ? PLACE.escape : isWord ? PLACE.middle : PLACE.start;
    this.length = out;
    return true;
  }
}

function endOfDigits(line: Uint8Array, from: number): number {
  let at = from;
  while (((CLASS[line[at] ?? 0] ?? 0) & DIGIT) !== 0) at += 1;
  return at;
}

function endOfEntity(line: Uint8Array, hash: number, end: number): number {
  let at = hash + 1;
  while (at < end && at < hash + 10 && line[at] !== SEMICOLON) at += 1;
  return at;
}
