import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOME, OUTCOMES, type Outcome } from '../../../../src/core/model/outcome.ts';
import {
  countExpectations,
  evaluatePolicy,
  forbidsDirect,
  NO_EXPECTATION,
  type Expectation,
  type Policy,
} from '../../../../src/core/judge/traffic/policy.ts';
import type { Attempt, Bypass, EndpointResult, RouteResult } from '../../../../src/core/model/report.ts';

function attempt(family: 4 | 6, outcome: Outcome, code: string | null = null): Attempt {
  return { family, address: null, outcome, code, stages: [], tls: null };
}

function route(outcome: Outcome, attempts: readonly Attempt[] = [], code: string | null = null): RouteResult {
  return { outcome, stage: null, code, ms: null, status: null, attempts };
}

function result(direct: RouteResult, proxy: RouteResult | null, host = 'plex.tv', id = 'plex-tv'): EndpointResult {
  return {
    id,
    host,
    port: 443,
    scheme: 'https',
    purpose: 'sign-in',
    need: 'scan',
    source: 'test',
    direct,
    proxy,
    conclusion: 'undecided',
    configured: {},
    observed: null,
  };
}

function bypass(host: string | null, rest: Partial<Bypass> = {}): Bypass {
  return {
    host,
    address: '198.51.100.7',
    port: 443,
    process: null,
    pid: null,
    outcome: null,
    count: 1,
    kind: 'observed',
    dialects: [],
    evidence: ['socket'],
    ...rest,
  };
}

function policy(all: Partial<Expectation>, endpoints: Policy['endpoints'] = {}): Policy {
  return { default: { ...NO_EXPECTATION, ...all }, endpoints };
}

const SILENT: readonly Outcome[] = ['unresolved', 'refused', 'prohibited', 'no-route', 'no-reply', 'cut', 'stalled'];

describe('direct: blocked', () => {
  it.each(OUTCOMES)('judges %s', (outcome) => {
    const violations = evaluatePolicy(policy({ direct: 'blocked' }), [result(route(outcome), null)], []);
    const actual = outcome === 'not-run' ? 'undecided (not attempted)' : OUTCOME[outcome].words;
    expect(violations).toEqual(
      SILENT.includes(outcome)
        ? []
        : [{ endpoint: 'plex-tv', host: 'plex.tv', aspect: 'direct', expected: 'blocked', actual }],
    );
  });

  it.each<[string, RouteResult, string | null]>([
    ['both families silent', route('no-reply', [attempt(4, 'no-reply'), attempt(6, 'no-route')]), null],
    ['IPv6 open', route('ok', [attempt(4, 'no-reply'), attempt(6, 'ok')]), 'ok over IPv6'],
    [
      'IPv4 open although the route says otherwise',
      route('no-reply', [attempt(4, 'ok'), attempt(6, 'no-reply')]),
      'ok over IPv4',
    ],
    [
      'something in between on IPv6',
      route('no-reply', [attempt(4, 'no-reply'), attempt(6, 'intercepted')]),
      'intercepted over IPv6',
    ],
    ['no IPv6 address', route('refused', [attempt(4, 'refused'), attempt(6, 'unresolved', 'ENODATA')]), null],
    [
      'no time for IPv6',
      route('refused', [attempt(4, 'refused'), attempt(6, 'not-run', 'BUDGET_SPENT')]),
      'undecided (BUDGET_SPENT)',
    ],
    ['nothing run', route('not-run', [], 'INTERRUPTED'), 'undecided (INTERRUPTED)'],
  ])('%s', (_, direct, actual) => {
    const violations = evaluatePolicy(policy({ direct: 'blocked' }), [result(direct, null)], []);
    expect(violations.map((v) => v.actual)).toEqual(actual === null ? [] : [actual]);
  });
});

describe('the other expectations of routes', () => {
  it.each<[string, Partial<Expectation>, RouteResult, RouteResult | null, readonly string[]]>([
    ['direct ok', { direct: 'ok' }, route('ok'), null, []],
    ['direct ok, but blocked', { direct: 'ok' }, route('refused'), null, ['direct: refused']],
    ['direct ok, but not run', { direct: 'ok' }, route('not-run', [], 'X'), null, ['direct: undecided (X)']],
    ['proxy ok', { proxy: 'ok' }, route('ok'), route('ok'), []],
    ['proxy ok, but denied', { proxy: 'ok' }, route('ok'), route('denied'), ['proxy: denied']],
    ['proxy ok, but intercepted', { proxy: 'ok' }, route('ok'), route('intercepted'), ['proxy: intercepted']],
    ['proxy ok, but none tried', { proxy: 'ok' }, route('ok'), null, ['proxy: undecided (not attempted)']],
    ['proxy denied', { proxy: 'denied' }, route('ok'), route('denied'), []],
    ['proxy denied, but 407', { proxy: 'denied' }, route('ok'), route('proxy-auth'), ['proxy: login required']],
    ['proxy denied, but open', { proxy: 'denied' }, route('ok'), route('ok'), ['proxy: ok']],
    ['proxy denied, but none tried', { proxy: 'denied' }, route('ok'), null, ['proxy: undecided (not attempted)']],
    ['any', {}, route('ok'), null, []],
    ['both', { direct: 'blocked', proxy: 'ok' }, route('ok'), route('cut'), ['direct: ok', 'proxy: cut off']],
  ])('%s', (_, expected, direct, proxy, violations) => {
    const found = evaluatePolicy(policy(expected), [result(direct, proxy)], []);
    expect(found.map(({ aspect, actual }) => `${aspect}: ${actual}`)).toEqual(violations);
  });
});

