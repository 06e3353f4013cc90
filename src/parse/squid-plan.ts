import { isPreferred, type Slot } from './squid-codes.ts';
import type { FormatField, SquidFormat } from './squid-logformat.ts';
import { TimeReader } from './squid-strftime.ts';
import { isSlotValue, SLOT } from './squid-values.ts';

const SLOT_COUNT = Object.keys(SLOT).length;

const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;

/** More steps than this make a line too ambiguous: hours for a format such as `%un %un %un` and a long line otherwise. */
const STEP_LIMIT = 100_000;

interface Step {
  readonly field: FormatField;
  /** -1 for what is passed over. */
  readonly slot: number;
  /** The literal text after the field. */
  readonly after: Uint8Array;
  readonly minWidth: number;
  readonly padsLeft: boolean;
  readonly escaped: boolean;
  readonly shell: boolean;
  readonly spaced: boolean;
  readonly last: boolean;
  readonly time: TimeReader | null;
}

/** A format made ready for reading lines. One line at a time: `spans`, `ms` and `failedAt` are those of the last line. */
export class LinePlan {
  /** The value of slot s is from `spans[2 * s]` to `spans[2 * s + 1]`; -1: the format does not have it. */
  readonly spans = new Int32Array(2 * SLOT_COUNT).fill(-1);
  /** Of a time in words (`%tl`, `%tg`): milliseconds since the epoch, NaN when there is none or it lacks its zone. */
  timeMs = Number.NaN;
  /** Where the last line that was refused went wrong, and at which code. */
  failedAt = 0;
  failedCode = '';
  readonly #lead: Uint8Array;
  readonly #steps: readonly Step[];
  /** Two fields without a character between them can only be told apart by trying. */
  readonly #ambiguous: boolean;
  #dead = new Set<number>();
  #stepsLeft = 0;

  constructor(format: SquidFormat) {
    const [first] = format.parts;
    this.#lead = Buffer.from(first?.kind === 'literal' ? first.text : '');
    this.#steps = stepsOf(format);
    this.#ambiguous = this.#steps.some(({ after, last }) => after.length === 0 && !last);
  }

  /** Takes each field to the first place where the text after it stands. Right for all but odd lines; those are left to `search`. */
  match(bytes: Uint8Array, from: number, end: number): boolean {
    const { spans } = this;
    if (this.#ambiguous || !startsWith(bytes, from, end, this.#lead)) return false;
    let at = from + this.#lead.length;
    for (const step of this.#steps) {
      const valueEnd = this.#firstEnd(step, bytes, at, end);
      if (valueEnd < 0) return false;
      if (step.slot >= 0) this.#keep(step, bytes, at, valueEnd, spans);
      at = valueEnd + step.after.length;
    }
    return atEnd(bytes, at, end);
  }

  #keep(step: Step, bytes: Uint8Array, from: number, end: number, spans: Int32Array): void {
    let [start, stop] = [from, end];
    if (step.minWidth > 0) {
      while (start < stop && bytes[start] === SPACE) start += 1;
      while (stop > start && bytes[stop - 1] === SPACE) stop -= 1;
    }
    if (step.time) this.timeMs = step.time.ms;
    spans[2 * step.slot] = start;
    spans[2 * step.slot + 1] = stop;
  }

