import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { list, obj } from '../../core/model/schema.ts';

const librarySchema = obj({
  id: z.string().check(z.regex(/^\d{1,9}$/)),
  type: z.enum(['artist', 'movie', 'show', 'photo']),
  agent: z.string(),
  /**
   * Something that is not matched yet. A scan that matches it uses it up, until the configuration changes; `always`: more of it has arrived
   * by then.
   */
  newContent: z.prefault(z.union([z.boolean(), z.literal('always')]), false),
  /** Paths that a narrowed scan may name. Nothing is read there. */
  locations: z.prefault(list(z.string()), ['/srv/media']),
});
export type Library = z.infer<typeof librarySchema>;

const customProviderSchema = obj({ identifier: z.string(), uri: z.string(), online: z.prefault(z.boolean(), true) });

/** The libraries of an administrator who has one of each kind, with new music. */
const LIBRARIES: readonly z.input<typeof librarySchema>[] = [
  { id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: true },
  { id: '2', type: 'movie', agent: 'tv.plex.agents.movie' },
  { id: '3', type: 'show', agent: 'tv.plex.agents.series' },
  { id: '4', type: 'movie', agent: 'tv.plex.agents.none', newContent: true },
];

/** How the stand-in behaves. All of it can change while it runs, except what PMS decides when it starts. */
const configSchema = obj({
  version: z.prefault(z.string(), '1.41.8.9834-000000000'),
  /** The calls that it knows where versions may differ: those of the documentation, those of older clients, or both, as PMS does. */
  calls: z.prefault(z.enum(['both', 'documented', 'older']), 'both'),
  /** false: the server belongs to no account, is never signed in, and asks no client for a token. */
  claimed: z.prefault(z.boolean(), true),
  libraries: z.prefault(list(librarySchema), [...LIBRARIES]),
  /** As many libraries in all; the rest have the agent `tv.plex.agents.none`. */
  sections: z.prefault(z.int().check(z.minimum(0), z.maximum(100_000)), 0),
  /** `asks`: it really asks plex.tv at its start, and keeps the result until it is started anew. */
  signIn: z.prefault(z.enum(['asks', 'ok', 'none']), 'asks'),
  /** `asks`: it really asks metadata.provider.plex.tv, at its start and at every refresh of the providers. */
  provider: z.prefault(z.enum(['asks', 'online', 'offline']), 'asks'),
  /** Metadata providers that were added by their URL; null: a version that knows none. The stand-in asks them for nothing. */
  customProviders: z.prefault(z.nullable(list(customProviderSchema)), null),
  /**
   * The missing thing for which PMS answers a scan of a music library with 503. `matcher`: of a Plex Media Scanner that reached the
   * provider, asked for when there is new content.
   */
  refuse: z.prefault(list(z.enum(['not-signed-in', 'provider-offline', 'matcher'])), ['not-signed-in', 'matcher']),
  /** PMS's answer to every request for a scan, whatever the network is like: no space left, maintenance, … */
  refusal: z.prefault(z.nullable(obj({ status: z.int(), sentence: z.string() })), null),
  /** How Plex Media Scanner treats the proxy variables; `own-proxy`: it uses `matcherProxy`, whatever they say. */
  matcher: z.prefault(z.enum(['obeys', 'ignores-proxy', 'no-environment', 'own-proxy']), 'obeys'),
  matcherProxy: z.prefault(z.nullable(z.string()), null),
  /** Plex Media Scanner asks PMS on 127.0.0.1 first, and fails when it cannot. */
  matcherCallsBack: z.prefault(z.boolean(), true),
  /** How long the clients of the stand-in wait for a connection, TLS and proxy included. */
  connectTimeoutSeconds: z.prefault(z.number().check(z.positive(), z.maximum(60)), 5),
  /** How long a scan takes when all goes well. */
  scanSeconds: z.prefault(z.number().check(z.minimum(0), z.maximum(600)), 0.3),
  /** File with the roots that its clients trust; null: those of the system. */
  cacert: z.prefault(z.nullable(z.string()), null),
  /** `HOST:PORT:ADDRESS`: names that its clients do not look up when they connect to them directly. */
  resolve: z.prefault(list(z.string()), []),
  /**
   * `hangs`: takes requests and never answers. `garbage`: answers with bytes that are not HTTP. `unauthorized`: 401 to everything.
   * `other-server`: answers as some other product. `dies-during-scan`: its process ends in the middle of the next scan.
   */
  misbehaviour: z.prefault(
    z.enum(['none', 'hangs', 'garbage', 'unauthorized', 'other-server', 'dies-during-scan']),
    'none',
  ),
});
export type PmsStandInConfig = z.infer<typeof configSchema>;
export type PmsStandInSettings = z.input<typeof configSchema>;

const fileOf = (directory: string): string => join(directory, 'stand-in.json');

/** Fills in the defaults. Throws a ZodError on settings that do not exist. */
export function completeConfig(settings: unknown): PmsStandInConfig {
  return configSchema.parse(settings);
}

/** Renamed into place: the stand-in reads it at any moment. */
export function writeConfig(directory: string, settings: PmsStandInSettings): void {
  const file = fileOf(directory);
  writeFileSync(`${file}.new`, JSON.stringify(completeConfig(settings)));
  renameSync(`${file}.new`, file);
}

/** The configuration of a running stand-in, read anew whenever it is asked for. */
export class CurrentConfig {
  readonly #file: string;
  readonly #changed: () => void;
  #text = '';
  #config: PmsStandInConfig = completeConfig({});

  constructor(directory: string, changed: () => void) {
    this.#file = fileOf(directory);
    this.#changed = changed;
  }

  get(): PmsStandInConfig {
    const text = readFileSync(this.#file, 'utf8');
    if (text === this.#text) return this.#config;
    this.#config = completeConfig(JSON.parse(text));
    if (this.#text !== '') this.#changed();
    this.#text = text;
    return this.#config;
  }
}

/** The libraries as PMS lists them, padded to `sections`. */
export function librariesOf({ libraries, sections }: PmsStandInConfig): readonly Library[] {
  const highest = Math.max(0, ...libraries.map(({ id }) => Number(id)));
  const missing = Math.max(0, sections - libraries.length);
  const padding = Array.from({ length: missing }, (_, index): Library => ({
    id: String(highest + 1 + index),
    type: 'movie',
    agent: 'tv.plex.agents.none',
    newContent: false,
    locations: ['/srv/media'],
  }));
  return [...libraries, ...padding];
}
