import { afterAll, expect, it } from 'vitest';
import type { Experiment, PlannedScan } from '../../../src/core/model/experiment.ts';
import { runExperiment } from '../../../src/gather/experiment/experiment.ts';
import { MISBEHAVIOURS, type SmallPms } from '../../support/servers/pms-server.ts';
import {
  aLibrary,
  clientOf,
  requestsOf,
  scanningPms,
  type ScanningPlan,
  type Taking,
} from '../../support/servers/scanning-pms.ts';

const open: SmallPms[] = [];
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
});

const PLAN: readonly PlannedScan[] = [
  { library: aLibrary('5', 'nothing', { type: 'movie' }), role: 'control' },
  { library: aLibrary('1'), role: 'agent' },
  { library: aLibrary('3', 'provider', { type: 'movie' }), role: 'agent' },
];
/** More than a busy machine needs for an answer. */
const PATIENCE_MS = 30_000;
/** The limit of what is never answered. */
const HANG_MS = 500;
const UPDATES = 'PUT /updater/check?download=0';
const PROVIDERS = 'POST /media/providers/refresh';
const CONTROL = 'POST /library/sections/5/refresh?path=%2Fsrv%2Fhome';
const refresh = (id: string): string => `POST /library/sections/${id}/refresh`;
const refuse = (status: number) => (): Taking => ({ kind: 'refuse', status });

interface Played {
  readonly experiment: Experiment;
  readonly requests: readonly string[];
  /** Announcements, each with how many requests had been made by then. */
  readonly steps: readonly (readonly [string, number])[];
}

async function play(
  plan: ScanningPlan,
  {
    tryProviderRefresh = false,
    stopAt = null,
    scanAnswerMs = PATIENCE_MS,
  }: { readonly tryProviderRefresh?: boolean; readonly stopAt?: RegExp | null; readonly scanAnswerMs?: number } = {},
): Promise<Played> {
  const server = await scanningPms(plan);
  open.push(server);
  const stopping = new AbortController();
  const steps: (readonly [string, number])[] = [];
  const experiment = await runExperiment({
    client: clientOf(server, PATIENCE_MS, stopping.signal),
    patient: clientOf(server, scanAnswerMs, stopping.signal),
    afterwards: clientOf(server, PATIENCE_MS),
    plan: PLAN,
    folders: new Map(PLAN.map(({ library }) => [library.id, library.id === '5' ? '/srv/home' : '/srv/other'])),
    scanTimeoutMs: PATIENCE_MS,
    tryProviderRefresh,
    signal: stopping.signal,
    onStep: (words) => {
      steps.push([words, requestsOf(server).length]);
      if (stopAt?.test(words)) stopping.abort();
    },
  });
  return { experiment, requests: requestsOf(server), steps };
}

const ends = ({ experiment }: Played): readonly string[] =>
  experiment.scans.map(({ library, attempt, end }) => `${library.id} ${attempt} ${end}`);

it.concurrent('one step after the other, each announced before it is taken, and only the control is narrowed', async () => {
  const played = await play({});
  expect(played.requests).toEqual([UPDATES, CONTROL, refresh('1'), refresh('3')]);
  expect(played.steps).toEqual([
    ['asking PMS to look for updates: one light request of its own to plex.tv', 0],
    ['asking PMS to scan library 5 (movie, tv.plex.agents.none)', 1],
    ['asking PMS to scan library 1 (artist, tv.plex.agents.music)', 2],
    ['asking PMS to scan library 3 (movie, tv.plex.agents.music)', 3],
  ]);
  expect(ends(played)).toEqual(['5 1 finished', '1 1 finished', '3 1 finished']);
  expect(played.experiment.controls).toMatchObject([{ kind: 'updater-check', status: 200, trouble: null }]);
  expect(played.experiment.scans.map(({ narrowed }) => narrowed)).toEqual([true, false, false]);
});

