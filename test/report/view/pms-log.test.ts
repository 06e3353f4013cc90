import { describe, expect, it } from 'vitest';
import type { PmsLog, PmsRequest, PmsWarning } from '../../../src/core/model/traffic.ts';
import type { Report } from '../../../src/core/model/report.ts';
import { reportFixture, REPORTS } from '../../support/fixtures/report.ts';
import { BRIEF, titlesOf, told, VERBOSE } from '../../support/fixtures/sections.ts';
import { pmsLog } from '../../support/fixtures/traffic.ts';

describe("PMS's own log", () => {
  const TITLE = "PMS's own log";
  it('tells states, refusals and failed requests', () => {
    expect(told(REPORTS.readOnly, TITLE).split('\n')).toEqual([
      'Plex Media Server.log · 2026-11-22 14:02:00–14:02:55 UTC (55 s) · version 1.41.3.9314-a0bfb8370',
      'sign-in: ok since 14:02:02; before: none at 14:02:01',
      'mapping: Unknown since 14:02:02',
      '[warn] cloud providers: 0 online since 14:02:19; before: 1 online at 14:02:05',
      'provider: tv.plex.provider.metadata online since 14:02:05',
      '[bad] scan refused: section 4: 503 at 14:02:11',
      'scan started: 1×, last at 14:02:12 (section 1)',
      'scanner started: 1×, last at 14:02:12',
      'answered: 31 requests to 1 host: plex.tv',
      'end not in the log: 1 request',
      'failed requests',
      'metadata.provider.plex.tv: Connection timed out (curl 28), 4×, last 14:02:19 · Plex Media Scanner Matcher',
      'plex.tv: Could not resolve host (curl 6), 2×, last 14:02:19 · Plex Media Scanner Matcher',
      'Plex Media Server.log: 3 of 4812 lines could not be read',
      "PMS's clock is 3.2 s ahead of the proxy's",
    ]);
  });
  it('lists each event of a scan with --verbose', () => {
    expect(told(REPORTS.readOnly, TITLE, VERBOSE)).toContain('child · Plex Media Scanner --match --type 8');
  });
  it('is no section where none was read', () => {
    expect(titlesOf(REPORTS.allowed)).not.toContain(TITLE);
  });
  it('many failed requests are cut in short', () => {
    const requests = Array.from({ length: 10 }, (_, i) => ({ ...request, host: `h${i}.plex.tv` }));
    expect(logged({ requests })).toContain('\nand 2 more with --verbose');
    expect(told(reportFixture({ pmsLog: pmsLog({ requests }) }), TITLE, VERBOSE)).toContain('h9.plex.tv: failed');
  });

  const logged = (log: Partial<PmsLog>): string => told(reportFixture({ pmsLog: pmsLog(log) }), TITLE);
  const [file] = pmsLog().files;
  const request: PmsRequest = {
    log: 'Plex Media Server',
    scheme: 'https',
    host: 'plex.tv',
    port: 443,
    method: 'GET',
    status: null,
    curl: 7,
    error: null,
    outcome: null,
    count: 1,
    firstAt: null,
    lastAt: '2026-01-01T00:00:30',
  };
  const warning: PmsWarning = {
    log: 'Plex Media Server',
    level: 'warning',
    topic: 'unknown',
    text: 'Failed to connect …',
    count: 2,
    firstAt: null,
    lastAt: '2026-01-01T00:00:40',
  };
  const refused = (at: string, section_: string | null) =>
    ({ at, kind: 'refused', section: section_, status: 503, command: null }) as const;
  it.each<[string, Partial<PmsLog>, string]>([
    ['a clock behind', { proxyClockOffsetSeconds: -7200 }, "PMS's clock is 2.0 h behind the proxy's"],
    ['clocks that agree', { proxyClockOffsetSeconds: 0.4 }, "PMS's clock and the proxy's agree"],
    [
      'no zone',
      { files: [{ ...file!, zoneOffsetMinutes: null, from: '2026-01-01T00:00:00', to: '2026-01-01T00:01:00' }] },
      '2026-01-01 00:00:00–00:01:00 local time (60 s)',
    ],
    [
      'no zone, in words',
      { files: [{ ...file!, zoneOffsetMinutes: null }] },
      'time zone not known of Plex Media Server.log: times as written',
    ],
    ['a failure without words', { requests: [request] }, 'plex.tv: failed (curl 7), 1×, last 00:00:30'],
    [
      'a failure that an answer contradicts',
      { requests: [request, { ...request, curl: null, status: 200, lastAt: '2026-01-01T00:00:40' }] },
      'failed (curl 7), 1×, last 00:00:30, past: answered at 00:00:40 · Plex Media Server',
    ],
    [
      'a failure before a new start',
      { requests: [request], starts: [{ at: '2026-01-01T00:00:45', version: '1.41.8.9834' }] },
      'failed (curl 7), 1×, last 00:00:30, past: PMS started anew at 00:00:45 · Plex Media Server',
    ],
    [
      'the version of the newest start',
      { starts: [{ at: '2026-01-01T00:00:45', version: '1.41.8.9834' }] },
      'version 1.41.8.9834',
    ],
    [
      'a mapping that no scan needs',
      { states: [{ at: '2026-01-01T00:00:45', kind: 'mapping', value: 'Mapped - Not Published (Not Reachable)' }] },
      'mapping: Mapped - Not Published (Not Reachable) since 00:00:45 (remote access only: no scan needs it)',
    ],
    [
      'what is not there, which without --verbose is no failure',
      { requests: [{ ...request, curl: null, status: 404, outcome: 'ok', count: 3 }] },
      'not found (404): 3 requests to plex.tv',
    ],
    [
      'a server without a token',
      { states: [{ at: '2026-01-01T00:00:45', kind: 'token', value: 'none' }] },
      '[warn] token for plex.tv: none since 00:00:45',
    ],
    [
      'warnings about a topic, and their meaning',
      { warnings: [{ ...warning, topic: 'codecs' }] },
      'warnings and errors without a request\ncodecs: 2×, last 00:00:40 · needed to transcode; no scan needs it · "Failed to connect …"',
    ],
    [
      'warnings that are not understood',
      { warnings: [warning, { ...warning, count: 9, text: 'x' }, { ...warning, text: 'y' }] },
      'not understood: 13 warnings not understood, last 00:00:40 · "x" 9×, "Failed to connect …" 2×, and 1 more',
    ],
    [
      'warnings before a new start',
      { warnings: [warning], starts: [{ at: '2026-01-01T00:00:45', version: null }] },
      'last 00:00:40, past: PMS started anew since · "Failed',
    ],
    [
      'the same of two logs',
      { requests: [request, { ...request, log: 'com.plexapp.system', count: 2 }] },
      'failed (curl 7), 3×, last 00:00:30 · Plex Media Server, com.plexapp.system',
    ],
    [
      'an answer that says no',
      { requests: [{ ...request, curl: null, status: 401, outcome: 'ok' }] },
      'plex.tv: answered 401, 1×',
    ],
    ['another port', { requests: [{ ...request, port: 80 }] }, 'plex.tv:80: failed'],
    [
      'days, where there are several',
      { scans: [refused('2026-01-01T10:00:00Z', '4'), refused('2026-01-02T11:00:00Z', '4')] },
      'section 4: 503 at 2026-01-01 10:00:00, at 2026-01-02 11:00:00',
    ],
    [
      'many refusals of all sections',
      { scans: Array.from({ length: 6 }, (_, i) => refused(`2026-01-01T10:00:0${i}Z`, null)) },
      'all sections: 503 6×, last at 10:00:05',
    ],
  ])('%s', (_, log, words) => {
    expect(logged(log)).toContain(words);
  });
  it('is told in short where files do not decide, and there alone', () => {
    const { run, summary } = reportFixture();
    const requests = Array.from({ length: 4 }, (_, i) => ({ ...request, host: `h${i}.plex.tv` }));
    const report = (verdict: 'ok' | 'undecided', isOfFiles: boolean): Report =>
      reportFixture({
        run: isOfFiles ? { ...run, inputs: [{ name: 'x.log', kind: 'pms-log', state: 'read', note: null }] } : run,
        summary: { ...summary, verdict },
        pmsLog: pmsLog({ requests, warnings: [{ ...warning, topic: 'codecs' }] }),
      });
    expect(told(report('undecided', true), TITLE, BRIEF).split('\n')).toEqual([
      'h0.plex.tv: failed (curl 7), 1×, last 00:00:30 · Plex Media Server',
      'h1.plex.tv: failed (curl 7), 1×, last 00:00:30 · Plex Media Server',
      'h2.plex.tv: failed (curl 7), 1×, last 00:00:30 · Plex Media Server',
      'codecs: 2×, last 00:00:40 · needed to transcode; no scan needs it · "Failed to connect …"',
      'and 1 more with --all',
    ]);
    expect(titlesOf(report('ok', true), BRIEF)).not.toContain(TITLE);
    expect(titlesOf(report('undecided', false), BRIEF)).not.toContain(TITLE);
  });
  it('tells a 404 with --verbose only', () => {
    const missing = reportFixture({ pmsLog: pmsLog({ requests: [{ ...request, curl: null, status: 404 }] }) });
    expect(told(missing, TITLE)).not.toContain('answered 404');
    expect(told(missing, TITLE, VERBOSE)).toContain('answered 404');
  });
});
