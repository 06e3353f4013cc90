import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/model/report.ts';
import { renderGelf } from '../../src/report/gelf.ts';
import { REPORTS } from '../support/fixtures/report.ts';
import { parseGelf, type GelfMessage } from '../support/formats/gelf.ts';
import { HOSTILE, hostileReport, VAST, vastReport } from '../support/formats/hostile.ts';

const METADATA = 'metadata.provider.plex.tv';

function messages(report: Report, wanted: Readonly<Record<string, string | number>> = {}): readonly GelfMessage[] {
  return parseGelf(renderGelf(report)).filter((message) =>
    Object.entries(wanted).every(([name, value]) => message[`_pms_${name}`] === value),
  );
}

describe.each(Object.entries(REPORTS))('%s', (_, report) => {
  it('begins with the run', () => {
    expect(messages(report)[0]).toMatchObject({
      host: 'pms-proxy-doctor',
      short_message: expect.stringContaining(report.summary.because),
      timestamp: Date.parse(report.run.startedAt) / 1000,
      _pms_event: 'run',
      _pms_exit_code: report.summary.exitCode,
    });
  });
  it('has one message a route that was tried', () => {
    const tried = report.endpoints.flatMap(({ direct, proxy }) =>
      [direct, proxy].filter((route) => route !== null && route.outcome !== 'not-run'),
    );
    expect(messages(report, { event: 'endpoint' })).toHaveLength(tried.length);
  });
});

describe('the severity', () => {
  it.each<[string, Report, Readonly<Record<string, string | number>>, number]>([
    ['nothing wrong', REPORTS.allowed, { event: 'run' }, 6],
    ['a problem', REPORTS.denied, { event: 'run' }, 3],
    ['undecided', REPORTS.noProxy, { event: 'run' }, 4],
    ['a needed endpoint is denied', REPORTS.denied, { endpoint_host: METADATA, route: 'proxy' }, 3],
    ['an optional one is', REPORTS.denied, { endpoint_host: 'metrics.plex.tv', route: 'proxy' }, 5],
    ['one is blocked where PMS does not go', REPORTS.denied, { endpoint_host: METADATA, route: 'direct' }, 6],
    [
      'one is blocked where PMS goes',
      REPORTS.reproduced,
      { event: 'endpoint', endpoint_host: METADATA, route: 'direct' },
      3,
    ],
    ['a bypass was seen', REPORTS.reproduced, { event: 'bypass' }, 3],
    ['a cause is confirmed', REPORTS.denied, { event: 'cause', cause: 'proxy-denies' }, 3],
    ['an expectation is not met', REPORTS.expectations, { event: 'violation', endpoint: 'metrics' }, 3],
  ])('%s', (_, report, wanted, level) => {
    expect(messages(report, wanted)).toMatchObject([{ level }]);
  });
});

it('the alert of docs/graylog.md finds the denied endpoint, and nothing where all is well', () => {
  const wanted = { event: 'endpoint', route: 'proxy', outcome: 'denied', need: 'scan' };
  expect(messages(REPORTS.denied, wanted)).toMatchObject([{ _pms_endpoint_host: METADATA, _pms_status: 403 }]);
  expect(messages(REPORTS.allowed, wanted)).toEqual([]);
});

it('bypasses that were not watched are not counted', () => {
  expect(messages(REPORTS.allowed, { event: 'run' })[0]).not.toHaveProperty('_pms_bypasses_observed');
  expect(messages(REPORTS.reproduced, { event: 'run' })[0]).toHaveProperty('_pms_bypasses_observed', 1);
});

describe('hostile words', () => {
  it.each(HOSTILE)('%j stay words', (words) => {
    const visible = (text: unknown): string => String(text).replace(/[^\p{L}\p{N}\p{P}\p{S}]|\p{So}/gu, '');
    const [run, endpoint] = messages(hostileReport(words));
    expect(visible(run?.['short_message'])).toContain(visible(words));
    expect(visible(endpoint?.['_pms_endpoint_host'])).toBe(visible(words));
  });
});

it('a vast report has two messages for each endpoint', () => {
  expect(messages(vastReport(), { event: 'endpoint' })).toHaveLength(2 * VAST);
});

describe('the oracle refuses', () => {
  const message = { version: '1.1', host: 'a', short_message: 'b', level: 3 };
  it.each<[string, unknown]>([
    ['no version', { ...message, version: '1.0' }],
    ['no host', { ...message, host: '' }],
    ['no message', { ...message, short_message: '' }],
    ['no level', { ...message, level: 8 }],
    ['unknown field check', { ...message, check: 'a' }],
    ['_id is reserved', { ...message, _id: 'a' }],
    ['_a is no string', { ...message, _a: null }],
    ['no object', [message]],
  ])('%s', (problem, given) => {
    expect(() => parseGelf(`${JSON.stringify(given)}\n`)).toThrow(problem);
  });
});
