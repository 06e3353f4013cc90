import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalog/index.ts';
import { listOf, own } from '../support/allow/lists.ts';

const hosts = (list: ReturnType<typeof listOf>): readonly string[] => list.names.map(({ host }) => host);

describe('the names of the catalogue', () => {
  it('for a scan are the two that every scan needs', () => {
    expect(hosts(listOf(CATALOGUE, { asked: 'scan' }))).toEqual(['plex.tv', 'metadata.provider.plex.tv']);
  });

  it.each<[string, readonly string[], string, 'scan' | 'feature' | 'optional' | undefined]>([
    ['legacy agents need the list of plug-ins to scan', ['legacy'], 'resources-cdn.plexapp.com', 'scan'],
    ['legacy agents do not need the provider', ['legacy'], 'metadata.provider.plex.tv', undefined],
    ['of several agents the strongest need counts', ['legacy', 'music'], 'metadata.provider.plex.tv', 'scan'],
    ['live TV needs the guide to scan', ['live-tv'], 'epg.provider.plex.tv', 'scan'],
    ['no agent needs no sign-in', ['none'], 'plex.tv', undefined],
  ])('%s', (_, agents, host, need) => {
    expect(listOf(CATALOGUE, { agents }).names.find((name) => name.host === host)?.need).toBe(need);
  });

  it('of one host stand together, with all their ports', () => {
    const { names } = listOf(CATALOGUE, { agents: ['legacy'] });
    expect(names.filter(({ host }) => host === 'meta.plex.tv')).toMatchObject([
      {
        services: [
          { scheme: 'http', port: 80 },
          { scheme: 'https', port: 443 },
        ],
        need: 'scan',
      },
    ]);
  });

  it('leaves out, with all, what is safe to block and what only lists name, and says so', () => {
    const list = listOf(CATALOGUE, { asked: 'all' });
    const why = (host: string): string | undefined => list.leftOut.find((each) => each.host === host)?.why;
    expect(hosts(list)).not.toContain('analytics.plex.tv');
    expect([why('analytics.plex.tv'), why('mpm.plex.tv'), why('lan-gateway')]).toEqual([
      'telemetry, safe to block',
      'named in lists only; nothing is known to need it',
      'it stays in the local network',
    ]);
    expect(list.names.find(({ host }) => host === '*.plex.direct')).toMatchObject({
      kind: 'wildcard',
      isResolved: true,
      services: [{ scheme: 'https', port: 8443 }],
    });
  });

  it('knows the others, for formats that take more than they are told', () => {
    const { known } = listOf(CATALOGUE);
    expect(known).toContain('analytics.plex.tv');
    expect(known).not.toContain('plex.tv');
  });
});

describe('named one by one', () => {
  it('an endpoint is taken whatever its need, telemetry too', () => {
    const endpoints = CATALOGUE.filter(({ host }) => host === 'analytics.plex.tv' || host === 'www.plex.tv');
    expect(hosts(listOf(endpoints, { isNamed: true }))).toEqual(['www.plex.tv', 'analytics.plex.tv']);
  });
});

describe('a host that is none', () => {
  it.each(['a b', 'a\nb', '*', 'x.*.y', '<host-1>', 'a/b', 'a;b', '"a"', '1.2.3', '', 'ä.example'])('%j', (host) => {
    const list = listOf([own(host), own('a.example')]);
    expect(hosts(list)).toEqual(['a.example']);
    expect(list.leftOut).toMatchObject([{ host: host.replace('\n', ' '), isOwn: true }]);
    expect(list.known).toEqual([]);
  });
});

it('an upper-case name with the root’s dot is the same name', () => {
  expect(hosts(listOf([own('A.Example.'), own('a.example', { port: 8443 })]))).toEqual(['a.example']);
});

it.each([0, -1, 65_536, 99_999_999])('a port that is none is left out with its name: %i', (port) => {
  const list = listOf([own('b.example', { port }), own('a.example')]);
  expect(hosts(list)).toEqual(['a.example']);
  expect(list.leftOut).toMatchObject([{ host: 'b.example', why: 'its port is none' }]);
});

it('addresses have one form, of names and of clients', () => {
  const list = listOf([own('FD00:0:0::1'), own('::ffff:203.0.113.7')], { clients: ['FD00:0::2'] });
  expect(hosts(list)).toEqual(['fd00::1', '203.0.113.7']);
  expect(list.clients).toEqual(['fd00::2']);
});
