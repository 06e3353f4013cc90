import type { Sanitizer } from '../sanitizer.ts';
import { behindHead } from './head.ts';
import { Output, viewOf } from './output.ts';
import { dotted, follow, PLANNED_LIMIT_BYTES, Planner, type Plan, type Removed } from './plan.ts';
import { Shape } from './shape.ts';
import { ShapeTree } from './shape-tree.ts';

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

/** Sees each line in which something was replaced. */
export type OnChange = (line: number, removed: Removed) => void;

/**
 * Sanitizes text line by line, in chunks of any size, to what {@link Sanitizer.text} would make of each line. Lines that differ in figures
 * only are sanitized once. A figure that could matter (of an escape, of a name that is known, of an address in any other spelling than
 * `192.0.2.1`) makes its line one that is looked at each time.
 */
export class LineSanitizer {
  readonly #sanitizer: Sanitizer;
  readonly #keep: Keep | null;
  readonly #onChange: OnChange | null;
  readonly #planner: Planner;
  readonly #shape = new Shape(PLANNED_LIMIT_BYTES);
  readonly #tree = new ShapeTree<Plan>();
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
    for (const plan of this.#tree.plans()) this.#settle(plan);
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

  /** Looks at a line, and learns its shape. */
  #line(start: number, end: number, next: number, isNew: boolean): void {
    const bytes = this.#bytes;
    this.counts.lines += 1;
    const body = behindHead(bytes, this.#view, start);
    const line = bytes.toString('utf8', body, end);
    const [clean, removed] = this.#sanitizer.textAndCounts(line);
    if (clean === line) this.#output.copy(start, next);
    else {
      this.#output.copy(start, body);
      this.#output.write(Buffer.from(clean));
      this.#output.copy(end, next);
    }
    this.#note(removed);
    // The plan of a shape would not know a carriage return from one of the line's end.
    if (isNew && end - body <= PLANNED_LIMIT_BYTES && !line.includes('\r') && this.#shape.read(bytes, body, end))
      this.#tree.add(this.#shape, this.#planner.plan(this.#shape, bytes, body, end, clean, removed), this.#settle);
  }

  /** Adds what a plan has replaced to the counts. */
  readonly #settle = (plan: Plan): void => {
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

function endOfLine(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LINE_FEED, start);
  return end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
}
