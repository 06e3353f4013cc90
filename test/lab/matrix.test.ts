import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { CauseId } from '../../src/core/model/cause-ids.ts';
import type { Outcome, Stage } from '../../src/core/model/outcome.ts';
import {
  reportSchema,
  type Cause,
  type EndpointResult,
  type Report,
  type RouteResult,
} from '../../src/core/model/report.ts';
import { Lab, labMissing, PROXY_NAME, proxyUrl, type Policy, type ResolverMode } from './lab.ts';

/**
 * The whole tool in a real network: for every state of the router and every kind of proxy, what `check` says about every endpoint on
 * both routes, its conclusion, the condition, the causes and the exit code.
 */

const TOOL = fileURLToPath(new URL('../../dist/pms-proxy-doctor.js', import.meta.url));
const missing = labMissing();
const lab = new Lab('matrix');

// ── what is expected of one route ──────────────────────────────────────────────────────────────────────────────────────

/** `outcome @stage code status`; what does not apply is left out. */
type Seen = Outcome | `${Outcome} @${Stage}${string}`;

/** Endpoints are told apart by how they are spoken to, and by the addresses that they have. */
type Kind = 'https' | 'http' | 'ipv4 only' | 'ipv6 only' | 'metadata';
type RouteExpectation = Seen | ({ readonly default: Seen } & Readonly<Partial<Record<Kind, Seen>>>);

function kindsOf(endpoint: EndpointResult): readonly Kind[] {
  const byName: Readonly<Record<string, Kind>> = {
    'v4.plex.tv': 'ipv4 only',
    'v6.plex.tv': 'ipv6 only',
    'metadata.provider.plex.tv': 'metadata',
  };
  const own = byName[endpoint.host];
  return own === undefined ? [endpoint.scheme] : [own, endpoint.scheme];
}

function expectedOf(expectation: RouteExpectation, endpoint: EndpointResult): Seen {
  if (typeof expectation === 'string') return expectation;
  const kind = kindsOf(endpoint).find((each) => expectation[each] !== undefined);
  return (kind === undefined ? undefined : expectation[kind]) ?? expectation.default;
}

function seen(route: RouteResult | null): string {
  if (route === null) return 'nothing';
  if (route.outcome === 'ok') return 'ok';
  const { outcome, stage, code, status } = route;
  return [outcome, stage === null ? null : `@${stage}`, code, status].filter((part) => part !== null).join(' ');
}

// ── what is expected of a run ──────────────────────────────────────────────────────────────────────────────────────────

interface Expected {
  readonly direct: RouteExpectation;
  /** null: there is no proxy. */
  readonly proxy: RouteExpectation | null;
  readonly condition: Report['scan']['condition'];
  readonly exitCode: number;
  /** `not-found`: unknown, and this tool's own requests met nothing of it. */
  readonly causes: Readonly<Partial<Record<CauseId, Cause['state'] | 'not-found'>>>;
}

/** Written out and not computed as the tool does it: from `ok`, `intercepted` and anything else on each route. */
const CONCLUSIONS: Readonly<Record<string, EndpointResult['conclusion']>> = {
  'ok, ok': 'both',
  'ok, failed': 'direct-only',
  'ok, intercepted': 'intercepted',
  'ok, nothing': 'direct-only',
  'failed, ok': 'proxy-only',
  'failed, failed': 'neither',
  'failed, intercepted': 'intercepted',
  'failed, nothing': 'neither',
  'failed, unclear': 'undecided',
  'intercepted, nothing': 'intercepted',
  'intercepted, ok': 'proxy-only',
  'intercepted, failed': 'intercepted',
};

function conclusionOf(direct: string, proxy: string): string | undefined {
  const sort = (text: string): string =>
    text === 'ok' || text === 'nothing'
      ? text
      : text.startsWith('intercepted')
        ? 'intercepted'
        : text.startsWith('unclear')
          ? 'unclear'
          : 'failed';
  return CONCLUSIONS[`${sort(direct)}, ${sort(proxy)}`];
}

/** Endpoints without a name to probe are no part of the network. */
function probed(report: Report): readonly EndpointResult[] {
  return report.endpoints.filter((endpoint) => endpoint.direct.code !== 'NO_REPRESENTATIVE_NAME');
}

