import * as z from 'zod/mini';
import { bridgeShape } from './bridge.ts';
import { CAUSE_IDS } from './cause-ids.ts';
import { needSchema } from './endpoint.ts';
import { experimentSchema } from './experiment.ts';
import { inputFileSchema } from './evidence.ts';
import { reasonSchema } from './reason.ts';
import { OUTCOMES, STAGES } from './outcome.ts';
import { pmsStatusSchema } from './pms-status.ts';
import {
  alpn,
  certificateName,
  codeWord,
  container,
  endpointId,
  file,
  catalogueText,
  citation,
  fingerprint,
  host,
  path,
  program,
  setting,
  said,
  sentence,
  shaped,
  sourceId,
  text,
  time,
  unit,
  url,
  variableName,
  version,
  vouchedFor,
  word,
} from './privacy.ts';
import { list, obj } from './schema.ts';
import { earlierShape } from './since.ts';
import { argsSchema, statementSchema } from './statement.ts';
import { ATTRIBUTIONS, dnsQuestionSchema, flowNameSchema, flowShape, pmsLogSchema, watcherSchema } from './traffic.ts';

/** The JSON report: `docs/report.schema.json` is generated from these schemas. Additions are compatible; null = not attempted. */

export const attemptSchema = obj({
  family: z.nullable(z.union([z.literal(4), z.literal(6)])),
  address: z.nullable(host()),
  outcome: z.enum(OUTCOMES),
  code: z.nullable(codeWord()),
  stages: list(obj({ stage: z.enum(STAGES), ms: z.number(), ok: z.boolean(), detail: z.nullable(sentence()) })),
  tls: z.nullable(
    vouchedFor({
      version: version(),
      alpn: z.nullable(alpn()),
      subject: certificateName(),
      issuer: certificateName(),
      fingerprint256: fingerprint(),
      trusted: z.boolean(),
      byOwnRoot: z.optional(z.boolean()),
    }),
  ),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const routeResultSchema = obj({
  outcome: z.enum(OUTCOMES),
  stage: z.nullable(z.enum(STAGES)),
  code: z.nullable(codeWord()),
  ms: z.nullable(z.number()),
  status: z.nullable(z.int()),
  attempts: list(attemptSchema),
  /** Present where this route was not probed: the outcome is that of PMS's own connections. */
  basis: z.optional(z.literal('observed')),
  /** Present where only lines of the proxy's log show it that nothing ties to PMS. */
  untied: z.optional(z.literal(true)),
});
export type RouteResult = z.infer<typeof routeResultSchema>;

export const conclusionSchema = z.enum(['both', 'proxy-only', 'direct-only', 'neither', 'intercepted', 'undecided']);
export type Conclusion = z.infer<typeof conclusionSchema>;

export const endpointResultSchema = obj({
  id: endpointId(),
  host: host(),
  port: z.int(),
  scheme: z.enum(['https', 'http']),
  purpose: catalogueText(),
  need: needSchema,
  source: citation(),
  direct: routeResultSchema,
  proxy: z.nullable(routeResultSchema),
  conclusion: conclusionSchema,
  /** By the id of each client: which way the settings send it; refused: it would not run or send the request at all. */
  configured: z.readonly(z.record(shaped(/^[a-z][\w.-]*$/), z.enum(['proxy', 'direct', 'refused']))),
  /** PMS's connections on each route and their outcome; null: not watched. */
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
      processes: list(program()),
    }),
  ),
});
export type EndpointResult = z.infer<typeof endpointResultSchema>;

const evidenceKinds = z.enum(['trace', 'socket', 'capture', 'sealed-network', 'access-log', 'pms-log', 'settings']);

export const bypassSchema = obj({
  host: z.nullable(host()),
  address: z.nullable(host()),
  port: z.int(),
  process: z.nullable(program()),
  pid: z.nullable(z.int()),
  /** All pids of the program that did this; `pid` is the last one. Only of what was observed. */
  pids: z.optional(list(z.int())),
  outcome: z.nullable(z.enum(OUTCOMES)),
  count: z.int(),
  kind: z.enum(['observed', 'configured']),
  dialects: list(word()),
  evidence: list(evidenceKinds),
});
export type Bypass = z.infer<typeof bypassSchema>;

