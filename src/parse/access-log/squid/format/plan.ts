import type { SquidFormat } from './logformat.ts';
import {
  BACKSLASH,
  DASH,
  follows,
  isValue,
  QUOTE,
  skipSpaces,
  skipSpacesBack,
  SPACE,
  startsWith,
  stepsOf,
  type Step,
} from './steps.ts';
import { SLOT } from './values.ts';

const SLOT_COUNT = Object.keys(SLOT).length;

/** More steps than this make a line too ambiguous: a hundred times what the longest line of a usual format takes. */
const SEARCH_LIMIT = 1_000_000;

/** A format made ready for reading lines, one at a time: `spans` and `timeMs` are those of the last line that was read. */
export class LinePlan {
  /** The value of slot s is from `spans[2 * s]` to `spans[2 * s + 1]`; -1: the format does not have it. */
  readonly spans = new Int32Array(2 * SLOT_COUNT).fill(-1);
  /** Of a time in words (`%tl`, `%tg`): milliseconds since the epoch, NaN when there is none or it lacks its zone. */
  timeMs = Number.NaN;
  /** The place and the code at which the last search failed. */
  failedAt = 0;
  failedCode = '';
  /** The slots that the format has. */
  readonly slots: ReadonlySet<number>;
  readonly #lead: Uint8Array;
  readonly #steps: readonly Step[];
  #dead = new Set<number>();
  #triesLeft = 0;

