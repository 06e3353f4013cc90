import cause from '../../src/causes/not-signed-in.ts';
import { notRun } from '../../src/core/model/evidence.ts';
import { SIGN_IN_HOST, type PmsStatus } from '../../src/core/model/pms-status.ts';
import type { PmsLog } from '../../src/core/model/traffic.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { aRefusal, aScan, experiment, MEANWHILE } from '../support/fixtures/experiment.ts';
import { ENDPOINTS, library, type FixtureOptions } from '../support/fixtures/facts.ts';
import { aLibrary } from '../support/servers/scanning-pms.ts';
import { failedRequest, pmsLog, proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const MUSIC = library('4', 'artist', 'tv.plex.agents.music');
const FILMS = library('1', 'movie', 'tv.plex.agents.movie');
const HOME_VIDEOS = library('2', 'movie', 'com.plexapp.agents.none');
const BY_AGENT = ENDPOINTS.map((each) =>
  each.need === 'scan' ? { ...each, needByAgent: { none: 'optional' as const } } : each,
);
const UNSIGNED = 'Server cannot refresh a music library when not signed in';
/** The way to plex.tv is closed still, so that nothing is said about it. */
const CLOSED = { viaProxy: { 'plex.tv': 'denied', '*': 'ok' } } as const;

function asked(pmsStatus: Partial<PmsStatus>, logged?: PmsLog): FixtureOptions {
  return { endpoints: BY_AGENT, pmsStatus, ...(logged === undefined ? {} : { pmsLog: logged }) };
}

function log(value: string, more: Partial<PmsLog> = {}): PmsLog {
  return pmsLog({ states: [{ at: null, kind: 'sign-in', value }], ...more });
}

const REFUSED: Partial<PmsLog> = {
  scans: [{ at: '2026-11-22T14:00:00.000Z', kind: 'refused', section: '4', status: 503, command: null }],
};

const UNAUTHORIZED = failedRequest(SIGN_IN_HOST, {
  status: 401,
  curl: null,
  error: null,
  outcome: 'ok',
  count: 2,
  lastAt: '2026-11-22T14:00:01.000Z',
});

const ROWS: readonly CauseRow[] = [
  // ── PMS's own word
  {
    name: 'signed in',
    options: asked({ sections: [MUSIC] }),
    state: 'ruled-out',
    because: [{ message: 'state', args: { state: 'ok' } }],
    condition: 'unknown',
  },
  {
    name: 'with a library of music, as documented',
    options: asked({ signIn: 'none', sections: [FILMS, MUSIC] }),
    state: 'confirmed',
    because: [
      { message: 'state', args: { state: 'none' } },
      'works-now',
      { message: 'music-refused', args: { libraries: '4' } },
    ],
    condition: 'would-occur',
  },
  {
    name: 'with films',
    options: asked({ signIn: 'none', sections: [FILMS] }),
    state: 'possible',
    because: [{ message: 'state', args: { state: 'none' } }, 'works-now', 'harm-unproven'],
    condition: 'unknown',
  },
  {
    name: 'libraries not told, the way to plex.tv closed',
    options: { ...asked({ signIn: 'none' }), ...CLOSED },
    state: 'likely',
    because: [{ message: 'state', args: { state: 'none' } }],
    condition: 'would-occur',
  },
  {
    name: 'libraries not told',
    options: asked({ signIn: 'none' }),
    state: 'likely',
    because: [{ message: 'state', args: { state: 'none' } }, 'works-now'],
    condition: 'unknown',
  },
  {
    name: 'not claimed',
    options: asked({ signIn: null, claimed: false, sections: [MUSIC] }),
    state: 'confirmed',
    because: ['unclaimed', 'works-now', { message: 'music-refused', args: { libraries: '4' } }],
    condition: 'would-occur',
  },
  {
    name: 'claimed, and no more is told',
    options: asked({ signIn: null, claimed: true }),
    state: 'unknown',
    because: ['pms-silent'],
    condition: 'unknown',
  },
  {
    name: 'nothing here needs it',
    options: asked({ signIn: 'none', sections: [HOME_VIDEOS] }),
    state: 'ruled-out',
    because: [{ message: 'state', args: { state: 'none' } }, 'no-library-needs-it'],
    condition: 'not-found',
  },
  // ── its log
  {
    name: 'the state of now outranks the log',
    options: asked({ sections: [MUSIC] }, log('none')),
    state: 'ruled-out',
    because: [{ message: 'state', args: { state: 'ok' } }, 'earlier/logged'],
    condition: 'unknown',
  },
  {
    name: 'and so it does the other way',
    options: asked({ signIn: 'none', sections: [FILMS] }, log('ok')),
    state: 'possible',
    because: [{ message: 'state', args: { state: 'none' } }, 'works-now', 'harm-unproven', 'earlier/logged'],
    condition: 'unknown',
  },
  {
    name: 'not told now: the log stands',
    options: asked({ signIn: null }, log('none')),
    state: 'likely',
    because: [{ message: 'logged', args: { state: 'none' } }, 'works-now'],
    condition: 'unknown',
  },
  {
    name: 'the last word of the log counts',
    options: asked(
      { signIn: null },
      pmsLog({
        states: [
          { at: null, kind: 'sign-in', value: 'none' },
          { at: '2026-11-22T14:00:00.000Z', kind: 'sign-in', value: 'Signed In' },
        ],
      }),
    ),
    state: 'ruled-out',
    because: [{ message: 'logged', args: { state: 'Signed In', at: '2026-11-22T14:00:00.000Z' } }],
  },
  {
    name: 'now and by the log, and a scan was refused',
    options: asked({ signIn: 'none', sections: [FILMS] }, log('none', REFUSED)),
    state: 'likely',
    because: [
      { message: 'state', args: { state: 'none' } },
      'works-now',
      'harm-unproven',
      { message: 'logged', args: { state: 'none' } },
      'section-refused',
    ],
    condition: 'reproduced',
  },
  {
    name: 'plex.tv did not authorize it, and it has no token',
    options: asked(
      { signIn: null },
      pmsLog({
        requests: [UNAUTHORIZED, { ...UNAUTHORIZED, host: 'epg.provider.plex.tv' }],
        states: [{ at: '2026-11-22T14:00:00.000Z', kind: 'token', value: 'none' }],
      }),
    ),
    state: 'likely',
    because: [
      { message: 'answered-401', args: { host: 'plex.tv', count: 2, at: '2026-11-22T14:00:01.000Z' } },
      'works-now',
      { message: 'no-token', args: { host: 'plex.tv', at: '2026-11-22T14:00:00.000Z' } },
    ],
    condition: 'unknown',
  },
  {
    name: 'plex.tv did not authorize a request, which can be that of a user',
    options: asked({ signIn: null }, pmsLog({ requests: [UNAUTHORIZED] })),
    state: 'possible',
    because: ['answered-401', 'works-now'],
    condition: 'unknown',
  },
  {
    name: 'not authorized before PMS started anew',
    options: asked(
      { signIn: null },
      pmsLog({ requests: [UNAUTHORIZED], starts: [{ at: '2026-11-22T15:00:00.000Z', version: null }] }),
    ),
    state: 'unknown',
    because: ['pms-silent'],
  },
  {
    name: 'its token came later',
    options: asked(
      { signIn: null },
      pmsLog({
        states: [
          { at: '2026-11-22T14:00:00.000Z', kind: 'token', value: 'none' },
          { at: '2026-11-22T14:00:02.000Z', kind: 'token', value: 'present' },
        ],
      }),
    ),
    state: 'unknown',
    because: ['pms-silent'],
  },
  {
    name: 'PMS says that it is signed in, whatever was not authorized',
    options: asked({ sections: [MUSIC] }, pmsLog({ requests: [UNAUTHORIZED] })),
    state: 'ruled-out',
    because: ['state', 'earlier/answered-401'],
  },
  // ── PMS did not say
  {
    name: 'PMS was not asked',
    options: { items: { pmsStatus: notRun('PMS_NOT_ASKED', 'it was not asked') } },
    state: 'unknown',
    because: ['PMS_NOT_ASKED'],
  },
  {
    name: 'PMS was not reached',
    options: {
      pmsStatus: {
        signIn: null,
        claimed: null,
        troubles: [{ call: '/identity', code: 'TIMEOUT', message: 'no answer' }],
      },
    },
    state: 'unknown',
    because: [{ message: 'pms-unreached', args: { reason: 'no answer' } }],
  },
  {
    name: 'PMS was asked without a token',
    options: {
      pmsStatus: { signIn: null, troubles: [{ call: '/', code: 'UNAUTHORIZED', message: 'PMS answered 401' }] },
    },
    state: 'unknown',
    because: [{ message: 'pms-silent', args: { reason: 'PMS answered 401' } }],
  },
  // ── the experiment
  {
    name: 'a refusal that names it',
    options: { experiment: experiment([aRefusal(UNSIGNED)]), ...CLOSED },
    state: 'confirmed',
    because: ['scan-refused'],
    condition: 'reproduced',
  },
  {
    name: 'a refusal that names it, and the way to plex.tv works by now',
    options: {
      experiment: experiment([aRefusal(UNSIGNED)]),
      traffic: traffic([proxiedFlow('plex.tv', MEANWHILE)]),
      pmsStatus: { signIn: 'none', sections: [MUSIC] },
    },
    state: 'confirmed',
    because: [
      'scan-refused',
      'works-now',
      { message: 'state', args: { state: 'none' } },
      { message: 'music-refused', args: { libraries: '4' } },
    ],
    condition: 'reproduced',
  },
  {
    name: 'a refusal that does not name it',
    options: { experiment: experiment([aRefusal()]) },
    state: 'unknown',
    because: ['PMS_NOT_ASKED'],
  },
  {
    name: 'a wrong request that names it',
    options: { experiment: experiment([aRefusal('not signed in', { status: 401 })]) },
    state: 'unknown',
    because: ['PMS_NOT_ASKED'],
  },
  {
    name: 'music was scanned',
    options: { experiment: experiment([aScan()]) },
    state: 'ruled-out',
    because: ['scan-finished'],
  },
  {
    name: 'music was scanned, which PMS’s own word contradicts',
    options: { experiment: experiment([aScan()]), pmsStatus: { signIn: 'none', sections: [MUSIC] } },
    state: 'ruled-out',
    because: ['scan-finished', 'earlier/state', 'earlier/music-refused'],
  },
  {
    name: 'movies alone were scanned',
    options: { experiment: experiment([aScan({ library: aLibrary('3', 'provider', { type: 'movie' }) })]) },
    state: 'unknown',
    because: ['PMS_NOT_ASKED'],
  },
  {
    name: 'no scan came to its end',
    options: { experiment: experiment([aScan({ end: 'running' })]) },
    state: 'unknown',
    because: ['PMS_NOT_ASKED'],
  },
];

causeRows(cause, ROWS);