describe('what was seen instead of probed', () => {
  const seen = (outcome: Outcome, code: string | null = null): RouteResult => ({
    ...route(outcome, [], code),
    basis: 'observed',
  });
  const watched = (directOutcome: Outcome | null, proxyOutcome: Outcome | null = null): EndpointResult['observed'] => ({
    direct: 1,
    proxy: 1,
    directOutcome,
    proxyOutcome,
    proxyWatched: true,
    processes: [],
  });
  it.each<[string, Partial<Expectation>, EndpointResult, readonly string[]]>([
    ['blocked, and it was', { direct: 'blocked' }, result(seen('no-reply'), null), []],
    [
      'blocked, but it got out',
      { direct: 'blocked' },
      { ...result(seen('ok'), null), observed: watched('ok') },
      ['ok (seen)'],
    ],
    [
      'blocked, but nobody tried',
      { direct: 'blocked' },
      result(seen('not-run', 'NEVER_ASKED'), null),
      ['undecided (NEVER_ASKED)'],
    ],
    [
      'blocked, but how it ended was not seen',
      { direct: 'blocked' },
      { ...result(seen('not-run', 'OUTCOME_NOT_SEEN'), null), observed: watched(null) },
      ['undecided (OUTCOME_NOT_SEEN)'],
    ],
    [
      'blocked by the probe, but PMS got out',
      { direct: 'blocked' },
      { ...result(route('no-reply', [attempt(4, 'no-reply')]), null), observed: watched('ok') },
      ['ok (seen)'],
    ],
    [
      'blocked by both',
      { direct: 'blocked' },
      { ...result(route('no-reply'), null), observed: watched('refused') },
      [],
    ],
    [
      'open by the probe, which says over what',
      { direct: 'blocked' },
      { ...result(route('ok', [attempt(6, 'ok')]), null), observed: watched('ok') },
      ['ok over IPv6'],
    ],
    ['ok, and it came about', { direct: 'ok', proxy: 'ok' }, result(seen('ok'), seen('ok')), []],
    ['ok, but it was denied', { proxy: 'ok' }, result(seen('ok'), seen('denied')), ['denied (seen)']],
    [
      'ok, but the proxy was never asked',
      { proxy: 'ok' },
      result(seen('ok'), seen('not-run', 'NEVER_ASKED')),
      ['undecided (NEVER_ASKED)'],
    ],
    [
      'denied, and it was',
      { proxy: 'denied' },
      { ...result(seen('ok'), seen('denied')), observed: watched(null, 'denied') },
      [],
    ],
    [
      'denied to the probe, but PMS was let through',
      { proxy: 'denied' },
      { ...result(route('ok'), route('denied')), observed: watched(null, 'ok') },
      ['ok (seen)'],
    ],
  ])('%s', (_, expected, given, actual) => {
    expect(evaluatePolicy(policy(expected), [given], []).map((v) => v.actual)).toEqual(actual);
  });
});

describe('which expectation counts', () => {
  const open = result(route('ok'), route('ok'));
  it.each<[string, Policy, readonly string[]]>([
    ['the default', policy({ direct: 'blocked' }), ['direct']],
    ['a host over the default', policy({ direct: 'blocked' }, { 'plex.tv': { direct: 'ok' } }), []],
    ['an id over its host', policy({}, { 'plex.tv': { direct: 'blocked' }, 'plex-tv': { direct: 'any' } }), []],
    ['aspects one by one', policy({ direct: 'blocked', proxy: 'denied' }, { 'plex-tv': { proxy: 'ok' } }), ['direct']],
    ['nobody else', policy({}, { sentry: { direct: 'blocked' } }), []],
  ])('%s', (_, rules, aspects) => {
    expect(evaluatePolicy(rules, [open], []).map(({ aspect }) => aspect)).toEqual(aspects);
  });

  it('is not found among the members of every object', () => {
    const named = result(route('ok'), null, 'constructor', 'toString');
    expect(evaluatePolicy(policy({ direct: 'ok' }), [named], [])).toEqual([]);
  });
});

describe('a wildcard that nobody can probe', () => {
  const relay = result(route('not-run', [], 'NO_REPRESENTATIVE_NAME'), null, '*.plex.direct', 'relay');
  it.each<[string, Policy, readonly string[]]>([
    ['is not judged by the default', policy({ direct: 'blocked', proxy: 'ok' }), []],
    [
      'is undecided when the policy names it',
      policy({ proxy: 'ok' }, { relay: { direct: 'blocked' } }),
      ['undecided (NO_REPRESENTATIVE_NAME)'],
    ],
  ])('%s', (_, rules, actual) => {
    expect(evaluatePolicy(rules, [relay], []).map((v) => v.actual)).toEqual(actual);
    expect(countExpectations(rules, [relay])).toBe(actual.length);
  });
});

