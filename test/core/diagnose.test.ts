import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import { failed, notRun, ok } from '../../src/core/evidence.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { CAUSES, type Cause, type CauseId, type Diagnosis, type Finding } from '../../src/core/report.ts';
import {
  ENDPOINTS,
  PROXY,
  factsFixture,
  lookup,
  source,
  type AttemptPlan,
  type FixtureOptions,
} from '../support/facts-fixture.ts';

type States = Partial<Record<CauseId, Cause['state']>>;

function statesOf(diagnosis: Diagnosis): States {
  return Object.fromEntries(diagnosis.causes.map(({ id, state }) => [id, state]));
}

function causeOf(facts: Facts, id: CauseId): Cause | undefined {
  return diagnose(facts, []).causes.find((cause) => cause.id === id);
}

const ROUTERS: Readonly<Record<string, Outcome>> = {
  open: 'ok',
  drop: 'no-reply',
  reject: 'prohibited',
  reset: 'refused',
};

const NO_FAULT: States = {
  'excluded-by-no-proxy': 'ruled-out',
  'proxy-not-in-process': 'ruled-out',
  'not-signed-in': 'unknown',
  'provider-offline': 'unknown',
  'dns-fails-locally': 'ruled-out',
  'loopback-through-proxy': 'ruled-out',
  'ipv6-differs': 'ruled-out',
};

interface ProxyCase {
  readonly plan: AttemptPlan;
  readonly condition: Diagnosis['condition'];
  readonly states: States;
}

/** What each behaviour of the proxy means when PMS's environment sends everything to it. */
const PROXIES: Readonly<Record<string, ProxyCase>> = {
  allowed: {
    plan: { outcome: 'ok' },
    condition: 'not-found',
    states: { 'proxy-denies': 'ruled-out', 'proxy-unreachable': 'ruled-out', 'tls-intercepted': 'ruled-out' },
  },
  denied: {
    plan: { outcome: 'denied' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'confirmed', 'proxy-unreachable': 'ruled-out', 'tls-intercepted': 'unknown' },
  },
  '407': {
    plan: { outcome: 'proxy-auth' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'confirmed', 'proxy-unreachable': 'ruled-out', 'tls-intercepted': 'unknown' },
  },
  silent: {
    plan: { outcome: 'proxy-silent' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'unknown', 'proxy-unreachable': 'confirmed', 'tls-intercepted': 'unknown' },
  },
  dead: {
    plan: { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'unknown', 'proxy-unreachable': 'confirmed', 'tls-intercepted': 'unknown' },
  },
  garbage: {
    plan: { outcome: 'proxy-error', code: 'NOT_HTTP', status: null },
    condition: 'would-occur',
    states: { 'proxy-denies': 'unknown', 'proxy-unreachable': 'confirmed', 'tls-intercepted': 'unknown' },
  },
  intercepted: {
    plan: { outcome: 'intercepted' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'ruled-out', 'proxy-unreachable': 'ruled-out', 'tls-intercepted': 'confirmed' },
  },
};

const GRID = Object.entries(ROUTERS).flatMap(([router, direct]) =>
  Object.entries(PROXIES).map(([proxy, expected]) => ({ router, direct, proxy, ...expected })),
);

describe('router × proxy, PMS configured for the proxy', () => {
  it.each(GRID)('$router × $proxy: $condition', ({ direct, plan, condition, states }) => {
    const diagnosis = diagnose(factsFixture({ direct, viaProxy: plan }), []);
    expect(diagnosis.condition).toBe(condition);
    const reached = direct === 'ok' || plan.outcome === 'ok';
    expect(statesOf(diagnosis)).toEqual({
      ...NO_FAULT,
      ...states,
      'scanner-bypasses-proxy': direct === 'ok' ? 'ruled-out' : 'possible',
      'endpoint-down': reached ? 'ruled-out' : 'unknown',
    });
  });
});

