import { parseAddress } from '../values/address.ts';
import { baseName, endingOf, fileKey, hidePath, isUsualFile } from '../values/files.ts';
import { normalName, type Hosts } from '../values/hosts.ts';
import { Literals } from '../values/literals.ts';
import { isCommonWord } from '../values/names.ts';
import type { Pass } from '../values/pass.ts';
import { isOpenProgram, isOpenService, splitUnit } from '../values/programs.ts';
import type { PseudonymKind } from '../values/pseudonym-kinds.ts';
import type { Seeds } from '../values/seeds.ts';

/** A word that is known to be private. */
interface Private {
  readonly kind: PseudonymKind;
  readonly key: string;
}

/** The private words that are known beforehand, wherever a text has them. */
export class KnownWords {
  readonly #names: Literals<Private>;
  readonly #authorities: Literals<Private>;
  /** Paths and names of files, each with the name that stands for it. */
  readonly #files: Literals<string>;
  readonly #paths: Literals<string>;
  readonly #kept: Literals<string>;
  readonly #secrets: Literals<null>;

  constructor(seeds: Seeds, hosts: Hosts) {
    this.#names = new Literals(privateNames(seeds, hosts));
    this.#authorities = new Literals(privateAuthorities(seeds, hosts));
    this.#files = new Literals(fileLiterals(seeds.files));
    this.#kept = new Literals(seeds.kept.map((word) => [word, word]));
    this.#secrets = new Literals(seeds.secrets.filter((secret) => secret.length > 3).map((secret) => [secret, null]));
    this.#paths = new Literals(
      seeds.paths.filter((path) => hidePath(path, () => '<>') !== path).map((path) => [path, path]),
    );
  }

  /** Words of `--keep`, before any rule. */
  keep(text: string, pass: Pass): string {
    return this.#kept.replace(text, (_, written) => pass.keep(written));
  }

  /** Authorities, files and paths: longer than a word, so they are told before other rules see a part of them. */
  hidePhrases(text: string, pass: Pass): string {
    const withoutSecrets = this.#secrets.replace(text, () => pass.secret('token'));
    const withoutAuthorities = this.#authorities.replace(withoutSecrets, ({ kind, key }) => pass.pseudonym(kind, key));
    const withoutFiles = this.#files.replace(withoutAuthorities, (name) =>
      isUsualFile(name) ? name : pass.pseudonym('file', fileKey(name)) + pass.keep(endingOf(name)),
    );
    return this.#paths.replace(withoutFiles, (path) => hidePath(path, pass.pseudonym));
  }

  /** Names of hosts, users and programs: a program may be called `token`, so they come after the rules for secrets. */
  hideNames(text: string, pass: Pass): string {
    return this.#names.replace(text, ({ kind, key }) => pass.pseudonym(kind, key));
  }
}

function privateNames(seeds: Seeds, hosts: Hosts): readonly (readonly [string, Private])[] {
  const all = (names: Iterable<string>, kind: PseudonymKind, isPrivate: (name: string) => boolean) =>
    [...names]
      .filter((name) => !name.includes('<') && isPrivate(name))
      .map((name) => [name, { kind, key: name.toLowerCase() }] as const);
  const own = new Set(seeds.ownWords);
  const isHost = (name: string): boolean => isOwnWord(name) && !own.has(name.toLowerCase());
  return [
    ...all(hosts.proxies, 'proxy', isHost),
    ...all(seeds.hostnames.map(normalName), 'host', isHost),
    ...all(seeds.users, 'user', (name) => !isCommonWord(name)),
    ...all(
      seeds.units.map((unit) => splitUnit(unit)[0]),
      'unit',
      (name) => !isOpenService(name),
    ),
    ...all(seeds.containers, 'container', (name) => !isOpenService(name)),
    ...all(seeds.programs, 'program', (name) => !isOpenProgram(name)),
    ...seeds.words
      .filter(([, word]) => word !== '' && !word.includes('<'))
      .map(([kind, word]) => [word, { kind, key: word.toLowerCase() }] as const),
  ];
}

function privateAuthorities({ authorities }: Seeds, hosts: Hosts): readonly (readonly [string, Private])[] {
  const isPrivate = (name: string): boolean =>
    name.length > 2 && !name.includes('<') && !isCommonWord(name) && !hosts.isReadableSubject(name);
  return authorities.flatMap((spellings) =>
    spellings.filter(isPrivate).map((name) => [name, { kind: 'ca', key: spellings[0] ?? name }] as const),
  );
}

/** Paths of files, which become names, and names that are not usual; a plain word is not looked for: texts are full of words. */
function fileLiterals(files: readonly string[]): readonly (readonly [string, string])[] {
  return files
    .map((path) => ({ path, name: baseName(path) }))
    .filter(({ name }) => !/^[\p{L}\s]*$/u.test(name))
    .flatMap(({ path, name }) => [path, name].map((written) => [written, name] as const))
    .filter(([written, name]) => !written.includes('<') && (written !== name || !isUsualFile(name)));
}

/** A single word that is worth replacing wherever it stands. */
function isOwnWord(name: string): boolean {
  return /^[^.<>*\s]+$/.test(name) && !isCommonWord(name) && parseAddress(name) === null;
}