  constructor(format: SquidFormat) {
    const [first] = format.parts;
    this.#lead = Buffer.from(first?.kind === 'literal' ? first.text : '');
    this.#steps = stepsOf(format);
    this.slots = new Set(this.#steps.map(({ slot }) => slot));
  }

  /** Takes each field to the first place where the text after it stands. Right for all but odd lines; those are left to `search`. */
  match(bytes: Uint8Array, from: number, end: number): boolean {
    if (!startsWith(bytes, from, end, this.#lead)) return false;
    let at = from + this.#lead.length;
    const steps = this.#steps;
    const { spans } = this;
    for (let index = 0; index < steps.length; index += 1) {
      const step = steps[index];
      if (step === undefined) break;
      const { slot } = step;
      if (step.simple) {
        const { stop } = step;
        const start = step.padTo > 0 ? skipSpaces(bytes, at, end) : at;
        let valueEnd = start;
        let byte = 0;
        while (valueEnd < end && (byte = bytes[valueEnd] ?? 0) !== stop && byte > SPACE) valueEnd += 1;
        if (
          byte === stop &&
          valueEnd < end &&
          (step.afterLength === 1 || startsWith(bytes, valueEnd, end, step.after))
        ) {
          if (slot >= 0) {
            spans[2 * slot] = start;
            spans[2 * slot + 1] = valueEnd;
          }
          at = valueEnd + step.afterLength;
          continue;
        }
      }
      const valueEnd = firstEnd(step, bytes, at, end);
      if (valueEnd < 0) return false;
      if (slot >= 0) this.#keep(step, bytes, at, valueEnd);
      at = valueEnd + step.afterLength;
    }
    return true;
  }

  #keep(step: Step, bytes: Uint8Array, from: number, end: number): void {
    const { spans } = this;
    if (step.padTo > 0) {
      const start = skipSpaces(bytes, from, end);
      spans[2 * step.slot] = start;
      spans[2 * step.slot + 1] = skipSpacesBack(bytes, start, end);
      return;
    }
    spans[2 * step.slot] = from;
    spans[2 * step.slot + 1] = end;
    if (step.time) this.timeMs = step.time.ms;
  }

  /**
   * Tries every place where a field could end, each field by the grammar of its values: for URLs and user names with spaces, and to
   * say where a line goes wrong. Places that led nowhere are remembered, so the time is bounded by fields times length.
   */
  search(bytes: Uint8Array, from: number, end: number): boolean {
    this.failedAt = from;
    this.failedCode = this.#steps[0]?.code ?? '';
    this.#dead = new Set();
    this.#triesLeft = SEARCH_LIMIT;
    return startsWith(bytes, from, end, this.#lead) && this.#searchFrom(0, bytes, from + this.#lead.length, end);
  }

  #searchFrom(index: number, bytes: Uint8Array, from: number, end: number): boolean {
    const step = this.#steps[index];
    if (step === undefined) return true;
    const place = index * (end + 1) + from;
    if (this.#dead.has(place)) return false;
    if (from > this.failedAt) [this.failedAt, this.failedCode] = [from, step.code];
    const selfDelimiting = step.time !== null || step.shell || step.digits > 0;
    const first = selfDelimiting ? firstEnd(step, bytes, from, end) : from;
    const final = selfDelimiting || first < 0 ? first : end;
    for (let valueEnd = first; valueEnd >= 0 && valueEnd <= final; valueEnd += 1) {
      this.#triesLeft -= 1;
      if (this.#triesLeft < 0) return false;
      if (step.escaped && valueEnd > from && bytes[valueEnd - 1] === BACKSLASH && isEscaped(bytes, from, valueEnd))
        continue;
      if (!follows(step, bytes, valueEnd, end) || !isValue(step, bytes, from, valueEnd)) continue;
      if (!this.#searchFrom(index + 1, bytes, valueEnd + step.after.length, end)) continue;
      if (step.time && valueEnd - from > 1) step.time.read(bytes, from, end);
      if (step.slot >= 0) this.#keep(step, bytes, from, valueEnd);
      return true;
    }
    this.#dead.add(place);
    return false;
  }
}

/** Whether an odd number of backslashes stands before `at`. */
function isEscaped(bytes: Uint8Array, from: number, at: number): boolean {
  let first = at;
  while (first > from && bytes[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** The end of the value at the first place that fits, or -1. */
function firstEnd(step: Step, bytes: Uint8Array, from: number, end: number): number {
  const { stop } = step;
  // Squid writes a lone dash, without padding, for what it does not know.
  if (bytes[from] === DASH && from < end && follows(step, bytes, from + 1, end)) {
    if (step.time) step.time.ms = Number.NaN;
    return from + 1;
  }
  if (step.time || step.shell || step.digits > 0) {
    const valueEnd = ownEnd(step, bytes, from, end);
    return valueEnd >= 0 && follows(step, bytes, valueEnd, end) ? valueEnd : -1;
  }
  if (step.spaced) return firstEndOfSpaced(step, bytes, from, end);
  let at = step.padTo > 0 && !step.leftAligned ? skipSpaces(bytes, from, end) : from;
  for (;;) {
    let byte = 0;
    while (at < end && (byte = bytes[at] ?? 0) !== stop && byte > SPACE) at += 1;
    if (at < from + step.padTo) {
      while (at < end && at < from + step.padTo && bytes[at] === SPACE) at += 1;
    }
    if (follows(step, bytes, at, end)) return at;
    if (at >= end || byte <= SPACE) return -1;
    at += 1;
  }
}

function firstEndOfSpaced(step: Step, bytes: Uint8Array, from: number, end: number): number {
  if (step.stop < 0) return end;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === step.stop && at >= from + step.padTo && follows(step, bytes, at, end)) return at;
    if (byte === BACKSLASH && step.escaped) at += 1;
  }
  return -1;
}

/** The end of a value that says by itself where it ends. */
function ownEnd(step: Step, bytes: Uint8Array, from: number, end: number): number {
  if (step.time) return step.time.read(bytes, from, end);
  if (step.digits > 0) return from + step.digits <= end ? from + step.digits : -1;
  let at = from;
  if (bytes[from] !== QUOTE) {
    while (at < end && (bytes[at] ?? 0) > SPACE && bytes[at] !== step.stop) at += 1;
    return at;
  }
  for (at = from + 1; at < end; at += 1) {
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] === BACKSLASH) at += 1;
  }
  return -1;
}
