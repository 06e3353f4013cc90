import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/causes/index.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { CAUSE_IDS, type CauseId } from '../../../src/core/model/cause-ids.ts';
import { isFailure, type Outcome } from '../../../src/core/model/outcome.ts';
import type { Cause } from '../../../src/core/model/report.ts';
import type { Coverage, Flow, PmsRequest, Traffic, Watcher } from '../../../src/core/model/traffic.ts';
import { aRefusal, experiment, MEANWHILE } from '../../support/fixtures/experiment.ts';
import { factsFixture, source, PROXY, type FixtureOptions } from '../../support/fixtures/facts.ts';
import {
  directFlow,
  failedRequest,
  pmsLog,
  proxiedFlow,
  question,
  traffic,
  watcher,
} from '../../support/fixtures/traffic.ts';
import { runs } from '../../support/fuzz.ts';

/** How a diagnosis changes when less was watched, or when something else happened as well. */

const SCANNER = 'Plex Media Scanner';
const NEEDED = ['plex.tv', 'metadata.provider.plex.tv'] as const;
const BEFORE = { firstAt: '2026-01-01T00:00:01.000Z', lastAt: '2026-01-01T00:00:02.000Z' } as const;
const ENDS = ['ok', 'no-reply', 'refused', 'prohibited', 'cut', 'stalled', 'intercepted', null] as const;
const PROXY_ENDS = ['ok', 'denied', 'proxy-auth', 'proxy-error', 'proxy-unreachable', 'proxy-silent'] as const;

const host = fc.constantFrom(...NEEDED);
const family = fc.constantFrom(4 as const, 6 as const);

/** A connection of the scanner within the scan. */
const flowOf = (process: string, pid: number, times: Pick<Flow, 'firstAt' | 'lastAt'>): fc.Arbitrary<Flow> =>
  fc.oneof(
    fc
      .record({ host, family, outcome: fc.constantFrom<Outcome | null>(...ENDS) })
      .map((each) => directFlow(each.host, { process, pid, family: each.family, outcome: each.outcome, ...times })),
    fc.record({ host, outcome: fc.constantFrom<Outcome>(...PROXY_ENDS) }).map((each) =>
      proxiedFlow(each.host, {
        process,
        pid,
        attribution: 'trace',
        outcome: each.outcome,
        seenBy: ['capture'],
        ...times,
      }),
    ),
  );
const scannerFlow = flowOf(SCANNER, 931, MEANWHILE);

const logged: fc.Arbitrary<PmsRequest> = fc
  .record({
    host,
    failure: fc.constantFrom(
      { curl: 7, outcome: null, route: 'direct' } as const,
      { curl: 6, outcome: 'unresolved' } as const,
      { curl: 28, outcome: 'no-reply' } as const,
      { curl: 56, outcome: 'denied', route: 'proxy' } as const,
      { curl: 60, outcome: 'tls-untrusted' } as const,
    ),
  })
  .map((each) => failedRequest(each.host, { log: `${SCANNER} Matcher`, ...each.failure, ...MEANWHILE }));

const COVERS_SCAN: Coverage = {
  processes: 'tree',
  place: 'everywhere',
  transports: ['tcp', 'udp'],
  families: [4, 6],
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-01T00:01:00.000Z',
};
const WIDE: readonly Watcher[] = [watcher('trace', { covers: [COVERS_SCAN] }), watcher('capture')];

const variables = fc.constantFrom<FixtureOptions['otherSources'] & object>(
  [],
  [source('pid:931', 'child', {}, { process: SCANNER, pid: 931 })],
  [source('pid:931', 'child', { https_proxy: PROXY }, { process: SCANNER, pid: 931 })],
);

