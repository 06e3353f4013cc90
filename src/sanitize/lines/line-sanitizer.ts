import type { Sanitizer } from '../sanitizer.ts';
import { behindHead } from './head.ts';
import { Output, viewOf } from './output.ts';
import { dotted, follow, PLANNED_LIMIT_BYTES, Planner, type Plan, type Removed } from './plan.ts';
import { Shape } from './shape.ts';
import { ShapeTree } from './shape-tree.ts';
import { NamelessWords } from './nameless-words.ts';
import { WordPlanner, WordWriter, type WordPlan } from './word-plan.ts';
import { Repeated, WordPlans } from './word-plans.ts';
import { WordShape } from './word-shape.ts';

/** A line without end is cut at a blank. */
const LINE_LIMIT_BYTES = 262_144;
const ADDRESSES_LIMIT = 65_536;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
/** Bytes behind the text that readers may look at. */
const MARGIN_BYTES = 64;

export interface LineCounts {
  lines: number;
  changed: number;
  dropped: number;
}

/** Checks a line before anything else: false drops it. */
export type Keep = (line: string) => boolean;

/** A line as it was, and what the rules made of it. */
interface Cleaned {
  readonly line: string;
  readonly clean: string;
  readonly removed: Removed;
}

/** Sees each line in which something was replaced. */
export type OnChange = (line: number, removed: Removed) => void;

/**
 * Sanitizes text line by line, in chunks of any size, to what {@link Sanitizer.text} would make of each line. Lines that differ in figures
 * only are sanitized once, and a few times those that differ in words that nothing is known of (see {@link WordShape}); there, a name of more
 * than some 38 letters may get another number. A figure that could matter (of an escape, of a name that is known, of an address in any other spelling than
 * `192.0.2.1`) makes its line one that is looked at each time.
 */
export class LineSanitizer {
  readonly #sanitizer: Sanitizer;
  readonly #keep: Keep | null;
  readonly #onChange: OnChange | null;
  readonly #planner: Planner;
  readonly #shape = new Shape(PLANNED_LIMIT_BYTES);
  readonly #tree = new ShapeTree<Plan>();
  readonly #wordShape: WordShape;
  readonly #wordPlans = new WordPlans();
  readonly #repeated = new Repeated();
  readonly #wordPlanner: WordPlanner;
  readonly #wordWriter: WordWriter;
  readonly #addresses = new Map<number, Buffer>();
  readonly #output = new Output();
  readonly counts: LineCounts = { lines: 0, changed: 0, dropped: 0 };
  /** Bytes that are not done, and room. */
  #bytes = Buffer.alloc(MARGIN_BYTES);
  #view = viewOf(this.#bytes);
  #filled = 0;

  constructor(sanitizer: Sanitizer, options: { readonly keep?: Keep; readonly onChange?: OnChange } = {}) {
    this.#sanitizer = sanitizer;
    this.#keep = options.keep ?? null;
    this.#onChange = options.onChange ?? null;
    this.#planner = new Planner(sanitizer);
    const words = new NamelessWords(sanitizer);
    this.#wordShape = new WordShape(words, PLANNED_LIMIT_BYTES);
    this.#wordPlanner = new WordPlanner(sanitizer, new WordShape(words, PLANNED_LIMIT_BYTES));
    this.#wordWriter = new WordWriter(sanitizer, this.#nameOfAddress);
    this.#output.from(this.#bytes, this.#view);
  }

  /** Takes bytes, gives the sanitized bytes that are ready. */
  push(chunk: Uint8Array): readonly Buffer[] {
    this.#fill(chunk);
    let at = this.#lines();
    while (this.#filled - at >= LINE_LIMIT_BYTES) {
      const blank = this.#bytes.lastIndexOf(SPACE, at + LINE_LIMIT_BYTES - 1);
      const end = blank > at ? blank + 1 : at + LINE_LIMIT_BYTES;
      this.#cut(at, end);
      at = end;
    }
    this.#output.flush();
    this.#bytes.copyWithin(0, at, this.#filled);
    this.#filled -= at;
    return this.#output.take();
  }

