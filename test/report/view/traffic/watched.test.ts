import { describe, expect, it } from 'vitest';
import { EMPTY_TRAFFIC, reportFixture, REPORTS } from '../../../support/fixtures/report.ts';
import { ALL, linesOf, titlesOf, told, VERBOSE } from '../../../support/fixtures/sections.ts';
import { sectionsOf } from '../../../../src/report/view/sections.ts';
import { watcher } from '../../../support/fixtures/traffic.ts';

describe('what was watched', () => {
  const TITLE = 'Watchers';

  it('is told with source, period and trouble', () => {
    expect(told(REPORTS.readOnly, TITLE).split('\n')).toEqual([
      "the proxy's log: /var/log/squid/access.log · 2026-11-22 14:02:00–14:02:55 UTC (55 s) · shows what the proxy was asked",
      '  [warn] 2 of 500 lines could not be read, the first is line 17 (column 9: no status)',
      '4 kinds of connections beyond what is kept are not listed',
    ]);
  });
  it('leaves what is wrong with a file to the list of files', () => {
    const trouble = 'it ends inside a packet';
    const watchers = [
      watcher('capture', { source: 'a.pcap', problems: ['no client was found'], fileProblems: [trouble] }),
    ];
    const inputs = [{ name: 'a.pcap', kind: 'pcap', state: 'partly', note: `${trouble}; it grew` }] as const;
    const report = reportFixture({ run: { ...REPORTS.readOnly.run, inputs }, traffic: { ...EMPTY_TRAFFIC, watchers } });
    const all = (of: typeof report): string => sectionsOf(of, ALL).flatMap(linesOf).join('\n');
    expect(all(report).split(trouble)).toHaveLength(2);
    expect(told(report, TITLE)).toContain('no client was found');
    // A log that is followed while PMS scans stands in no list of files.
    expect(told(reportFixture({ traffic: { ...EMPTY_TRAFFIC, watchers } }), TITLE)).toContain(trouble);
  });
  it('tells with --verbose what it can miss', () => {
    expect(told(REPORTS.readOnly, TITLE)).not.toContain('can miss');
    expect(told(REPORTS.readOnly, TITLE, VERBOSE)).toContain(
      '\n  can miss: a tunnel that is still open is not logged yet',
    );
  });
  it('is cut where there are many watchers without trouble', () => {
    const many = Array.from({ length: 9 }, () => watcher('capture'));
    const watchers = [...many, watcher('access-log', { problems: ['cut'] })];
    const lines = told(reportFixture({ traffic: { ...EMPTY_TRAFFIC, watchers } }), TITLE);
    expect(lines.match(/^capture:/gm)).toHaveLength(6);
    expect(lines).toContain('[warn] cut');
    expect(lines).toContain('and 3 more with --verbose');
  });
  it('says that nothing could be watched', () => {
    const report = reportFixture({ traffic: { ...EMPTY_TRAFFIC, watchers: [] } });
    expect(told(report, TITLE)).toBe('no source of traffic could be used');
  });
  it('is not told where watching was not asked for', () => {
    expect(titlesOf(REPORTS.allowed)).not.toContain(TITLE);
  });
});

describe('files', () => {
  it('are counted where they were read, and named where not', () => {
    expect(told(REPORTS.readOnly, 'Files').split('\n')).toEqual([
      '1 file read: 1 pms-log',
      '[warn] /var/log/squid/access.log: read in part · squid · 2 of 500 lines could not be read',
      '[bad] notes.pdf: not read · pdf · a PDF document; expected a log or a capture',
    ]);
  });
  it('are all named with --verbose', () => {
    expect(told(REPORTS.readOnly, 'Files', VERBOSE)).toContain('Plex Media Server.log: read · pms-log');
  });
  it('are no section for other commands', () => {
    expect(titlesOf(REPORTS.allowed)).not.toContain('Files');
  });
});