const scene = fc.record({
  flows: fc.array(scannerFlow, { maxLength: 3 }),
  requests: fc.array(logged, { maxLength: 2 }),
  questions: fc.array(host, { maxLength: 1 }),
  otherSources: variables,
  direct: fc.constantFrom<Outcome>('ok', 'no-reply', 'prohibited', 'intercepted', 'unresolved'),
  viaProxy: fc.constantFrom<Outcome>('ok', 'denied', 'proxy-unreachable', 'intercepted', 'cut'),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

type Verdicts = ReadonlyMap<CauseId, Cause['state']>;

function verdictsOf(
  { flows, requests, questions, ...rest }: Scene,
  more: { readonly flows?: readonly Flow[]; readonly watchers?: readonly Watcher[] } = {},
): Verdicts {
  const seen: Traffic = traffic([...flows, ...(more.flows ?? [])], {
    watchers: [...(more.watchers ?? WIDE)],
    questions: questions.map((name) => question(name, MEANWHILE)),
  });
  const facts = factsFixture({
    ...rest,
    experiment: experiment([aRefusal()]),
    traffic: seen,
    pmsLog: pmsLog({ requests }),
    pmsStatus: {},
  });
  const { causes } = diagnose(CAUSES, facts, []);
  return new Map(causes.map(({ id, state }) => [id, state]));
}

/** The same watchers, which miss something: one is missing, covers less, or ends early. */
const INCOMPLETE: readonly (readonly Watcher[])[] = [
  [],
  WIDE.slice(1),
  WIDE.map((one) => ({ ...one, covers: [] })),
  WIDE.map((one) => ({ ...one, covers: [{ ...COVERS_SCAN, families: [4] }] })),
  WIDE.map((one) => ({ ...one, covers: [{ ...COVERS_SCAN, families: [6] }] })),
  WIDE.map((one) => ({ ...one, covers: [{ ...COVERS_SCAN, transports: ['udp'] }] })),
  WIDE.map((one) => ({ ...one, covers: [{ ...COVERS_SCAN, to: '2026-01-01T00:00:11.000Z' }] })),
  WIDE.map((one) => ({ ...one, covers: [{ ...COVERS_SCAN, from: '2026-01-01T00:00:11.000Z' }] })),
  WIDE.map((one) => ({ ...one, to: '2026-01-01T00:00:09.000Z', covers: [] })),
];

/** These, and watchers that show less. */
const narrower: fc.Arbitrary<readonly Watcher[]> = fc.constantFrom(
  ...INCOMPLETE,
  WIDE.slice(0, 1),
  WIDE.map((one) => ({ ...one, shows: one.shows.filter((route) => route === 'direct') })),
  WIDE.map((one) => ({ ...one, shows: one.shows.filter((route) => route === 'proxy') })),
);

/** Causes whose state changes between two diagnoses in a way that must not be. */
function differing(
  before: Verdicts,
  after: Verdicts,
  isWrong: (before: Cause['state'], after: Cause['state']) => boolean,
): readonly string[] {
  return CAUSE_IDS.flatMap((id) => {
    const [a = 'unknown', b = 'unknown'] = [before.get(id), after.get(id)];
    return isWrong(a, b) ? [`${id}: ${a} → ${b}`] : [];
  });
}

const isAcquitted = (before: Cause['state'], after: Cause['state']): boolean =>
  after === 'ruled-out' && before !== 'ruled-out';
const isProven = (before: Cause['state'], after: Cause['state']): boolean =>
  after === 'confirmed' && before !== 'confirmed';
const isDenied = (before: Cause['state'], after: Cause['state']): boolean =>
  isAcquitted(before, after) || isProven(after, before);

/** Without it, another event would be the only failure that a complete watcher saw. */
const failing = scene.filter(({ flows }) => flows.some(({ outcome }) => isFailure(outcome)));

/** A proof by probes of PMS's way does not depend on the traffic seen. */
const UNPROBED: Pick<Scene, 'direct' | 'viaProxy'> = { direct: 'not-run', viaProxy: 'not-run' };

describe('a diagnosis of a scan that failed', () => {
  it('rules nothing out because less was watched', () => {
    fc.assert(
      fc.property(scene, narrower, (given, watchers) => {
        expect(differing(verdictsOf(given), verdictsOf(given, { watchers }), isAcquitted)).toEqual([]);
      }),
      runs(70),
    );
  });

  it('rules nothing out that an attempt out of sight may have met', () => {
    const incomplete = fc.constantFrom(...INCOMPLETE);
    fc.assert(
      fc.property(failing, scannerFlow, incomplete, (given, unseen, watchers) => {
        fc.pre(isFailure(unseen.outcome));
        const whole = verdictsOf(given, { flows: [unseen] });
        expect(differing(whole, verdictsOf(given, { watchers }), isAcquitted)).toEqual([]);
      }),
      runs(70),
    );
  });

  it('proves nothing because less was watched', () => {
    fc.assert(
      fc.property(scene, narrower, (any, watchers) => {
        const given = { ...any, ...UNPROBED };
        expect(differing(verdictsOf(given), verdictsOf(given, { watchers }), isProven)).toEqual([]);
      }),
      runs(70),
    );
  });

  it.each<[what: string, other: fc.Arbitrary<Flow>]>([
    ['another process', flowOf('Plex Script Host', 77, MEANWHILE)],
    ['another time', flowOf(SCANNER, 930, BEFORE)],
  ])('is no better for what happened to %s', (_, other) => {
    fc.assert(
      fc.property(failing, other, (given, flow) => {
        expect(differing(verdictsOf(given), verdictsOf(given, { flows: [flow] }), isDenied)).toEqual([]);
      }),
      runs(70),
    );
  });

  it('rules nothing out by what happened to another host', () => {
    const other = scannerFlow.map((flow) => ({
      ...flow,
      names: flow.names.map((name) => ({ ...name, name: 'images.plex.tv' })),
    }));
    fc.assert(
      fc.property(failing, other, (any, flow) => {
        const given = { ...any, ...UNPROBED };
        expect(differing(verdictsOf(given), verdictsOf(given, { flows: [flow] }), isAcquitted)).toEqual([]);
      }),
      runs(70),
    );
  });
});

/** They follow from settings that are PMS's own, or from PMS's word, whatever a probe meets. */
const BY_SETTINGS: ReadonlySet<CauseId> = new Set([
  'excluded-by-no-proxy',
  'loopback-through-proxy',
  'proxy-not-in-process',
  'custom-provider-unreachable',
]);

describe('a diagnosis of probes alone', () => {
  it('rules nothing out that a proxy or a filter could do to PMS alone', () => {
    const outcome = fc.constantFrom<Outcome>('ok', 'no-reply', 'denied', 'intercepted', 'unresolved', 'tls-failed');
    const plan = fc.record({ 'plex.tv': outcome, 'metadata.provider.plex.tv': outcome, '*': outcome });
    fc.assert(
      fc.property(plan, fc.option(plan), variables, (direct, viaProxy, otherSources) => {
        const { causes } = diagnose(CAUSES, factsFixture({ direct, viaProxy, otherSources }), []);
        const out = causes.filter(({ id, state }) => state === 'ruled-out' && !BY_SETTINGS.has(id));
        expect(out.map(({ id }) => id)).toEqual([]);
      }),
      runs(70),
    );
  });
});
