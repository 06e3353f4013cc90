import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LINE_LIMIT_BYTES, LineSplitter } from '../../../src/parse/pms-log/line-splitter.ts';

interface Line {
  readonly line: number;
  readonly text: string;
  readonly whole: boolean;
}

function split(...chunks: readonly (string | Uint8Array)[]): Line[] {
  const lines: Line[] = [];
  const splitter: LineSplitter = new LineSplitter((bytes, start, end, whole) => {
    lines.push({ line: splitter.line, text: bytes.toString('latin1', start, end), whole });
  });
  for (const chunk of chunks) splitter.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
  splitter.end();
  return lines;
}

function ended(...texts: readonly string[]): Line[] {
  return texts.map((text, index) => ({ line: index + 1, text, whole: true }));
}

it.each<[string, readonly string[], readonly Line[]]>([
  ['nothing', [], []],
  ['empty chunks', ['', ''], []],
  ['lines', ['a\nb\n'], ended('a', 'b')],
  ['CRLF, cut within', ['a\r', '\nb\r\n'], ended('a', 'b')],
  ['empty lines', ['\n\na\n'], ended('', '', 'a')],
  ['a line over three chunks', ['a', 'b', 'c\nd\n'], ended('abc', 'd')],
  ['no end', ['a\nb'], [...ended('a'), { line: 2, text: 'b', whole: false }]],
  [
    'NULs within a line',
    ['a\0\0b\nc\n'],
    [
      { line: 1, text: 'a', whole: false },
      { line: 1, text: 'b', whole: true },
      { line: 2, text: 'c', whole: true },
    ],
  ],
  ['NULs before a line, cut within', ['\0', '\0a\n'], ended('a')],
  ['a line of the limit', [`${'x'.repeat(LINE_LIMIT_BYTES)}\n`], ended('x'.repeat(LINE_LIMIT_BYTES))],
  [
    'a longer one, and one behind it',
    [`${'x'.repeat(LINE_LIMIT_BYTES + 1)}\n`, 'y\n'],
    [
      { line: 1, text: 'x'.repeat(LINE_LIMIT_BYTES), whole: false },
      { line: 2, text: 'y', whole: true },
    ],
  ],
  [
    'a longer one over chunks',
    ['x', 'x'.repeat(LINE_LIMIT_BYTES), 'x'.repeat(LINE_LIMIT_BYTES), '\ny\n'],
    [
      { line: 1, text: 'x'.repeat(LINE_LIMIT_BYTES), whole: false },
      { line: 2, text: 'y', whole: true },
    ],
  ],
])('%s', (_name, chunks, expected) => {
  expect(split(...chunks)).toEqual(expected);
});

it('does not depend on how the bytes are cut', () => {
  const bytes = fc.array(fc.constantFrom(0, 0x0a, 0x0d, 0x61, 0xff), { maxLength: 60 });
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(60), { maxLength: 8 }), (all, cuts) => {
      const file = Uint8Array.from(all);
      const borders = [0, ...cuts.toSorted((a, b) => a - b), file.length];
      expect(split(...borders.map((start, index) => file.slice(start, borders[index + 1] ?? start)))).toEqual(
        split(file),
      );
    }),
  );
});
