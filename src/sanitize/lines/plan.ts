import { PSEUDONYM } from '../values/pseudonym-kinds.ts';
import type { Counts } from '../values/pseudonyms.ts';
import type { Sanitizer } from '../sanitizer.ts';
import type { Output } from './output.ts';
import { Shape, SLOT, type Slots } from './shape.ts';

export type Removed = Counts;

/** How lines of a shape are sanitized. `steps` null: their figures matter, so each of them is looked at. */
export interface Plan {
  /** Pairs of numbers: what is written, by {@link STEP}. Empty: lines of this shape stay as they are. */
  readonly steps: Int32Array | null;
  readonly texts: readonly Buffer[];
  readonly removed: Removed;
  /** Lines that were put together by the plan and are not in the counts yet. */
  uses: number;
}

/** One of the texts; an address. Any other number is twice that of a slot, odd if the bytes before the slot are meant too: everything from there to the end of the slot behind it. */
const STEP = { text: -1, address: -2 } as const;

/** How many bytes a line may have that is put together. */
export const PLANNED_LIMIT_BYTES = 4_096;

/** Writes a line as its plan says. */
export function follow(
  { steps, texts }: Plan,
  start: number,
  end: number,
  slots: Slots,
  output: Output,
  nameOfAddress: (value: number) => Buffer,
): void {
  if (steps === null || steps.length === 0) return output.copy(start, end);
  for (let i = 0; i < steps.length; i += 2) {
    const from = steps[i] ?? 0;
    const to = steps[i + 1] ?? 0;
    if (from >= 0) {
      const slot = from >> 1;
      const first = (from & 1) === 0 ? (slots.starts[slot] ?? 0) : slot === 0 ? start : (slots.ends[slot - 1] ?? 0);
      output.copy(first, to >= slots.count ? end : (slots.ends[to] ?? 0));
    } else {
      const text = from === STEP.text ? texts[to] : nameOfAddress(slots.addresses[to] ?? 0);
      if (text !== undefined) output.write(text);
    }
  }
}

/** Finds out how lines of a shape are put together, by one of them and by what the sanitizer makes of it. */
export class Planner {
  readonly #sanitizer: Sanitizer;
  readonly #check = new Shape(PLANNED_LIMIT_BYTES * 4);
  /** Shapes of known words with figures in them, by their first two bytes. */
  readonly #numbered = new Map<number, Buffer[]>();

  constructor(sanitizer: Sanitizer) {
    this.#sanitizer = sanitizer;
    for (const word of sanitizer.knownWords.filter((each) => /\d/.test(each)))
      for (const shape of shapesOf(word)) {
        const all = this.#numbered.get(shape.readUInt16LE());
        if (all === undefined) this.#numbered.set(shape.readUInt16LE(), [shape]);
        else all.push(shape);
      }
  }