/** Bypasses as a person reads them: observed ones one by one with all details, those configured for the same clients in one. */
export const bypassGroupSchema = obj({
  kind: z.enum(['observed', 'configured']),
  targets: list(obj({ host: z.nullable(host()), address: z.nullable(host()), port: z.int() })),
  process: z.nullable(program()),
  pids: list(z.int()),
  clients: list(host()),
  /** How surely the connections are of this process. */
  attribution: z.nullable(z.enum(ATTRIBUTIONS)),
  names: list(flowNameSchema),
  transport: z.nullable(z.enum(['tcp', 'udp'])),
  protocol: z.nullable(word()),
  outcome: z.nullable(z.enum(OUTCOMES)),
  code: z.nullable(codeWord()),
  /** Attempts; 0 of what is configured. */
  count: z.int(),
  dialects: list(word()),
  evidence: list(evidenceKinds),
  /** Whether the proxy was asked for the same target too; null of what is configured. */
  asked: z.nullable(
    obj({
      state: z.enum(['asked', 'never', 'other-time', 'name-unknown', 'not-watched']),
      count: z.int(),
      /** Of these requests those that came to `outcome`; null where all did. */
      reached: z.nullable(z.int()),
      outcome: z.nullable(z.enum(OUTCOMES)),
      /** By which of `traffic.watchers`. */
      watchers: list(z.int()),
    }),
  ),
});
export type BypassGroup = z.infer<typeof bypassGroupSchema>;

export const causeStateSchema = z.enum(['confirmed', 'likely', 'possible', 'ruled-out', 'unknown']);

export const causeSchema = obj({
  id: z.enum(CAUSE_IDS),
  /** For people: what is wrong where this cause is at work. */
  title: text(),
  state: causeStateSchema,
  because: list(statementSchema),
  remedy: z.nullable(statementSchema),
  /** The commands for the remedy; absent: none is known. */
  commands: z.optional(list(text())),
  /** The cause that this state of PMS follows from: to be fixed first. */
  follows: z.optional(z.enum(CAUSE_IDS)),
  /** Unknown, and this tool's own requests met nothing of it; absent: they met it, or do not show it. */
  unfound: z.optional(z.boolean()),
});
export type Cause = z.infer<typeof causeSchema>;

export const conditionSchema = z.enum(['reproduced', 'would-occur', 'not-found', 'unknown']);

const scannedSection = {
  id: shaped(/^\d+$/),
  type: word(),
  agent: said(),
  /** PMS's answer to the request to scan; null: none. */
  status: z.nullable(z.int()),
};

/** A section only shows the condition by the way in which its scan failed: a status alone proves nothing. */
const sectionSchema = z.readonly(
  z.discriminatedUnion('condition', [
    z.object({
      ...scannedSection,
      condition: z.literal('reproduced'),
      /** refused: PMS answered with an error. unreached: it took the scan, and then did not reach what it needs. */
      failed: z.enum(['refused', 'unreached']),
    }),
    z.object({ ...scannedSection, condition: z.literal(['not-found', 'unknown']) }),
  ]),
);

