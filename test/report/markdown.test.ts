import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { renderers } from '../../src/report/index.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { finding, reportFixture, REPORTS } from '../support/report-fixture.ts';

/** What an HTML parser would see outside code spans: pseudonyms there would vanish as unknown tags. */
function outsideCode(markdown: string): string {
  return markdown.replace(/(`+)[^`].*?\1/g, '');
}
const reports: readonly (readonly [string, Report])[] = Object.entries(REPORTS);

describe('every report', () => {
  it.each(reports)('%s: pseudonyms survive and no other tags appear', (_, report) => {
    const tags = outsideCode(renderMarkdown(report, { verbose: true })).match(/<[^>]*>/g) ?? [];
    const known = new Set(['<details>', '</details>', '<summary>', '</summary>', '<sub>', '</sub>']);
    expect(tags.filter((tag) => !known.has(tag))).toEqual([]);
  });
  it.each(reports)('%s: tables have one number of cells in every row', (_, report) => {
    for (const block of renderMarkdown(report, { verbose: true }).split('\n\n')) {
      const rows = block.split('\n').filter((line) => line.startsWith('|'));
      const cells = rows.map((row) => row.replace(/\\\|/g, '').split('|').length);
      expect(new Set(cells).size).toBeLessThanOrEqual(1);
    }
  });
  it.each(reports)('%s: folded parts open after an empty line, and are closed', (_, report) => {
    const text = renderMarkdown(report, { verbose: true });
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text.match(/<\/summary>\n\n/g)?.length).toBe(text.match(/<\/summary>/g)?.length);
    expect(text.match(/\n\n<\/details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });
  it.each(reports)('%s: fits into a forum post', (_, report) => {
    expect(renderMarkdown(report, { verbose: false }).length).toBeLessThan(32_000);
  });
});

describe('the summary', () => {
  const text = renderMarkdown(REPORTS.denied, { verbose: false });
  const [summary = ''] = text.split('<details>');
  it('has the answer on top', () => {
    expect(text.split('\n')[0]).toMatch(
      /^\*\*PROBLEMS\*\*: the proxy denies metadata\.provider\.plex\.tv \(exit code 1/,
    );
  });
  it.each([
    '`http://<proxy-1>:3128`, from the environment of pid 812',
    '`no_proxy=localhost,127.0.0.1,.<domain-1>`',
    '5 proxy only · 2 unreachable',
    "not observed: nobody watched PMS's traffic in this run",
    'WOULD OCCUR',
    'confirmed: `proxy-denies`',
    '1. Allow metadata.provider.plex.tv on the proxy',
  ])('says %s', (words) => {
    expect(summary).toContain(words);
  });
  it('lists unmet expectations', () => {
    expect(renderMarkdown(REPORTS.expectations, { verbose: false })).toContain(
      '| `plex.tv` | direct | `blocked` | `ok` |',
    );
  });
});

describe('hostile text', () => {
  const text = 'a <b> | `c` *d* _e_ [f](g) @h\n# i <lan-ip-1>';
  it('comes out as it is, on one line', () => {
    const out = renderMarkdown(reportFixture({ findings: [finding('x', { text })] }), { verbose: false });
    expect(out).toContain(String.raw`a &lt;b&gt; \| \`c\` \*d\* \_e\_ \[f\](g) \@h \# i &lt;lan-ip-1&gt;`);
  });
  it('does not break out of code spans', () => {
    const proxy = { ...REPORTS.allowed.proxy, noProxy: 'a`b|c' };
    expect(renderMarkdown(reportFixture({ proxy }), { verbose: false })).toContain(
      String.raw`${'``'}no_proxy=a${'`'}b|c${'``'}`,
    );
  });
});

it('a pipe does not end a table cell', () => {
  const violations = [{ endpoint: 'x', host: 'a|b', aspect: 'direct', expected: 'ok', actual: 'x' }] as const;
  const report = reportFixture({ expectations: { policy: 'p', checked: 1, violations } });
  expect(renderMarkdown(report, { verbose: false })).toContain('| `a\\|b` | direct |');
});

describe('renderers', () => {
  const options = { width: 100, colour: false, unicode: true, verbose: false };
  it.each(Object.entries(renderers))('%s ends with one line break', (_, renderer) => {
    expect(renderer(REPORTS.denied, options)).toMatch(/[^\n]\n$/);
  });
  it('json is the report', () => {
    expect(JSON.parse(renderers.json(REPORTS.denied))).toEqual(REPORTS.denied);
  });
});
