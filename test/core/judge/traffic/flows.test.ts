import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candidatesOf,
  coversName,
  endpointOf,
  furthest,
  meantNames,
  mergeFlows,
  placeKey,
  routeOf,
  surestName,
  type Surroundings,
  withoutEndpoints,
} from '../../../../src/core/judge/traffic/flows.ts';
import { OUTCOMES, type Outcome } from '../../../../src/core/model/outcome.ts';
import { NAME_SOURCES, type Flow, type FlowName, type NameSource } from '../../../../src/core/model/traffic.ts';
import { endpoint } from '../../../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, question, traffic } from '../../../support/fixtures/traffic.ts';

const named = (name: string, source: NameSource, outer = false): FlowName => ({ name, source, outer });

describe('placeKey', () => {
  it.each<[string, string, string]>([
    ['the spelling of IPv6', '2001:db8::1', '2001:0DB8:0:0:0:0:0:1'],
    ['a zone', 'fe80::1%eth0', 'fe80::1'],
    ['IPv4 in a socket of IPv6', '::ffff:10.0.0.3', '10.0.0.3'],
    ['the same in groups', '::ffff:a00:3', '10.0.0.3'],
    ['the case of a name', 'Proxy.Example', 'proxy.example'],
    ['the dot of the root', 'proxy.example.', 'proxy.example'],
  ])('does not depend on %s', (_, one, other) => {
    expect(placeKey(one, 3128)).toBe(placeKey(other, 3128));
    expect(placeKey(one, 3128)).not.toBe(placeKey(other, 8080));
  });

  it('keeps different places apart', () => {
    const place = fc.tuple(fc.oneof(fc.ipV4(), fc.domain()), fc.nat(65_535));
    fc.assert(
      fc.property(place, place, ([a, portA], [b, portB]) => {
        expect(placeKey(a, portA) === placeKey(b, portB)).toBe(a === b && portA === portB);
      }),
    );
  });

  it('is one for every spelling of an IPv6 address', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (values) => {
        const short = values.map((value) => value.toString(16)).join(':');
        const long = values.map((value) => value.toString(16).padStart(4, '0').toUpperCase()).join(':');
        expect(placeKey(short, 1)).toBe(placeKey(long, 1));
      }),
    );
  });
});

describe('routeOf', () => {
  const surroundings: Surroundings = {
    proxies: new Set([placeKey('10.0.0.3', 3128), placeKey('203.0.113.3', 3128), placeKey('proxy.example', 3128)]),
    endpoints: [
      endpoint('plex.tv'),
      endpoint('provider.example', { provider: true }),
      endpoint('*.plex.direct', { id: 'plex-direct', kind: 'dns', port: 53 }),
      endpoint('*.plex.direct', { id: 'relay', kind: 'wildcard', port: 8443 }),
    ],
  };
  const LAN_NAME = '192-168-1-5.0123456789abcdef0123456789abcdef.plex.direct';
  it.each<[string, Partial<Flow>, Flow['route']]>([
    ['the proxy', { address: '10.0.0.3', port: 3128 }, 'proxy'],
    ['the proxy by a socket of IPv6', { address: '::ffff:10.0.0.3', port: 3128 }, 'proxy'],
    ['another port of its host', { address: '10.0.0.3', port: 22 }, 'lan'],
    [
      'a proxy on this machine that nobody configured',
      { address: '127.0.0.1', port: 8888, protocol: 'socks' },
      'proxy',
    ],
    [
      'a custom provider in the own network',
      { address: '192.168.1.9', names: [named('provider.example', 'dns')] },
      'lan',
    ],
    [
      'a custom provider on the internet',
      { address: '45.76.0.10', names: [named('provider.example', 'dns')] },
      'direct',
    ],
    ['the language of proxies', { protocol: 'http-proxy' }, 'proxy'],
    [
      'an address that DNS gave for the name of the proxy',
      { address: '203.0.113.9', port: 3128, names: [named('proxy.example', 'dns')] },
      'proxy',
    ],
    [
      'a server that only calls itself so',
      { address: '203.0.113.9', port: 3128, names: [named('proxy.example', 'sni')] },
      'direct',
    ],
    ['PMS itself', { address: '127.0.0.1', port: 32_400 }, 'loopback'],
    ['PMS itself over IPv6', { address: '::1', port: 32_400 }, 'loopback'],
    ['the internet', {}, 'direct'],
    ['the internet over IPv6', { address: '2a00::1', family: 6 }, 'direct'],
    ['a neighbour', { address: '192.168.1.5' }, 'lan'],
    ['a neighbour over IPv6', { address: 'fd00::5' }, 'lan'],
    ['a neighbour by its link', { address: 'fe80::5%eth0' }, 'lan'],
    ['a private address of an endpoint', { address: '192.168.1.5', names: [named('plex.tv', 'sni')] }, 'direct'],
    ['a server in the own network', { address: '192.168.1.5', port: 32_400, names: [named(LAN_NAME, 'sni')] }, 'lan'],
    ['a relay', { address: '192.168.1.5', port: 8443, names: [named(LAN_NAME, 'sni')] }, 'direct'],
    ['SSDP', { address: '239.255.255.250', port: 1900 }, 'lan'],
    ['mDNS over IPv6', { address: 'ff02::fb', port: 5353 }, 'lan'],
    ['broadcast', { address: '255.255.255.255' }, 'lan'],
    ['reserved, yet no multicast', { address: '240.0.0.1' }, 'direct'],
    ['an address that nobody knows', { address: null, port: null }, 'direct'],
  ])('%s', (_, flow, route) => {
    expect(routeOf(directFlow(null, flow), surroundings)).toBe(route);
  });
});

