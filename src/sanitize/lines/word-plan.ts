import type { Sanitizer } from '../sanitizer.ts';
import type { PseudonymKind } from '../values/pseudonym-kinds.ts';
import type { Use } from '../values/pseudonyms.ts';
import { Output, viewOf } from './output.ts';
import { figuresAreValues, PSEUDONYMS, type Removed } from './plan.ts';
import { SLOT } from './shape.ts';
import { lengthOf, WORD_SLOT, type WordShape } from './word-shape.ts';

/** A place in all lines of a shape: so many bytes behind a slot (-1: behind the line's beginning). */
interface Place {
  readonly slot: number;
  readonly offset: number;
}

/** A value of a line that gets a pseudonym: a part of the line, an address, or always the same. */
type Value =
  | {
      readonly by: 'part';
      readonly kind: PseudonymKind;
      readonly from: Place;
      readonly to: Place;
      readonly lower: boolean;
    }
  | { readonly by: 'address'; readonly slot: number }
  | { readonly by: 'key'; readonly kind: PseudonymKind; readonly key: string };

/** The next thing to write: a part of the line, a text, the pseudonym of a value by its index. */
type Step =
  | { readonly write: 'part'; readonly from: Place; readonly to: Place }
  | { readonly write: 'text'; readonly bytes: Buffer }
  | { readonly write: 'value'; readonly index: number };

/** How lines of a {@link WordShape} are sanitized. */
export interface WordPlan {
  /** In the order in which the rules find them, so that the numbers are those that the rules would give. */
  readonly values: readonly Value[];
  readonly steps: readonly Step[];
  readonly removed: Removed;
  /** Lines that were put together by the plan and are not in the counts yet. */
  uses: number;
}

/** Of a buffer for one line. */
const SHORT_BYTES = 8_192;

/** Writes a line by its plan. */
export class WordWriter {
  readonly #sanitizer: Sanitizer;
  readonly #nameOfAddress: (value: number) => Buffer;
  readonly #text = new Output(SHORT_BYTES);
  /** The pseudonyms of the values of a line. */
  readonly #names: (string | Buffer)[] = [];

  constructor(sanitizer: Sanitizer, nameOfAddress: (value: number) => Buffer) {
    this.#sanitizer = sanitizer;
    this.#nameOfAddress = nameOfAddress;
  }

  /** The same as a text. */
  text(plan: WordPlan, line: Buffer, start: number, shape: WordShape): string {
    const output = this.#text;
    output.from(line, viewOf(line));
    this.write(plan, line, start, shape, output);
    return Buffer.concat(output.takeAll()).toString();
  }

  write(
    { values, steps }: WordPlan,
    line: Buffer,
    start: number,
    { ends, addresses }: WordShape,
    output: Output,
  ): void {
    const at = ({ slot, offset }: Place): number => (slot < 0 ? start : (ends[slot] ?? 0)) + offset;
    const names = this.#names;
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i];
      if (value === undefined) continue;
      if (value.by === 'address') names[i] = this.#nameOfAddress(addresses[value.slot] ?? 0);
      else {
        const part = value.by === 'key' ? value.key : line.toString('latin1', at(value.from), at(value.to));
        const key = value.by === 'part' && value.lower ? part.toLowerCase() : part;
        names[i] = `<${value.kind}-${this.#sanitizer.assign(value.kind, key)}>`;
      }
    }
    for (const step of steps) {
      if (step.write === 'part') output.copy(at(step.from), at(step.to));
      else if (step.write === 'text') output.write(step.bytes);
      else {
        const name = names[step.index] ?? '';
        if (typeof name === 'string') output.writeAscii(name);
        else output.write(name);
      }
    }
  }
}

/** The line in which each word of a slot is another one that says nothing, and where its slots are. */
interface Model {
  readonly line: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Finds out how lines of a shape are put together: the rules sanitize a line with words that are made up, each of them another one, so that what
 * they make of it shows which part of a line goes where.
 */
export class WordPlanner {
  /** Sanitizes the made-up lines: their words get no numbers of the real ones. */
  readonly #twin: Sanitizer;
  readonly #check: WordShape;

  constructor(sanitizer: Sanitizer, check: WordShape) {
    this.#twin = sanitizer.twin();
    this.#check = check;
  }

