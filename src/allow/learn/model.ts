import * as z from 'zod/mini';
import { needSchema } from '../../core/model/endpoint.ts';
import { catalogueText, host, program, shaped, time } from '../../core/model/privacy.ts';
import { list, obj } from '../../core/model/schema.ts';

/** A name that was asked for, by the logs and captures that were given. */
export const askedSchema = obj({
  /** Of the catalogue: as it is allowed there (`*.plex.direct`); else the name that was asked for. */
  host: host(),
  /** null: the log does not say. */
  port: z.nullable(z.int()),
  isKnown: z.boolean(),
  purpose: z.nullable(catalogueText()),
  need: z.nullable(needSchema),
  breaks: z.nullable(catalogueText()),
  telemetry: z.boolean(),
  /** Requests that the proxy refused, let through, and could not serve or did not tell about. */
  denied: z.int(),
  allowed: z.int(),
  other: z.int(),
  /** Connections around the proxy. */
  direct: z.int(),
  firstAt: z.nullable(time()),
  lastAt: z.nullable(time()),
  lastDeniedAt: z.nullable(time()),
  lastAllowedAt: z.nullable(time()),
  /** Programs, and PMS's logs, that asked for it. */
  processes: list(program()),
});
export type Asked = z.infer<typeof askedSchema>;

/** The counts of a name before its first request. */
export const NO_REQUESTS = {
  denied: 0,
  allowed: 0,
  other: 0,
  direct: 0,
  firstAt: null,
  lastAt: null,
  lastDeniedAt: null,
  lastAllowedAt: null,
  processes: [],
} as const satisfies Partial<Asked>;

/** Why no candidates for removal are named. `no-log`: none of the files would have shown every request. */
const UNJUDGED = ['no-existing', 'no-log', 'too-short', 'several-clients', 'left-out'] as const;

export const learnedSchema = obj({
  schemaVersion: z.literal(1),
  /** Needed, and denied when it was asked last; with --existing also needed and not in the list. */
  add: list(askedSchema),
  /** Needed, and let through when it was asked last. */
  working: list(askedSchema),
  /** Known and not needed for what was asked for. */
  leave: list(askedSchema),
  /** Not of the catalogue: the user decides. */
  decide: list(askedSchema),
  /** Needed, and not asked for in these files. */
  notAsked: list(host()),
  /** Entries of the existing list. */
  existing: z.nullable(
    obj({
      entries: z.int(),
      /** Lines that could not be read as names. */
      unread: list(z.int()),
      /** Not needed, and never asked for. */
      unused: list(obj({ entry: host() })),
      /** Known, not needed, and asked for or not judged. */
      unneeded: list(obj({ entry: host() })),
      /** They cover more names than those that are needed: `.plex.tv`. */
      wider: list(obj({ entry: host(), needed: list(host()), others: list(host()) })),
    }),
  ),
  unusedDays: z.int(),
  /** Days that the longest log covers. */
  coveredDays: z.nullable(z.number()),
  unusedUnjudged: z.nullable(z.enum(UNJUDGED)),
  /** Connections that were counted and left out, because their kinds are too many. */
  omitted: z.int(),
  basis: shaped(/^[\w ,.;:()%-]+$/),
});
export type Learned = z.infer<typeof learnedSchema>;
export type Unjudged = (typeof UNJUDGED)[number];
