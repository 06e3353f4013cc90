import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../../../src/report/blocks/options.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import { layOut, pad, table, truncate, wrap } from '../../../src/report/text/table.ts';

const STYLE = styleOf(DEFAULT_OPTIONS);

describe('truncate', () => {
  it.each([
    ['short', 10, 'short'],
    ['exact', 5, 'exact'],
    ['longer', 5, 'long…'],
    ['日本語です', 6, '日本…'],
    ['👩‍👩‍👧‍👦 family', 4, '👩‍👩‍👧‍👦 …'],
    ['any', 0, ''],
  ])('%s to %i', (text, width, expected) => {
    expect(truncate(text, width)).toBe(expected);
  });
  it('is never wider than asked, and keeps what fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 40 }), (text, width) => {
        const cut = truncate(text, width);
        expect(stringWidth(cut)).toBeLessThanOrEqual(width);
        expect(cut === text).toBe(stringWidth(text) <= width);
      }),
    );
  });
});

describe('wrap', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['took 41 ms', 8, ['took', '41 ms']],
    ['abcdefgh', 3, ['abc', 'def', 'gh']],
    ['', 10, ['']],
  ])('%s at %i', (text, width, expected) => {
    expect(wrap(text, width)).toEqual(expected);
  });
  it('loses no word and is never too wide', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,15}$/)), fc.integer({ min: 4, max: 40 }), (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

it('pads by columns, not by characters', () => {
  expect(pad('日本', 6)).toBe('日本  ');
});

describe('tables', () => {
  const COLUMNS = [
    { title: 'A', shrink: 1, min: 4 },
    { title: 'B', shrink: 2, min: 3 },
    { title: 'C', shrink: 0, min: 1 },
  ];
  it('cuts the column that gives way first', () => {
    const rows = [[{ text: 'aaaaaa' }, { text: 'bbbbbb' }, { text: 'cccccc' }]];
    expect(table(COLUMNS, rows, 20, STYLE)).toEqual(['A       B     C', 'aaaaaa  bbb…  cccccc']);
    expect(table(COLUMNS, rows, 18, STYLE)).toEqual(['A      B    C', 'aaaa…  bb…  cccccc']);
  });
  it('prefers the short form of a cell to a cut', () => {
    const rows = [[{ text: 'aaa' }, { text: 'no reply 3.0 s', short: 'no reply' }]];
    const columns = [
      { title: 'A', shrink: 0, min: 1 },
      { title: 'B', shrink: 1, min: 8 },
    ];
    expect(table(columns, rows, 15, STYLE)[1]).toBe('aaa  no reply');
    expect(table(columns, rows, 19, STYLE)[1]).toBe('aaa  no reply 3.0 s');
  });
  it('gives a whole cell the room of the next one, or its own line', () => {
    const columns = [
      { title: 'A', shrink: 1, min: 4, whole: true },
      { title: 'B', shrink: 2, min: 10 },
    ];
    const rows = [
      [{ text: 'aaaaaaaa' }, { text: 'bbbbbbbbbb' }],
      [{ text: 'aaaaaaaaaaaaaa' }, { text: 'bbbbbbbbbb' }],
    ];
    expect(layOut(columns, rows, 16, STYLE).rows).toEqual([
      ['aaaaaaaa  bbbbb…'],
      ['aaaaaaaaaaaaaa', '      bbbbbbbbbb'],
    ]);
  });
});
