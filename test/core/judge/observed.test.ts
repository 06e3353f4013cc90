import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../../checks/index.ts';
import { runChecks } from '../../../src/core/check.ts';
import { valueOf } from '../../../src/core/model/evidence.ts';
import {
  countSeen,
  observe,
  outcomeOfSeen,
  processesOf,
  proxyWatchedDuring,
  triesSeen,
  type Observed,
  type SeenFlow,
} from '../../../src/core/judge/observed.ts';
import { isDns, isForProxies } from '../../../src/core/judge/traffic/flows.ts';
import type { Flow, FlowName, Traffic, Watcher } from '../../../src/core/model/traffic.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { PROXY, factsFixture, source, type FixtureOptions } from '../../support/fixtures/facts.ts';
import { directFlow, loggedFlow, question, traffic, watcher } from '../../support/fixtures/traffic.ts';

const PROXYLESS: FixtureOptions = { variables: {}, viaProxy: null };
const CAPTURE = [watcher('capture')];
const UNOWNED = { process: null, pid: null, attribution: null } as const;
const dns = (name: string): FlowName => ({ name, source: 'dns', outer: false });

function observed(flows: readonly Flow[], options: FixtureOptions = {}, more: Partial<Traffic> = {}): Observed {
  const given = traffic(flows, more);
  return observe(given, evidenceFixture(options).items, valueOf(factsFixture(options).routing));
}

const seen = (...flows: readonly Flow[]): readonly SeenFlow[] => observed(flows).flows;

describe('what a flow means', () => {
  it.each<[string, Flow, string | null, boolean, readonly string[]]>([
    ['an endpoint', directFlow('plex.tv'), 'plex.tv', true, ['plex.tv']],
    ['a stranger of PMS', directFlow('api.example'), 'api.example', true, []],
    ['a stranger of nobody known', directFlow('api.example', UNOWNED), 'api.example', false, []],
    ['an endpoint of nobody known', directFlow('plex.tv', UNOWNED), 'plex.tv', true, ['plex.tv']],
    ['PMS’s own network', directFlow(null, { ...UNOWNED, attribution: 'network' }), null, true, []],
    ['what is not direct', directFlow('plex.tv', { route: 'lan' }), 'plex.tv', false, ['plex.tv']],
    ['through the proxy', loggedFlow('plex.tv'), 'plex.tv', false, ['plex.tv']],
    [
      'two endpoints of one address',
      directFlow(null, { ...UNOWNED, names: [dns('plex.tv'), dns('metrics.plex.tv')] }),
      null,
      true,
      ['plex.tv', 'metrics.plex.tv'],
    ],
    [
      'an endpoint or a stranger, of nobody known',
      directFlow(null, { ...UNOWNED, names: [dns('plex.tv'), dns('shop.example')] }),
      null,
      false,
      ['plex.tv'],
    ],
    [
      'the proxy that is only resolved',
      loggedFlow(null, { address: '10.0.0.3', port: 3128, names: [dns('plex.tv')] }),
      null,
      false,
      [],
    ],
  ])('%s', (_, flow, host, bypass, candidates) => {
    const told = seen(flow).map((only) => ({ ...only, candidates: only.candidates.map(({ id }) => id) }));
    expect(told).toMatchObject([{ host, bypass, candidates }]);
    expect(told[0]?.endpoint?.id ?? null).toBe(candidates.length === 1 && host !== null ? candidates[0] : null);
  });
});

describe('what belongs through a proxy', () => {
  it.each<[Partial<Flow>, boolean]>([
    [{}, true],
    [{ protocol: 'ssh' }, true],
    [{ protocol: 'dns', port: 53 }, false],
    [{ port: 53 }, false],
    [{ transport: 'udp', protocol: 'quic', port: 443 }, true],
    [{ transport: 'udp', port: 443 }, true],
    [{ transport: 'udp', protocol: 'ntp', port: 123 }, false],
    [{ transport: 'udp', protocol: 'dtls', port: 443 }, false],
  ])('%j', (flow, expected) => {
    expect(isForProxies(directFlow(null, flow))).toBe(expected);
  });

  it('a port of DNS counts only where nobody looked inside', () => {
    expect(isDns(directFlow(null, { port: 53, protocol: 'tls' }))).toBe(false);
  });
});

