import * as z from 'zod/mini';
import { needSchema } from './endpoint.ts';
import { experimentSchema } from './experiment.ts';
import { inputFileSchema, reasonSchema } from './evidence.ts';
import { OUTCOMES, STAGES } from './outcome.ts';
import { pmsStatusSchema } from './pms-status.ts';
import { list, obj } from './schema.ts';
import { dnsQuestionSchema, flowShape, pmsLogSchema, watcherSchema } from './traffic.ts';

/** The JSON report: `docs/report.schema.json` is generated from these schemas. Additions are compatible; null = not attempted. */

export const attemptSchema = obj({
  family: z.nullable(z.union([z.literal(4), z.literal(6)])),
  address: z.nullable(z.string()),
  outcome: z.enum(OUTCOMES),
  code: z.nullable(z.string()),
  stages: list(obj({ stage: z.enum(STAGES), ms: z.number(), ok: z.boolean(), detail: z.nullable(z.string()) })),
  tls: z.nullable(
    obj({
      version: z.string(),
      alpn: z.nullable(z.string()),
      subject: z.string(),
      issuer: z.string(),
      fingerprint256: z.string(),
      trusted: z.boolean(),
    }),
  ),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const routeResultSchema = obj({
  outcome: z.enum(OUTCOMES),
  stage: z.nullable(z.enum(STAGES)),
  code: z.nullable(z.string()),
  ms: z.nullable(z.number()),
  status: z.nullable(z.int()),
  attempts: list(attemptSchema),
  /** Present where nobody probed this route: the outcome is what PMS's own connections were seen to meet. */
  basis: z.optional(z.literal('observed')),
});
export type RouteResult = z.infer<typeof routeResultSchema>;

export const conclusionSchema = z.enum(['both', 'proxy-only', 'direct-only', 'neither', 'intercepted', 'undecided']);
export type Conclusion = z.infer<typeof conclusionSchema>;

export const endpointResultSchema = obj({
  id: z.string(),
  host: z.string(),
  port: z.int(),
  scheme: z.enum(['https', 'http']),
  purpose: z.string(),
  need: needSchema,
  source: z.string(),
  direct: routeResultSchema,
  proxy: z.nullable(routeResultSchema),
  conclusion: conclusionSchema,
  configured: z.readonly(z.record(z.string(), z.enum(['proxy', 'direct']))),
  /** Connections of PMS that were seen on each route and what became of them; null: nobody looked. */
  observed: z.nullable(
    obj({
      direct: z.int(),
      proxy: z.int(),
      directOutcome: z.nullable(z.enum(OUTCOMES)),
      proxyOutcome: z.nullable(z.enum(OUTCOMES)),
      /** Of the requests to the proxy those that came to `proxyOutcome`; left out where all did. */
      proxyReached: z.optional(z.int()),
      /** Whether requests to the proxy would have been seen: only then 0 means that it was never asked. */
      proxyWatched: z.boolean(),
      processes: list(z.string()),
    }),
  ),
});
export type EndpointResult = z.infer<typeof endpointResultSchema>;

export const bypassSchema = obj({
  host: z.nullable(z.string()),
  address: z.nullable(z.string()),
  port: z.int(),
  process: z.nullable(z.string()),
  pid: z.nullable(z.int()),
  /** All pids of the program that did this; `pid` is the last one. Only of what was observed. */
  pids: z.optional(list(z.int())),
  outcome: z.nullable(z.enum(OUTCOMES)),
  count: z.int(),
  kind: z.enum(['observed', 'configured']),
  dialects: list(z.string()),
  evidence: list(z.enum(['socket', 'capture', 'sealed-network', 'access-log', 'pms-log', 'settings'])),
});
export type Bypass = z.infer<typeof bypassSchema>;

export const CAUSES = [
  'scanner-bypasses-proxy',
  'excluded-by-no-proxy',
  'proxy-not-in-process',
  'proxy-denies',
  'proxy-unreachable',
  'tls-intercepted',
  'not-signed-in',
  'provider-offline',
  'dns-fails-locally',
  'loopback-through-proxy',
  'ipv6-differs',
  'endpoint-down',
] as const;
export type CauseId = (typeof CAUSES)[number];

export const causeSchema = obj({
  id: z.enum(CAUSES),
  state: z.enum(['confirmed', 'likely', 'possible', 'ruled-out', 'unknown']),
  because: list(z.string()),
  remedy: z.nullable(z.string()),
});
export type Cause = z.infer<typeof causeSchema>;

export const diagnosisSchema = obj({
  condition: z.enum(['reproduced', 'would-occur', 'not-found', 'unknown']),
  sections: list(
    obj({ id: z.string(), type: z.string(), agent: z.string(), status: z.nullable(z.int()), condition: z.string() }),
  ),
  causes: list(causeSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

export const findingSchema = obj({
  check: z.string(),
  verdict: z.enum(['pass', 'warn', 'fail', 'not-applicable', 'inconclusive', 'crashed']),
  severity: z.enum(['high', 'medium', 'low', 'info']),
  message: z.string(),
  args: z.readonly(z.record(z.string(), z.union([z.string(), z.number()]))),
  text: z.string(),
  remedy: z.nullable(z.string()),
  endpoint: z.nullable(z.string()),
  supersededBy: z.nullable(z.string()),
  /** Causes of the scan condition that the check speaks about. */
  causes: list(z.enum(CAUSES)),
});
export type Finding = z.infer<typeof findingSchema>;

export const violationSchema = obj({
  endpoint: z.string(),
  host: z.string(),
  aspect: z.enum(['direct', 'proxy', 'bypass']),
  expected: z.string(),
  actual: z.string(),
});
export type Violation = z.infer<typeof violationSchema>;

/** A host that was seen and that the catalogue lacks. */
export const unlistedSchema = obj({
  host: z.string(),
  port: z.int(),
  scheme: z.enum(['https', 'http']),
  routes: list(z.enum(['proxy', 'direct'])),
  outcome: z.nullable(z.enum(OUTCOMES)),
  processes: list(z.string()),
  count: z.int(),
});
export type Unlisted = z.infer<typeof unlistedSchema>;

/** What was seen of PMS's traffic; each flow with the endpoint of the catalogue that it belongs to. */
export const trafficReportSchema = obj({
  watchers: list(watcherSchema),
  flows: list(obj({ ...flowShape, endpoint: z.nullable(z.string()), bypass: z.boolean() })),
  questions: list(dnsQuestionSchema),
  unlisted: list(unlistedSchema),
  omitted: z.int(),
});
export type TrafficReport = z.infer<typeof trafficReportSchema>;

export const reportSchema = obj({
  schemaVersion: z.literal(1),
  tool: obj({ name: z.literal('pms-proxy-doctor'), version: z.string() }),
  run: obj({
    command: z.string(),
    startedAt: z.string(),
    durationMs: z.number(),
    sanitized: z.boolean(),
    platform: z.string(),
    interrupted: z.boolean(),
    /** The files that `read` was given; absent for other commands. */
    inputs: z.optional(list(inputFileSchema)),
  }),
  pms: z.nullable(
    obj({
      found: z.boolean(),
      version: z.nullable(z.string()),
      pid: z.nullable(z.int()),
      unit: z.nullable(z.string()),
      container: z.nullable(z.string()),
      signIn: z.nullable(z.string()),
      mapping: z.nullable(z.string()),
      /** What PMS said when it was asked; absent: it was not. */
      status: z.optional(pmsStatusSchema),
    }),
  ),
  proxy: obj({
    configured: z.boolean(),
    url: z.nullable(z.string()),
    noProxy: z.nullable(z.string()),
    /** 'pid:812', 'unit:plexmediaserver.service', 'shell', 'option', … */
    source: z.string(),
    /** How sure it is that PMS uses these: see the evidence's `settings.basis`. */
    basis: z.string(),
    /** One sentence: why this source and not another. */
    why: z.string(),
    variables: list(obj({ name: z.string(), value: z.string(), from: z.string() })),
    dialects: z.readonly(z.record(z.string(), obj({ url: z.nullable(z.string()), notes: list(z.string()) }))),
  }),
  endpoints: list(endpointResultSchema),
  bypasses: list(bypassSchema),
  /** null: nobody watched. */
  traffic: z.nullable(trafficReportSchema),
  /** What PMS's own log says; null: none was read. */
  pmsLog: z.nullable(pmsLogSchema),
  /** The scans that PMS was asked for; null: none was. */
  experiment: z.nullable(experimentSchema),
  /** Why `reproduce` asked PMS for no scan; null where it did, and for other commands. */
  experimentReason: z.nullable(reasonSchema),
  scan: diagnosisSchema,
  findings: list(findingSchema),
  /** What `--expect` asked for and was not so; null without a policy. */
  expectations: z.nullable(obj({ policy: z.string(), checked: z.int(), violations: list(violationSchema) })),
  summary: obj({
    verdict: z.enum(['ok', 'problems', 'undecided']),
    exitCode: z.int(),
    /** One sentence for people: what decided the exit code. */
    because: z.string(),
    counts: z.readonly(z.record(z.string(), z.int())),
  }),
  sanitizer: obj({ removed: z.readonly(z.record(z.string(), z.int())) }),
});
export type Report = z.infer<typeof reportSchema>;
