import { expect, it } from 'vitest';
import { byRank, defineCause } from '../../../src/core/diagnose/cause.ts';
import { probeSceneOf } from '../../../src/core/diagnose/probe-scene.ts';
import { seenSceneOf } from '../../../src/core/diagnose/seen-scene.ts';
import { experiment } from '../../support/fixtures/experiment.ts';
import { factsFixture } from '../../support/fixtures/facts.ts';

const words = {
  id: 'endpoint-down',
  rank: 2,
  title: 'X',
  why: 'because',
  judgedBy: 'Confirmed by itself.',
  remedy: 'Fix {hosts}.',
  messages: { bad: '{host} gave {status}', good: 'fine' },
} as const;
const never = { never: 'It leaves no trace.' } as const;

const cause = defineCause({
  ...words,
  couldStop: () => true,
  fromProbes: (_, say) => ({ state: 'confirmed', because: [say('bad', { host: 'plex.tv', status: 403 })] }),
  fromSeen: (_, say) => ({ state: 'ruled-out', because: [say('good')] }),
  fromExperiment: never,
});
const facts = factsFixture();
const seen = seenSceneOf(facts);

it('judges each kind of evidence in its own words', () => {
  const probes = probeSceneOf(facts);
  expect('missing' in probes ? null : cause.fromProbes(probes)).toEqual({
    state: 'confirmed',
    because: [{ message: 'bad', args: { host: 'plex.tv', status: 403 }, text: 'plex.tv gave 403' }],
  });
  expect(cause.fromSeen(seen)?.state).toBe('ruled-out');
});

it('says nothing from evidence that never tells, and says why', () => {
  expect(cause.fromExperiment({ ...seen, experiment: experiment([]) })).toBeNull();
  expect(cause.limits).toEqual(['It leaves no trace.']);
});

it('is refused by the compiler where something is forgotten or unknown', () => {
  const fromProbes = () => ({ state: 'unknown', because: [] }) as const;
  const couldStop = () => true;
  const complete = { ...words, couldStop, fromProbes, fromSeen: never, fromExperiment: never };
  expect([
    // @ts-expect-error an id without a file
    defineCause({ ...complete, id: 'unheard-of' }),
    // @ts-expect-error a remedy that needs more than hosts
    defineCause({ ...complete, remedy: 'Fix {port}.' }),
    // @ts-expect-error a message that does not exist
    defineCause({ ...complete, fromProbes: (_, say) => ({ state: 'unknown', because: [say('ugly')] }) }),
    // @ts-expect-error a message without its arguments
    defineCause({ ...complete, fromProbes: (_, say) => ({ state: 'unknown', because: [say('bad')] }) }),
  ]).toHaveLength(4);
  // @ts-expect-error a judgement that is left out without a reason
  expect(() => defineCause({ ...words, couldStop, fromProbes, fromSeen: never })).toThrow(/never/);
});

it('stands in the order of ranks', () => {
  expect(byRank([cause, { ...cause, rank: 1 }]).map(({ rank }) => rank)).toEqual([1, 2]);
});
