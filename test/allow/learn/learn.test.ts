import { describe, expect, it } from 'vitest';
import { askedNames } from '../../../src/allow/learn/asked.ts';
import { learn, type LearnFrom } from '../../../src/allow/learn/classify.ts';
import { readExisting } from '../../../src/allow/learn/existing.ts';
import { learnedSchema, type Learned } from '../../../src/allow/learn/model.ts';
import { learnedText } from '../../../src/allow/learn/text.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import type { Flow, PmsLog, PmsRequest, Traffic, Watcher } from '../../../src/core/model/traffic.ts';
import { listOf } from '../../support/allow/lists.ts';

const LOG: Watcher = {
  kind: 'access-log',
  source: 'access.log',
  from: '2026-10-01T00:00:00.000Z',
  to: '2026-11-10T00:00:00.000Z',
  shows: ['proxy'],
  misses: [],
  problems: [],
};

function logged(host: string, outcome: Flow['outcome'], more: Partial<Flow> = {}): Flow {
  return {
    process: null,
    pid: null,
    attribution: null,
    transport: 'tcp',
    family: 4,
    client: '10.0.0.5',
    address: null,
    scope: null,
    port: null,
    protocol: 'http-proxy',
    names: [{ name: host, source: 'access-log', outer: false }],
    targetPort: 443,
    route: 'proxy',
    outcome,
    code: null,
    status: null,
    count: 1,
    tries: 1,
    firstAt: '2026-11-01T10:00:00.000Z',
    lastAt: '2026-11-01T10:00:00.000Z',
    seenBy: ['access-log'],
    ...more,
  };
}

const trafficOf = (flows: readonly Flow[], watchers: readonly Watcher[] = [LOG]): Traffic => ({
  watchers,
  flows,
  questions: [],
  omitted: 0,
});

function learned(flows: readonly Flow[], more: Partial<LearnFrom> = {}, existing: string | null = null): Learned {
  return learn({
    asked: askedNames(trafficOf(flows), null, CATALOGUE),
    list: listOf(CATALOGUE),
    existing: existing === null ? null : readExisting(existing),
    watchers: [LOG],
    isPlexOnly: false,
    omitted: 0,
    unusedDays: 30,
    ...more,
  });
}

const hosts = (rows: Learned['add']): readonly string[] => rows.map(({ host }) => host);
const at = (lastAt: string): Partial<Flow> => ({ firstAt: lastAt, lastAt });

describe('each name that was asked for goes where it belongs', () => {
  it.each<[string, readonly Flow[], 'add' | 'working' | 'leave' | 'decide']>([
    ['needed and denied', [logged('plex.tv', 'denied')], 'add'],
    ['needed and refused for want of a login', [logged('plex.tv', 'proxy-auth')], 'add'],
    ['needed and let through', [logged('plex.tv', 'ok')], 'working'],
    [
      'needed, denied, and later let through: the past',
      [logged('plex.tv', 'denied'), logged('plex.tv', 'ok', at('2026-11-02T00:00:00.000Z'))],
      'working',
    ],
    [
      'needed, let through, and later denied',
      [logged('plex.tv', 'ok'), logged('plex.tv', 'denied', at('2026-11-02T00:00:00.000Z'))],
      'add',
    ],
    [
      'needed, denied and let through at the same time: not known which is last',
      [logged('plex.tv', 'denied'), logged('plex.tv', 'ok')],
      'working',
    ],
    ['needed, and the proxy could not resolve it: no matter of a list', [logged('plex.tv', 'proxy-error')], 'working'],
    ['telemetry', [logged('analytics.plex.tv', 'denied')], 'leave'],
    ['known and optional', [logged('www.plex.tv', 'denied')], 'leave'],
    ['unknown', [logged('cdn.example', 'denied')], 'decide'],
    ['a needed name on another port', [logged('plex.tv', 'denied', { targetPort: 8443 })], 'decide'],
    ['upper case with the dot of the root', [logged('PLEX.TV.', 'denied')], 'add'],
  ])('%s', (_, flows, place) => {
    const all = learned(flows);
    const counts = {
      add: all.add.length,
      working: all.working.length,
      leave: all.leave.length,
      decide: all.decide.length,
    };
    expect(counts).toEqual({ add: 0, working: 0, leave: 0, decide: 0, [place]: 1 });
  });

  it('without times, a denial is not taken for past', () => {
    const none = { firstAt: null, lastAt: null };
    expect(hosts(learned([logged('plex.tv', 'denied', none), logged('plex.tv', 'ok', none)]).add)).toEqual(['plex.tv']);
  });

  it('counts, times and processes add up; names below a wildcard are one row', () => {
    const { leave } = learned([
      logged('1-2-3-4.abc.plex.direct', 'denied', { targetPort: 8443, count: 3, process: 'Plex Relay' }),
      logged('5-6-7-8.abc.plex.direct', 'ok', { targetPort: 8443, ...at('2026-11-03T00:00:00.000Z') }),
    ]);
    expect(leave).toMatchObject([
      {
        host: '*.plex.direct',
        port: 8443,
        denied: 3,
        allowed: 1,
        processes: ['Plex Relay'],
        lastAt: '2026-11-03T00:00:00.000Z',
      },
    ]);
  });

  it('names what is needed and was not asked for', () => {
    const { notAsked } = learned([logged('plex.tv', 'ok')]);
    expect(notAsked).toContain('metadata.provider.plex.tv');
    expect(notAsked).not.toContain('plex.tv');
    expect(notAsked).not.toContain('*.plex.direct');
  });

  it('a connection around the proxy is no request of it', () => {
    const flow = logged('plex.tv', 'no-reply', {
      route: 'direct',
      address: '45.76.1.1',
      port: 443,
      names: [{ name: 'plex.tv', source: 'sni', outer: false }],
    });
    expect(learned([flow]).working).toMatchObject([{ direct: 1, denied: 0, allowed: 0 }]);
  });
});