describe('coversName', () => {
  const ocsp = endpoint('*.o.example', { kind: 'wildcard', probeHost: 'probe.example' });
  it.each<[string, ReturnType<typeof endpoint>, string, boolean]>([
    ['itself', endpoint('plex.tv'), 'plex.tv', true],
    ['itself in another spelling', endpoint('plex.tv'), 'PLEX.tv.', true],
    ['a name below it', endpoint('plex.tv'), 'www.plex.tv', false],
    ['a name that ends alike', endpoint('plex.tv'), 'notplex.tv', false],
    ['one of many', ocsp, 'r3.o.example', true],
    ['the domain of the many', ocsp, 'o.example', false],
    ['its representative', ocsp, 'probe.example', true],
  ])('%s', (_, own, name, covered) => {
    expect(coversName(own, name)).toBe(covered);
  });
});

describe('surestName', () => {
  it.each<[string, readonly FlowName[], string | null]>([
    ['none', [], null],
    ['what the client said over what DNS said', [named('a', 'dns'), named('b', 'dns'), named('c', 'sni')], 'c'],
    ['what the proxy was told over what the tunnel says', [named('in', 'sni'), named('out', 'connect')], 'out'],
    ['a name over the bare address that the proxy was told', [named('in', 'sni'), named('192.0.2.1', 'connect')], 'in'],
    ['an address when there is nothing else', [named('2001:db8::1', 'socks')], '2001:db8::1'],
    ['several names of one address are none', [named('a', 'dns'), named('b', 'dns'), named('c', 'lookup')], null],
    ['two spellings of one name', [named('A.example.', 'dns'), named('a.example', 'dns')], 'A.example.'],
    ['DNS over our own lookup', [named('a', 'lookup'), named('b', 'dns')], 'b'],
    ['DNS over the public name of an encrypted hello', [named('public', 'sni', true), named('b', 'dns')], 'b'],
    ['such a name over our own lookup', [named('public', 'sni', true), named('b', 'lookup')], 'public'],
  ])('%s', (_, names, expected) => {
    expect(surestName(names)?.name ?? null).toBe(expected);
  });

  it('does not depend on the order', () => {
    const arbitrary = fc.uniqueArray(
      fc
        .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...NAME_SOURCES), fc.boolean())
        .map(([name, source, outer]) => named(name, source, outer && source === 'sni')),
      { selector: ({ source }) => source },
    );
    fc.assert(
      fc.property(arbitrary, (names) => {
        expect(surestName(names.toReversed())).toEqual(surestName(names));
      }),
    );
  });
});

it('names that belong to the address of a proxy are not meant', () => {
  const names = [named('proxy.example', 'dns'), named('plex.tv', 'connect')];
  expect(meantNames({ names, route: 'proxy' }).map(({ name }) => name)).toEqual(['plex.tv']);
  expect(meantNames({ names, route: 'direct' })).toEqual(names);
});

describe('endpointOf', () => {
  const wild = endpoint('*.o.example', { kind: 'wildcard', port: 80 });
  const endpoints = [
    endpoint('plex.tv'),
    endpoint('meta.example'),
    wild,
    endpoint('*.plex.direct', { kind: 'dns', port: 53 }),
    endpoint('gateway', { kind: 'udp', port: 1900 }),
  ];
  it.each<[string, Partial<Flow>, string | null]>([
    ['its host and port', { names: [named('plex.tv', 'sni')] }, 'plex.tv'],
    ['another port', { names: [named('plex.tv', 'sni')], targetPort: 80 }, null],
    ['the port that was meant, not that of the proxy', { names: [named('plex.tv', 'connect')], port: 3128 }, 'plex.tv'],
    ['no port meant', { names: [named('plex.tv', 'dns')], targetPort: null }, 'plex.tv'],
    ['no name', {}, null],
    ['two endpoints of one address', { names: [named('plex.tv', 'dns'), named('meta.example', 'dns')] }, null],
    ['an endpoint and a stranger', { names: [named('plex.tv', 'dns'), named('shop.example', 'dns')] }, null],
    [
      'two names of one endpoint, whatever our own lookup adds',
      { names: [named('a.o.example', 'dns'), named('b.o.example', 'dns'), named('plex.tv', 'lookup')], targetPort: 80 },
      '*.o.example',
    ],
    ['a surer stranger', { names: [named('shop.example', 'sni'), named('plex.tv', 'dns')] }, null],
    ['names that are never connected to', { names: [named('x.plex.direct', 'dns')], targetPort: 53 }, null],
    ['hosts of the own network', { names: [named('gateway', 'dns')], targetPort: 1900 }, null],
  ])('%s', (_, flow, id) => {
    expect(endpointOf(directFlow(null, flow), endpoints)?.id ?? null).toBe(id);
  });

  it('all that it could have been are known', () => {
    const names = [named('plex.tv', 'dns'), named('meta.example', 'dns'), named('shop.example', 'dns')];
    expect([...candidatesOf(directFlow(null, { names }), endpoints)].map((e) => e?.id ?? null)).toEqual([
      'plex.tv',
      'meta.example',
      null,
    ]);
  });
});

