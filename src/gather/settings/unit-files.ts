import { posix } from 'node:path';
import { notRun, ok, type Gathered } from '../../core/model/evidence.ts';
import type { Ignored, UnitFile } from '../../parse/settings/systemd-environment.ts';
import { listDirectory, listLinks, readText } from '../system/files.ts';

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
/** The part of a user manager's path that is the same for all users. */
const USER_PATH = ['/etc/systemd/user', '/run/systemd/user', '/usr/local/lib/systemd/user', '/usr/lib/systemd/user'];
const MANAGER_PATH = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd'];

/** Real units have shorter chains of symbolic links; a longer one is a loop or damage. */
const MAX_ALIASES = 10;

/** The files of a unit in the order in which systemd applies them, and those that look like its files but are none. */
export interface UnitFiles {
  /** The unit that the name stands for: an alias is a link to another one. */
  readonly name: string;
  readonly files: readonly UnitFile[];
  readonly strays: readonly Ignored[];
}

/** A user's unit: their home directory, null when it is not known. false for the system manager. */
export type UserUnit = false | { readonly home: string | null };

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

/** `system.conf` and its drop-ins, for `DefaultEnvironment=`. */
export async function managerFiles(root: string): Promise<Gathered<readonly UnitFile[]>> {
  const main = await firstFile(
    root,
    MANAGER_PATH.map((directory) => posix.join(directory, 'system.conf')),
  );
  if (main.state === 'failed') return main;
  const dropIns = await dropInFiles(
    root,
    MANAGER_PATH.map((directory) => posix.join(directory, 'system.conf.d')),
  );
  return dropIns.state === 'ok' ? ok([...(main.state === 'ok' ? [main.value] : []), ...dropIns.value]) : dropIns;
}

/** The unit's own file, then its drop-ins. */
export async function unitFiles(root: string, named: string, user: UserUnit): Promise<Gathered<UnitFiles>> {
  const path = user
    ? [...(user.home === null ? [] : [posix.join(user.home, '.config/systemd/user')]), ...USER_PATH]
    : SYSTEM_PATH;
  const units = await unitsIn(root, path);
  const name = idOf(named, units);
  const fragment = await fragmentOf(root, named, name, units);
  if (fragment.state !== 'ok') return fragment;
  const instance = /@([^]*)\.service$/.exec(name)?.[1] ?? null;
  const others = [...units.aliases.keys()]
    .map((alias) => instantiated(alias, instance))
    .filter((alias) => alias !== name && idOf(alias, units) === name)
    .sort();
  const directories = [
    ...[name, ...others].flatMap((n) =>
      path.flatMap((directory) => dropInNames(n).map((each) => posix.join(directory, `${each}.d`))),
    ),
    ...path.map((directory) => posix.join(directory, 'service.d')),
  ];
  const dropIns = await dropInFiles(root, directories);
  if (dropIns.state !== 'ok') return dropIns;
  const files = [fragment.value, ...dropIns.value];
  return ok({ name, files, strays: await strayFiles(root, name, directories, path) });
}

/** The names of unit files, and which of them are links to other units. */
interface Units {
  /** The folder of each: the first one on the path that has the name. */
  readonly folders: ReadonlyMap<string, string>;
  readonly aliases: ReadonlyMap<string, string>;
}

/** unit_file_build_name_map() in src/shared/unit-file.c. */
async function unitsIn(root: string, path: readonly string[]): Promise<Units> {
  const aliases = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const directory of path) {
    const [names, links] = await Promise.all([listDirectory(root, directory), listLinks(root, directory)]);
    for (const name of names.state === 'ok' ? names.value : []) {
      if (!name.endsWith('.service') || folders.has(name)) continue;
      folders.set(name, directory);
      const target = links.get(name);
      if (target === undefined) continue;
      const folder = posix.dirname(posix.resolve(directory, target));
      const other = posix.basename(target);
      if (path.includes(folder) && other !== name && other.endsWith('.service')) aliases.set(name, other);
    }
  }
  return { folders, aliases };
}

/** The unit that a name stands for. An instance that has no file of its own follows the links of its template. */
function idOf(named: string, { folders, aliases }: Units): string {
  let name = named;
  for (let steps = 0; steps < MAX_ALIASES; steps += 1) {
    const hasFile = folders.has(name);
    const target = aliases.get(hasFile ? name : templateOf(name));
    if (target === undefined || (!hasFile && !folders.has(target))) return name;
    name = instantiated(target, /@([^]*)\.service$/.exec(name)?.[1] ?? null);
  }
  return name;
}

