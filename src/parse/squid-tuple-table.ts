const WIDTH = 4;

/** Numbers tuples of four integers in the order in which they come. 24 bytes a tuple, 56 while it grows. */
export class TupleTable {
  readonly #limit: number;
  #slots = new Int32Array(2048);
  #tuples = new Int32Array(WIDTH * 1024);
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of the tuple, which is added when it is new; -1 when the table is full. */
  intern(a: number, b: number, c: number, d: number): number {
    const slots = this.#slots;
    const tuples = this.#tuples;
    const mask = slots.length - 1;
    let slot = hashOf(a, b, c, d) & mask;
    for (;;) {
      const index = (slots[slot] ?? 0) - 1;
      if (index < 0) break;
      const at = WIDTH * index;
      if (tuples[at] === a && tuples[at + 1] === b && tuples[at + 2] === c && tuples[at + 3] === d) return index;
      slot = (slot + 1) & mask;
    }
    if (this.#size === this.#limit) return -1;
    if (2 * (this.#size + 1) > slots.length) {
      this.#grow();
      return this.intern(a, b, c, d);
    }
    tuples.set([a, b, c, d], WIDTH * this.#size);
    this.#size += 1;
    slots[slot] = this.#size;
    return this.#size - 1;
  }

  tupleOf(index: number): Int32Array {
    return this.#tuples.subarray(WIDTH * index, WIDTH * (index + 1));
  }

  #grow(): void {
    const tuples = new Int32Array(2 * this.#tuples.length);
    tuples.set(this.#tuples);
    this.#tuples = tuples;
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#size; index += 1) {
      const [a = 0, b = 0, c = 0, d = 0] = this.tupleOf(index);
      let slot = hashOf(a, b, c, d) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}

/** Odd constants spread each number over all bits (Knuth, multiplicative hashing). */
function hashOf(a: number, b: number, c: number, d: number): number {
  const sum = Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca6b) + Math.imul(c, 0xc2b2ae35) + Math.imul(d, 0x27d4eb2f);
  const mixed = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