describe('proxyless', () => {
  const direct = [directFlow('plex.tv', { outcome: 'ok' })];
  const capture: Partial<Traffic> = { watchers: CAPTURE };
  const unit = [source('unit:plexmediaserver.service', 'unit', { https_proxy: PROXY })];
  const shell = [source('shell', 'shell', { https_proxy: PROXY })];
  it.each<[string, readonly Flow[], FixtureOptions, Partial<Traffic>, boolean]>([
    ['no proxy anywhere', direct, PROXYLESS, capture, true],
    ['one in the shell, which PMS does not see', direct, { ...PROXYLESS, otherSources: shell }, capture, true],
    ['one that PMS should have', direct, { ...PROXYLESS, otherSources: unit }, capture, false],
    ['one that somebody uses', [...direct, loggedFlow('plex.tv')], PROXYLESS, capture, false],
    ['a log of one', direct, PROXYLESS, { watchers: [watcher('access-log')] }, false],
    ['one is configured', direct, {}, capture, false],
  ])('%s', (_, flows, options, more, expected) => {
    const judged = observed(flows, options, more);
    expect(judged.proxyless).toBe(expected);
    expect(judged.flows.some(({ bypass }) => bypass)).toBe(!expected);
  });

  it('settings that are not known rule nothing out', () => {
    const judged = observe(traffic(direct, capture), evidenceFixture(PROXYLESS).items, null);
    expect(judged).toMatchObject({ proxyless: false, flows: [{ bypass: true, excludedBy: null }] });
  });
});

describe('no_proxy', () => {
  const options = { variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'plex.tv,.example' } };
  it('is told of an endpoint, and of a stranger, which is then no bypass', () => {
    const { flows } = observed([directFlow('plex.tv'), directFlow('api.example'), directFlow(null)], options);
    expect(flows.map(({ excludedBy, bypass }) => [excludedBy, bypass])).toEqual([
      ['plex.tv', true],
      ['.example', false],
      [null, true],
    ]);
  });

  it('is no root of what went elsewhere', () => {
    const flows = [directFlow('plex.tv'), directFlow('stranger.test', { outcome: 'ok' })];
    const findings = runChecks(CHECKS, factsFixture({ ...options, traffic: traffic(flows) }));
    expect(
      findings.filter(({ check }) => check === 'bypass-observed').map((found) => [found.endpoint, found.supersededBy]),
    ).toEqual([
      ['plex.tv', 'endpoint-excluded'],
      [null, null],
    ]);
  });

  it('makes what was seen its consequence', () => {
    const findings = runChecks(CHECKS, factsFixture({ ...options, traffic: traffic([directFlow('plex.tv')]) }));
    const roots = findings
      .filter(({ check, verdict }) => check.startsWith('bypass-') && verdict === 'fail')
      .map(({ check, supersededBy }) => [check, supersededBy]);
    expect(roots).toEqual([
      ['bypass-blocked', 'endpoint-excluded'],
      ['bypass-observed', 'endpoint-excluded'],
    ]);
  });
});

describe('a capture that shows the proxy itself', () => {
  const toProxy = loggedFlow('plex.tv', { address: '10.0.0.8', port: 3128, seenBy: ['capture'] });
  const own = directFlow('plex.tv', { ...UNOWNED, client: '10.0.0.8', outcome: 'ok' });
  it('leaves its connections and questions out', () => {
    const asked = [question('plex.tv', { process: null, pid: null, client: '10.0.0.8' }), question('plex.tv')];
    const judged = observed([toProxy, own], {}, { questions: asked });
    expect(judged.flows.map(({ flow }) => flow)).toEqual([toProxy]);
    expect(judged.byEndpoint['plex.tv']?.direct).toEqual([]);
    expect(judged.questions).toEqual(asked.slice(1));
    expect(judged.shows).toEqual({ direct: true, proxy: true });
  });

  it('cannot tell them from PMS’s on the same host, unless the process is known', () => {
    const mixed = { ...toProxy, client: '10.0.0.8' };
    expect(observed([mixed, own]).shows.direct).toBe(false);
    const known = observed([mixed, { ...own, process: 'Plex Media Server', pid: 812 }]);
    expect(known).toMatchObject({ shows: { direct: true }, flows: [{}, { bypass: true }] });
  });
});

it('groups by endpoint and route', () => {
  const { byEndpoint } = observed([
    directFlow('plex.tv'),
    loggedFlow('plex.tv'),
    loggedFlow('plex.tv', { outcome: 'denied' }),
    directFlow('metrics.plex.tv', { route: 'lan' }),
    loggedFlow('api.example'),
  ]);
  expect(Object.keys(byEndpoint)).toEqual(['plex.tv']);
  expect(byEndpoint['plex.tv']).toMatchObject({ direct: [{}], proxy: [{}, {}] });
});

it.each<[string, readonly Watcher[], Observed['shows']]>([
  ['nobody', [], { direct: false, proxy: false }],
  ['sockets', [watcher('socket')], { direct: true, proxy: false }],
  ['a log', [watcher('access-log')], { direct: false, proxy: true }],
  ['a capture', CAPTURE, { direct: true, proxy: true }],
])('shows what its watchers show: %s', (_, watchers, shows) => {
  expect(observed([], {}, { watchers }).shows).toEqual(shows);
});

