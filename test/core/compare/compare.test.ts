import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparisonSchema, type Change, type Comparison } from '../../../src/core/model/comparison.ts';
import type { Experiment, Scan } from '../../../src/core/model/experiment.ts';
import type { Report } from '../../../src/core/model/report.ts';
import {
  anyReport,
  BYPASS,
  compared,
  renumbered,
  told,
  watched,
  withBypasses,
  withRoute,
} from '../../support/fixtures/compare.ts';
import { runs } from '../../support/fuzz.ts';
import { finding, reportFixture, REPORTS } from '../../support/fixtures/report.ts';
import { proxiedFlow } from '../../support/fixtures/traffic.ts';

const base = reportFixture();
const METADATA = 'metadata-provider';
const SCANNER = 'Plex Media Scanner';

function scan(type: string, end: Scan['end']): Scan {
  return {
    library: { id: '1', type, agent: `tv.plex.agents.${type}`, scanner: 'x', needs: 'provider', locations: 1 },
    role: 'agent',
    attempt: 1,
    narrowed: false,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:09.000Z',
    status: end === 'refused' ? 503 : 200,
    body: null,
    end,
    trouble: null,
  };
}
const experiment = (...scans: readonly Scan[]): Experiment => ({ scans, controls: [] });
const condition = (report: Report, now: Report['scan']['condition']): Report => ({
  ...report,
  scan: { ...report.scan, condition: now },
});

const denied = withRoute(base, METADATA, 'proxy', { outcome: 'denied', status: 403 });
/** Clients of PMS that go different ways, of which none was seen. */
const unsure = (report: Report): Report => ({
  ...report,
  endpoints: report.endpoints.map((each) => ({ ...each, configured: { curl: 'proxy', go: 'direct' }, observed: null })),
});
const bypassing = withBypasses({ ...base, traffic: watched(true) }, [BYPASS]);
const clean = { ...base, traffic: watched(true) };
const asking = {
  ...watched(false),
  flows: [{ ...proxiedFlow(BYPASS.host, { process: SCANNER }), endpoint: METADATA, bypass: false }],
};
const configured = withBypasses(base, [{ ...BYPASS, kind: 'configured', process: null, outcome: null }]);
const optional = base.endpoints.find(({ need, proxy }) => need === 'optional' && proxy?.outcome === 'ok')?.id ?? '';
const violated = (checked: number, ...ids: readonly string[]): Report => ({
  ...base,
  expectations: {
    policy: 'p.yaml',
    checked,
    violations: ids.map((id) => ({ endpoint: id, host: id, aspect: 'direct', expected: 'blocked', actual: 'ok' })),
  },
});
const checked = (verdict: 'pass' | 'warn' | 'fail' | 'inconclusive', check = 'clock-skew'): Report => ({
  ...base,
  findings: [finding(check, { verdict })],
});
const slowed = (ms: number, ids: readonly string[]): Report =>
  ids.reduce((report, id) => withRoute(report, id, 'proxy', { ms }), base);
const six = base.endpoints
  .filter(({ proxy }) => proxy?.outcome === 'ok')
  .slice(0, 6)
  .map(({ id }) => id);

