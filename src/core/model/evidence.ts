import * as z from 'zod/mini';
import { bridgeSchema } from './bridge.ts';
import { endpointSchema } from './endpoint.ts';
import { experimentSchema } from './experiment.ts';
import { ROUTES } from './outcome.ts';
import { pmsStatusSchema } from './pms-status.ts';
import { proxyProbeSchema, attemptRecordSchema, childProxyProbeSchema } from './probe-records.ts';
import {
  codeWord,
  container,
  endpointId,
  file,
  fileKind,
  host,
  path,
  program,
  remark,
  setting,
  sentence,
  shaped,
  sourceId,
  text,
  time,
  unit,
  url,
  variableName,
  version,
  word,
} from './privacy.ts';
import { REASONS, reasonSchema, type Reason, type ReasonCode } from './reason.ts';
import { SYSTEMD_IGNORE_IDS } from './systemd-ignores.ts';
import { addressScopeSchema } from '../values/scope.ts';
import { list, obj } from './schema.ts';
import { earlierSchema } from './since.ts';
import { pmsLogSchema, trafficSchema } from './traffic.ts';
import { vantageSchema } from './vantage.ts';

/** Everything gathered says whether it is there. Failure to gather is data, never null and never an exception. */
export type Gathered<T> =
  | { readonly state: 'ok'; readonly value: T }
  | { readonly state: 'failed'; readonly reason: Reason }
  | { readonly state: 'not-run'; readonly reason: Reason };

export function ok<T>(value: T): Gathered<T> {
  return { state: 'ok', value };
}
export function failed(code: ReasonCode, message: string = REASONS[code]): Gathered<never> {
  return { state: 'failed', reason: { code, message } };
}
export function notRun(code: ReasonCode, message: string = REASONS[code]): Gathered<never> {
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

const pmsProcessSchema = obj({
  pid: z.int(),
  ppid: z.nullable(z.int()),
  /** Name of the program file (`Plex Media Scanner`), not the rewritten argv. */
  name: program(),
});

export const pmsSchema = obj({
  found: z.boolean(),
  /** How it was found: the words of the report. */
  foundBy: z.nullable(z.enum(['exe', 'cgroup', 'unit', 'argv', 'installation'])),
  version: z.nullable(version()),
  pid: z.nullable(z.int()),
  unit: z.nullable(unit()),
  container: z.nullable(container()),
  exe: z.nullable(path()),
  /** PMS runs in another network namespace than this tool: what is probed here need not hold for it. null: not known. */
  otherNetwork: z.nullable(z.boolean()),
  processes: list(pmsProcessSchema),
  /** Other servers that run on this machine, and whether the user chose the one that is judged. Absent: none was seen. */
  others: z.optional(obj({ pids: list(z.int()), isChosen: z.boolean() })),
  /** The bundled libcurl decides how the proxy variables are read. */
  libcurl: gathered(obj({ version: version(), file: path() })),
  /** PMS's own roots (`Resources/cacert.pem`). */
  caBundle: gathered(obj({ file: path(), roots: z.int() })),
});
export type Pms = z.infer<typeof pmsSchema>;

// ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const proxyVariableSchema = obj({
  name: variableName(),
  /** As set, user information masked (`http://***@proxy:3128`). */
  value: setting(),
  /** Where it stands: `/proc/812/environ`, `/etc/systemd/system/plexmediaserver.service.d/proxy.conf:2`. */
  from: path(),
});
export type ProxyVariable = z.infer<typeof proxyVariableSchema>;

export const settingsSourceSchema = obj({
  /** `pid:812`, `unit:plexmediaserver.service`, `container:plex`, `file:/etc/default/plexmediaserver`, `shell`, `option`. */
  id: sourceId(),
  kind: z.enum(['process', 'child', 'unit', 'default-file', 'container', 'file', 'shell', 'option']),
  /** For process and child: the program's name. */
  process: z.nullable(program()),
  pid: z.nullable(z.int()),
  /** Variables found; failed: could not be read (EACCES); not-run: not there or not looked at. */
  variables: gathered(list(proxyVariableSchema)),
  /** Of a unit, or of a file of one: lines and files that were meant to set the environment, and why systemd ignores them. */
  ignored: z.optional(list(obj({ from: path(), why: z.enum(SYSTEMD_IGNORE_IDS) }))),
});
export type SettingsSource = z.infer<typeof settingsSourceSchema>;

/** Decisions of some clients for an endpoint that the masked or sanitized values would not give; the whole ones did. */
export const recordedDecisionSchema = obj({
  /** Id of the endpoint, or the URL of a call of PMS to itself. */
  endpoint: endpointId(),
  dialects: list(shaped(/^[a-z][\w.-]*$/)),
  decision: obj({
    route: z.enum(ROUTES),
    proxy: z.nullable(url()),
    variable: z.nullable(variableName()),
    excludedBy: z.nullable(setting()),
    error: z.nullable(sentence()),
  }),
});
export type RecordedDecision = z.infer<typeof recordedDecisionSchema>;

export const settingsSchema = obj({
  /** Id of the source that the judgement uses. */
  used: sourceId(),
  /**
   * observed: the environment of the running PMS. declared: what the unit, default file or container would give it.
   * asserted: the user said so (`--proxy`, `--env-from`). assumed: this shell's, because no better source was found.
   */
  basis: z.enum(['observed', 'declared', 'asserted', 'assumed']),
  /** One sentence: why this source and not another. */
  why: text(),
  sources: list(settingsSourceSchema),
  /** Where the variables of the used source, as they stand here, would be judged differently from the whole ones. */
  recorded: z.optional(list(recordedDecisionSchema)),
});
export type Settings = z.infer<typeof settingsSchema>;

