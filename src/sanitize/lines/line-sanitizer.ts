import { PSEUDONYM } from '../values/pseudonym-kinds.ts';
import type { Sanitizer } from '../sanitizer.ts';
import { Shape, SLOT } from './shape.ts';

/** Lines of PMS have some hundred bytes; one that is longer is sanitized by itself. */
const SHAPED_LIMIT_BYTES = 4_096;
/** A line without end is cut at a blank. */
const LINE_LIMIT_BYTES = 262_144;
/** A busy PMS writes some thousand shapes. The oldest are forgotten, so that memory stays flat. */
const SHAPES_LIMIT = 16_384;
const ADDRESSES_LIMIT = 65_536;
const OUTPUT_BYTES = 1 << 20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** How lines of a shape are sanitized. `steps` null: their figures matter, so each of them is looked at. */
interface Plan {
  readonly shape: Buffer;
  readonly steps: readonly Step[] | null;
  /** Lines of this shape stay as they are. */
  readonly isSame: boolean;
  readonly removed: Removed;
  /** Lines that were put together by the plan and are not in the counts yet. */
  uses: number;
}

/** Bytes to write; or bytes of the line, from behind slot `from - 1` or from the beginning of slot `from`, to the end of slot `to`; or an address. */
type Step =
  | { readonly write: Buffer }
  | { readonly from: number; readonly withLiteral: boolean; readonly to: number }
  | { readonly address: number };

type Removed = readonly (readonly [kind: string, count: number])[];

export interface LineCounts {
  lines: number;
  changed: number;
  dropped: number;
}

/** Checks a line before anything else: false drops it. */
export type Keep = (line: string) => boolean;

/** Sees each line in which something was replaced. */
export type OnChange = (line: number, removed: readonly (readonly [kind: string, count: number])[]) => void;

/**
 * Sanitizes text line by line, in chunks of any size, to what {@link Sanitizer.text} would make of each line. Lines that differ in figures
 * only are sanitized once. A figure that could matter (of an escape, of a name that is known, of an address in any other spelling than
 * `192.0.2.1`) makes its line one that is looked at each time.
 */
export class LineSanitizer {
  readonly #sanitizer: Sanitizer;
  readonly #keep: Keep | null;
  readonly #onChange: OnChange | null;
  readonly #shape = new Shape(SHAPED_LIMIT_BYTES);
  readonly #check = new Shape(SHAPED_LIMIT_BYTES * 4);
  readonly #plans = new Map<number, Plan>();
  readonly #addresses = new Map<number, Buffer>();
  /** Shapes of known words with figures in them. */
  readonly #numbered: readonly Buffer[];
  readonly counts: LineCounts = { lines: 0, changed: 0, dropped: 0 };
  #rest: Buffer = Buffer.alloc(0);
  #output = Buffer.allocUnsafe(OUTPUT_BYTES);
  #written = 0;
  #done: Buffer[] = [];
  /** The bytes to copy next. */
  #source: Buffer | null = null;
  #sourceStart = 0;
  #sourceEnd = 0;

  constructor(sanitizer: Sanitizer, options: { readonly keep?: Keep; readonly onChange?: OnChange } = {}) {
    this.#sanitizer = sanitizer;
    this.#keep = options.keep ?? null;
    this.#onChange = options.onChange ?? null;
    this.#numbered = sanitizer.knownWords.filter((word) => /\d/.test(word)).flatMap((word) => shapesOf(word));
  }

