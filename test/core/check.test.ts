import { describe, expect, it } from 'vitest';
import { defineCheck, fill, runChecks } from '../../src/core/check.ts';
import { failed, notRun } from '../../src/core/evidence.ts';
import { factsFixture } from '../support/facts-fixture.ts';

const root = defineCheck({
  id: 'root',
  title: 'Root',
  why: 'why',
  remedy: 'mend {host}',
  severity: 'high',
  needs: ['results'],
  messages: { broken: '{host} is broken.', fine: 'All is well.' },
  evaluate: ({ results }, say) =>
    results
      .filter(({ result }) => result.proxy?.outcome === 'denied')
      .map(({ result: { host, id } }) => say('fail', 'broken', { host }, id)),
});

const consequence = defineCheck({
  id: 'consequence',
  title: 'Consequence',
  why: 'why',
  remedy: 'wait',
  severity: 'low',
  needs: ['results'],
  supersededBy: ['absent', 'root'],
  messages: { broken: '{host} is broken too.' },
  evaluate: ({ results }, say) => [
    ...results.map(({ result: { host, id } }) => say('warn', 'broken', { host }, id)),
    say('pass', 'broken', { host: 'nothing' }),
  ],
});

const crashing = defineCheck({
  id: 'crashing',
  title: 'Crashing',
  why: 'why',
  remedy: 'none',
  severity: 'low',
  needs: [],
  messages: { never: 'never' },
  evaluate() {
    throw new Error('a bug');
  },
});

const onlyDenied = (id: string) => factsFixture({ viaProxy: { [id]: 'denied', '*': 'ok' } });

describe('defineCheck', () => {
  it('fills message and remedy', () => {
    expect(root.run(onlyDenied('plex.tv'))).toEqual([
      {
        check: 'root',
        verdict: 'fail',
        severity: 'high',
        message: 'broken',
        args: { host: 'plex.tv' },
        text: 'plex.tv is broken.',
        remedy: 'mend plex.tv',
        endpoint: 'plex.tv',
        supersededBy: null,
      },
    ]);
  });

  it.each([
    { name: 'evidence that failed', item: failed('EACCES', 'permission denied'), verdict: 'inconclusive' },
    { name: 'evidence that was not run', item: notRun('INTERRUPTED', 'interrupted'), verdict: 'inconclusive' },
    { name: 'nothing to look at', item: notRun('NO_PROXY_CONFIGURED', 'no proxy'), verdict: 'not-applicable' },
  ])('$name makes it $verdict, with the reason', ({ item, verdict }) => {
    const [finding] = root.run(factsFixture({ items: { results: item } }));
    expect(finding).toMatchObject({ verdict, message: item.state === 'ok' ? '' : item.reason.code, remedy: null });
  });

  it('a throw ends the check, not the run', () => {
    const findings = runChecks([crashing, root], onlyDenied('plex.tv'));
    expect(findings.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual(['crashing crashed', 'root fail']);
  });
});

describe('runChecks', () => {
  it('marks a consequence for the endpoint that failed, and for no other', () => {
    const superseded = runChecks([root, consequence], onlyDenied('plex.tv'))
      .filter(({ check }) => check === 'consequence')
      .filter(({ supersededBy }) => supersededBy === 'root');
    expect(superseded.map(({ endpoint }) => endpoint)).toEqual(['plex.tv']);
  });

  it('marks nothing when the root does not fail', () => {
    expect(runChecks([root, consequence], factsFixture()).every(({ supersededBy }) => supersededBy === null)).toBe(
      true,
    );
  });
});

describe('fill', () => {
  it('leaves what it has no argument for', () => {
    expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
  });
});
