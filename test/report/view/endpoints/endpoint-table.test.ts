import { describe, expect, it } from 'vitest';
import type { EndpointResult, Report } from '../../../../src/core/model/report.ts';
import { attempts } from '../../../../src/report/view/endpoints/attempts.ts';
import { plainText } from '../../../../src/report/blocks/blocks.ts';
import { endpointTable } from '../../../../src/report/view/endpoints/endpoint-table.ts';
import { endpoint } from '../../../support/fixtures/facts.ts';
import { EMPTY_TRAFFIC, endpointResult, reportFixture, REPORTS } from '../../../support/fixtures/report.ts';
import { BRIEF, linesOf, PAGE, sectionOf, told, VERBOSE } from '../../../support/fixtures/sections.ts';
import { directFlow } from '../../../support/fixtures/traffic.ts';

const table = (report: Report): string => told(report, 'Endpoints by route');
const summary = (report: Report): string => plainText(endpointTable(report, BRIEF)[0]?.result?.text ?? '');
const columns = (report: Report): readonly string[] =>
  (endpointTable(report, BRIEF)[0]?.blocks ?? []).flatMap((block) =>
    block.kind === 'table' ? block.table.columns.map(({ title }) => title) : [],
  );

/** All endpoints of the catalogue that are probed. */
const COUNT = REPORTS.observedBypass.endpoints.length;

describe('a row', () => {
  it.each([
    '[good] plex.tv | sign-in · scan | no reply 3.0 s | 302 41 ms | proxy only',
    '[bad] metadata.provider.plex.tv | matching · scan | no reply 3.0 s | 403 denied 2 ms | unreachable',
    '[harmless] metrics.plex.tv | telemetry | no reply 3.0 s | 403 denied 2 ms | blocked, not needed',
    '[warn] images.plex.tv | artwork | no reply 3.0 s | 403 denied 2 ms | unreachable',
    '[harmless] resources-cdn.plexapp.com:80 | plug-ins | ',
  ])('%s', (row) => {
    expect(table(REPORTS.denied)).toContain(row);
  });

  const plan = { direct: { outcome: 'no-reply', ms: 3000 }, proxy: { outcome: 'ok', status: 200 } } as const;
  const [ok, denied, silent] = [{ outcome: 'ok' }, { outcome: 'denied' }, { outcome: 'no-reply' }] as const;
  const plans = {
    both: { direct: ok, proxy: ok },
    'proxy-only': { direct: silent, proxy: ok },
    'direct-only': { direct: ok, proxy: denied },
    neither: { direct: silent, proxy: denied },
    intercepted: { direct: silent, proxy: { outcome: 'intercepted' } },
    undecided: { direct: { outcome: 'not-run' }, proxy: { outcome: 'not-run' } },
  } as const;
  const one = (more: Partial<EndpointResult>, configured = true): string => {
    const result = { ...endpointResult(endpoint('plex.tv', { need: 'scan' }), plan), ...more };
    const { proxy } = REPORTS.allowed;
    return table(reportFixture({ endpoints: [result], proxy: { ...proxy, configured } }));
  };
  it.each([
    ['both', 'scan', true, 'good', 'both routes'],
    ['proxy-only', 'scan', true, 'good', 'proxy only'],
    ['direct-only', 'scan', true, 'bad', 'direct only'],
    ['direct-only', 'feature', true, 'warn', 'direct only'],
    ['direct-only', 'scan', false, 'good', 'direct only'],
    ['neither', 'scan', true, 'bad', 'unreachable'],
    ['neither', 'feature', true, 'warn', 'unreachable'],
    ['neither', 'optional', true, 'harmless', 'blocked, not needed'],
    ['intercepted', 'scan', true, 'bad', 'intercepted'],
    ['intercepted', 'optional', true, 'warn', 'intercepted'],
    ['undecided', 'scan', true, 'undecided', 'undecided'],
    ['undecided', 'optional', true, 'harmless', 'undecided'],
  ] as const)('%s, %s, proxy configured: %s', (conclusion, need, configured, mark, words) => {
    const result = endpointResult(endpoint('plex.tv', { need }), plans[conclusion]);
    expect(one({ ...result, conclusion }, configured)).toMatch(
      new RegExp(`^\\[${mark}\\] plex\\.tv .*\\| ${words}$`, 'm'),
    );
  });

  it.each([
    ['proxy-auth', 407, '407 login required'],
    ['proxy-error', 503, '503 proxy error'],
    ['proxy-error', null, 'proxy error'],
    ['proxy-unreachable', null, 'proxy unreachable'],
    ['captive', 200, 'wrong server'],
  ] as const)('%s with status %s', (outcome, status, words) => {
    const proxy = { ...endpointResult(endpoint('plex.tv'), plan).direct, outcome, status };
    expect(one({ proxy })).toContain(`| ${words} 3.0 s |`);
  });

  it('says apart that DNS did not answer', () => {
    const direct = {
      ...endpointResult(endpoint('plex.tv'), plan).direct,
      outcome: 'unresolved',
      status: null,
    } as const;
    expect(one({ direct: { ...direct, code: 'ENOTFOUND' } })).toContain('| unresolved 3.0 s |');
    expect(one({ direct: { ...direct, code: 'ETIMEOUT' } })).toContain('| no DNS reply 3.0 s |');
  });

  it('a direct failure is not marked bad when the proxy route works', () => {
    const [section] = endpointTable(reportFixture({ endpoints: REPORTS.allowed.endpoints.slice(0, 1) }), BRIEF);
    const tones = section?.blocks.flatMap((block) =>
      block.kind === 'table' ? block.table.rows.flatMap(({ cells }) => cells.map(({ tone }) => tone)) : [],
    );
    expect(tones).not.toContain('bad');
  });
});

