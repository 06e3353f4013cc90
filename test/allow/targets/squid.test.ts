import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import squid from '../../../src/allow/targets/squid.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { anyList, anyWanted, isAllowed, listOf, own, rulesOf, type Wanted } from '../../support/allow/lists.ts';
import { squidAllows } from '../../support/allow/squid.ts';
import { runs } from '../../support/fuzz.ts';

const LEGACY = rulesOf(squid, listOf(CATALOGUE, { asked: 'all' }));

describe('the rules for all names', () => {
  it.each<[boolean, Wanted]>([
    [true, { host: 'plex.tv', scheme: 'https', port: 443 }],
    [true, { host: 'resources-cdn.plexapp.com', scheme: 'http', port: 80 }],
    [true, { host: '1-2-3-4.abc.plex.direct', scheme: 'https', port: 8443 }],
    [false, { host: 'resources-cdn.plexapp.com', scheme: 'https', port: 443 }],
    [false, { host: 'plex.tv', scheme: 'http', port: 80 }],
    [false, { host: 'plex.tv', scheme: 'https', port: 22 }],
    [false, { host: 'analytics.plex.tv', scheme: 'https', port: 443 }],
    [false, { host: 'plex.direct', scheme: 'https', port: 8443 }],
    [false, { host: 'xplex.direct', scheme: 'https', port: 8443 }],
    [false, { host: 'metadata.provider.plex.tv.evil.example', scheme: 'https', port: 443 }],
  ])('%s %o', (expected, wanted) => {
    expect(squidAllows(LEGACY, wanted)).toBe(expected);
  });
});

it('allows exactly what the list means', () => {
  fc.assert(
    fc.property(anyList, fc.array(anyWanted, { minLength: 5 }), (list, all) => {
      const rules = rulesOf(squid, list);
      const more = list.names.flatMap(({ host, services }) => services.map((service) => ({ host, ...service })));
      for (const wanted of [...all, ...more.filter(({ host }) => !host.startsWith('*'))])
        expect([wanted, squidAllows(rules, wanted)]).toEqual([wanted, isAllowed(list, wanted)]);
    }),
    runs(30),
  );
});

it('narrows every rule to the clients', () => {
  const rules = rulesOf(squid, listOf(CATALOGUE, { clients: ['192.0.2.1', '2001:db8::1'] }));
  expect(rules[0]).toBe('acl plex_clients src 192.0.2.1 2001:db8::1');
  const access = rules.filter((rule) => rule.startsWith('http_access'));
  expect(access.filter((rule) => !rule.startsWith('http_access allow plex_clients '))).toEqual([]);
});

describe('with --sni', () => {
  const rules = rulesOf(squid, listOf([own('a.example'), own('*.b.example'), own('203.0.113.5')]), true);

  it('peeks, splices the names and ends the others; nothing is bumped', () => {
    expect(rules.filter((rule) => rule.startsWith('ssl_bump'))).toEqual([
      'ssl_bump peek plex_clients plex_step1',
      'ssl_bump splice plex_clients plex_443_port plex_443_sni',
      'ssl_bump splice plex_clients plex_443_port plex_443_sni_below',
      'ssl_bump terminate plex_clients',
      'ssl_bump splice all',
    ]);
  });

  it('compares the name that the client gives', () => {
    expect(rules.filter((rule) => rule.includes('server_name'))).toEqual([
      'acl plex_443_sni ssl::server_name --client-requested a.example',
      String.raw`acl plex_443_sni_below ssl::server_name_regex --client-requested ^.+\.b\.example$`,
    ]);
  });
});
