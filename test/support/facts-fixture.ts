import type { Decision, DialectId, Target } from '../../src/core/dialects/dialect.ts';
import type { Endpoint } from '../../src/core/endpoint.ts';
import {
  NO_EXPERIMENT,
  NO_PMS_LOG,
  NOT_WATCHED,
  ok,
  PMS_NOT_ASKED,
  type AttemptRecord,
  type Evidence,
  type HttpRecord,
  type Pms,
  type ProxyProbe,
  type ResolverFacts,
  type Settings,
  type SettingsSource,
  type TlsRecord,
} from '../../src/core/evidence.ts';
import type { Experiment } from '../../src/core/experiment.ts';
import type { Facts, Routing } from '../../src/core/facts.ts';
import type { Family, Outcome, Route, Stage } from '../../src/core/outcome.ts';
import { observe } from '../../src/core/observed.ts';
import { judgeEndpoints } from '../../src/core/results.ts';
import { withSeen } from '../../src/core/seen-results.ts';
import { libraryNeed, withNeeds, type Library, type PmsStatus } from '../../src/core/pms-status.ts';
import type { PmsLog, Traffic } from '../../src/core/traffic.ts';

/** One attempt in short: an outcome, or an outcome with what else was seen. */
export interface AttemptPlan {
  readonly outcome: Outcome;
  readonly code?: string | null;
  readonly status?: number | null;
  readonly ms?: number | null;
  readonly address?: string | null;
  readonly scope?: AttemptRecord['scope'];
  readonly form?: AttemptRecord['form'];
  readonly via?: string;
  readonly authSchemes?: readonly string[];
  readonly tls?: Partial<TlsRecord> | null;
  readonly http?: Partial<HttpRecord> | null;
}

/** What one route gives for one endpoint: the same for both families, or one plan per family (direct route only). */
export type RoutePlan =
  | Outcome
  | AttemptPlan
  | { readonly 4: Outcome | AttemptPlan; readonly 6: Outcome | AttemptPlan };

/** One plan for all endpoints, or plans by endpoint id, `'*'` for the rest. */
export type Plan = RoutePlan | { readonly [endpoint: string]: RoutePlan };

/** Overrides of the healthy proxied network that {@link factsFixture} gives. */
export interface FixtureOptions {
  readonly endpoints?: readonly Endpoint[];
  /** Variables of the judged source, as set. Default: https_proxy and http_proxy of {@link PROXY}, and a no_proxy. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Id of the judged source; default `pid:812`. */
  readonly used?: string;
  readonly basis?: Settings['basis'];
  /** Sources beside the judged one: see {@link source}. */
  readonly otherSources?: readonly SettingsSource[];
  /** Direct route; default: nothing gets out (`no-reply`). */
  readonly direct?: Plan;
  /** Proxy route; default `ok`. null: no proxy is known, nothing was attempted. */
  readonly viaProxy?: Plan | null;
  /** The probe of the proxy itself. */
  readonly proxy?: Partial<ProxyProbe>;
  readonly pms?: Partial<Pms>;
  readonly resolver?: Partial<ResolverFacts>;
  readonly pmsDialect?: DialectId;
  /** What was seen of PMS's traffic; default: nobody watched. */
  readonly traffic?: Traffic;
  readonly pmsLog?: PmsLog;
  /** Scans that PMS was asked for; default: none. */
  readonly experiment?: Experiment;
  /** What PMS says of itself, where it differs from {@link PMS_STATUS}; default: it was not asked. */
  readonly pmsStatus?: Partial<PmsStatus>;
  readonly pmsDialectKnown?: boolean;
  /** What differs from the plain reading of the variables, per client and target; null or undefined: nothing does. */
  readonly decide?: (dialect: DialectId, target: Target) => Partial<Decision> | null | undefined;
  /** Whole items, given last: `{ resolver: notRun('…', '…') }`. */
  readonly items?: Partial<Facts>;
}

