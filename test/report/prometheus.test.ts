import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/model/report.ts';
import { renderPrometheus } from '../../src/report/prometheus.ts';
import { REPORTS } from '../support/fixtures/report.ts';
import { parseExposition } from '../support/formats/exposition.ts';
import { HOSTILE, hostileReport, VAST, vastReport } from '../support/formats/hostile.ts';

type Labels = Readonly<Record<string, string>>;

/** The values of one metric whose series have these labels. */
function values(report: Report, name: string, wanted: Labels = {}): readonly number[] {
  return parseExposition(renderPrometheus(report))
    .filter((each) => each.name === `pms_proxy_doctor_${name}`)
    .filter(({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value))
    .map(({ value }) => value);
}

const PLEX = { endpoint: 'plex-tv' };
const { noProxy, allowed, denied, reproduced, interrupted } = REPORTS;
const METADATA = { host: 'metadata.provider.plex.tv' };

describe.each(Object.entries(REPORTS))('%s', (_, report) => {
  it('can be read, and has the state of the run', () => {
    expect(values(report, 'run_exit_code')).toEqual([report.summary.exitCode]);
    expect(values(report, 'scan_condition', { condition: report.scan.condition })).toEqual([1]);
    expect(values(report, 'scan_condition').reduce((sum, value) => sum + value, 0)).toBe(1);
  });
  it('says nothing about a route that was not tried', () => {
    const tried = report.endpoints.flatMap(({ direct, proxy }) =>
      [direct, proxy].filter((route) => route !== null && route.outcome !== 'not-run'),
    );
    expect(values(report, 'endpoint_success')).toHaveLength(tried.length);
  });
});

describe('one value', () => {
  it.each<[string, Report, string, Labels, readonly number[]]>([
    ['the route that works', allowed, 'endpoint_success', { ...PLEX, route: 'proxy' }, [1]],
    ['the route that is blocked', allowed, 'endpoint_success', { ...PLEX, route: 'direct' }, [0]],
    ['an endpoint that works for PMS', allowed, 'endpoint_usable', PLEX, [1]],
    ['an endpoint that is denied', denied, 'endpoint_usable', METADATA, [0]],
    ['its outcome', denied, 'endpoint_outcome', { ...METADATA, route: 'proxy', outcome: 'denied' }, [1]],
    ['a proxy that is not there', noProxy, 'endpoint_success', { ...PLEX, route: 'proxy' }, []],
    ['an endpoint without a proxy', noProxy, 'endpoint_usable', PLEX, [1]],
    ['a time in seconds', allowed, 'endpoint_duration_seconds', { ...PLEX, route: 'proxy' }, [0.041]],
    [
      'a stage in seconds',
      denied,
      'endpoint_stage_duration_seconds',
      { ...METADATA, route: 'proxy', stage: 'tunnel' },
      [0.002],
    ],
    ['a time of what was not tried', interrupted, 'endpoint_duration_seconds', { route: 'direct' }, []],
    ['traffic that was not watched', allowed, 'traffic_watched', {}, [0, 0]],
    ['bypasses that were not watched', allowed, 'bypasses', { kind: 'observed' }, []],
    ['bypasses that are not configured', allowed, 'bypasses', { kind: 'configured' }, [0]],
    ['bypasses that were seen', reproduced, 'bypasses', { kind: 'observed' }, [1]],
    ['their attempts', reproduced, 'bypass_attempts', { ...METADATA, process: 'Plex Media Scanner' }, [4]],
    ['a policy that is not there', allowed, 'expectation_violations', {}, []],
    ['a policy that is not met', REPORTS.expectations, 'expectation_violations', {}, [2]],
  ])('%s', (_, report, name, labels, expected) => {
    expect(values(report, name, labels)).toEqual(expected);
  });

  it('an endpoint that PMS goes around the proxy to does not work, although the proxy lets it through', () => {
    expect(values(reproduced, 'endpoint_success', { ...METADATA, route: 'proxy' })).toEqual([1]);
    expect(values(reproduced, 'endpoint_usable', METADATA)).toEqual([0]);
  });

  it('bypasses that were watched and not seen are 0', () => {
    const traffic = reproduced.traffic && { ...reproduced.traffic, flows: [] };
    expect(values({ ...reproduced, traffic, bypasses: [] }, 'bypasses', { kind: 'observed' })).toEqual([0]);
  });

  it('of endpoints with the same labels there is one series', () => {
    const [endpoint] = allowed.endpoints;
    const endpoints = endpoint === undefined ? [] : [endpoint, endpoint];
    expect(values({ ...allowed, endpoints }, 'endpoint_usable')).toEqual([1]);
  });
});

describe('hostile words', () => {
  it.each(HOSTILE)('%j stay words', (words) => {
    const [series] = parseExposition(renderPrometheus(hostileReport(words))).filter(({ labels }) => 'host' in labels);
    const visible = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S}]|\p{So}/gu, '');
    expect(visible(series?.labels['host'] ?? '')).toBe(visible(words));
  });
});

it('a vast report has a series for each endpoint', () => {
  expect(renderPrometheus(vastReport()).match(/^pms_proxy_doctor_endpoint_usable\{/gm)).toHaveLength(VAST);
});

describe('the oracle refuses', () => {
  const head = '# HELP a_b Text.\n# TYPE a_b gauge\n';
  it.each([
    ['# TYPE a_b gauge\na_b 1\n', 'no series of'],
    ['# HELP a_b Text.\na_b 1\n', 'no type of a_b'],
    [`${head}a_b 1\na_b 2\n`, 'twice'],
    [`${head}a_b{c="d"} 1\na_b{c="d"} 2\n`, 'twice'],
    [`${head}a_b{c="d",c="e"} 1\n`, 'labels'],
    [`${head}a_b{c="d"e"} 1\n`, 'no series of a_b'],
    [`${head}a_b 1 1700000000000\n`, 'no series of a_b'],
    [`${head}a_c 1\n`, 'no series of a_b'],
    [`${head}a_b NaN\n`, 'no series of a_b'],
    [`${head}a_b 1\n${head}`, 'in two pieces'],
    [`${head}a_b 1`, 'no line break'],
    [`${head}a_b{c="\u0001"} 1\n`, 'not printable'],
  ])('%j', (document, message) => {
    expect(() => parseExposition(document)).toThrow(message);
  });
});
