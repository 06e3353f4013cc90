import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/model/report.ts';
import { DEFAULT_OPTIONS, type RenderOptions } from '../../../src/report/blocks/options.ts';
import { renderText } from '../../../src/report/text/report.ts';
import { widthOf } from '../../../src/report/text/width.ts';
import { endpoint } from '../../support/fixtures/facts.ts';
import { endpointResult, reportFixture, REPORTS } from '../../support/fixtures/report.ts';

function render(report: Report, options: Partial<RenderOptions> = {}): string {
  return renderText(report, { ...DEFAULT_OPTIONS, ...options });
}

describe('sections', () => {
  it('stand apart, the answer first', () => {
    const sections = render(REPORTS.denied).split('\n\n');
    expect(sections[0]).toMatch(
      /^✗ SCANS WOULD FAIL {5,}pms-proxy-doctor 0\.1\.0 check · 14:03 UTC\n {2}The proxy refuses an endpoint/,
    );
    expect(sections[1]).toMatch(/^ {4}PMS {7}1\.41\.8\.9834, pid 812/);
    expect(sections[2]).toMatch(/^Do this\n {2}1\. Allow metadata/);
    expect(sections[3]).toMatch(/^Endpoints \(\d\d\)\n {4}needed to scan/);
    expect(sections[4]).toMatch(/^Causes: .*\nexit 1: /);
    expect(sections).toHaveLength(5);
    expect(render(REPORTS.denied, { all: true }).split('\n\n').length).toBeGreaterThan(9);
  });

  it('have their result beside the title where there is room, else below', () => {
    expect(render(REPORTS.denied, { all: true })).toContain('scan library files"   WOULD OCCUR\n');
    expect(render(REPORTS.reproduced, { all: true, width: 60 })).toContain(
      '"An internet connection is required to scan library files"\n  REPRODUCED on section 1 (music): 503\n',
    );
  });
});

describe('the table of endpoints', () => {
  const denied = render(REPORTS.denied, { all: true, width: 100 });
  it.each([
    /^Endpoints by route {3}\d\d endpoints in 3\.4 s: 5 proxy only · /m,
    /^ {4}ENDPOINT +NEEDED FOR +DIRECT +VIA PROXY +RESULT$/m,
    /^ {2}✓ plex\.tv +sign-in · scan +no reply 3\.0 s {2}302 +41 ms {2}proxy only$/m,
    /^ {2}✗ metadata\.provider\.plex\.tv +matching · scan +no reply 3\.0 s {2}403 denied 2 ms {2}unreachable$/m,
    /^ {2}– metrics\.plex\.tv +telemetry +no reply 3\.0 s {2}403 denied 2 ms {2}blocked, not needed$/m,
    /^ {2}! images\.plex\.tv .* unreachable$/m,
    /^ {2}--verbose lists every attempt$/m,
  ])('%s', (expected) => {
    expect(denied).toMatch(expected);
  });
  it('has notes below their rows', () => {
    expect(render(REPORTS.observedBypass, { all: true, width: 100 })).toMatch(
      /✗ metadata\.provider\.plex\.tv .* PMS goes direct\n {4}└ seen going around the proxy 1×, no reply; never asked of the proxy\n/,
    );
  });
  it('has short words in narrow columns', () => {
    const narrow = render(REPORTS.readOnly, { all: true, width: 60 });
    expect(narrow).toMatch(/^ {4}ENDPOINT +DIRECT +VIA PROXY +WAY TAKEN$/m);
    expect(narrow).toMatch(/plex\.tv +unwatched +tunnel 200 +via proxy\n/);
    expect(narrow).toMatch(/ unwatched +not asked +not seen\n/);
    expect(render(REPORTS.readOnly, { all: true, width: 200 })).toMatch(/SEEN DIRECT +SEEN VIA PROXY +WAY TAKEN\n/);
  });
});

describe('the terminal', () => {
  const widths = [20, 40, 60, 75, 89, 90, 100, 140];
  it.each(widths.flatMap((width) => Object.keys(REPORTS).map((name) => [width, name] as const)))(
    'at %i columns nothing is wider (%s)',
    (width, name) => {
      const report = Object.entries(REPORTS).find(([key]) => key === name)?.[1] ?? REPORTS.allowed;
      // A command stays in one piece, so that it can be copied.
      const lines = render(report, { width, verbose: true })
        .split('\n')
        .filter((line) => !/^ +(?:sudo|pms-proxy-doctor) /.test(line));
      expect(Math.max(...lines.map((each) => widthOf(each)))).toBeLessThanOrEqual(Math.max(60, width));
      const brief = render(report, { width })
        .split('\n')
        .filter((line) => !/^ +(?:sudo|pms-proxy-doctor) /.test(line));
      expect(Math.max(...brief.map((each) => widthOf(each)))).toBeLessThanOrEqual(Math.max(40, width));
    },
  );
  it.each(widths)('at %i columns every host name is whole', (width) => {
    const text = render(REPORTS.denied, { all: true, width });
    for (const { host } of REPORTS.denied.endpoints) expect(text).toContain(host);
  });
  it('colours do not move columns', () => {
    for (const report of Object.values(REPORTS)) {
      const coloured = render(report, { all: true, colour: true });
      expect(coloured).toContain('\u001B[');
      expect(stripVTControlCharacters(coloured)).toBe(render(report, { all: true }));
    }
  });
  it('without UTF-8 only ASCII is left', () => {
    for (const report of Object.values(REPORTS)) {
      expect(render(report, { unicode: false, verbose: true })).toMatch(/^[\n\x20-\x7E]*$/);
    }
  });
  it('wide characters keep the columns', () => {
    const plan = { direct: { outcome: 'ok' }, proxy: { outcome: 'ok' } } as const;
    const wide = endpointResult(endpoint('plex.tv', { purpose: '音楽ライブラリの照合と詳細情報' }), plan);
    const plain = endpointResult(endpoint('plex.tv', { purpose: 'x' }), plan);
    const rows = render(reportFixture({ endpoints: [wide, plain] }), { all: true })
      .split('\n')
      .filter((each) => each.includes('✓ plex.tv'));
    const positions = rows.map((row) => widthOf(row.slice(0, row.indexOf('both routes'))));
    expect(positions[0]).toBe(positions[1]);
  });
});