describe('the table', () => {
  it('lists what a scan needs first', () => {
    expect(table(REPORTS.denied).split('\n').slice(0, 2)).toEqual([
      expect.stringContaining('plex.tv'),
      expect.stringContaining('metadata.provider.plex.tv'),
    ]);
  });
  it('is summed up', () => {
    expect(summary(REPORTS.denied)).toMatch(
      /^\d+ endpoints in 3\.4 s: 5 proxy only · 2 unreachable · \d+ blocked, not needed$/,
    );
  });
  it('says where the rest is', () => {
    expect(table(REPORTS.denied)).toContain('\n--verbose lists every attempt');
    expect(told(REPORTS.denied, 'Endpoints by route', PAGE)).not.toContain('--verbose');
  });
  it('says what was not tried', () => {
    expect(table(REPORTS.interrupted)).toMatch(
      /metadata\.provider\.plex\.tv \| .* \| not tried \| 302 41 ms \| undecided$/m,
    );
  });
  it('says that nothing was probed', () => {
    expect(table(reportFixture({ endpoints: [] }))).toBe('No endpoint was probed, and no connection was seen.');
  });
});

describe('endpoints that were not probed', () => {
  it.each([
    '[good] plex.tv | sign-in · scan | not watched | tunnel 200 12× | via proxy',
    '[harmless] metrics.plex.tv | telemetry | not watched | 403 denied 3× | denied, not needed',
    '[undecided] metadata.provider.plex.tv | matching · scan | not watched | never asked | not seen',
  ])('%s', (row) => {
    expect(table(REPORTS.readOnly).split('\n')).toContain(row);
  });
  it('are told as seen', () => {
    expect(columns(REPORTS.readOnly)).toEqual(['Endpoint', 'Needed for', 'Seen direct', 'Seen via proxy', 'Way taken']);
    expect(columns(REPORTS.denied)).toEqual(['Endpoint', 'Needed for', 'Direct', 'Via proxy', 'Result']);
    expect(summary(REPORTS.readOnly)).toBe(
      `2 of ${COUNT} endpoints seen (1 via proxy · 1 denied, not needed), ${COUNT - 2} not; nothing was probed`,
    );
  });
  it('tell how many requests of all came that far', () => {
    const some = (each: EndpointResult): EndpointResult =>
      each.observed === null || each.host !== 'plex.tv'
        ? each
        : { ...each, observed: { ...each.observed, proxyReached: 5 } };
    const mixed = { ...REPORTS.readOnly, endpoints: REPORTS.readOnly.endpoints.map(some) };
    expect(table(mixed)).toContain(
      '[warn] plex.tv | sign-in · scan | not watched | tunnel 200 5/12× | failed at times',
    );
    expect(told(mixed, 'Every endpoint', VERBOSE)).toContain('proxy 12× of which 5 ok');
  });
  it('are left out where they were not seen and no scan needs them', () => {
    expect(table(REPORTS.readOnly)).not.toContain('downloads.plex.tv');
  });
  it('tell the direct way', () => {
    const flows = [
      { ...directFlow('plex.tv', { outcome: 'ok', count: 3 }), endpoint: 'plex-tv', bypass: true },
      { ...directFlow('metadata.provider.plex.tv'), endpoint: 'metadata-provider', bypass: true },
    ];
    const observed = {
      direct: 3,
      proxy: 0,
      directOutcome: 'ok',
      proxyOutcome: null,
      proxyWatched: true,
      processes: [],
    } as const;
    const route = {
      outcome: 'ok',
      stage: null,
      code: null,
      ms: null,
      status: null,
      attempts: [],
      basis: 'observed',
    } as const;
    const never = { ...route, outcome: 'not-run', code: 'NEVER_ASKED' } as const;
    const endpoints = REPORTS.allowed.endpoints
      .filter(({ need }) => need === 'scan')
      .map((each, i) => ({
        ...each,
        direct: { ...route, outcome: i === 0 ? ('ok' as const) : ('no-reply' as const) },
        proxy: never,
        observed,
      }));
    const rows = table(reportFixture({ endpoints, traffic: { ...EMPTY_TRAFFIC, flows } }));
    expect(rows).toMatch(/^\[bad\] plex\.tv .*\| connected 3× \| never asked \| bypass$/m);
    expect(rows).toMatch(/^\[bad\] metadata\.provider\.plex\.tv .*\| no reply 3× \| never asked \| bypass, blocked$/m);
  });
});

