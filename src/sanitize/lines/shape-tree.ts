import { MARK_BYTES, PLACE, Slots, type Shape } from './shape.ts';

/** Room for the shapes of a busy PMS, some thousand. When it is used up everything is forgotten, so that memory stays flat. */
const NODES_LIMIT = 1 << 17;
const LITERALS_LIMIT_BYTES = 1 << 22;
const PLANS_LIMIT = 16_384;
const TABLE_BITS = 18;
const TABLE_SIZE = 1 << TABLE_BITS;
const SYMBOLS = 512;
/** Symbols below are bytes. */
const FIRST_SLOT = 256;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The shapes of lines as a tree: each node has a run of bytes that all its lines share, and children by what follows, a byte or a slot. A
 * line is found in one walk, in which bytes are compared by fours. Slots are told by the same rules by which shapes are made, so a line that
 * is found has the shape.
 */
export class ShapeTree<Plan> {
  readonly slots = new Slots();
  /** Of the line that was found last: where its text ends, and where the next line begins. */
  end = 0;
  next = 0;
  readonly #literals = Buffer.alloc(LITERALS_LIMIT_BYTES);
  readonly #words = new DataView(this.#literals.buffer, this.#literals.byteOffset, this.#literals.length);
  readonly #places = new Uint8Array(LITERALS_LIMIT_BYTES);
  #literalsEnd = 0;
  readonly #starts = new Int32Array(NODES_LIMIT);
  readonly #lengths = new Int32Array(NODES_LIMIT);
  /** The places (see {@link PLACE}) behind the run of a node. */
  readonly #afters = new Uint8Array(NODES_LIMIT);
  #nodes = 1;
  /** Children by node and symbol, an open hash table; key 0: free. */
  readonly #keys = new Int32Array(TABLE_SIZE);
  readonly #children = new Int32Array(TABLE_SIZE);
  #plans: Plan[] = [];
  /** By the node at which a shape ends: the number of its plan; 0: none. */
  readonly #planAt = new Int32Array(NODES_LIMIT);

  constructor() {
    this.#afters[0] = PLACE.start;
  }

  plans(): readonly Plan[] {
    return this.#plans;
  }

