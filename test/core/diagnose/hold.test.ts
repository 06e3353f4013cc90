import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABOUT_ALL, covers, type About, type FailedAttempt } from '../../../src/core/diagnose/about.ts';
import type { Failure, SeenAttempt } from '../../../src/core/diagnose/attempts.ts';
import { joinHeld, type Probing, type Suspect } from '../../../src/core/diagnose/hold.ts';
import { STATES, type Judgement, type Judgements, type State } from '../../../src/core/diagnose/judgement.ts';
import { OUTCOMES } from '../../../src/core/model/outcome.ts';

const PROGRAMS = ['Plex Media Server', 'Plex Media Scanner', 'Plex Script Host'] as const;
const HOSTS = ['plex.tv', 'metadata.provider.plex.tv'] as const;
const TIMES = ['2026-11-22T10:00:00.000Z', '2026-11-22T11:00:00.000Z', '2026-11-22T12:00:00.000Z'] as const;

const some = <T extends string | number>(values: readonly T[]): fc.Arbitrary<'any' | readonly T[]> =>
  fc.oneof(fc.constant('any' as const), fc.subarray([...values]));
const known = <T extends string | number>(values: readonly T[]): fc.Arbitrary<T | null> =>
  fc.constantFrom<T | null>(null, ...values);

const about: fc.Arbitrary<About> = fc.record({
  processes: some(PROGRAMS),
  routes: some(['direct', 'proxy'] as const),
  families: some([4, 6] as const),
  hosts: some(HOSTS),
  place: fc.constantFrom('pms', 'elsewhere'),
  period: fc.oneof(
    fc.constant('any' as const),
    fc.tuple(fc.nat(1), fc.nat(1)).map(([a, b]) => ({ from: TIMES[a] ?? '', to: TIMES[a + b] ?? '' })),
  ),
});

const attempt: fc.Arbitrary<SeenAttempt> = fc.record({
  process: known(PROGRAMS),
  route: known(['direct', 'proxy'] as const),
  family: known([4, 6] as const),
  host: known(HOSTS),
  from: known(TIMES),
  to: known(TIMES),
  outcome: fc.constantFrom(null, ...OUTCOMES),
  isExcluded: fc.constantFrom(true, false, null),
  isConfigured: fc.constantFrom(true, false, null),
  isResolved: fc.constantFrom(true, false, null),
});

const judgement: fc.Arbitrary<Judgement> = fc.record(
  { state: fc.constantFrom(...STATES), because: fc.constant([]), about },
  { requiredKeys: ['state', 'because'] },
);
const judgements: fc.Arbitrary<Judgements> = fc.record({
  fromProbes: judgement,
  fromSeen: fc.option(judgement),
  fromExperiment: fc.option(judgement),
});
const failure: fc.Arbitrary<Failure> = fc.record({
  attempts: fc.array(attempt, { maxLength: 3 }),
  isWhole: fc.boolean(),
});

const THERE: Probing = { place: 'pms', wereMade: true };
const ELSEWHERE: Probing = { place: 'elsewhere', wereMade: true };

const suspect = (could: boolean, isOwnState = false): Suspect => ({ isOwnState, couldStop: () => could });

const ATTEMPT: FailedAttempt = {
  process: 'Plex Media Scanner',
  route: 'direct',
  family: 4,
  host: 'plex.tv',
  from: TIMES[1],
  to: TIMES[1],
};

describe('which attempt a statement speaks of', () => {
  it.each<[what: string, about: Partial<About>, covered: boolean]>([
    ['all of PMS', {}, true],
    ['the same program', { processes: ['Plex Media Scanner'] }, true],
    ['another program', { processes: ['Plex Media Server'] }, false],
    ['none of PMS’s programs', { processes: [] }, false],
    ['another route', { routes: ['proxy'] }, false],
    ['another family', { families: [6] }, false],
    ['another host', { hosts: ['metadata.provider.plex.tv'] }, false],
    ['another place', { place: 'elsewhere' }, false],
    ['the time of it', { period: { from: TIMES[0], to: TIMES[2] } }, true],
    ['an earlier time', { period: { from: TIMES[0], to: TIMES[0] } }, false],
  ])('%s', (_, part, covered) => {
    expect(covers({ ...ABOUT_ALL, ...part }, ATTEMPT)).toBe(covered);
  });

  it('covers what is not known of an attempt only by covering everything', () => {
    expect(covers({ ...ABOUT_ALL, processes: [...PROGRAMS] }, { ...ATTEMPT, process: null })).toBe(false);
    expect(covers(ABOUT_ALL, { ...ATTEMPT, process: null, route: null, from: null })).toBe(true);
  });
});

