import { describe, expect, it } from 'vitest';
import { deriveFacts } from '../../../src/core/judge/derive.ts';
import { notRun, valueOf, type Evidence } from '../../../src/core/model/evidence.ts';
import type { EndpointResult } from '../../../src/core/model/report.ts';
import type { Traffic } from '../../../src/core/model/traffic.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { ENDPOINTS, endpoint, type FixtureOptions } from '../../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, traffic, watcher } from '../../support/fixtures/traffic.ts';

const nothing = notRun('NOT_PROBED', 'nothing was probed in this run');
const UNPROBED: Partial<Evidence['items']> = { 'attempts.direct': nothing, 'attempts.proxy': nothing };
const SOCKETS: Partial<Traffic> = { watchers: [watcher('socket')] };
const LOG: Partial<Traffic> = { watchers: [watcher('access-log')] };

function resultOf(
  id: string,
  flows: Traffic['flows'],
  more: Partial<Traffic> = {},
  options: FixtureOptions = {},
  items: Partial<Evidence['items']> = UNPROBED,
): EndpointResult | undefined {
  const facts = deriveFacts(evidenceFixture({ ...options, traffic: traffic(flows, more) }, items));
  return valueOf(facts.results)?.find(({ result }) => result.id === id)?.result;
}

describe('without a probe', () => {
  it('the outcome is what was seen', () => {
    const denied = proxiedFlow('plex.tv', { outcome: 'denied', code: 'TCP_DENIED', status: 403, count: 2 });
    expect(resultOf('plex.tv', [directFlow('plex.tv'), denied])).toMatchObject({
      direct: { outcome: 'no-reply', code: null, attempts: [], basis: 'observed' },
      proxy: { outcome: 'denied', code: 'TCP_DENIED', status: 403, basis: 'observed' },
      conclusion: 'neither',
      observed: {
        direct: 1,
        proxy: 2,
        directOutcome: 'no-reply',
        proxyOutcome: 'denied',
        proxyWatched: true,
        processes: ['Plex Media Scanner'],
      },
    });
  });

  it('what got furthest speaks for a route, with its own code and count', () => {
    const denied = proxiedFlow('plex.tv', { outcome: 'denied', code: 'TCP_DENIED', status: 403, count: 3 });
    expect(resultOf('plex.tv', [denied, proxiedFlow('plex.tv', { count: 2 })])?.observed).toMatchObject({
      proxy: 5,
      proxyOutcome: 'ok',
      proxyReached: 2,
    });
    expect(resultOf('plex.tv', [denied])?.observed).not.toHaveProperty('proxyReached');
    expect(resultOf('plex.tv', [denied, proxiedFlow('plex.tv')])?.proxy).toMatchObject({
      outcome: 'ok',
      code: 'TCP_TUNNEL',
      status: 200,
    });
  });

  it.each<[string, Traffic['flows'], Partial<Traffic>, string, string | null]>([
    ['both were watched', [], {}, 'NEVER_ASKED', 'NEVER_ASKED'],
    ['only direct connections would have shown', [], SOCKETS, 'NEVER_ASKED', null],
    ['only the proxy was watched', [], LOG, 'NOT_PROBED', 'NEVER_ASKED'],
    [
      'sampling saw it, not how it ended',
      [directFlow('plex.tv', { outcome: null })],
      SOCKETS,
      'OUTCOME_NOT_SEEN',
      null,
    ],
  ])('is undecided, and says why: %s', (_, flows, more, direct, proxy) => {
    const found = resultOf('plex.tv', flows, more);
    expect(found).toMatchObject({ direct: { outcome: 'not-run', code: direct }, conclusion: 'undecided' });
    expect(found?.proxy?.code ?? null).toBe(proxy);
  });

  it('a wildcard that nobody can probe stays one, until it is seen', () => {
    const relay = endpoint('*.relay.example', { id: 'relay', kind: 'wildcard', probeHost: null });
    const options = { endpoints: [...ENDPOINTS, relay] };
    expect(resultOf('relay', [], {}, options)?.direct.code).toBe('NO_REPRESENTATIVE_NAME');
    expect(resultOf('relay', [directFlow('a.relay.example')], {}, options)?.direct.outcome).toBe('no-reply');
  });

  it('without any proxy the direct route decides', () => {
    const found = resultOf(
      'plex.tv',
      [directFlow('plex.tv', { outcome: 'ok' })],
      { watchers: [watcher('capture')] },
      { variables: {}, viaProxy: null },
    );
    expect(found).toMatchObject({ direct: { outcome: 'ok' }, proxy: null, conclusion: 'direct-only' });
  });
});

describe('beside a probe', () => {
  const both = (flows: Traffic['flows'], options: FixtureOptions = {}) => resultOf('plex.tv', flows, {}, options, {});

  it('the probe decides, and what was seen is added', () => {
    const found = both([directFlow('plex.tv', { outcome: 'refused' })]);
    expect(found).toMatchObject({
      direct: { outcome: 'no-reply' },
      proxy: { outcome: 'ok' },
      conclusion: 'proxy-only',
      observed: { direct: 1, proxy: 0, directOutcome: 'refused', proxyOutcome: null },
    });
    expect(found?.direct).not.toHaveProperty('basis');
  });

  it('a probe that was not made keeps its reason where nothing was seen, and gives way where something was', () => {
    const options: FixtureOptions = { direct: { outcome: 'not-run', code: 'BUDGET_SPENT' } };
    expect(both([], options)?.direct).toMatchObject({ outcome: 'not-run', code: 'BUDGET_SPENT' });
    expect(both([directFlow('plex.tv')], options)?.direct).toMatchObject({ outcome: 'no-reply', basis: 'observed' });
  });

  it('nobody watched', () => {
    const facts = deriveFacts(evidenceFixture());
    expect(valueOf(facts.results)?.map(({ result }) => result.observed)).toEqual(ENDPOINTS.map(() => null));
  });
});

describe('a probe that the proxy itself ended', () => {
  const granted = proxiedFlow('plex.tv', { outcome: 'ok', status: 200, seenBy: ['capture'] });
  const probed = (viaProxy: FixtureOptions['viaProxy'], flows: Traffic['flows']): EndpointResult | undefined =>
    resultOf('plex.tv', flows, {}, { viaProxy: viaProxy ?? null }, {});

  it.each(['proxy-silent', 'denied', 'proxy-error', 'rate-limited'] as const)(
    '%s: what PMS was granted counts',
    (end) => {
      expect(probed(end, [granted])?.proxy).toMatchObject({ outcome: 'ok', basis: 'observed' });
      expect(probed(end, [granted])?.proxy?.attempts).not.toEqual([]);
    },
  );

  it.each([
    ['behind the proxy', 'intercepted', [granted]],
    ['and PMS was denied as well', 'denied', [granted, { ...granted, outcome: 'denied', status: 403 }]],
    ['and PMS was only seen to connect', 'proxy-silent', [{ ...granted, outcome: null, status: null }]],
    ['and a log, which may be older, has an answer', 'denied', [{ ...granted, seenBy: ['access-log'] }]],
  ] as const)('decides: %s', (_, end, flows) => {
    expect(probed(end, [...flows])?.proxy?.outcome).toBe(end);
  });
});