export const PROXY = 'http://forward-proxy.example.net:3128';

const HEALTHY_VARIABLES = { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'localhost,127.0.0.1,::1,[::1]' };

/** An endpoint with sensible defaults: `endpoint('plex.tv', { need: 'scan' })`. */
export function endpoint(host: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    id: host,
    kind: 'host',
    host,
    probeHost: host,
    port: 443,
    scheme: 'https',
    purpose: 'test',
    need: 'feature',
    needByAgent: {},
    breaks: 'nothing',
    mark: 'seen',
    source: 'test',
    telemetry: false,
    path: '/',
    accepts: null,
    custom: false,
    ...more,
  };
}

/** A small catalogue: two needed for a scan, two features, one over plain HTTP, one that nobody needs. */
export const ENDPOINTS: readonly Endpoint[] = [
  endpoint('plex.tv', { need: 'scan', purpose: 'sign-in' }),
  endpoint('metadata.provider.plex.tv', { need: 'scan', purpose: 'matching' }),
  endpoint('downloads.plex.tv', { purpose: 'codecs, updates' }),
  endpoint('v4.plex.tv', { need: 'optional', purpose: 'public address' }),
  endpoint('resources-cdn.plexapp.com', { port: 80, scheme: 'http', purpose: 'legacy agents' }),
  endpoint('metrics.plex.tv', { need: 'optional', purpose: 'telemetry', telemetry: true }),
];

/** A source of variables: `source('unit:plexmediaserver.service', 'unit', { https_proxy: … })`. */
export function source(
  id: string,
  kind: SettingsSource['kind'],
  variables: Readonly<Record<string, string>>,
  more: Partial<SettingsSource> = {},
): SettingsSource {
  const listed = Object.entries(variables).map(([name, value]) => ({ name, value, from: id }));
  return { id, kind, process: null, pid: null, variables: ok(listed), ...more };
}

/**
 * Facts of a healthy proxied network: PMS runs, its environment names a proxy that answers, every endpoint works through it,
 * nothing gets out directly, local DNS works. Options replace what a row is about.
 */
export function factsFixture(options: FixtureOptions = {}): Facts {
  const endpoints = withNeeds(options.endpoints ?? ENDPOINTS, options.pmsStatus?.sections ?? null);
  const variables = options.variables ?? HEALTHY_VARIABLES;
  const viaProxy = options.viaProxy === undefined ? 'ok' : options.viaProxy;
  const direct = endpoints.flatMap((e) => directAttempts(e, planFor(options.direct ?? 'no-reply', e.id)));
  const proxied = endpoints.flatMap((e) => (viaProxy === null ? [] : proxyAttempt(e, planFor(viaProxy, e.id))));
  const routing = routingOf(endpoints, variables, options);
  const results = judgeEndpoints(endpoints, direct, viaProxy === null ? null : proxied, ({ id }) =>
    Object.fromEntries(Object.entries(routing.decisions[id] ?? {}).map(([dialect, { route }]) => [dialect, route])),
  );
  const items: Evidence['items'] = {
    endpoints: ok(endpoints),
    pms: ok({ ...PMS, ...options.pms }),
    settings: ok(settingsOf(variables, options)),
    proxies: ok(viaProxy === null ? [] : [{ ...PROXY_PROBE, ...options.proxy }]),
    'attempts.direct': ok(direct),
    'attempts.proxy': ok(proxied),
    resolver: ok({ ...resolverOf(endpoints), ...options.resolver }),
    traffic: options.traffic ? ok(options.traffic) : NOT_WATCHED,
    pmsLog: options.pmsLog ? ok(options.pmsLog) : NO_PMS_LOG,
    experiment: options.experiment ? ok(options.experiment) : NO_EXPERIMENT,
    pmsStatus: options.pmsStatus ? ok({ ...PMS_STATUS, ...options.pmsStatus }) : PMS_NOT_ASKED,
  };
  const observed = options.traffic ? observe(options.traffic, items, routing) : null;
  return {
    ...items,
    results: ok(observed ? results.map((each) => withSeen(each, observed)) : results),
    routing: ok(routing),
    observed: observed ? ok(observed) : NOT_WATCHED,
    ...options.items,
  };
}

