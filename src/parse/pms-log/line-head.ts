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
/** Before the text. The file has a hyphen; what is copied from Plex Web's console has an em dash. */
const HYPHEN = Buffer.from(' - ');
const EM_DASH = Buffer.from(' — ');
/** `Mon DD, YYYY HH:MM:` */
const MINUTE_LIMIT_BYTES = 20;
/** `, YYYY HH:MM:` */
const MINUTE_AFTER_COMMA_BYTES = 13;
/** `YYYY-MM-DD HH:MM:SS,mmm (` */
const PLUGIN_MINUTE_BYTES = 25;
const THREAD_LIMIT_BYTES = 40;
/** Plex Web's console has them in the user's language: `Предупреждение` takes 28 bytes. */
const LEVEL_LIMIT_BYTES = 64;
/** `LEVEL (module:line) - `: module names are short. */
const MODULE_LIMIT_BYTES = 120;

/**
 * `server` has milliseconds behind a dot, `old` (before 2016) none, `windows-old` behind a colon; `plugin` is Python's logging.
 */
export type HeadFormat = 'server' | 'old' | 'windows-old' | 'plugin';

/** `none`: not the first line of a message. `damaged`: begins as one and is not. */
export type HeadKind = HeadFormat | 'none' | 'damaged';

/**
 * The head of a message: `Mon DD, YYYY HH:MM:SS.mmm [thread] LEVEL - ` of PMS and its tools, `YYYY-MM-DD HH:MM:SS,mmm (thread)
 * :  LEVEL (module:line) - ` of plug-ins. The fields hold what the last `read` found, so that a line costs no object.
 */
export class LineHead {
  /** As written, read as if it were UTC. */
  localMs = 0;
  threadStart = 0;
  threadEnd = 0;
  levelStart = 0;
  levelEnd = 0;
  textStart = 0;
  /** The bytes before the seconds of the last head, and what they mean: most lines are of the same minute as the one before. */
  readonly #minute = Buffer.alloc(MINUTE_LIMIT_BYTES);
  #minuteBytes = 0;
  #minuteMs = 0;
  #plugin = false;

  read(bytes: Buffer, start: number, end: number): HeadKind {
    if (!this.#isSameMinute(bytes, start)) {
      const broken =
        bytes[start + 4] === DASH ? this.#readPluginMinute(bytes, start, end) : this.#readMinute(bytes, start, end);
      if (broken !== null) return broken;
    }
    const at = start + this.#minuteBytes;
    const seconds = number2(bytes, at);
    if (at + 2 > end || !isDigits(bytes, at, 2) || seconds > 60) return 'damaged';
    this.localMs = this.#minuteMs + seconds * 1000;
    return this.#plugin ? this.#readPluginTail(bytes, at + 2, end) : this.#readServerTail(bytes, at + 2, end);
  }

  #isSameMinute(bytes: Buffer, start: number): boolean {
    // From the end, where it differs first; it is empty before the first head.
    for (let i = this.#minuteBytes - 1; i >= 0; i -= 1) if (bytes[start + i] !== this.#minute[i]) return false;
    return this.#minuteBytes > 0;
  }