  end(): readonly Buffer[] {
    this.#bytes[this.#filled] = LINE_FEED;
    if (this.#filled > 0) this.#cut(0, this.#filled);
    this.#filled = 0;
    for (const plan of [...this.#tree.plans(), ...this.#wordPlans.plans()]) this.#settle(plan);
    return this.#output.takeAll();
  }

  /** A line without an end. */
  #cut(start: number, end: number): void {
    if (!this.#isDropped(start, end)) this.#line(start, end, end, false);
  }

  #fill(chunk: Uint8Array): void {
    const filled = this.#filled + chunk.length;
    if (filled + MARGIN_BYTES > this.#bytes.length) {
      const bytes = Buffer.alloc(filled + LINE_LIMIT_BYTES);
      this.#bytes.copy(bytes, 0, 0, this.#filled);
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
      this.#output.from(bytes, this.#view);
    }
    this.#bytes.set(chunk, this.#filled);
    this.#filled = filled;
  }

  /** Sanitizes the lines that are complete, and tells where the next one begins. */
  #lines(): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const tree = this.#tree;
    const output = this.#output;
    const { counts } = this;
    const last = this.#filled === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, this.#filled - 1);
    let at = 0;
    while (at <= last) {
      if (this.#keep !== null && this.#isDropped(at, endOfLine(bytes, at))) {
        at = bytes.indexOf(LINE_FEED, at) + 1;
        continue;
      }
      const body = behindHead(bytes, view, at);
      const plan = tree.find(bytes, view, body, last);
      if (plan === null || plan.steps === null) {
        const next = bytes.indexOf(LINE_FEED, at) + 1;
        this.#line(at, endOfLine(bytes, at), next, plan === null);
        at = next;
        continue;
      }
      counts.lines += 1;
      if (body > at) output.copy(at, body);
      follow(plan, body, tree.end, tree.slots, output, this.#nameOfAddress);
      output.copy(tree.end, tree.next);
      plan.uses += 1;
      if (plan.removed.length > 0) this.#note(plan.removed);
      at = tree.next;
    }
    return at;
  }

  #isDropped(start: number, end: number): boolean {
    if (this.#keep === null || this.#keep(this.#bytes.toString('latin1', start, end))) return false;
    this.counts.lines += 1;
    this.counts.dropped += 1;
    return true;
  }

  /** A line of which the tree knows no plan. `isNew`: it does not even know its shape. */
  #line(start: number, end: number, next: number, isNew: boolean): void {
    const bytes = this.#bytes;
    const body = behindHead(bytes, this.#view, start);
    const shape = this.#wordShape;
    this.counts.lines += 1;
    const hasWordShape = end - body <= PLANNED_LIMIT_BYTES && shape.read(bytes, body, end) && (shape.hasWord || !isNew);
    // The same words once more: the tree is the faster one for them.
    if (!hasWordShape || (isNew && this.#repeated.hasSeen(shape.exactHash)))
      return this.#learnShape(body, end, this.#clean(start, body, end, next), isNew);
    const plan = this.#wordPlans.find(shape);
    if (plan) return this.#follow(plan, start, body, end, next);
    const clean = this.#clean(start, body, end, next);
    if (plan === null) this.#learnShape(body, end, clean, isNew);
    else if (this.#wordPlans.isRepeated(shape)) this.#learnWordShape(body, end, clean);
  }

  #clean(start: number, body: number, end: number, next: number): Cleaned {
    const line = this.#bytes.toString('utf8', body, end);
    const [clean, removed] = this.#sanitizer.textAndCounts(line);
    if (clean === line) this.#output.copy(start, next);
    else {
      this.#output.copy(start, body);
      this.#output.write(Buffer.from(clean));
      this.#output.copy(end, next);
    }
    this.#note(removed);
    return { line, clean, removed };
  }

  #learnShape(body: number, end: number, { line, clean, removed }: Cleaned, isNew: boolean): void {
    const bytes = this.#bytes;
    // The plan of a shape would not know a carriage return from one of the line's end.
    if (isNew && end - body <= PLANNED_LIMIT_BYTES && !line.includes('\r') && this.#shape.read(bytes, body, end))
      this.#tree.add(this.#shape, this.#planner.plan(this.#shape, bytes, body, end, clean, removed), this.#settle);
  }

  /** A plan is kept where it makes of this line what the rules have made of it. */
  #learnWordShape(body: number, end: number, { clean, removed }: Cleaned): void {
    const bytes = this.#bytes;
    const shape = this.#wordShape;
    const isPlannable = this.#shape.read(bytes, body, end) && !this.#planner.hasNumberedWord(this.#shape);
    const plan = isPlannable ? this.#wordPlanner.plan(shape, bytes, body, end) : null;
    const isRight =
      plan !== null && areSame(plan.removed, removed) && this.#wordWriter.text(plan, bytes, body, shape) === clean;
    this.#wordPlans.add(shape, isRight ? plan : null, this.#settle);
  }

  #follow(plan: WordPlan, start: number, body: number, end: number, next: number): void {
    const output = this.#output;
    output.copy(start, body);
    this.#wordWriter.write(plan, this.#bytes, body, this.#wordShape, output);
    output.copy(end, next);
    plan.uses += 1;
    this.#note(plan.removed);
  }

  /** Adds what a plan has replaced to the counts. */
  readonly #settle = (plan: Plan | WordPlan): void => {
    for (const [kind, count] of plan.removed) this.#sanitizer.count(kind, count * plan.uses);
    plan.uses = 0;
  };

  readonly #nameOfAddress = (value: number): Buffer => {
    const known = this.#addresses.get(value);
    if (known !== undefined) return known;
    const named = Buffer.from(this.#sanitizer.nameOfAddress(dotted(value)));
    if (this.#addresses.size >= ADDRESSES_LIMIT) this.#addresses.clear();
    this.#addresses.set(value, named);
    return named;
  };

  #note(removed: Removed): void {
    if (removed.length === 0) return;
    this.counts.changed += 1;
    this.#onChange?.(this.counts.lines, removed);
  }
}

function areSame(a: Removed, b: Removed): boolean {
  const counts = new Map(a);
  return a.length === b.length && b.every(([kind, count]) => counts.get(kind) === count);
}

function endOfLine(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LINE_FEED, start);
  return end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
}