export const diagnosisSchema = obj({
  condition: conditionSchema,
  sections: list(sectionSchema),
  causes: list(causeSchema),
  /** Why the condition is unknown; only where it is. */
  why: z.optional(statementSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

export const findingVerdictSchema = z.enum(['pass', 'warn', 'fail', 'not-applicable', 'inconclusive', 'crashed']);

export const findingSchema = obj({
  check: word(),
  verdict: findingVerdictSchema,
  severity: z.enum(['high', 'medium', 'low', 'info']),
  message: word(),
  args: argsSchema,
  text: text(),
  remedy: z.nullable(text()),
  endpoint: z.nullable(endpointId()),
  supersededBy: z.nullable(word()),
  /** Causes of the scan condition that the check speaks about. */
  causes: list(z.enum(CAUSE_IDS)),
});
export type Finding = z.infer<typeof findingSchema>;

/** One step of what to do, with the cause or the check that it is about; both null: so that PMS can be asked at all. */
export const adviceSchema = obj({
  step: statementSchema,
  /** As they can be typed. */
  commands: list(text()),
  cause: z.nullable(z.enum(CAUSE_IDS)),
  check: z.nullable(word()),
});
export type Advice = z.infer<typeof adviceSchema>;

export const violationSchema = obj({
  endpoint: endpointId(),
  host: host(),
  aspect: z.enum(['direct', 'proxy', 'bypass']),
  expected: text(),
  actual: text(),
});
export type Violation = z.infer<typeof violationSchema>;

/** A host that was seen and that the catalogue lacks. */
export const unlistedSchema = obj({
  host: host(),
  port: z.int(),
  scheme: z.enum(['https', 'http']),
  routes: list(z.enum(['proxy', 'direct'])),
  outcome: z.nullable(z.enum(OUTCOMES)),
  processes: list(program()),
  count: z.int(),
});
export type Unlisted = z.infer<typeof unlistedSchema>;

/** PMS's observed traffic; each flow with the endpoint of the catalogue that it belongs to. */
export const trafficReportSchema = obj({
  watchers: list(watcherSchema),
  flows: list(obj({ ...flowShape, endpoint: z.nullable(endpointId()), bypass: z.boolean() })),
  questions: list(dnsQuestionSchema),
  unlisted: list(unlistedSchema),
  omitted: z.int(),
});
export type TrafficReport = z.infer<typeof trafficReportSchema>;

export const provenBridgeSchema = obj({
  ...bridgeShape,
  /** proved: PMS scanned with the bridge, and neither before it nor after it. */
  state: z.enum(['proved', 'not-proved', 'undecided']),
  because: list(statementSchema),
  notes: list(statementSchema),
});
export type ProvenBridge = z.infer<typeof provenBridgeSchema>;

export const reportSchema = obj({
  schemaVersion: z.literal(2),
  tool: obj({ name: z.literal('pms-proxy-doctor'), version: version() }),
  run: obj({
    command: word(),
    startedAt: time(),
    durationMs: z.number(),
    sanitized: z.boolean(),
    platform: text(),
    interrupted: z.boolean(),
    /** The files that `read` was given; absent for other commands. */
    inputs: z.optional(list(inputFileSchema)),
  }),
  pms: z.nullable(
    obj({
      found: z.boolean(),
      version: z.nullable(version()),
      pid: z.nullable(z.int()),
      unit: z.nullable(unit()),
      container: z.nullable(container()),
      /** Other servers on this machine, which this report does not judge, and whether the user chose the judged one. */
      others: z.optional(obj({ pids: list(z.int()), isChosen: z.boolean() })),
      signIn: z.nullable(said()),
      mapping: z.nullable(said()),
      /** PMS's answer; absent: it was not asked. */
      status: z.optional(pmsStatusSchema),
    }),
  ),
  proxy: obj({
    configured: z.boolean(),
    url: z.nullable(url()),
    noProxy: z.nullable(setting()),
    /** The proxy that is named and not used, by PMS, for a scan or by plug-ins, and why; absent: there is none. `url` null: see above. */
    unused: z.optional(obj({ url: z.nullable(setting()), why: statementSchema })),
    /** 'pid:812', 'unit:plexmediaserver.service', 'shell', 'option', … */
    source: sourceId(),
    /** How sure it is that PMS uses these: see the evidence's `settings.basis`. */
    basis: word(),
    /** One sentence: why this source and not another. */
    why: text(),
    variables: list(obj({ name: variableName(), value: setting(), from: path() })),
    /** The client whose rules PMS follows; null: no endpoint was routed. */
    pmsDialect: z.nullable(shaped(/^[a-z][\w.-]*$/)),
    dialects: z.readonly(z.record(word(), obj({ url: z.nullable(url()), notes: list(text()) }))),
  }),
  endpoints: list(endpointResultSchema),
  bypasses: list(bypassSchema),
  bypassGroups: list(bypassGroupSchema),
  /** null: not watched. */
  traffic: z.nullable(trafficReportSchema),
  /** What PMS's own log says; null: none was read. */
  pmsLog: z.nullable(pmsLogSchema),
  /** The scans that PMS was asked for; null: none was. */
  experiment: z.nullable(experimentSchema),
  /** Why `reproduce` asked PMS for no scan; null where it did, and for other commands. */
  experimentReason: z.nullable(reasonSchema),
  /** The proof of a bridge; only of `bridge --prove`. */
  bridge: z.optional(provenBridgeSchema),
  /** The earlier experiment that this one repeats, and each library then and now; only of `reproduce --after`. */
  since: z.optional(obj({ ...earlierShape, says: list(statementSchema) })),
  scan: diagnosisSchema,
  findings: list(findingSchema),
  /** Steps for the user, the surest first. */
  advice: list(adviceSchema),
  /** Violations of `--expect`; null without a policy. */
  expectations: z.nullable(obj({ policy: file(), checked: z.int(), violations: list(violationSchema) })),
  summary: obj({
    verdict: z.enum(['ok', 'problems', 'undecided']),
    exitCode: z.int(),
    /** One sentence for people: what decided the exit code. */
    because: text(),
    counts: z.readonly(z.record(word(), z.int())),
  }),
  sanitizer: obj({ removed: z.readonly(z.record(word(), z.int())) }),
});
export type Report = z.infer<typeof reportSchema>;