  /** `Mon DD, YYYY HH:MM:`, the day with a zero, a space or nothing before a single digit. */
  #readMinute(bytes: Buffer, start: number, end: number): 'none' | 'damaged' | null {
    const month = bytes[start + 3] === SPACE ? MONTHS.indexOf(bytes.toString('latin1', start, start + 3)) : -1;
    const comma = bytes[start + 6] === COMMA ? start + 6 : start + 5;
    if (month === -1 || comma >= end || bytes[comma] !== COMMA) return 'none';
    if (comma + MINUTE_AFTER_COMMA_BYTES > end) return 'damaged';
    const tens = comma === start + 6 && bytes[start + 4] !== SPACE ? digit(bytes, start + 4) : 0;
    const day = tens * 10 + digit(bytes, comma - 1);
    if (bytes[comma + 6] !== SPACE || !isDigits(bytes, comma + 2, 4)) return 'damaged';
    const year = digit(bytes, comma + 2) * 1000 + number3(bytes, comma + 3);
    this.#plugin = false;
    return this.#keepMinute(bytes, start, comma + 7, Date.UTC(year, month, day), day);
  }

  /** `YYYY-MM-DD HH:MM:`, as Python's logging writes it; with milliseconds and a thread behind, or it is another program's. */
  #readPluginMinute(bytes: Buffer, start: number, end: number): 'none' | 'damaged' | null {
    if (start + PLUGIN_MINUTE_BYTES > end) return 'none';
    if (!isDigits(bytes, start, 4) || !isDigits(bytes, start + 5, 2) || bytes[start + 7] !== DASH) return 'none';
    if (bytes[start + 10] !== SPACE || bytes[start + 19] !== COMMA || bytes[start + 24] !== OPEN_PAREN) return 'none';
    const year = digit(bytes, start) * 1000 + number3(bytes, start + 1);
    const month = number2(bytes, start + 5) - 1;
    const day = number2(bytes, start + 8);
    this.#plugin = true;
    return month > 11 ? 'damaged' : this.#keepMinute(bytes, start, start + 11, Date.UTC(year, month, day), day);
  }

  /** Reads `HH:MM:` at `at`. */
  #keepMinute(bytes: Buffer, start: number, at: number, dayMs: number, day: number): 'damaged' | null {
    this.#minuteBytes = 0;
    if (bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return 'damaged';
    if (!isDigits(bytes, at, 2) || !isDigits(bytes, at + 3, 2)) return 'damaged';
    const hours = number2(bytes, at);
    const minutes = number2(bytes, at + 3);
    if (hours > 23 || minutes > 59 || !(day >= 1 && day <= 31) || Number.isNaN(dayMs)) return 'damaged';
    this.#minuteMs = dayMs + (hours * 60 + minutes) * 60_000;
    this.#minuteBytes = bytes.copy(this.#minute, 0, start, at + 6);
    return null;
  }

  /** `.mmm [thread] LEVEL - ` */
  #readServerTail(bytes: Buffer, afterSeconds: number, end: number): HeadKind {
    const mark = bytes[afterSeconds];
    const hasMs = (mark === DOT || mark === COLON) && isDigits(bytes, afterSeconds + 1, 3);
    if (hasMs) this.localMs += number3(bytes, afterSeconds + 1);
    if (!this.#readThreadAndLevel(bytes, hasMs ? afterSeconds + 4 : afterSeconds, end)) return 'damaged';
    if (!hasMs) return 'old';
    return mark === DOT ? 'server' : 'windows-old';
  }

  /** ` [thread] LEVEL - ` */
  #readThreadAndLevel(bytes: Buffer, at: number, end: number): boolean {
    if (bytes[at] !== SPACE || bytes[at + 1] !== OPEN_BRACKET) return false;
    this.threadStart = at + 2;
    this.threadEnd = find(bytes, CLOSE_BRACKET, at + 2, Math.min(end, at + 2 + THREAD_LIMIT_BYTES));
    if (this.threadEnd === -1 || bytes[this.threadEnd + 1] !== SPACE) return false;
    this.levelStart = this.threadEnd + 2;
    this.levelEnd = find(bytes, SPACE, this.levelStart, Math.min(end, this.levelStart + LEVEL_LIMIT_BYTES));
    if (this.levelEnd === -1) return false;
    const separator = startsWith(bytes, this.levelEnd, end, HYPHEN) ? HYPHEN : EM_DASH;
    this.textStart = this.levelEnd + separator.length;
    return separator === HYPHEN || startsWith(bytes, this.levelEnd, end, EM_DASH);
  }

  /** `,mmm (thread) :  LEVEL (module:line) - ` */
  #readPluginTail(bytes: Buffer, afterSeconds: number, end: number): HeadKind {
    if (bytes[afterSeconds] !== COMMA || !isDigits(bytes, afterSeconds + 1, 3)) return 'damaged';
    if (bytes[afterSeconds + 5] !== OPEN_PAREN) return 'damaged';
    this.localMs += number3(bytes, afterSeconds + 1);
    this.threadStart = afterSeconds + 6;
    this.threadEnd = find(bytes, CLOSE_PAREN, this.threadStart, Math.min(end, this.threadStart + THREAD_LIMIT_BYTES));
    if (this.threadEnd === -1 || bytes[this.threadEnd + 2] !== COLON) return 'damaged';
    const closing = find(bytes, CLOSE_PAREN, this.threadEnd + 1, Math.min(end, this.threadEnd + MODULE_LIMIT_BYTES));
    if (closing === -1 || !startsWith(bytes, closing + 1, end, HYPHEN)) return 'damaged';
    this.levelStart = this.threadEnd + 3;
    while (bytes[this.levelStart] === SPACE) this.levelStart += 1;
    this.levelEnd = find(bytes, SPACE, this.levelStart, closing);
    if (this.levelEnd === -1) return 'damaged';
    this.textStart = closing + 1 + HYPHEN.length;
    return 'plugin';
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
