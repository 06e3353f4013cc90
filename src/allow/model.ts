import type { Endpoint, Mark, Need } from '../core/model/endpoint.ts';

/** How a connection to a name is made: TLS or plain HTTP, and the port. */
export interface Service {
  readonly scheme: Endpoint['scheme'];
  readonly port: number;
}

/** A name to allow, with everything that is asked of it. */
export interface AllowedName {
  /** In lower case, without the root's dot: `plex.tv`, `*.plex.direct` (names below, of any depth, never `plex.direct` itself) or an address. */
  readonly host: string;
  readonly kind: 'name' | 'wildcard' | 'address';
  /** In order of the port; empty: the name is only resolved. */
  readonly services: readonly Service[];
  /** Its resolving matters beyond the connections: resolvers drop private answers. */
  readonly isResolved: boolean;
  readonly purpose: string;
  readonly need: Need;
  /** The loss without it, in sentences. */
  readonly breaks: string;
  readonly mark: Mark;
  readonly ids: readonly string[];
  /** Its counts in logs; null: none. */
  readonly seen: string | null;
  /** It, or the words about it, come from a file of the user and not from the catalogue: private. */
  readonly isOwn: boolean;
}

/** A name that is not in the file, and the reason in a few words. */
export interface LeftOut {
  readonly host: string;
  readonly why: string;
  readonly isOwn: boolean;
}

export const NEEDS_ASKED = ['scan', 'features', 'all'] as const;
export type NeedAsked = (typeof NEEDS_ASKED)[number];

/** The names to allow: what a scan needs first, then by the catalogue's order. */
export interface AllowList {
  readonly asked: NeedAsked;
  readonly names: readonly AllowedName[];
  readonly leftOut: readonly LeftOut[];
  /** Every host of the catalogue that is not among the names. */
  readonly known: readonly string[];
  /** Addresses by name, where they were asked for. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** Addresses of the PMS host; empty: the rules hold for every client of the filter. */
  readonly clients: readonly string[];
  /** Names that logs hold and the catalogue does not, in a line each. */
  readonly undecided: readonly string[];
  /** Where the needs come from, one sentence. */
  readonly basis: string;
}
