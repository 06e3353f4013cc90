import { posix } from 'node:path';
import { failed, notRun, ok, type Gathered } from '../../core/evidence.ts';
import type { Assignment } from '../../parse/assignment.ts';
import { parseEnvironmentFile } from '../../parse/environment-file.ts';
import { unitEnvironment, type UnitEnvironment, type UnitFile } from '../../parse/systemd-environment.ts';
import { listDirectory, readText } from '../pms/files.ts';
import { isProxyName, type FoundVariable } from './variables.ts';

/** Unit load path of the system manager, systemd.unit(5) table 1; /lib is where it was before /usr was merged. */
const SYSTEM_PATH = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
];
/** The part of a user manager's path that does not depend on whose it is. */
const USER_PATH = ['/etc/systemd/user', '/run/systemd/user', '/usr/local/lib/systemd/user', '/usr/lib/systemd/user'];
const MANAGER_PATH = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd'];

export interface UnitQuery {
  /** Below which root the files are. */
  readonly root: string;
  /** `plexmediaserver.service`. */
  readonly name: string;
  /** A user's unit: their home directory, null when it is not known. false for the system manager. */
  readonly user: false | { readonly home: string | null };
  /** The environment of the system manager, for `PassEnvironment=`. Asked only when a proxy variable is passed. */
  readonly managerEnvironment: () => Promise<Gathered<readonly FoundVariable[]>>;
}

/**
 * The environment that a unit would give its process: manager's defaults, `PassEnvironment=`, `Environment=`,
 * `EnvironmentFile=`, less `UnsetEnvironment=`, in this order (systemd.exec(5)), read from the files. One file that may not
 * be read makes the whole unknown, because it could set or unset anything.
 */
export async function readUnitVariables(query: UnitQuery): Promise<Gathered<readonly FoundVariable[]>> {
  const files = await unitFiles(query);
  if (files.state !== 'ok') return files;
  const defaults = query.user ? ok([]) : await managerDefaults(query.root);
  if (defaults.state !== 'ok') return defaults;
  return resolveUnit(unitEnvironment(files.value), { ...query, defaults: defaults.value });
}

/** Names of the given units that have a file of their own (not only drop-ins). */
export async function installedUnits(root: string, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const directory of SYSTEM_PATH) {
    const entries = await listDirectory(root, directory);
    if (entries.state !== 'ok') continue;
    for (const name of entries.value) if (name.endsWith('.service') && isWanted(name)) names.add(name);
  }
  return [...names].sort();
}

/** What `resolveUnit` needs beside the files of the unit. */
export interface Surroundings {
  readonly root: string;
  readonly defaults: readonly FoundVariable[];
  readonly managerEnvironment: UnitQuery['managerEnvironment'];
}

/** Reads the environment files that a unit names and applies everything in systemd's order. */
export async function resolveUnit(
  unit: UnitEnvironment,
  { root, defaults, managerEnvironment }: Surroundings,
): Promise<Gathered<readonly FoundVariable[]>> {
  const found: FoundVariable[] = [...defaults];

  const passed = unit.passed.filter(({ value }) => isProxyName(value));
  if (passed.length > 0) {
    const manager = await managerEnvironment();
    if (manager.state !== 'ok') {
      const { path, line } = passed[0] ?? { path: '', line: 0 };
      return failed(
        manager.reason.code,
        `${path}:${line} passes on the service manager's variables: ${manager.reason.message}`,
      );
    }
    for (const { path, line, value } of passed) {
      const variable = manager.value.find((v) => v.name === value);
      if (variable) found.push({ ...variable, from: `${path}:${line} (PassEnvironment, ${variable.from})` });
    }
  }

  found.push(...unit.assignments.map(({ path, value }) => variableAt(path, value)));

  for (const { path, line, value } of unit.files) {
    const file = await readEnvironmentFiles(root, value.file, value.optional);
    if (file.state === 'ok') found.push(...file.value);
    if (file.state === 'failed')
      return failed(file.reason.code, `${path}:${line} names a file: ${file.reason.message}`);
  }

  const last = new Map(found.map((variable) => [variable.name, variable]));
  return ok(
    [...last.values()].filter(
      ({ name, value }) => !unit.unset.includes(name) && !unit.unset.includes(`${name}=${value}`),
    ),
  );
}

/** A variable with its place, and with the note that something in it is not filled in. */
export function variableAt(path: string, { name, value, line, unresolved }: Assignment): FoundVariable {
  const note = unresolved === null ? '' : ` (${unresolved} is not filled in)`;
  return { name, value, from: `${path}:${line}${note}` };
}

/** `EnvironmentFile=` takes wildcards; a missing file counts as an empty one, because the unit may be older than its loss. */
async function readEnvironmentFiles(
  root: string,
  written: string,
  optional: boolean,
): Promise<Gathered<readonly FoundVariable[]>> {
  if (/%[A-Za-z]/.test(written))
    return failed('UNRESOLVED', `${written} holds a specifier that the files do not explain`);
  const pattern = written.replaceAll('%%', '%');
  if (!pattern.startsWith('/')) return ok([]);
  const files = await expandWildcards(root, pattern);
  if (files.state !== 'ok') return files;
  const found: FoundVariable[] = [];
  for (const path of files.value) {
    const text = await readText(root, path);
    // With "-" in front even an unreadable file would be no error to systemd, which runs as root and can read it anyway.
    if (text.state === 'failed') return text;
    if (text.state === 'not-run' && !optional) continue;
    if (text.state === 'ok') {
      found.push(...parseEnvironmentFile(text.value).assignments.map((assignment) => variableAt(path, assignment)));
    }
  }
  return ok(found);
}

