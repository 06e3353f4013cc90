import { describe, expect, it } from 'vitest';
import {
  facts,
  isBrief,
  list,
  notes,
  plainText,
  section,
  text,
  value,
  values,
} from '../../../src/report/blocks/blocks.ts';
import { BRIEF, PAGE, VERBOSE } from '../../support/fixtures/sections.ts';

describe('a text', () => {
  it('keeps values apart from words', () => {
    const host = value('plex.tv');
    expect(text`${host} is ${'denied'} by ${values(['a', 'b'])}`).toEqual([
      host,
      ' is ',
      'denied',
      ' by ',
      value('a'),
      ', ',
      value('b'),
    ]);
  });

  it('is plain without them', () => {
    expect(plainText(text`${value('plex.tv')} is ${text`not ${value('ok')}`}`)).toBe('plex.tv is not ok');
    expect(plainText('words')).toBe('words');
    expect(plainText(values(['a', 'b'], ' · '))).toBe('a · b');
  });
});

it('without content there is no block, and without blocks no section', () => {
  expect([facts([]), list([]), notes([])]).toEqual([[], [], []]);
  expect(section({ title: 'x', place: 'open', blocks: [] })).toEqual([]);
  expect(section({ title: 'x', place: 'open', blocks: notes(['y']) })).toHaveLength(1);
});

it('only a terminal without --verbose is brief', () => {
  expect([BRIEF, VERBOSE, PAGE].map(isBrief)).toEqual([true, false, false]);
});
