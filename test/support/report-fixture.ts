import { CATALOGUE } from '../../src/catalog/catalogue.ts';
import type { Endpoint } from '../../src/core/endpoint.ts';
import type { Outcome, Stage } from '../../src/core/outcome.ts';
import {
  CAUSES,
  type Attempt,
  type Cause,
  type CauseId,
  type Conclusion,
  type EndpointResult,
  type Finding,
  type Report,
  type TrafficReport,
  type RouteResult,
} from '../../src/core/report.ts';
import { OBSERVED_REPORTS } from './observed-fixture.ts';
import { watcher } from './traffic-fixture.ts';

/** What one route gave: an outcome with the status and time that are usual for it, or those too. */
export interface RoutePlan {
  readonly outcome: Outcome;
  readonly status?: number;
  readonly ms?: number;
  readonly code?: string;
}
export interface EndpointPlan {
  readonly direct: RoutePlan;
  readonly proxy: RoutePlan | null;
}

const STAGE_OF: Readonly<Partial<Record<Outcome, Stage>>> = {
  ok: 'http',
  unresolved: 'dns',
  'no-reply': 'tcp',
  denied: 'tunnel',
  intercepted: 'tls',
};

export function route({ outcome, status, ms, code }: RoutePlan, address: string | null): RouteResult {
  const stage = STAGE_OF[outcome] ?? null;
  const took = outcome === 'not-run' ? null : (ms ?? 41);
  const attempt: Attempt = {
    family: address === null ? null : 4,
    address,
    outcome,
    code: code ?? null,
    stages: stage === null ? [] : [{ stage, ms: took ?? 0, ok: outcome === 'ok', detail: null }],
    tls:
      outcome === 'ok' || outcome === 'intercepted'
        ? {
            version: 'TLSv1.3',
            alpn: null,
            subject: 'CN=plex.tv',
            issuer: outcome === 'ok' ? 'CN=R11, O=Public Authority' : 'CN=Inspection CA, O=Example Corp',
            fingerprint256: Array.from({ length: 32 }, (_, i) => (i * 7 + 16).toString(16).padStart(2, '0').slice(-2))
              .join(':')
              .toUpperCase(),
            trusted: outcome === 'ok',
          }
        : null,
  };
  return { outcome, stage, code: code ?? null, ms: took, status: status ?? null, attempts: [attempt] };
}

function concluded({ direct, proxy }: EndpointPlan): Conclusion {
  const outcomes = [direct.outcome, proxy?.outcome];
  if (outcomes.includes('intercepted')) return 'intercepted';
  if (outcomes.includes('not-run')) return 'undecided';
  const [directOk, proxyOk] = outcomes.map((outcome) => outcome === 'ok');
  if (directOk) return proxyOk ? 'both' : 'direct-only';
  return proxyOk ? 'proxy-only' : 'neither';
}

export function endpointResult(endpoint: Endpoint, plan: EndpointPlan): EndpointResult {
  const { id, host, port, scheme, purpose, need, source } = endpoint;
  return {
    id,
    host,
    port,
    scheme,
    purpose,
    need,
    source,
    direct: route(plan.direct, '203.0.113.10'),
    proxy: plan.proxy === null ? null : route(plan.proxy, null),
    conclusion: concluded(plan),
    configured: { curl: plan.proxy === null ? 'direct' : 'proxy', go: plan.proxy === null ? 'direct' : 'proxy' },
    observed: null,
  };
}

export function finding(check: string, more: Partial<Finding> = {}): Finding {
  return {
    check,
    verdict: 'fail',
    severity: 'high',
    message: 'said',
    args: {},
    text: `Something about ${check}.`,
    remedy: `Mend ${check}.`,
    endpoint: null,
    supersededBy: null,
    causes: [],
    ...more,
  };
}

export function cause(
  id: CauseId,
  state: Cause['state'],
  because: readonly string[],
  remedy: string | null = null,
): Cause {
  return { id, state, because, remedy };
}

/** Every cause is in a report; those not named are unknown. */
export function allCauses(known: readonly Cause[]): readonly Cause[] {
  return CAUSES.map(
    (id) =>
      known.find((one) => one.id === id) ?? cause(id, 'unknown', ["needs PMS's own state: not asked in this run"]),
  );
}

const PROXY_URL = 'http://<proxy-1>:3128';
const DROPPED: RoutePlan = { outcome: 'no-reply', ms: 3000, code: 'BUDGET_SPENT' };
const ALLOWED: RoutePlan = { outcome: 'ok', status: 302, ms: 41 };
const DENIED: RoutePlan = { outcome: 'denied', status: 403, ms: 2, code: 'ERR_ACCESS_DENIED' };

/** All endpoints of the catalogue that are probed, by one plan. */
export function endpointResults(plan: (endpoint: Endpoint) => EndpointPlan): readonly EndpointResult[] {
  return CATALOGUE.filter(({ kind }) => kind === 'host').map((endpoint) => endpointResult(endpoint, plan(endpoint)));
}

