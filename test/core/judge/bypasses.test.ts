import { describe, expect, it } from 'vitest';
import { configuredBypasses, groupSeen, observedBypass, seenAround } from '../../../src/core/judge/bypasses.ts';
import { deriveFacts } from '../../../src/core/judge/derive.ts';
import { valueOf } from '../../../src/core/model/evidence.ts';
import { observe } from '../../../src/core/judge/observed.ts';
import type { Flow } from '../../../src/core/model/traffic.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { PROXY, type FixtureOptions } from '../../support/fixtures/facts.ts';
import { FAR, OWN, withThem } from '../../support/fixtures/providers.ts';
import { directFlow, proxiedFlow, traffic } from '../../support/fixtures/traffic.ts';

describe('configuredBypasses', () => {
  const bypasses = (variables: Readonly<Record<string, string>>, more: FixtureOptions = {}) => {
    const facts = deriveFacts(evidenceFixture({ variables, ...more }));
    const [results, routing] = [valueOf(facts.results), valueOf(facts.routing)];
    return results && routing ? configuredBypasses(results, routing) : null;
  };

  it('an excluded endpoint, for the clients of PMS that exclude it', () => {
    expect(bypasses({ https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'plex.tv' })).toMatchObject([
      {
        host: 'plex.tv',
        port: 443,
        kind: 'configured',
        dialects: ['curl-7.87', 'python-urllib'],
        outcome: 'no-reply',
        evidence: ['settings'],
      },
      { host: 'metadata.provider.plex.tv' },
      { host: 'downloads.plex.tv' },
      { host: 'v4.plex.tv' },
      { host: 'metrics.plex.tv' },
    ]);
  });

  it('a scheme without a proxy', () => {
    expect(bypasses({ https_proxy: PROXY })?.map((b) => b.host)).toEqual(['resources-cdn.plexapp.com']);
  });

  it('none where everything goes through the proxy, or no proxy is configured', () => {
    expect(bypasses({ https_proxy: PROXY, http_proxy: PROXY })).toEqual([]);
    expect(bypasses({})).toEqual([]);
  });

  it('a custom provider in the own network goes around no proxy, one on the internet does', () => {
    const noProxy = { https_proxy: PROXY, http_proxy: PROXY, no_proxy: '10.0.0.9,provider.example' };
    expect(bypasses(noProxy, { endpoints: withThem(OWN, FAR) })?.map(({ host }) => host)).toEqual(['provider.example']);
  });

  it('an attempt that was not made has no outcome', () => {
    expect(bypasses({ https_proxy: PROXY }, { direct: 'not-run' })).toMatchObject([{ outcome: null }]);
  });
});

describe('observedBypass', () => {
  const METADATA = 'metadata.provider.plex.tv';
  const seen = (...flows: readonly Flow[]) => observe(traffic(flows), evidenceFixture().items, null).flows;
  const bypasses = (...flows: readonly Flow[]) => seenAround(seen(...flows)).map(observedBypass);

  it('tells who went where, and what became of it', () => {
    expect(bypasses(directFlow(METADATA), proxiedFlow(METADATA), directFlow(METADATA, { route: 'lan' }))).toEqual([
      {
        host: METADATA,
        address: '45.76.0.10',
        port: 443,
        process: 'Plex Media Scanner',
        pid: 931,
        pids: [931],
        outcome: 'no-reply',
        count: 4,
        kind: 'observed',
        dialects: [],
        evidence: ['capture'],
      },
    ]);
  });

  it('one entry for a program that is started anew for every file', () => {
    const found = bypasses(directFlow(METADATA), directFlow(METADATA, { pid: 940, address: '45.76.0.11' }));
    expect(found).toMatchObject([{ pid: 940, pids: [931, 940], count: 8 }]);
  });

  it.each<[string, Partial<Flow>]>([
    ['program', { process: 'Plex Script Host' }],
    ['host', { names: [{ name: 'plex.tv', source: 'sni', outer: false }] }],
    ['port', { port: 80, targetPort: 80 }],
    ['transport', { transport: 'udp', protocol: 'quic' }],
    ['outcome', { outcome: 'ok' }],
  ])('another entry for another %s', (_, more) => {
    expect(bypasses(directFlow(METADATA), directFlow(METADATA, more))).toHaveLength(2);
    expect(groupSeen(seen(directFlow(METADATA), directFlow(METADATA, more)))).toHaveLength(2);
  });

  it('connections whose end was not seen belong with those whose end was', () => {
    const unseen = directFlow(METADATA, { pid: 940, outcome: null, tries: 1 });
    expect(bypasses(unseen, directFlow(METADATA))).toMatchObject([{ outcome: 'no-reply', count: 5, pids: [931, 940] }]);
    expect(bypasses(unseen)).toMatchObject([{ outcome: null, count: 1 }]);
  });

  it('of several ends that were seen, none is given to a connection whose end was not', () => {
    const ends = (['no-reply', 'ok', null] as const).map((outcome) => directFlow(METADATA, { outcome }));
    expect(bypasses(...ends).map(({ outcome }) => outcome)).toEqual(['no-reply', 'ok', null]);
  });

  it('sockets and packets of the same connections are not added up', () => {
    const found = bypasses(directFlow(METADATA), directFlow(METADATA, { seenBy: ['socket'], tries: 1 }));
    expect(found).toMatchObject([{ count: 4, evidence: ['capture', 'socket'] }]);
  });

  it.each<[string, Partial<Flow>, object]>([
    ['an address without a name', { address: '2a00::7', family: 6 }, { host: null, address: '2a00::7' }],
    [
      'an address of two endpoints',
      { names: ['plex.tv', METADATA].map((name) => ({ name, source: 'dns', outer: false })) },
      { host: null, address: '45.76.0.10' },
    ],
    ['nobody known', { process: null, pid: null, attribution: 'network' }, { process: null, pid: null, pids: [] }],
    ['no port meant', { targetPort: null }, { port: 443 }],
  ])('%s', (_, more, expected) => {
    expect(bypasses(directFlow(null, more))).toMatchObject([expected]);
  });
});
