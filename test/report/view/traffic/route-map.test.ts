import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../src/core/model/report.ts';
import { drawRouteMap } from '../../../../src/report/html/route-map.ts';
import { routeMap } from '../../../../src/report/view/traffic/route-map.ts';
import { EMPTY_TRAFFIC, reportFixture, REPORTS } from '../../../support/fixtures/report.ts';
import { directFlow } from '../../../support/fixtures/traffic.ts';

type Flow = NonNullable<Report['traffic']>['flows'][number];

function flow(own: Partial<Flow>): Flow {
  return { ...directFlow('plex.tv'), endpoint: null, bypass: false, ...own };
}
function reportOf(flows: readonly Flow[], omitted = 0): Report {
  return reportFixture({ traffic: { ...EMPTY_TRAFFIC, flows, omitted } });
}
const named = (name: string): Flow['names'] => [{ name, source: 'sni', outer: false }];

describe('links', () => {
  it.each<[string, Partial<Flow>, object]>([
    ['a failure is marked', { outcome: 'no-reply' }, { mark: 'bad' }],
    ['a connection works', { outcome: 'ok' }, { mark: 'good', end: 'connected' }],
    ['an end that was not seen is undecided', { outcome: null }, { mark: 'undecided', end: 'outcome not seen' }],
    ['the proxy lets through', { route: 'proxy', outcome: 'ok' }, { mark: 'good', end: 'let through' }],
    ['the proxy refuses', { route: 'proxy', outcome: 'denied' }, { mark: 'bad', end: 'denied' }],
    ['an unknown program is called so', { process: null, client: null }, { process: 'an unknown process' }],
    ['the name is the surest', { names: named('a.example') }, { target: 'a.example:443' }],
  ])('%s', (_, own, expected) => {
    expect(routeMap(reportOf([flow({ targetPort: 443, ...own })])).links).toMatchObject([expected]);
  });

  it.each(['lan', 'loopback'] as const)('%s is not drawn', (route) => {
    expect(routeMap(reportOf([flow({ route })])).links).toEqual([]);
  });

  it('two watchers of the same connections are not added up', () => {
    const same = { names: named('a.example'), tries: 4 };
    const { links } = routeMap(
      reportOf([flow({ ...same, seenBy: ['socket'] }), flow({ ...same, seenBy: ['capture'] })]),
    );
    expect(links).toMatchObject([{ count: 4 }]);
  });

  it('failures stand first, and what is not drawn is counted', () => {
    const flows = Array.from({ length: 30 }, (_, i) =>
      flow({ names: named(`h${i}.example`), outcome: i === 29 ? 'refused' : 'ok', tries: 30 - i }),
    );
    const { links, notes } = routeMap(reportOf(flows, 7));
    expect(links[0]).toMatchObject({ target: 'h29.example:443', mark: 'bad' });
    expect(notes.join('\n')).toContain(`${30 - links.length} more links`);
    expect(notes.join('\n')).toContain('7 connections');
  });
});

it('nothing seen is told from not watched', () => {
  expect(routeMap(REPORTS.allowed).notes).toEqual(["PMS's traffic was not watched in this run"]);
  expect(drawRouteMap(routeMap(REPORTS.allowed)).markup).not.toContain('<svg');
});