const PMS: Pms = {
  found: true,
  foundBy: 'exe',
  version: '1.41.3.9314',
  pid: 812,
  unit: 'plexmediaserver.service',
  container: null,
  exe: '/usr/lib/plexmediaserver/Plex Media Server',
  otherNetwork: false,
  processes: [{ pid: 812, ppid: 1, name: 'Plex Media Server' }],
  libcurl: ok({ version: '8.4.0', file: '/usr/lib/plexmediaserver/lib/libcurl.so.4' }),
  caBundle: ok({ file: '/usr/lib/plexmediaserver/Resources/cacert.pem', roots: 140 }),
};

/** A PMS that is signed in, and says nothing of its providers and libraries unless told. */
export const PMS_STATUS: PmsStatus = {
  base: 'http://127.0.0.1:32400',
  tokenFrom: 'local-admin-token',
  version: '1.41.3.9314',
  claimed: true,
  signIn: 'ok',
  mapping: 'mapped',
  mappingError: null,
  providers: null,
  sections: null,
  troubles: [],
};

/** A library: `library('4', 'artist', 'tv.plex.agents.music')`. */
export function library(id: string, type: string, agent: string): Library {
  return { id, type, agent, scanner: 'Plex Music', needs: libraryNeed({ agent, type }), locations: 1 };
}

/** The probe of a proxy that works. */
export const PROXY_PROBE: ProxyProbe = {
  url: PROXY,
  scheme: 'http',
  host: 'forward-proxy.example.net',
  port: 3128,
  from: 'https_proxy of pid:812',
  addresses: [{ address: '10.0.0.3', scope: 'private' }],
  outcome: 'ok',
  code: null,
  detail: null,
  stages: [
    { stage: 'dns', ms: 1, ok: true, detail: null },
    { stage: 'tcp', ms: 1, ok: true, detail: null },
    { stage: 'tunnel', ms: 2, ok: true, detail: null },
  ],
  invalidName: { status: 503, error: 'ERR_DNS_FAIL' },
  authSchemes: [],
  software: 'squid',
};

function settingsOf(variables: Readonly<Record<string, string>>, options: FixtureOptions): Settings {
  const used = options.used ?? 'pid:812';
  const judgedSource = source(used, 'process', variables, { process: 'Plex Media Server', pid: 812 });
  return {
    used,
    basis: options.basis ?? 'observed',
    why: 'the environment of the running server',
    sources: [judgedSource, ...(options.otherSources ?? [])],
  };
}

function resolverOf(endpoints: readonly Endpoint[]): ResolverFacts {
  return {
    servers: ['10.0.0.53'],
    lookups: endpoints.flatMap((e) => [lookup(e.host, 4), lookup(e.host, 6)]),
    system: null,
    rebinding: ok({ private: 'returned', public: 'returned', code: null }),
  };
}

/** One lookup that found a public address: `lookup('plex.tv', 4, { addresses: [], code: 'ENOTFOUND' })`. */
export function lookup(
  host: string,
  family: Family,
  more: Partial<ResolverFacts['lookups'][number]> = {},
): ResolverFacts['lookups'][number] {
  const addresses = [{ address: publicAddress(family), scope: 'public' as const }];
  return { host, family, source: 'dns', addresses, code: null, ms: 3, ...more };
}

function publicAddress(family: Family): string {
  return family === 4 ? '203.0.113.10' : '2001:db8::10';
}

// ── plans → attempts ─────────────────────────────────────────────────────────────────────────────────────────

function planFor(plan: Plan, id: string): RoutePlan {
  if (typeof plan === 'string' || isAttemptPlan(plan) || isFamilyPlan(plan)) return plan;
  return plan[id] ?? plan['*'] ?? 'ok';
}

