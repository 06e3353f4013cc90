import { describe, expect, it } from 'vitest';
import type { Experiment, Scan } from '../../../src/core/model/experiment.ts';
import type { Report, TrafficReport } from '../../../src/core/model/report.ts';
import { plainText } from '../../../src/report/blocks/blocks.ts';
import { experimentSteps, experimentWorth } from '../../../src/report/view/experiment.ts';
import { aScan, DURING, experiment, updatesCheck } from '../../support/fixtures/experiment.ts';
import { EMPTY_TRAFFIC, reportFixture } from '../../support/fixtures/report.ts';
import { titlesOf, told } from '../../support/fixtures/sections.ts';
import { aLibrary } from '../../support/servers/scanning-pms.ts';
import { directFlow, proxiedFlow, watcher } from '../../support/fixtures/traffic.ts';

const NEEDED = 'metadata.provider.plex.tv';
const UNSIGNED = 'Server cannot refresh a music library when not signed in';
const MOVIES = aLibrary('4', 'nothing', { type: 'movie' });
const CHECKED = { firstAt: '2026-01-01T00:00:05.100Z', lastAt: '2026-01-01T00:00:05.300Z' };

type Flow = TrafficReport['flows'][number];
const flow = (made: Omit<Flow, 'endpoint' | 'bypass'>, endpoint: string | null): Flow => ({
  ...made,
  endpoint,
  bypass: false,
});
const ofScan = (more: Partial<Flow> = {}): Flow => ({
  ...flow(proxiedFlow(NEEDED, { firstAt: DURING, lastAt: DURING }), 'metadata-provider'),
  ...more,
});

function reportOf(made: Experiment, flows: readonly Flow[] = [], more: Partial<Report> = {}): Report {
  return reportFixture({ experiment: made, traffic: { ...EMPTY_TRAFFIC, flows }, ...more });
}

/** The report of a condition that was reproduced on library 1. */
function reproduced(scans: readonly Scan[], flows: readonly Flow[] = []): Report {
  const { scan } = reportFixture();
  const section = {
    id: '1',
    type: 'artist',
    agent: 'tv.plex.agents.music',
    status: 503,
    condition: 'reproduced',
    failed: 'refused',
  } as const;
  return reportOf(experiment(scans), flows, { scan: { ...scan, condition: 'reproduced', sections: [section] } });
}

describe('a scan in words', () => {
  it.each<[string, Partial<Scan>, readonly Flow[], string, string]>([
    ['refused', { end: 'refused', status: 503, body: UNSIGNED }, [], `refused: 503 "${UNSIGNED}" after 5.2 s`, 'bad'],
    ['a wrong request', { end: 'refused', status: 404 }, [], 'refused: 404 after 5.2 s', 'warn'],
    ['the control', { role: 'control', library: MOVIES }, [], 'the control: scanned in 5.2 s', 'good'],
    [
      'finished, and asked for nothing',
      {},
      [],
      'scanned in 5.2 s; no endpoint that a scan needs was contacted meanwhile',
      'good',
    ],
    ['finished, and reached something', {}, [ofScan()], `scanned in 5.2 s; meanwhile PMS reached ${NEEDED}`, 'good'],
    [
      'finished, and did not reach it',
      {},
      [ofScan({ outcome: 'denied' })],
      `scanned in 5.2 s; meanwhile PMS did not reach ${NEEDED}`,
      'good',
    ],
    [
      'finished; what it contacted is of another time',
      {},
      [ofScan({ firstAt: '2026-01-01T00:00:20.000Z', lastAt: '2026-01-01T00:00:21.000Z' })],
      'scanned in 5.2 s; no endpoint that a scan needs was contacted meanwhile',
      'good',
    ],
    ['again', { attempt: 2, end: 'refused', status: 503 }, [], 'again: refused: 503 after 5.2 s', 'bad'],
    ['running', { end: 'running' }, [], 'not at its end after 5.2 s; left to end by itself', 'warn'],
    ['cancelled', { end: 'cancelled' }, [], 'interrupted after 5.2 s, and cancelled', 'warn'],
    [
      'unanswered',
      { end: 'unanswered', status: null, trouble: { call: '/x', code: 'CUT', message: 'the connection ended' } },
      [],
      'no answer: the connection ended (CUT)',
      'warn',
    ],
  ])('%s', (_, more, flows, text, mark) => {
    const steps = experimentSteps(reportOf(experiment([aScan(more)], []), flows));
    expect(steps).toEqual([
      {
        label: more.library ? 'library 4 (movies, tv.plex.agents.none)' : 'library 1 (music, tv.plex.agents.music)',
        text,
        mark,
      },
    ]);
  });

  it('traffic that was not watched', () => {
    const [step] = experimentSteps(reportFixture({ experiment: experiment([aScan()], []) }));
    expect(step?.text).toBe('scanned in 5.2 s; what it asked for was not watched');
  });

  it('one that failed for want of the network is marked', () => {
    const steps = experimentSteps(reproduced([aScan()], [ofScan({ outcome: 'no-reply' })]));
    expect(steps[1]?.mark).toBe('bad');
  });
});