it.concurrent('never a forced scan, and nothing that changes a setting', async () => {
  const { requests } = await play({ scans: { 1: refuse(503) } }, { tryProviderRefresh: true });
  expect(requests.filter((request) => /force|prefs|DELETE/.test(request))).toEqual([]);
});

it.concurrent('after a refusal the providers are asked again, and what was refused is scanned once more', async () => {
  const mended = (time: number): Taking => (time === 1 ? { kind: 'refuse', status: 503 } : { kind: 'take', forMs: 0 });
  const played = await play({ scans: { 1: mended } }, { tryProviderRefresh: true });
  expect(played.requests).toEqual([UPDATES, CONTROL, refresh('1'), refresh('3'), PROVIDERS, refresh('1')]);
  expect(ends(played)).toEqual(['5 1 finished', '1 1 refused', '3 1 finished', '1 2 finished']);
  expect(played.steps.map(([words]) => words).slice(-2)).toEqual([
    'asking PMS to ask its providers again',
    'asking PMS to scan library 1 (artist, tv.plex.agents.music) again',
  ]);
});

it.concurrent.each<[string, ScanningPlan, boolean]>([
  ['nobody wants that', { scans: { 1: refuse(503) } }, false],
  ['nothing was refused', {}, true],
  ['the request was wrong, by its status', { scans: { 1: refuse(404), 3: refuse(401) } }, true],
])('the providers are not asked again where %s', async (_, plan, tryProviderRefresh) => {
  const { requests } = await play(plan, { tryProviderRefresh });
  expect(requests).not.toContain(PROVIDERS);
});

it.concurrent.each<[string, Taking]>([
  ['hangs', { kind: 'hang' }],
  ['ends', { kind: 'cut' }],
])('of a PMS that %s nothing more is asked', async (_, taking) => {
  const scanAnswerMs = taking.kind === 'hang' ? HANG_MS : PATIENCE_MS;
  const played = await play({ scans: { 5: () => taking } }, { tryProviderRefresh: true, scanAnswerMs });
  expect(played.requests).toEqual([UPDATES, CONTROL]);
  expect(ends(played)).toEqual(['5 1 unanswered']);
});

it.concurrent('an interruption ends it there, and takes the scan back', async () => {
  const played = await play(
    { scans: { 1: () => ({ kind: 'hang' }) } },
    { tryProviderRefresh: true, stopAt: /library 1/ },
  );
  expect(ends(played)).toEqual(['5 1 finished', '1 1 cancelled']);
  expect(played.requests.at(-1)).toBe('DELETE /library/sections/1/refresh');
});

it.concurrent('interrupted before it began, nothing is asked', async () => {
  const server = await scanningPms({});
  open.push(server);
  const signal = AbortSignal.abort();
  const client = clientOf(server, PATIENCE_MS, signal);
  const experiment = await runExperiment({
    client,
    patient: client,
    afterwards: client,
    plan: PLAN,
    folders: new Map(),
    scanTimeoutMs: PATIENCE_MS,
    tryProviderRefresh: true,
    signal,
    onStep: () => undefined,
  });
  expect(experiment).toEqual({ scans: [], controls: [] });
  expect(server.asked).toEqual([]);
});

it.concurrent('a control that fails is told, and the scans are asked for all the same', async () => {
  const server = await scanningPms({});
  open.push(server);
  const played = await runExperiment({
    client: clientOf(await failing(), HANG_MS),
    patient: clientOf(server, PATIENCE_MS),
    afterwards: clientOf(server, PATIENCE_MS),
    plan: PLAN.slice(1, 2),
    folders: new Map(),
    scanTimeoutMs: PATIENCE_MS,
    tryProviderRefresh: false,
    signal: new AbortController().signal,
    onStep: () => undefined,
  });
  expect(played.controls).toMatchObject([{ status: null, trouble: { code: 'TIMEOUT' } }]);
  expect(requestsOf(server)).toEqual([refresh('1')]);
});

async function failing(): Promise<SmallPms> {
  const server = await MISBEHAVIOURS.hangs();
  open.push(server);
  return server;
}
