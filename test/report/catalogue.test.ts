import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalog/index.ts';
import type { Endpoint } from '../../src/core/model/endpoint.ts';
import { catalogueDocument, renderEndpoints } from '../../src/report/catalogue.ts';

const NASTY: Endpoint = {
  id: 'nasty',
  kind: 'wildcard',
  host: '*.nasty.example',
  probeHost: 'a.nasty.example',
  port: 8443,
  scheme: 'https',
  purpose: '=cmd|x',
  need: 'feature',
  needByAgent: { music: 'scan' },
  breaks: 'Says "no", <b>really</b> | *all* of it.',
  mark: 'inferred',
  source: '-1+1 is my source',
  telemetry: false,
  path: '/',
  accepts: null,
  custom: true,
};

describe('text', () => {
  it.each([60, 80, 100, 200])('stays within %d columns', (width) => {
    for (const verbose of [false, true]) {
      const lines = renderEndpoints(CATALOGUE, 'text', { width, verbose }).split('\n');
      expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    }
  });

  it('names every host with its port, what is lost, and the agents that differ', () => {
    const text = renderEndpoints(CATALOGUE, 'text', { width: 400 });
    for (const { host, breaks } of CATALOGUE) {
      expect(text).toContain(host);
      expect(text).toContain(breaks);
    }
    expect(text).toContain('By agent: live-tv: scan.');
    expect(text).toContain('1900/udp');
    expect(text).toContain('Probed by r10.o.lencr.org.');
  });

  it('begins with what a scan needs and ends with what is safe to block', () => {
    const titles = renderEndpoints(CATALOGUE, 'text')
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line));
    expect(titles).toEqual([
      'Needed for a scan',
      'Needed for a feature',
      'Needed for libraries with other agents',
      'Optional',
      'Telemetry, safe to block',
    ]);
  });

  it('shows ids and sources only with --verbose', () => {
    const source = 'source linuxserver/docker-plex issue 420';
    expect(renderEndpoints(CATALOGUE, 'text')).not.toContain(source);
    const verbose = renderEndpoints(CATALOGUE, 'text', { verbose: true });
    expect(verbose).toContain(source);
    expect(verbose).toContain('id metadata-provider');
  });

  it('lines its columns up over all groups', () => {
    const columns = renderEndpoints(CATALOGUE, 'text')
      .split('\n')
      .filter((line) => line.includes('PORT'))
      .map((line) => line.indexOf('PORT'));
    expect(columns).toHaveLength(5);
    expect(new Set(columns).size).toBe(1);
  });

  it('uses ASCII typography where the locale has no other', () => {
    expect(renderEndpoints(CATALOGUE, 'text', { unicode: false })).not.toMatch(/[^\p{ASCII}]/u);
  });

  it.each([
    [0, '0 endpoints, 0 hosts'],
    [1, '1 endpoint, 1 host;'],
    [CATALOGUE.length, `${CATALOGUE.length} endpoints, ${new Set(CATALOGUE.map(({ host }) => host)).size} hosts;`],
  ])('counts %d', (count, words) => {
    expect(renderEndpoints(CATALOGUE.slice(0, count), 'text')).toContain(words);
  });
});

describe('json', () => {
  it('is the list itself', () => {
    expect(JSON.parse(renderEndpoints([...CATALOGUE, NASTY], 'json'))).toEqual({
      schemaVersion: 1,
      endpoints: [...CATALOGUE, NASTY],
    });
  });
});

describe('csv', () => {
  it('quotes, doubles quotes, and disarms formulas', () => {
    expect(renderEndpoints([NASTY], 'csv')).toBe(
      'id,kind,host,port,scheme,probe,path,purpose,need,needByAgent,breaks,mark,telemetry,custom,source\r\n' +
        "nasty,wildcard,*.nasty.example,8443,https,a.nasty.example,/,'=cmd|x,feature,music: scan," +
        '"Says ""no"", <b>really</b> | *all* of it.",inferred,false,true,\'-1+1 is my source\r\n',
    );
  });

  it('has one record an endpoint, all with as many fields', () => {
    const records = renderEndpoints(CATALOGUE, 'csv').trimEnd().split('\r\n');
    expect(records).toHaveLength(CATALOGUE.length + 1);
    const fields = records.map(
      (record) => record.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)?.filter((f) => f !== '').length,
    );
    expect(new Set(fields)).toEqual(new Set([15]));
  });

  it.each(['=1', '+1', '-1', '@x', '\tx'])('disarms %j', (purpose) => {
    expect(renderEndpoints([{ ...NASTY, purpose }], 'csv')).toContain(`,'${purpose},`);
  });
});

describe('markdown', () => {
  it('escapes what would leave its cell or become markup', () => {
    const row = renderEndpoints([NASTY], 'markdown').split('\n').at(-2);
    expect(row).toBe(
      String.raw`| ${'`'}*.nasty.example${'`'} | 8443 | =cmd\|x | feature; music: scan | Says "no", &lt;b&gt;really&lt;/b&gt; \| \*all\* of it. Probed by ${'`'}a.nasty.example${'`'}. | inferred | -1+1 is my source |`,
    );
  });

  it('has seven cells in every row', () => {
    const rows = renderEndpoints([...CATALOGUE, NASTY], 'markdown')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(CATALOGUE.length + 1 + 5 * 2);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(9);
  });

  it.each([
    ['owner/repo issue 7', '[owner/repo issue 7](https://github.com/owner/repo/issues/7)'],
    ['owner/re_po', '[owner/re\\_po](https://github.com/owner/re_po)'],
    ['owner/repo src/a.py', '[owner/repo](https://github.com/owner/repo/blob/HEAD/src/a.py)'],
    ['https://example.org/a_b', '<https://example.org/a_b>'],
    ['https://example.org/a|b', '`https://example.org/a\\|b`'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
  ])('links the source %s', (source, link) => {
    expect(renderEndpoints([{ ...NASTY, source }], 'markdown')).toContain(`| ${link} |`);
  });

  it('becomes the page of the catalogue', () => {
    const page = catalogueDocument(CATALOGUE);
    expect(page).toMatch(/^<!-- Generated from /);
    for (const { host } of CATALOGUE) expect(page).toContain(`\`${host}\``);
  });
});