describe('router, PMS without proxy variables', () => {
  it.each([
    { router: 'open', direct: 'ok', condition: 'not-found', state: 'ruled-out' },
    { router: 'drop', direct: 'no-reply', condition: 'would-occur', state: 'confirmed' },
    { router: 'reject', direct: 'prohibited', condition: 'would-occur', state: 'confirmed' },
    { router: 'reset', direct: 'refused', condition: 'would-occur', state: 'confirmed' },
    { router: 'not tried', direct: 'not-run', condition: 'unknown', state: 'possible' },
  ] as const)('$router: $condition', ({ direct, condition, state }) => {
    const diagnosis = diagnose(factsFixture({ variables: {}, viaProxy: null, direct }), []);
    expect(diagnosis.condition).toBe(condition);
    expect(statesOf(diagnosis)['proxy-not-in-process']).toBe(state);
  });
});

const PLEX_TV_EXCLUDED = { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'localhost,127.0.0.1,::1,plex.tv' };
const WITH_PROXY = { https_proxy: PROXY };

interface CauseRow {
  readonly name: string;
  readonly options: FixtureOptions;
  readonly cause: CauseId;
  readonly state: Cause['state'];
  readonly because?: string;
}

const ROWS: readonly CauseRow[] = [
  {
    name: 'a child without the variables makes a bypass likely',
    options: { otherSources: [source('pid:931', 'child', {}, { process: 'Plex Media Scanner', pid: 931 })] },
    cause: 'scanner-bypasses-proxy',
    state: 'likely',
    because: 'Plex Media Scanner (pid:931) runs without a proxy variable',
  },
  {
    name: 'the same child is a process that the variables never reached',
    options: { otherSources: [source('pid:931', 'child', {}, { process: 'Plex Media Scanner', pid: 931 })] },
    cause: 'proxy-not-in-process',
    state: 'confirmed',
    because: 'Plex Media Scanner (pid:931) names no proxy for https',
  },
  {
    name: 'a child without the variables does no harm where direct connections work',
    options: { direct: 'ok', otherSources: [source('pid:931', 'child', {})] },
    cause: 'proxy-not-in-process',
    state: 'ruled-out',
  },
  {
    name: 'a bypass cannot be judged without the direct route',
    options: { direct: 'not-run' },
    cause: 'scanner-bypasses-proxy',
    state: 'unknown',
  },
  {
    name: 'without a proxy there is nothing to go around',
    options: { variables: {} },
    cause: 'scanner-bypasses-proxy',
    state: 'ruled-out',
  },
  {
    name: 'no_proxy sends a needed endpoint into a blocked direct route',
    options: { variables: PLEX_TV_EXCLUDED },
    cause: 'excluded-by-no-proxy',
    state: 'confirmed',
    because: 'the entry "plex.tv" of no_proxy sends plex.tv direct',
  },
  {
    name: 'the same from a unit file is likely only',
    options: { variables: PLEX_TV_EXCLUDED, basis: 'declared' },
    cause: 'excluded-by-no-proxy',
    state: 'likely',
  },
  {
    name: 'an exclusion does no harm where direct connections work',
    options: { variables: PLEX_TV_EXCLUDED, direct: 'ok' },
    cause: 'excluded-by-no-proxy',
    state: 'ruled-out',
  },
  {
    name: 'an exclusion without a direct attempt is possible',
    options: { variables: PLEX_TV_EXCLUDED, direct: 'not-run' },
    cause: 'excluded-by-no-proxy',
    state: 'possible',
  },
  {
    name: 'settings of a shell rule nothing out for PMS',
    options: { basis: 'assumed', pms: { found: false } },
    cause: 'excluded-by-no-proxy',
    state: 'unknown',
  },
  {
    name: 'only upper-case HTTP_PROXY is no proxy for PMS',
    options: { variables: { HTTP_PROXY: PROXY } },
    cause: 'proxy-not-in-process',
    state: 'confirmed',
    because: 'Plex Media Server (pid:812) names no proxy for https: HTTP_PROXY in upper case means nothing to libcurl',
  },
  {
    name: 'a unit that names the proxy while the process does not',
    options: { variables: {}, otherSources: [source('unit:plexmediaserver.service', 'unit', WITH_PROXY)] },
    cause: 'proxy-not-in-process',
    state: 'confirmed',
    because: 'unit:plexmediaserver.service does name one',
  },
  {
    name: 'a process that may not be read leaves it open whether it has what its unit declares',
    options: {
      basis: 'declared',
      otherSources: [source('pid:813', 'child', {}, { variables: failed('EACCES', 'permission denied') })],
    },
    cause: 'proxy-not-in-process',
    state: 'unknown',
    because: 'the environment of pid:813 could not be read',
  },
  {
    name: 'declared settings say nothing about a process that is not there',
    options: { basis: 'declared', used: 'unit:plexmediaserver.service' },
    cause: 'proxy-not-in-process',
    state: 'unknown',
  },
  {
    name: 'a denial is likely only when the settings are assumed',
    options: { basis: 'assumed', viaProxy: 'denied' },
    cause: 'proxy-denies',
    state: 'likely',
  },
  {
    name: 'a denial names the request and the proxy’s word',
    options: { viaProxy: { 'metadata.provider.plex.tv': 'denied', '*': 'ok' } },
    cause: 'proxy-denies',
    state: 'confirmed',
    because: 'the proxy answered 403 to CONNECT metadata.provider.plex.tv:443 (ERR_ACCESS_DENIED)',
  },
  {
    name: 'a denial of an endpoint that a scan does without is no cause',
    options: { viaProxy: { 'metrics.plex.tv': 'denied', '*': 'ok' } },
    cause: 'proxy-denies',
    state: 'ruled-out',
  },
  {
    name: 'a proxy that PMS does not use yet would deny',
    options: { variables: {}, viaProxy: 'denied' },
    cause: 'proxy-denies',
    state: 'possible',
  },
  {
    name: 'a proxy that PMS does not use yet is dead',
    options: { variables: {}, viaProxy: 'proxy-unreachable' },
    cause: 'proxy-unreachable',
    state: 'possible',
  },
  {
    name: 'the proxy cannot resolve: likely the proxy, never the endpoint',
    options: { viaProxy: { outcome: 'proxy-error', code: 'ERR_DNS_FAIL', status: 503 } },
    cause: 'proxy-unreachable',
    state: 'likely',
  },
  {
    name: 'a proxy error is told from its answer to an impossible name',
    options: {
      proxy: { invalidName: { status: 500, error: null } },
      viaProxy: { outcome: 'proxy-error', code: null, status: 500 },
    },
    cause: 'proxy-unreachable',
    state: 'likely',
  },
  {
    name: 'PMS’s client refuses the value of the variable',
    options: { decide: () => ({ route: 'direct', proxy: null, error: 'Unsupported proxy syntax' }) },
    cause: 'proxy-unreachable',
    state: 'confirmed',
    because: "PMS's client refuses the value of https_proxy: Unsupported proxy syntax",
  },
  {
    name: 'a value that is refused is a value all the same',
    options: { decide: () => ({ route: 'direct', proxy: null, error: 'Unsupported proxy syntax' }) },
    cause: 'proxy-not-in-process',
    state: 'ruled-out',
  },
  {
    name: 'PMS’s own bundle refuses what public roots accept',
    options: { viaProxy: { outcome: 'ok', tls: { trustedByPms: false } } },
    cause: 'tls-intercepted',
    state: 'likely',
  },
  {
    name: 'interception of a route that PMS does not take is no cause',
    options: { direct: 'intercepted' },
    cause: 'tls-intercepted',
    state: 'ruled-out',
  },
  {
    name: 'the handshake breaks off through the proxy only',
    options: { direct: 'ok', viaProxy: { 'plex.tv': 'cut', '*': 'ok' } },
    cause: 'tls-intercepted',
    state: 'possible',
    because: 'plex.tv:443 through the proxy: cut',
  },
  {
    name: 'a block page of the proxy',
    options: { viaProxy: { 'plex.tv': 'captive', '*': 'ok' } },
    cause: 'proxy-denies',
    state: 'possible',
  },
  {
    name: 'local DNS fails while PMS leaves names to the proxy',
    options: { resolver: { lookups: [lookup('plex.tv', 4, { addresses: [], code: 'ETIMEOUT' })] } },
    cause: 'dns-fails-locally',
    state: 'possible',
    because: 'plex.tv does not resolve here (ETIMEOUT)',
  },
  {
    name: 'local DNS fails and PMS goes direct',
    options: {
      variables: {},
      direct: 'unresolved',
      resolver: { lookups: [lookup('plex.tv', 4, { addresses: [], code: 'ENOTFOUND' })] },
    },
    cause: 'dns-fails-locally',
    state: 'confirmed',
  },
  {
    name: 'a name of one family only does resolve',
    options: {
      resolver: {
        lookups: ENDPOINTS.flatMap(({ host }) => [
          lookup(host, 4),
          lookup(host, 6, { addresses: [], code: 'ENODATA' }),
        ]),
      },
    },
    cause: 'dns-fails-locally',
    state: 'ruled-out',
  },
  {
    name: 'names that were not looked up prove nothing',
    options: { resolver: { lookups: [] } },
    cause: 'dns-fails-locally',
    state: 'unknown',
  },
  {
    name: 'a resolver that was not asked proves nothing',
    options: { items: { resolver: notRun('NO_RESOLVER', 'no name server is configured') } },
    cause: 'dns-fails-locally',
    state: 'unknown',
    because: 'no name server is configured',
  },
  {
    name: 'no_proxy without loopback',
    options: { variables: { https_proxy: PROXY, http_proxy: PROXY } },
    cause: 'loopback-through-proxy',
    state: 'likely',
    because: 'no_proxy does not cover localhost, 127.0.0.1, ::1: http to it goes to the proxy',
  },
  {
    name: 'no_proxy without ::1 only',
    options: { variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'localhost,127.0.0.1' } },
    cause: 'loopback-through-proxy',
    state: 'ruled-out',
  },
  {
    name: 'IPv6 gets out, IPv4 does not, PMS uses the proxy',
    options: { direct: { 4: 'no-reply', 6: 'ok' } },
    cause: 'ipv6-differs',
    state: 'possible',
    because: 'plex.tv answers directly over IPv6 but not over IPv4',
  },
  {
    name: 'IPv4 gets out, IPv6 is dropped, PMS goes direct',
    options: { variables: {}, viaProxy: null, direct: { 4: 'ok', 6: 'no-reply' } },
    cause: 'ipv6-differs',
    state: 'likely',
  },
  {
    name: 'a host without IPv6 is not blocked over IPv6',
    options: { direct: { 4: 'ok', 6: 'no-route' } },
    cause: 'ipv6-differs',
    state: 'ruled-out',
  },
  {
    name: 'families cannot be compared where names do not resolve',
    options: { direct: 'unresolved' },
    cause: 'ipv6-differs',
    state: 'unknown',
  },
  {
    name: 'both routes fail to connect while others work directly',
    options: {
      direct: { 'plex.tv': 'refused', '*': 'ok' },
      viaProxy: { 'plex.tv': { outcome: 'proxy-error', code: 'ERR_CONNECT_FAIL', status: 503 }, '*': 'ok' },
    },
    cause: 'endpoint-down',
    state: 'likely',
  },
  {
    name: 'the proxy fails to connect where nothing gets out directly',
    options: { viaProxy: { 'plex.tv': { outcome: 'proxy-error', code: 'ERR_CONNECT_FAIL', status: 503 }, '*': 'ok' } },
    cause: 'endpoint-down',
    state: 'possible',
  },
  {
    name: 'the handshake fails alike on both routes',
    options: { direct: 'tls-failed', viaProxy: 'tls-failed' },
    cause: 'endpoint-down',
    state: 'possible',
  },
  {
    name: 'no proxy, one endpoint of many fails',
    options: { variables: {}, viaProxy: null, direct: { 'plex.tv': 'no-reply', '*': 'ok' } },
    cause: 'endpoint-down',
    state: 'likely',
  },
];

