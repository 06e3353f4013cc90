import type { Report } from '../core/model/report.ts';
import { suitesOf, type Case, type Suite } from './view/cases.ts';

export function renderTap(report: Report): string {
  return drawTap(suitesOf(report));
}

/** TAP 14 (testanything.org): a plan and one line for each case. A warning is not ok, but no failure: TAP calls that TODO. */
export function drawTap(suites: readonly Suite[]): string {
  const cases = suites.flatMap((suite) => suite.cases.map((each) => ({ ...each, suite: suite.name })));
  return [
    'TAP version 14',
    `1..${cases.length}`,
    ...cases.flatMap((each, i) => [testLine(each, i + 1, each.suite), ...diagnostics(each)]),
    '',
  ].join('\n');
}

function testLine({ name, status, message }: Case, number: number, suite: string): string {
  const words = `${number} - ${escape(`${suite}: ${name}`)}`;
  switch (status) {
    case 'passed':
      return `ok ${words}`;
    case 'skipped':
      return `ok ${words} # SKIP ${escape(message)}`;
    case 'warned':
      return `not ok ${words} # TODO warning: ${escape(message)}`;
    case 'failed':
    case 'crashed':
      return `not ok ${words}`;
  }
}

/** A YAML document below the line. JSON strings are YAML. */
function diagnostics({ status, message, ms }: Case): readonly string[] {
  if (status === 'skipped' || status === 'warned') return [];
  return [
    '  ---',
    `  message: ${JSON.stringify(writable(message))}`,
    `  severity: ${status === 'crashed' ? 'error' : status === 'failed' ? 'fail' : 'comment'}`,
    ...(ms === null ? [] : [`  duration_ms: ${ms}`]),
    '  ...',
  ];
}

/** A hash begins a directive, and a backslash escapes it. */
function escape(text: string): string {
  return writable(text).replace(/[\\#]/g, String.raw`\$&`);
}

/** On one line, without characters that YAML counts as unprintable. */
function writable(text: string): string {
  return text
    .replace(/[\s\u0085\u2028\u2029]+/g, ' ')
    .trim()
    .replace(/[^\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