/** Somebody watched for a minute, and nothing is in these lists yet. */
export const EMPTY_TRAFFIC: TrafficReport = {
  watchers: [watcher('capture')],
  flows: [],
  questions: [],
  unlisted: [],
  omitted: 0,
};

/** A healthy isolated PMS: direct egress is dropped, the proxy allows everything but telemetry. */
export function reportFixture(more: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    tool: { name: 'pms-proxy-doctor', version: '0.1.0' },
    run: {
      command: 'check',
      startedAt: '2026-11-22T14:03:09.120Z',
      durationMs: 3412,
      sanitized: true,
      platform: 'linux x64, Node.js 20.20.2',
      interrupted: false,
    },
    pms: {
      found: true,
      version: '1.41.8.9834-aaaabbbbc',
      pid: 812,
      unit: 'plexmediaserver.service',
      container: null,
      signIn: null,
      mapping: null,
    },
    proxy: {
      configured: true,
      url: PROXY_URL,
      noProxy: 'localhost,127.0.0.1,.<domain-1>',
      source: 'pid:812',
      why: 'its environment was read.',
      basis: 'observed',
      variables: [
        { name: 'https_proxy', value: PROXY_URL, from: '/proc/812/environ' },
        { name: 'http_proxy', value: PROXY_URL, from: '/proc/812/environ' },
        { name: 'no_proxy', value: 'localhost,127.0.0.1,.<domain-1>', from: '/proc/812/environ' },
      ],
      dialects: {
        'curl-7.87': { url: PROXY_URL, notes: ['the rules of the libcurl that PMS bundles'] },
        java: { url: null, notes: ['reads no variables'] },
      },
    },
    endpoints: endpointResults(({ telemetry }) => ({ direct: DROPPED, proxy: telemetry ? DENIED : ALLOWED })),
    bypasses: [],
    traffic: null,
    pmsLog: null,
    experiment: null,
    experimentReason: null,
    scan: {
      condition: 'not-found',
      sections: [],
      causes: allCauses([
        cause(
          'scanner-bypasses-proxy',
          'possible',
          [
            'direct connections to plex.tv, metadata.provider.plex.tv are blocked; a process that goes around the proxy would fail',
          ],
          'Watch a scan of a library with new content.',
        ),
        cause('proxy-denies', 'ruled-out', [
          'the proxy answered 302 for plex.tv in 41 ms',
          'the proxy answered 200 for metadata.provider.plex.tv in 38 ms',
        ]),
        cause('tls-intercepted', 'ruled-out', ['every certificate on the way PMS takes ends at a trusted root']),
      ]),
    },
    findings: [
      finding('certificate-swapped', {
        verdict: 'pass',
        text: 'No endpoint is answered by somebody in the middle.',
        remedy: null,
      }),
      finding('proxy-denies-unneeded', {
        verdict: 'warn',
        severity: 'info',
        text: 'The proxy denies metrics.plex.tv, which nobody needs.',
        remedy: 'Nothing: leave it blocked.',
        endpoint: 'metrics',
      }),
    ],
    expectations: null,
    summary: {
      verdict: 'ok',
      exitCode: 0,
      because: 'every endpoint that a scan needs answers through the proxy',
      counts: {},
    },
    sanitizer: { removed: { proxy: 4, domain: 2, 'public-ip': 31 } },
    ...more,
  };
}

const base = reportFixture();

