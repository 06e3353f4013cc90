import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import { notRun } from '../../src/core/evidence.ts';
import type { PmsStatus } from '../../src/core/pms-status.ts';
import type { Cause, CauseId, Diagnosis } from '../../src/core/report.ts';
import type { PmsLog } from '../../src/core/traffic.ts';
import { ENDPOINTS, factsFixture, library, type FixtureOptions } from '../support/facts-fixture.ts';

const MUSIC = library('4', 'artist', 'tv.plex.agents.music');
const FILMS = library('1', 'movie', 'tv.plex.agents.movie');
const HOME_VIDEOS = library('2', 'movie', 'com.plexapp.agents.none');
const BY_AGENT = ENDPOINTS.map((each) =>
  each.need === 'scan' ? { ...each, needByAgent: { none: 'optional' as const } } : each,
);

function log(states: PmsLog['states'], refused = false): PmsLog {
  const at = '2026-11-22T14:00:00.000Z';
  const scan = { at, kind: 'refused', section: '4', status: 503, command: null } as const;
  return { files: [], requests: [], states, scans: refused ? [scan] : [], proxyClockOffsetSeconds: null };
}
const signIn = (value: string): PmsLog['states'][number] => ({ at: null, kind: 'sign-in', value });
const online = (value: string): PmsLog['states'][number] => ({ at: null, kind: 'providers', value });
const offline = [{ identifier: 'tv.plex.provider.metadata', online: false }];

