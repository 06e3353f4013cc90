import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Statement } from '../../../src/core/model/statement.ts';
import { fill, outline, sayFrom, type Args, type Placeholders } from '../../../src/core/words/message.ts';

const say = sayFrom({
  plain: 'PMS goes direct',
  answers: '{target} answers[ in {ms} ms]',
  failed: '{host} failed {count:once|# times}',
  earlier: 'earlier it was different: {statement}',
});

describe('a statement', () => {
  it.each<[Statement, Statement]>([
    [say('plain'), { message: 'plain', args: {}, text: 'PMS goes direct' }],
    [
      say('answers', { target: 'plex.tv:443', ms: 41 }),
      { message: 'answers', args: { target: 'plex.tv:443', ms: 41 }, text: 'plex.tv:443 answers in 41 ms' },
    ],
    [
      say('answers', { target: 'plex.tv:443', ms: null }),
      { message: 'answers', args: { target: 'plex.tv:443' }, text: 'plex.tv:443 answers' },
    ],
    [
      say('earlier', { statement: say('failed', { host: 'plex.tv', count: 1 }) }),
      {
        message: 'earlier/failed',
        args: { host: 'plex.tv', count: 1 },
        text: 'earlier it was different: plex.tv failed once',
      },
    ],
  ])('%j', (made, expected) => {
    expect(made).toEqual(expected);
  });

  it('needs what its message names, and nothing else', () => {
    expectTypeOf<Placeholders<'{host} failed {count:once|# times}[ in {ms} ms]'>>().toEqualTypeOf<
      'host' | 'count' | 'ms'
    >();
    expectTypeOf<Args<'{host}[ in {ms} ms]'>>().toEqualTypeOf<{
      readonly host: string | number;
      readonly ms: string | number | null;
    }>();
    expectTypeOf<Args<'{count:once|# times}: {statement}'>>().toEqualTypeOf<{
      readonly count: number;
      readonly statement: Statement;
    }>();
    // @ts-expect-error an unknown message
    expect(say('unheard').text).toBe('unheard');
    // @ts-expect-error a placeholder without an argument
    expect(say('answers', { ms: 1 }).text).toBe('{target} answers in 1 ms');
    // @ts-expect-error an argument that no placeholder asks for
    expect(say('plain', { host: 'plex.tv' }).text).toBe('PMS goes direct');
  });
});

describe('fill', () => {
  it.each<[string, Statement['args'], string]>([
    ['{a} and {b}', { a: 1, b: 'x' }, '1 and x'],
    ['{missing}', {}, '{missing}'],
    ['{a}', { a: '{b}' }, '{b}'],
    ['$& {a}', { a: '$&' }, '$& $&'],
    ['{n:once|# times}', { n: 1 }, 'once'],
    ['{n:once|# times}', { n: 0 }, '0 times'],
    ['scanned{n:| again}', { n: 1 }, 'scanned'],
    ['scanned{n:| again}', { n: 2 }, 'scanned again'],
    ['a[ ({b})]', { b: 'x' }, 'a (x)'],
    ['a[ ({b})]', {}, 'a'],
    ['a[ {b} of {c}]', { b: 1 }, 'a'],
    ['no_proxy=::1,[::1] for {a}', { a: 'PMS' }, 'no_proxy=::1,[::1] for PMS'],
    ['a[ ({b})]', { b: '[c]' }, 'a ([c])'],
  ])('%j with %j', (template, args, text) => {
    expect(fill(template, args)).toBe(text);
  });
});

it('is outlined with the form for many', () => {
  expect(outline('{host} failed {count:once|# times}[ in {ms} ms]', (name) => `<${name}>`)).toBe(
    '<host> failed <count> times[ in <ms> ms]',
  );
});
