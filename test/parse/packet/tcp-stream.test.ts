import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HELD_BYTES_LIMIT, HELD_SEGMENTS_LIMIT, HalfStream } from '../../../src/parse/packet/tcp-stream.ts';

/** Writes down what it receives: data as text, a gap as `|`, a stray segment in brackets. */
class Log {
  text = '';

  data(bytes: Uint8Array, start: number, end: number): void {
    this.text += Buffer.from(bytes.subarray(start, end)).toString('latin1');
  }

  gap(): void {
    this.text += '|';
  }

  stray(bytes: Uint8Array, start: number, end: number): void {
    this.text += `[${Buffer.from(bytes.subarray(start, end)).toString('latin1')}]`;
  }
}

type Step = readonly [sequence: number, text: string, missing?: number];

function deliver(startAt: number | null, steps: readonly Step[], flush = true): string {
  const log = new Log();
  const half = new HalfStream(log);
  if (startAt !== null) half.startAt(startAt);
  for (const [sequence, text, missing = 0] of steps) {
    const bytes = Buffer.from(`<<${text}>>`);
    half.push(sequence >>> 0, bytes, 2, bytes.length - 2, missing);
    bytes.fill(0);
  }
  if (flush) half.flush();
  return log.text;
}

describe('HalfStream', () => {
  it.each<[string, number | null, readonly Step[], string]>([
    [
      'in order',
      100,
      [
        [100, 'ab'],
        [102, 'cd'],
      ],
      'abcd',
    ],
    [
      'swapped',
      100,
      [
        [102, 'cd'],
        [100, 'ab'],
      ],
      'abcd',
    ],
    [
      'three turned around',
      100,
      [
        [104, 'ef'],
        [102, 'cd'],
        [100, 'ab'],
      ],
      'abcdef',
    ],
    [
      'doubled',
      100,
      [
        [100, 'ab'],
        [100, 'ab'],
        [102, 'cd'],
      ],
      'abcd',
    ],
    [
      'doubled while waiting',
      100,
      [
        [102, 'cd'],
        [102, 'cd'],
        [100, 'ab'],
      ],
      'abcd',
    ],
    [
      'a longer repetition',
      100,
      [
        [100, 'ab'],
        [100, 'abcd'],
      ],
      'abcd',
    ],
    [
      'overlapping',
      100,
      [
        [100, 'abc'],
        [102, 'cde'],
      ],
      'abcde',
    ],
    [
      'overlapping, of which the first bytes count',
      100,
      [
        [100, 'abc'],
        [101, 'XXd'],
      ],
      'abcd',
    ],
    [
      'overlapping while waiting',
      100,
      [
        [102, 'cde'],
        [104, 'efg'],
        [100, 'ab'],
      ],
      'abcdefg',
    ],
    [
      'one segment that holds two waiting ones',
      100,
      [
        [102, 'c'],
        [101, 'bcde'],
        [100, 'a'],
      ],
      'abcde',
    ],
    [
      'around the end of the numbers',
      0xffff_fffe,
      [
        [0xffff_fffe, 'ab'],
        [0, 'cd'],
      ],
      'abcd',
    ],
    [
      'swapped around the end of the numbers',
      0xffff_fffe,
      [
        [0, 'cd'],
        [0xffff_fffe, 'ab'],
      ],
      'abcd',
    ],
    [
      'a keep-alive byte of the past',
      100,
      [
        [100, 'ab'],
        [101, 'x'],
        [102, 'cd'],
      ],
      'abcd',
    ],
    [
      'a first segment that counts the SYN not',
      101,
      [
        [100, 'abc'],
        [103, 'd'],
      ],
      'abcd',
    ],
    [
      'a keep-alive byte before any data',
      101,
      [
        [100, 'x'],
        [101, 'ab'],
      ],
      'ab',
    ],
    [
      'a missing segment',
      100,
      [
        [100, 'ab'],
        [104, 'ef'],
      ],
      'ab|ef',
    ],
    [
      'a missing first segment',
      100,
      [
        [104, 'ef'],
        [106, 'gh'],
      ],
      '|efgh',
    ],
    [
      'two gaps',
      100,
      [
        [104, 'ef'],
        [108, 'ij'],
      ],
      '|ef|ij',
    ],
    [
      'a start that was not seen',
      null,
      [
        [500, 'ab'],
        [502, 'cd'],
      ],
      'abcd',
    ],
    [
      'an earlier segment after a start that was not seen',
      null,
      [
        [502, 'cd'],
        [500, 'ab'],
        [504, 'ef'],
      ],
      'cd[ab]ef',
    ],
    [
      'a segment that the snap length cut',
      100,
      [
        [100, 'ab', 3],
        [105, 'fg'],
      ],
      'ab|fg',
    ],
    [
      'a cut segment that was waiting',
      100,
      [
        [102, 'cd', 2],
        [100, 'ab'],
        [106, 'gh'],
      ],
      'abcd|gh',
    ],
    [
      'a number far off',
      100,
      [
        [100, 'ab'],
        [900_000_100, 'xy'],
        [900_000_102, 'z'],
      ],
      'ab|xyz',
    ],
    [
      'a number far back',
      900_000_100,
      [
        [900_000_100, 'ab'],
        [100, 'xy'],
      ],
      'ab|xy',
    ],
  ])('delivers %s', (_, startAt, steps, expected) => {
    expect(deliver(startAt, steps)).toBe(expected);
  });

  it('waits for a missing segment', () => {
    expect(deliver(100, [[104, 'ef']], false)).toBe('');
  });

  it('takes only the first word on where the stream begins', () => {
    const log = new Log();
    const half = new HalfStream(log);
    half.startAt(100);
    half.startAt(50);
    half.push(100, Buffer.from('ab'), 0, 2, 0);
    expect(log.text).toBe('ab');
  });

  it('gives a gap up when too many segments wait behind it', () => {
    const steps = Array.from({ length: HELD_SEGMENTS_LIMIT + 1 }, (_, i): Step => [102 + 2 * i, 'cd']);
    expect(deliver(100, steps, false)).toBe(`|${'cd'.repeat(HELD_SEGMENTS_LIMIT + 1)}`);
  });

  it('gives a gap up when too many bytes wait behind it', () => {
    const large = 'x'.repeat(HELD_BYTES_LIMIT / 2);
    const steps: Step[] = [
      [101, large],
      [101 + large.length, large],
      [101 + 2 * large.length, 'y'],
    ];
    expect(deliver(100, steps, false)).toBe(`|${large}${large}y`);
  });

  it('holds no more bytes than the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200_000), fc.nat(9000)), { maxLength: 80 }), (segments) => {
        const half = new HalfStream(new Log());
        half.startAt(0);
        for (const [at, length] of segments) {
          half.push(at, new Uint8Array(length), 0, length, 0);
          expect(half.heldBytes).toBeLessThanOrEqual(HELD_BYTES_LIMIT);
        }
      }),
    );
  });

  const text = Array.from({ length: 400 }, (_, i) => String.fromCharCode(33 + (i % 90))).join('');
  const pieces = fc.array(fc.tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 90 })), { maxLength: 20 });

  it('delivers the same bytes whatever the order, the overlaps and the repetitions', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 20 }),
        pieces,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (cuts, extra, order, start) => {
          const bounds = [0, ...cuts.toSorted((a, b) => a - b), text.length];
          const whole = bounds.slice(1).map((end, i): Step => [start + (bounds[i] ?? 0), text.slice(bounds[i], end)]);
          const steps = [...whole, ...extra.map(([at, length]): Step => [start + at, text.slice(at, at + length)])];
          const shuffled = steps.map((step) => [order.next().value, step] as const).toSorted(([a], [b]) => a - b);
          expect(
            deliver(
              start,
              shuffled.map(([, step]) => step),
            ),
          ).toBe(text);
        },
      ),
    );
  });
});