describe('a change, its verdict and its exit code', () => {
  it.each<[string, Report, Report, readonly string[], Comparison['summary']['verdict'], number]>([
    ['nothing', base, base, [], 'same', 0],
    ['the proxy allows', denied, base, ['endpoints allowed-now: better'], 'better', 0],
    ['the proxy denies', base, denied, ['endpoints denied-now: worse'], 'worse', 1],
    [
      'a failure of another kind',
      denied,
      withRoute(base, METADATA, 'proxy', { outcome: 'stalled' }),
      ['endpoints fails-otherwise: changed'],
      'changed',
      0,
    ],
    [
      'a needed endpoint was not tried',
      base,
      withRoute(base, METADATA, 'proxy', { outcome: 'not-run' }),
      ['endpoints works-not-shown-after: unsettled'],
      'undecided',
      3,
    ],
    [
      'a failing one was not tried again',
      denied,
      withRoute(base, METADATA, 'proxy', { outcome: 'not-run' }),
      ['endpoints fails-not-shown-after: undecided'],
      'undecided',
      3,
    ],
    [
      'one was not tried before, and works',
      withRoute(base, METADATA, 'proxy', { outcome: 'not-run' }),
      base,
      ['endpoints works-not-shown-before: settled'],
      'better',
      0,
    ],
    [
      'an optional one is denied',
      base,
      withRoute(base, optional, 'proxy', { outcome: 'denied' }),
      ['endpoints denied-now: worse'],
      'changed',
      0,
    ],
    [
      'the other route opens',
      base,
      withRoute(base, METADATA, 'direct', { outcome: 'ok' }),
      ['endpoints other-route: changed'],
      'changed',
      0,
    ],
    [
      'an endpoint is gone',
      base,
      { ...base, endpoints: base.endpoints.filter(({ id }) => id !== METADATA) },
      ['endpoints works-not-shown-after: unsettled'],
      'undecided',
      3,
    ],
    [
      'an endpoint is new and works',
      { ...base, endpoints: base.endpoints.filter(({ id }) => id !== METADATA) },
      base,
      ['endpoints works-not-shown-before: settled'],
      'better',
      0,
    ],
    ['the condition is gone', condition(base, 'reproduced'), base, ['condition condition-gone: better'], 'better', 0],
    ['the condition is there', base, condition(base, 'would-occur'), ['condition condition-new: worse'], 'worse', 1],
    [
      'the condition is unknown now',
      condition(base, 'reproduced'),
      condition(base, 'unknown'),
      ['condition condition-not-shown: undecided'],
      'undecided',
      3,
    ],
    [
      'the condition was not there and is unknown',
      base,
      condition(base, 'unknown'),
      ['condition condition-not-shown: unsettled'],
      'undecided',
      3,
    ],
    [
      'the condition was unknown and is excluded',
      condition(base, 'unknown'),
      base,
      ['condition condition-excluded: settled'],
      'better',
      0,
    ],
    [
      'it is seen instead of expected',
      condition(base, 'would-occur'),
      condition(base, 'reproduced'),
      ['condition condition-other-basis: changed'],
      'changed',
      0,
    ],
    ['a failing check', checked('pass'), checked('fail'), ['checks check-changed: worse'], 'worse', 1],
    ['a check that passes', checked('fail'), checked('pass'), ['checks check-changed: better'], 'better', 0],
    ['a check that warns', checked('pass'), checked('warn'), ['checks check-changed: worse'], 'changed', 0],
    [
      'a failure that is undecided now',
      checked('fail'),
      checked('inconclusive'),
      ['checks check-changed: undecided'],
      'undecided',
      3,
    ],
    [
      'a check that another explains',
      checked('pass'),
      { ...base, findings: [finding('clock-skew', { supersededBy: 'token-missing' })] },
      ['checks check-changed: worse'],
      'changed',
      0,
    ],
    [
      'a check that explains the condition',
      checked('pass'),
      { ...base, findings: [finding('clock-skew', { causes: ['proxy-denies'] })] },
      ['checks check-changed: worse'],
      'changed',
      0,
    ],
    [
      'a check of what was seen',
      checked('fail', 'bypass-observed'),
      checked('pass', 'bypass-observed'),
      ['checks check-unproven: undecided'],
      'changed',
      0,
    ],
    [
      'an expectation is met',
      violated(3, 'metrics'),
      violated(3),
      ['expectations expectation-met: better'],
      'better',
      0,
    ],
    [
      'an expectation is not met',
      violated(3),
      violated(3, 'metrics'),
      ['expectations expectation-unmet: worse'],
      'worse',
      1,
    ],
    [
      'another policy',
      violated(3, 'metrics'),
      violated(2),
      ['expectations expectation-unmet-only-before: undecided'],
      'undecided',
      3,
    ],
    ['no policy any more', violated(3), base, ['expectations policy-only-before: unsettled'], 'undecided', 3],
    ['a policy that is met', base, violated(3), ['expectations policy-only-after: settled'], 'better', 0],
  ])('%s', (_, before, after, changes, verdict, exitCode) => {
    const comparison = compared(before, after);
    expect(told(comparison)).toEqual(changes);
    expect(comparison.summary).toMatchObject({ verdict, exitCode });
  });
});

