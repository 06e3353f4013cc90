import { describe, expect, it } from 'vitest';
import { REPORTS } from '../../support/fixtures/report.ts';
import { BRIEF, linesOf, PAGE, titlesOf, VERBOSE } from '../../support/fixtures/sections.ts';
import { sectionsOf } from '../../../src/report/view/sections.ts';

const CONDITION = '"An internet connection is required to scan library files"';

describe('the order', () => {
  const answer = [
    'SCAN REFUSED, reproduced',
    null,
    'Do this',
    `Endpoints (${REPORTS.observedBypass.endpoints.length})`,
  ];
  it('begins with the answer, which is all where no more is wanted', () => {
    expect(titlesOf(REPORTS.observedBypass, BRIEF)).toEqual([...answer, null]);
  });
  it('goes on with what the answer rests on', () => {
    expect(titlesOf(REPORTS.observedBypass)).toEqual([
      ...answer,
      CONDITION,
      'Other causes',
      'Endpoints by route',
      'Bypassing the proxy',
      'Watchers',
      'Not in the catalogue',
      "PMS's own log",
      'Findings',
      'Settings',
      null,
      null,
    ]);
  });
  it('is the same on a page', () => {
    expect(titlesOf(REPORTS.observedBypass, PAGE).slice(0, 5)).toEqual([...answer, CONDITION]);
  });
});

describe.each(Object.entries(REPORTS))('of %s', (_, report) => {
  it.each([
    ['brief', BRIEF],
    ['verbose', VERBOSE],
    ['page', PAGE],
  ] as const)('the %s view holds no empty section and no line break', (_name, options) => {
    for (const section of sectionsOf(report, options)) {
      expect(section.title ?? section.blocks.length).toBeTruthy();
      for (const line of linesOf(section)) expect(line).toMatch(/^[^\n]+$/);
    }
  });
  it('the answer is always there: the condition, bypasses and the verdict', () => {
    const [first, ...others] = sectionsOf(report, BRIEF);
    expect(first?.title).toMatch(/^[A-Z]{4}/);
    expect(others.flatMap(linesOf).join('\n')).toMatch(/^(?:Bypasses|Direct): /m);
    expect(titlesOf(report)).toEqual(expect.arrayContaining([CONDITION, 'Bypassing the proxy']));
  });
});