  /** The end of the value at the first place that fits, or -1. */
  #firstEnd(step: Step, bytes: Uint8Array, from: number, end: number): number {
    const { after } = step;
    // Squid writes a lone dash, without padding, for what it does not know.
    if (bytes[from] === DASH && from < end && follows(step, bytes, from + 1, end)) {
      if (step.time) step.time.ms = Number.NaN;
      return from + 1;
    }
    if (step.time) {
      const timeEnd = step.time.read(bytes, from, end);
      return timeEnd >= 0 && follows(step, bytes, timeEnd, end) ? timeEnd : -1;
    }
    if (step.shell && bytes[from] === QUOTE) {
      const close = closingQuote(bytes, from + 1, end);
      return close >= 0 && follows(step, bytes, close + 1, end) ? close + 1 : -1;
    }
    let at = from;
    if (step.padsLeft) while (at < end && bytes[at] === SPACE) at += 1;
    const stop = after.length === 0 ? -1 : (after[0] ?? -1);
    const least = from + step.minWidth;
    if (step.spaced) {
      if (step.last && stop < 0) return end;
      for (; at < end; at += 1) {
        const byte = bytes[at];
        if (byte === stop && at >= least && startsWith(bytes, at, end, after)) return at;
        if (byte === BACKSLASH && step.escaped) at += 1;
      }
      return -1;
    }
    for (;;) {
      let byte = 0;
      while (at < end && (byte = bytes[at] ?? 0) !== stop && byte !== SPACE) at += 1;
      if (at < least) while (at < end && at < least && bytes[at] === SPACE) at += 1;
      if (at > end || at < least) return -1;
      if (follows(step, bytes, at, end)) return at;
      if (at === end || bytes[at] === SPACE) return -1;
      at += 1;
    }
  }

  /**
   * Tries every place where a field could end, each field by the grammar of its values: for URLs and user names with spaces, and to
   * say where a line goes wrong. Places that led nowhere are remembered, so the time is bounded by fields times length.
   */
  search(bytes: Uint8Array, from: number, end: number): boolean {
    this.failedAt = from;
    this.failedCode = this.#steps[0]?.field.code ?? '';
    this.#dead = new Set();
    this.#stepsLeft = STEP_LIMIT;
    if (!startsWith(bytes, from, end, this.#lead)) return false;
    return this.#searchFrom(0, bytes, from + this.#lead.length, end);
  }

  #searchFrom(index: number, bytes: Uint8Array, from: number, end: number): boolean {
    const step = this.#steps[index];
    if (step === undefined) return atEnd(bytes, from, end);
    const place = index * (end + 1) + from;
    if (this.#dead.has(place)) return false;
    if (from > this.failedAt) [this.failedAt, this.failedCode] = [from, step.field.code];
    for (const valueEnd of this.#ends(step, bytes, from, end)) {
      if (!this.#searchFrom(index + 1, bytes, valueEnd + step.after.length, end)) continue;
      if (step.slot >= 0) {
        if (step.time && step.time.read(bytes, from, valueEnd) !== valueEnd) step.time.ms = Number.NaN;
        this.#keep(step, bytes, from, valueEnd, this.spans);
      }
      return true;
    }
    this.#dead.add(place);
    return false;
  }

  *#ends(step: Step, bytes: Uint8Array, from: number, end: number): Generator<number> {
    const first = step.after.length > 0 || step.last ? this.#firstEnd(step, bytes, from, end) : -1;
    if (first >= 0 && isValue(step, bytes, from, first)) yield first;
    if (step.time || step.shell) return;
    const descending = step.after.length === 0;
    const longest = descending ? this.#longest(step, bytes, from, end) : end;
    for (let count = 0; count <= longest - from; count += 1) {
      const valueEnd = descending ? longest - count : from + count;
      this.#stepsLeft -= 1;
      if (this.#stepsLeft < 0) return;
      const padded = valueEnd - from >= step.minWidth || (valueEnd - from === 1 && bytes[from] === DASH);
      if (valueEnd === first || !padded || !follows(step, bytes, valueEnd, end)) continue;
      if (isValue(step, bytes, from, valueEnd)) yield valueEnd;
    }
  }

  #longest(step: Step, bytes: Uint8Array, from: number, end: number): number {
    if (step.spaced) return end;
    let at = from;
    while (at < end && (bytes[at] !== SPACE || at < from + step.minWidth)) at += 1;
    return at;
  }
}

function stepsOf({ parts }: SquidFormat): Step[] {
  const chosen = chosenFields(parts.filter((part) => part.kind === 'field'));
  const steps: Step[] = [];
  for (const [index, field] of parts.entries()) {
    if (field.kind !== 'field') continue;
    const next = parts[index + 1];
    const slot = field.slot !== null && chosen.get(field.slot) === field ? SLOT[field.slot] : -1;
    steps.push({
      field,
      slot,
      after: Buffer.from(next?.kind === 'literal' ? next.text : ''),
      minWidth: field.minWidth,
      padsLeft: field.minWidth > 0 && !field.leftAligned,
      escaped: field.quoting === 'quotes',
      shell: field.quoting === 'shell',
      spaced: field.spaced || field.time !== null,
      last: !parts.slice(index + 1).some(({ kind }) => kind === 'field'),
      time: field.time?.known === true ? new TimeReader(field.time) : null,
    });
  }
  return steps;
}

/** One field for each slot: what the client itself sent before what Squid made of it, a time that can be read before another. */
function chosenFields(fields: readonly FormatField[]): Map<Slot, FormatField> {
  const chosen = new Map<Slot, FormatField>();
  for (const field of fields) {
    if (field.slot !== null && worth(field) > worth(chosen.get(field.slot))) chosen.set(field.slot, field);
  }
  return chosen;
}

function worth(field: FormatField | undefined): number {
  if (!field) return -1;
  return field.time ? Number(field.time.readable) : Number(isPreferred(field.code));
}

/** Whether what comes after a value that ends at `at` is what the format says. */
function follows(step: Step, bytes: Uint8Array, at: number, end: number): boolean {
  if (step.after.length > 0) return startsWith(bytes, at, end, step.after);
  return !step.last || atEnd(bytes, at, end);
}

/** `log_mime_hdrs on` appends ` [request headers] [reply headers]`; they are not looked at. */
function atEnd(bytes: Uint8Array, at: number, end: number): boolean {
  return at === end || (bytes[at] === SPACE && bytes[at + 1] === BRACKET && at + 1 < end);
}

function startsWith(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text[i]) return false;
  return true;
}

function closingQuote(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at += 1;
  }
  return -1;
}

function isValue(step: Step, bytes: Uint8Array, from: number, end: number): boolean {
  let [start, stop] = [from, end];
  while (step.minWidth > 0 && start < stop && bytes[start] === SPACE) start += 1;
  while (step.minWidth > 0 && stop > start && bytes[stop - 1] === SPACE) stop -= 1;
  if (step.slot >= 0 && !isSlotValue(step.slot, bytes, start, stop)) return false;
  if (step.spaced || step.shell) return true;
  for (let at = start; at < stop; at += 1) if (bytes[at] === SPACE) return false;
  return stop > start;
}
