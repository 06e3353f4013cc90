import * as z from 'zod/mini';
import type { Endpoint, Need } from './endpoint.ts';
import { list, obj } from './schema.ts';

/** What a library needs from outside when it is scanned, by its agent. */
export const LIBRARY_NEEDS = ['provider', 'plug-ins', 'nothing', 'unknown'] as const;
export type LibraryNeed = (typeof LIBRARY_NEEDS)[number];

/** Where the token came from that PMS was asked with. */
export const TOKEN_SOURCES = ['option', 'environment', 'local-admin-token', 'preferences'] as const;
export type TokenSource = (typeof TOKEN_SOURCES)[number];

export const librarySchema = obj({
  id: z.string(),
  /** PMS's word: movie, show, artist, photo. */
  type: z.string(),
  /** `tv.plex.agents.music`, `com.plexapp.agents.none`, …; what is no identifier is kept as `other`. */
  agent: z.string(),
  scanner: z.string(),
  needs: z.enum(LIBRARY_NEEDS),
  /** How many folders it has; which ones is never kept. */
  locations: z.int(),
});
export type Library = z.infer<typeof librarySchema>;

export const troubleSchema = obj({
  /** Path of the call: `/identity`. */
  call: z.string(),
  /** PMS_NOT_LISTENING, NOT_PMS, UNAUTHORIZED, TIMEOUT, CUT, … */
  code: z.string(),
  message: z.string(),
});
export type Trouble = z.infer<typeof troubleSchema>;

/**
 * PMS's own state, as it tells it when asked: nothing but states, kinds and counts. Titles, paths, people, addresses and identifiers of
 * the server are not in it.
 */
export const pmsStatusSchema = obj({
  /** Where it was asked: `http://127.0.0.1:32400`. */
  base: z.string(),
  /** null: it was asked without a token. */
  tokenFrom: z.nullable(z.enum(TOKEN_SOURCES)),
  /** null here and below: PMS did not say. */
  version: z.nullable(z.string()),
  claimed: z.nullable(z.boolean()),
  /** `ok`, `none`, … */
  signIn: z.nullable(z.string()),
  /** State of remote access: `mapped`, `failed`, … */
  mapping: z.nullable(z.string()),
  mappingError: z.nullable(z.string()),
  /** `online` null: the answer does not tell. */
  providers: z.nullable(list(obj({ identifier: z.string(), online: z.nullable(z.boolean()) }))),
  sections: z.nullable(list(librarySchema)),
  /** Calls that gave nothing, and why. */
  troubles: list(troubleSchema),
});
export type PmsStatus = z.infer<typeof pmsStatusSchema>;

/** Where PMS signs in. */
export const SIGN_IN_HOST = 'plex.tv';

/** The call that needs no token: who does not answer it is not PMS, or is not there. */
export const IDENTITY_CALL = '/identity';

/** Why PMS could not be asked at all; null when it answered. */
export function unreachedBecause({ troubles }: PmsStatus): Trouble | null {
  return troubles.find(({ call }) => call === IDENTITY_CALL) ?? null;
}

/** true: signed in, false: not, null: PMS did not say. A server that nobody claimed is not signed in. */
export function isSignedIn({ signIn, claimed }: PmsStatus): boolean | null {
  if (signIn !== null) return signIn.toLowerCase() === 'ok';
  return claimed === false ? false : null;
}

/** How the identifier of the metadata provider begins, by those of Plex's other cloud providers. */
export const METADATA_PROVIDER = 'tv.plex.provider.metadata';
/** Where it is. */
export const METADATA_HOST = 'metadata.provider.plex.tv';

/**
 * Whether the metadata provider is online by PMS's word; null: it does not say. Of the cloud providers it is the one that
 * scans need.
 */
export function isProviderOnline({ providers }: PmsStatus): boolean | null {
  const told = (providers ?? []).filter(({ identifier }) => identifier.startsWith(METADATA_PROVIDER));
  const known = told.flatMap(({ online }) => online ?? []);
  return known.length === 0 ? null : known.includes(true);
}

// ── what libraries need ────────────────────────────────────────────────────────────────────────────────────────────────

/** Kinds of agents that the catalogue tells apart. */
const AGENT_KINDS = ['movie', 'series', 'music', 'legacy', 'legacy-music', 'none'] as const;
type AgentKind = (typeof AGENT_KINDS)[number];

const MODERN: ReadonlyMap<string, AgentKind> = new Map([
  ['tv.plex.agents.movie', 'movie'],
  ['tv.plex.agents.series', 'series'],
  ['tv.plex.agents.music', 'music'],
  ['tv.plex.agents.none', 'none'],
  ['com.plexapp.agents.none', 'none'],
]);

/** null: an agent that the catalogue does not know. */
function agentKindOf({ agent, type }: Pick<Library, 'agent' | 'type'>): AgentKind | null {
  const modern = MODERN.get(agent);
  if (modern !== undefined) return modern;
  if (!agent.startsWith('com.plexapp.agents.')) return null;
  return type === 'artist' ? 'legacy-music' : 'legacy';
}

/** What the agent of a library needs: the metadata provider, the hosts of plug-ins, or nothing. */
export function libraryNeed(library: Pick<Library, 'agent' | 'type'>): LibraryNeed {
  switch (agentKindOf(library)) {
    case 'movie':
    case 'series':
    case 'music':
      return 'provider';
    case 'legacy':
    case 'legacy-music':
      return 'plug-ins';
    case 'none':
      return 'nothing';
    case null:
      return 'unknown';
  }
}

/** true when there are libraries and the agent of none of them asks anybody outside. */
export function needsNobody(sections: readonly Library[] | null): boolean {
  return sections !== null && sections.length > 0 && sections.every(({ needs }) => needs === 'nothing');
}

/** Libraries of music: those that PMS refuses to scan while it is not signed in. */
export function musicOf(sections: readonly Library[]): readonly Library[] {
  return sections.filter((library) => library.type === 'artist' && library.needs !== 'nothing');
}

const STRONGEST_FIRST: readonly Need[] = ['scan', 'feature', 'optional'];

/** The need of one endpoint for these libraries: that of the library that needs it most. */
export function needFor(endpoint: Endpoint, sections: readonly Library[]): Need {
  const needs = sections.map((library) => {
    const kind = agentKindOf(library);
    return (kind === null ? undefined : endpoint.needByAgent[kind]) ?? endpoint.need;
  });
  return STRONGEST_FIRST.find((need) => needs.includes(need)) ?? endpoint.need;
}

/**
 * The endpoints with the needs of the libraries that are there; without libraries, as the catalogue has them. What each kind of agent
 * needs stays known.
 */
export function withNeeds(endpoints: readonly Endpoint[], sections: readonly Library[] | null): readonly Endpoint[] {
  if (sections === null || sections.length === 0) return endpoints;
  return endpoints.map((endpoint) => {
    const { need, needByAgent } = endpoint;
    const ofKinds = Object.fromEntries(AGENT_KINDS.map((kind) => [kind, needByAgent[kind] ?? need]));
    return { ...endpoint, need: needFor(endpoint, sections), needByAgent: { ...needByAgent, ...ofKinds } };
  });
}
