import { describe, expect, it } from 'vitest';
import type { EndpointResult, Report } from '../../../../src/core/model/report.ts';
import { linesOf } from '../../../support/fixtures/sections.ts';
import { endpoint } from '../../../support/fixtures/facts.ts';
import { endpointResult, reportFixture, REPORTS } from '../../../support/fixtures/report.ts';
import { tally } from '../../../../src/report/view/endpoints/tally.ts';

const [ok, silent, denied] = [
  { outcome: 'ok', status: 200 },
  { outcome: 'no-reply' },
  { outcome: 'denied', status: 403 },
] as const;
const lines = (report: Report): readonly string[] => tally(report).flatMap(linesOf);
const one = (
  plan: Parameters<typeof endpointResult>[1],
  more: Partial<EndpointResult> = {},
  proxied = true,
): readonly string[] => {
  const result = { ...endpointResult(endpoint('plex.tv', { need: 'scan', purpose: 'sign-in' }), plan), ...more };
  const proxy = { ...REPORTS.allowed.proxy, configured: proxied };
  return lines(reportFixture({ endpoints: [result], proxy }));
};

describe('the mark follows the route that PMS takes', () => {
  const direct = { configured: { 'curl-7.87': 'direct' } } as const;
  it.each<[string, readonly string[], string, string | undefined]>([
    ['the proxy works', one({ direct: silent, proxy: ok }), '1 works for PMS', undefined],
    [
      'the proxy works, but the settings go direct',
      one({ direct: silent, proxy: ok }, direct),
      '1 fails',
      "[bad] plex.tv (sign-in · scan); works through the proxy, but PMS's settings send it direct: no reply",
    ],
    [
      'direct works, and the settings go direct',
      one({ direct: ok, proxy: denied }, direct),
      '1 works for PMS',
      undefined,
    ],
    [
      'direct works, but the settings take the proxy',
      one({ direct: ok, proxy: denied }),
      '1 fails',
      '[bad] plex.tv (sign-in · scan); through the proxy: 403 denied; works directly, which PMS does not use',
    ],
    [
      'the value is refused',
      one({ direct: ok, proxy: ok }, { configured: { 'curl-7.87': 'refused' } }),
      '1 fails',
      "[bad] plex.tv (sign-in · scan); PMS's client refuses the value of the proxy variable",
    ],
    ['no proxy, direct works', one({ direct: ok, proxy: null }, {}, false), '1 works for PMS', undefined],
    [
      'no proxy, direct fails',
      one({ direct: silent, proxy: null }, {}, false),
      '1 fails',
      '[bad] plex.tv (sign-in · scan); directly: no reply',
    ],
    [
      'nothing was tried',
      one({ direct: { outcome: 'not-run' }, proxy: { outcome: 'not-run' } }),
      '1 not tested',
      undefined,
    ],
  ])('%s', (_, told, count, failure) => {
    expect(told).toEqual([`needed to scan: ${count}`, ...(failure === undefined ? [] : [failure])]);
  });
  it('a bypass that was seen outweighs the settings', () => {
    expect(lines(REPORTS.observedBypass)).toContain(
      '[bad] metadata.provider.plex.tv (matching · scan); works through the proxy, but PMS goes direct: no reply',
    );
  });
});

it('failures that are not shown are counted', () => {
  const endpoints = Array.from({ length: 7 }, (_, i) =>
    endpointResult(endpoint(`h${i}.plex.tv`, { need: 'scan' }), { direct: silent, proxy: denied }),
  );
  expect(lines(reportFixture({ endpoints })).at(-1)).toBe('and 3 more that fail (--all lists them)');
});
