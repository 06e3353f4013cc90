/**
 * The shape of a line: the line without its figures. Lines of one shape are sanitized alike, so the rules have to look at one of them only.
 * Decimal runs, hexadecimal words and IPv4 addresses are slots; every other byte belongs to the shape, figures of escapes included, because
 * they stand for characters.
 */
export const SLOT = { digits: 1, hex: 2, address: 3 } as const;

const KINDS_MARK = 0xf8;
/** Longest run that a mark can say; longer ones go by hand. */
const RUN_LIMIT = 60;
const SLOTS_LIMIT = 200;

const DIGIT = 1;
const HEX_LETTER = 2;
const WORD = 4;
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
/** How many bytes behind its mark an escape has: `%2F`, `\u002f`. */
const ESCAPE_BYTES = 2;
const BACKSLASH_BYTES = 5;

/** Takes lines apart; of one line at a time, its shape and its slots. */
export class Shape {
  /** The bytes of the shape: those of the line, a mark and a length in place of each slot. */
  readonly bytes: Buffer;
  length = 0;
  hash = 0;
  slots = 0;
  readonly starts = new Int32Array(SLOTS_LIMIT);
  readonly ends = new Int32Array(SLOTS_LIMIT);
  readonly kinds = new Uint8Array(SLOTS_LIMIT);
  /** The address of a slot as a number. */
  readonly addresses = new Float64Array(SLOTS_LIMIT);

  constructor(limitBytes: number) {
    this.bytes = Buffer.alloc(limitBytes * 2 + 16);
  }

  /** false: the line has no shape, because a run is too long or there are too many. */
  read(line: Uint8Array, start: number, end: number): boolean {
    const { bytes } = this;
    let out = 0;
    let hash = 0x811c9dc5;
    this.slots = 0;
    let literalUntil = start;
    for (let at = start; at < end;) {
      const byte = line[at] ?? 0;
      const kind = CLASS[byte] ?? 0;
      if ((kind & WORD) === 0 || at < literalUntil) {
        if (byte === PERCENT) literalUntil = Math.max(literalUntil, at + 1 + ESCAPE_BYTES);
        else if (byte === BACKSLASH) literalUntil = Math.max(literalUntil, at + 1 + BACKSLASH_BYTES);
        else if (byte === HASH && line[at - 1] === AMPERSAND)
          literalUntil = Math.max(literalUntil, endOfEntity(line, at, end));
        bytes[out] = byte;
        hash = Math.imul(hash ^ byte, 0x01000193);
        out += 1;
        at += 1;
        continue;
      }
      // A word: letters and figures without a gap.
      let stop = at;
      let all = DIGIT | HEX_LETTER | WORD;
      let any = 0;
      for (let each = kind; stop < end && (each & WORD) !== 0; each = CLASS[line[stop] ?? 0] ?? 0) {
        all &= each | (each & DIGIT ? HEX_LETTER : 0);
        any |= each;
        stop += 1;
      }
      // `#ab` numbers a request, as `#a1` does.
      const isNumber = (all & HEX_LETTER) !== 0 && line[at - 1] === HASH;
      if ((any & DIGIT) === 0 && !isNumber) {
        for (; at < stop; at += 1) {
          const letter = line[at] ?? 0;
          bytes[out] = letter;
          hash = Math.imul(hash ^ letter, 0x01000193);
          out += 1;
        }
        continue;
      }
      const isHex = (all & HEX_LETTER) !== 0;
      if (isHex) {
        const isDecimal = (any & HEX_LETTER) === 0;
        const addressEnd = isDecimal ? this.#addressAt(line, start, at, end) : 0;
        const slotEnd = addressEnd > 0 ? addressEnd : stop;
        const slotKind = addressEnd > 0 ? SLOT.address : isDecimal ? SLOT.digits : SLOT.hex;
        const size = addressEnd > 0 ? 0 : stop - at;
        if (size > RUN_LIMIT || this.slots >= SLOTS_LIMIT) return false;
        this.starts[this.slots] = at;
        this.ends[this.slots] = slotEnd;
        this.kinds[this.slots] = slotKind;
        this.slots += 1;
        const mark = KINDS_MARK + slotKind;
        bytes[out] = mark;
        bytes[out + 1] = size;
        hash = Math.imul(Math.imul(hash ^ mark, 0x01000193) ^ size, 0x01000193);
        out += 2;
        at = slotEnd;
        continue;
      }
      // Letters and figures in one word: each run of figures is a slot.
      while (at < stop) {
        const from = at;
        while (at < stop && ((CLASS[line[at] ?? 0] ?? 0) & DIGIT) !== 0) at += 1;
        if (at > from) {
          const size = at - from;
          if (size > RUN_LIMIT || this.slots >= SLOTS_LIMIT) return false;
          this.starts[this.slots] = from;
          this.ends[this.slots] = at;
          this.kinds[this.slots] = SLOT.digits;
          this.slots += 1;
          const mark = KINDS_MARK + SLOT.digits;
          bytes[out] = mark;
          bytes[out + 1] = size;
          hash = Math.imul(Math.imul(hash ^ mark, 0x01000193) ^ size, 0x01000193);
          out += 2;
        } else {
          const letter = line[at] ?? 0;
          bytes[out] = letter;
          hash = Math.imul(hash ^ letter, 0x01000193);
          out += 1;
          at += 1;
        }
      }
    }
    this.length = out;
    this.hash = hash >>> 0;
    return true;
  }

  /** The end of an IPv4 address that stands alone; 0 where there is none. Loopback is no slot: rules tell it from others. */
  #addressAt(line: Uint8Array, start: number, from: number, end: number): number {
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
      while (at < end && ((CLASS[line[at] ?? 0] ?? 0) & DIGIT) !== 0 && at - first < 3) {
        octet = octet * 10 + (line[at] ?? 0) - ZERO;
        at += 1;
      }
      if (at === first || octet > 255 || (at - first > 1 && line[first] === ZERO)) return 0;
      value = value * 256 + octet;
    }
    const after = at < end ? (line[at] ?? 0) : 0;
    if (after === DASH || ((CLASS[after] ?? 0) & WORD) !== 0) return 0;
    if (after === DOT && at + 1 < end && ((CLASS[line[at + 1] ?? 0] ?? 0) & WORD) !== 0) return 0;
    const top = Math.floor(value / 0x1_00_00_00);
    if (top === LOOPBACK || top === 0 || top >= 224) return 0;
    this.addresses[this.slots] = value;
    return at;
  }
}

function endOfEntity(line: Uint8Array, hash: number, end: number): number {
  let at = hash + 1;
  while (at < end && at < hash + 10 && line[at] !== SEMICOLON) at += 1;
  return at;
}