describe('which way the request of PMS itself went', () => {
  const own = { ...CHECKED, process: 'Plex Media Server', pid: 50 };
  const nameless = { ...own, names: [] };
  it.each<[string, TrafficReport | null, string]>([
    [
      'through the proxy',
      { ...EMPTY_TRAFFIC, flows: [flow(proxiedFlow('plex.tv', own), 'plex-tv')] },
      '200: its own request to plex.tv went through the proxy by Plex Media Server (pid 50)',
    ],
    [
      'through the proxy, which denied it',
      { ...EMPTY_TRAFFIC, flows: [flow(proxiedFlow('plex.tv', { ...own, outcome: 'denied' }), 'plex-tv')] },
      '200: its own request to plex.tv went through the proxy by Plex Media Server (pid 50): denied',
    ],
    [
      'directly, by nobody known',
      { ...EMPTY_TRAFFIC, flows: [flow(directFlow('plex.tv', { ...CHECKED, process: null, pid: null }), 'plex-tv')] },
      '200: a request to plex.tv went directly: no reply (its process was not seen)',
    ],
    [
      'both ways',
      {
        ...EMPTY_TRAFFIC,
        flows: [flow(directFlow('plex.tv', own), 'plex-tv'), flow(proxiedFlow('plex.tv', own), 'plex-tv')],
      },
      '200: its own request to plex.tv went through the proxy by Plex Media Server (pid 50), and directly by Plex Media Server (pid 50): no reply',
    ],
    [
      'to the proxy, for whom was not seen',
      { ...EMPTY_TRAFFIC, flows: [flow(proxiedFlow(null, nameless), null)] },
      '200: a connection to the proxy was seen then (Plex Media Server (pid 50))',
    ],
    [
      'that of the scanner is another',
      { ...EMPTY_TRAFFIC, flows: [flow(directFlow('plex.tv', CHECKED), 'plex-tv')] },
      '200: no request of its own to plex.tv was seen',
    ],
    [
      'one of a minute later is another',
      {
        ...EMPTY_TRAFFIC,
        flows: [flow(proxiedFlow('plex.tv', { ...own, firstAt: DURING, lastAt: DURING }), 'plex-tv')],
      },
      '200: no request of its own to plex.tv was seen',
    ],
    [
      'not seen, by who would not see all',
      { ...EMPTY_TRAFFIC, watchers: [watcher('socket')] },
      '200: no request of its own to plex.tv was seen, and not all of them would have been',
    ],
    ['not watched', null, '200: which way its own request went was not watched'],
  ])('%s', (_, traffic, text) => {
    expect(experimentSteps(reportFixture({ experiment: experiment([]), traffic }))).toEqual([
      { label: 'updates check', text },
    ]);
  });

  it('a control that failed says why', () => {
    const trouble = { call: '/updater/check', code: 'HTTP_404', message: 'PMS answered 404' } as const;
    const controls = [updatesCheck({ status: 404, trouble }), updatesCheck({ kind: 'provider-refresh' })];
    expect(
      experimentSteps(reportOf(experiment([], controls))).map(
        ({ label, text }) => `${plainText(label)}: ${plainText(text)}`,
      ),
    ).toEqual([
      'updates check: PMS answered 404: no request of its own to plex.tv was seen',
      'providers, asked again: 200',
    ]);
  });
});