function expectReport(report: Report, expected: Expected): void {
  const endpoints = probed(report);
  expect(endpoints.length).toBeGreaterThanOrEqual(40);
  const line = (endpoint: EndpointResult, direct: string, proxy: string, conclusion: string | undefined): string =>
    `${endpoint.id}: directly ${direct}; by proxy ${proxy}; ${conclusion}`;
  expect(endpoints.map((e) => line(e, seen(e.direct), seen(e.proxy), e.conclusion))).toEqual(
    endpoints.map((e) => {
      const direct = expectedOf(expected.direct, e);
      const proxy = expected.proxy === null ? 'nothing' : expectedOf(expected.proxy, e);
      return line(e, direct, proxy, conclusionOf(direct, proxy));
    }),
  );
  const states = new Map(
    report.scan.causes.map(({ id, state, unfound }) => [id, unfound === true ? 'not-found' : state]),
  );
  const named = Object.fromEntries(
    report.scan.causes.filter(({ id }) => expected.causes[id] !== undefined).map(({ id }) => [id, states.get(id)]),
  );
  expect({ condition: report.scan.condition, causes: named, exitCode: report.summary.exitCode }).toEqual({
    condition: expected.condition,
    causes: expected.causes,
    exitCode: expected.exitCode,
  });
}

// ── running it ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function check(options: readonly string[] = [], ca = lab.ca): Promise<Report> {
  const command = ['node', TOOL, 'check', '--ca', ca, '--timeout', '3s', '--format', 'json', ...options];
  const { exitCode, stdout, stderr } = await lab.onPmsHost(command);
  const report = z.safeParse(reportSchema, stdout === '' ? null : JSON.parse(stdout));
  if (!report.success) throw new Error(`exit code ${exitCode}, no report on stdout: ${stderr}`);
  expect(exitCode).toBe(report.data.summary.exitCode);
  expect(report.data.findings.filter((finding) => finding.verdict === 'crashed')).toEqual([]);
  return report.data;
}

function through(url: string): Readonly<Record<string, string>> {
  return { https_proxy: url, http_proxy: url, no_proxy: 'localhost,127.0.0.1,::1,[::1]' };
}

// ── router × proxy ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface RouterRow {
  readonly policy: Policy;
  readonly direct: RouteExpectation;
  /** The way of a process that goes around the proxy. */
  readonly blocked: boolean;
}

const ROUTERS: Readonly<Record<string, RouterRow>> = {
  open: { policy: {}, direct: 'ok', blocked: false },
  drop: { policy: { pms4: 'drop', pms6: 'drop' }, direct: 'no-reply @tcp ETIMEDOUT', blocked: true },
  'reject (ICMP prohibited)': {
    policy: { pms4: 'reject', pms6: 'reject' },
    direct: { default: 'prohibited @tcp EHOSTUNREACH', 'ipv6 only': 'prohibited @tcp EACCES' },
    blocked: true,
  },
  'reject (ICMP port unreachable)': {
    policy: { pms4: 'reject-port', pms6: 'reject-port' },
    direct: 'prohibited @tcp ECONNREFUSED',
    blocked: true,
  },
  reset: { policy: { pms4: 'reset', pms6: 'reset' }, direct: 'refused @tcp ECONNREFUSED', blocked: true },
  'no route': {
    policy: { pms4: 'no-route', pms6: 'no-route' },
    direct: 'no-route @tcp ENETUNREACH',
    blocked: true,
  },
};

interface ProxyRow {
  readonly url: string;
  readonly proxy: RouteExpectation;
  readonly cause: CauseId | null;
  /** It may only be slower than the time limit of the run. */
  readonly mayBeSlow?: true;
}

const PROXIES: Readonly<Record<string, ProxyRow>> = {
  'that allows': { url: proxyUrl('allowed'), proxy: 'ok', cause: null },
  'that denies the metadata provider (403)': {
    url: proxyUrl('denied-scan'),
    proxy: { default: 'ok', metadata: 'denied @tunnel ERR_ACCESS_DENIED 403' },
    cause: 'proxy-denies',
  },
  'that denies everything (403)': {
    url: proxyUrl('denied-all'),
    proxy: { default: 'denied @tunnel ERR_ACCESS_DENIED 403', http: 'denied @http ERR_ACCESS_DENIED 403' },
    cause: 'proxy-denies',
  },
  'that wants a login (407)': {
    url: proxyUrl('auth'),
    proxy: {
      default: 'proxy-auth @tunnel ERR_CACHE_ACCESS_DENIED 407',
      http: 'proxy-auth @http ERR_CACHE_ACCESS_DENIED 407',
    },
    cause: 'proxy-denies',
  },
  'that is silent': {
    url: proxyUrl('silent'),
    proxy: { default: 'proxy-silent @tunnel ASKED_ONCE', http: 'proxy-silent @http ASKED_ONCE' },
    cause: 'proxy-unreachable',
    mayBeSlow: true,
  },
  'that is dead': {
    url: proxyUrl('dead'),
    proxy: 'proxy-unreachable @tcp ECONNREFUSED',
    cause: 'proxy-unreachable',
  },
  'on the wrong port (SSH)': {
    url: proxyUrl('banner'),
    proxy: { default: 'proxy-error @tunnel NOT_HTTP', http: 'proxy-error @http NOT_HTTP' },
    cause: 'proxy-unreachable',
  },
  'that answers garbage': {
    url: proxyUrl('garbage'),
    proxy: { default: 'proxy-error @tunnel NOT_HTTP', http: 'proxy-error @http NOT_HTTP' },
    cause: 'proxy-unreachable',
  },
  'that intercepts TLS': {
    url: proxyUrl('bump'),
    proxy: { default: 'intercepted @tls SELF_SIGNED_CERT_IN_CHAIN', http: 'ok' },
    cause: 'tls-intercepted',
  },
};

