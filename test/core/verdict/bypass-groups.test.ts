import { describe, expect, it } from 'vitest';
import { groupBypasses } from '../../../src/core/verdict/bypass-groups.ts';
import { observe } from '../../../src/core/judge/observed.ts';
import type { Bypass, BypassGroup, EndpointResult } from '../../../src/core/model/report.ts';
import type { Flow, FlowName, Watcher } from '../../../src/core/model/traffic.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { REPORTS } from '../../support/fixtures/report.ts';
import { directFlow, loggedFlow, traffic, watcher } from '../../support/fixtures/traffic.ts';

const METADATA = 'metadata.provider.plex.tv';
const STRANGER = 'stranger.example.org';
const OLD = { from: '2025-01-01T00:00:00.000Z', to: '2025-01-02T00:00:00.000Z' };

function groups(
  flows: readonly Flow[],
  watchers: readonly Watcher[] = [],
  endpoints: readonly EndpointResult[] = [],
): readonly BypassGroup[] {
  return groupBypasses(observe(traffic(flows, { watchers }), evidenceFixture().items, null), [], endpoints);
}
const name = (text: string, source: FlowName['source'], outer = false): FlowName => ({ name: text, source, outer });

describe('an observed bypass', () => {
  it('is told with all that is known about it', () => {
    const flows = [
      directFlow(METADATA, { names: [name(METADATA, 'sni')], code: 'x', protocol: 'tls' }),
      directFlow(METADATA, { pid: 940, attribution: 'elimination', client: '10.0.0.9' }),
    ];
    expect(groups(flows)).toMatchObject([
      {
        kind: 'observed',
        targets: [{ host: METADATA, address: '45.76.0.10', port: 443 }],
        process: 'Plex Media Scanner',
        pids: [931, 940],
        clients: ['10.0.0.2', '10.0.0.9'],
        attribution: 'socket',
        names: [name(METADATA, 'sni'), name(METADATA, 'dns')],
        transport: 'tcp',
        protocol: 'tls',
        outcome: 'no-reply',
        code: 'x',
        count: 8,
        dialects: [],
        evidence: ['capture'],
      },
    ]);
  });

  it('names each name once', () => {
    expect(groups([directFlow(METADATA), directFlow(METADATA, { pid: 7 })])[0]?.names).toEqual([name(METADATA, 'dns')]);
  });
});

describe('whether the proxy was asked for the same target', () => {
  const flow = directFlow(METADATA);
  const asked = (
    flows: readonly Flow[],
    watchers: readonly Watcher[],
    endpoints: readonly EndpointResult[] = [],
  ): unknown => groups(flows, watchers, endpoints)[0]?.asked;
  const capture = watcher('capture');
  const log = watcher('access-log');

  it.each<[string, readonly Flow[], readonly Watcher[], object]>([
    ['not watched', [flow], [watcher('socket')], { state: 'not-watched', watchers: [] }],
    ['watched, and never', [flow], [watcher('socket'), capture, log], { state: 'never', watchers: [1, 2] }],
    ['watched at another time', [flow], [watcher('access-log', OLD)], { state: 'other-time', watchers: [0] }],
    ['one of two watched meanwhile', [flow], [capture, watcher('access-log', OLD)], { state: 'never', watchers: [0] }],
    ['its name is not known', [directFlow(null)], [log], { state: 'name-unknown', watchers: [] }],
    [
      'its true name is hidden',
      [directFlow(null, { names: [name(METADATA, 'sni', true)] })],
      [log],
      { state: 'name-unknown' },
    ],
    [
      'asked, by who saw it',
      [flow, loggedFlow(METADATA, { count: 5, outcome: 'denied' })],
      [capture, log],
      { state: 'asked', count: 5, reached: null, outcome: 'denied', watchers: [1] },
    ],
    [
      'asked by a name that the catalogue lacks',
      [directFlow(STRANGER), loggedFlow(STRANGER, { count: 2 })],
      [log],
      { state: 'asked', count: 2, outcome: 'ok' },
    ],
    [
      'another port of a stranger is another target',
      [directFlow(STRANGER), loggedFlow(STRANGER, { targetPort: 8443 })],
      [log],
      { state: 'never' },
    ],
    ['another host', [flow, loggedFlow('plex.tv')], [log], { state: 'never' }],
  ])('%s', (_, flows, watchers, expected) => {
    expect(asked(flows, watchers)).toMatchObject(expected);
  });

  it('counts as the endpoint does', () => {
    const observed = {
      direct: 1,
      proxy: 12,
      directOutcome: null,
      proxyOutcome: 'ok',
      proxyReached: 7,
      proxyWatched: true,
      processes: [],
    } as const;
    // Endpoints of the fixture have their host as id.
    const endpoints = REPORTS.allowed.endpoints
      .filter(({ host }) => host === METADATA)
      .map((each) => ({ ...each, id: METADATA, observed }));
    expect(asked([flow, loggedFlow(METADATA)], [log], endpoints)).toMatchObject({
      count: 12,
      reached: 7,
      outcome: 'ok',
    });
  });
});

describe('configured bypasses', () => {
  const configured = (host: string, ...dialects: readonly string[]): Bypass => ({
    host,
    address: null,
    port: 443,
    process: null,
    pid: null,
    outcome: null,
    count: 0,
    kind: 'configured',
    dialects,
    evidence: ['settings'],
  });
  const told = (
    ...bypasses: readonly Bypass[]
  ): readonly (readonly [readonly string[], readonly (string | null)[]])[] =>
    groupBypasses(null, bypasses, []).map(({ dialects, targets }) => [dialects, targets.map(({ host }) => host)]);

  it('for the same clients are one', () => {
    expect(told(configured('a', 'x', 'y'), configured('b', 'y', 'x'), configured('c', 'x'))).toEqual([
      [
        ['x', 'y'],
        ['a', 'b'],
      ],
      [['x'], ['c']],
    ]);
  });

  it('of one target are joined', () => {
    expect(told(configured('a', 'x'), configured('a', 'y'))).toEqual([[['x', 'y'], ['a']]]);
  });

  it('are known by the settings, and nothing was asked of the proxy', () => {
    expect(groupBypasses(null, [configured('a', 'x')], [])).toMatchObject([
      { kind: 'configured', evidence: ['settings'], count: 0, asked: null },
    ]);
  });
});
