import cause from '../../src/causes/provider-offline.ts';
import type { PmsStatus } from '../../src/core/model/pms-status.ts';
import type { PmsLog } from '../../src/core/model/traffic.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { aRefusal, aScan, experiment, MEANWHILE } from '../support/fixtures/experiment.ts';
import { library, type FixtureOptions } from '../support/fixtures/facts.ts';
import { pmsLog, proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const HOST = 'metadata.provider.plex.tv';
const MUSIC = library('4', 'artist', 'tv.plex.agents.music');
const HOME_VIDEOS = library('2', 'movie', 'com.plexapp.agents.none');
/** The way to the provider is closed still, so that nothing is said about it. */
const CLOSED = { viaProxy: { [HOST]: 'denied', '*': 'ok' } } as const;
const AGAIN = { attempt: 2 } as const;

function provider(online: boolean | null): PmsStatus['providers'] {
  return [{ identifier: 'tv.plex.provider.metadata', online }];
}

function asked(pmsStatus: Partial<PmsStatus>, logged?: PmsLog): FixtureOptions {
  return { ...CLOSED, pmsStatus, ...(logged === undefined ? {} : { pmsLog: logged }) };
}

function log(value: string, more: Partial<PmsLog> = {}): PmsLog {
  return pmsLog({ states: [{ at: '2026-01-01T00:00:00Z', kind: 'providers', value }], ...more });
}

const REFUSED: Partial<PmsLog> = {
  scans: [{ at: null, kind: 'refused', section: '4', status: 503, command: null }],
};
const TAKEN_LATER: Partial<PmsLog> = {
  scans: [
    { at: null, kind: 'refused', section: '4', status: 503, command: null },
    { at: null, kind: 'started', section: '4', status: 200, command: null },
  ],
};

const ROWS: readonly CauseRow[] = [
  // ── PMS's own word
  {
    name: 'offline, and needed',
    options: asked({ providers: provider(false), sections: [MUSIC] }),
    state: 'likely',
    because: ['offline', { message: 'needed', args: { libraries: '4' } }],
  },
  {
    name: 'offline, libraries not told',
    options: asked({ providers: provider(false) }),
    state: 'likely',
    because: ['offline'],
  },
  {
    name: 'offline, and its way works by now',
    options: { pmsStatus: { providers: provider(false) } },
    state: 'likely',
    because: ['offline', 'works-now'],
  },
  {
    name: 'offline, and nothing needs it',
    options: asked({ providers: provider(false), sections: [HOME_VIDEOS] }),
    state: 'ruled-out',
    because: ['offline', 'no-agent-needs-it'],
  },
  { name: 'online', options: asked({ providers: provider(true) }), state: 'ruled-out', because: ['online'] },
  {
    name: 'a list that does not tell',
    options: asked({ providers: provider(null) }),
    state: 'unknown',
    because: ['pms-silent', 'listed'],
  },
  { name: 'no list at all', options: asked({ providers: null }), state: 'unknown', because: ['pms-silent'] },
  // ── its log
  {
    name: 'a list that does not tell, and a log that does',
    options: asked({ providers: [] }, log('1')),
    state: 'ruled-out',
    because: [{ message: 'logged', args: { count: 1, at: '2026-01-01T00:00:00Z' } }, 'unlisted'],
  },
  {
    name: 'offline now, online by the log',
    options: asked({ providers: provider(false), sections: [MUSIC] }, log('1')),
    state: 'likely',
    because: ['offline', { message: 'needed', args: { libraries: '4' } }, 'earlier/logged'],
  },
  {
    name: 'online now, offline by the log',
    options: asked({ providers: provider(true) }, log('0')),
    state: 'ruled-out',
    because: ['online', 'earlier/logged'],
  },
  {
    name: 'offline now and by the log, and a scan was refused',
    options: asked({ providers: provider(false) }, log('0', REFUSED)),
    state: 'likely',
    because: ['offline', { message: 'logged', args: { count: 0, at: '2026-01-01T00:00:00Z' } }, 'section-refused'],
  },
  {
    name: 'by the log alone, and a scan was refused',
    options: { ...CLOSED, pmsLog: log('0', REFUSED) },
    state: 'likely',
    because: [{ message: 'logged', args: { count: 0, at: '2026-01-01T00:00:00Z' } }, 'section-refused'],
    condition: 'reproduced',
  },
  {
    name: 'by the log, online again, and the scan was taken later',
    options: { pmsLog: log('1', TAKEN_LATER) },
    state: 'ruled-out',
    because: [{ message: 'logged', args: { count: 1, at: '2026-01-01T00:00:00Z' } }],
    condition: 'unknown',
  },
  // ── the experiment
  {
    name: 'asked again, and then the scan was taken',
    options: { ...CLOSED, experiment: experiment([aRefusal(), aScan(AGAIN)]) },
    state: 'confirmed',
    because: [
      {
        message: 'scan-refused',
        args: {
          library: '1',
          type: 'artist',
          agent: 'tv.plex.agents.music',
          attempt: 1,
          status: 503,
          body: 'Service Unavailable',
        },
      },
      'asked-again',
      { message: 'scan-finished', args: { library: '1', type: 'artist', agent: 'tv.plex.agents.music', attempt: 2 } },
    ],
    condition: 'reproduced',
  },
  {
    name: 'the same, and PMS’s own word is of after the repair',
    options: {
      ...asked({ providers: provider(true) }, log('0')),
      experiment: experiment([aRefusal(), aScan(AGAIN)]),
    },
    state: 'confirmed',
    because: ['scan-refused', 'asked-again', 'scan-finished'],
  },
  {
    name: 'asked again, and then the scan was refused as before',
    options: { ...CLOSED, experiment: experiment([aRefusal(), aRefusal(null, AGAIN)]) },
    state: 'unknown',
    because: ['PMS_NOT_ASKED', 'no-change', 'scan-refused'],
  },
  {
    name: 'asked again, and then PMS was gone',
    options: { ...CLOSED, experiment: experiment([aRefusal(), aScan({ ...AGAIN, end: 'unanswered', status: null })]) },
    state: 'unknown',
    because: ['PMS_NOT_ASKED'],
  },
  {
    name: 'a refusal without a second scan',
    options: { experiment: experiment([aRefusal()]) },
    state: 'unknown',
    because: ['PMS_NOT_ASKED'],
  },
  {
    name: 'the provider answered during a scan, which a list that does not tell contradicts in nothing',
    options: {
      experiment: experiment([aScan()]),
      traffic: traffic([proxiedFlow(HOST, MEANWHILE)]),
      pmsStatus: { providers: provider(null) },
    },
    state: 'ruled-out',
    because: ['scan-finished', { message: 'answered', args: { host: 'metadata.provider.plex.tv' } }],
    condition: 'not-found',
  },
  {
    name: 'the same, by the last of several connections that are counted together',
    options: {
      experiment: experiment([aScan()]),
      traffic: traffic([
        proxiedFlow(HOST, { count: 2, firstAt: '2026-01-01T00:00:01.000Z', lastAt: MEANWHILE.lastAt }),
      ]),
    },
    state: 'ruled-out',
    because: ['scan-finished', { message: 'answered', args: { host: 'metadata.provider.plex.tv' } }],
    condition: 'not-found',
  },
  {
    name: 'the provider was asked only after the scan',
    options: {
      experiment: experiment([aScan()]),
      traffic: traffic([
        proxiedFlow(HOST, { firstAt: '2026-01-01T00:00:40.000Z', lastAt: '2026-01-01T00:00:50.000Z' }),
      ]),
    },
    state: 'unknown',
    because: ['PMS_NOT_ASKED'],
    condition: 'unknown',
  },
];

causeRows(cause, ROWS);
