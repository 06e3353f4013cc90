import { describe, expect, it } from 'vitest';
import {
  isRefusal,
  providerByExperiment,
  scannedSections,
  signInByExperiment,
  tellScan,
} from '../../src/core/diagnose-experiment.ts';
import { diagnose } from '../../src/core/diagnose.ts';
import type { Experiment, Scan } from '../../src/core/experiment.ts';
import type { CauseId, Cause, Diagnosis } from '../../src/core/report.ts';
import { aScan, DURING, experiment } from '../support/experiment-fixture.ts';
import { factsFixture, type FixtureOptions } from '../support/facts-fixture.ts';
import { aLibrary } from '../support/scanning-pms.ts';
import { directFlow, proxiedFlow, traffic } from '../support/traffic-fixture.ts';

const UNSIGNED = 'Server cannot refresh a music library when not signed in';
const NEEDED = 'metadata.provider.plex.tv';

describe('what each scan says about its library', () => {
  it.each<[string, Partial<Scan>, boolean, string]>([
    ['refused by PMS', { end: 'refused', status: 503 }, false, 'reproduced'],
    ['refused because the request was wrong', { end: 'refused', status: 404 }, false, 'unknown'],
    ['refused because nobody may', { end: 'refused', status: 401 }, false, 'unknown'],
    ['finished', { end: 'finished', status: 200 }, false, 'not-found'],
    ['finished, and failed for want of the network', { end: 'finished', status: 200 }, true, 'reproduced'],
    ['running, and failed for want of the network', { end: 'running', status: 200 }, true, 'reproduced'],
    ['still running', { end: 'running', status: 200 }, false, 'unknown'],
    ['cancelled', { end: 'cancelled', status: 200 }, false, 'unknown'],
    ['never answered', { end: 'unanswered', status: null }, false, 'unknown'],
  ])('%s', (_, more, failed, condition) => {
    const [section] = scannedSections(experiment([aScan(more)]), () => failed);
    expect(section).toEqual({
      id: '1',
      type: 'artist',
      agent: 'tv.plex.agents.music',
      status: more.status ?? null,
      condition,
    });
  });

  it('a second scan, made under other conditions, is not the one that counts', () => {
    const scans = [aScan({ end: 'refused', status: 503 }), aScan({ end: 'finished', attempt: 2 })];
    expect(scannedSections(experiment(scans), () => false).map(({ condition }) => condition)).toEqual(['reproduced']);
  });
});

it.each<[Partial<Scan>, string]>([
  [
    { end: 'refused', status: 503, body: UNSIGNED },
    `PMS refused to scan library 1 (artist, tv.plex.agents.music): 503 "${UNSIGNED}"`,
  ],
  [{ end: 'refused', status: 500, body: null }, 'PMS refused to scan library 1 (artist, tv.plex.agents.music): 500'],
  [
    { end: 'finished', attempt: 2 },
    'PMS scanned library 1 (artist, tv.plex.agents.music) to its end when it was asked again',
  ],
  [{ end: 'running' }, 'the scan of library 1 (artist, tv.plex.agents.music) had not ended in time'],
  [{ end: 'cancelled' }, 'the scan of library 1 (artist, tv.plex.agents.music) was interrupted'],
  [{ end: 'unanswered' }, 'PMS did not answer the request to scan library 1 (artist, tv.plex.agents.music)'],
])('%o is told', (more, words) => {
  expect(tellScan(aScan(more))).toBe(words);
});

it.each<[Partial<Scan>, boolean]>([
  [{ end: 'refused', status: 500 }, true],
  [{ end: 'refused', status: 499 }, false],
  [{ end: 'refused', status: null }, false],
  [{ end: 'unanswered', status: 503 }, false],
])('%o is a refusal: %s', (more, expected) => {
  expect(isRefusal(aScan(more))).toBe(expected);
});

describe('the sign-in', () => {
  it.each<[string, readonly Scan[], Cause['state'] | null]>([
    ['a refusal that names it', [aScan({ end: 'refused', status: 503, body: UNSIGNED })], 'confirmed'],
    ['a refusal that does not', [aScan({ end: 'refused', status: 503, body: 'Service Unavailable' })], null],
    ['music that was scanned', [aScan({ end: 'finished' })], 'ruled-out'],
    ['a wrong request that names it', [aScan({ end: 'refused', status: 401, body: 'not signed in' })], null],
    ['nothing at its end', [aScan({ end: 'running' })], null],
    ['movies alone', [aScan({ end: 'finished', library: aLibrary('3', 'provider', { type: 'movie' }) })], null],
  ])('%s', (_, scans, state) => {
    expect(signInByExperiment(experiment(scans))?.state ?? null).toBe(state);
  });
});