/** One report a situation, for tests and for reading. */
export const REPORTS = {
  ...OBSERVED_REPORTS,
  allowed: base,
  denied: reportFixture({
    endpoints: endpointResults(({ need, host }) => ({
      direct: DROPPED,
      proxy:
        need === 'optional' || host === 'metadata.provider.plex.tv' || host === 'images.plex.tv' ? DENIED : ALLOWED,
    })),
    bypasses: ['curl-7.87', 'wget'].map((dialect) => ({
      host: 'downloads.plex.tv',
      address: null,
      port: 443,
      process: null,
      pid: null,
      outcome: null,
      count: 0,
      kind: 'configured' as const,
      dialects: [dialect, 'python-urllib'],
      evidence: ['settings' as const],
    })),
    scan: {
      condition: 'would-occur',
      sections: [],
      causes: allCauses([
        cause(
          'proxy-denies',
          'confirmed',
          ['the proxy answered 403 for metadata.provider.plex.tv:443 in 2 ms'],
          'Allow metadata.provider.plex.tv on the proxy for the PMS host, by name and without authentication; or put credentials into the proxy variable.',
        ),
        cause('not-signed-in', 'unknown', ["needs PMS's own state: not asked in this run"]),
        cause('tls-intercepted', 'ruled-out', ['every certificate on the way PMS takes ends at a trusted root']),
      ]),
    },
    findings: [
      finding('proxy-denies-needed', {
        text: 'The proxy denies metadata.provider.plex.tv (403), which a scan needs.',
        remedy: 'Allow metadata.provider.plex.tv on the proxy.',
        endpoint: 'metadata-provider',
      }),
      finding('endpoint-down', {
        text: 'metadata.provider.plex.tv answers on no route.',
        remedy: 'Wait until it is back.',
        supersededBy: 'proxy-denies-needed',
      }),
      ...['pubsub.plex.tv', 'v4.plex.tv', 'v6.plex.tv', 'discover.provider.plex.tv'].map((host) =>
        finding('proxy-denies-unneeded', {
          verdict: 'warn',
          severity: 'info',
          text: `The proxy denies ${host}.`,
          remedy: 'Nothing.',
        }),
      ),
      finding('rebinding-protection', {
        verdict: 'inconclusive',
        message: 'DNS_SILENT',
        text: 'the local DNS server did not answer',
        remedy: null,
      }),
      finding('dns-differs', {
        verdict: 'inconclusive',
        message: 'DNS_SILENT',
        text: 'the local DNS server did not answer',
        remedy: null,
      }),
      finding('clock-skew', { verdict: 'crashed', message: 'crashed', text: 'Invalid time value', remedy: null }),
    ],
    summary: { verdict: 'problems', exitCode: 1, because: 'the proxy denies metadata.provider.plex.tv', counts: {} },
  }),
  noProxy: reportFixture({
    pms: null,
    proxy: {
      configured: false,
      url: null,
      noProxy: null,
      source: 'shell',
      why: 'its environment was read.',
      basis: 'assumed',
      variables: [],
      dialects: {},
    },
    endpoints: endpointResults(() => ({ direct: { outcome: 'ok', status: 200, ms: 80 }, proxy: null })),
    scan: { condition: 'unknown', sections: [], causes: allCauses([]) },
    findings: [finding('no-proxy', { verdict: 'inconclusive', text: 'no proxy is configured', remedy: null })],
    summary: { verdict: 'undecided', exitCode: 3, because: 'no PMS was found and no proxy is configured', counts: {} },
  }),
  interrupted: reportFixture({
    run: { ...base.run, interrupted: true, durationMs: 850 },
    endpoints: endpointResults(({ need }) => ({
      direct: { outcome: 'not-run', code: 'INTERRUPTED' },
      proxy: need === 'scan' ? ALLOWED : { outcome: 'not-run', code: 'INTERRUPTED' },
    })),
    scan: { condition: 'unknown', sections: [], causes: allCauses([]) },
    summary: { verdict: 'undecided', exitCode: 130, because: 'the run was interrupted by SIGINT', counts: {} },
  }),
  intercepted: reportFixture({
    endpoints: endpointResults(() => ({
      direct: DROPPED,
      proxy: { outcome: 'intercepted', ms: 60, code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    })),
    scan: {
      condition: 'would-occur',
      sections: [],
      causes: allCauses([
        cause(
          'tls-intercepted',
          'confirmed',
          ['the chain ends at "<ca-1>"'],
          'Exclude plex.tv from TLS inspection (Squid: splice instead of bump).',
        ),
      ]),
    },
    findings: [
      finding('certificate-swapped', {
        text: 'plex.tv is answered on the proxy route with a certificate issued by "<ca-1>".',
        remedy: 'Exclude plex.tv from TLS inspection (Squid: splice instead of bump).',
      }),
    ],
    summary: { verdict: 'problems', exitCode: 1, because: 'TLS to plex.tv is intercepted', counts: {} },
  }),
  expectations: reportFixture({
    expectations: {
      policy: 'egress-policy.yaml',
      checked: 62,
      violations: [
        { endpoint: 'plex-tv', host: 'plex.tv', aspect: 'direct', expected: 'blocked', actual: 'ok' },
        { endpoint: 'metrics', host: 'metrics.plex.tv', aspect: 'proxy', expected: 'denied', actual: 'ok' },
      ],
    },
    summary: { verdict: 'problems', exitCode: 1, because: '2 of 62 expectations are not met', counts: {} },
  }),
  reproduced: reportFixture({
    traffic: EMPTY_TRAFFIC,
    bypasses: [
      {
        host: 'metadata.provider.plex.tv',
        address: '<public-ip-1>',
        port: 443,
        process: 'Plex Media Scanner',
        pid: 931,
        outcome: 'no-reply',
        count: 4,
        kind: 'observed',
        dialects: [],
        evidence: ['capture', 'access-log'],
      },
    ],
    scan: {
      condition: 'reproduced',
      sections: [{ id: '1', type: 'music', agent: 'tv.plex.agents.music', status: 503, condition: 'reproduced' }],
      causes: allCauses([
        cause(
          'scanner-bypasses-proxy',
          'confirmed',
          ['Plex Media Scanner connects to metadata.provider.plex.tv directly; blocked; the proxy was never asked'],
          'Let the scanner out.',
        ),
      ]),
    },
    summary: { verdict: 'problems', exitCode: 1, because: 'the condition was reproduced', counts: {} },
  }),
} as const satisfies Readonly<Record<string, Report>>;