describe('what a cause may say of a scan that failed', () => {
  it('rules nothing out where no statement covers an attempt that it could have stopped', () => {
    fc.assert(
      fc.property(judgements, failure, (given, failed) => {
        const speaking = [given.fromSeen, given.fromExperiment].flatMap((each) => each?.about ?? []);
        const uncovered = failed.attempts.filter(
          (each) => ![...speaking, given.fromProbes.about].some((one) => one && covers(one, each)),
        );
        fc.pre(uncovered.length > 0 && !failed.isWhole);
        const unnamed = { ...given, fromSeen: named(given.fromSeen), fromExperiment: named(given.fromExperiment) };
        expect(joinHeld(unnamed, suspect(true), failed, THERE).state).not.toBe('ruled-out');
      }),
    );
  });

  it('rules nothing out by its own probes, whether or not anything is known to have failed', () => {
    const silent = fc.option(judgement.filter(({ state }) => state === 'unknown'));
    fc.assert(
      fc.property(failure, silent, silent, fc.boolean(), (failed, fromSeen, fromExperiment, wereMade) => {
        const probed: Judgements = { fromProbes: { state: 'ruled-out', because: [] }, fromSeen, fromExperiment };
        const held = joinHeld(probed, suspect(true), failed, { place: 'pms', wereMade });
        expect(held.state).toBe('unknown');
        expect(held.isUnfound === true).toBe(failed.attempts.length === 0);
      }),
    );
  });

  it('makes an event of PMS less sure, and never void, by own probes that met nothing of it', () => {
    fc.assert(
      fc.property(judgement, (fromSeen) => {
        const nothing: Failure = { attempts: [], isWhole: false };
        const probed: Judgements = { fromProbes: { state: 'ruled-out', because: [] }, fromSeen, fromExperiment: null };
        const { state } = joinHeld(probed, suspect(true), nothing, THERE);
        const alone = joinHeld(
          { ...probed, fromProbes: { state: 'unknown', because: [] } },
          suspect(true),
          nothing,
          THERE,
        );
        expect(state === 'ruled-out').toBe(alone.state === 'ruled-out');
        expect(state === 'confirmed').toBe(alone.state === 'confirmed');
      }),
    );
  });

  it.each(['confirmed', 'likely', 'ruled-out'] as const)('is in doubt about what was probed elsewhere: %s', (state) => {
    fc.assert(
      fc.property(failure, (failed) => {
        const probed: Judgements = { fromProbes: { state, because: [] }, fromSeen: null, fromExperiment: null };
        const held = joinHeld(probed, suspect(true), failed, ELSEWHERE);
        expect(held.state).toBe(state === 'ruled-out' ? 'unknown' : 'possible');
        expect(held.because).toMatchObject([{ message: 'probed-elsewhere' }]);
      }),
    );
  });

  it('never says more when a watcher covered less', () => {
    fc.assert(
      fc.property(judgements, failure, fc.boolean(), (given, failed, could) => {
        const whole = joinHeld(given, suspect(could), { ...failed, isWhole: true }, THERE);
        const narrow = joinHeld(given, suspect(could), { ...failed, isWhole: false }, THERE);
        return narrow.state !== 'ruled-out' || whole.state === 'ruled-out';
      }),
    );
  });

  it('never says more when a statement covers less', () => {
    const parts = fc.constantFrom<Partial<About>>(
      { processes: [] },
      { routes: [] },
      { families: [] },
      { hosts: [] },
      { place: 'elsewhere' },
      { period: { from: '2020-01-01T00:00:00.000Z', to: '2020-01-01T00:00:00.000Z' } },
    );
    fc.assert(
      fc.property(about, parts, failure, (wide, part, failed) => {
        fc.pre(failed.attempts.length > 0);
        const judged = (one: About): State =>
          joinHeld(
            {
              fromProbes: { state: 'unknown', because: [] },
              fromSeen: { state: 'ruled-out', because: [], about: one },
              fromExperiment: null,
            },
            suspect(true),
            { ...failed, isWhole: false },
            THERE,
          ).state;
        return judged({ ...wide, ...part }) !== 'ruled-out' || judged(wide) === 'ruled-out';
      }),
    );
  });

  it('confirms nothing that could have stopped none of the attempts', () => {
    fc.assert(
      fc.property(judgements, failure, (given, failed) => {
        fc.pre(failed.attempts.length > 0);
        expect(['confirmed', 'likely']).not.toContain(joinHeld(given, suspect(false), failed, THERE).state);
      }),
    );
  });

  it('says the same of an attempt whatever happened to others', () => {
    fc.assert(
      fc.property(judgements, attempt, attempt, (given, mine, other) => {
        const alone = joinHeld(given, suspect(true), { attempts: [mine], isWhole: true }, THERE);
        const withOther = joinHeld(given, suspect(true), { attempts: [mine, other], isWhole: true }, THERE);
        return withOther.state !== 'ruled-out' || alone.state === 'ruled-out';
      }),
    );
  });
});

/** A judgement that speaks of nothing in particular would speak of the programs that were seen. */
function named(one: Judgement | null): Judgement | null {
  return one === null || one.about !== undefined ? one : { ...one, about: { ...ABOUT_ALL, processes: [] } };
}
