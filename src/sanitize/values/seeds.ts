import type { PseudonymKind } from './pseudonym-kinds.ts';

/** The names that are known to be private or public before any text is read. All fields may be empty. */
export interface Seeds {
  /** This machine's names, short and long, and other single-word host names. */
  readonly hostnames: readonly string[];
  readonly users: readonly string[];
  /** Internal domains, without leading dots. */
  readonly domains: readonly string[];
  readonly proxyHosts: readonly string[];
  /** Names of certificate authorities and subjects that no public root vouches for; each entry lists spellings of one name. */
  readonly authorities: readonly (readonly string[])[];
  /** Names and paths of files that were read. */
  readonly files: readonly string[];
  /** Paths that stay recognisable: programs, configuration files. */
  readonly paths: readonly string[];
  readonly programs: readonly string[];
  readonly units: readonly string[];
  readonly containers: readonly string[];
  /** Words of any kind that are private wherever they stand: what `--hide` names, what another program said. */
  readonly words: readonly (readonly [kind: PseudonymKind, word: string])[];
  /** Words that stay, whatever a rule would say about them. */
  readonly kept: readonly string[];
  /** Secrets themselves, in case something repeats one. */
  readonly secrets: readonly string[];
  /** Words of this tool's own sentences, lower case: a host that is called like one of them is found by its field, and prose stays prose. */
  readonly ownWords: readonly string[];
  /** Hosts that stay readable besides Plex's own: the catalogue's. */
  readonly readableHosts: readonly string[];
  /** Ids and sources of the catalogue's endpoints: fields that hold exactly these are never touched. */
  readonly catalogueWords: readonly string[];
  /** Versions that look like addresses and are none. */
  readonly versions: readonly string[];
  /** Pseudonyms that the documents bring along: they stand for unknown values, so no other value may get them. */
  readonly taken: readonly string[];
  /** Keys that have a pseudonym already, in the order of their numbers; makes several documents share them. */
  readonly assigned: Readonly<Partial<Record<PseudonymKind, readonly string[]>>>;
}

export const NO_SEEDS: Seeds = {
  hostnames: [],
  users: [],
  domains: [],
  proxyHosts: [],
  authorities: [],
  files: [],
  paths: [],
  programs: [],
  units: [],
  containers: [],
  words: [],
  kept: [],
  secrets: [],
  ownWords: [],
  readableHosts: [],
  catalogueWords: [],
  versions: [],
  taken: [],
  assigned: {},
};
