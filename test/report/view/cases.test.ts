import { describe, expect, it } from 'vitest';
import type { Cause, EndpointResult, Finding, Report } from '../../../src/core/model/report.ts';
import { suitesOf, type Case } from '../../../src/report/view/cases.ts';
import { allCauses, cause, EMPTY_TRAFFIC, finding, reportFixture, REPORTS } from '../../support/fixtures/report.ts';

const casesOf = (report: Report, suite: string): readonly Case[] =>
  suitesOf(report).find(({ name }) => name === suite)?.cases ?? [];
const statusOf = (report: Report, suite: string, name: string): Case['status'] | undefined =>
  casesOf(report, suite).find((each) => each.name === name)?.status;

describe('the verdict', () => {
  it.each([
    ['allowed', 'passed'],
    ['denied', 'failed'],
    ['noProxy', 'skipped'],
    ['interrupted', 'crashed'],
  ] as const)('%s: %s', (name, status) => {
    expect(casesOf(REPORTS[name], 'run')).toMatchObject([{ name: 'verdict', status }]);
  });
});

describe('an endpoint', () => {
  const conclude = (
    conclusion: 'proxy-only' | 'neither' | 'undecided',
    need: EndpointResult['need'],
  ): Case | undefined => {
    const endpoints = REPORTS.allowed.endpoints.slice(0, 1).map((each) => {
      const outcome = { 'proxy-only': 'ok', neither: 'denied', undecided: 'not-run' } as const;
      const proxy = each.proxy && { ...each.proxy, outcome: outcome[conclusion] };
      return { ...each, conclusion, need, proxy };
    });
    return casesOf(reportFixture({ endpoints }), 'endpoints')[0];
  };
  it.each([
    ['proxy-only', 'scan', 'passed'],
    ['neither', 'scan', 'failed'],
    ['neither', 'feature', 'warned'],
    ['neither', 'optional', 'skipped'],
    ['undecided', 'scan', 'skipped'],
  ] as const)('%s, needed for %s: %s', (conclusion, need, status) => {
    expect(conclude(conclusion, need)?.status).toBe(status);
  });
  it('says what each route gave, and how long it took', () => {
    expect(conclude('proxy-only', 'scan')).toMatchObject({
      name: 'plex.tv',
      message: 'proxy only: directly no reply, through the proxy 302',
      ms: 41,
    });
  });
});

describe('bypasses', () => {
  it('each fails', () => {
    expect(casesOf(REPORTS.observedBypass, 'bypasses').map(({ status }) => status)).toEqual(
      REPORTS.observedBypass.bypassGroups.map(() => 'failed'),
    );
    expect(casesOf(REPORTS.denied, 'bypasses')[0]).toMatchObject({
      status: 'failed',
      message: 'this goes around the proxy',
    });
  });
  it.each([
    ['not watched', REPORTS.allowed, 'skipped'],
    ['watched by what would not see it', REPORTS.readOnly, 'skipped'],
    ['watched', reportFixture({ traffic: EMPTY_TRAFFIC }), 'passed'],
  ])('none, %s: %s', (_, report, status) => {
    expect(statusOf(report, 'bypasses', 'none observed')).toBe(status);
  });
});

describe('causes', () => {
  it.each<[Cause['state'], Case['status']]>([
    ['confirmed', 'failed'],
    ['likely', 'warned'],
    ['possible', 'skipped'],
    ['ruled-out', 'passed'],
    ['unknown', 'skipped'],
  ])('%s: %s', (state, status) => {
    const causes = allCauses([cause('proxy-denies', state, ['so'])]);
    expect(
      statusOf(reportFixture({ scan: { condition: 'unknown', sections: [], causes } }), 'causes', 'proxy-denies'),
    ).toBe(status);
  });
  it.each<[Report['scan']['condition'], Case['status']]>([
    ['reproduced', 'failed'],
    ['would-occur', 'failed'],
    ['not-found', 'passed'],
    ['unknown', 'skipped'],
  ])('the condition %s: %s', (condition, status) => {
    expect(statusOf(reportFixture({ scan: { ...REPORTS.allowed.scan, condition } }), 'causes', 'scan condition')).toBe(
      status,
    );
  });
});

describe('checks', () => {
  it.each<[Finding['verdict'], Case['status']]>([
    ['pass', 'passed'],
    ['warn', 'warned'],
    ['fail', 'failed'],
    ['not-applicable', 'skipped'],
    ['inconclusive', 'skipped'],
    ['crashed', 'crashed'],
  ])('%s: %s', (verdict, status) => {
    expect(statusOf(reportFixture({ findings: [finding('a', { verdict })] }), 'checks', 'a')).toBe(status);
  });
  it('tell apart what one check says, and what explains it', () => {
    const endpoint = REPORTS.allowed.endpoints[0]?.id ?? null;
    const findings = [finding('a'), finding('a', { supersededBy: 'b' }), finding('a', { endpoint })];
    expect(casesOf(reportFixture({ findings }), 'checks')).toMatchObject([
      { name: 'a', message: 'Something about a.' },
      { name: 'a (2)', message: 'Something about a. (explained by b)' },
      { name: 'a: plex.tv' },
    ]);
  });
});

describe('expectations', () => {
  it('fail one by one; the others pass together', () => {
    expect(casesOf(REPORTS.expectations, 'expectations')).toMatchObject([
      { name: 'plex.tv: direct', status: 'failed', message: 'should be blocked, is ok' },
      { name: 'metrics.plex.tv: proxy', status: 'failed' },
      { name: 'the other 60 of egress-policy.yaml', status: 'passed' },
    ]);
  });
  it('are no suite without a policy', () => {
    expect(suitesOf(REPORTS.allowed).map(({ name }) => name)).toEqual([
      'run',
      'endpoints',
      'bypasses',
      'causes',
      'checks',
    ]);
  });
});

it.each(Object.entries(REPORTS))(
  'names and messages of %s are told, and names are unique in their suite',
  (_, report) => {
    for (const { cases } of suitesOf(report)) {
      expect(cases.filter(({ name, message }) => name === '' || message === '')).toEqual([]);
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    }
  },
);