  /** Takes bytes, gives the sanitized bytes that are ready. */
  push(chunk: Uint8Array): readonly Buffer[] {
    const bytes =
      this.#rest.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      let end = bytes.indexOf(LINE_FEED, start);
      if (end < 0) {
        if (bytes.length - start < LINE_LIMIT_BYTES) break;
        const blank = bytes.lastIndexOf(SPACE, start + LINE_LIMIT_BYTES - 1);
        end = blank > start ? blank : start + LINE_LIMIT_BYTES - 1;
        this.#line(bytes, start, end + 1, end + 1);
        start = end + 1;
        continue;
      }
      const text = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
      this.#line(bytes, start, text, end + 1);
      start = end + 1;
    }
    this.#flush();
    // The chunk is not ours to keep.
    this.#rest = Buffer.from(bytes.subarray(start));
    return this.#take();
  }

  end(): readonly Buffer[] {
    if (this.#rest.length > 0) this.#line(this.#rest, 0, this.#rest.length, this.#rest.length);
    this.#flush();
    for (const plan of this.#plans.values()) this.#settle(plan);
    this.#rest = Buffer.alloc(0);
    this.#done.push(this.#output.subarray(0, this.#written));
    this.#output = Buffer.allocUnsafe(OUTPUT_BYTES);
    this.#written = 0;
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #take(): readonly Buffer[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #line(bytes: Buffer, start: number, end: number, next: number): void {
    this.counts.lines += 1;
    if (this.#keep !== null && !this.#keep(bytes.toString('latin1', start, end))) {
      this.counts.dropped += 1;
      return;
    }
    const body = start + headLength(bytes, start, end);
    if (body > start) this.#copy(bytes, start, body);
    if (end - body <= SHAPED_LIMIT_BYTES && this.#shape.read(bytes, body, end)) this.#shaped(bytes, body, end);
    else this.#byHand(bytes, body, end);
    this.#copy(bytes, end, next);
  }

  #shaped(bytes: Buffer, start: number, end: number): void {
    const shape = this.#shape;
    const plan = this.#plans.get(shape.hash);
    if (
      plan === undefined ||
      plan.shape.length !== shape.length ||
      shape.bytes.compare(plan.shape, 0, plan.shape.length, 0, shape.length) !== 0
    ) {
      const { hash } = shape;
      if (plan !== undefined) this.#settle(plan);
      else if (this.#plans.size >= SHAPES_LIMIT) this.#forgetOldest();
      this.#plans.set(hash, this.#plan(bytes, start, end));
      return;
    }
    if (plan.steps === null) {
      this.#byHand(bytes, start, end);
      return;
    }
    if (plan.isSame) {
      this.#copy(bytes, start, end);
      return;
    }
    for (const step of plan.steps) {
      if ('write' in step) this.#copy(step.write, 0, step.write.length);
      else if ('address' in step) {
        const named = this.#address(shape.addresses[step.address] ?? 0);
        this.#copy(named, 0, named.length);
      } else {
        const first = step.withLiteral
          ? step.from === 0
            ? start
            : (shape.ends[step.from - 1] ?? 0)
          : (shape.starts[step.from] ?? 0);
        this.#copy(bytes, first, step.to >= shape.slots ? end : (shape.ends[step.to] ?? 0));
      }
    }
    plan.uses += 1;
    this.#note(plan.removed);
  }

  /** Sanitizes the line of the current shape, and finds out whether others of this shape may be put together the same way. */
  #plan(bytes: Buffer, start: number, end: number): Plan {
    const { length, slots, kinds, starts, ends, addresses } = this.#shape;
    const shape = Buffer.from(this.#shape.bytes.subarray(0, length));
    const line = bytes.toString('utf8', start, end);
    const [clean, removed] = this.#sanitizer.textAndCounts(line);
    const masked: string[] = [];
    const wanted: Buffer[] = [];
    const literal: Buffer[] = [];
    let from = start;
    for (let slot = 0; slot < slots; slot += 1) {
      const [at, stop] = [starts[slot] ?? 0, ends[slot] ?? 0];
      const isAddress = kinds[slot] === SLOT.address;
      literal.push(Buffer.from(bytes.subarray(from, at)));
      masked.push(bytes.toString('latin1', from, at), isAddress ? ADDRESS : bytes.toString('latin1', at, stop));
      wanted.push(
        isAddress
          ? Buffer.from(this.#sanitizer.knownAddress(dotted(addresses[slot] ?? 0)) ?? '')
          : Buffer.from(bytes.subarray(at, stop)),
      );
      from = stop;
    }
    literal.push(Buffer.from(bytes.subarray(from, end)));
    masked.push(bytes.toString('latin1', from, end));
    const isSame = clean === line && !kinds.subarray(0, slots).includes(SLOT.address);
    const steps = this.#figuresMatter(shape, masked.join(''))
      ? null
      : isSame
        ? []
        : this.#stepsOf(clean, wanted, literal);
    if (clean === line) this.#copy(bytes, start, end);
    else this.#write(clean);
    this.#note(removed);
    return { shape, steps, isSame, removed, uses: 0 };
  }

  #figuresMatter(shape: Buffer, masked: string): boolean {
    return (
      MATTERS.test(masked) ||
      (masked.match(LONG_WORD) ?? []).some((word) => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word)) ||
      this.#numbered.some((known) => shape.includes(known))
    );
  }

  /** How the clean line is put together, where it has all slots in their order and no others; else null. */
  #stepsOf(clean: string, wanted: readonly Buffer[], literal: readonly Buffer[]): readonly Step[] | null {
    const pieces = this.#piecesOf(clean, wanted);
    if (pieces === null) return null;
    const steps: Step[] = [];
    /** Begins with the literal before slot `from`, or with the slot itself. */
    let run: { from: number; withLiteral: boolean } | null = null;
    for (const [slot, piece] of pieces.entries()) {
      const isLast = slot === wanted.length;
      if (Buffer.compare(piece, literal[slot] ?? EMPTY) === 0) run ??= { from: slot, withLiteral: true };
      else {
        if (run !== null) steps.push({ ...run, to: slot - 1 });
        if (piece.length > 0) steps.push({ write: piece });
        run = null;
      }
      if (isLast) break;
      if (NAME_OF_ADDRESS.test(wanted[slot]?.toString('latin1') ?? '')) {
        // The literal before an address is written: a run ends behind a slot.
        if (run !== null && (run.from < slot || !run.withLiteral)) steps.push({ ...run, to: slot - 1 });
        if (run !== null && piece.length > 0) steps.push({ write: piece });
        steps.push({ address: slot });
        run = null;
      } else run ??= { from: slot, withLiteral: false };
    }
    if (run !== null) steps.push({ ...run, to: wanted.length });
    return steps;
  }

  /** The literal parts around the slots of the clean line. */
  #piecesOf(clean: string, wanted: readonly Buffer[]): readonly Buffer[] | null {
    const pieces: Buffer[] = [];
    let before: Buffer[] = [];
    const fill = (found: Uint8Array): boolean => {
      const expected = wanted[pieces.length];
      if (expected === undefined || Buffer.compare(expected, found) !== 0) return false;
      pieces.push(Buffer.concat(before));
      before = [];
      return true;
    };
    for (const [i, part] of clean.split(PSEUDONYMS).entries()) {
      const bytes = Buffer.from(part);
      if (i % 2 === 1) {
        if (!NAME_OF_ADDRESS.test(part)) before.push(bytes);
        else if (!fill(bytes)) return null;
        continue;
      }
      if (!this.#check.read(bytes, 0, bytes.length)) return null;
      let from = 0;
      for (let slot = 0; slot < this.#check.slots; slot += 1) {
        const [at, stop] = [this.#check.starts[slot] ?? 0, this.#check.ends[slot] ?? 0];
        before.push(bytes.subarray(from, at));
        if (!fill(bytes.subarray(at, stop))) return null;
        from = stop;
      }
      before.push(bytes.subarray(from));
    }
    if (pieces.length !== wanted.length) return null;
    pieces.push(Buffer.concat(before));
    return pieces;
  }

  #forgetOldest(): void {
    for (const [hash, plan] of this.#plans) {
      this.#settle(plan);
      this.#plans.delete(hash);
      return;
    }
  }

  /** Adds what a plan has replaced to the counts. */
  #settle(plan: Plan): void {
    for (const [kind, count] of plan.removed) this.#sanitizer.count(kind, count * plan.uses);
    plan.uses = 0;
  }

  #address(value: number): Buffer {
    const known = this.#addresses.get(value);
    if (known !== undefined) return known;
    const named = Buffer.from(this.#sanitizer.nameOfAddress(dotted(value)));
    if (this.#addresses.size >= ADDRESSES_LIMIT) this.#addresses.clear();
    this.#addresses.set(value, named);
    return named;
  }

  #byHand(bytes: Buffer, start: number, end: number): void {
    const line = bytes.toString('utf8', start, end);
    const [clean, removed] = this.#sanitizer.textAndCounts(line);
    if (clean === line) this.#copy(bytes, start, end);
    else this.#write(clean);
    this.#note(removed);
  }

  #note(removed: Removed): void {
    if (removed.length === 0) return;
    this.counts.changed += 1;
    this.#onChange?.(this.counts.lines, removed);
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    this.#copy(bytes, 0, bytes.length);
  }

  /** Parts of one buffer that follow each other are written in one go. */
  #copy(bytes: Buffer, start: number, end: number): void {
    if (this.#source === bytes && this.#sourceEnd === start) {
      this.#sourceEnd = end;
      return;
    }
    this.#flush();
    this.#source = bytes;
    this.#sourceStart = start;
    this.#sourceEnd = end;
  }

  #flush(): void {
    const source = this.#source;
    if (source === null) return;
    const start = this.#sourceStart;
    const size = this.#sourceEnd - start;
    if (this.#written + size > this.#output.length) {
      this.#done.push(this.#output.subarray(0, this.#written));
      this.#output = Buffer.allocUnsafe(Math.max(OUTPUT_BYTES, size));
      this.#written = 0;
    }
    const output = this.#output;
    const written = this.#written;
    if (size < SMALL_COPY) for (let i = 0; i < size; i += 1) output[written + i] = source[start + i] ?? 0;
    else source.copy(output, written, start, start + size);
    this.#written = written + size;
    this.#source = null;
  }
}

