import * as z from 'zod/mini';
import { DIALECT_IDS } from './dialects/dialect.ts';
import { endpointSchema } from './endpoint.ts';
import { experimentSchema } from './experiment.ts';
import { OUTCOMES, ROUTES, STAGES } from './outcome.ts';
import { pmsStatusSchema } from './pms-status.ts';
import { addressScopeSchema } from './scope.ts';
import { list, obj } from './schema.ts';
import { pmsLogSchema, trafficSchema } from './traffic.ts';

/** Why something is missing: a code that scripts compare, a sentence that people read. */
export const reasonSchema = obj({ code: z.string(), message: z.string() });
export type Reason = z.infer<typeof reasonSchema>;

/** Everything gathered says whether it is there. Failure to gather is data, never null and never an exception. */
export type Gathered<T> =
  | { readonly state: 'ok'; readonly value: T }
  | { readonly state: 'failed'; readonly reason: Reason }
  | { readonly state: 'not-run'; readonly reason: Reason };

export function ok<T>(value: T): Gathered<T> {
  return { state: 'ok', value };
}
export function failed(code: string, message: string): Gathered<never> {
  return { state: 'failed', reason: { code, message } };
}
export function notRun(code: string, message: string): Gathered<never> {
  return { state: 'not-run', reason: { code, message } };
}
export function valueOf<T>(item: Gathered<T>): T | null {
  return item.state === 'ok' ? item.value : null;
}

function gathered<T extends z.core.SomeType>(value: T) {
  return z.readonly(
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('ok'), value }),
      z.object({ state: z.literal('failed'), reason: reasonSchema }),
      z.object({ state: z.literal('not-run'), reason: reasonSchema }),
    ]),
  );
}

// ── PMS ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const pmsProcessSchema = obj({
  pid: z.int(),
  ppid: z.nullable(z.int()),
  /** Name of the program file (`Plex Media Scanner`), not the rewritten argv. */
  name: z.string(),
});

export const pmsSchema = obj({
  found: z.boolean(),
  /** How it was found: the words of the report. */
  foundBy: z.nullable(z.enum(['exe', 'cgroup', 'unit', 'argv', 'installation'])),
  version: z.nullable(z.string()),
  pid: z.nullable(z.int()),
  unit: z.nullable(z.string()),
  container: z.nullable(z.string()),
  exe: z.nullable(z.string()),
  /** PMS runs in another network namespace than this tool: what is probed here need not hold for it. null: not known. */
  otherNetwork: z.nullable(z.boolean()),
  processes: list(pmsProcessSchema),
  /** The bundled libcurl decides how the proxy variables are read. */
  libcurl: gathered(obj({ version: z.string(), file: z.string() })),
  /** PMS's own roots (`Resources/cacert.pem`). */
  caBundle: gathered(obj({ file: z.string(), roots: z.int() })),
});
export type Pms = z.infer<typeof pmsSchema>;

// ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const proxyVariableSchema = obj({
  name: z.string(),
  /** As set, user information masked (`http://***@proxy:3128`). */
  value: z.string(),
  /** Where it stands: `/proc/812/environ`, `/etc/systemd/system/plexmediaserver.service.d/proxy.conf:2`. */
  from: z.string(),
});
export type ProxyVariable = z.infer<typeof proxyVariableSchema>;

export const settingsSourceSchema = obj({
  /** `pid:812`, `unit:plexmediaserver.service`, `container:plex`, `file:/etc/default/plexmediaserver`, `shell`, `option`. */
  id: z.string(),
  kind: z.enum(['process', 'child', 'unit', 'default-file', 'container', 'file', 'shell', 'option']),
  /** For process and child: the program's name. */
  process: z.nullable(z.string()),
  pid: z.nullable(z.int()),
  /** Variables found; failed: could not be read (EACCES); not-run: not there or not looked at. */
  variables: gathered(list(proxyVariableSchema)),
});
export type SettingsSource = z.infer<typeof settingsSourceSchema>;

/** Decisions of some clients for an endpoint that the masked or sanitized values would not give; the whole ones did. */
export const recordedDecisionSchema = obj({
  /** Id of the endpoint, or the URL of a call of PMS to itself. */
  endpoint: z.string(),
  dialects: list(z.enum(DIALECT_IDS)),
  decision: obj({
    route: z.enum(ROUTES),
    proxy: z.nullable(z.string()),
    variable: z.nullable(z.string()),
    excludedBy: z.nullable(z.string()),
    error: z.nullable(z.string()),
  }),
});
export type RecordedDecision = z.infer<typeof recordedDecisionSchema>;

