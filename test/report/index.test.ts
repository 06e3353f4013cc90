import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/report/index.ts';
import { DEFAULT_OPTIONS } from '../../src/report/blocks/options.ts';
import { compared } from '../support/fixtures/compare.ts';
import { REPORTS } from '../support/fixtures/report.ts';

describe.each(Object.entries(FORMATS))('%s', (_, { render, compare }) => {
  it.each(Object.entries(REPORTS))('compares, and ends with one line break: %s', (_name, report) => {
    expect(compare(compared(REPORTS.allowed, report), DEFAULT_OPTIONS)).toMatch(/[^\n]\n$/);
  });

  it.each(Object.entries(REPORTS))('ends with one line break: %s', (_name, report) => {
    expect(render(report, DEFAULT_OPTIONS)).toMatch(/[^\n]\n$/);
  });
});

it('json is the report', () => {
  expect(JSON.parse(FORMATS.json.render(REPORTS.denied))).toEqual(REPORTS.denied);
});
