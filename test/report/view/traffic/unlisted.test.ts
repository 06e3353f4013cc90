import { describe, expect, it } from 'vitest';
import { parseEndpointsFile } from '../../../../src/catalog/endpoints-file.ts';
import type { Report, Unlisted } from '../../../../src/core/model/report.ts';
import { renderText } from '../../../../src/report/text/report.ts';
import { DEFAULT_OPTIONS } from '../../../../src/report/blocks/options.ts';
import { EMPTY_TRAFFIC, reportFixture, REPORTS } from '../../../support/fixtures/report.ts';
import { titlesOf, told, VERBOSE } from '../../../support/fixtures/sections.ts';

const TITLE = 'Not in the catalogue';
const host = (name: string, more: Partial<Unlisted> = {}): Unlisted => ({
  host: name,
  port: 443,
  scheme: 'https',
  routes: ['proxy'],
  outcome: 'ok',
  processes: [],
  count: 2,
  ...more,
});
const UNLISTED = [
  host('posters.example.org'),
  host('10.0.0.7', { port: 8080, scheme: 'http' }),
  host('2001:db8::7', { routes: ['direct', 'proxy'], outcome: null }),
  host('no', { port: 80, scheme: 'http', processes: ['Plex Script Host'] }),
  host('a-very-long-name-of-a-host-that-needs-a-line-of-its-own.cdn.example.net', { port: 8443 }),
];
const report = (unlisted: readonly Unlisted[]): Report => reportFixture({ traffic: { ...EMPTY_TRAFFIC, unlisted } });

describe('hosts that the catalogue lacks', () => {
  it.each([60, 100, 200])('are lines that --endpoints reads, at %d columns', (width) => {
    const text = renderText(report(UNLISTED), { ...DEFAULT_OPTIONS, all: true, width });
    const section = text.split('\n\n').find((each) => each.startsWith(TITLE)) ?? '';
    const yaml = section.split('\n').slice(2).join('\n');
    const parsed = parseEndpointsFile(yaml, 'seen.yaml', []);
    expect(parsed).toMatchObject({ ok: true });
    expect(
      parsed.ok ? parsed.endpoints.map(({ host: name, port, scheme }) => `${scheme} ${name} ${port}`) : [],
    ).toEqual([
      'https 2001:db8::7 443',
      'https posters.example.org 443',
      'http 10.0.0.7 8080',
      'http no 80',
      'https a-very-long-name-of-a-host-that-needs-a-line-of-its-own.cdn.example.net 8443',
    ]);
  });
  it('tell what was seen of them', () => {
    expect(told(report(UNLISTED), TITLE)).toMatch(/'2001:db8::7' +# 2× direct and via proxy\n/);
    expect(told(report(UNLISTED), TITLE)).toMatch(/ +# 2× via proxy, ok, Plex Script Host\n/);
    expect(told(REPORTS.observedBypass, TITLE)).toContain('# 1× direct, connected, the outer name of encrypted hellos');
  });
  it('are ten at most in short', () => {
    const many = report(Array.from({ length: 12 }, (_, i) => host(`h${i}.example.org`)));
    expect(told(many, TITLE)).toContain('\nand 2 more with --verbose');
    expect(told(many, TITLE, VERBOSE)).toContain('h11.example.org');
  });
  it('say that pseudonyms are none', () => {
    expect(told(report([host('<domain-1>')]), TITLE)).toContain('--raw gives the names');
    expect(told(report(UNLISTED), TITLE)).not.toContain('--raw');
  });
  it('are no section without any', () => {
    expect(titlesOf(report([]))).not.toContain(TITLE);
  });
});