function isAttemptPlan(plan: object): plan is AttemptPlan {
  return 'outcome' in plan && typeof plan.outcome === 'string';
}

function isFamilyPlan(plan: object): plan is Exclude<RoutePlan, Outcome | AttemptPlan> {
  return 4 in plan && 6 in plan;
}

function asAttemptPlan(plan: RoutePlan, family: Family): AttemptPlan {
  if (typeof plan === 'string') return { outcome: plan };
  return isFamilyPlan(plan) ? asAttemptPlan(plan[family], family) : plan;
}

function directAttempts(e: Endpoint, plan: RoutePlan): AttemptRecord[] {
  return ([4, 6] as const).map((family) => {
    const one = asAttemptPlan(plan, family);
    const address = one.outcome === 'unresolved' ? null : publicAddress(family);
    return attempt(e, 'direct', { family, address, scope: address === null ? null : 'public' }, one);
  });
}

function proxyAttempt(e: Endpoint, plan: RoutePlan): AttemptRecord {
  const form = e.scheme === 'http' ? 'absolute' : 'connect';
  return attempt(e, 'proxy', { via: PROXY, form }, asAttemptPlan(plan, 4));
}

/** The stage at which an attempt with this outcome ends; 'tls' stands for 'http' where there is no TLS. */
const END_STAGE: Readonly<Record<Outcome, Stage | null>> = {
  ok: 'http',
  captive: 'http',
  unresolved: 'dns',
  refused: 'tcp',
  prohibited: 'tcp',
  'no-route': 'tcp',
  'no-reply': 'tcp',
  'proxy-unreachable': 'tunnel',
  'proxy-silent': 'tunnel',
  'proxy-auth': 'tunnel',
  denied: 'tunnel',
  'proxy-error': 'tunnel',
  'tls-untrusted': 'tls',
  intercepted: 'tls',
  'tls-failed': 'tls',
  cut: 'tls',
  stalled: 'tls',
  'not-run': null,
};

function endStage(outcome: Outcome, scheme: Endpoint['scheme']): Stage | null {
  const stage = END_STAGE[outcome];
  return stage === 'tls' && scheme === 'http' ? 'http' : stage;
}

const STATUS: Partial<Record<Outcome, number>> = { ok: 200, denied: 403, 'proxy-auth': 407, 'proxy-error': 503 };

const CODE: Partial<Record<Outcome, string>> = {
  unresolved: 'ENOTFOUND',
  refused: 'ECONNREFUSED',
  prohibited: 'EHOSTUNREACH',
  'no-reply': 'ETIMEDOUT',
  denied: 'ERR_ACCESS_DENIED',
  'proxy-auth': 'ERR_CACHE_ACCESS_DENIED',
  'proxy-error': 'ERR_CONNECT_FAIL',
  'not-run': 'NO_PROXY_CONFIGURED',
};

function attempt(e: Endpoint, route: Route, base: Partial<AttemptRecord>, plan: AttemptPlan): AttemptRecord {
  const stage = endStage(plan.outcome, e.scheme);
  const handshaken = ['ok', 'captive', 'tls-untrusted', 'intercepted'].includes(plan.outcome);
  const ms = plan.ms === undefined ? 40 : plan.ms;
  return {
    endpoint: e.id,
    route,
    family: null,
    address: null,
    scope: null,
    via: null,
    form: null,
    outcome: plan.outcome,
    code: CODE[plan.outcome] ?? null,
    detail: null,
    stages: stage === null ? [] : [{ stage, ms: ms ?? 0, ok: plan.outcome === 'ok', detail: null }],
    status: STATUS[plan.outcome] ?? null,
    authSchemes: [],
    ...base,
    ...given(plan),
    ms,
    tls: e.scheme === 'https' && handshaken ? tlsRecord(plan) : null,
    http: stage === 'http' ? { ...HTTP, status: plan.status ?? 200, ...plan.http } : null,
  };
}

