import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowTable } from '../../../src/parse/capture/flow-table.ts';

interface Lookup {
  readonly addresses: Int32Array;
  readonly ports: number;
  readonly kind: number;
}

const end = fc.tuple(
  fc.constantFrom(0, -1, 0x0a000001, 0x20010db8),
  fc.integer({ min: 0, max: 5 }),
  fc.constantFrom(0, 443, 65_535),
);
const lookups = fc.tuple(end, end, fc.constantFrom(0x406, 0x411, 0x606)).map(([source, destination, kind]): Lookup => {
  const addresses = Int32Array.of(source[0], 0, 0, source[1], destination[0], 0, 0, destination[1]);
  return { addresses, ports: (source[2] << 16) | destination[2], kind };
});

function keyOf({ addresses, ports, kind }: Lookup): string {
  return [addresses.slice(0, 4).join(), ports >>> 16, addresses.slice(4).join(), ports & 0xffff, kind].join(' ');
}

function turned({ addresses, ports, kind }: Lookup): Lookup {
  const swapped = Int32Array.of(...addresses.slice(4), ...addresses.slice(0, 4));
  return { addresses: swapped, ports: ((ports << 16) | (ports >>> 16)) >>> 0, kind };
}

describe('FlowTable', () => {
  it('finds what a map would find, from either end', () => {
    fc.assert(
      fc.property(fc.array(lookups, { maxLength: 300 }), (list) => {
        const table = new FlowTable();
        const model = new Map<string, number>();
        for (const lookup of list) {
          const { addresses, ports, kind } = lookup;
          const expected = model.get(keyOf(lookup)) ?? model.get(keyOf(turned(lookup))) ?? -1;
          const found = table.find(addresses, ports, kind);
          const index = found < 0 ? table.add(addresses, ports, kind, 0) : found;
          const direction = found < 0 || model.has(keyOf(lookup)) ? 0 : 1;
          expect([found, table.direction]).toEqual([expected, direction]);
          if (found < 0) model.set(keyOf(lookup), index);
        }
      }),
    );
  });

  it('keeps everything when it grows', () => {
    const table = new FlowTable();
    const addresses = (i: number) => Int32Array.of(0, 0, 0, i, 0, 0, 0, -i);
    const numbers = Array.from({ length: 10_000 }, (_, i) => i);
    for (const i of numbers) {
      table.find(addresses(i), i, 0x406);
      table.add(addresses(i), i, 0x406, i);
      table.startAt(i, 1, 7 * i);
    }
    const wrong = numbers.filter(
      (i) =>
        table.find(addresses(i), i, 0x406) !== i ||
        table.firstMs[i] !== i ||
        table.startOf(i, 0) !== null ||
        table.startOf(i, 1) !== 7 * i,
    );
    expect(wrong).toEqual([]);
  });

  it('puts a newer connection in the place of an older one', () => {
    const table = new FlowTable();
    const ends = Int32Array.of(0, 0, 0, 1, 0, 0, 0, 2);
    table.find(ends, 80, 0x406);
    const older = table.add(ends, 80, 0x406, 0);
    table.find(ends, 80, 0x406);
    const newer = table.add(ends, 80, 0x406, 0);
    expect(newer).not.toBe(older);
    expect(table.find(ends, 80, 0x406)).toBe(newer);
  });

  it('keeps no more than the limit', () => {
    const table = new FlowTable(2);
    const added = [1, 2, 3].map((port) => {
      table.find(new Int32Array(8), port, 0x406);
      return table.add(new Int32Array(8), port, 0x406, 0);
    });
    expect(added).toEqual([0, 1, -1]);
  });
});
