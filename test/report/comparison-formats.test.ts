import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/core/compare/summary.ts';
import type { Comparison } from '../../src/core/model/comparison.ts';
import type { Report } from '../../src/core/model/report.ts';
import { DEFAULT_OPTIONS } from '../../src/report/blocks/options.ts';
import { comparisonWords } from '../../src/report/comparison/sections.ts';
import { comparisonSuites } from '../../src/report/comparison/suites.ts';
import { FORMATS } from '../../src/report/index.ts';
import { widthOf } from '../../src/report/text/width.ts';
import { compared } from '../support/fixtures/compare.ts';
import { REPORTS } from '../support/fixtures/report.ts';
import { parseExposition } from '../support/formats/exposition.ts';
import { parseGelf } from '../support/formats/gelf.ts';
import { HOSTILE, hostileReport, VAST, vastReport } from '../support/formats/hostile.ts';
import { parseTap } from '../support/formats/tap.ts';
import { parseXml } from '../support/formats/xml.ts';

const PAIRS = Object.entries(REPORTS).flatMap(([name, report]): readonly [string, Comparison][] => [
  [`allowed, then ${name}`, compared(REPORTS.allowed, report)],
  [`${name}, then allowed`, compared(report, REPORTS.allowed)],
]);

describe.each(PAIRS)('%s', (_, comparison) => {
  const count = changesOf(comparison).length;

  it('has the answer first for people', () => {
    const flat = (text: string): string =>
      text.replace(/[\\`]/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/\s+/g, ' ');
    const text = FORMATS.text.compare(comparison, DEFAULT_OPTIONS);
    expect(flat(text.split('\n\n')[0] ?? '')).toContain(flat(comparisonWords(comparison)));
    expect(flat(FORMATS.markdown.compare(comparison, DEFAULT_OPTIONS).split('\n')[0] ?? '')).toContain(
      flat(comparisonWords(comparison)),
    );
  });

  it.each([60, 80, 100])('is not wider than %i columns', (width) => {
    for (const verbose of [false, true]) {
      const lines = FORMATS.text.compare(comparison, { ...DEFAULT_OPTIONS, width, verbose }).split('\n');
      expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    }
  });

  it('has a case for each change, and fails only where it is worse', () => {
    const cases = comparisonSuites(comparison).flatMap((suite) => suite.cases);
    expect(cases).toHaveLength(count + 1);
    expect(cases.some(({ status }) => status === 'failed')).toBe(comparison.summary.exitCode === 1);
    expect(parseTap(FORMATS.tap.compare(comparison))).toHaveLength(count + 1);
    const root = parseXml(FORMATS.junit.compare(comparison));
    expect(root.children.flatMap(({ children }) => children)).toHaveLength(count + 1);
  });

  it('has metrics and messages for each change', () => {
    const series = parseExposition(FORMATS.prometheus.compare(comparison));
    expect(series[0]).toMatchObject({
      name: 'pms_proxy_doctor_comparison_exit_code',
      value: comparison.summary.exitCode,
    });
    expect(series.slice(1).reduce((sum, { value }) => sum + value, 0)).toBe(count);
    expect(parseGelf(FORMATS.gelf.compare(comparison))).toHaveLength(count + 1);
  });
});

describe('hostile words', () => {
  const [first] = REPORTS.denied.endpoints;
  it.each(HOSTILE)('%j stay words', (words) => {
    const report: Report = {
      ...hostileReport(words),
      endpoints: first === undefined ? [] : [{ ...first, id: words, host: words }],
    };
    const comparison = compared({ ...report, proxy: { ...report.proxy, noProxy: words } }, REPORTS.allowed);
    const count = changesOf(comparison).length + 1;
    expect(parseTap(FORMATS.tap.compare(comparison))).toHaveLength(count);
    expect(parseGelf(FORMATS.gelf.compare(comparison))).toHaveLength(count);
    expect(parseXml(FORMATS.junit.compare(comparison)).children.flatMap(({ children }) => children)).toHaveLength(
      count,
    );
    expect(() => parseExposition(FORMATS.prometheus.compare(comparison))).not.toThrow();
  });
});

it('the endpoints of vast reports are compared', () => {
  const comparison = compared(vastReport(), { ...vastReport(), endpoints: [] });
  expect(comparison.endpoints).toHaveLength(VAST);
  expect(FORMATS.text.compare(comparison, DEFAULT_OPTIONS)).toContain(`${VAST} needed endpoints`);
  expect(FORMATS.text.compare(comparison, DEFAULT_OPTIONS).split('\n').length).toBeLessThan(100);
});