describe('the providers, asked again', () => {
  const refused = aScan({ end: 'refused', status: 503 });
  it.each<[string, readonly Scan[], Cause['state'] | null]>([
    ['not at all', [refused], null],
    ['then the scan was taken', [refused, aScan({ end: 'finished', attempt: 2 })], 'confirmed'],
    ['then it was refused as before', [refused, aScan({ end: 'refused', status: 503, attempt: 2 })], 'unknown'],
    ['then PMS was gone', [refused, aScan({ end: 'unanswered', status: null, attempt: 2 })], null],
  ])('%s', (_, scans, state) => {
    expect(providerByExperiment(experiment(scans))?.state ?? null).toBe(state);
  });

  it('is told in its order', () => {
    const judged = providerByExperiment(experiment([refused, aScan({ end: 'finished', attempt: 2 })]));
    expect(judged?.because).toEqual([
      'PMS refused to scan library 1 (artist, tv.plex.agents.music): 503',
      'then its providers were asked again',
      'PMS scanned library 1 (artist, tv.plex.agents.music) to its end when it was asked again',
    ]);
  });
});

describe('the whole judgement', () => {
  const during = { firstAt: DURING, lastAt: DURING };
  const bypass = directFlow(NEEDED, during);
  const asked: Experiment = experiment([aScan({ end: 'refused', status: 503 })]);
  it.each<[string, FixtureOptions, Diagnosis['condition'], Readonly<Partial<Record<CauseId, Cause['state']>>>]>([
    [
      'a refusal while the scanner goes around the proxy',
      { experiment: asked, traffic: traffic([bypass]) },
      'reproduced',
      { 'scanner-bypasses-proxy': 'confirmed' },
    ],
    [
      'the same, and the proxy is asked by a control, between the scans',
      {
        experiment: asked,
        traffic: traffic([
          bypass,
          proxiedFlow(NEEDED, { firstAt: '2026-01-01T00:00:20.000Z', lastAt: '2026-01-01T00:00:21.000Z' }),
        ]),
      },
      'reproduced',
      { 'scanner-bypasses-proxy': 'confirmed' },
    ],
    [
      'the same, and the proxy is asked during the scan',
      { experiment: asked, traffic: traffic([bypass, proxiedFlow(NEEDED, during)]) },
      'reproduced',
      { 'scanner-bypasses-proxy': 'likely' },
    ],
    ['a refusal and nothing else seen', { experiment: asked }, 'reproduced', {}],
    [
      'a refusal for want of a sign-in',
      { experiment: experiment([aScan({ end: 'refused', status: 503, body: UNSIGNED })]) },
      'reproduced',
      { 'not-signed-in': 'confirmed' },
    ],
    [
      'taken, and what it needs was not reached',
      { experiment: experiment([aScan({ end: 'finished' })]), traffic: traffic([bypass]) },
      'reproduced',
      { 'scanner-bypasses-proxy': 'confirmed' },
    ],
    [
      'taken, and what it needs was reached',
      { experiment: experiment([aScan({ end: 'finished' })]), traffic: traffic([proxiedFlow(NEEDED, during)]) },
      'not-found',
      { 'scanner-bypasses-proxy': 'ruled-out', 'proxy-denies': 'ruled-out' },
    ],
    [
      'taken, and a connection of another time',
      {
        experiment: experiment([aScan({ end: 'finished' })]),
        traffic: traffic([
          directFlow(NEEDED, { firstAt: '2025-01-01T00:00:00.000Z', lastAt: '2025-01-01T00:00:01.000Z' }),
        ]),
      },
      'unknown',
      { 'scanner-bypasses-proxy': 'likely' },
    ],
    [
      'nothing but the control',
      {
        experiment: experiment([aScan({ end: 'finished', role: 'control', library: aLibrary('5', 'nothing') })]),
        traffic: traffic([bypass]),
      },
      'would-occur',
      { 'scanner-bypasses-proxy': 'confirmed' },
    ],
  ])('%s', (_, options, condition, causes) => {
    const diagnosis = diagnose(factsFixture(options), []);
    expect(diagnosis.condition).toBe(condition);
    const states = Object.fromEntries(diagnosis.causes.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject(causes);
  });
});
