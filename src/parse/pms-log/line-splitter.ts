const LF = 0x0a;
const CR = 0x0d;
const NUL = 0x00;

/** Only this many bytes of a line are read; the longest useful line carries a URL of a few kilobytes. */
export const LINE_LIMIT_BYTES = 65_536;

/**
 * One line without its end, as the range `[start, end)` of `bytes`, valid during the call only. `whole` is false when the
 * line's end is missing: at the end of a growing file, before a block of NULs, or behind `LINE_LIMIT_BYTES`.
 */
export type OnLine = (bytes: Buffer, start: number, end: number, whole: boolean) => void;

/**
 * Cuts chunks of any size into lines ended by LF or CRLF. Runs of NULs, which a power loss leaves in a file, end a line too but
 * do not count as one. Holds at most `LINE_LIMIT_BYTES`.
 */
export class LineSplitter {
  readonly #onLine: OnLine;
  #carry: Buffer | null = null;
  #carriedBytes = 0;
  #carrying = false;
  #overlong = false;
  #lines = 0;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  /** Number of the line that is being handed over, from 1. */
  get line(): number {
    return this.#lines;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = this.#carrying ? this.#finishCarried(bytes) : 0;
    const hasNul = bytes.includes(NUL, start);
    for (let end = bytes.indexOf(LF, start); end !== -1; end = bytes.indexOf(LF, start)) {
      const whole = end - start <= LINE_LIMIT_BYTES;
      this.#emit(bytes, start, whole ? end : start + LINE_LIMIT_BYTES, whole, hasNul);
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes, start, bytes.length);
  }

  /** Hands over what is behind the last line end. */
  end(): void {
    if (this.#carrying) this.#emitCarried(false);
  }

  /** Returns where the first line begins that lies in the chunk alone. */
  #finishCarried(bytes: Buffer): number {
    const end = bytes.indexOf(LF);
    this.#keep(bytes, 0, end === -1 ? bytes.length : end);
    if (end === -1) return bytes.length;
    this.#emitCarried(true);
    return end + 1;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#carry ??= Buffer.allocUnsafe(LINE_LIMIT_BYTES + 1);
    this.#carrying = true;
    const room = LINE_LIMIT_BYTES - this.#carriedBytes;
    const copied = bytes.copy(this.#carry, this.#carriedBytes, start, Math.min(end, start + room));
    this.#carriedBytes += copied;
    if (copied < end - start) this.#overlong = true;
  }

  #emitCarried(ended: boolean): void {
    const length = this.#carriedBytes;
    const whole = ended && !this.#overlong;
    this.#carriedBytes = 0;
    this.#carrying = false;
    this.#overlong = false;
    if (!this.#carry) return;
    // As in a chunk, so that what an earlier line left behind is not read as the rest of this one.
    this.#carry[length] = LF;
    this.#emit(this.#carry, 0, length, whole, this.#carry.subarray(0, length).includes(NUL));
  }

  #emit(bytes: Buffer, start: number, end: number, whole: boolean, mayHaveNul: boolean): void {
    this.#lines += 1;
    const last = whole && end > start && bytes[end - 1] === CR ? end - 1 : end;
    if (mayHaveNul) this.#emitPieces(bytes, start, last, whole);
    else this.#onLine(bytes, start, last, whole);
  }

  #emitPieces(bytes: Buffer, start: number, end: number, whole: boolean): void {
    let from = start;
    while (from < end && bytes[from] === NUL) from += 1;
    for (let at = from; at < end; at += 1) {
      if (bytes[at] !== NUL) continue;
      this.#onLine(bytes, from, at, false);
      while (at + 1 < end && bytes[at + 1] === NUL) at += 1;
      from = at + 1;
    }
    if (from < end || start === end) this.#onLine(bytes, from, end, whole);
  }
}
