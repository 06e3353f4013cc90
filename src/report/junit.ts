import type { Report } from '../core/model/report.ts';
import { suitesOf, type Case, type Suite } from './view/cases.ts';

export function renderJunit(report: Report): string {
  const { tool, run } = report;
  return drawJunit(suitesOf(report), { name: `${tool.name} ${tool.version} ${run.command}`, at: run.startedAt });
}

interface Heading {
  readonly name: string;
  readonly at: string;
}

/**
 * JUnit XML, as CI systems read it: what the schema of Jenkins allows (junit-10.xsd of its xUnit plug-in), and nothing else. A warning is no
 * failure and must not look passed, so it counts as skipped.
 */
export function drawJunit(suites: readonly Suite[], { name, at }: Heading): string {
  const { skipped: _skipped, ...totals } = counts(suites.flatMap(({ cases }) => cases));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...totals })}>`,
    ...suites.flatMap((suite) => drawSuite(suite, at)),
    '</testsuites>',
    '',
  ].join('\n');
}

function drawSuite({ name, cases }: Suite, at: string): readonly string[] {
  return [
    `  <testsuite${attributes({ name, ...counts(cases), timestamp: at })}>`,
    ...cases.map((each) => drawCase(each, name)),
    '  </testsuite>',
  ];
}

function drawCase({ name, status, message, ms }: Case, suite: string): string {
  const opening = `    <testcase${attributes({ classname: suite, name, ...(ms === null ? {} : { time: (ms / 1000).toFixed(3) }) })}>`;
  return `${opening}${drawResult(status, message)}</testcase>`;
}

function drawResult(status: Case['status'], message: string): string {
  switch (status) {
    case 'passed':
      return `<system-out>${escape(message)}</system-out>`;
    case 'warned':
      return `<skipped${attributes({ message: `warning: ${message}` })}/>`;
    case 'skipped':
      return `<skipped${attributes({ message })}/>`;
    case 'failed':
      return `<failure${attributes({ message })}/>`;
    case 'crashed':
      return `<error${attributes({ message })}/>`;
  }
}

interface Counts extends Readonly<Record<string, number>> {
  readonly skipped: number;
}

function counts(cases: readonly Case[]): Counts {
  const count = (...statuses: readonly Case['status'][]): number =>
    cases.filter(({ status }) => statuses.includes(status)).length;
  return {
    tests: cases.length,
    failures: count('failed'),
    errors: count('crashed'),
    skipped: count('skipped', 'warned'),
  };
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');
}

/** Characters that XML 1.0 cannot hold (production Char), lone surrogates included; line breaks would not survive in attributes. */
const UNWRITABLE = /[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(UNWRITABLE, '\uFFFD')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