// ── local DNS ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export const resolverSchema = obj({
  /** Addresses of the name servers asked. */
  servers: list(host()),
  /** One entry a name and family that was looked up for the direct route. */
  lookups: list(
    obj({
      host: host(),
      family: z.union([z.literal(4), z.literal(6)]),
      source: z.enum(['dns', 'hosts-file', 'literal']),
      addresses: list(obj({ address: host(), scope: addressScopeSchema })),
      /** c-ares' word when there is no address: ENOTFOUND, ENODATA, ETIMEOUT, ESERVFAIL, EREFUSED, ECONNREFUSED. */
      code: z.nullable(codeWord()),
      ms: z.number(),
    }),
  ),
  /** Answers of the C library of the host (getaddrinfo) for the most needed names; absent: it was not asked. */
  bySystem: z.optional(
    list(
      obj({
        host: host(),
        code: z.nullable(codeWord()),
        addresses: list(obj({ address: host(), scope: addressScopeSchema })),
      }),
    ),
  ),
  /** Files that resolve names, and that the user of the probes may not read. */
  unreadable: z.optional(list(path())),
  /** plex.direct names carry their answer: does the local resolver return a private one, and a public one as the control? */
  rebinding: gathered(
    obj({
      private: z.enum(['returned', 'dropped']),
      public: z.enum(['returned', 'dropped']),
      code: z.nullable(codeWord()),
    }),
  ),
});
export type ResolverFacts = z.infer<typeof resolverSchema>;

// ── the host during the probes ─────────────────────────────────────────────────────────────────────────────────────────

/** How long this program itself had to wait for the processor while it probed. */
export const probeLoadSchema = obj({
  /** In all, and at a time, in milliseconds. */
  waitedMs: z.int(),
  longestMs: z.int(),
  /** How far the time of day moved beside the steady clock: it was set, or the host slept. */
  clockStepMs: z.int(),
  /** Attempts that say nothing for it. */
  unjudged: z.int(),
});
export type ProbeLoad = z.infer<typeof probeLoadSchema>;

// ── the document ───────────────────────────────────────────────────────────────────────────────────────────────────────

const VANTAGE_UNKNOWN: Gathered<never> = notRun('NOT_PROBED');
export const LOAD_UNKNOWN: Gathered<never> = notRun('NOT_PROBED');
export const NOT_WATCHED: Gathered<never> = notRun('NOT_WATCHED');
export const PMS_NOT_ASKED: Gathered<never> = notRun('PMS_NOT_ASKED');
export const NO_EXPERIMENT: Gathered<never> = notRun('NO_EXPERIMENT');
export const NO_PMS_LOG: Gathered<never> = notRun('NO_PMS_LOG');

/** The gathered items; each also is what one part of a run hands to another. */
export const itemSchemas = {
  endpoints: gathered(list(endpointSchema)),
  pms: gathered(pmsSchema),
  settings: gathered(settingsSchema),
  proxies: gathered(list(proxyProbeSchema)),
  'attempts.direct': gathered(list(attemptRecordSchema)),
  'attempts.proxy': gathered(list(attemptRecordSchema)),
  resolver: gathered(resolverSchema),
  // Evidence that was saved by an older version does not have these.
  vantage: z.prefault(gathered(vantageSchema), VANTAGE_UNKNOWN),
  load: z.prefault(gathered(probeLoadSchema), LOAD_UNKNOWN),
  childProxies: z.prefault(gathered(list(childProxyProbeSchema)), LOAD_UNKNOWN),
  traffic: z.prefault(gathered(trafficSchema), NOT_WATCHED),
  pmsLog: z.prefault(gathered(pmsLogSchema), NO_PMS_LOG),
  pmsStatus: z.prefault(gathered(pmsStatusSchema), PMS_NOT_ASKED),
  experiment: z.prefault(gathered(experimentSchema), NO_EXPERIMENT),
};

/** One file that `read` was given, and how far it got with it. */
export const inputFileSchema = obj({
  name: file(),
  /** Id of its format (docs/file-formats.md). */
  kind: fileKind(),
  state: z.enum(['read', 'partly', 'not-read']),
  /** The unread part, its place, the expected form and the fix; null when all was read. */
  note: z.nullable(remark()),
});
export type InputFile = z.infer<typeof inputFileSchema>;

export const evidenceSchema = obj({
  kind: z.literal('pms-proxy-doctor/evidence'),
  schemaVersion: z.literal(1),
  tool: obj({ name: z.literal('pms-proxy-doctor'), version: version() }),
  run: obj({
    command: word(),
    startedAt: time(),
    durationMs: z.number(),
    platform: text(),
    /** Budget of one attempt, which dates its deadlines. */
    timeoutMs: z.number(),
    families: list(z.union([z.literal(4), z.literal(6)])),
    /** true when a signal or the budget ended it early. */
    interrupted: z.boolean(),
    /** Only of `read`. */
    inputs: z.optional(list(inputFileSchema)),
  }),
  items: obj(itemSchemas),
  /** Only of `bridge --prove`. */
  bridge: z.optional(bridgeSchema),
  /** Only of `reproduce --after`. */
  earlier: z.optional(earlierSchema),
  /** How many values were replaced before saving; empty when nothing was. */
  sanitized: z.readonly(z.record(word(), z.int())),
});
export type Evidence = z.infer<typeof evidenceSchema>;
export type EvidenceItems = {
  readonly [K in keyof Evidence['items']]: Extract<Evidence['items'][K], { state: 'ok' }>['value'];
};
