import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_LIMIT_BYTES, LineCutter } from '../../../src/parse/access-log/lines.ts';

function cut(chunks: readonly Uint8Array[]): (readonly [number, string])[] {
  const lines: (readonly [number, string])[] = [];
  const cutter = new LineCutter((bytes, from, end, number) => {
    lines.push([number, Buffer.from(bytes.subarray(from, end)).toString('latin1')]);
  });
  for (const chunk of chunks) cutter.push(chunk);
  cutter.end();
  return lines;
}

describe('LineCutter', () => {
  it.each<[string, string, readonly (readonly [number, string])[]]>([
    [
      'lines',
      'a\nb\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'a line without an end',
      'a\nb',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['empty lines', '\n\na\n\n', [[3, 'a']]],
    [
      'carriage returns',
      'a\r\n\r\nb\rc\r\n',
      [
        [1, 'a'],
        [3, 'b\rc'],
      ],
    ],
    [
      'a byte order mark',
      '\xef\xbb\xbfa\n\xef\xbb\xbfb\n',
      [
        [1, 'a'],
        [2, '\xef\xbb\xbfb'],
      ],
    ],
    [
      'zero bytes before a line',
      '\0\0a\n\0\0\0\nb\0c\n',
      [
        [1, 'a'],
        [3, 'b\0c'],
      ],
    ],
    ['nothing', '', []],
  ])('hands on %s', (_, text, expected) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(cut([bytes])).toEqual(expected);
    expect(cut([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('cuts long lines', () => {
    const long = Buffer.from(`${'x'.repeat(3 * LINE_LIMIT_BYTES)}\nb\n`);
    for (const chunks of [[long], [long.subarray(0, 10), long.subarray(10, 99_999), long.subarray(99_999)]]) {
      expect(cut(chunks).map(([, line]) => line.length)).toEqual([LINE_LIMIT_BYTES, 1]);
    }
  });

  it('gives the same lines for any chunks', () => {
    const text = fc
      .array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\0', '\xef\xbb\xbf'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), (log, size) => {
        const bytes = Buffer.from(log, 'latin1');
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        expect(cut(chunks)).toEqual(cut([bytes]));
      }),
    );
  });
});
