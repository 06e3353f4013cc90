import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/causes/index.ts';
import { sectionsOf } from '../../../src/core/diagnose/condition.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { seenSceneOf } from '../../../src/core/diagnose/seen-scene.ts';
import { notRun } from '../../../src/core/model/evidence.ts';
import type { Scan } from '../../../src/core/model/experiment.ts';
import type { PmsRequest } from '../../../src/core/model/traffic.ts';
import type { Diagnosis } from '../../../src/core/model/report.ts';
import { aRefusal, aScan, experiment, MEANWHILE } from '../../support/fixtures/experiment.ts';
import {
  ENDPOINTS,
  factsFixture,
  type AttemptPlan,
  library,
  PROXY,
  type FixtureOptions,
  place,
} from '../../support/fixtures/facts.ts';
import { directFlow, failedRequest, pmsLog, proxiedFlow, traffic } from '../../support/fixtures/traffic.ts';

const NEEDED = 'metadata.provider.plex.tv';
const MUSIC = library('4', 'artist', 'tv.plex.agents.music');
const HOME_VIDEOS = library('2', 'movie', 'com.plexapp.agents.none');
const BY_AGENT = ENDPOINTS.map((each) =>
  each.need === 'scan' ? { ...each, needByAgent: { none: 'optional' as const } } : each,
);
const DENIED_FOR: FixtureOptions = { endpoints: BY_AGENT, viaProxy: 'denied' };
const OPEN = { variables: {}, viaProxy: null, direct: 'ok' } as const;

const answeredAt = (receivedAt: string): AttemptPlan => ({ outcome: 'ok', http: { receivedAt } });

/** PMS failed, and only a probe of this tool was answered since: a moment later, unless another time is given. */
const probedSince = (failure: Partial<PmsRequest>, at = '2026-01-01T00:02:00.000Z'): FixtureOptions => ({
  direct: answeredAt(at),
  viaProxy: answeredAt(at),
  pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...failure, ...MEANWHILE })] }),
});

interface Row {
  readonly name: string;
  readonly options: FixtureOptions;
  readonly condition: Diagnosis['condition'];
}

const ROWS: readonly Row[] = [
  // ── a probe that was answered since PMS failed
  {
    name: 'the network came after PMS: it treats all alike',
    options: probedSince({ curl: 6, outcome: 'unresolved' }),
    condition: 'not-found',
  },
  {
    name: 'the proxy denied it to PMS, which it may do still',
    options: probedSince({ route: 'proxy', curl: 56, outcome: 'denied' }),
    condition: 'unknown',
  },
  {
    name: 'a filter cut TLS of PMS, which it may do still',
    options: probedSince({ curl: 35, outcome: 'cut' }),
    condition: 'unknown',
  },
  {
    name: 'the proxy denied it to PMS some time ago: it was changed since',
    options: probedSince({ route: 'proxy', curl: 56, outcome: 'denied' }, '2026-01-01T00:10:00.000Z'),
    condition: 'not-found',
  },
  {
    name: 'TLS of PMS was cut some time ago',
    options: probedSince({ curl: 35, outcome: 'cut' }, '2026-01-01T00:10:00.000Z'),
    condition: 'not-found',
  },
  // ── settings and probes
  {
    name: 'one needed endpoint is denied',
    options: { viaProxy: { 'plex.tv': 'denied', '*': 'ok' } },
    condition: 'would-occur',
  },
  {
    name: 'a feature is denied',
    options: { direct: 'ok', viaProxy: { 'downloads.plex.tv': 'denied', '*': 'ok' } },
    condition: 'not-found',
  },
  {
    name: 'one needed endpoint was not attempted',
    options: { viaProxy: { 'plex.tv': 'not-run', '*': 'ok' } },
    condition: 'unknown',
  },
  {
    name: 'PMS’s bundle refuses',
    options: { viaProxy: { outcome: 'ok', tls: { trustedByPms: false } } },
    condition: 'would-occur',
  },
  {
    name: 'PMS’s client would refuse the value',
    options: { decide: () => ({ error: 'bad value' }) },
    condition: 'would-occur',
  },
  ...(['no-reply', 'cut', 'stalled', 'intercepted', 'unresolved'] as const).map((direct): Row => ({
    name: `all works through the proxy, directly it is ${direct}, and nobody saw which way the scanner goes`,
    options: { direct },
    condition: 'unknown',
  })),
  {
    name: 'all works through the proxy, and directly over one family alone',
    options: { direct: { 4: 'ok', 6: 'no-reply' } },
    condition: 'unknown',
  },
  { name: 'both routes are open', options: { direct: 'ok' }, condition: 'not-found' },
  {
    name: 'both routes are open, seen from another network than that of PMS',
    options: { direct: 'ok', vantage: { probes: place(1, 997) } },
    condition: 'unknown',
  },
  {
    name: 'both routes are open, seen from another network than that of PMS, by an older version',
    options: { direct: 'ok', pms: { otherNetwork: true }, items: { vantage: notRun('NOT_PROBED') } },
    condition: 'unknown',
  },
  {
    name: 'both routes are open for root, not for the user that PMS runs as',
    options: { direct: 'ok', vantage: { probes: place(4_026_531_840, 0) } },
    condition: 'unknown',
  },
  {
    name: 'both routes are open, and rules hold for the control group of PMS',
    options: {
      direct: 'ok',
      vantage: {
        probes: { ...place(4_026_531_840, 997), group: 0 },
        pms: { pid: 812, place: { ...place(4_026_531_840, 997), group: 1 } },
      },
    },
    condition: 'unknown',
  },
  {
    name: 'the proxy answers nothing to another user than PMS',
    options: { viaProxy: 'proxy-silent', vantage: { probes: place(4_026_531_840, 0) } },
    condition: 'unknown',
  },
  {
    name: 'both routes are open, and where PMS stands could not be seen',
    options: { direct: 'ok', vantage: { pms: { pid: 812, place: place(null, 997) } } },
    condition: 'unknown',
  },
  { name: 'no endpoint is needed', options: { endpoints: [] }, condition: 'unknown' },
  {
    name: 'an open network without PMS and without a proxy',
    options: { ...OPEN, pms: { found: false }, basis: 'assumed' },
    condition: 'unknown',
  },
  {
    name: 'no results',
    options: { items: { results: notRun('INTERRUPTED', 'interrupted before the first attempt') } },
    condition: 'unknown',
  },
  // ── what the libraries need
  {
    name: 'libraries without an agent that needs the network',
    options: { ...DENIED_FOR, pmsStatus: { sections: [HOME_VIDEOS] } },
    condition: 'not-found',
  },
  {
    name: 'one library that needs the provider is enough',
    options: { ...DENIED_FOR, pmsStatus: { sections: [HOME_VIDEOS, MUSIC] } },
    condition: 'would-occur',
  },
  {
    name: 'without libraries the catalogue stands',
    options: { ...DENIED_FOR, pmsStatus: { sections: [] } },
    condition: 'would-occur',
  },
  {
    name: 'with libraries that are not known as well',
    options: { ...DENIED_FOR, pmsStatus: { sections: null } },
    condition: 'would-occur',
  },
  // ── the experiment
  { name: 'a refusal decides', options: { ...OPEN, experiment: experiment([aRefusal()]) }, condition: 'reproduced' },
  {
    name: 'a scan that was taken and reached what it needs decides',
    options: { experiment: experiment([aScan()]), traffic: traffic([proxiedFlow(NEEDED, MEANWHILE)]) },
    condition: 'not-found',
  },
  {
    name: 'a scan that was taken without asking any host decides nothing',
    options: { viaProxy: 'denied', experiment: experiment([aScan()]), traffic: traffic([]) },
    condition: 'would-occur',
  },
  {
    name: 'a scan that was taken and could not reach what it needs',
    options: { ...OPEN, experiment: experiment([aScan()]), traffic: traffic([directFlow('plex.tv', MEANWHILE)]) },
    condition: 'reproduced',
  },
  {
    name: 'the same, but the request was that of a control',
    options: {
      ...OPEN,
      experiment: experiment([aScan()]),
      traffic: traffic([directFlow('plex.tv', { process: 'Plex Media Server', ...MEANWHILE })]),
    },
    condition: 'not-found',
  },
  // ── what was seen
  {
    name: 'a cause that is not proven to stop a scan was seen at work',
    options: {
      direct: 'ok',
      variables: { https_proxy: PROXY, http_proxy: PROXY },
      traffic: traffic([proxiedFlow('127.0.0.1', { targetPort: 32_400, outcome: 'denied', status: 403 })]),
    },
    condition: 'unknown',
  },
];

