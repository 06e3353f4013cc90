import { describe, expect, it } from 'vitest';
import { renderTap } from '../../src/report/tap.ts';
import { suitesOf } from '../../src/report/view/cases.ts';
import { REPORTS } from '../support/fixtures/report.ts';
import { HOSTILE, hostileReport, VAST, vastReport } from '../support/formats/hostile.ts';
import { parseTap } from '../support/formats/tap.ts';

const RESULTS = {
  passed: [true, null],
  warned: [false, 'TODO'],
  skipped: [true, 'SKIP'],
  failed: [false, null],
  crashed: [false, null],
} as const;

describe.each(Object.entries(REPORTS))('TAP of %s', (_, report) => {
  const tests = parseTap(renderTap(report));
  const cases = suitesOf(report).flatMap((suite) => suite.cases.map((each) => ({ ...each, suite: suite.name })));
  it('has each case with its result', () => {
    expect(tests.map(({ description, ok, directive }) => [description, ok, directive])).toEqual(
      cases.map(({ suite, name, status }) => [`${suite}: ${name}`, ...RESULTS[status]]),
    );
  });
  it('gives each reason, as a directive or as YAML', () => {
    expect(
      tests.map(({ directive, reason, diagnostics }) => (directive === null ? diagnostics['message'] : reason)),
    ).toEqual(cases.map(({ status, message }) => (status === 'warned' ? `warning: ${message}` : message)));
  });
});

it('a crash is told from a failure', () => {
  const severities = parseTap(renderTap(REPORTS.denied)).flatMap(({ description, diagnostics }) =>
    /clock-skew|proxy-denies-needed/.test(description) ? [diagnostics] : [],
  );
  expect(severities).toMatchObject([{ severity: 'fail' }, { severity: 'error' }]);
});

describe('hostile words', () => {
  it.each(HOSTILE)('%j stay words', (words) => {
    const tests = parseTap(renderTap(hostileReport(words)));
    const cases = suitesOf(hostileReport(words)).flatMap((suite) => suite.cases);
    expect(tests.map(({ directive }) => directive)).toEqual(cases.map(({ status }) => RESULTS[status][1]));
    const visible = (text: unknown): string => String(text).replace(/[^\p{L}\p{N}\p{P}\p{S}]|\p{So}/gu, '');
    expect(visible(tests[0]?.diagnostics['message'])).toBe(visible(words));
  });
});

it('a vast report has a line for each endpoint', () => {
  const tests = parseTap(renderTap(vastReport()));
  expect(tests.filter(({ description }) => description.startsWith('endpoints: '))).toHaveLength(VAST);
});

describe('the oracle refuses', () => {
  it.each([
    ['TAP version 13\n1..0\n', 'no version'],
    ['TAP version 14\n1..2\nok 1 - a\n', '2 planned, 1 there'],
    ['TAP version 14\n1..1\nok 2 - a\n', '2 out of order'],
    ['TAP version 14\n1..1\nok 1 - a # b\n', 'no test line'],
    ['TAP version 14\n1..1\nok 1 - a\nBail out!\n', 'no test line'],
    ['TAP version 14\n1..1\nok 1 - a\n  ---\n  message: "b"\n', 'do not end'],
    ['TAP version 14\n1..0', 'no line break at the end'],
  ])('%j', (document, message) => {
    expect(() => parseTap(document)).toThrow(message);
  });
});
