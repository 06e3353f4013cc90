import { digit, isDigits, startsWith } from './bytes.ts';

const SPACE = 0x20;
const COMMA = 0x2c;
const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH_OF: ReadonlyMap<number, number> = new Map(
  MONTHS.map((name, index) => [(name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2), index]),
);

/** The dashes before the text: the file has a hyphen; what is copied from Plex Web's console has an em dash. */
const SEPARATORS = [' - ', ' — '].map((text) => Buffer.from(text));
const THREAD_LIMIT_BYTES = 40;
const LEVEL_LIMIT_BYTES = 12;
/** `LEVEL (module:line) - `: module names are short. */
const MODULE_LIMIT_BYTES = 120;

/** `server` has milliseconds behind a dot, `old` (before 2016) none, `windows-old` behind a colon; `plugin` is Python's logging. */
export type HeadFormat = 'server' | 'old' | 'windows-old' | 'plugin';

/** `none`: not the first line of a message. `damaged`: begins as one and is not. */
export type HeadKind = HeadFormat | 'none' | 'damaged';

/**
 * The head of a message: `Mon DD, YYYY HH:MM:SS.mmm [thread] LEVEL - ` of PMS and its tools, `YYYY-MM-DD HH:MM:SS,mmm (thread) :  LEVEL (module:line) - ` of plug-ins.
 * The fields hold what the last `read` found, so that a line costs no object.
 */
export class LineHead {
  /** As written, read as if it were UTC. */
  localMs = 0;
  threadStart = 0;
  threadEnd = 0;
  textStart = 0;
  #dayKey = -1;
  #dayMs = 0;

  read(bytes: Buffer, start: number, end: number): HeadKind {
    if (bytes[start + 3] === SPACE) return this.#readServer(bytes, start, end);
    return bytes[start + 4] === DASH ? this.#readPlugin(bytes, start, end) : 'none';
  }

  #readServer(bytes: Buffer, start: number, end: number): HeadKind {
    const month = MONTH_OF.get(((bytes[start] ?? 0) << 16) | ((bytes[start + 1] ?? 0) << 8) | (bytes[start + 2] ?? 0));
    if (month === undefined) return 'none';
    const comma = bytes[start + 6] === COMMA ? start + 6 : start + 5;
    if (bytes[comma] !== COMMA || comma >= end) return 'none';
    const tens = comma === start + 6 && bytes[start + 4] !== SPACE ? digit(bytes, start + 4) : 0;
    const day = tens * 10 + digit(bytes, comma - 1);
    if (bytes[comma + 6] !== SPACE || !isDigits(bytes, comma + 2, 4)) return 'damaged';
    const year = digit(bytes, comma + 2) * 1000 + number3(bytes, comma + 3);
    if (!this.#readTime(bytes, comma + 7, end, year, month, day)) return 'damaged';
    const afterSeconds = comma + 15;
    const mark = bytes[afterSeconds];
    const hasMs = (mark === DOT || mark === COLON) && isDigits(bytes, afterSeconds + 1, 3);
    if (hasMs) this.localMs += number3(bytes, afterSeconds + 1);
    if (!this.#readServerTail(bytes, hasMs ? afterSeconds + 4 : afterSeconds, end)) return 'damaged';
    if (!hasMs) return 'old';
    return mark === DOT ? 'server' : 'windows-old';
  }

  /** ` [thread] LEVEL - ` */
  #readServerTail(bytes: Buffer, at: number, end: number): boolean {
    if (bytes[at] !== SPACE || bytes[at + 1] !== OPEN_BRACKET) return false;
    this.threadStart = at + 2;
    this.threadEnd = find(bytes, CLOSE_BRACKET, at + 2, Math.min(end, at + 2 + THREAD_LIMIT_BYTES));
    if (this.threadEnd === -1 || bytes[this.threadEnd + 1] !== SPACE) return false;
    const level = this.threadEnd + 2;
    const levelEnd = find(bytes, SPACE, level, Math.min(end, level + LEVEL_LIMIT_BYTES));
    if (levelEnd === -1) return false;
    const separator = SEPARATORS.find((text) => startsWith(bytes, levelEnd, end, text));
    if (separator === undefined) return false;
    this.textStart = levelEnd + separator.length;
    return true;
  }

  #readPlugin(bytes: Buffer, start: number, end: number): HeadKind {
    if (!isDigits(bytes, start, 4) || !isDigits(bytes, start + 5, 2) || bytes[start + 7] !== DASH) return 'none';
    if (bytes[start + 10] !== SPACE || bytes[start + 19] !== COMMA || bytes[start + 24] !== OPEN_PAREN) return 'none';
    const year = digit(bytes, start) * 1000 + number3(bytes, start + 1);
    const month = number2(bytes, start + 5) - 1;
    const day = number2(bytes, start + 8);
    if (!this.#readTime(bytes, start + 11, end, year, month, day)) return 'damaged';
    if (!isDigits(bytes, start + 20, 3)) return 'damaged';
    this.localMs += number3(bytes, start + 20);
    this.threadStart = start + 25;
    this.threadEnd = find(bytes, CLOSE_PAREN, start + 25, Math.min(end, start + 25 + THREAD_LIMIT_BYTES));
    if (this.threadEnd === -1 || bytes[this.threadEnd + 2] !== COLON) return 'damaged';
    const closing = find(bytes, CLOSE_PAREN, this.threadEnd + 1, Math.min(end, this.threadEnd + MODULE_LIMIT_BYTES));
    if (closing === -1 || bytes[closing + 2] !== DASH || bytes[closing + 3] !== SPACE || closing + 4 > end)
      return 'damaged';
    this.textStart = closing + 4;
    return 'plugin';
  }

  /** `HH:MM:SS`; a leap second is let through. */
  #readTime(bytes: Buffer, at: number, end: number, year: number, month: number, day: number): boolean {
    if (at + 8 > end || bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return false;
    if (!isDigits(bytes, at, 2) || !isDigits(bytes, at + 3, 2) || !isDigits(bytes, at + 6, 2)) return false;
    const hours = number2(bytes, at);
    const minutes = number2(bytes, at + 3);
    const seconds = number2(bytes, at + 6);
    if (hours > 23 || minutes > 59 || seconds > 60) return false;
    if (month < 0 || month > 11 || day < 1 || day > 31 || year < 1970) return false;
    const dayKey = (year * 12 + month) * 32 + day;
    if (dayKey !== this.#dayKey) {
      this.#dayKey = dayKey;
      this.#dayMs = Date.UTC(year, month, day);
    }
    this.localMs = this.#dayMs + ((hours * 60 + minutes) * 60 + seconds) * 1000;
    return true;
  }
}

function find(bytes: Buffer, byte: number, from: number, until: number): number {
  for (let at = from; at < until; at += 1) if (bytes[at] === byte) return at;
  return -1;
}

function number2(bytes: Buffer, at: number): number {
  return digit(bytes, at) * 10 + digit(bytes, at + 1);
}

function number3(bytes: Buffer, at: number): number {
  return number2(bytes, at) * 10 + digit(bytes, at + 2);
}