describe('the condition', () => {
  it.each(ROWS)('$condition: $name', ({ options, condition }) => {
    expect(diagnose(CAUSES, factsFixture(options), []).condition).toBe(condition);
  });
});

describe('the sections', () => {
  const LOST = traffic([directFlow(NEEDED, MEANWHILE)]);
  it.each<[string, Partial<Scan>, FixtureOptions, Diagnosis['condition']]>([
    ['refused by PMS', { end: 'refused', status: 503 }, {}, 'reproduced'],
    ['refused because the request was wrong', { end: 'refused', status: 404 }, {}, 'unknown'],
    ['refused for want of a right', { end: 'refused', status: 401 }, {}, 'unknown'],
    ['finished', {}, {}, 'not-found'],
    ['finished, and what it needs was not reached', {}, { traffic: LOST }, 'reproduced'],
    ['running, and what it needs was not reached', { end: 'running' }, { traffic: LOST }, 'reproduced'],
    ['still running', { end: 'running' }, {}, 'unknown'],
    ['cancelled', { end: 'cancelled' }, {}, 'unknown'],
    ['never answered', { end: 'unanswered', status: null }, {}, 'unknown'],
  ])('%s', (_, scan, options, condition) => {
    const made = aScan(scan);
    const facts = factsFixture({ experiment: experiment([made]), ...options });
    expect(sectionsOf(seenSceneOf(facts))).toEqual([
      {
        id: '1',
        type: 'artist',
        agent: 'tv.plex.agents.music',
        status: made.status,
        condition,
        ...(condition === 'reproduced' ? { failed: made.end === 'refused' ? 'refused' : 'unreached' } : {}),
      },
    ]);
  });

  it('are those of the first scans: a second one is made under other conditions', () => {
    const facts = factsFixture({ experiment: experiment([aRefusal(), aScan({ attempt: 2 })]) });
    expect(sectionsOf(seenSceneOf(facts)).map(({ condition }) => condition)).toEqual(['reproduced']);
  });

  it('of a log have the kind that PMS tells', () => {
    const refused = { at: null, kind: 'refused', section: '4', status: 503, command: null } as const;
    const facts = factsFixture({ pmsStatus: { sections: [MUSIC] }, pmsLog: pmsLog({ scans: [refused] }) });
    expect(sectionsOf(seenSceneOf(facts))).toEqual([
      {
        id: '4',
        type: 'artist',
        agent: 'tv.plex.agents.music',
        status: 503,
        condition: 'reproduced',
        failed: 'refused',
      },
    ]);
  });
});