function scanOf(pmsStatus: Partial<PmsStatus>, more: FixtureOptions = {}): Diagnosis {
  return diagnose(factsFixture({ endpoints: BY_AGENT, pmsStatus, ...more }), []);
}
function causeOf(scan: Diagnosis, id: CauseId): Cause {
  const found = scan.causes.find((cause) => cause.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

describe('not-signed-in', () => {
  it.each<[string, Partial<PmsStatus>, PmsLog | undefined, Cause['state'], Diagnosis['condition']]>([
    ['signed in', { sections: [MUSIC] }, undefined, 'ruled-out', 'not-found'],
    [
      'not signed in, with music: documented',
      { signIn: 'none', sections: [FILMS, MUSIC] },
      undefined,
      'confirmed',
      'would-occur',
    ],
    ['not signed in, with films', { signIn: 'none', sections: [FILMS] }, undefined, 'possible', 'not-found'],
    ['not signed in, libraries not told', { signIn: 'none' }, undefined, 'likely', 'unknown'],
    ['not claimed', { signIn: null, claimed: false, sections: [MUSIC] }, undefined, 'confirmed', 'would-occur'],
    ['claimed, and no more is told', { signIn: null, claimed: true }, undefined, 'unknown', 'not-found'],
    ['nothing here needs it', { signIn: 'none', sections: [HOME_VIDEOS] }, undefined, 'ruled-out', 'not-found'],
    ['the state of now outranks the log', { sections: [MUSIC] }, log([signIn('none')]), 'ruled-out', 'not-found'],
    [
      'and so it does the other way',
      { signIn: 'none', sections: [FILMS] },
      log([signIn('ok')]),
      'possible',
      'not-found',
    ],
    ['not told now: the log stands', { signIn: null }, log([signIn('none')]), 'likely', 'unknown'],
    [
      'both, and a scan was refused',
      { signIn: 'none', sections: [FILMS] },
      log([signIn('none')], true),
      'confirmed',
      'reproduced',
    ],
  ])('%s', (_, status, pmsLog, state, condition) => {
    const scan = scanOf(status, pmsLog === undefined ? {} : { pmsLog });
    expect(causeOf(scan, 'not-signed-in').state).toBe(state);
    expect(scan.condition).toBe(condition);
  });

  it('tells of a log that had it otherwise', () => {
    const { because } = causeOf(scanOf({}, { pmsLog: log([signIn('none')]) }), 'not-signed-in');
    expect(because).toEqual([
      'PMS says that its sign-in is "ok"',
      'it was otherwise before: the last word of PMS\'s log: its sign-in is "none"',
    ]);
  });
});

describe('provider-offline', () => {
  it.each<[string, Partial<PmsStatus>, PmsLog | undefined, Cause['state']]>([
    ['offline, and needed', { providers: offline, sections: [MUSIC] }, undefined, 'likely'],
    ['offline, libraries not told', { providers: offline }, undefined, 'likely'],
    ['offline, and nothing needs it', { providers: offline, sections: [HOME_VIDEOS] }, undefined, 'ruled-out'],
    ['online', { providers: [{ identifier: 'tv.plex.provider.metadata', online: true }] }, undefined, 'ruled-out'],
    [
      'a list that does not tell',
      { providers: [{ identifier: 'tv.plex.provider.metadata', online: null }] },
      undefined,
      'unknown',
    ],
    ['a list that does not tell, and a log that does', { providers: [] }, log([online('1')]), 'ruled-out'],
    ['offline now, online by the log', { providers: offline, sections: [MUSIC] }, log([online('1')]), 'likely'],
    [
      'online now, offline by the log',
      { providers: [{ identifier: 'tv.plex.provider.metadata', online: true }] },
      log([online('0')]),
      'ruled-out',
    ],
    [
      'offline now and by the log, and a scan was refused',
      { providers: offline },
      log([online('0')], true),
      'confirmed',
    ],
  ])('%s', (_, status, pmsLog, state) => {
    expect(causeOf(scanOf(status, pmsLog === undefined ? {} : { pmsLog }), 'provider-offline').state).toBe(state);
  });
});

describe('what the libraries need', () => {
  it('a server whose libraries all have the agent "none" scans behind closed doors', () => {
    const scan = scanOf({ sections: [HOME_VIDEOS] }, { viaProxy: 'denied' });
    expect(scan.condition).toBe('not-found');
    expect(causeOf(scan, 'proxy-denies')).toMatchObject({
      state: 'ruled-out',
      because: ['no library here has an agent that asks anybody outside when it is scanned'],
    });
  });

  it('one library that needs the provider is enough', () => {
    expect(scanOf({ sections: [HOME_VIDEOS, MUSIC] }, { viaProxy: 'denied' }).condition).toBe('would-occur');
  });

  it('without libraries the catalogue stands', () => {
    expect(scanOf({ sections: [] }, { viaProxy: 'denied' }).condition).toBe('would-occur');
    expect(scanOf({ sections: null }, { viaProxy: 'denied' }).condition).toBe('would-occur');
  });

  it('a refused section of the log has the kind that PMS tells', () => {
    const { sections } = scanOf({ sections: [MUSIC] }, { pmsLog: log([], true) });
    expect(sections).toEqual([
      { id: '4', type: 'artist', agent: 'tv.plex.agents.music', status: 503, condition: 'reproduced' },
    ]);
  });
});

describe('PMS did not say', () => {
  it.each<[string, FixtureOptions, string]>([
    ['not asked', { items: { pmsStatus: notRun('PMS_NOT_ASKED', 'it was not asked') } }, 'it was not asked'],
    [
      'not reached',
      {
        pmsStatus: {
          signIn: null,
          claimed: null,
          troubles: [{ call: '/identity', code: 'TIMEOUT', message: 'no answer' }],
        },
      },
      'PMS could not be asked: no answer',
    ],
    [
      'without a token',
      { pmsStatus: { signIn: null, troubles: [{ call: '/', code: 'UNAUTHORIZED', message: 'PMS answered 401' }] } },
      'PMS was asked and does not say: PMS answered 401',
    ],
  ])('%s', (_, options, because) => {
    const scan = diagnose(factsFixture(options), []);
    expect(causeOf(scan, 'not-signed-in')).toMatchObject({ state: 'unknown', because: [because] });
    expect(causeOf(scan, 'provider-offline')).toMatchObject({ state: 'unknown', because: [because] });
  });
});