describe('bypass: none', () => {
  const results = [
    result(route('refused'), route('ok')),
    result(route('refused'), route('ok'), '*.o.lencr.org', 'lencr-ocsp'),
  ];
  it.each<[string, Bypass, readonly [string, string][]]>([
    [
      'a flow that was seen',
      bypass('plex.tv', { count: 4, process: 'Plex Media Scanner' }),
      [['plex-tv', 'observed 4 times by Plex Media Scanner']],
    ],
    ['one flow', bypass('plex.tv'), [['plex-tv', 'observed once']]],
    [
      'a configuration',
      bypass('plex.tv', { kind: 'configured', dialects: ['curl', 'go'] }),
      [['plex-tv', 'configured for curl, go']],
    ],
    ['a name of a wildcard', bypass('r3.o.lencr.org'), [['lencr-ocsp', 'observed once']]],
    ['a host of no endpoint', bypass('example.org'), [['example.org', 'observed once']]],
    ['an address without a name', bypass(null), [['198.51.100.7', 'observed once']]],
    ['another port', bypass('plex.tv', { port: 80 }), [['plex.tv', 'observed once']]],
    ['another spelling of a name', bypass('Plex.TV.'), [['plex-tv', 'observed once']]],
    ['the pattern itself, where only that is known', bypass('*.o.lencr.org'), [['lencr-ocsp', 'observed once']]],
    ['the domain of a wildcard is none of its names', bypass('o.lencr.org'), [['o.lencr.org', 'observed once']]],
    ['an IPv6 address without a name', bypass(null, { address: '2a00::7' }), [['2a00::7', 'observed once']]],
    ['nothing known of it', bypass(null, { address: null }), [['unknown', 'observed once']]],
  ])('%s', (_, found, expected) => {
    const violations = evaluatePolicy(policy({ bypass: 'none' }), results, [found]);
    expect(violations.map(({ endpoint, actual }) => [endpoint, actual])).toEqual(expected);
    expect(violations.every(({ aspect }) => aspect === 'bypass')).toBe(true);
  });

  it('asks nothing of endpoints that may', () => {
    expect(
      evaluatePolicy(policy({ bypass: 'none' }, { 'plex-tv': { bypass: 'any' } }), results, [bypass('plex.tv')]),
    ).toEqual([]);
    expect(evaluatePolicy(policy({}), results, [bypass('plex.tv'), bypass('example.org')])).toEqual([]);
  });

  it.each<[string, Policy, readonly string[]]>([
    ['may', policy({ bypass: 'none' }, { 'plex.tv': { bypass: 'any' } }), []],
    ['may not', policy({}, { 'plex.tv': { bypass: 'none' } }), ['plex.tv']],
    ['by its id, which is of one port', policy({}, { 'plex-tv': { bypass: 'none' } }), []],
  ])('another port of a host that %s', (_, rules, hosts) => {
    expect(evaluatePolicy(rules, results, [bypass('plex.tv', { port: 80 })]).map(({ host }) => host)).toEqual(hosts);
  });
});

it.each<[string, Policy, readonly string[], boolean]>([
  ['a default that blocks', policy({ direct: 'blocked' }), ['plex.tv'], true],
  ['nothing may go around', policy({ bypass: 'none' }), [], true],
  ['this host may be open', policy({ direct: 'blocked' }, { 'plex.tv': { direct: 'any' } }), ['plex.tv'], false],
  ['nothing is expected', policy({}), [], false],
])('what a policy forbids: %s', (_, rules, hosts, forbidden) => {
  expect(forbidsDirect(rules, [result(route('ok'), null)], hosts)).toBe(forbidden);
});

it('counts what it checks', () => {
  const results = [result(route('ok'), null), result(route('ok'), null, 'a.example', 'a')];
  expect(
    countExpectations(policy({ direct: 'blocked', bypass: 'none' }, { a: { proxy: 'ok', direct: 'any' } }), results),
  ).toBe(4);
});

it('never passes a direct route on the word of an attempt that was not made', () => {
  const outcomes = fc.array(fc.constantFrom(...OUTCOMES), { minLength: 1, maxLength: 2 });
  const expectations = fc.constantFrom<Expectation['direct']>('blocked', 'ok');
  expect(() =>
    fc.assert(
      fc.property(outcomes, expectations, (found, direct) => {
        const attempts = found.map((outcome, i) => attempt(i === 0 ? 4 : 6, outcome, 'BUDGET_SPENT'));
        const violations = evaluatePolicy(policy({ direct }), [result(route('not-run', attempts), null)], []);
        return violations.length === 1 || (direct === 'blocked' && !found.includes('not-run'));
      }),
    ),
  ).not.toThrow();
});