describe('causes', () => {
  it.each(ROWS)('$cause $state: $name', ({ options, cause, state, because }) => {
    const found = causeOf(factsFixture(options), cause);
    expect(found?.state).toBe(state);
    expect(found?.because).toEqual(expect.arrayContaining(because === undefined ? [] : [because]));
  });
});

describe('condition', () => {
  it.each<{ name: string; options: FixtureOptions; condition: Diagnosis['condition'] }>([
    {
      name: 'one needed endpoint denied',
      options: { viaProxy: { 'plex.tv': 'denied', '*': 'ok' } },
      condition: 'would-occur',
    },
    {
      name: 'a feature denied',
      options: { viaProxy: { 'downloads.plex.tv': 'denied', '*': 'ok' } },
      condition: 'not-found',
    },
    {
      name: 'one needed endpoint not attempted',
      options: { viaProxy: { 'plex.tv': 'not-run', '*': 'ok' } },
      condition: 'unknown',
    },
    {
      name: 'PMS’s bundle refuses',
      options: { viaProxy: { outcome: 'ok', tls: { trustedByPms: false } } },
      condition: 'would-occur',
    },
    {
      name: 'PMS’s client would refuse the value',
      options: { decide: () => ({ error: 'bad value' }) },
      condition: 'would-occur',
    },
    { name: 'no endpoint is needed', options: { endpoints: [] }, condition: 'unknown' },
    {
      name: 'an open network without PMS and without a proxy',
      options: { pms: { found: false }, basis: 'assumed', variables: {}, viaProxy: null, direct: 'ok' },
      condition: 'unknown',
    },
    {
      name: 'no results',
      options: { items: { results: notRun('INTERRUPTED', 'interrupted before the first attempt') } },
      condition: 'unknown',
    },
  ])('$name: $condition', ({ options, condition }) => {
    expect(diagnose(factsFixture(options), []).condition).toBe(condition);
  });
});

