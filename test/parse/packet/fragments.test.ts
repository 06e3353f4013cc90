import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FragmentTable } from '../../../src/parse/packet/fragments.ts';

const ENDS = Int32Array.of(0, 0, 0, 1, 0, 0, 0, 2);

describe('FragmentTable', () => {
  it('joins fragments in any order, with overlaps', () => {
    const whole = Uint8Array.from({ length: 800 }, (_, i) => i);
    const extra = fc.array(fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 20 })), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 8 }),
        extra,
        fc.infiniteStream(fc.nat()),
        (cuts, more, order) => {
          const bounds = [0, ...cuts.toSorted((a, b) => a - b), 100];
          const pieces = [
            ...bounds.slice(1).map((to, i) => [bounds[i] ?? 0, to] as const),
            ...more.map(([at, length]) => [at, Math.min(99, at + length)] as const),
          ];
          const shuffled = pieces.map((piece) => [order.next().value, piece] as const).toSorted(([a], [b]) => a - b);
          const table = new FragmentTable();
          const results = shuffled.map(([, [from, to]]) =>
            table.add(4, ENDS, 9, 6, 8 * from, to < 100, whole.subarray(8 * from, 8 * to)),
          );
          expect(results.find((result) => result !== null)).toEqual(whole);
        },
      ),
    );
  });

  it('refuses what reaches beyond the largest packet', () => {
    expect(new FragmentTable().add(4, ENDS, 9, 6, 65_528, false, new Uint8Array(100))).toBeNull();
  });

  it('hands over the beginnings of packets that never became whole, of so many as fit', () => {
    const table = new FragmentTable();
    for (let id = 0; id < 2000; id += 1) table.add(4, ENDS, id, 17, 0, true, new Uint8Array(1400).fill(id));
    let count = 0;
    for (let rest = table.takeIncomplete(); rest; rest = table.takeIncomplete()) {
      expect(rest).toMatchObject({ family: 4, protocol: 17 });
      expect(rest.bytes).toHaveLength(1400);
      count += 1;
    }
    expect(count).toBe(256);
  });

  it('has nothing to hand over of a packet without its beginning', () => {
    const table = new FragmentTable();
    table.add(6, ENDS, 1, 6, 8, false, new Uint8Array(10));
    expect(table.takeIncomplete()).toBeNull();
  });
});