async function expandWildcards(root: string, pattern: string): Promise<Gathered<readonly string[]>> {
  const name = posix.basename(pattern);
  if (!/[*?[]/.test(name)) return ok([pattern]);
  const directory = posix.dirname(pattern);
  const entries = await listDirectory(root, directory);
  if (entries.state === 'not-run') return ok([]);
  if (entries.state === 'failed') return entries;
  const matches = globPattern(name);
  return ok(entries.value.filter((entry) => matches.test(entry)).map((entry) => posix.join(directory, entry)));
}

/** glob(7) for one file name: `*`, `?` and `[…]`; a leading dot must be written. */
function globPattern(glob: string): RegExp {
  const body = glob.replace(/\[!?[^\]]*\]|[*?]|[\\^$.|+(){}[\]]/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    return token.length > 2 ? token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\') : `\\${token}`;
  });
  return new RegExp(`^${glob.startsWith('.') ? '' : '(?!\\.)'}${body}$`, 's');
}

async function managerDefaults(root: string): Promise<Gathered<readonly FoundVariable[]>> {
  const main = await firstFile(
    root,
    MANAGER_PATH.map((directory) => posix.join(directory, 'system.conf')),
  );
  if (main.state === 'failed') return main;
  const dropIns = await dropInFiles(
    root,
    MANAGER_PATH.map((directory) => posix.join(directory, 'system.conf.d')),
  );
  if (dropIns.state !== 'ok') return dropIns;
  const files = [...(main.state === 'ok' ? [main.value] : []), ...dropIns.value];
  return ok(unitEnvironment(files, 'Manager').assignments.map(({ path, value }) => variableAt(path, value)));
}

async function unitFiles({ root, name, user }: UnitQuery): Promise<Gathered<readonly UnitFile[]>> {
  const path = user
    ? [...(user.home === null ? [] : [posix.join(user.home, '.config/systemd/user')]), ...USER_PATH]
    : SYSTEM_PATH;
  const template = name.replace(/@[^@]*(?=\.service$)/, '@');
  const names = template === name ? [name] : [name, template];
  const fragment = await firstFile(
    root,
    names.flatMap((n) => path.map((directory) => posix.join(directory, n))),
  );
  if (fragment.state === 'failed') return fragment;
  const directories = [
    ...path.flatMap((directory) => dropInNames(names).map((n) => posix.join(directory, n))),
    ...path.map((directory) => posix.join(directory, 'service.d')),
  ];
  const dropIns = await dropInFiles(root, directories);
  if (dropIns.state !== 'ok') return dropIns;
  if (fragment.state === 'not-run' && dropIns.value.length === 0) {
    return notRun('NO_UNIT', `there is no unit file ${name} on this machine`);
  }
  return ok([...(fragment.state === 'ok' ? [fragment.value] : []), ...dropIns.value]);
}

/** `a-b.service` is also configured by `a-.service.d` (systemd.unit(5)). */
function dropInNames(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const stem = name.replace(/\.service$/, '');
    const prefixes = [...stem.matchAll(/-(?=.)/g)].map((dash) => `${stem.slice(0, dash.index + 1)}.service.d`);
    return [`${name}.d`, ...prefixes.toReversed()];
  });
}

async function firstFile(root: string, paths: readonly string[]): Promise<Gathered<UnitFile>> {
  for (const path of paths) {
    const text = await readText(root, path);
    if (text.state === 'ok') return ok({ path, text: text.value });
    // A unit linked to /dev/null is masked: what lies further down the path does not count.
    if (text.state === 'failed') return text.reason.code === 'EISDIR' ? notRun('MASKED', `${path} is masked`) : text;
  }
  return notRun('ENOENT', `none of ${paths.length} places has ${posix.basename(paths[0] ?? '')}`);
}

/** `*.conf` of all directories, sorted by name; of two with one name the one in the earlier directory stands. */
async function dropInFiles(root: string, directories: readonly string[]): Promise<Gathered<readonly UnitFile[]>> {
  const paths = new Map<string, string>();
  for (const directory of directories) {
    const names = await listDirectory(root, directory);
    if (names.state === 'failed') return names;
    for (const name of names.state === 'ok' ? names.value : []) {
      if (name.endsWith('.conf') && !paths.has(name)) paths.set(name, posix.join(directory, name));
    }
  }
  const files: UnitFile[] = [];
  for (const [, path] of [...paths].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = await readText(root, path);
    // A drop-in linked to /dev/null is there only to hide one of the same name.
    if (text.state === 'failed' && text.reason.code !== 'EISDIR') return text;
    if (text.state === 'ok') files.push({ path, text: text.value });
  }
  return ok(files);
}
