import * as z from 'zod/mini';
import { CAUSE_IDS } from './cause-ids.ts';
import { needSchema } from './endpoint.ts';
import { OUTCOMES, ROUTES } from './outcome.ts';
import { codeWord, endpointId, file, host, program, setting, time, version, word } from './privacy.ts';
import { causeStateSchema, conditionSchema, findingVerdictSchema } from './report.ts';
import { list, obj } from './schema.ts';
import { statementSchema } from './statement.ts';

/**
 * The comparison of two reports: `docs/comparison.schema.json` is generated from this schema. Only changes are listed. Additions are compatible.
 */

/**
 * better, worse: both sides are known. changed: different, and neither. settled: only AFTER is known, and all is well there. unsettled:
 * only BEFORE is known, and all was well there. undecided: only one side is known, and there is trouble on it.
 */
export const CHANGES = ['worse', 'better', 'unsettled', 'undecided', 'settled', 'changed'] as const;
export type Change = (typeof CHANGES)[number];

const changeShape = {
  change: z.enum(CHANGES),
  /** Whether it counts for the exit code. */
  decides: z.boolean(),
  says: statementSchema,
};

const sideSchema = obj({
  name: file(),
  /** Evidence was judged anew by this version. */
  document: z.enum(['report', 'evidence']),
  command: word(),
  startedAt: time(),
  version: version(),
  sanitized: z.boolean(),
  exitCode: z.int(),
});
export type Side = z.infer<typeof sideSchema>;

const routeSideSchema = obj({ outcome: z.enum(OUTCOMES), code: z.nullable(codeWord()), ms: z.nullable(z.number()) });
const waySchema = z.nullable(z.enum([...ROUTES, 'refused']));

const endpointChangeSchema = obj({
  ...changeShape,
  id: endpointId(),
  host: host(),
  port: z.int(),
  need: needSchema,
  /** In which of the reports it is. */
  presence: z.enum(['both', 'new', 'gone']),
  /** The route that PMS takes; null: not known. */
  way: obj({ before: waySchema, after: waySchema }),
  routes: list(obj({ route: z.enum(ROUTES), before: z.nullable(routeSideSchema), after: z.nullable(routeSideSchema) })),
});
export type EndpointChange = z.infer<typeof endpointChangeSchema>;

const timeChangeSchema = obj({
  ...changeShape,
  route: z.enum(ROUTES),
  /** null: the median of all endpoints that answered in both reports. */
  endpoint: z.nullable(endpointId()),
  beforeMs: z.number(),
  afterMs: z.number(),
});
export type TimeChange = z.infer<typeof timeChangeSchema>;

/**
 * absent: shown not to have happened. through-proxy: the process was seen to ask the proxy instead, and nothing shows that it never goes around.
 * unproven: watched, but nothing shows that it would have been seen.
 */
const sightingSchema = z.enum(['seen', 'absent', 'through-proxy', 'unproven', 'not-watched']);

const bypassChangeSchema = obj({
  ...changeShape,
  kind: z.enum(['observed', 'configured']),
  host: z.nullable(host()),
  address: z.nullable(host()),
  port: z.int(),
  process: z.nullable(program()),
  before: sightingSchema,
  after: sightingSchema,
});
export type BypassChange = z.infer<typeof bypassChangeSchema>;
export type Sighting = BypassChange['before'];

const settingChangeSchema = obj({
  ...changeShape,
  setting: z.enum(['proxy', 'no-proxy', 'source', 'pms-version', 'pms-client']),
  before: z.nullable(setting()),
  after: z.nullable(setting()),
});
export type SettingChange = z.infer<typeof settingChangeSchema>;

const conditionChangeSchema = obj({
  ...changeShape,
  before: conditionSchema,
  after: conditionSchema,
});
export type ConditionChange = z.infer<typeof conditionChangeSchema>;

const stateSchema = z.nullable(causeStateSchema);
const causeChangeSchema = obj({ ...changeShape, id: z.enum(CAUSE_IDS), before: stateSchema, after: stateSchema });
export type CauseChange = z.infer<typeof causeChangeSchema>;

const expectationChangeSchema = obj({
  ...changeShape,
  host: z.nullable(host()),
  aspect: z.nullable(z.enum(['direct', 'proxy', 'bypass'])),
});
export type ExpectationChange = z.infer<typeof expectationChangeSchema>;

const verdictSchema = z.nullable(findingVerdictSchema);
const checkChangeSchema = obj({ ...changeShape, check: word(), before: verdictSchema, after: verdictSchema });
export type CheckChange = z.infer<typeof checkChangeSchema>;

export const comparisonSchema = obj({
  kind: z.literal('pms-proxy-doctor/comparison'),
  schemaVersion: z.literal(1),
  tool: obj({ name: z.literal('pms-proxy-doctor'), version: version() }),
  before: sideSchema,
  after: sideSchema,
  summary: obj({
    verdict: z.enum(['worse', 'undecided', 'better', 'changed', 'same']),
    /** 0 not worse, 1 worse, 3 cannot be compared. */
    exitCode: z.int(),
    /** The parts of the sentence that stands on top. */
    because: list(statementSchema),
    /** By the kind of change. */
    counts: z.readonly(z.record(word(), z.int())),
    /** Endpoints that are as they were. */
    sameEndpoints: z.int(),
  }),
  /** null: the scan condition is as it was. */
  condition: z.nullable(conditionChangeSchema),
  endpoints: list(endpointChangeSchema),
  times: list(timeChangeSchema),
  bypasses: list(bypassChangeSchema),
  settings: list(settingChangeSchema),
  causes: list(causeChangeSchema),
  expectations: list(expectationChangeSchema),
  checks: list(checkChangeSchema),
  /** Reasons why the comparison shows less than it could. */
  limits: list(statementSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;