export const settingsSchema = obj({
  /** Id of the source that the judgement uses. */
  used: z.string(),
  /**
   * observed: the environment of the running PMS. declared: what the unit, default file or container would give it.
   * asserted: the user said so (`--proxy`, `--env-from`). assumed: this shell's, for want of anything better.
   */
  basis: z.enum(['observed', 'declared', 'asserted', 'assumed']),
  /** One sentence: why this source and not another. */
  why: z.string(),
  sources: list(settingsSourceSchema),
  /** Where the variables of the used source, as they stand here, would be judged differently from the whole ones. */
  recorded: z.optional(list(recordedDecisionSchema)),
});
export type Settings = z.infer<typeof settingsSchema>;

// ── the proxy itself ───────────────────────────────────────────────────────────────────────────────────────────────────

export const stageRecordSchema = obj({
  stage: z.enum(STAGES),
  ms: z.number(),
  ok: z.boolean(),
  detail: z.nullable(z.string()),
});
export type StageRecord = z.infer<typeof stageRecordSchema>;

export const proxyProbeSchema = obj({
  /** Masked address; also the key that attempts name in `via`. */
  url: z.string(),
  scheme: z.string(),
  host: z.string(),
  port: z.int(),
  /** Which variable or option it came from, and whether the judged settings use it or another source only declares it. */
  from: z.string(),
  addresses: list(obj({ address: z.string(), scope: addressScopeSchema })),
  outcome: z.enum(OUTCOMES),
  code: z.nullable(z.string()),
  detail: z.nullable(z.string()),
  stages: list(stageRecordSchema),
  /** What it says to CONNECT to a name that cannot exist: how this proxy reports its own DNS failure. null: not asked or no answer. */
  invalidName: z.nullable(obj({ status: z.nullable(z.int()), error: z.nullable(z.string()) })),
  /** Challenges of a 407: scheme names only, never realms. */
  authSchemes: list(z.string()),
  /** `Server`/`Via`/`X-Squid-Error` say what it is, as far as it tells. */
  software: z.nullable(z.string()),
});
export type ProxyProbe = z.infer<typeof proxyProbeSchema>;

// ── attempts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const tlsRecordSchema = obj({
  version: z.string(),
  alpn: z.nullable(z.string()),
  /** Subject and issuer of the endpoint's certificate: common name, or the whole name in one line. */
  subject: z.string(),
  issuer: z.string(),
  fingerprint256: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  /** By the public roots plus `--ca`. */
  trusted: z.boolean(),
  /** By PMS's own bundle; null when there is none to ask. */
  trustedByPms: z.nullable(z.boolean()),
  /** Where the presented chain ends. */
  anchor: obj({ subject: z.string(), fingerprint256: z.nullable(z.string()) }),
  /** OpenSSL's word when not trusted: SELF_SIGNED_CERT_IN_CHAIN, CERT_HAS_EXPIRED, ERR_TLS_CERT_ALTNAME_INVALID. */
  error: z.nullable(z.string()),
});
export type TlsRecord = z.infer<typeof tlsRecordSchema>;

export const httpRecordSchema = obj({
  status: z.int(),
  /** The `Date` header and the local time when it arrived, both ISO 8601. */
  date: z.nullable(z.string()),
  receivedAt: z.string(),
  /** Host of a `Location` header. */
  redirectHost: z.nullable(z.string()),
  server: z.nullable(z.string()),
  /** The body is an HTML page. */
  html: z.boolean(),
  /** Headers by which proxies give themselves away, lower case: via, x-cache, x-squid-error, proxy-status, proxy-agent. */
  proxyHeaders: z.readonly(z.record(z.string(), z.string())),
  /** Only for the endpoints that answer with the caller's public address. */
  callerAddress: z.nullable(z.string()),
});
export type HttpRecord = z.infer<typeof httpRecordSchema>;

export const attemptRecordSchema = obj({
  /** Id of the endpoint. */
  endpoint: z.string(),
  route: z.enum(ROUTES),
  /** null on the proxy route: the proxy chooses. */
  family: z.nullable(z.union([z.literal(4), z.literal(6)])),
  address: z.nullable(z.string()),
  scope: z.nullable(addressScopeSchema),
  /** Masked address of the proxy; null on the direct route. */
  via: z.nullable(z.string()),
  /** How the proxy was used: CONNECT, absolute-form request, SOCKS; null on the direct route. */
  form: z.nullable(z.enum(['connect', 'absolute', 'socks', 'pac-direct'])),
  outcome: z.enum(OUTCOMES),
  /** The raw word: ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED, ERR_DNS_FAIL, NO_AAAA, BUDGET_SPENT. */
  code: z.nullable(z.string()),
  /** One line with what was seen, for --verbose. */
  detail: z.nullable(z.string()),
  stages: list(stageRecordSchema),
  /** Whole time of the attempt. */
  ms: z.nullable(z.number()),
  /** Status of the refusal (407, 403, 503) or of the endpoint's answer. */
  status: z.nullable(z.int()),
  authSchemes: list(z.string()),
  tls: z.nullable(tlsRecordSchema),
  http: z.nullable(httpRecordSchema),
});
export type AttemptRecord = z.infer<typeof attemptRecordSchema>;

