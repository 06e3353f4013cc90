import type { Report } from '../../../src/core/model/report.ts';
import { finding, reportFixture, REPORTS } from '../fixtures/report.ts';

/** Words that would end an element, a comment, a line, a directive or a document, and characters that no format may write as they are. */
export const HOSTILE: readonly string[] = [
  '</testcase><testcase name="x"/>',
  ']]>',
  '<!-- <![CDATA[ <?php ?>',
  '"quoted" & \'apostrophe\' &amp; &undefined;',
  'a # SKIP all of it',
  String.raw`a \# b \\`,
  'one\nnot ok 1 - two\r\nBail out!\n  ---\n  ...\n1..0',
  '  ---',
  '\u0000\u0001\u0008\u000B\u001B[31m\u007F\u0085\u009F',
  '\uFFFE\uFFFF\u{1FFFE}\uFEFF\u2028\u2029\u202E',
  '\uD800 lone \uDC00',
  '音楽 \u{1F3B5}',
];

/** A report whose names and sentences are all the same words. */
export function hostileReport(words: string): Report {
  const [endpoint] = REPORTS.denied.endpoints;
  return reportFixture({
    endpoints: endpoint === undefined ? [] : [{ ...endpoint, host: words, purpose: words }],
    findings: [finding(words, { text: words }), finding('b', { text: words, verdict: 'inconclusive' })],
    summary: { verdict: 'problems', exitCode: 1, because: words, counts: {} },
    expectations: {
      policy: words,
      checked: 2,
      violations: [{ endpoint: 'x', host: words, aspect: 'direct', expected: words, actual: words }],
    },
  });
}

/** More endpoints than any screen, forum or table was made for. */
export const VAST = 2_000;

/** A report of that many endpoints. */
export function vastReport(): Report {
  const [endpoint] = REPORTS.denied.endpoints;
  const endpoints = Array.from({ length: VAST }, (_, i) =>
    endpoint === undefined ? [] : [{ ...endpoint, id: `e${i}`, host: `h${i}.example.org` }],
  ).flat();
  return reportFixture({ endpoints });
}