function given(plan: AttemptPlan): Partial<AttemptRecord> {
  const { tls: _tls, http: _http, ms: _ms, ...rest } = plan;
  return rest;
}

const HTTP: HttpRecord = {
  status: 200,
  date: '2026-01-01T12:00:00.000Z',
  receivedAt: '2026-01-01T12:00:00.000Z',
  redirectHost: null,
  server: null,
  html: false,
  proxyHeaders: {},
  callerAddress: null,
};

function tlsRecord(plan: AttemptPlan): TlsRecord {
  const trusted = plan.outcome === 'ok' || plan.outcome === 'captive';
  return {
    version: 'TLSv1.3',
    alpn: null,
    subject: 'CN=*.plex.tv',
    issuer: trusted ? 'CN=Public CA' : 'CN=Inspection CA',
    fingerprint256: trusted ? 'AA:01' : 'BB:01',
    validFrom: '2025-12-01T00:00:00.000Z',
    validTo: '2026-12-01T00:00:00.000Z',
    trusted,
    trustedByPms: trusted,
    anchor: trusted
      ? { subject: 'CN=Public Root', fingerprint256: 'AA:00' }
      : { subject: 'CN=Inspection CA', fingerprint256: 'BB:00' },
    error: trusted ? null : 'SELF_SIGNED_CERT_IN_CHAIN',
    ...plan.tls,
  };
}

// ── routing ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function routingOf(
  endpoints: readonly Endpoint[],
  variables: Readonly<Record<string, string>>,
  options: FixtureOptions,
): Routing {
  const pmsDialect = options.pmsDialect ?? 'curl-7.87';
  const decideAll = (target: Target): Record<DialectId, Decision> =>
    byDialect((dialect) => ({ ...plainReading(variables, target), ...options.decide?.(dialect, target) }));
  const decisions = Object.fromEntries(endpoints.map((e) => [e.id, decideAll(e)]));
  return {
    pmsDialect,
    pmsDialectKnown: options.pmsDialectKnown ?? true,
    configured: Object.values(decisions).some((d) => d[pmsDialect].route === 'proxy'),
    decisions,
    loopback: ['localhost', '127.0.0.1', '::1'].map((host) => ({
      host,
      decisions: decideAll({ scheme: 'http', host, port: 32_400 }),
    })),
  };
}

function byDialect(decide: (dialect: DialectId) => Decision): Record<DialectId, Decision> {
  return {
    curl: decide('curl'),
    'curl-7.85': decide('curl-7.85'),
    'curl-7.86': decide('curl-7.86'),
    'curl-7.87': decide('curl-7.87'),
    'curl-8.9': decide('curl-8.9'),
    'curl-8.18': decide('curl-8.18'),
    'python-urllib': decide('python-urllib'),
    'python-requests': decide('python-requests'),
    go: decide('go'),
    'node-fetch': decide('node-fetch'),
    'node-http': decide('node-http'),
    wget: decide('wget'),
    java: decide('java'),
  };
}

/** What no client disputes: lower-case variable of the scheme, an entry of no_proxy that equals the host or is its domain. */
function plainReading(variables: Readonly<Record<string, string>>, target: Target): Decision {
  const none = { proxy: null, variable: null, excludedBy: null, error: null };
  const variable = `${target.scheme}_proxy`;
  const proxy = variables[variable];
  if (proxy === undefined) return { route: 'direct', ...none };
  const excludedBy = (variables['no_proxy'] ?? '').split(',').find((entry) => {
    const name = entry.trim().replace(/^\./, '');
    return name !== '' && (target.host === name || target.host.endsWith(`.${name}`));
  });
  if (excludedBy !== undefined)
    return { route: 'direct', ...none, variable: 'no_proxy', excludedBy: excludedBy.trim() };
  return { route: 'proxy', ...none, proxy, variable };
}
