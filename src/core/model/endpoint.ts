import * as z from 'zod/mini';
import { catalogueText, citation, endpointId, host, text, word } from './privacy.ts';
import { obj } from './schema.ts';

/** How much a library scan needs an endpoint. */
export const needSchema = z.enum(['scan', 'feature', 'optional']);
export type Need = z.infer<typeof needSchema>;

/** Library agents whose needs differ; a legacy agent goes out through plug-ins, a modern one inside PMS. */
export const agentSchema = z.enum(['movie', 'series', 'music', 'legacy', 'legacy-music', 'live-tv', 'none']);

/** How well a fact is known: stated by Plex, seen by users, inferred, or a name in lists alone. */
export const markSchema = z.enum(['official', 'seen', 'inferred', 'listed']);
export type Mark = z.infer<typeof markSchema>;

/**
 * host: one name, probed. wildcard: many names of one shape, probed by a representative name (null: none can be known).
 * dns: only resolved, never connected to. udp: on the LAN, listed but never probed.
 */
export const endpointKindSchema = z.enum(['host', 'wildcard', 'dns', 'udp']);

/** A host, port and scheme that PMS contacts, with its purpose, a scan's need for it, and its source. */
export const endpointSchema = obj({
  id: endpointId(),
  kind: endpointKindSchema,
  /** The name as an administrator would allow it; a pattern (`*.o.lencr.org`) for wildcards. */
  host: host(),
  /** The name that is probed; equals `host` for kind host, null when no representative name exists. */
  probeHost: z.nullable(host()),
  port: z.int(),
  scheme: z.enum(['https', 'http']),
  /** A few words for the table: 'sign-in', 'matching', 'artwork'. */
  purpose: catalogueText(),
  need: needSchema,
  /** Where the need differs by library agent: legacy agents need hosts that modern ones do not. */
  needByAgent: z.readonly(z.record(word(), needSchema)),
  /** The loss when an administrator blocks it. */
  breaks: catalogueText(),
  mark: markSchema,
  /** Public source: a URL or `owner/repo issue N`. */
  source: citation(),
  /** Safe to block: telemetry and the like. */
  telemetry: z.boolean(),
  /** Requested by the probe: `GET path`. */
  path: text(),
  /** HTTP statuses that the genuine endpoint is known to give to this request, null = any. Only tells captive portals apart. */
  accepts: z.nullable(z.readonly(z.array(z.int()))),
  /** true for endpoints from the user's own file. */
  custom: z.boolean(),
  /** true for a custom metadata provider of this PMS. It may well stand in the own network, where no proxy belongs between. */
  provider: z.optional(z.boolean()),
  /** true when the user's file has the root's dot behind the host: clients compare it with no_proxy as they are given it. */
  rooted: z.optional(z.boolean()),
});
export type Endpoint = z.infer<typeof endpointSchema>;