  /** The plan for the line that begins at `start`; null: none of its shape is known. `last` is the place of a line feed at its end or behind it. */
  find(line: Uint8Array, view: DataView, start: number, last: number): Plan | null {
    const { slots } = this;
    slots.count = 0;
    let node = 0;
    let at = start;
    for (;;) {
      const length = this.#lengths[node] ?? 0;
      if (length > 0) {
        if (at + length > last || !this.#isRun(line, view, at, node, length)) return null;
        at += length;
      }
      const byte = line[at] ?? 0;
      if (byte === LINE_FEED || (byte === CARRIAGE_RETURN && line[at + 1] === LINE_FEED)) {
        this.end = at;
        this.next = byte === LINE_FEED ? at + 1 : at + 2;
        const plan = this.#planAt[node] ?? 0;
        return plan === 0 ? null : (this.#plans[plan - 1] ?? null);
      }
      const place = this.#afters[node] ?? 0;
      const slot = place === PLACE.escape ? 0 : slots.take(line, start, at, place);
      if (slot < 0) return null;
      node = this.#child(node, slot > 0 ? FIRST_SLOT + slot : byte);
      if (node === 0) return null;
      if (slot > 0) at = slots.ends[slots.count - 1] ?? 0;
    }
  }

  #isRun(line: Uint8Array, view: DataView, from: number, node: number, length: number): boolean {
    const literals = this.#literals;
    const words = this.#words;
    const start = this.#starts[node] ?? 0;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (view.getInt32(from + i, true) !== words.getInt32(start + i, true)) return false;
    for (; i < length; i += 1) if (line[from + i] !== literals[start + i]) return false;
    return true;
  }

  /** Adds the plan for lines of a shape; `forget` gets those that have to make room. */
  add(shape: Shape, plan: Plan, forget: (plan: Plan) => void): void {
    const { marks, symbols, slots, length } = shape;
    if (
      this.#plans.length >= PLANS_LIMIT ||
      this.#nodes + 2 * slots.count + 4 > NODES_LIMIT ||
      this.#literalsEnd + length > LITERALS_LIMIT_BYTES
    ) {
      for (const old of this.#plans) forget(old);
      this.#clear();
    }
    let node = this.#follow(0, -1, shape, 0, slots.count > 0 ? (marks[0] ?? 0) : length);
    for (let slot = 0; slot < slots.count; slot += 1) {
      const at = (marks[slot] ?? 0) + MARK_BYTES;
      const end = slot + 1 < slots.count ? (marks[slot + 1] ?? 0) : length;
      const symbol = FIRST_SLOT + (symbols[slot] ?? 0);
      const entry = this.#entry(node, symbol);
      node =
        this.#keys[entry] === 0
          ? this.#grow(node, symbol, shape, at, end)
          : this.#follow(this.#children[entry] ?? 0, entry, shape, at, end);
    }
    this.#planAt[node] = this.#plans.push(plan);
  }

  /** The node behind the bytes of a shape from `from` to `end`, beginning with the run of `first`, to which the entry leads. */
  #follow(first: number, firstEntry: number, shape: Shape, from: number, end: number): number {
    let node = first;
    let entry = firstEntry;
    for (let at = from; ;) {
      const common = this.#common(node, shape, at, end);
      if (common < (this.#lengths[node] ?? 0)) node = this.#split(node, entry, common);
      at += common;
      if (at === end) return node;
      entry = this.#entry(node, shape.bytes[at] ?? 0);
      if (this.#keys[entry] === 0) return this.#grow(node, shape.bytes[at] ?? 0, shape, at, end);
      node = this.#children[entry] ?? 0;
    }
  }

  #common(node: number, { bytes }: Shape, from: number, end: number): number {
    const start = this.#starts[node] ?? 0;
    const limit = Math.min(this.#lengths[node] ?? 0, end - from);
    let i = 0;
    while (i < limit && bytes[from + i] === this.#literals[start + i]) i += 1;
    return i;
  }

  /** A node for the first bytes of a node's run, above it. */
  #split(node: number, entry: number, length: number): number {
    const start = this.#starts[node] ?? 0;
    const upper = this.#made(start, length, this.#places[start + length] ?? 0);
    this.#children[entry] = upper;
    this.#starts[node] = start + length;
    this.#lengths[node] = (this.#lengths[node] ?? 0) - length;
    this.#link(upper, this.#literals[start + length] ?? 0, node);
    return upper;
  }

  /** A child whose run is a part of a shape. */
  #grow(parent: number, symbol: number, { bytes, places }: Shape, from: number, end: number): number {
    const start = this.#literalsEnd;
    bytes.copy(this.#literals, start, from, end);
    this.#places.set(places.subarray(from, end), start);
    this.#literalsEnd += end - from;
    const node = this.#made(start, end - from, places[end] ?? 0);
    this.#link(parent, symbol, node);
    return node;
  }

  #made(start: number, length: number, after: number): number {
    const node = this.#nodes;
    this.#starts[node] = start;
    this.#lengths[node] = length;
    this.#afters[node] = after;
    this.#nodes += 1;
    return node;
  }

  #link(parent: number, symbol: number, child: number): void {
    const entry = this.#entry(parent, symbol);
    this.#keys[entry] = parent * SYMBOLS + symbol + 1;
    this.#children[entry] = child;
  }

  #child(node: number, symbol: number): number {
    return this.#children[this.#entry(node, symbol)] ?? 0;
  }

  /** Where the table has a child, or has room for it. */
  #entry(node: number, symbol: number): number {
    const keys = this.#keys;
    const key = node * SYMBOLS + symbol + 1;
    let entry = Math.imul(key, 0x9e3779b1) >>> (32 - TABLE_BITS);
    for (let found = keys[entry] ?? 0; found !== 0 && found !== key; found = keys[entry] ?? 0)
      entry = (entry + 1) & (TABLE_SIZE - 1);
    return entry;
  }

  #clear(): void {
    this.#nodes = 1;
    this.#literalsEnd = 0;
    this.#keys.fill(0);
    this.#children.fill(0);
    this.#plans = [];
    this.#planAt.fill(0);
  }
}