const WORKS = { condition: 'not-found', exitCode: 0 } as const;
const UNDECIDED = { condition: 'unknown', exitCode: 3 } as const;
const FAILS = { condition: 'would-occur', exitCode: 1 } as const;

function expectationOf(router: RouterRow, proxy: ProxyRow): Expected {
  return {
    direct: router.direct,
    proxy: proxy.proxy,
    // Where direct connections are stopped, a scanner that goes around the proxy would fail, and nothing watched it.
    ...(proxy.mayBeSlow === true ? UNDECIDED : proxy.cause !== null ? FAILS : router.blocked ? UNDECIDED : WORKS),
    causes: {
      'scanner-bypasses-proxy': router.blocked ? 'possible' : 'not-found',
      'proxy-denies': 'not-found',
      'proxy-unreachable': 'not-found',
      'tls-intercepted': 'not-found',
      'excluded-by-no-proxy': 'ruled-out',
      // The environment of the scanner was read; where direct connections of this tool work, that is not looked at.
      'proxy-not-in-process': router.blocked ? 'ruled-out' : 'not-found',
      'loopback-through-proxy': 'ruled-out',
      ...(proxy.cause === null ? {} : BLAMED[proxy.cause]),
      ...(proxy.mayBeSlow === true ? { 'proxy-unreachable': 'likely' } : {}),
    },
  };
}

/** A proxy that refuses to tunnel, or is not there, leaves open what would have come through it. */
const BLAMED: Readonly<Partial<Record<CauseId, Expected['causes']>>> = {
  'proxy-denies': { 'proxy-denies': 'confirmed', 'tls-intercepted': 'unknown' },
  'proxy-unreachable': { 'proxy-unreachable': 'confirmed', 'proxy-denies': 'unknown', 'tls-intercepted': 'unknown' },
  'tls-intercepted': { 'tls-intercepted': 'confirmed' },
};