  plan(shape: Shape, bytes: Buffer, start: number, end: number, clean: string, removed: Removed): Plan {
    const { count, kinds, starts, ends, addresses } = shape.slots;
    const masked: string[] = [];
    const wanted: Buffer[] = [];
    const literal: Buffer[] = [];
    let from = start;
    for (let slot = 0; slot < count; slot += 1) {
      const [at, stop] = [starts[slot] ?? 0, ends[slot] ?? 0];
      const isAddress = kinds[slot] === SLOT.address;
      literal.push(bytes.subarray(from, at));
      masked.push(bytes.toString('latin1', from, at), isAddress ? ADDRESS : bytes.toString('latin1', at, stop));
      wanted.push(
        isAddress
          ? Buffer.from(this.#sanitizer.knownAddress(dotted(addresses[slot] ?? 0)) ?? '')
          : bytes.subarray(at, stop),
      );
      from = stop;
    }
    literal.push(bytes.subarray(from, end));
    masked.push(bytes.toString('latin1', from, end));
    const isSame = clean === bytes.toString('utf8', start, end) && !kinds.subarray(0, count).includes(SLOT.address);
    const put = this.#figuresMatter(shape, masked.join(''))
      ? null
      : isSame
        ? NOTHING
        : this.#stepsOf(clean, wanted, literal);
    return { steps: put?.steps ?? null, texts: put?.texts ?? [], removed, uses: 0 };
  }

  #figuresMatter(shape: Shape, masked: string): boolean {
    return (
      figuresAreValues(masked) ||
      HEX_TEXT.test(masked) ||
      (masked.match(LONG_WORD) ?? []).some((word) => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word)) ||
      this.hasNumberedWord(shape)
    );
  }

  /** Whether a line may have a known word with figures in it. */
  hasNumberedWord({ bytes, length }: Shape): boolean {
    for (let at = 0; at + 1 < length; at += 1) {
      const known = this.#numbered.get(bytes.readUInt16LE(at));
      if (known?.some((each) => bytes.compare(each, 0, each.length, at, Math.min(length, at + each.length)) === 0))
        return true;
    }
    return false;
  }

  /** How the clean line is put together, where it has all slots in their order and no others; else null. */
  #stepsOf(clean: string, wanted: readonly Buffer[], literal: readonly Buffer[]): Pick<Plan, 'steps' | 'texts'> | null {
    const pieces = this.#piecesOf(clean, wanted);
    if (pieces === null) return null;
    const steps: number[] = [];
    const texts: Buffer[] = [];
    const write = (text: Buffer): void => {
      if (text.length > 0) steps.push(STEP.text, texts.push(text) - 1);
    };
    /** Begins with the bytes before a slot, or with the slot itself, and ends with a slot. */
    let run: { readonly from: number; readonly withLiteral: boolean } | null = null;
    const endRun = (to: number): void => {
      if (run !== null) steps.push(run.from * 2 + Number(run.withLiteral), to);
      run = null;
    };
    for (const [slot, piece] of pieces.entries()) {
      const isSame = Buffer.compare(piece, literal[slot] ?? EMPTY) === 0;
      const isAddress = NAME_OF_ADDRESS.test(wanted[slot]?.toString('latin1') ?? '');
      // A run ends behind a slot: what is before an address is written.
      if (!isSame || isAddress) {
        endRun(slot - 1);
        write(piece);
        if (isAddress) steps.push(STEP.address, slot);
        else if (slot < wanted.length) run = { from: slot, withLiteral: false };
      } else run ??= { from: slot, withLiteral: true };
    }
    endRun(wanted.length);
    return { steps: Int32Array.from(steps), texts };
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
      if (i % 2 === 1) {
        const bytes = Buffer.from(part);
        if (!NAME_OF_ADDRESS.test(part)) before.push(bytes);
        else if (!fill(bytes)) return null;
        continue;
      }
      const bytes = Buffer.from(`${part}\n`);
      const end = bytes.length - 1;
      if (!this.#check.read(bytes, 0, end)) return null;
      const { count, starts, ends } = this.#check.slots;
      let from = 0;
      for (let slot = 0; slot < count; slot += 1) {
        const [at, stop] = [starts[slot] ?? 0, ends[slot] ?? 0];
        before.push(bytes.subarray(from, at));
        if (!fill(bytes.subarray(at, stop))) return null;
        from = stop;
      }
      before.push(bytes.subarray(from, end));
    }
    if (pieces.length !== wanted.length) return null;
    pieces.push(Buffer.concat(before));
    return pieces;
  }
}

const EMPTY = Buffer.alloc(0);
const NOTHING = { steps: new Int32Array(0), texts: [] } as const;

/** Figures of these are read as values by the rules: addresses in odd spellings, IPv6, networks, parts of networks, security identifiers. */
const MATTERS =
  /\d\.(?:\*|[,"']|$)|\d+(?:\.\d+){3}|\d{1,3}(?:-\d{1,3}){3}|<address>[/%]|arpa\b|(?<![\w:.])[\da-f:.]*::|::[\da-f:.]*\d|(?:[\da-f]*:){4}|(?:\/\/|@)(?:0x|\d+(?![\d.]))|={1,2}(?:[\s"'&,;)]|$)|\d+(?:[_,]\d+){3}|\d+(?:\\\.|\[\.\]|\(\.\)|\[dot\]| dot | \. )\d|\b[\da-f]{8}:[\da-f]{4}\b|\b0x[\da-f]{8}\b|\bs-\d+-\d/i;
/** It may be a text in hexadecimal figures. */
const HEX_TEXT = /(?<![\da-z])[\da-f]{16}/i;
/** Whether rules may read figures of a line as values; its addresses are masked. */
export function figuresAreValues(masked: string): boolean {
  return MATTERS.test(masked);
}

/** It may be base64, where figures stand for letters. */
const LONG_WORD = /[\w+/-]{12,}/g;
/** Stands for an address while figures are judged. */
const ADDRESS = '<address>';
export const PSEUDONYMS = new RegExp(`(${PSEUDONYM.source.replaceAll(/\((?!\?)/g, '(?:')})`);
const NAME_OF_ADDRESS = /^<(?:lan|public|cgnat)-ip-/;

export function dotted(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

function shapesOf(word: string): readonly Buffer[] {
  return [...new Set([word, word.toLowerCase(), word.toUpperCase()])].flatMap((each) => {
    const bytes = Buffer.from(`${each}\n`);
    const shape = new Shape(bytes.length);
    return shape.read(bytes, 0, bytes.length - 1) ? [Buffer.from(shape.bytes.subarray(0, shape.length))] : [];
  });
}