// ── local DNS ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export const resolverSchema = obj({
  /** Addresses of the name servers asked. */
  servers: list(z.string()),
  /** One entry a name and family that was looked up for the direct route. */
  lookups: list(
    obj({
      host: z.string(),
      family: z.union([z.literal(4), z.literal(6)]),
      source: z.enum(['dns', 'hosts-file', 'literal']),
      addresses: list(obj({ address: z.string(), scope: addressScopeSchema })),
      /** c-ares' word when there is no address: ENOTFOUND, ENODATA, ETIMEOUT, ESERVFAIL, EREFUSED, ECONNREFUSED. */
      code: z.nullable(z.string()),
      ms: z.number(),
    }),
  ),
  /** What the system's own resolver (getaddrinfo) says to one question that c-ares could not answer; null when not asked. */
  system: z.nullable(obj({ host: z.string(), code: z.nullable(z.string()), addresses: z.int() })),
  /** plex.direct names carry their answer: does the local resolver return a private one, and a public one as the control? */
  rebinding: gathered(
    obj({
      private: z.enum(['returned', 'dropped']),
      public: z.enum(['returned', 'dropped']),
      code: z.nullable(z.string()),
    }),
  ),
});
export type ResolverFacts = z.infer<typeof resolverSchema>;

// ── the document ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const NOT_WATCHED: Gathered<never> = notRun('NOT_WATCHED', "nobody watched PMS's traffic in this run");
export const PMS_NOT_ASKED: Gathered<never> = notRun('PMS_NOT_ASKED', 'PMS itself was not asked in this run');
export const NO_EXPERIMENT: Gathered<never> = notRun('NO_EXPERIMENT', 'PMS was not asked to scan anything in this run');
export const NO_PMS_LOG: Gathered<never> = notRun('NO_PMS_LOG', 'no log of PMS was read in this run');

const itemSchemas = {
  endpoints: gathered(list(endpointSchema)),
  pms: gathered(pmsSchema),
  settings: gathered(settingsSchema),
  proxies: gathered(list(proxyProbeSchema)),
  'attempts.direct': gathered(list(attemptRecordSchema)),
  'attempts.proxy': gathered(list(attemptRecordSchema)),
  resolver: gathered(resolverSchema),
  // Evidence that was saved by an older version does not have these.
  traffic: z.prefault(gathered(trafficSchema), NOT_WATCHED),
  pmsLog: z.prefault(gathered(pmsLogSchema), NO_PMS_LOG),
  pmsStatus: z.prefault(gathered(pmsStatusSchema), PMS_NOT_ASKED),
  experiment: z.prefault(gathered(experimentSchema), NO_EXPERIMENT),
};

/** One file that `read` was given, and how far it got with it. */
export const inputFileSchema = obj({
  name: z.string(),
  /** pcap, pcapng, squid, tinyproxy, pms-log, zip, evidence, squid-conf, …, unknown. */
  kind: z.string(),
  state: z.enum(['read', 'partly', 'not-read']),
  /** What was not read, where, what was expected, what to do; null when all was read. */
  note: z.nullable(z.string()),
});
export type InputFile = z.infer<typeof inputFileSchema>;

export const evidenceSchema = obj({
  kind: z.literal('pms-proxy-doctor/evidence'),
  schemaVersion: z.literal(1),
  tool: obj({ name: z.literal('pms-proxy-doctor'), version: z.string() }),
  run: obj({
    command: z.string(),
    startedAt: z.string(),
    durationMs: z.number(),
    platform: z.string(),
    /** Budget of one attempt, which dates its deadlines. */
    timeoutMs: z.number(),
    families: list(z.union([z.literal(4), z.literal(6)])),
    /** true when a signal or the budget ended it early. */
    interrupted: z.boolean(),
    /** Only of `read`. */
    inputs: z.optional(list(inputFileSchema)),
  }),
  items: obj(itemSchemas),
  /** How many values were replaced before saving; empty when nothing was. */
  sanitized: z.readonly(z.record(z.string(), z.int())),
});
export type Evidence = z.infer<typeof evidenceSchema>;
export type EvidenceItems = {
  readonly [K in keyof Evidence['items']]: Extract<Evidence['items'][K], { state: 'ok' }>['value'];
};
