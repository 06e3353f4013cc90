import { describe, expect, it } from 'vitest';
import { valueOf } from '../../../src/core/model/evidence.ts';
import {
  failsAlikeOnBothRoutes,
  gravityOf,
  nameList,
  pmsWays,
  proxyErrorKind,
  stopsScan,
  usableByPms,
  type PmsWay,
  type ProxyErrorKind,
} from '../../../src/core/judge/pms-way.ts';
import {
  PROXY,
  PROXY_PROBE,
  factsFixture,
  type AttemptPlan,
  type FixtureOptions,
} from '../../support/fixtures/facts.ts';

/** The way to one endpoint of the fixture's catalogue. */
function wayTo(id: string, options: FixtureOptions): PmsWay {
  const facts = factsFixture(options);
  const [results, routing] = [valueOf(facts.results) ?? [], valueOf(facts.routing)];
  const way = routing && pmsWays(results, routing).find(({ endpoint }) => endpoint.id === id);
  if (!way) throw new Error(`the fixture has no endpoint ${id}`);
  return way;
}

const SQUID_DNS: AttemptPlan = { outcome: 'proxy-error', code: 'ERR_DNS_FAIL', status: 503 };

describe('pmsWays', () => {
  it('follows the decision of PMS’s dialect', () => {
    expect(wayTo('plex.tv', { viaProxy: 'denied' }).found?.outcome).toBe('denied');
    expect(wayTo('plex.tv', { variables: {}, viaProxy: 'denied' }).found?.outcome).toBe('no-reply');
  });
});

describe('usableByPms', () => {
  it.each<{ name: string; options: FixtureOptions; expected: string }>([
    { name: 'works', options: {}, expected: 'usable' },
    { name: 'denied', options: { viaProxy: 'denied' }, expected: 'unusable' },
    { name: 'untrusted', options: { viaProxy: 'tls-untrusted' }, expected: 'unusable' },
    { name: 'not attempted', options: { viaProxy: 'not-run' }, expected: 'undecided' },
    { name: 'no proxy route', options: { viaProxy: null }, expected: 'undecided' },
    { name: 'value refused', options: { decide: () => ({ error: 'no' }) }, expected: 'unusable' },
    {
      name: 'refused by PMS’s own bundle',
      options: { viaProxy: { outcome: 'ok', tls: { trustedByPms: false } } },
      expected: 'unusable',
    },
  ])('$name: $expected', ({ options, expected }) => {
    expect(usableByPms(wayTo('plex.tv', options))).toBe(expected);
  });
});

describe('proxyErrorKind', () => {
  it.each<{
    plan: AttemptPlan;
    invalidName: { status: number | null; error: string | null } | null;
    kind: ProxyErrorKind;
  }>([
    { plan: SQUID_DNS, invalidName: { status: 503, error: 'ERR_DNS_FAIL' }, kind: 'dns' },
    {
      plan: { outcome: 'proxy-error', code: 'ERR_CONNECT_FAIL', status: 503 },
      invalidName: { status: 503, error: 'ERR_DNS_FAIL' },
      kind: 'connect',
    },
    {
      plan: { outcome: 'proxy-error', code: 'HTTP_500', status: 500 },
      invalidName: { status: 500, error: null },
      kind: 'as-for-unknown-name',
    },
    { plan: { outcome: 'proxy-error', code: 'HTTP_502', status: 502 }, invalidName: null, kind: 'other' },
    { plan: { outcome: 'proxy-error', code: 'NOT_HTTP', status: null }, invalidName: null, kind: 'garbage' },
    {
      plan: { outcome: 'proxy-error', code: 'SOCKS_CONNECTION_REFUSED', status: null },
      invalidName: { status: null, error: 'SOCKS_HOST_UNREACHABLE' },
      kind: 'connect',
    },
    {
      plan: { outcome: 'proxy-error', code: 'SOCKS_FAILURE', status: null },
      invalidName: { status: null, error: 'SOCKS_FAILURE' },
      kind: 'as-for-unknown-name',
    },
  ])('$plan.code is $kind', ({ plan, invalidName, kind }) => {
    const found = wayTo('plex.tv', { viaProxy: plan }).found;
    expect(found && proxyErrorKind(found, invalidName)).toBe(kind);
  });
});

describe('failsAlikeOnBothRoutes', () => {
  it.each<{ name: string; options: FixtureOptions; alike: boolean }>([
    { name: 'cut on both', options: { direct: 'cut', viaProxy: 'cut' }, alike: true },
    { name: 'cut on one', options: { direct: 'no-reply', viaProxy: 'cut' }, alike: false },
    { name: 'no such name on both', options: { direct: 'unresolved', viaProxy: SQUID_DNS }, alike: true },
    { name: 'works on one', options: { direct: 'ok', viaProxy: SQUID_DNS }, alike: false },
    { name: 'one route', options: { direct: 'cut', viaProxy: null }, alike: false },
  ])('$name: $alike', ({ options, alike }) => {
    expect(failsAlikeOnBothRoutes(wayTo('plex.tv', options).result, null)).toBe(alike);
  });
});

describe('gravityOf and stopsScan', () => {
  const denied = wayTo('plex.tv', { viaProxy: 'denied' });

  it('fails only for what a scan needs, on the way of PMS, when it does not work', () => {
    expect(gravityOf(denied, 'proxy')).toBe('fail');
    expect(gravityOf(denied, 'direct')).toBe('warn');
    expect(gravityOf(wayTo('downloads.plex.tv', { viaProxy: 'denied' }), 'proxy')).toBe('warn');
    expect(gravityOf(wayTo('plex.tv', {}), 'proxy')).toBe('warn');
  });

  it('blames the proxy that PMS uses', () => {
    const other = { ...PROXY_PROBE, url: 'http://other.example.net:3128' };
    expect(stopsScan(PROXY_PROBE, [PROXY_PROBE, other], [denied])).toBe(true);
    expect(stopsScan(other, [PROXY_PROBE, other], [denied])).toBe(false);
    expect(denied.decision.proxy).toBe(PROXY);
  });
});

describe('nameList', () => {
  it('shortens a long list', () => {
    expect(nameList(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
    expect(nameList(['a', 'b'], 2)).toBe('a, b');
  });
});