describe('a bypass that is not seen any more', () => {
  it.each<[string, Partial<Report>, string, number]>([
    ['was not watched', { traffic: null }, 'bypass-not-watched-after: undecided', 3],
    ['may have been missed', { traffic: watched(false) }, 'bypass-unproven-after: undecided', 3],
    ['had no occasion', { traffic: watched(true) }, 'bypass-unproven-after: undecided', 3],
    [
      'had no occasion: other libraries',
      { traffic: watched(true), experiment: experiment(scan('movie', 'finished')) },
      'bypass-unproven-after: undecided',
      3,
    ],
    [
      'had no occasion: refused',
      { traffic: watched(true), experiment: experiment(scan('artist', 'refused')) },
      'bypass-unproven-after: undecided',
      3,
    ],
    ['goes through the proxy, and perhaps around it', { traffic: asking }, 'bypass-through-proxy-after: undecided', 0],
    [
      'is gone: the scan was watched',
      { traffic: watched(true), experiment: experiment(scan('artist', 'finished')) },
      'bypass-gone: better',
      0,
    ],
    [
      'is gone: it asked the proxy',
      { traffic: { ...asking, ...watched(true), flows: asking.flows } },
      'bypass-gone: better',
      0,
    ],
    [
      'may be among those left out',
      { traffic: { ...watched(true), omitted: 1 }, experiment: experiment(scan('artist', 'finished')) },
      'bypass-unproven-after: undecided',
      3,
    ],
  ])('%s', (_, more, expected, exitCode) => {
    const before = { ...bypassing, experiment: experiment(scan('artist', 'refused')) };
    const comparison = compared(before, { ...base, ...more });
    expect(told(comparison).filter((each) => each.startsWith('bypasses'))).toEqual([`bypasses ${expected}`]);
    expect(comparison.summary.exitCode).toBe(exitCode);
  });

  it('is new only where it would have been seen before', () => {
    const before = { ...clean, experiment: experiment(scan('artist', 'finished')) };
    expect(told(compared(before, bypassing))).toEqual(['bypasses bypass-new: worse']);
    expect(told(compared(base, bypassing))).toEqual(['bypasses bypass-not-watched-before: undecided']);
  });
});

describe('a bypass that the settings lead to', () => {
  const assumed = { ...base, proxy: { ...base.proxy, basis: 'assumed' } };
  it.each<[string, Report, Report, readonly string[]]>([
    ['is gone', configured, base, ['bypasses configured-gone: better']],
    ['is new', base, configured, ['bypasses configured-new: worse']],
    [
      'is not shown by settings that are assumed',
      configured,
      assumed,
      ['bypasses configured-not-shown-after: undecided'],
    ],
    [
      'is not shown where its endpoint is missing',
      configured,
      { ...base, endpoints: [] },
      ['bypasses configured-not-shown-after: undecided'],
    ],
    [
      'has nothing to go around',
      configured,
      { ...base, proxy: { ...base.proxy, configured: false } },
      ['bypasses configured-no-proxy: changed'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(told(compared(before, after)).filter((each) => each.startsWith('bypasses'))).toEqual(expected);
  });
});

describe('the condition of another library', () => {
  const refused = { ...condition(base, 'reproduced'), experiment: experiment(scan('artist', 'refused')) };
  it.each<[string, Report, readonly string[]]>([
    [
      'is no answer',
      { ...base, experiment: experiment(scan('movie', 'finished')) },
      ['condition condition-other-library: undecided'],
    ],
    [
      'of the same is',
      { ...base, experiment: experiment(scan('artist', 'finished')) },
      ['condition condition-gone: better'],
    ],
  ])('%s', (_, after, expected) => {
    expect(told(compared(refused, after))).toEqual(expected);
  });
});

describe('times', () => {
  it.each<[string, number, number, readonly string[], readonly string[]]>([
    ['all are slower', 100, 700, six, ['times all-slower: worse']],
    ['all are faster', 700, 100, six, ['times all-slower: better']],
    ['by less than the floor', 100, 590, six, []],
    ['by less than the factor', 1000, 1900, six, []],
    ['too few for a median', 100, 700, six.slice(0, 1), []],
    ['one lost packet', 41, 3100, six.slice(0, 1), []],
    ['one that is far slower', 41, 4000, six.slice(0, 1), ['times slower: worse']],
  ])('%s', (_, before, after, ids, expected) => {
    // Only these endpoints answer, so that the others do not move the median.
    const only = (report: Report): Report => ({
      ...report,
      endpoints: report.endpoints.filter(({ id }) => ids.includes(id)),
    });
    expect(told(compared(only(slowed(before, ids)), only(slowed(after, ids))))).toEqual(expected);
  });
});

describe('settings', () => {
  const proxy = (more: Partial<Report['proxy']>): Report => ({ ...base, proxy: { ...base.proxy, ...more } });
  it.each<[string, Report, readonly string[]]>([
    ['another port', proxy({ url: 'http://<proxy-1>:3129' }), ['setting-changed']],
    ['another name, if names are shared', proxy({ url: 'http://<proxy-2>:3128' }), ['setting-changed']],
    ['an entry more', proxy({ noProxy: 'localhost,127.0.0.1,.<domain-1>,.plex.tv' }), ['exclusions-added']],
    ['another order', proxy({ noProxy: '.<domain-1>, 127.0.0.1 localhost' }), []],
    ['an entry less', proxy({ noProxy: 'localhost,.<domain-1>' }), ['exclusions-removed']],
    ['another process', proxy({ source: 'pid:9' }), []],
    ['a unit', proxy({ source: 'unit:plexmediaserver.service' }), ['setting-changed']],
  ])('%s', (_, after, expected) => {
    const { settings, summary } = compared(base, after);
    expect(settings.map(({ says }) => says.message)).toEqual(expected);
    expect(summary.exitCode).toBe(0);
  });
});

describe('pseudonyms that were numbered apart', () => {
  it('change nothing', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { summary } = compared(report, renumbered(report), 'apart');
        expect(summary).toMatchObject({ verdict: 'same', exitCode: 0 });
      }),
      runs(33),
    );
  });

  it('never show a bypass of another host as gone', () => {
    const hidden = withBypasses({ ...base, traffic: asking }, [{ ...BYPASS, host: '<host-1>' }]);
    const named = { ...bypassing, experiment: null };
    expect(told(compared(named, hidden, 'apart'))).toEqual(['bypasses bypass-unproven-after: undecided']);
  });
});