/** Below this, a loop is faster than a call out of JavaScript. */
const SMALL_COPY = 48;
const EMPTY = Buffer.alloc(0);

/** Figures of these are read as values by the rules: addresses in odd spellings, IPv6, networks, parts of networks, security identifiers. */
const MATTERS =
  /\d\.(?:\*|[,"']|$)|\d+(?:\.\d+){2}|\d{1,3}(?:-\d{1,3}){3}|<address>[/%]|arpa\b|::|(?:[\da-f]*:){4}|(?:\/\/|@)(?:0x|\d+(?![\d.]))|={1,2}(?:[\s"'&,;)]|$)|\d+(?:[_,]\d+){3}|\d+(?:\\\.|\[\.\]|\(\.\)|\[dot\]| dot | \. )\d|\b[\da-f]{8}:[\da-f]{4}\b|\b0x[\da-f]{8}\b|\bs-\d+-\d|(?<![\da-z])[\da-f]{16}/i;
/** It may be base64, where figures stand for letters. */
const LONG_WORD = /[\w+/-]{12,}/g;
/** Stands for an address while figures are judged. */
const ADDRESS = '<address>';
const PSEUDONYMS = new RegExp(`(${PSEUDONYM.source.replaceAll(/\((?!\?)/g, '(?:')})`);
const NAME_OF_ADDRESS = /^<(?:lan|public|cgnat)-ip-/;

function dotted(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

/**
 * Length of the head of a message of PMS: `Nov 22, 2026 14:03:09.120 [0x7f82b01aa8] DEBUG - `. It has nothing private, and every line another one.
 */
function headLength(bytes: Buffer, start: number, end: number): number {
  if (
    end - start < HEAD_BYTES ||
    bytes[start + 3] !== SPACE ||
    bytes[start + 6] !== COMMA ||
    bytes[start + 26] !== OPENING
  )
    return 0;
  for (let at = start; at < start + 25; at += 1) {
    const byte = bytes[at] ?? 0;
    if (
      HEAD[at - start] !==
      (byte >= 0x30 && byte <= 0x39 ? 0x30 : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a ? 0x61 : byte)
    )
      return 0;
  }
  let at = start + 27;
  for (
    let byte = bytes[at] ?? 0;
    at < end && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) || byte === 0x78);
    byte = bytes[at] ?? 0
  )
    at += 1;
  return at < end && bytes[at] === CLOSING ? at + 1 - start : 0;
}

const COMMA = 0x2c;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const HEAD_BYTES = 32;
/** Letters stand for letters, noughts for figures. */
const HEAD = Buffer.from('aaa 00, 0000 00:00:00.000');

function shapesOf(word: string): readonly Buffer[] {
  return [...new Set([word, word.toLowerCase(), word.toUpperCase()])].flatMap((each) => {
    const bytes = Buffer.from(each);
    const shape = new Shape(bytes.length);
    return shape.read(bytes, 0, bytes.length) ? [Buffer.from(shape.bytes.subarray(0, shape.length))] : [];
  });
}