it('the steps stand in the order in which they were taken', () => {
  const second = aScan({ attempt: 2, startedAt: '2026-01-01T00:00:40.000Z', endedAt: '2026-01-01T00:00:41.000Z' });
  const controls = [updatesCheck(), updatesCheck({ kind: 'provider-refresh', at: '2026-01-01T00:00:30.000Z' })];
  const steps = experimentSteps(reportOf(experiment([aScan({ end: 'refused', status: 503 }), second], controls)));
  expect(steps.map(({ label }) => label)).toEqual([
    'updates check',
    'library 1 (music, tv.plex.agents.music)',
    'providers, asked again',
    'library 1 (music, tv.plex.agents.music)',
  ]);
});

describe('what an experiment that showed nothing is worth', () => {
  const control = aScan({ role: 'control', library: MOVIES });
  it.each<[string, readonly Scan[], readonly Flow[], RegExp]>([
    ['only a control', [control], [], /need nothing from outside, which proves nothing about others$/],
    ['a control that did not end', [{ ...control, end: 'unanswered' }], [], /nothing is proven either way$/],
    [
      'a scan that reached what it asked for',
      [control, aScan()],
      [ofScan()],
      /scanned library 1 .* reached .*: metadata/,
    ],
    ['a scan that asked for nothing', [aScan()], [], /proves little: without new content .* Add something new/],
    ['a scan that did not reach it', [aScan()], [ofScan({ outcome: 'cut' })], /although it did not reach metadata/],
    ['none at its end', [control, aScan({ end: 'running' })], [], /nothing is proven either way$/],
    ['PMS that died', [aScan({ end: 'unanswered' })], [], /nothing is proven either way$/],
  ])('%s', (_, scans, flows, words) => {
    const report = reportOf(experiment(scans), flows);
    expect(experimentWorth(report)).toMatch(/^not reproduced: /);
    expect(experimentWorth(report)).toMatch(words);
    expect(told(report, '"An internet connection')).toContain(experimentWorth(report));
  });

  it('traffic that was not watched', () => {
    expect(experimentWorth(reportFixture({ experiment: experiment([aScan()]) }))).toMatch(/was not watched/);
  });

  it('nothing is said of one that showed it, and of none', () => {
    expect(experimentWorth(reproduced([aScan({ end: 'refused', status: 503 })]))).toBeNull();
    expect(experimentWorth(reportFixture())).toBeNull();
    expect(experimentWorth(reportOf(experiment([])))).toBeNull();
  });
});

describe('in the report', () => {
  const TITLE = 'What PMS was asked';
  const scans = [
    aScan({ role: 'control', library: MOVIES, startedAt: '2026-01-01T00:00:06.000Z' }),
    aScan({ end: 'refused', status: 503, body: UNSIGNED }),
  ];
  const report = reproduced(scans, [
    flow(proxiedFlow('plex.tv', { ...CHECKED, process: 'Plex Media Server', pid: 50 }), 'plex-tv'),
  ]);

  it('each step is a fact', () => {
    expect(told(report, TITLE).split('\n')).toEqual([
      'updates check: 200: its own request to plex.tv went through the proxy by Plex Media Server (pid 50)',
      '[good] library 4 (movies, tv.plex.agents.none): the control: scanned in 9.2 s',
      `[bad] library 1 (music, tv.plex.agents.music): refused: 503 "${UNSIGNED}" after 5.2 s`,
    ]);
    expect(told(report, '"An internet connection')).not.toContain('no scan was started');
  });

  it('an experiment that was not made says so', () => {
    const failing = reportFixture({ experimentReason: { code: 'UNAUTHORIZED', message: 'PMS answered 401' } });
    expect(told(failing, TITLE)).toBe('[warn] nothing: PMS answered 401 (UNAUTHORIZED)');
    const other = reportFixture({ experimentReason: { code: 'OTHER', message: 'PMS answered 500' } });
    expect(told(other, TITLE)).toBe('[warn] nothing: PMS answered 500');
  });

  it('without an experiment nothing is said of one', () => {
    expect(titlesOf(reportFixture())).not.toContain(TITLE);
  });
});
