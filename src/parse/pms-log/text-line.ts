import { hashOf, startsWith } from './bytes.ts';
import type { Stamp } from './clock.ts';
import type { LineHead } from './line-head.ts';

const SPACE = 0x20;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const UPPER_H = 0x48;
const HCL = Buffer.from('HCl#');

/** Limits for `[Req#1a/HCl#2] [com.plexapp.system] `: the number of groups and the length of each. */
const CONTEXTS_LIMIT = 4;
const CONTEXT_LIMIT_BYTES = 160;
const HCL_LIMIT_DIGITS = 12;
/** Lines other than those of requests are looked at only so far: what counts stands at their beginning. */
const PROSE_LIMIT_BYTES = 1_000;

/** The text of the message that is being read. One object for all lines, so that a line of no concern costs nothing. */
export class TextLine {
  bytes: Buffer = HCL;
  /** Behind the head and the groups in brackets. */
  start = 0;
  end = 0;
  /** False when the end of the line is missing: what stands last may be cut. */
  whole = true;
  /** Set by the reader that took from it what it says. */
  isUnderstood = false;
  /** Number of the request from a group such as `HttpClient/HCl#5c`; below 0: none. */
  hcl = -1;
  #head: LineHead | null = null;
  #zone: number | null = null;
  #contextStart = 0;
  #contextEnd = 0;

  open(bytes: Buffer, end: number, whole: boolean, head: LineHead, zone: number | null): void {
    this.bytes = bytes;
    this.end = end;
    this.whole = whole;
    this.#head = head;
    this.#zone = zone;
    this.hcl = -1;
    this.isUnderstood = false;
    this.#contextEnd = 0;
    this.start = head.textStart;
    if (bytes[this.start] === OPEN_BRACKET) this.#skipContexts();
  }

  get at(): Stamp {
    return { localMs: this.#head?.localMs ?? 0, zone: this.#zone };
  }

  /** Stands for the thread. */
  get thread(): number {
    return this.#head ? hashOf(this.bytes, this.#head.threadStart, this.#head.threadEnd) : 0;
  }

  get firstByte(): number {
    return this.start < this.end ? (this.bytes[this.start] ?? 0) : 0;
  }

  /** The last group in brackets before the text; empty when there is none. */
  get context(): string {
    return this.#contextEnd === 0 ? '' : this.bytes.toString('latin1', this.#contextStart, this.#contextEnd);
  }

  /** The beginning of the text. */
  get prose(): string {
    return this.slice(this.start, this.start + PROSE_LIMIT_BYTES);
  }

  has(text: Uint8Array, at: number = this.start): boolean {
    return startsWith(this.bytes, at, this.end, text);
  }

  /** From `start` to `end` or the end of the line; bytes as Latin-1. */
  slice(start: number, end: number): string {
    return this.bytes.toString('latin1', Math.min(start, this.end), Math.min(end, this.end));
  }

  #skipContexts(): void {
    const { bytes } = this;
    for (let groups = 0; groups < CONTEXTS_LIMIT && bytes[this.start] === OPEN_BRACKET; groups += 1) {
      const limit = Math.min(this.end, this.start + CONTEXT_LIMIT_BYTES);
      let close = this.start + 1;
      for (; close < limit && bytes[close] !== CLOSE_BRACKET; close += 1) {
        if (bytes[close] === UPPER_H && this.has(HCL, close)) this.#readHcl(close + HCL.length);
      }
      if (close >= limit || bytes[close + 1] !== SPACE) return;
      this.#contextStart = this.start + 1;
      this.#contextEnd = close;
      this.start = close + 2;
    }
  }

  #readHcl(start: number): void {
    let number = 0;
    let at = start;
    for (; at < start + HCL_LIMIT_DIGITS; at += 1) {
      const digit = hexDigit(this.bytes[at]);
      if (digit < 0) break;
      number = number * 16 + digit;
    }
    if (at > start) this.hcl = number;
  }
}

/** Below 0: none. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