describe('of any two reports', () => {
  const MIRROR: Readonly<Record<Change, Change>> = {
    worse: 'better',
    better: 'worse',
    settled: 'unsettled',
    unsettled: 'settled',
    undecided: 'undecided',
    changed: 'changed',
  };
  /** The changes, without words. */
  function essence({
    condition: own,
    endpoints,
    times,
    bypasses,
    causes,
    expectations,
    checks,
  }: Comparison): readonly string[] {
    return [
      `condition ${own?.change ?? 'same'}`,
      ...endpoints.map(({ id, change }) => `${id} ${change}`),
      ...times.map(({ endpoint, route, change }) => `${endpoint} ${route} ${change}`),
      ...bypasses.map(({ kind, host, process, change }) => `${kind} ${host} ${process} ${change}`),
      ...causes.map(({ id, change }) => `${id} ${change}`),
      ...expectations.map(({ host, change }) => `${host} ${change}`),
      ...checks.map(({ check, change }) => `${check} ${change}`),
    ].toSorted((a, b) => (a < b ? -1 : 1));
  }

  it.each(Object.entries(REPORTS))('%s is the same as itself', (_, report) => {
    for (const names of ['shared', 'apart'] as const)
      expect(compared(report, report, names).summary).toMatchObject({ verdict: 'same', exitCode: 0 });
  });

  it('one is the same as itself', () => {
    fc.assert(
      fc.property(anyReport, fc.constantFrom('shared' as const, 'apart' as const), (report, names) => {
        const comparison = compared(report, report, names);
        expect(told(comparison)).toEqual([]);
        expect(comparison.summary.exitCode).toBe(0);
      }),
      runs(33),
    );
  });

  it('the order mirrors every change', () => {
    fc.assert(
      fc.property(anyReport, anyReport, (a, b) => {
        const back = essence(compared(b, a)).map((each) =>
          each.replace(/\w+$/, (change) => Object.entries(MIRROR).find(([name]) => name === change)?.[1] ?? change),
        );
        expect(essence(compared(a, b))).toEqual(back.toSorted((x, y) => (x < y ? -1 : 1)));
      }),
      runs(33),
    );
  });

  it('exit code 0 holds nothing that is worse or open', () => {
    fc.assert(
      fc.property(anyReport, anyReport, fc.constantFrom('shared' as const, 'apart' as const), (a, b, names) => {
        const comparison = compared(a, b, names);
        const { condition: own, endpoints, bypasses } = comparison;
        const bad = [...(own === null ? [] : [own]), ...endpoints, ...bypasses].filter(
          ({ decides, change }) => decides && change === 'worse',
        );
        expect(comparison.summary.exitCode === 1).toBe(
          bad.length > 0 ||
            [...comparison.times, ...comparison.checks, ...comparison.expectations].some(
              ({ decides, change }) => decides && change === 'worse',
            ),
        );
        expect(comparisonSchema.safeParse(comparison).error).toBeUndefined();
      }),
      runs(33),
    );
  });

  it('less watching never makes a bypass better or worse', () => {
    fc.assert(
      fc.property(anyReport, anyReport, (a, b) => {
        const { bypasses } = compared(a, { ...b, traffic: null });
        const own = bypasses.filter(({ kind, after }) => kind === 'observed' && after !== 'seen');
        expect(own.filter(({ change }) => change !== 'undecided')).toEqual([]);
      }),
      runs(33),
    );
  });
});

