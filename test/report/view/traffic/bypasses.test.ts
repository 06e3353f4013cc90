import { describe, expect, it } from 'vitest';
import type { BypassGroup } from '../../../../src/core/model/report.ts';
import { bypassing } from '../../../../src/report/view/traffic/bypasses.ts';
import { EMPTY_TRAFFIC, reportFixture, REPORTS } from '../../../support/fixtures/report.ts';
import { BRIEF, linesOf, told, VERBOSE } from '../../../support/fixtures/sections.ts';

const TITLE = 'Bypassing the proxy';
const [GROUP] = REPORTS.reproduced.bypassGroups;
const group = (more: Partial<BypassGroup>): BypassGroup => {
  if (GROUP === undefined) throw new Error('the fixture has a bypass');
  return { ...GROUP, ...more };
};

describe('an observed bypass', () => {
  const lines = told(REPORTS.observedBypass, TITLE).split('\n');
  it.each([
    'Plex Media Scanner (pid 931) → metadata.provider.plex.tv:443; direct, no reply, 4 attempts',
    '  capture, sockets: SNI, DNS · never asked of the proxy (capture for 12 s, access.log for 55 s)',
    'Plex Media Scanner (3 processes, by elimination) → plex.tv:443; direct, prohibited (admin-prohibited), 3 attempts',
    '  capture: DNS · asked of the proxy too, 12× ok (access.log for 55 s)',
    'Plex Tuner Service (pid 950) → [2001:db8::77]:443; direct, refused, 1 attempt',
    '  sockets: no name seen · its name is not known, by which the proxy would be asked',
    'Plex Media Server (pid 812) → one of a.cdn.example.net, b.cdn.example.net (203.0.113.80:443); direct, connected, 1 attempt',
    'Plex Media Scanner (pid 931) → probably image.tmdb.org:443; direct, outcome not seen, 1 attempt',
    '  sockets; name by our own lookup of its address · never asked of the proxy (capture for 12 s, access.log for 55 s)',
    "a process in PMS's network at 10.0.0.2 → ech.example.com:443; direct over QUIC (UDP), connected, 2 attempts",
    '  "ech.example.com" is the outer name of an encrypted hello: the true name may be hidden',
  ])('%s', (line) => {
    expect(lines).toContain(line);
  });

  it.each<[string, Partial<NonNullable<BypassGroup['asked']>>, string]>([
    ['never', {}, 'never asked of the proxy (capture for 60 s)'],
    ['not watched', { state: 'not-watched', watchers: [] }, 'not watched whether the proxy was asked too'],
    [
      'at another time',
      { state: 'other-time' },
      'not asked of the proxy, but that was watched at another time (capture',
    ],
    ['asked', { state: 'asked', count: 5, outcome: 'denied' }, 'asked of the proxy too, 5× denied (capture'],
    [
      'some of them',
      { state: 'asked', count: 5, reached: 2, outcome: 'ok' },
      'asked of the proxy too, 5× of which 2 ok',
    ],
    ['end not seen', { state: 'asked', count: 1 }, 'asked of the proxy too, 1× (capture'],
  ])('asked of the proxy: %s', (_, asked, words) => {
    const whole = { state: 'never', count: 0, reached: null, outcome: null, watchers: [0], ...asked } as const;
    const report = reportFixture({ traffic: EMPTY_TRAFFIC, bypassGroups: [group({ asked: whole })] });
    expect(told(report, TITLE)).toContain(words);
  });

  it('is one of many', () => {
    const bypassGroups = Array.from({ length: 15 }, (_, i) =>
      group({ targets: [{ host: `h${i}.plex.tv`, address: null, port: 443 }] }),
    );
    const report = reportFixture({ traffic: EMPTY_TRAFFIC, bypassGroups });
    expect(told(report, TITLE)).toContain('\nand 3 more with --verbose');
    expect(told(report, TITLE, VERBOSE)).toContain('h14.plex.tv');
  });
});

describe('no observed bypass', () => {
  it('is never claimed when nothing was watched', () => {
    for (const report of [REPORTS.allowed, REPORTS.denied, REPORTS.noProxy, REPORTS.interrupted]) {
      expect(told(report, TITLE)).toContain("PMS's traffic was not watched in this run");
      expect(told(report, TITLE)).not.toMatch(/\bnone\b/);
    }
  });
  it('is not claimed by a watcher that could not have seen one', () => {
    expect(told(REPORTS.readOnly, TITLE)).toBe(
      'not watched: access.log for 55 s cannot show connections around the proxy',
    );
    const traffic = { ...EMPTY_TRAFFIC, watchers: [] };
    expect(told(reportFixture({ traffic }), TITLE)).toBe('not watched: no source of traffic could be used');
  });
  it('is told with the watchers and with what they may have missed', () => {
    expect(told(REPORTS.watchedClean, TITLE).split('\n')).toEqual([
      "none seen while PMS's traffic was watched: sockets for 12 s, capture for 12 s",
      'may have been missed: a connection that lives for less than 100 ms; names of connections that were open before',
    ]);
  });
});

describe('configured bypasses', () => {
  it('name their clients', () => {
    expect(told(REPORTS.denied, TITLE)).toContain(
      'configured to go direct in curl-7.87, python-urllib, wget: downloads.plex.tv:443',
    );
  });
  it('are cut where they are many', () => {
    const targets = Array.from({ length: 6 }, (_, i) => ({ host: `h${i}.plex.tv`, address: null, port: 443 }));
    const report = reportFixture({ bypassGroups: [group({ kind: 'configured', targets, dialects: [] })] });
    expect(told(report, TITLE)).toMatch(/^configured to go direct: (?:\S+, ){3}\S+ and 2 more$/m);
    expect(told(report, TITLE, VERBOSE)).toContain('h5.plex.tv');
  });
});

it.each([
  ['observedBypass', /^observed to metadata\.provider\.plex\.tv:443, plex\.tv:443, .* and 2 more$/],
  ['denied', /^PMS's traffic was not watched in this run; 1 target configured to go direct$/],
  ['watchedClean', /^none seen while/],
] as const)('the gist of %s', (name, gist) => {
  expect(bypassing(REPORTS[name], BRIEF)[0]?.gist).toMatch(gist);
  expect(bypassing(REPORTS[name], BRIEF).flatMap(linesOf)).not.toEqual([]);
});