describe('PMS’s own log', () => {
  const request: PmsRequest = {
    log: 'Plex Media Scanner Matcher',
    scheme: 'https',
    host: 'metadata.provider.plex.tv',
    port: 443,
    method: 'GET',
    status: null,
    curl: 56,
    error: null,
    outcome: 'denied',
    count: 4,
    firstAt: '2026-11-01T10:00:00.000Z',
    lastAt: '2026-11-01T10:00:00.000Z',
  };
  const pmsLog: PmsLog = { files: [], requests: [request], states: [], scans: [], proxyClockOffsetSeconds: null };

  it('counts where no log of the proxy does', () => {
    expect(askedNames(null, pmsLog, CATALOGUE)).toMatchObject([
      { denied: 4, processes: ['Plex Media Scanner Matcher'] },
    ]);
  });

  it('only names the process where the proxy logged the same requests', () => {
    const traffic = trafficOf([logged('metadata.provider.plex.tv', 'denied', { count: 4 })]);
    expect(askedNames(traffic, pmsLog, CATALOGUE)).toMatchObject([
      { denied: 4, processes: ['Plex Media Scanner Matcher'] },
    ]);
  });
});

describe('with a present list', () => {
  const PRESENT = 'plex.tv\n.provider.plex.tv\nanalytics.plex.tv\nold.example\nused.example\n';
  const flows = [logged('plex.tv', 'ok'), logged('used.example', 'ok'), logged('analytics.plex.tv', 'ok')];

  it('what is needed and not in it is to be added, asked for or not', () => {
    expect(hosts(learned(flows, {}, PRESENT).add)).toEqual([
      'downloads.plex.tv',
      'metadata-static.plex.tv',
      'images.plex.tv',
      'lyricfind.plex.tv',
    ]);
  });

  it('an entry that lets more through than is needed is to be replaced', () => {
    expect(learned(flows, {}, PRESENT).existing?.wider).toMatchObject([
      {
        entry: '.provider.plex.tv',
        needed: ['metadata.provider.plex.tv', 'epg.provider.plex.tv'],
        others: expect.arrayContaining(['discover.provider.plex.tv']),
      },
    ]);
  });

  it('an entry that was never asked for could go, one that is needed never', () => {
    const { existing } = learned(flows, {}, PRESENT);
    expect(existing?.unused).toEqual([{ entry: 'old.example' }]);
    expect(existing?.unneeded).toEqual([{ entry: 'analytics.plex.tv' }]);
  });

  it.each<[string, Partial<LearnFrom>, Learned['unusedUnjudged']]>([
    ['no log', { watchers: [] }, 'no-log'],
    ['a capture alone', { watchers: [{ ...LOG, kind: 'capture' }] }, 'no-log'],
    ['a log that was read by a guess', { watchers: [{ ...LOG, shows: [] }] }, 'no-log'],
    ['a log without times', { watchers: [{ ...LOG, from: null }] }, 'no-log'],
    ['a log that is too short', { unusedDays: 60 }, 'too-short'],
    ['several clients', { isPlexOnly: true }, 'several-clients'],
    ['connections that were left out', { omitted: 1 }, 'left-out'],
  ])('%s proves no absence', (_, more, why) => {
    const { unusedUnjudged, existing } = learned(flows, more, PRESENT);
    expect([unusedUnjudged, existing?.unused]).toEqual([why, []]);
  });
});

describe('the text', () => {
  const PRESENT = '.plex.tv\nold.example\n???\n';
  const all = learned(
    [
      logged('plex.tv', 'denied', { count: 12, process: 'Plex Media Server' }),
      logged('cdn.example', 'ok'),
      logged('www.plex.tv', 'denied'),
    ],
    {},
    PRESENT,
  );

  it.each([60, 80, 120])('keeps to %d columns', (width) => {
    const lines = learnedText(all, width).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
  });

  it('says what breaks, why, how often, and by whom', () => {
    const text = learnedText(all, 400);
    for (const part of [
      'denied 12× · 2026-11-01 10:00 · Plex Media Server',
      'without it: Sign-in',
      'old.example',
      'also lets through:',
      'line 3: no name',
      'cdn.example:443',
    ])
      expect(text).toContain(part);
  });

  it('is data that the sanitizer knows', () => {
    expect(learnedSchema.parse(all)).toEqual(all);
  });
});