describe('furthest', () => {
  it.each<[readonly (Outcome | null)[], Outcome | null]>([
    [[], null],
    [[null], null],
    [[null, 'no-reply', 'refused'], 'refused'],
    [['ok', 'denied', null], 'ok'],
  ])('%j', (outcomes, expected) => {
    expect(furthest(outcomes)).toBe(expected);
  });
});

describe('mergeFlows', () => {
  const time = fc.option(fc.integer({ min: 0, max: 50 }).map((s) => new Date(s * 1_000).toISOString()));
  const flows = fc.array(
    fc
      .record({
        pid: fc.constantFrom(1, 2),
        outcome: fc.constantFrom<(Outcome | null)[]>(null, ...OUTCOMES.slice(0, 3)),
        names: fc.constantFrom([], [named('plex.tv', 'dns')]),
        count: fc.nat(100),
        tries: fc.nat(100),
        firstAt: time,
        lastAt: time,
        seenBy: fc.constantFrom<Flow['seenBy'][]>(
          ['socket'],
          ['capture'],
          ['socket', 'capture'],
          ['capture', 'socket'],
        ),
      })
      .map((more) => directFlow(null, more)),
    { maxLength: 30 },
  );
  const comparable = (all: readonly Flow[]) =>
    all.map((flow) => JSON.stringify({ ...flow, seenBy: flow.seenBy.toSorted() })).toSorted();
  const total = (all: readonly Flow[], of: 'count' | 'tries') => all.reduce((sum, flow) => sum + flow[of], 0);

  it('preserves totals, whatever the order and however it is split', () => {
    fc.assert(
      fc.property(flows, fc.nat(30), (given, at) => {
        const merged = mergeFlows(given);
        expect([total(merged, 'count'), total(merged, 'tries')]).toEqual([
          total(given, 'count'),
          total(given, 'tries'),
        ]);
        expect(comparable(mergeFlows(given.toReversed()))).toEqual(comparable(merged));
        expect(mergeFlows([...mergeFlows(given.slice(0, at)), ...given.slice(at)])).toEqual(merged);
        expect(mergeFlows(merged)).toEqual(merged);
      }),
    );
  });

  it('the period grows; a time that is not known takes nothing from it', () => {
    const merged = mergeFlows([
      directFlow('a', { firstAt: null, lastAt: '2026-01-01T00:00:02.000Z' }),
      directFlow('a', { firstAt: '2026-01-01T00:00:01.000Z', lastAt: null }),
      directFlow('a', { firstAt: '2026-01-01T00:00:00.000Z', lastAt: '2026-01-01T00:00:09.000Z' }),
    ]);
    expect(merged).toMatchObject([
      { count: 3, tries: 12, firstAt: '2026-01-01T00:00:00.000Z', lastAt: '2026-01-01T00:00:09.000Z' },
    ]);
  });

  it('what two watchers saw of the same connection is not two connections', () => {
    const merged = mergeFlows([directFlow('a'), directFlow('a', { seenBy: ['socket'] }), directFlow('a')]);
    expect(merged.map(({ count, seenBy }) => [count, seenBy])).toEqual([
      [2, ['capture']],
      [1, ['socket']],
    ]);
  });
});

it('leaves out what was for endpoints that were left out, and keeps strangers and the nameless', () => {
  const left = endpoint('pubsub.plex.tv');
  const kept = [proxiedFlow('plex.tv'), proxiedFlow('bank.example'), directFlow(null)];
  const seen = traffic([proxiedFlow('pubsub.plex.tv'), ...kept], {
    questions: [question('pubsub.plex.tv'), question('plex.tv')],
  });
  const { flows, questions } = withoutEndpoints(seen, [left]);
  expect(flows).toEqual(kept);
  expect(questions.map(({ name }) => name)).toEqual(['plex.tv']);
});