describe.skipIf(missing !== null)('check in the lab', () => {
  beforeAll(() => lab.up());
  afterAll(() => lab.down());

  describe.each(Object.entries(ROUTERS))('router: %s', (_router, router) => {
    it.each(Object.entries(PROXIES))('a proxy %s', async (_proxy, proxy) => {
      lab.policy(router.policy);
      lab.startPms(through(proxy.url));
      expectReport(await check(), expectationOf(router, proxy));
    });
  });

  // ── other proxies, on an isolated host ───────────────────────────────────────────────────────────────────────────────

  const isolated: Policy = { pms4: 'reset', pms6: 'reset' };
  const refused = 'refused @tcp ECONNREFUSED';
  const works = { direct: refused, proxy: 'ok', ...UNDECIDED } as const;
  const fails = { direct: refused, ...FAILS } as const;
  const login = 'lab:se%3Acr%40t';

  it.each<[string, string, Expected]>([
    ['https', proxyUrl('tls'), { ...works, causes: {} }],
    ['https, by name', proxyUrl('tls', { host: PROXY_NAME }), { ...works, causes: {} }],
    ['http, by name', proxyUrl('allowed', { host: PROXY_NAME }), { ...works, causes: {} }],
    ['http, by IPv6 address', proxyUrl('allowed', { host: '[fd77:2::2]' }), { ...works, causes: {} }],
    ['tinyproxy', proxyUrl('tinyproxy'), { ...works, causes: {} }],
    ['a login that is right', proxyUrl('auth', { login }), { ...works, causes: { 'proxy-denies': 'not-found' } }],
    [
      'a login that is wrong',
      proxyUrl('auth', { login: 'lab:wrong' }),
      {
        ...fails,
        proxy: {
          default: 'proxy-auth @tunnel ERR_CACHE_ACCESS_DENIED 407',
          http: 'proxy-auth @http ERR_CACHE_ACCESS_DENIED 407',
        },
        causes: { 'proxy-denies': 'confirmed' },
      },
    ],
    [
      'Negotiate and NTLM',
      proxyUrl('status-407'),
      {
        ...fails,
        proxy: { default: 'proxy-auth @tunnel HTTP_407 407', http: 'proxy-auth @http HTTP_407 407' },
        causes: { 'proxy-denies': 'confirmed' },
      },
    ],
    ['SOCKS 5h', proxyUrl('socks'), { ...works, causes: {} }],
    ['SOCKS 4a', proxyUrl('socks').replace('socks5h', 'socks4a'), { ...works, causes: {} }],
    ['SOCKS 5h with a login', proxyUrl('socks-auth', { login }), { ...works, causes: {} }],
    [
      'SOCKS 5h without its login',
      proxyUrl('socks-auth'),
      { ...fails, proxy: 'proxy-auth @tunnel SOCKS_AUTH', causes: { 'proxy-denies': 'confirmed' } },
    ],
    [
      'closes at once',
      proxyUrl('close'),
      {
        ...fails,
        proxy: { default: 'proxy-error @tunnel CLOSED', http: 'proxy-error @http CLOSED' },
        causes: { 'proxy-unreachable': 'confirmed' },
      },
    ],
    // Its words to plain requests cannot be told from the endpoint's own answer.
    [
      'a web server that knows no CONNECT',
      proxyUrl('web'),
      {
        ...fails,
        // Its page is not the endpoint's answer.
        proxy: { default: 'proxy-error @tunnel HTTP_405 405', http: 'unclear-answer @http ORIGIN_UNPROVEN 200' },
        causes: { 'proxy-unreachable': 'likely' },
      },
    ],
    [
      'speaks TLS, addressed without',
      proxyUrl('speaks-tls'),
      {
        ...fails,
        proxy: { default: 'proxy-error @tunnel CLOSED', http: 'proxy-error @http CLOSED' },
        causes: { 'proxy-unreachable': 'confirmed' },
      },
    ],
    [
      'does not speak TLS, addressed with',
      proxyUrl('allowed').replace('http:', 'https:'),
      {
        ...fails,
        proxy: 'proxy-unreachable @tcp ERR_SSL_WRONG_VERSION_NUMBER',
        causes: { 'proxy-unreachable': 'confirmed' },
      },
    ],
    [
      'a header without an end',
      proxyUrl('huge-header'),
      {
        ...fails,
        proxy: { default: 'proxy-error @tunnel NOT_HTTP', http: 'proxy-error @http NOT_HTTP' },
        causes: { 'proxy-unreachable': 'confirmed' },
      },
    ],
    [
      'one byte a second',
      proxyUrl('drip'),
      {
        ...fails,
        proxy: { default: 'proxy-error @tunnel REPLY_INCOMPLETE', http: 'proxy-silent @http PROXY_TIMEOUT' },
        causes: { 'proxy-unreachable': 'confirmed' },
      },
    ],
    [
      'a reset in the tunnel',
      proxyUrl('reset'),
      { ...fails, proxy: { default: 'cut @tls ECONNRESET', http: 'proxy-error @http CLOSED' }, causes: {} },
    ],
    [
      'silence in the tunnel',
      proxyUrl('then-silent'),
      { ...fails, proxy: { default: 'stalled @tls TLS_TIMEOUT', http: 'proxy-error @http CLOSED' }, causes: {} },
    ],
    [
      'garbage in the tunnel',
      proxyUrl('then-garbage'),
      {
        ...fails,
        proxy: { default: 'tls-failed @tls ERR_SSL_WRONG_VERSION_NUMBER', http: 'proxy-error @http CLOSED' },
        causes: {},
      },
    ],
  ])('isolated, proxy: %s', async (_name, url, expected) => {
    lab.policy(isolated);
    lab.startPms(through(url));
    expectReport(await check(), expected);
  });

  // libcurl knows no PAC, so PMS could not use such a value; the tool itself does.
  it('isolated, a PAC file leads to the proxy', async () => {
    lab.policy(isolated);
    lab.startPms(through(proxyUrl('pac')));
    expectReport(await check(), { ...fails, proxy: 'ok', causes: { 'proxy-unreachable': 'confirmed' } });
  });

  it('never shows the password', async () => {
    lab.policy({});
    lab.startPms(through(proxyUrl('auth', { login })));
    const everything = ['json', 'text', 'markdown'].map((format) =>
      lab.onPmsHost(['env', 'DEBUG=*', 'node', TOOL, 'check', '--ca', lab.ca, '--verbose', '--format', format]),
    );
    for (const { stdout, stderr } of await Promise.all(everything)) {
      expect(stdout).not.toBe('');
      expect(stdout + stderr).not.toMatch(/se(?::|%3A)cr(?:@|%40)t/i);
      expect(stdout + stderr).not.toContain(Buffer.from('lab:se:cr@t').toString('base64'));
    }
  });

  // ── families ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  it.each<[string, Policy, RouteExpectation, 'possible' | 'not-found']>([
    [
      'IPv4 dropped, IPv6 open',
      { pms4: 'drop' },
      { default: 'ok', 'ipv4 only': 'no-reply @tcp ETIMEDOUT' },
      'possible',
    ],
    ['IPv4 reset, IPv6 open', { pms4: 'reset' }, { default: 'ok', 'ipv4 only': refused }, 'possible'],
    [
      'IPv4 prohibited, IPv6 open',
      { pms4: 'reject' },
      { default: 'ok', 'ipv4 only': 'prohibited @tcp EHOSTUNREACH' },
      'possible',
    ],
    [
      'IPv6 dropped, IPv4 open',
      { pms6: 'drop' },
      { default: 'ok', 'ipv6 only': 'no-reply @tcp ETIMEDOUT' },
      'possible',
    ],
    [
      'no IPv6 at all, IPv4 open',
      { pms6: 'no-route' },
      { default: 'ok', 'ipv6 only': 'no-route @tcp ENETUNREACH' },
      'not-found',
    ],
    [
      'IPv4 dropped, no IPv6 at all',
      { pms4: 'drop', pms6: 'no-route' },
      { default: 'no-reply @tcp ETIMEDOUT', 'ipv6 only': 'no-route @tcp ENETUNREACH' },
      'not-found',
    ],
  ])('families: %s', async (_name, policy, direct, differs) => {
    lab.policy(policy);
    lab.startPms(through(proxyUrl('allowed')));
    const report = await check();
    expectReport(report, {
      direct,
      proxy: 'ok',
      // Without any IPv6 nothing is tried over it, and nothing can be stopped.
      ...(policy.pms6 === 'no-route' && policy.pms4 === undefined ? WORKS : UNDECIDED),
      causes: { 'ipv6-differs': differs },
    });
    for (const { attempts } of probed(report).map((endpoint) => endpoint.direct)) {
      expect(attempts.map((attempt) => attempt.family)).toEqual([4, 6]);
    }
  });

  // ── DNS of the PMS host ──────────────────────────────────────────────────────────────────────────────────────────────

  interface DnsRow {
    readonly policy: Policy;
    readonly resolver: ResolverMode;
    readonly code: string;
  }
  const dnsRows: readonly [string, DnsRow][] = [
    ['no reply', { policy: { dns: 'drop' }, resolver: 'normal', code: 'ETIMEOUT' }],
    ['nothing listens', { policy: { dns: 'reject-port' }, resolver: 'normal', code: 'ECONNREFUSED' }],
    ['refuses to answer', { policy: {}, resolver: 'refused', code: 'EREFUSED' }],
    ['knows internal names only', { policy: {}, resolver: 'nxdomain', code: 'ENOTFOUND' }],
  ];

  it.each(dnsRows)('local DNS: %s, proxy by address', async (_name, { policy, resolver, code }) => {
    lab.policy({ ...isolated, ...policy });
    lab.startPms(through(proxyUrl('allowed')));
    await withResolver(resolver, async () =>
      expectReport(await check(), {
        direct: `unresolved @dns ${code}`,
        proxy: 'ok',
        ...UNDECIDED,
        causes: { 'dns-fails-locally': 'possible', 'scanner-bypasses-proxy': 'possible' },
      }),
    );
  });

  it.each(dnsRows.slice(0, 2))('local DNS: %s, proxy by name', async (_name, { policy, code }) => {
    lab.policy({ ...isolated, ...policy });
    lab.startPms(through(proxyUrl('allowed', { host: PROXY_NAME })));
    expectReport(await check(), {
      direct: `unresolved @dns ${code}`,
      proxy: `proxy-unreachable @dns ${code}`,
      condition: 'would-occur',
      exitCode: 1,
      causes: { 'proxy-unreachable': 'confirmed' },
    });
  });

  it.each<[ResolverMode, 'no proxy' | 'a proxy', Partial<Report['findings'][number]>]>([
    ['sinkhole', 'no proxy', { check: 'dns-answer-private', message: 'private', verdict: 'fail', endpoint: 'plex-tv' }],
    ['sinkhole', 'a proxy', { check: 'dns-answer-private', message: 'harmless', verdict: 'pass' }],
    [
      'private',
      'no proxy',
      { check: 'dns-answer-private', message: 'private', verdict: 'fail', endpoint: 'metadata-provider' },
    ],
    ['private', 'a proxy', { check: 'dns-answer-private', message: 'harmless', verdict: 'pass' }],
    ['rebind', 'a proxy', { check: 'rebinding-protection', message: 'dropped', verdict: 'warn' }],
    ['normal', 'a proxy', { check: 'rebinding-protection', message: 'returned', verdict: 'pass' }],
  ])('local DNS lies (%s), PMS has %s', async (mode, settings, finding) => {
    lab.policy({});
    lab.startPms(settings === 'a proxy' ? through(proxyUrl('allowed')) : {});
    await withResolver(mode, async () => {
      const report = await check();
      // Behind a proxy, a name that does not lead out directly stops only a scanner that goes around it.
      const undecided = settings === 'a proxy' && (mode === 'sinkhole' || mode === 'private') ? 3 : 0;
      expect(report.summary.exitCode).toBe(finding.verdict === 'fail' ? 1 : undecided);
      expect(report.findings).toContainEqual(expect.objectContaining(finding));
    });
  });

  async function withResolver(mode: ResolverMode, run: () => Promise<void>): Promise<void> {
    lab.resolver(mode);
    try {
      await run();
    } finally {
      lab.resolver('normal');
    }
  }

  // ── the way to the proxy, and the proxy's own way ────────────────────────────────────────────────────────────────────

  it.each<[string, Policy, RouteExpectation, 'confirmed' | 'likely']>([
    ['the way to the proxy is dropped', { 'to-proxy': 'drop' }, 'proxy-unreachable @tcp ETIMEDOUT', 'confirmed'],
    [
      'the way to the proxy is prohibited',
      { 'to-proxy': 'reject' },
      'proxy-unreachable @tcp EHOSTUNREACH',
      'confirmed',
    ],
    ['the way to the proxy is reset', { 'to-proxy': 'reset' }, 'proxy-unreachable @tcp ECONNREFUSED', 'confirmed'],
    [
      'the proxy gets no connection',
      { 'proxy-egress': 'reject' },
      { default: 'proxy-error @tunnel ERR_CONNECT_FAIL 503', http: 'proxy-error @http ERR_CONNECT_FAIL 503' },
      'likely',
    ],
    // Squid 5 words its own DNS failure so; other versions say 503 ERR_DNS_FAIL.
    [
      'the proxy has no DNS',
      { 'proxy-dns': 'reject-port' },
      { default: 'proxy-error @tunnel ERR_CANNOT_FORWARD 500', http: 'proxy-error @http ERR_READ_ERROR 502' },
      'likely',
    ],
  ])('%s', async (_name, policy, proxy, state) => {
    lab.policy({ ...isolated, ...policy });
    // Squid keeps its answers for up to two seconds.
    await sleep(2_100);
    lab.startPms(through(proxyUrl('allowed')));
    expectReport(await check(), {
      ...fails,
      proxy,
      causes: { 'proxy-unreachable': state },
    });
  });

  // ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  it('no proxy configured, open network', async () => {
    lab.policy({});
    lab.startPms({});
    expectReport(await check(), { direct: 'ok', proxy: null, ...WORKS, causes: {} });
  });

  it('no proxy configured, isolated', async () => {
    lab.policy(isolated);
    lab.startPms({});
    expectReport(await check(), {
      direct: refused,
      proxy: null,
      ...FAILS,
      causes: { 'proxy-not-in-process': 'possible' },
    });
  });

  it('no_proxy excludes what a scan needs, isolated', async () => {
    lab.policy(isolated);
    lab.startPms({ ...through(proxyUrl('allowed')), no_proxy: 'localhost,127.0.0.1,::1,[::1],.plex.tv' });
    expectReport(await check(), { ...works, ...fails, causes: { 'excluded-by-no-proxy': 'confirmed' } });
  });

  it('only HTTP_PROXY in upper case, isolated', async () => {
    lab.policy(isolated);
    lab.startPms({ HTTP_PROXY: proxyUrl('allowed') });
    const report = await check();
    expect(report.scan.condition).toBe('would-occur');
    expect(report.scan.causes).toContainEqual(
      expect.objectContaining({ id: 'proxy-not-in-process', state: 'confirmed' }),
    );
  });

  it('no_proxy lacks loopback', async () => {
    lab.policy(isolated);
    lab.startPms({ ...through(proxyUrl('allowed')), no_proxy: '.int.example.com' });
    expectReport(await check(), { ...works, causes: { 'loopback-through-proxy': 'likely' } });
  });

  it('no PMS here, the proxy as an option', async () => {
    lab.policy(isolated);
    lab.stopPms();
    const report = await check(['--proxy', proxyUrl('allowed')]);
    expect(report.pms?.found).toBe(false);
    expectReport(report, { ...works, causes: {} });
  });

  it('the scanner lacks the variables that PMS has, isolated', async () => {
    lab.policy(isolated);
    lab.startPms(through(proxyUrl('allowed')), 'bare');
    const report = await check();
    expect(report.summary.exitCode).toBe(1);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ check: 'proxy-missing-in-child', verdict: 'fail' }),
    );
    // A child that was never seen to connect may need no proxy.
    for (const id of ['scanner-bypasses-proxy', 'proxy-not-in-process'])
      expect(report.scan.causes).toContainEqual(expect.objectContaining({ id, state: 'possible' }));
  });

  // ── a captive portal on the direct route ─────────────────────────────────────────────────────────────────────────────

  const portal: Policy = { pms4: 'portal', pms6: 'portal' };
  /** The portal takes the ports of the web only. */
  const onWebPorts = (report: Report): Report => ({
    ...report,
    endpoints: report.endpoints.filter(({ port }) => port === 80 || port === 443),
  });

  it('captive portal, a proxy that allows', async () => {
    lab.policy(portal);
    lab.startPms(through(proxyUrl('allowed')));
    expectReport(onWebPorts(await check()), {
      direct: {
        default: `intercepted @tls UNABLE_TO_VERIFY_LEAF_SIGNATURE`,
        http: 'captive @http FOREIGN_REDIRECT 302',
      },
      proxy: 'ok',
      ...UNDECIDED,
      causes: { 'scanner-bypasses-proxy': 'possible' },
    });
  });

  it('captive portal, no proxy', async () => {
    lab.policy(portal);
    lab.startPms({});
    expectReport(onWebPorts(await check()), {
      direct: {
        default: `intercepted @tls UNABLE_TO_VERIFY_LEAF_SIGNATURE`,
        http: 'captive @http FOREIGN_REDIRECT 302',
      },
      proxy: null,
      condition: 'would-occur',
      exitCode: 1,
      causes: { 'tls-intercepted': 'confirmed' },
    });
  });

  // ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────

  it('asks each endpoint once per route and family, those of a scan once more under the name of PMS, and sends nothing else', async () => {
    lab.policy({});
    lab.startPms(through(proxyUrl('allowed')));
    const before = { internet: lines('log/internet.log').length, squid: lines('squid/access.log').length };
    const endpoints = probed(await check());
    const asked = lines('log/internet.log')
      .slice(before.internet)
      .map((line) => requestSchema.parse(JSON.parse(line)));
    for (const { headers, method } of asked) {
      expect(method).toBe('GET');
      expect(headers['user-agent']).toMatch(/^pms-proxy-doctor\/\d/);
      // The last four are Squid's, on requests in absolute form.
      const allowed = [
        'host',
        'user-agent',
        'accept',
        'connection',
        'via',
        'x-forwarded-for',
        'cache-control',
        'surrogate-capability',
      ];
      expect(Object.keys(headers).filter((name) => !allowed.includes(name))).toEqual([]);
    }
    const families = endpoints.flatMap((endpoint) =>
      endpoint.direct.attempts.filter(({ outcome }) => outcome === 'ok'),
    );
    const ofScans = endpoints.filter(({ need }) => need === 'scan');
    expect(asked).toHaveLength(families.length + endpoints.length + ofScans.length);
    // Reaching the proxy at all is tried by a connection without a request, which Squid logs as an error.
    const tunnels = lines('squid/access.log')
      .slice(before.squid)
      .filter((line) => !line.includes('error:transaction-end-before-headers'));
    expect(tunnels.filter((line) => line.includes('pms-proxy-doctor.invalid'))).toHaveLength(1);
    expect(tunnels).toHaveLength(endpoints.length + ofScans.length + 1);
  });

  const requestSchema = z.object({ caller: z.string(), method: z.string(), headers: z.record(z.string(), z.string()) });

  function lines(file: string): readonly string[] {
    return readFileSync(`${lab.directory}/${file}`, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{') || /^\d/.test(line));
  }

  // ── policies, interruptions, rights ──────────────────────────────────────────────────────────────────────────────────

  it.each<[string, Policy, number, (all: number) => number]>([
    ['met', isolated, 0, () => 0],
    ['violated by an open network', {}, 1, (all) => all],
    // v4.plex.tv has no address of the other.
    ['violated by one open family', { pms4: 'reset' }, 1, (all) => all - 1],
  ])('--expect: isolation is %s', async (_name, policy, exitCode, violations) => {
    lab.policy(policy);
    lab.startPms(through(proxyUrl('allowed')));
    const file = `${lab.directory}/policy.yaml`;
    writeFileSync(file, 'default: { direct: blocked, proxy: ok }\n');
    const report = await check(['--expect', file]);
    expect(report.summary.exitCode).toBe(exitCode);
    expect(report.expectations?.violations.filter(({ aspect }) => aspect === 'direct')).toHaveLength(
      violations(probed(report).length),
    );
  });

  it('an interrupt after a second reports what was gathered', async () => {
    lab.policy({ pms4: 'drop', pms6: 'drop' });
    lab.startPms(through(proxyUrl('allowed')));
    const command = ['node', TOOL, 'check', '--ca', lab.ca, '--timeout', '3s', '--format', 'json'];
    const { exitCode, stdout, ms } = await lab.onPmsHost([
      'timeout',
      '--preserve-status',
      '-s',
      'INT',
      '1.5',
      ...command,
    ]);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect([exitCode, report.summary.exitCode, report.run.interrupted]).toEqual([130, 130, true]);
    expect(probed(report).map((endpoint) => seen(endpoint.proxy))).toContain('ok');
    expect(ms).toBeLessThan(2_500);
  });

  // ── the internet itself ──────────────────────────────────────────────────────────────────────────────────────────────

  it('an endpoint that is down on both routes', async () => {
    lab.policy({});
    lab.startPms(through(proxyUrl('allowed')));
    await withInternet({ cut: ['metadata.provider.plex.tv'] }, async () =>
      expectReport(await check(), {
        direct: { default: 'ok', metadata: 'cut @http CLOSED' },
        proxy: { default: 'ok', metadata: 'cut @http CLOSED' },
        condition: 'would-occur',
        exitCode: 1,
        causes: { 'endpoint-down': 'likely' },
      }),
    );
  });

  it('an endpoint that says nothing', async () => {
    lab.policy({});
    lab.startPms(through(proxyUrl('allowed')));
    await withInternet({ stall: ['fanart.tv'] }, async () => {
      const report = await check();
      const silent = report.endpoints.find((endpoint) => endpoint.host === 'fanart.tv');
      expect([seen(silent?.direct ?? null), seen(silent?.proxy ?? null)]).toEqual([
        'stalled @http HTTP_TIMEOUT',
        'stalled @http HTTP_TIMEOUT',
      ]);
      expect(report.summary.exitCode).toBe(0);
    });
  });

  it('the clock of this host is two hours behind', async () => {
    lab.policy({});
    lab.startPms(through(proxyUrl('allowed')));
    await withInternet({ skewSeconds: 7_200 }, async () => {
      const report = await check();
      expect(report.findings).toContainEqual(expect.objectContaining({ check: 'clock-skew' }));
      expect(report.findings.find((finding) => finding.check === 'clock-skew')?.verdict).toMatch(/^(?:warn|fail)$/);
    });
  });

  async function withInternet(behaviour: Parameters<Lab['internet']>[0], run: () => Promise<void>): Promise<void> {
    lab.internet(behaviour);
    try {
      await run();
    } finally {
      lab.internet({});
    }
  }

  it('a proxy that intercepts with a root that counts as public is shown by comparing both routes', async () => {
    lab.policy({});
    lab.startPms(through(proxyUrl('bump')));
    const both = `${lab.directory}/both-roots.pem`;
    writeFileSync(both, ['ca', 'bump-ca'].map((name) => readFileSync(`${lab.directory}/${name}.pem`, 'utf8')).join(''));
    const report = await check([], both);
    expect(probed(report).map((e) => [e.id, e.conclusion])).toEqual(probed(report).map((e) => [e.id, 'both']));
    expect(report.findings).toContainEqual(expect.objectContaining({ check: 'certificate-differs', verdict: 'warn' }));
  });

  it('openness although a proxy is configured is told, per family', async () => {
    lab.startPms(through(proxyUrl('allowed')));
    const words: Record<string, string> = {};
    for (const [name, policy] of Object.entries<Policy>({
      both: {},
      ipv4: { pms6: 'reset' },
      ipv6: { pms4: 'reset' },
      none: isolated,
    })) {
      lab.policy(policy);
      const finding = (await check()).findings.find((each) => each.check === 'direct-egress-open');
      words[name] = `${finding?.verdict} ${finding?.message}`;
    }
    expect(words).toEqual({ both: 'warn both', ipv4: 'warn ipv4-only', ipv6: 'warn ipv6-only', none: 'pass closed' });
  });
});
