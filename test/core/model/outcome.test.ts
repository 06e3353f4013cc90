import { describe, expect, it } from 'vitest';
import {
  isFailure,
  isOfKind,
  OUTCOME,
  OUTCOMES,
  progressOf,
  type Outcome,
  type OutcomeKind,
} from '../../../src/core/model/outcome.ts';

describe('the rank of an outcome', () => {
  it('is its place in the list: no two share one', () => {
    expect(OUTCOMES.toSorted((a, b) => progressOf(b) - progressOf(a))).toEqual(OUTCOMES);
    expect(new Set(OUTCOMES.map(progressOf)).size).toBe(OUTCOMES.length);
  });

  it('puts a decision of the proxy above everything but success, and no attempt below everything', () => {
    expect([OUTCOMES.slice(0, 3), OUTCOMES.at(-1)]).toEqual([['ok', 'denied', 'proxy-auth'], 'not-run']);
  });
});

describe('the words of an outcome', () => {
  it('are its own', () => {
    for (const part of ['words', 'meaning'] as const)
      expect(new Set(OUTCOMES.map((outcome) => OUTCOME[outcome][part])).size).toBe(OUTCOMES.length);
  });

  it.each(OUTCOMES)('%s: short enough for a cell, without the hyphens of an id', (outcome) => {
    expect(OUTCOME[outcome].words).toMatch(/^[A-Za-z]+(?: [A-Za-z]+){0,2}$/);
    expect(OUTCOME[outcome].words.length).toBeLessThanOrEqual(17);
  });
});

describe('the kind of an outcome', () => {
  it.each<[OutcomeKind, readonly Outcome[]]>([
    ['answer', ['ok']],
    ['proxy-refusal', ['denied', 'proxy-auth']],
    ['proxy-failure', ['proxy-error']],
    ['no-verdict', ['rate-limited', 'unclear-answer']],
    ['proxy-silence', ['proxy-silent', 'proxy-unreachable']],
    ['impostor', ['captive', 'intercepted']],
    ['distrust', ['tls-untrusted']],
    ['breakage', ['tls-failed', 'cut', 'stalled']],
    ['block', ['refused', 'prohibited', 'no-reply', 'no-route']],
    ['no-address', ['unresolved']],
    ['not-run', ['not-run']],
  ])('%s', (kind, expected) => {
    expect(OUTCOMES.filter((outcome) => isOfKind(outcome, kind))).toEqual(expected);
  });

  it('of what is not known is none', () => {
    expect([isOfKind(null, 'not-run'), isOfKind(undefined, 'answer'), isFailure(null)]).toEqual([false, false, false]);
  });

  it('an answer and what was not attempted are no failures, everything else is one', () => {
    expect(OUTCOMES.filter((outcome) => !isFailure(outcome))).toEqual(['ok', 'not-run']);
  });
});

it('direct egress is open where something outside answered, and shut only where an attempt met silence or a block', () => {
  const byEgress = (egress: string): readonly Outcome[] =>
    OUTCOMES.filter((outcome) => OUTCOME[outcome].egress === egress);
  expect(byEgress('open')).toEqual(['ok', 'captive', 'intercepted', 'tls-untrusted', 'tls-failed']);
  expect(byEgress('shut')).toEqual(['cut', 'stalled', 'refused', 'prohibited', 'no-reply', 'no-route', 'unresolved']);
  expect(byEgress('unclear')).toContain('not-run');
});
