import { describe, expect, it } from 'vitest';
import { defineCheck, runChecks, type Check } from '../../src/core/check.ts';
import { failed, notRun, ok } from '../../src/core/model/evidence.ts';
import { factsFixture, place } from '../support/fixtures/facts.ts';

const check = defineCheck({
  id: 'x',
  title: 'X',
  why: 'because',
  remedy: 'Fix {host}.',
  severity: 'high',
  needs: ['results', 'proxies'],
  messages: { bad: '{host} gave {status}', good: 'fine' },
  evaluate({ results, proxies }, say) {
    if (proxies.length === 0) throw new Error('a bug');
    return results.length === 0
      ? say('pass', 'good', {})
      : results.map(({ result }) => say('fail', 'bad', { host: result.host, status: 403 }, result.id));
  },
});

describe('defineCheck', () => {
  it('turns statements into findings, messages and remedy filled in', () => {
    const [first] = check.run(factsFixture());
    expect(first).toEqual({
      check: 'x',
      verdict: 'fail',
      severity: 'high',
      message: 'bad',
      args: { host: 'plex.tv', status: 403 },
      text: 'plex.tv gave 403',
      remedy: 'Fix plex.tv.',
      endpoint: 'plex.tv',
      supersededBy: null,
      causes: [],
    });
  });

  it('a pass carries no remedy', () => {
    expect(check.run(factsFixture({ endpoints: [] }))).toMatchObject([
      { verdict: 'pass', remedy: null, endpoint: null },
    ]);
  });

  it.each([
    ['failed', failed('EACCES', 'no right'), 'inconclusive', 'EACCES'],
    ['not run', notRun('NEEDS_ROOT', 'not root'), 'inconclusive', 'NEEDS_ROOT'],
    ['nothing to look at', notRun('NO_PROXY_CONFIGURED', 'none'), 'not-applicable', 'NO_PROXY_CONFIGURED'],
  ] as const)('evidence that is %s is not evaluated', (_, item, verdict, message) => {
    expect(check.run(factsFixture({ items: { proxies: item } }))).toMatchObject([
      { verdict, message, args: { needs: 'proxies' } },
    ]);
  });

  it('what was probed elsewhere is no failure of PMS', () => {
    const elsewhere = factsFixture({ vantage: { probes: place(1, 1) } });
    expect(runChecks([check], elsewhere)).toMatchObject([{ verdict: 'warn' }, {}, {}, {}, {}, {}]);
    expect(runChecks([check], { ...elsewhere, results: ok([]) })).toMatchObject([{ verdict: 'inconclusive' }]);
    expect(runChecks([{ ...check, needs: ['settings'] }], elsewhere)[0]).toMatchObject({ verdict: 'fail' });
  });

  it('a throw is a crash of this check only', () => {
    const facts = factsFixture({ viaProxy: null });
    expect(runChecks([check, { ...check, id: 'y', run: () => [] }], facts)).toMatchObject([
      { check: 'x', verdict: 'crashed', text: 'a bug' },
    ]);
  });
});

describe('runChecks', () => {
  const stating = (
    id: string,
    verdict: 'fail' | 'warn' | 'pass',
    endpoint: string | null,
    supersededBy: string[] = [],
  ): Check => ({
    ...check,
    id,
    supersededBy,
    run: (facts) =>
      check
        .run(facts)
        .slice(0, 1)
        .map((f) => ({ ...f, check: id, verdict, endpoint })),
  });
  const rootsFor = (...checks: readonly Check[]) => runChecks(checks, factsFixture()).map((f) => f.supersededBy);

  it.each<[string, readonly Check[], readonly (string | null)[]]>([
    ['a consequence', [stating('root', 'fail', null), stating('leaf', 'fail', 'a', ['root'])], [null, 'root']],
    [
      'a warning as consequence',
      [stating('root', 'fail', null), stating('leaf', 'warn', 'a', ['root'])],
      [null, 'root'],
    ],
    ['a pass has no root', [stating('root', 'fail', null), stating('leaf', 'pass', 'a', ['root'])], [null, null]],
    ['a root that only warns', [stating('root', 'warn', null), stating('leaf', 'fail', 'a', ['root'])], [null, null]],
    ['the same endpoint', [stating('root', 'fail', 'a'), stating('leaf', 'fail', 'a', ['root'])], [null, 'root']],
    ['another endpoint', [stating('root', 'fail', 'b'), stating('leaf', 'fail', 'a', ['root'])], [null, null]],
    [
      'the first of several roots',
      [stating('r1', 'pass', null), stating('r2', 'fail', null), stating('leaf', 'fail', null, ['r1', 'r2'])],
      [null, null, 'r2'],
    ],
  ])('%s', (_, checks, roots) => {
    expect(rootsFor(...checks)).toEqual(roots);
  });
});
