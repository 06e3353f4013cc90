import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/model/report.ts';
import { drawMarkdown, renderMarkdown } from '../../../src/report/markdown/report.ts';
import { EMPTY_TRAFFIC, finding, reportFixture, REPORTS } from '../../support/fixtures/report.ts';
import { hostileReport, VAST, vastReport } from '../../support/formats/hostile.ts';

/** The text that an HTML parser would see outside code spans: pseudonyms there would vanish as unknown tags. */
function outsideCode(markdown: string): string {
  return markdown.replace(/(`+)[^`].*?\1/g, '');
}
const reports: readonly (readonly [string, Report])[] = Object.entries(REPORTS);

describe('every report', () => {
  it.each(reports)('%s: pseudonyms survive and no other tags appear', (_, report) => {
    const tags = outsideCode(renderMarkdown(report, { verbose: true })).match(/<[^>]*>/g) ?? [];
    const known = new Set([
      '<details>',
      '</details>',
      '<summary>',
      '</summary>',
      '<sub>',
      '</sub>',
      '<code>',
      '</code>',
    ]);
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

describe('what stands open', () => {
  const text = renderMarkdown(REPORTS.denied, { verbose: false });
  const [open = ''] = text.split('<details>');
  it('has the answer on top', () => {
    expect(text).toMatch(
      /^❌ \*\*SCANS WOULD FAIL\*\* · pms-proxy-doctor 0\.1\.0 check · 14:03 UTC\n\n- The proxy refuses an endpoint \\\[`proxy-denies`\\\]\n/,
    );
  });
  it.each([
    '- **Proxy**: `http://<proxy-1>:3128`, from the environment of pid 812; no\\_proxy `localhost,127.0.0.1,.<domain-1>`\n',
    '**"An internet connection is required to scan library files"**: WOULD OCCUR\n',
    '- **confirmed**: The proxy refuses an endpoint \\[`proxy-denies`\\]',
    '**Do this**\n\n1. Allow `metadata.provider.plex.tv` on the proxy',
  ])('says %s', (words) => {
    expect(open).toContain(words);
  });
  it('lists unmet expectations', () => {
    expect(renderMarkdown(REPORTS.expectations, { verbose: false }).split('<details>')[0]).toContain(
      '2 of 62 expectations are not met.\n\n- ❌ `plex.tv`: direct should be `blocked`, is `ok`\n',
    );
  });
});

describe('what is folded', () => {
  const COUNT = REPORTS.observedBypass.endpoints.length;
  const text = renderMarkdown(REPORTS.observedBypass, { verbose: false });
  it.each([
    `<summary>Endpoints by route: ${COUNT} endpoints in 12.4 s: 1 PMS goes both ways · 2 PMS goes direct · ${COUNT - 3} proxy only; 3 seen going around the proxy</summary>`,
    '<summary>Bypassing the proxy: observed to <code>metadata.provider.plex.tv:443</code>, <code>plex.tv:443</code>,',
    '- `Plex Media Scanner (pid 931)` → `metadata.provider.plex.tv:443`: direct, no reply, 4 attempts\n  - capture, sockets: SNI, DNS · never asked of the proxy',
    '<summary>Watchers</summary>',
    '```yaml\nadd:\n  - host: ech.example.com',
    '- ❌ **scan refused**: section 4: 503 at 14:02:11',
    '- `metadata.provider.plex.tv`: Connection timed out (curl 28), 4×',
    'PMS goes direct; seen going around the proxy 1×, no reply; never asked of the proxy |',
    '<summary>Variables and clients</summary>',
  ])('says %s', (words) => {
    expect(text).toContain(words);
  });
  it('tells what was seen as seen', () => {
    const read = renderMarkdown(REPORTS.readOnly, { verbose: false });
    expect(read).toContain('|  | Endpoint | Needed for | Seen direct | Seen via proxy | Way taken |');
    expect(read).toContain('- ❌ `notes.pdf`: not read · pdf');
  });
  it('lists all connections with --verbose', () => {
    expect(text).not.toContain('Every connection');
    expect(renderMarkdown(REPORTS.observedBypass, { verbose: true })).toContain(
      '<summary>Every connection that was seen</summary>',
    );
  });
});

it('ends with small print', () => {
  expect(renderMarkdown(REPORTS.denied)).toMatch(
    /\n\n<sub>Sanitized: .*<\/sub>\n\n<sub>Causes: .*<\/sub>\n\n<sub>exit 1: .*<\/sub>\n$/,
  );
});

describe('hostile text', () => {
  const text = 'a <b> | `c` *d* _e_ [f](g) @h\n# i <lan-ip-1>';
  it('comes out as it is, on one line', () => {
    const out = renderMarkdown(reportFixture({ findings: [finding('x', { text })] }), { verbose: false });
    expect(out).toContain(String.raw`a &lt;b&gt; \| \`c\` \*d\* \_e\_ \[f\](g) ${'`@h`'} \# i &lt;lan-ip-1&gt;`);
  });
  it('does not break out of code spans', () => {
    const proxy = { ...REPORTS.allowed.proxy, noProxy: 'a`b|c' };
    expect(renderMarkdown(reportFixture({ proxy }), { verbose: false })).toContain(
      String.raw`no\_proxy ${'``'}a${'`'}b|c${'``'}`,
    );
  });
  it('does not end a table cell', () => {
    const [first] = REPORTS.allowed.endpoints;
    const endpoints = first === undefined ? [] : [{ ...first, host: 'a|b', purpose: 'c|d' }];
    expect(renderMarkdown(reportFixture({ endpoints }))).toMatch(/^\| ✅ \| `a\\\|b` \| c\\\|d · scan \|/m);
  });
  it('does not end a block of code', () => {
    const unlisted = [{ ...REPORTS.readOnly.traffic!.unlisted[0]!, host: 'a```b' }];
    const hostile = renderMarkdown(reportFixture({ traffic: { ...EMPTY_TRAFFIC, unlisted } }), { verbose: false });
    expect(hostile).toContain('````yaml\n');
    expect(hostile).toContain('\n````\n');
  });
});

/** Words as forums see them: without code, of which they make nothing. */
function live(markdown: string): string {
  return markdown
    .replace(/^( *)(`{3,})\w*\n[^]*?\n\1\2$/gm, '')
    .replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '')
    .replace(/<code>[^]*?<\/code>/g, '');
}

describe('words that forums make something of', () => {
  it.each([
    ['a mention', '@name'],
    ['a mention in brackets', '(@name)'],
    ['a mention behind a word', 'a/@name/b'],
    ['an address of mail', 'a@b.example'],
    ['a link', 'https://evil.example/x?y'],
    ['a link of Markdown', '[a](https://evil.example)'],
    ['an image', '![a](https://evil.example/a.png)'],
    ['an image of HTML', '<img src=//evil.example/a.png>'],
    ['a host', 'evil.example'],
    ['a host that ends a sentence', 'see evil.com.'],
    ['a host of www', 'www.evil'],
    ['an issue', '#1'],
    ['an issue elsewhere', 'owner/repo#1'],
    ['an issue by name', 'GH-1'],
    ['a commit', '0123456789abcdef0123456789abcdef01234567'],
    ['an emoji', ':smile:'],
    ['an emoticon', ':)'],
  ])('%s stands in code', (_, word) => {
    for (const text of [word, `a ${word} b`, `a "${word}", b`]) {
      const out = live(
        drawMarkdown([
          { title: text, place: 'open', blocks: [{ kind: 'notes', notes: [text] }] },
          { title: text, place: 'folded', blocks: [{ kind: 'list', items: [{ text, detail: text }] }] },
          { title: null, place: 'small', blocks: [{ kind: 'notes', notes: [text] }] },
        ]),
      );
      expect(out.replace(/\\(?=\W)/g, '')).not.toMatch(/@|:\/\/|www|evil|#\d|GH-|[\da-f]{40}|:smile:|:\)|!\[|<img/);
    }
  });

  it.each(['version 1.41.8', '20:16:03 UTC', 'read Plex Media Server.log', '3.0 s, at once; done.', 'a 32 B'])(
    'plain words stay plain: %s',
    (text) => {
      expect(drawMarkdown([{ title: text, place: 'open', blocks: [] }])).toBe(`**${text}**\n`);
    },
  );
});

describe('commands', () => {
  it.each(['a  b', "printf '`x`'", 'echo "```"', 'a | b && c > d', 'one\n```\ntwo'])(
    '%j is copied as it is',
    (command) => {
      const out = drawMarkdown([
        { title: null, place: 'open', blocks: [{ kind: 'steps', steps: [{ text: 'Run', commands: [command] }] }] },
      ]);
      const [, fence = '', lines = ''] = /^ {3}(`{3,})sh\n([^]*?)\n {3}\1$/m.exec(out) ?? [];
      expect(lines.split('\n').map((line) => line.slice(3))).toEqual(command.split('\n'));
      expect(out.slice(out.indexOf(`${fence}sh`)).split(fence)).toHaveLength(3);
    },
  );
});

describe('a report that is too long for a post', () => {
  const long = 'word '.repeat(20_000);
  it.each<[string, Report]>([
    ['a vast report', vastReport()],
    ['one endless word', hostileReport('x'.repeat(40_000))],
    ['endless words', hostileReport(long)],
    ['characters that grow when they are escaped', hostileReport('&'.repeat(40_000))],
    ['thousands of findings', reportFixture({ findings: Array.from({ length: 4_000 }, (_, i) => finding(`f${i}`)) })],
  ])('%s: fits, is closed, and says what was cut', (_, report) => {
    for (const verbose of [false, true]) {
      const out = renderMarkdown(report, { verbose });
      expect(out.length).toBeLessThanOrEqual(32_000);
      expect(out).toMatch(/\d+ (?:more left out here|characters? left out)/);
      expect(out).toMatch(/<sub>Shortened to .*<\/sub>\n$/);
      expect(out.match(/<details>/g)?.length).toBe(out.match(/<\/details>/g)?.length);
    }
  });

  it('keeps failures, and counts the rest', () => {
    const all = vastReport().endpoints;
    const endpoints = all.map((each, i): typeof each =>
      i < VAST - 1 || each.proxy === null
        ? each
        : { ...each, proxy: { ...each.proxy, outcome: 'denied' }, conclusion: 'neither' },
    );
    const out = renderMarkdown(reportFixture({ endpoints }), { verbose: false });
    const rows = out.match(/^\| \S+ \| `h\d+/gm) ?? [];
    expect(rows.length).toBeGreaterThan(100);
    expect(out).toContain(`\`h${VAST - 1}.example.org\``);
    expect(out).toContain(`${VAST - rows.length} more left out here`);
  });

  it('never cuts a command', () => {
    const commands = [`echo ${'x'.repeat(50_000)}`, 'echo short'];
    const out = drawMarkdown([
      { title: null, place: 'open', blocks: [{ kind: 'steps', steps: [{ text: 'Run', commands }] }] },
    ]);
    expect(out).toContain('   echo short\n');
    expect(out).not.toContain('xx');
    expect(out).toContain('1 command left out here');
  });
});