describe('shape', () => {
  const facts = factsFixture({ viaProxy: 'denied' });

  it('holds every cause once, the surest first', () => {
    const { causes } = diagnose(facts, []);
    expect(causes.map(({ id }) => id).toSorted()).toEqual([...CAUSES].toSorted());
    const order = ['confirmed', 'likely', 'possible', 'ruled-out', 'unknown'];
    const ranks = causes.map(({ state }) => order.indexOf(state));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });

  it('gives a remedy, with the hosts in it, exactly to the causes that stand', () => {
    const { causes } = diagnose(facts, []);
    const standing = causes.filter(({ state }) => state !== 'ruled-out' && state !== 'unknown');
    expect(causes.filter(({ remedy }) => remedy !== null)).toEqual(standing);
    expect(causes.find(({ id }) => id === 'proxy-denies')?.remedy).toContain('plex.tv, metadata.provider.plex.tv');
    for (const { remedy } of causes) expect(remedy ?? '').not.toMatch(/\{\w+\}/);
  });

  it('always says why', () => {
    const grid = GRID.flatMap(({ direct, plan }) => diagnose(factsFixture({ direct, viaProxy: plan }), []).causes);
    expect(grid.filter(({ because }) => because.length === 0 || because.includes(''))).toEqual([]);
  });

  it('leaves every cause unknown, with the reason, when there is nothing to judge', () => {
    const { causes } = diagnose(factsFixture({ items: { settings: failed('EACCES', 'permission denied') } }), []);
    expect(new Set(causes.map(({ state }) => state))).toEqual(new Set(['unknown']));
    expect(causes[0]?.because).toEqual(['permission denied']);
  });

  it('adds the words of checks that explain a cause which stands', () => {
    const finding: Finding = {
      check: 'uppercase-http-proxy',
      verdict: 'warn',
      severity: 'high',
      message: 'ignored',
      args: {},
      text: 'HTTP_PROXY is ignored by libcurl.',
      remedy: null,
      endpoint: null,
      supersededBy: null,
      causes: [],
    };
    const unproxied = factsFixture({ variables: { HTTP_PROXY: PROXY } });
    const [told] = diagnose(unproxied, [finding]).causes.filter(({ id }) => id === 'proxy-not-in-process');
    const [ruledOut] = diagnose(factsFixture(), [finding]).causes.filter(({ id }) => id === 'proxy-not-in-process');
    expect(told?.because).toContain(finding.text);
    expect(ruledOut?.because).not.toContain(finding.text);
  });

  it('survives evidence without proxies and attempts', () => {
    const bare = factsFixture({
      items: { proxies: ok([]), 'attempts.direct': notRun('X', 'x'), 'attempts.proxy': notRun('X', 'x') },
    });
    expect(diagnose(bare, []).condition).toBe('not-found');
  });
});
