import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePageLayout } from '../../../src/parse/trace/format.ts';
import { readPage } from '../../../src/parse/trace/page.ts';
import { LAYOUT, page, type PageOptions, type Timed } from '../../support/traces/trace-builder.ts';

/** The content of a page: the time of each record in nanoseconds, and its bytes up to the padding. */
function read(bytes: Uint8Array, layout = LAYOUT) {
  const records: { atNs: number; bytes: number[] }[] = [];
  const lost = readPage(bytes, layout, (atMs, start, end) =>
    records.push({ atNs: Math.round(atMs * 1e6), bytes: [...bytes.subarray(start, end)] }),
  );
  return { records, lost };
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(LAYOUT.dataOffset + 4 * values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(LAYOUT.commitOffset, 4 * values.length, true);
  for (const [i, value] of values.entries()) view.setUint32(LAYOUT.dataOffset + 4 * i, value, true);
  return bytes;
}

const timed: fc.Arbitrary<readonly Timed[]> = fc
  .array(
    fc.record({ gapNs: fc.integer({ min: 0, max: 2 ** 40 }), bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }) }),
    { maxLength: 12 },
  )
  .map((items) => {
    let atNs = 0;
    return items.map(({ gapNs, bytes }) => ({ atNs: (atNs += gapNs), bytes }));
  });

describe('readPage', () => {
  it('gives back what was recorded, each at its time', () => {
    fc.assert(
      fc.property(timed, fc.nat({ max: 2 ** 45 }), (records, fromNs) => {
        const moved = records.map(({ atNs, bytes }) => ({ atNs: fromNs + atNs, bytes }));
        const { records: found, lost } = read(page(moved, { fromNs }));
        expect(found).toEqual(
          moved.map(({ atNs, bytes }) => ({ atNs, bytes: [...bytes, ...Array(-bytes.length & 3).fill(0)] })),
        );
        expect(lost).toBe(0);
      }),
    );
  });

  it('never reads beyond a page, whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        readPage(bytes, LAYOUT, (_atMs, start, end) => {
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(bytes.length);
        });
      }),
    );
  });

  it('of a page that is cut, reads the records before the cut', () => {
    fc.assert(
      fc.property(timed, fc.nat(3_000), (records, bytesLeft) => {
        const whole = page(records);
        const all = read(whole).records;
        const some = read(whole.subarray(0, bytesLeft)).records;
        expect(all.slice(0, some.length)).toEqual(some);
      }),
    );
  });

  it.each<[string, PageOptions['lost'], number | null]>([
    ['none', 0, 0],
    ['some', 7, 7],
    ['some that were not counted', null, null],
  ])('says how many records were lost before it: %s', (_name, lost, expected) => {
    expect(read(page([{ atNs: 5, bytes: Uint8Array.of(1) }], { lost: lost ?? null }))).toEqual({
      records: [{ atNs: 5, bytes: [1, 0, 0, 0] }],
      lost: expected,
    });
  });

  it.each<[string, Uint8Array, readonly number[]]>([
    ['padding with a length is skipped', words(29 + 3 * 32, 8, 0, 1 + 4 * 32, 0xaa), [7]],
    ['padding without ends the page', words(29, 8, 0, 1, 0xaa), []],
    ['an absolute time replaces the sum', words(1 + 9 * 32, 0xaa, 31 + 5 * 32, 1, 1 + 2 * 32, 0xbb), [9, 2 ** 27 + 7]],
    ['a length that leads nowhere ends the page', words(0, 0, 1, 0xaa), []],
    ['so does one that leads beyond it', words(0, 4_000, 1, 0xaa), []],
  ])('%s', (_name, bytes, times) => {
    expect(read(bytes).records.map(({ atNs }) => atNs)).toEqual(times);
  });

  it('reads the layout of a machine of 32 bits', () => {
    const layout = parsePageLayout(
      '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:4;\tsigned:1;\n' +
        '\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n\tfield: char data;\toffset:12;\tsize:4084;\tsigned:0;\n',
    );
    expect(layout).toEqual({ wordBytes: 4, commitOffset: 8, dataOffset: 12, pageBytes: 4096 });
    const bytes = page([{ atNs: 5, bytes: Uint8Array.of(1) }], { layout: layout ?? LAYOUT, lost: 3 });
    expect(read(bytes, layout ?? LAYOUT)).toEqual({ records: [{ atNs: 5, bytes: [1, 0, 0, 0] }], lost: 3 });
  });
});
