/**
 * Longer lines are cut here. Squid cuts a record at 8 KiB by itself, but with `log_mime_hdrs on` and buffered logs a line can hold
 * two heads of 64 KiB; what is needed stands before them.
 */
export const LINE_LIMIT_BYTES = 65_536;

const WORD_BYTES = 4;
const LF = 0x0a;
const CR = 0x0d;

/** Takes one line, without its end: bytes from `from` up to `end` of `bytes`, only valid during the call. `number` counts from 1. */
export type TakeLine = (bytes: Uint8Array, from: number, end: number, number: number) => void;

/**
 * Takes the line at `from`, and returns the offset of its line feed; -1: `TakeLine` has to. `last` is the offset of a line feed with three
 * bytes behind it, so that a search can read four bytes at a time.
 */
export type TakeUsualLine = (bytes: Uint8Array, view: DataView, from: number, last: number) => number;

/**
 * Cuts chunks into lines. A line within one chunk is not copied. A byte order mark, empty lines, carriage returns before the end
 * and zero bytes at the start of a line (which a log that was truncated while open has) are not handed on.
 */
export class LineCutter {
  readonly #take: TakeLine;
  readonly #takeUsual: TakeUsualLine | null;
  #carry = new Uint8Array(4096);
  #carried = 0;
  #number = 0;

  constructor(take: TakeLine, takeUsual: TakeUsualLine | null = null) {
    this.#take = take;
    this.#takeUsual = takeUsual;
  }

  push(given: Uint8Array): void {
    // Only a Buffer searches with memchr; but it is another class to the engine, and code that reads both kinds is slower.
    const searched = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    const chunk = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
    let at = 0;
    if (this.#carried > 0) {
      const end = searched.indexOf(LF);
      this.#append(chunk, 0, end < 0 ? chunk.length : end);
      if (end < 0) return;
      this.#takeCarried();
      at = end + 1;
    }
    const view = new DataView(given.buffer, given.byteOffset, given.byteLength);
    const last = chunk.lastIndexOf(LF, Math.max(0, chunk.length - WORD_BYTES));
    for (;;) {
      const usual = at < last && this.#takeUsual ? this.#takeUsual(chunk, view, at, last) : -1;
      const end = usual < 0 ? searched.indexOf(LF, at) : usual;
      if (end < 0) break;
      if (usual < 0) this.#line(chunk, at, end);
      else this.#number += 1;
      at = end + 1;
    }
    this.#append(chunk, at, chunk.length);
  }

  /** The last line, when no line end follows it. */
  end(): void {
    if (this.#carried > 0) this.#takeCarried();
  }

  #takeCarried(): void {
    const length = this.#carried;
    this.#carried = 0;
    this.#line(this.#carry, 0, length);
  }

  #append(chunk: Uint8Array, from: number, end: number): void {
    let start = from;
    if (this.#carried === 0) while (start < end && chunk[start] === 0) start += 1;
    const length = Math.min(end - start, LINE_LIMIT_BYTES + 1 - this.#carried);
    const needed = this.#carried + length;
    if (needed > this.#carry.length) {
      const larger = new Uint8Array(Math.min(2 * needed, LINE_LIMIT_BYTES + 1));
      larger.set(this.#carry.subarray(0, this.#carried));
      this.#carry = larger;
    }
    this.#carry.set(chunk.subarray(start, start + length), this.#carried);
    this.#carried = needed;
  }

  #line(bytes: Uint8Array, from: number, end: number): void {
    this.#number += 1;
    let start = from;
    while (start < end && bytes[start] === 0) start += 1;
    if (this.#number === 1 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf)
      start += 3;
    let stop = Math.min(end, start + LINE_LIMIT_BYTES);
    if (stop === end && stop > start && bytes[stop - 1] === CR) stop -= 1;
    if (stop > start) this.#take(bytes, start, stop, this.#number);
  }
}
