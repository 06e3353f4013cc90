import * as z from 'zod/mini';
import { addressScopeSchema } from '../values/scope.ts';
import { OUTCOMES, ROUTES, STAGES } from './outcome.ts';
import {
  alpn,
  certificateName,
  codeWord,
  endpointId,
  fingerprint,
  host,
  path,
  program,
  said,
  sentence,
  time,
  url,
  version,
  vouchedFor,
  word,
} from './privacy.ts';
import { list, obj } from './schema.ts';

/** The results of the probes, of the proxy itself and of each attempt at an endpoint. */

// ── the proxy itself ───────────────────────────────────────────────────────────────────────────────────────────────────

export const stageRecordSchema = obj({
  stage: z.enum(STAGES),
  ms: z.number(),
  ok: z.boolean(),
  detail: z.nullable(sentence()),
});
export type StageRecord = z.infer<typeof stageRecordSchema>;

export const proxyProbeSchema = obj({
  /** Masked address; also the key that attempts name in `via`. */
  url: url(),
  scheme: word(),
  host: host(),
  port: z.int(),
  /** Which variable or option it came from, and whether the judged settings use it or another source only declares it. */
  from: path(),
  addresses: list(obj({ address: host(), scope: addressScopeSchema })),
  outcome: z.enum(OUTCOMES),
  code: z.nullable(codeWord()),
  detail: z.nullable(sentence()),
  stages: list(stageRecordSchema),
  /** Its answer to CONNECT to a name that cannot exist: how this proxy reports its own DNS failure. null: not asked or no answer. */
  invalidName: z.nullable(obj({ status: z.nullable(z.int()), error: z.nullable(said()) })),
  /** Challenges of a 407: scheme names only, never realms. */
  authSchemes: list(said()),
  /** `Server`/`Via`/`X-Squid-Error` say what it is, as far as it tells. */
  software: z.nullable(said()),
});
export type ProxyProbe = z.infer<typeof proxyProbeSchema>;

// ── attempts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const tlsRecordSchema = vouchedFor({
  version: version(),
  alpn: z.nullable(alpn()),
  /** Subject and issuer of the endpoint's certificate: common name, or the whole name in one line. */
  subject: certificateName(),
  issuer: certificateName(),
  fingerprint256: fingerprint(),
  validFrom: time(),
  validTo: time(),
  /** By the public roots plus `--ca`. */
  trusted: z.boolean(),
  /** true: no public root vouches for it, only one of `--ca`. */
  byOwnRoot: z.optional(z.boolean()),
  /** By PMS's own bundle; null when there is none to ask. */
  trustedByPms: z.nullable(z.boolean()),
  /** Where the presented chain ends. */
  anchor: obj({ subject: certificateName(), fingerprint256: z.nullable(fingerprint()) }),
  /** OpenSSL's word when not trusted: SELF_SIGNED_CERT_IN_CHAIN, CERT_HAS_EXPIRED, ERR_TLS_CERT_ALTNAME_INVALID. */
  error: z.nullable(said()),
});
export type TlsRecord = z.infer<typeof tlsRecordSchema>;

export const httpRecordSchema = obj({
  status: z.int(),
  /** The `Date` header and the local time when it arrived, both ISO 8601. */
  date: z.nullable(time()),
  receivedAt: time(),
  /** Host of a `Location` header. */
  redirectHost: z.nullable(host()),
  server: z.nullable(said()),
  /** The body is an HTML page. */
  html: z.boolean(),
  /** Headers by which proxies give themselves away, lower case: via, x-cache, x-squid-error, proxy-status, proxy-agent, retry-after. */
  proxyHeaders: z.readonly(z.record(word(), said())),
  /** Only for the endpoints that answer with the caller's public address. */
  callerAddress: z.nullable(host()),
});
export type HttpRecord = z.infer<typeof httpRecordSchema>;

export const attemptRecordSchema = obj({
  /** Id of the endpoint. */
  endpoint: endpointId(),
  route: z.enum(ROUTES),
  /** null on the proxy route: the proxy chooses. */
  family: z.nullable(z.union([z.literal(4), z.literal(6)])),
  address: z.nullable(host()),
  scope: z.nullable(addressScopeSchema),
  /** Masked address of the proxy; null on the direct route. */
  via: z.nullable(url()),
  /** How the proxy was used: CONNECT, absolute-form request, SOCKS; null on the direct route. */
  form: z.nullable(z.enum(['connect', 'absolute', 'socks', 'pac-direct'])),
  outcome: z.enum(OUTCOMES),
  /** The raw word: ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED, ERR_DNS_FAIL, NO_AAAA, BUDGET_SPENT. */
  code: z.nullable(codeWord()),
  /** One line with what was seen, for --verbose. */
  detail: z.nullable(sentence()),
  stages: list(stageRecordSchema),
  /** Whole time of the attempt. */
  ms: z.nullable(z.number()),
  /** Status of the refusal (407, 403, 503) or of the endpoint's answer. */
  status: z.nullable(z.int()),
  authSchemes: list(said()),
  /** The proxy limited this tool's requests: this is the answer to a second one, or, with `rate-limited`, still the limit. */
  limited: z.optional(z.boolean()),
  /** The proxy denied it to a request that named this program; this is the answer to one that did not. */
  deniedByName: z.optional(z.boolean()),
  /** An answer to this tool; the proxy denied the same to a request under the name of PMS. */
  deniedAsPms: z.optional(z.boolean()),
  /** With `rate-limited`: seconds after which the proxy wants to be asked again (Retry-After). */
  retryAfterS: z.optional(z.number()),
  tls: z.nullable(tlsRecordSchema),
  http: z.nullable(httpRecordSchema),
});
export type AttemptRecord = z.infer<typeof attemptRecordSchema>;

/** A proxy that a child of PMS was given and PMS itself was not, asked for the endpoints that a scan needs. */
export const childProxyProbeSchema = obj({
  program: z.nullable(program()),
  pid: z.int(),
  /** Masked. */
  url: url(),
  attempts: list(attemptRecordSchema),
});
export type ChildProxyProbe = z.infer<typeof childProxyProbeSchema>;