describe('proxyWatchedDuring', () => {
  const log = (from: string | null, to: string | null): Watcher => watcher('access-log', { from, to });
  const at = (minute: number): string => `2026-01-01T00:0${minute}:00.000Z`;
  const flows = seen(directFlow('plex.tv', { firstAt: at(3), lastAt: at(4) }));
  it.each<[string, readonly Watcher[], boolean]>([
    ['around it', [log(at(1), at(9))], true],
    ['all of it, to the moment', [log(at(3), at(4))], true],
    ['its end only', [log(at(4), at(9))], false],
    ['its begin only', [log(at(1), at(3))], false],
    ['two that have a half each', [log(at(1), at(3)), log(at(4), at(9))], false],
    ['before it', [log(at(1), at(2))], false],
    ['after it', [log(at(5), at(9))], false],
    ['another that was there', [log(at(5), at(9)), log(at(1), at(9))], true],
    ['who does not see the proxy', [watcher('socket', { from: at(1), to: at(9) })], false],
    ['no period', [log(null, at(9))], false],
    ['nobody', [], false],
  ])('%s', (_, watchers, expected) => {
    expect(proxyWatchedDuring(watchers, flows)).toBe(expected);
  });

  it('each flow needs its own, and its time', () => {
    const later = seen(
      directFlow('plex.tv', { firstAt: at(8), lastAt: at(8) }),
      directFlow('plex.tv', { firstAt: null }),
    );
    expect(proxyWatchedDuring([log(at(1), at(5))], [...flows, ...later.slice(0, 1)])).toBe(false);
    expect(proxyWatchedDuring([log(at(1), at(9))], [...flows, ...later.slice(0, 1)])).toBe(true);
    expect(proxyWatchedDuring([log(at(1), at(9))], later)).toBe(false);
  });
});

it('counts what two watched once', () => {
  const both = seen(
    directFlow('plex.tv', { count: 2, tries: 8 }),
    directFlow('plex.tv', { count: 2, tries: 2, seenBy: ['socket'] }),
    directFlow('plex.tv', { count: 1, tries: 1, seenBy: ['socket', 'capture'] }),
  );
  expect([countSeen(both), triesSeen(both)]).toEqual([3, 9]);
  expect([countSeen([]), triesSeen([])]).toEqual([0, 0]);
});

it('the furthest outcome and all processes stand for several', () => {
  const flows = seen(
    directFlow('plex.tv', { outcome: null }),
    directFlow('plex.tv', { outcome: 'refused', process: 'Plex Script Host' }),
    directFlow('plex.tv', UNOWNED),
  );
  expect(outcomeOfSeen(flows)).toBe('refused');
  expect(processesOf(flows)).toEqual(['Plex Media Scanner', 'Plex Script Host']);
});

describe('what the catalogue lacks', () => {
  it('one line for each host and port', () => {
    const { unlisted } = observed([
      directFlow('API.example.', { protocol: 'tls', outcome: 'ok' }),
      loggedFlow('api.example', { outcome: 'denied', count: 3 }),
      directFlow('api.example', { targetPort: 80 }),
      directFlow('api.example', { targetPort: 8080, protocol: 'http' }),
    ]);
    expect(unlisted).toEqual([
      {
        host: 'api.example',
        port: 443,
        scheme: 'https',
        routes: ['direct', 'proxy'],
        outcome: 'ok',
        processes: ['Plex Media Scanner'],
        count: 3,
      },
      expect.objectContaining({ port: 80, scheme: 'http', routes: ['direct'] }),
      expect.objectContaining({ port: 8080, scheme: 'http' }),
    ]);
  });

  it.each<[string, Flow]>([
    ['what it has', directFlow('plex.tv')],
    ['neighbours', directFlow('nas.example', { route: 'lan' })],
    ['what has no name', directFlow(null)],
    ['what could be several', directFlow(null, { names: [dns('a.example'), dns('b.example')] })],
    ['NTP', directFlow('pool.example', { transport: 'udp', protocol: 'ntp', port: 123, targetPort: 123 })],
    [
      'the proxy',
      loggedFlow(null, { address: '10.0.0.3', port: 3128, targetPort: null, names: [dns('proxy.example')] }),
    ],
  ])('leaves out %s', (_, flow) => {
    expect(observed([flow]).unlisted).toEqual([]);
  });
});

it('says what a capture misses where only the proxy is seen', () => {
  const own = directFlow('plex.tv', { process: null, pid: null, attribution: null, client: '10.0.0.3', outcome: 'ok' });
  const asked = loggedFlow('plex.tv', { address: '10.0.0.3', client: '10.0.0.2', process: null, pid: null });
  const misses = (...flows: readonly Flow[]): unknown =>
    observe(traffic(flows, { watchers: [watcher('capture')] }), evidenceFixture().items, null).watchers[0]?.misses;
  expect(misses(asked, own)).toEqual([expect.stringMatching(/^if it was taken at the proxy/)]);
  expect(misses(asked)).toEqual([]);
  const around = directFlow('plex.tv', { process: null, pid: null, client: '10.0.0.2' });
  expect(misses(asked, own, around)).toEqual([]);
});