/** `a@b.service` is made from `a@.service`; what is no instance stays. The first `@` counts. */
function templateOf(name: string): string {
  return name.replace(/^([^@]*@)[^]*(?=\.service$)/, '$1');
}

function instantiated(name: string, instance: string | null): string {
  return instance === null ? name : name.replace(/@(?=\.service$)/, () => `@${instance}`);
}

/** The unit's own file. A file that is there but empty, or a link to /dev/null, masks the unit. */
async function fragmentOf(root: string, named: string, name: string, { folders }: Units): Promise<Gathered<UnitFile>> {
  // By way of a link of the template, systemd takes the template even where the instance has a file of its own.
  const isLinked = name !== named && !folders.has(named);
  const found = (isLinked ? [templateOf(name)] : [name, templateOf(name)]).find((each) => folders.has(each));
  // systemd does not load a unit that has drop-ins only.
  if (found === undefined) return notRun('NO_UNIT', `there is no unit file ${name} on this machine`);
  const path = posix.join(folders.get(found) ?? '', found);
  const text = await readText(root, path);
  if (text.state === 'not-run') return notRun('NO_UNIT', `${path} is a link to a file that does not exist`);
  const isMask = text.state === 'ok' ? text.value === '' : text.reason.code === 'EISDIR';
  if (isMask) return notRun('MASKED', `${path} is masked`);
  return text.state === 'ok' ? ok({ path, text: text.value }) : text;
}

/** `a-b@c.service` is also configured by `a-b@.service.d`, `a-@c.service.d`, `a-@.service.d` (unit_file_find_dirs() in src/shared/dropin.c). */
function dropInNames(name: string): readonly string[] {
  const [, prefix = '', instance] = /^([^@]*)(?:@([^]*))?\.service$/.exec(name) ?? [];
  const build = (stem: string): string => (instance === undefined ? `${stem}.service` : `${stem}@${instance}.service`);
  const template = instance === undefined || instance === '' ? [] : [`${prefix}@.service`];
  const dash = prefix.replace(/-$/, '').lastIndexOf('-');
  const shorter = dash < 0 ? null : prefix.slice(0, dash + 1);
  return [
    ...new Set([
      name,
      ...template.flatMap(dropInNames),
      ...(shorter === null || shorter === prefix ? [] : dropInNames(build(shorter))),
    ]),
  ];
}

async function firstFile(root: string, paths: readonly string[]): Promise<Gathered<UnitFile>> {
  for (const path of paths) {
    const text = await readText(root, path);
    if (text.state === 'ok') return ok({ path, text: text.value });
    if (text.state === 'failed') return text;
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
      if (isDropInName(name) && !paths.has(name)) paths.set(name, posix.join(directory, name));
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

/** conf_files_list() passes hidden files by. */
function isDropInName(name: string): boolean {
  return name.endsWith('.conf') && !name.startsWith('.');
}

/** Files that set the environment in a place that systemd does not read: without `.conf`, or in a folder with a misspelt name. */
async function strayFiles(
  root: string,
  name: string,
  directories: readonly string[],
  path: readonly string[],
): Promise<readonly Ignored[]> {
  const stem = name.replace(/\.service$/, '');
  const wrong = [
    ...path.map((directory) => posix.join(directory, `${stem}.d`)),
    ...MANAGER_PATH.map((directory) => posix.join(directory, `${name}.d`)),
  ];
  const candidates = await Promise.all([
    ...directories.map(async (directory) => strays(directory, 'not-conf', (entry) => !entry.endsWith('.conf'))),
    ...wrong.map(async (directory) => strays(directory, 'folder', isDropInName)),
  ]);
  return candidates.flat();

  async function strays(
    directory: string,
    why: Ignored['why'],
    isStray: (entry: string) => boolean,
  ): Promise<readonly Ignored[]> {
    const entries = await listDirectory(root, directory);
    const found: Ignored[] = [];
    for (const entry of entries.state === 'ok'
      ? entries.value.filter((each) => isStray(each) && !isBackup(each))
      : []) {
      const file = posix.join(directory, entry);
      const text = await readText(root, file);
      const line =
        text.state === 'ok' ? text.value.split('\n').findIndex((each) => /^\s*Environment.*_proxy=/i.test(each)) : -1;
      if (line >= 0) found.push({ path: file, line: line + 1, column: 1, why });
    }
    return found;
  }
}

/** Set aside on purpose. */
function isBackup(name: string): boolean {
  return /^\.|~$|\.(?:bak|old|orig|save|swp|disabled|off|dpkg-\w+|rpm\w+)$/i.test(name);
}