describe('the sentence on top', () => {
  it.each<[string, Report, Report, readonly string[]]>([
    [
      'what the proxy allows, and the condition',
      condition(denied, 'reproduced'),
      base,
      ['hosts-allowed', 'condition-gone'],
    ],
    ['what the proxy denies', base, condition(denied, 'reproduced'), ['hosts-denied', 'condition-new']],
    [
      'what the proxy allows, where it is not known whether PMS uses it',
      condition(unsure(denied), 'would-occur'),
      condition(unsure(base), 'unknown'),
      ['hosts-allowed', 'condition-not-shown'],
    ],
    [
      'a bypass',
      { ...bypassing, scan: condition(base, 'reproduced').scan },
      condition(clean, 'unknown'),
      ['bypass-unproven-after', 'condition-not-shown'],
    ],
    ['nothing', base, base, ['nothing-changed', 'condition-never']],
    [
      'what stays',
      condition(denied, 'would-occur'),
      condition(denied, 'would-occur'),
      ['nothing-changed', 'condition-remains'],
    ],
    [
      'the rest as a count',
      base,
      { ...denied, expectations: violated(3, 'a', 'b', 'c').expectations, findings: checked('fail').findings },
      ['hosts-denied', 'condition-never'],
    ],
    [
      'more than two of a kind',
      violated(3),
      { ...denied, expectations: violated(3, 'a', 'b', 'c').expectations },
      ['hosts-denied', 'expectation-unmet', 'others-worse', 'condition-never'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(compared(before, after).summary.because.map(({ message }) => message)).toEqual(expected);
  });
});

it('many bypasses are one statement on top', () => {
  const many = ['a.example.org', 'b.example.org', 'c.example.org', 'd.example.org'];
  const endpoints = many.flatMap((host) => base.endpoints.slice(0, 1).map((each) => ({ ...each, id: host, host })));
  const own = { ...base, endpoints };
  const after = withBypasses(
    own,
    many.map((host) => ({ ...BYPASS, host, kind: 'configured', process: null })),
  );
  expect(compared(own, after).summary.because).toMatchObject([
    {
      message: 'configured-new',
      args: { target: 'a.example.org:443, b.example.org:443, c.example.org:443 and 1 more' },
    },
    { message: 'condition-never' },
  ]);
});

describe('limits', () => {
  it.each<[string, Partial<Report>, string]>([
    ['another command', { run: { ...base.run, command: 'observe' } }, 'other-command'],
    ['another version', { tool: { ...base.tool, version: '9.0.0' } }, 'other-version'],
    ['interrupted', { run: { ...base.run, interrupted: true } }, 'interrupted'],
    ['watched on one side', { traffic: watched(true) }, 'not-watched'],
    ['the wrong order', { run: { ...base.run, startedAt: '2020-01-01T00:00:00.000Z' } }, 'other-order'],
  ])('%s', (_, more, message) => {
    expect(compared(base, { ...base, ...more }).limits.map((each) => each.message)).toEqual([message]);
  });
  it('names that are hidden', () => {
    expect(compared(base, base, 'apart').limits.map(({ message }) => message)).toEqual(['names-hidden']);
  });
});
