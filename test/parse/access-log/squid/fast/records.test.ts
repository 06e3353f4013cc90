import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteTable, Key } from '../../../../../src/parse/access-log/squid/fast/byte-table.ts';
import { RecordTable, SERVERS_OF_RECORD } from '../../../../../src/parse/access-log/squid/fast/records.ts';
import { runs } from '../../../../support/fuzz.ts';

describe('RecordTable', () => {
  it('numbers tuples as a map does, also while it grows', () => {
    const small = fc.integer({ min: -2, max: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(small, small, small, small), { maxLength: 4000 }), (tuples) => {
        const table = new RecordTable(100_000);
        const known = new Map<string, number>();
        for (const [a, b, c, d] of tuples) {
          const key = `${a} ${b} ${c} ${d}`;
          const expected = known.get(key) ?? known.size;
          known.set(key, expected);
          expect(table.intern(a, b, c, d)).toBe(expected);
        }
        expect([...known.keys()]).toEqual(Array.from({ length: table.size }, (_, i) => table.numbersOf(i).join(' ')));
      }),
      runs(7),
    );
  });

  it('keeps its records while it grows', () => {
    const table = new RecordTable(10_000);
    for (let i = 0; i < 5000; i += 1) {
      table.count(table.intern(i, 0, 0, 0), i, Number.NaN);
      table.addServer(i, i % 7);
    }
    for (let i = 0; i < 5000; i += 1) {
      expect(table.statsOf(i)).toEqual({ count: 1, firstMs: i, lastMs: i, bytes: Number.NaN });
      expect(table.serversOf(i)).toEqual([i % 7]);
    }
  });

  it('counts, with what is known', () => {
    const table = new RecordTable(1);
    table.intern(1, 2, 3, 4);
    for (const [ms, bytes] of [
      [5, 10],
      [Number.NaN, 1],
      [3, Number.NaN],
      [9, 100],
    ] as const)
      table.count(0, ms, bytes);
    expect(table.statsOf(0)).toEqual({ count: 4, firstMs: 3, lastMs: 9, bytes: 111 });
  });

  it('refuses more than its limit', () => {
    const table = new RecordTable(1);
    expect([table.intern(1, 1, 1, 1), table.intern(2, 2, 2, 2), table.intern(1, 1, 1, 1)]).toEqual([0, -1, 0]);
  });

  it('keeps the first servers', () => {
    const table = new RecordTable(1);
    table.intern(1, 1, 1, 1);
    for (let server = 0; server < 2 * SERVERS_OF_RECORD; server += 1) table.addServer(0, server);
    expect(table.serversOf(0)).toEqual(Array.from({ length: SERVERS_OF_RECORD }, (_, i) => i));
  });
});

describe('ByteTable', () => {
  function key(parts: readonly string[]): Key {
    const bytes = Buffer.from(parts.join(''));
    const made = new Key();
    made.clear(bytes);
    let at = 0;
    for (const part of parts) made.add(at, (at += part.length), 100);
    return made;
  }

  it('tells strings apart by their ranges, and gives them back', () => {
    const table = new ByteTable(100, 10_000);
    const strings = [['ab', 'c'], ['a', 'bc'], ['abc'], ['', 'abc'], ['abc', ''], ['']];
    for (const parts of strings) {
      expect(table.find(key(parts))).toBe(-1);
      table.insert(key(parts));
    }
    expect(strings.map((parts) => table.find(key(parts)))).toEqual([0, 1, 2, 3, 4, 5]);
    const back = strings.map((_, i) => table.partsOf(i).map((part) => Buffer.from(part).toString()));
    expect(back).toEqual(strings);
  });

  it('finds all of many strings', () => {
    const table = new ByteTable(10_000, 1_000_000);
    for (let i = 0; i < 5000; i += 1) expect(table.insert(key([`host${i}`, '443']))).toBe(i);
    for (let i = 0; i < 5000; i += 1) expect(table.find(key([`host${i}`, '443']))).toBe(i);
  });

  it('refuses more strings, and more bytes, than its limits', () => {
    const few = new ByteTable(1, 100);
    expect([few.insert(key(['a'])), few.insert(key(['b']))]).toEqual([0, -1]);
    const short = new ByteTable(9, 4);
    expect([short.insert(key(['abcd'])), short.insert(key(['abc']))]).toEqual([-1, 0]);
  });
});
