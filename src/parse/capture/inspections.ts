import { STATE, type FlowTable } from './flow-table.ts';
import type { Inspection } from './inspection.ts';

/** Connections whose names are being looked for at the same time, and all bytes held for that. The oldest make room. */
export const INSPECTIONS_LIMIT = 16_384;
const HELD_LIMIT_BYTES = 32 * 1024 * 1024;

/** The inspections that are under way, by connection. */
export class Inspections {
  readonly #table: FlowTable;
  readonly #onEnd: (index: number) => void;
  readonly #running: (Inspection | null)[] = [];
  /** All connections that ever had an inspection, in order; those before `#oldest` have none any more. */
  readonly #order: number[] = [];
  #oldest = 0;
  #count = 0;
  #heldBytes = 0;

  /** `onEnd` is called when an inspection has ended, after incomplete items were read. */
  constructor(table: FlowTable, onEnd: (index: number) => void) {
    this.#table = table;
    this.#onEnd = onEnd;
  }

  of(index: number): Inspection | null {
    return this.#running[index] ?? null;
  }

  add(index: number, inspection: Inspection): void {
    while (this.#running.length <= index) this.#running.push(null);
    this.#running[index] = inspection;
    this.#order.push(index);
    this.#count += 1;
    if (this.#count > INSPECTIONS_LIMIT) this.#closeOldest();
  }

  /** To be called after an inspection got bytes: `heldBefore` is what it held before. */
  settle(index: number, inspection: Inspection, heldBefore: number, isOver: boolean): void {
    this.#heldBytes += inspection.heldBytes - heldBefore;
    if (inspection.isDone(0)) this.#table.set(index, STATE.doneFirst);
    if (inspection.isDone(1)) this.#table.set(index, STATE.doneSecond);
    if (isOver || (inspection.isDone(0) && inspection.isDone(1))) this.close(index);
    while (this.#heldBytes > HELD_LIMIT_BYTES && this.#count > 0) this.#closeOldest();
  }

  close(index: number): void {
    const inspection = this.of(index);
    this.#table.set(index, STATE.doneFirst | STATE.doneSecond);
    if (!inspection) return;
    this.#heldBytes -= inspection.heldBytes;
    this.#running[index] = null;
    this.#count -= 1;
    inspection.end();
    this.#onEnd(index);
  }

  closeAll(): void {
    while (this.#count > 0) this.#closeOldest();
  }

  #closeOldest(): void {
    const before = this.#count;
    while (this.#count === before && this.#oldest < this.#order.length) {
      this.close(this.#order[this.#oldest] ?? 0);
      this.#oldest += 1;
    }
  }
}
