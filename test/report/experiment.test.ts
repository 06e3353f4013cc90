import { describe, expect, it } from 'vitest';
import type { Experiment, Scan } from '../../src/core/experiment.ts';
import type { Report, TrafficReport } from '../../src/core/report.ts';
import { experimentSteps, experimentWorth } from '../../src/report/experiment-words.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { DEFAULT_OPTIONS } from '../../src/report/style.ts';
import { renderText } from '../../src/report/text.ts';
import { aScan, DURING, experiment, updatesCheck } from '../support/experiment-fixture.ts';
import { EMPTY_TRAFFIC, reportFixture } from '../support/report-fixture.ts';
import { aLibrary } from '../support/scanning-pms.ts';
import { directFlow, proxiedFlow, watcher } from '../support/traffic-fixture.ts';

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
  const section = { id: '1', type: 'artist', agent: 'tv.plex.agents.music', status: 503, condition: 'reproduced' };
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

  it('nobody watched', () => {
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
    const trouble = { call: '/updater/check', code: 'HTTP_404', message: 'PMS answered 404' };
    const controls = [updatesCheck({ status: 404, trouble }), updatesCheck({ kind: 'provider-refresh' })];
    expect(experimentSteps(reportOf(experiment([], controls))).map(({ label, text }) => `${label}: ${text}`)).toEqual([
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
    ['only a control', [control], [], /need nobody outside, which proves nothing about others$/],
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
    expect(renderText(report, { ...DEFAULT_OPTIONS, width: 1_000 })).toContain(experimentWorth(report));
  });

  it('nobody watched', () => {
    expect(experimentWorth(reportFixture({ experiment: experiment([aScan()]) }))).toMatch(/nobody watched/);
  });

  it('nothing is said of one that showed it, and of none', () => {
    expect(experimentWorth(reproduced([aScan({ end: 'refused', status: 503 })]))).toBeNull();
    expect(experimentWorth(reportFixture())).toBeNull();
    expect(experimentWorth(reportOf(experiment([])))).toBeNull();
  });
});

describe('in the report', () => {
  const scans = [
    aScan({ role: 'control', library: MOVIES, startedAt: '2026-01-01T00:00:06.000Z' }),
    aScan({ end: 'refused', status: 503, body: UNSIGNED }),
  ];
  const report = reproduced(scans, [
    flow(proxiedFlow('plex.tv', { ...CHECKED, process: 'Plex Media Server', pid: 50 }), 'plex-tv'),
  ]);

  it('as text, before the condition, nothing wider than the terminal', () => {
    const text = renderText(report, DEFAULT_OPTIONS);
    expect(text).toContain(`
What PMS was asked
    updates check                            200: its own request to plex.tv went through the proxy
                                             by Plex Media Server (pid 50)
  ✓ library 4 (movies, tv.plex.agents.none)  the control: scanned in 9.2 s
  ✗ library 1 (music, tv.plex.agents.music)  refused: 503 "Server cannot refresh a music library
                                             when not signed in" after 5.2 s

"An internet connection is required to scan library files"   REPRODUCED on section 1 (music): 503
`);
    expect(text).not.toContain('no scan was started');
    for (const width of [60, 80, 100])
      for (const line of renderText(report, { ...DEFAULT_OPTIONS, width }).split('\n'))
        expect(line.length).toBeLessThanOrEqual(width);
  });

  it('as Markdown', () => {
    const markdown = renderMarkdown(report);
    expect(markdown).toContain('<summary>What PMS was asked</summary>');
    expect(markdown).toMatch(/^- ❌ \*\*library 1 \(music, tv.*agents.*music\)\*\*: refused: 503 /m);
    expect(markdown).toMatch(/^- \*\*updates check\*\*: 200: its own request/m);
  });

  it.each([
    ['UNAUTHORIZED', 'PMS answered 401', /--token-file/],
    ['FORBIDDEN', 'PMS answered 403', /--token-file/],
    ['PMS_NOT_LISTENING', 'nothing listens there', /--pms URL/],
    ['NOT_PMS', 'what answers there is not Plex Media Server', /--pms URL/],
    ['TIMEOUT', 'no answer within 3000 ms', /--pms URL/],
    ['NO_LIBRARY', 'PMS has no library to scan', /Add a library/],
  ])('an experiment that was not made (%s) says so, and what to do comes first', (code, message, advice) => {
    const failing = reportFixture({ experimentReason: { code, message } });
    const text = renderText(failing, { ...DEFAULT_OPTIONS, width: 1_000 });
    expect(text).toContain(`What PMS was asked\n  ! nothing: ${message} (${code})\n`);
    expect(/^ {2}1\. (.*)$/m.exec(text)?.[1]).toMatch(advice);
    expect(renderMarkdown(failing)).toContain('- ⚠️ nothing: ');
  });

  it('a reason that nothing is known to help against gives no advice', () => {
    const failing = reportFixture({ experimentReason: { code: 'HTTP_500', message: 'PMS answered 500' } });
    expect(renderText(failing, DEFAULT_OPTIONS)).toContain('nothing: PMS answered 500 (HTTP_500)');
  });

  it('without an experiment nothing is said of one', () => {
    expect(renderText(reportFixture(), DEFAULT_OPTIONS)).not.toContain('What PMS was asked');
    expect(renderMarkdown(reportFixture())).not.toContain('What PMS was asked');
  });
});
