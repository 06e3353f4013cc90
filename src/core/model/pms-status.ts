import * as z from 'zod/mini';
import type { Endpoint, Need } from './endpoint.ts';
import { host, said, sentence, shaped, text, url, version, word } from './privacy.ts';
import { list, obj } from './schema.ts';
import { troubleCodeSchema } from './reason.ts';

/** The needs of a library when it is scanned, by its agent. */
export const LIBRARY_NEEDS = ['provider', 'custom-provider', 'plug-ins', 'nothing', 'unknown'] as const;
export type LibraryNeed = (typeof LIBRARY_NEEDS)[number];

/** Where the token came from that PMS was asked with. */
export const TOKEN_SOURCES = ['option', 'environment', 'local-admin-token', 'preferences'] as const;
export type TokenSource = (typeof TOKEN_SOURCES)[number];

export const librarySchema = obj({
  id: shaped(/^\d+$/),
  /** PMS's word: movie, show, artist, photo. */
  type: word(),
  /** `tv.plex.agents.music`, `com.plexapp.agents.none`, …; what is no identifier is kept as `other`. */
  agent: said(),
  scanner: said(),
  needs: z.enum(LIBRARY_NEEDS),
  /** How many folders it has; which ones is never kept. */
  locations: z.int(),
});
export type Library = z.infer<typeof librarySchema>;

export const troubleSchema = obj({
  /** Path of the call: `/identity`. Where an older call was tried after it, the first. */
  call: text(),
  /** PMS_NOT_LISTENING, NOT_PMS, UNAUTHORIZED, TIMEOUT, CUT, … */
  code: troubleCodeSchema,
  /** Names the call, method and path, unless it says that PMS could not be reached at all. */
  message: sentence(),
});
export type Trouble = z.infer<typeof troubleSchema>;

/** A metadata provider that the administrator added by its URL. */
export const customProviderSchema = obj({
  /** `tv.plex.agents.custom.NAME`: libraries name it as their agent. */
  identifier: said(),
  /** Of its URL, whose path may hold a key. null: it has none that can be asked. */
  place: z.nullable(obj({ scheme: z.enum(['https', 'http']), host: host(), port: z.int() })),
  /** By PMS's word; null: the answer does not tell. */
  online: z.nullable(z.boolean()),
});
export type CustomProvider = z.infer<typeof customProviderSchema>;

/** How the identifiers of custom metadata providers begin (developer.plex.tv/pms). */
export const CUSTOM_PROVIDER = 'tv.plex.agents.custom.';

/**
 * PMS's own state, as it tells it when asked: nothing but states, kinds and counts. Titles, paths, people, addresses and identifiers of
 * the server are not in it.
 */
export const pmsStatusSchema = obj({
  /** Where it was asked: `http://127.0.0.1:32400`. */
  base: url(),
  /** null: it was asked without a token. */
  tokenFrom: z.nullable(z.enum(TOKEN_SOURCES)),
  /** null here and below: PMS did not say. */
  version: z.nullable(version()),
  claimed: z.nullable(z.boolean()),
  /** `ok`, `none`, … */
  signIn: z.nullable(said()),
  /** State of remote access: `mapped`, `failed`, … */
  mapping: z.nullable(said()),
  mappingError: z.nullable(said()),
  /** `online` null: the answer does not tell. */
  providers: z.nullable(list(obj({ identifier: said(), online: z.nullable(z.boolean()) }))),
  sections: z.nullable(list(librarySchema)),
  /** Missing or null: PMS did not say. PMS has them since 1.43. */
  customProviders: z.optional(z.nullable(list(customProviderSchema))),
  /** Calls that gave nothing, and why. */
  troubles: list(troubleSchema),
});
export type PmsStatus = z.infer<typeof pmsStatusSchema>;

/** Where PMS signs in. */
export const SIGN_IN_HOST = 'plex.tv';

/** The call that needs no token: a server that does not answer it is not PMS, or is not there. */
export const IDENTITY_CALL = '/identity';

/** The call that lists the libraries (developer.plex.tv/pms); PMS's of before that documentation may know the shorter one only. */
export const SECTIONS_CALLS = ['/library/sections/all', '/library/sections'] as const;

/** Why PMS could not be asked at all; null when it answered. */
export function unreachedBecause({ troubles }: PmsStatus): Trouble | null {
  return troubles.find(({ call }) => call === IDENTITY_CALL) ?? null;
}

/** true: signed in, false: not, null: PMS did not say. An unclaimed server is not signed in. */
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

/** The libraries whose agent is this provider. */
export function librariesOf({ identifier }: CustomProvider, sections: readonly Library[]): readonly Library[] {
  return sections.filter(({ agent }) => agent === identifier);
}

/** null: an agent that the catalogue does not know. */
function agentKindOf({ agent, type }: Pick<Library, 'agent' | 'type'>): AgentKind | null {
  const modern = MODERN.get(agent);
  if (modern !== undefined) return modern;
  if (!agent.startsWith('com.plexapp.agents.')) return null;
  return type === 'artist' ? 'legacy-music' : 'legacy';
}

/** The needs of a library's agent: the metadata provider, the hosts of plug-ins, or nothing. */
export function libraryNeed(library: Pick<Library, 'agent' | 'type'>): LibraryNeed {
  if (library.agent.startsWith(CUSTOM_PROVIDER)) return 'custom-provider';
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

/** true when there are libraries and none of their agents needs an endpoint. */
export function needsNoEndpoint(sections: readonly Library[] | null): boolean {
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
 * The endpoints with the needs of the libraries that are there; without libraries, as the catalogue has them. The needs
 * of each kind of agent stay known.
 */
export function withNeeds(endpoints: readonly Endpoint[], sections: readonly Library[] | null): readonly Endpoint[] {
  if (sections === null || sections.length === 0) return endpoints;
  return endpoints.map((endpoint) => {
    const { need, needByAgent } = endpoint;
    const ofKinds = Object.fromEntries(AGENT_KINDS.map((kind) => [kind, needByAgent[kind] ?? need]));
    return { ...endpoint, need: needFor(endpoint, sections), needByAgent: { ...needByAgent, ...ofKinds } };
  });
}