describe('endpoints that were probed and seen', () => {
  it('tell below what probing cannot tell', () => {
    const rows = table(REPORTS.observedBypass);
    expect(rows).toMatch(
      /^\[bad\] metadata\.provider\.plex\.tv .* \| PMS goes direct\n {2}seen going around the proxy 1×, no reply; never asked of the proxy$/m,
    );
    expect(rows).toMatch(
      /^\[bad\] plex\.tv .*\n {2}seen going around the proxy 3×, prohibited; asked of the proxy too, 12×$/m,
    );
    expect(rows).toMatch(/^\[warn\] image\.tmdb\.org .*\n {2}seen going around/m);
    expect(rows.match(/^ {2}/gm)).toHaveLength(3);
    expect(summary(REPORTS.observedBypass)).toBe(
      `${COUNT} endpoints in 12.4 s: 1 PMS goes both ways · 2 PMS goes direct · ${COUNT - 3} proxy only; 3 seen going around the proxy`,
    );
  });
  it('tell that a needed one was not asked for, and of others nothing', () => {
    const observed = {
      direct: 0,
      proxy: 0,
      directOutcome: null,
      proxyOutcome: null,
      proxyWatched: true,
      processes: [],
    };
    const endpoints = REPORTS.allowed.endpoints.map((each) => ({ ...each, observed }));
    const rows = table(reportFixture({ endpoints, traffic: EMPTY_TRAFFIC }));
    expect(rows.match(/^ {2}not asked of the proxy while PMS was watched$/gm)).toHaveLength(2);
  });
});

describe('every attempt', () => {
  it('is for --verbose', () => {
    expect(attempts(REPORTS.denied, BRIEF)).toEqual([]);
    expect(attempts(REPORTS.denied, PAGE)).toEqual([]);
  });
  it('is told with its stages', () => {
    const lines = told(REPORTS.denied, 'Every attempt', VERBOSE);
    expect(lines).toContain('\n  direct: IPv4 203.0.113.10 no reply (BUDGET_SPENT) · tcp failed 3.0 s\n');
    expect(lines).toContain('\n  proxy: denied (ERR_ACCESS_DENIED) · tunnel failed 2 ms\n');
  });
  it('names an untrusted issuer', () => {
    expect(told(REPORTS.intercepted, 'Every attempt', VERBOSE)).toContain(
      'TLSv1.3 UNTRUSTED issued by CN=Inspection CA, O=Example Corp',
    );
  });
  it('tells all that was seen', () => {
    expect(told(REPORTS.observedBypass, 'Every attempt', VERBOSE)).toMatch(
      /^plex\.tv\n(?: {2}.*\n)* {2}seen: direct 3× prohibited, proxy 12× ok · by Plex Media Scanner$/m,
    );
    expect(sectionOf(REPORTS.readOnly, 'Every endpoint', VERBOSE).title).toBe('Every endpoint');
  });
  it('tells which clients would go direct', () => {
    const endpoints = REPORTS.allowed.endpoints
      .slice(0, 1)
      .map((each) => ({ ...each, configured: { curl: 'direct', wget: 'direct', go: 'proxy' } as const }));
    expect(attempts(reportFixture({ endpoints }), VERBOSE).flatMap(linesOf)).toContain(
      '  settings: direct for curl, wget; the proxy for the other clients',
    );
  });
});