  /** null: nothing is known of lines of this shape but by looking at each. */
  plan(shape: WordShape, line: Buffer, start: number, end: number): WordPlan | null {
    const model = modelOf(shape, line, start, end);
    if (model === null || figuresAreValues(masked(shape, model)) || !this.#isOfShape(shape, model.line)) return null;
    const [clean, removed, uses] = this.#twin.textAndUses(model.line);
    const values = uniqueOf(uses).map(([kind, key]) => valueOf(kind, key, shape, model));
    if (values.includes(null)) return null;
    const known = values.filter((value) => value !== null);
    const names = new Map(
      uniqueOf(uses).map(([kind, key], index) => [`<${kind}-${this.#twin.assign(kind, key)}>`, index] as const),
    );
    const steps = stepsOf(clean, names, known, shape, model);
    return steps && { values: known, steps, removed, uses: 0 };
  }

  #isOfShape(shape: WordShape, line: string): boolean {
    const bytes = Buffer.from(`${line}\n`, 'latin1');
    const check = this.#check;
    return (
      check.read(bytes, 0, bytes.length - 1) &&
      check.length === shape.length &&
      check.bytes.compare(shape.bytes, 0, shape.length, 0, shape.length) === 0
    );
  }
}

/** Made up of letters that no word of a language has in this order. */
function madeUp(index: number, length: number, isCapital: boolean): string | null {
  const letters = 'bcdfghjkmpqrtvwxz';
  const number =
    letters.charAt(Math.floor(index / letters.length) % letters.length) + letters.charAt(index % letters.length);
  if (index >= letters.length ** 2) return null;
  const word = `q${number}${'xv'.repeat(length)}`.slice(0, length);
  return isCapital ? `Q${word.slice(1)}` : word;
}

function modelOf(shape: WordShape, line: Buffer, start: number, end: number): Model | null {
  const starts: number[] = [];
  const ends: number[] = [];
  let model = '';
  let from = start;
  for (let slot = 0; slot < shape.count; slot += 1) {
    const [at, stop] = [shape.starts[slot] ?? 0, shape.ends[slot] ?? 0];
    model += line.toString('latin1', from, at);
    starts.push(model.length);
    const size = shape.sizes[slot] ?? 0;
    const text =
      shape.kinds[slot] === WORD_SLOT
        ? madeUp(slot, lengthOf(size), size % 2 === 1)
        : line.toString('latin1', at, stop);
    if (text === null) return null;
    model += text;
    ends.push(model.length);
    from = stop;
  }
  return { line: model + line.toString('latin1', from, end), starts, ends };
}

/** The line with a word in place of its addresses: whether its other figures are values. */
function masked(shape: WordShape, { line, starts, ends }: Model): string {
  let text = '';
  let from = 0;
  for (const [slot, at] of starts.entries()) {
    if (shape.kinds[slot] !== SLOT.address) continue;
    text += `${line.slice(from, at)}<address>`;
    from = ends[slot] ?? from;
  }
  return text + line.slice(from);
}

function uniqueOf(uses: readonly Use[]): readonly Use[] {
  return [...new Map(uses.map((use) => [use.join('\0'), use] as const)).values()];
}

/** null: it cannot be told which part of the line a key is. */
function valueOf(kind: PseudonymKind, key: string, shape: WordShape, model: Model): Value | null {
  const exact = placesOf(key, model.line);
  const lower = exact.length === 0;
  const places = lower ? placesOf(key, model.line.toLowerCase()) : exact;
  const overlapped = places.filter((at) => overlaps(at, at + key.length, model));
  if (overlapped.length === 0) return places.length === 0 && /\d/.test(key) ? null : { by: 'key', kind, key };
  if (places.length > 1) return null;
  const at = overlapped[0] ?? 0;
  const from = placeOf(at, model);
  const to = placeOf(at + key.length, model);
  if (from === null || to === null) return null;
  const slot = from.slot + 1;
  if (shape.kinds[slot] === SLOT.address && model.starts[slot] === at && model.ends[slot] === at + key.length)
    return { by: 'address', slot };
  return { by: 'part', kind, from, to, lower };
}

function placesOf(part: string, line: string): readonly number[] {
  const places: number[] = [];
  if (part === '') return places;
  for (let at = line.indexOf(part); at >= 0; at = line.indexOf(part, at + 1)) places.push(at);
  return places;
}

function overlaps(from: number, to: number, { starts, ends }: Model): boolean {
  return starts.some((start, slot) => start < to && (ends[slot] ?? 0) > from);
}

/** null: inside of a slot. */
function placeOf(at: number, { starts, ends }: Model): Place | null {
  let slot = -1;
  while (slot + 1 < ends.length && (ends[slot + 1] ?? 0) <= at) slot += 1;
  const next = starts[slot + 1];
  if (next !== undefined && next < at) return null;
  return { slot, offset: at - (slot < 0 ? 0 : (ends[slot] ?? 0)) };
}

/** null: it cannot be told where a part of the clean line comes from. */
function stepsOf(
  clean: string,
  names: ReadonlyMap<string, number>,
  values: readonly Value[],
  shape: WordShape,
  model: Model,
): readonly Step[] | null {
  const steps: Step[] = [];
  let at = 0;
  let text = '';
  const fill = (to: number): boolean => {
    const filling = fillingOf(text, at, to, shape, model);
    if (filling === null) return false;
    steps.push(...filling);
    text = '';
    at = to;
    return true;
  };
  for (const [i, part] of clean.split(PSEUDONYMS).entries()) {
    const index = i % 2 === 1 ? names.get(part) : undefined;
    if (index === undefined) {
      text += part;
      continue;
    }
    const span = spanOf(values[index], model);
    if (span !== null && (span[0] < at || !fill(span[0]))) return null;
    if (span === null && text !== '') {
      const around = model.line.indexOf(text, at) === at ? at + text.length : at;
      if (!fill(around)) return null;
    }
    steps.push({ write: 'value', index });
    if (span !== null) at = span[1];
  }
  return fill(model.line.length) ? steps : null;
}

function spanOf(value: Value | undefined, { starts, ends }: Model): readonly [number, number] | null {
  if (value === undefined || value.by === 'key') return null;
  if (value.by === 'address') return [starts[value.slot] ?? 0, ends[value.slot] ?? 0];
  const at = ({ slot, offset }: Place): number => (slot < 0 ? 0 : (ends[slot] ?? 0)) + offset;
  return [at(value.from), at(value.to)];
}

/** Steps that write a text where the line had the part from `from` to `to`: it is that part, or ends of it around other words. */
function fillingOf(text: string, from: number, to: number, shape: WordShape, model: Model): readonly Step[] | null {
  const part = model.line.slice(from, to);
  let before = 0;
  while (before < text.length && text[before] === part[before]) before += 1;
  while (before > 0 && placeOf(from + before, model) === null) before -= 1;
  let behind = 0;
  const limit = Math.min(text.length, part.length) - before;
  while (behind < limit && text.at(-1 - behind) === part.at(-1 - behind)) behind += 1;
  while (behind > 0 && placeOf(to - behind, model) === null) behind -= 1;
  const other = text.slice(before, text.length - behind);
  // Figures, and words that were made up, are of slots; where some of a part's slots are gone, it cannot be told which are left.
  const isLost = overlaps(from + before, to - behind, model);
  if (/\d/.test(other) || hasMadeUp(other, shape, model) || (isLost && /\d/.test(text))) return null;
  if (hasValue(from, from + before, shape, model) || hasValue(to - behind, to, shape, model)) return null;
  return [
    ...copied(from, from + before, model),
    ...(other === '' ? [] : [{ write: 'text', bytes: Buffer.from(other) } as const]),
    ...copied(to - behind, to, model),
  ];
}

function copied(from: number, to: number, model: Model): readonly Step[] {
  const [first, last] = [placeOf(from, model), placeOf(to, model)];
  return first === null || last === null || from === to ? [] : [{ write: 'part', from: first, to: last }];
}

/** Whether a text still has a word of a slot. */
function hasMadeUp(text: string, { kinds }: WordShape, { line, starts, ends }: Model): boolean {
  return starts.some((start, slot) => kinds[slot] === WORD_SLOT && text.includes(line.slice(start, ends[slot])));
}

/** Whether a part has a slot that must not be shown: a word, an address. */
function hasValue(from: number, to: number, { kinds }: WordShape, { starts }: Model): boolean {
  return starts.some(
    (start, slot) => (kinds[slot] === SLOT.address || kinds[slot] === WORD_SLOT) && start >= from && start < to,
  );
}
