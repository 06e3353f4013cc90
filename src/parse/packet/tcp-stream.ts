import { copyOf } from './bytes.ts';

/** Segments and bytes that are held for one direction of a connection while an earlier segment is missing. */
export const HELD_SEGMENTS_LIMIT = 64;
export const HELD_BYTES_LIMIT = 65_536;
/** A sequence number further off than any window allows (RFC 7323 2.3 has 1 GiB, real ones are far smaller) begins something new. */
const JUMP_BYTES = 16 * 1024 * 1024;

/** Receives one direction of a connection in order. `bytes` may be reused after the call. */
export interface StreamSink {
  data(bytes: Uint8Array, start: number, end: number): void;
  /** Bytes are missing here that will not come; the next ones begin a segment. */
  gap(): void;
  /** A segment from before the first one that was seen, of a connection whose start was not: it is outside the order. */
  stray(bytes: Uint8Array, start: number, end: number): void;
}

interface Segment {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly missing: number;
}

/**
 * Puts the segments of one direction in order by their sequence numbers (RFC 9293 3.4, modulo 2^32). Of bytes that come twice, the
 * first ones count. A gap is given up when more is waiting behind it than the limits allow.
 */
export class HalfStream {
  readonly #sink: StreamSink;
  #next = 0;
  #started = false;
  /** Sequence number of the first segment, when nothing told where the stream begins; null otherwise. */
  #guess: number | null = null;
  #delivered = false;
  readonly #held: Segment[] = [];
  heldBytes = 0;

  constructor(sink: StreamSink) {
    this.#sink = sink;
  }

  /** Tells where the stream begins, as a SYN or its acknowledgment says. Later calls change nothing. */
  startAt(sequence: number): void {
    if (this.#started) return;
    this.#started = true;
    this.#next = sequence >>> 0;
  }

  /** `missing`: bytes of the segment behind `end` that the capture lacks. Copies only what has to wait. */
  push(sequence: number, bytes: Uint8Array, start: number, end: number, missing: number): void {
    if (!this.#started) {
      this.#started = true;
      this.#next = sequence >>> 0;
      this.#guess = sequence >>> 0;
    }
    const ahead = (sequence - this.#next) | 0;
    // A first segment with data before the place that the SYN told: not TCP, but packet generators make such.
    if (ahead < 0 && !this.#delivered && end - start > 1) this.#next = sequence >>> 0;
    if (ahead > JUMP_BYTES || ahead < -JUMP_BYTES) {
      this.flush();
      this.#skipTo(sequence);
      this.#deliver(sequence, bytes, start, end, missing);
    } else if (ahead > 0) {
      this.#hold({ sequence, bytes: copyOf(bytes, start, end), missing });
    } else {
      this.#deliver(sequence, bytes, start, end, missing);
      if (this.#held.length > 0) this.#release();
    }
  }

  /** Gives up all gaps: hands over what is held. */
  flush(): void {
    while (this.#held.length > 0) this.#giveUpGap();
  }

  #skipTo(sequence: number): void {
    this.#next = sequence >>> 0;
    this.#sink.gap();
  }

  #deliver(sequence: number, bytes: Uint8Array, start: number, end: number, missing: number): void {
    const known = (this.#next - sequence) | 0;
    const fresh = end - start + missing - known;
    if (fresh <= 0) {
      const isBefore = this.#guess !== null && ((sequence - this.#guess) | 0) < 0;
      if (isBefore && end > start) this.#sink.stray(bytes, start, end);
      return;
    }
    this.#next = (this.#next + fresh) >>> 0;
    this.#delivered = true;
    if (start + known < end) this.#sink.data(bytes, start + known, end);
    if (missing > 0) this.#sink.gap();
  }

  #hold(segment: Segment): void {
    let at = this.#held.length;
    while (at > 0 && (((this.#held[at - 1]?.sequence ?? 0) - segment.sequence) | 0) > 0) at -= 1;
    const same = this.#held[at - 1];
    if (same?.sequence === segment.sequence && same.bytes.length >= segment.bytes.length) return;
    this.#held.splice(at, 0, segment);
    this.heldBytes += segment.bytes.length;
    while (this.#held.length > HELD_SEGMENTS_LIMIT || this.heldBytes > HELD_BYTES_LIMIT) this.#giveUpGap();
  }

  #giveUpGap(): void {
    const [first] = this.#held;
    if (first) this.#skipTo(first.sequence);
    this.#release();
  }

  #release(): void {
    for (;;) {
      const [first] = this.#held;
      if (!first || ((first.sequence - this.#next) | 0) > 0) return;
      this.#held.shift();
      this.heldBytes -= first.bytes.length;
      this.#deliver(first.sequence, first.bytes, 0, first.bytes.length, first.missing);
    }
  }
}
