import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSanitizer } from '../../../src/sanitize/lines/line-sanitizer.ts';
import { hideLogParts } from '../../../src/sanitize/rules/log-lines.ts';
import { Sanitizer } from '../../../src/sanitize/sanitizer.ts';
import { NO_SEEDS, type Seeds } from '../../../src/sanitize/values/seeds.ts';
import { runs } from '../../support/fuzz.ts';
import { library, mixture } from '../../support/logs/pms-log-builder.ts';

const SEEDS: Seeds = {
  ...NO_SEEDS,
  hostnames: ['zqnas42', 'zqbox'],
  users: ['zqjane7', 'someone'],
  domains: ['zq4.lan'],
};
const made = (): Sanitizer => new Sanitizer(SEEDS, [hideLogParts], true);

function fast(lines: readonly string[], sizes: readonly number[] = [1 << 16]): string {
  const sanitizer = new LineSanitizer(made());
  const bytes = Buffer.from(lines.join('\n'));
  const out: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    out.push(...sanitizer.push(bytes.subarray(at, at + size)).map((each) => Buffer.from(each)));
    at += size;
  }
  out.push(...sanitizer.end());
  return Buffer.concat(out).toString();
}

function slow(lines: readonly string[]): string {
  const sanitizer = made();
  return lines.map((line) => sanitizer.text(line)).join('\n');
}

const digits = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789'.split('')), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const hex = fc
  .array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: 1, maxLength: 13 })
  .map((all) => all.join(''));
const octet = fc.integer({ min: 0, max: 300 });
const dotted = fc.tuple(octet, octet, octet, octet).map((all) => all.join('.'));
const word = fc.oneof(
  fc.integer({ min: 1, max: 12 }).chain(digits),
  hex,
  dotted,
  dotted.map((all) => `${all}:32400`),
  dotted.map((all) => `${all}/24`),
  dotted.map((all) => `v${all}`),
  dotted.map((all) => all.replaceAll('.', '-')),
  dotted.map((all) => all.replaceAll('.', '_')),
  dotted.map((all) => all.replaceAll('.', '[.]')),
  dotted.map((all) => `${all}.443`),
  dotted.map((all) => `(${all.replaceAll('.', ',')},4,1)`),
  fc.array(hex, { minLength: 2, maxLength: 9 }).map((all) => `${all.join('')}:1F90`),
  hex.map((all) => `0x${all}`),
  fc.array(fc.constantFrom('a', '1', '7a'), { minLength: 14, maxLength: 30 }).map((all) => all.join('')),
  digits(1).map((one) => `S-${one}-5-21-1004336348`),
  digits(2).map((two) => `zq${two}x`),
  digits(2).map((two) => `zqnas${two}`),
  digits(1).map((one) => `zqjane${one}`),
  digits(1).map((one) => `http://cdn.zq${one}.lan/x`),
  digits(2).map((two) => `a%${two}b`),
  digits(1).map((one) => `fd12::${one}`),
  digits(10).map((ten) => `http://${ten}/`),
  digits(2).map((two) => `10.${two}.*`),
  fc.constantFrom(
    'Token (',
    'someone',
    ') ',
    '[',
    ']',
    'GET',
    'plex.tv',
    '=',
    '"',
    'token=',
    '/mnt/a b/',
    '.mkv',
    '-',
    ':',
    '#',
    'HCl#',
    'User is ',
  ),
);
const line = fc.array(word, { minLength: 1, maxLength: 7 }).map((words) => words.join(' '));
/** Lines of few shapes, so that most of them meet one that was there before. */
const family = fc.array(word, { minLength: 1, maxLength: 5 }).chain((words) =>
  fc.array(
    fc.integer().map((seed) =>
      words
        .map((each, i) =>
          each.replace(/\d/g, (digit, at: number) =>
            String((Number(digit) + seed * (i + 1) + at + 1000) % 10)
              .slice(-1)
              .replace('-', '1'),
          ),
        )
        .join(' '),
    ),
    { minLength: 2, maxLength: 6 },
  ),
);

describe('lines that differ in figures', () => {
  it('are sanitized as each of them alone would be', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(line, { maxLength: 6 }), family), (lines) => {
        expect(fast(lines)).toBe(slow(lines));
      }),
      runs(200),
    );
  });
  it('in chunks of any size', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (lines, sizes) => {
          expect(fast(lines, sizes)).toBe(fast(lines));
        },
      ),
      runs(33),
    );
  });
  it('as PMS writes them', () => {
    const block = mixture(7, { lines: 0, failures: 0, answers: 0 }).next().value.split('\n');
    expect(fast(block).split('\n')).toEqual(slow(block).split('\n'));
  });
  it('and other titles in each', () => {
    const block = library(7).next().value.split('\n');
    expect(fast(block).split('\n')).toEqual(slow(block).split('\n'));
  });
});

describe('what a line keeps', () => {
  it.each([
    ['its end', 'a 10.0.0.7\r\nb\r\n', 'a <lan-ip-1>\r\nb\r\n'],
    ['bytes that are no text', Buffer.from('61ff620a', 'hex'), Buffer.from('61ff620a', 'hex')],
    ['a missing end', 'a\nb', 'a\nb'],
  ])('%s', (_, input, expected) => {
    const sanitizer = new LineSanitizer(made());
    const out = Buffer.concat([
      ...sanitizer.push(Buffer.from(input)).map((each) => Buffer.from(each)),
      ...sanitizer.end(),
    ]);
    expect(out).toEqual(Buffer.from(expected));
  });
});
