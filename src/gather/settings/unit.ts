import { posix } from 'node:path';
import { failed, ok, type Gathered } from '../../core/model/evidence.ts';
import type { Assignment } from '../../parse/settings/assignment.ts';
import { parseEnvironmentFile } from '../../parse/settings/environment-file.ts';
import { unitEnvironment, type Ignored, type UnitEnvironment } from '../../parse/settings/systemd-environment.ts';
import { listDirectory, readText } from '../system/files.ts';
import type { FoundVariable } from '../system/environment.ts';
import { managerFiles, unitFiles, type UserUnit } from './unit-files.ts';
import { isProxyName } from './variables.ts';

export interface UnitQuery {
  /** Root below which the files are. */
  readonly root: string;
  /** `plexmediaserver.service`. */
  readonly name: string;
  readonly user: UserUnit;
  /** The environment of the system manager, for `PassEnvironment=`. Asked only when a proxy variable is passed. */
  readonly managerEnvironment: () => Promise<Gathered<readonly FoundVariable[]>>;
}

export interface UnitVariables {
  readonly found: Gathered<readonly FoundVariable[]>;
  /** Places that systemd skips although they were meant to set the environment. */
  readonly ignored: readonly Ignored[];
}

/**
 * The environment that a unit would give its process: manager's defaults, `PassEnvironment=`, `Environment=`,
 * `EnvironmentFile=`, less `UnsetEnvironment=`, in this order (systemd.exec(5)), read from the files. One file that may not
 * be read makes the whole unknown, because it could set or unset anything.
 */
export async function readUnitVariables(query: UnitQuery): Promise<UnitVariables> {
  const { root, user } = query;
  const unit = await unitFiles(root, query.name, user);
  if (unit.state !== 'ok') return { found: unit, ignored: [] };
  const { name, files, strays } = unit.value;
  const environment = unitEnvironment(files, { kind: 'service', name, isUser: user !== false });
  const manager = user ? ok([]) : await managerFiles(root);
  const defaults = unitEnvironment(manager.state === 'ok' ? manager.value : [], { kind: 'manager' });
  const ignored = [...environment.ignored, ...strays, ...defaults.ignored];
  const broken = ignored.find(({ why }) => why === 'bad-header' || why === 'not-utf8');
  if (environment.isBroken) {
    const where = broken === undefined ? (files[0]?.path ?? name) : `${broken.path}:${broken.line}`;
    return { found: failed('MALFORMED', `systemd does not load ${name}, because it cannot read ${where}`), ignored };
  }
  if (manager.state !== 'ok') return { found: manager, ignored };
  const resolved = await resolveUnit(environment, {
    ...query,
    defaults: defaults.assignments.map(({ path, value }) => variableAt(path, value)),
    managerEnvironment: async () => withOwn(await query.managerEnvironment(), defaults.own),
  });
  return { found: resolved.found, ignored: [...ignored, ...resolved.ignored] };
}

/** The manager sets the variables of `ManagerEnvironment=` after it was started, so that the kernel does not show them. */
function withOwn(started: Gathered<readonly FoundVariable[]>, own: UnitEnvironment['own']): typeof started {
  const set = own.map(({ path, value }) => variableAt(path, value));
  return started.state === 'ok' ? ok([...set, ...started.value]) : started;
}

/** Input of `resolveUnit` beside the files of the unit. */
export interface Surroundings {
  readonly root: string;
  readonly defaults: readonly FoundVariable[];
  readonly managerEnvironment: UnitQuery['managerEnvironment'];
}

/** Reads the environment files that a unit names and applies everything in systemd's order. */
export async function resolveUnit(
  unit: UnitEnvironment,
  { root, defaults, managerEnvironment }: Surroundings,
): Promise<UnitVariables> {
  const ignored: Ignored[] = [];
  const unknown = (found: Gathered<never>): UnitVariables => ({ found, ignored });
  const found: FoundVariable[] = [...defaults];

  const passed = unit.passed.filter(({ value }) => isProxyName(value));
  if (passed.length > 0) {
    const manager = await managerEnvironment();
    if (manager.state !== 'ok') {
      const { path, line } = passed[0] ?? { path: '', line: 0 };
      const why = `${path}:${line} passes on the service manager's variables: ${manager.reason.message}`;
      return unknown(failed(manager.reason.code, why));
    }
    for (const { path, line, value } of passed) {
      const variable = manager.value.find((v) => v.name === value);
      if (variable) found.push({ ...variable, from: `${path}:${line} (PassEnvironment, ${variable.from})` });
    }
  }

  found.push(...unit.assignments.map(({ path, value }) => variableAt(path, value)));

  for (const { path, line, value } of unit.files) {
    const file = await readEnvironmentFiles(root, value);
    ignored.push(...file.ignored);
    if (file.found.state === 'ok') found.push(...file.found.value);
    if (file.found.state === 'failed')
      return unknown(failed(file.found.reason.code, `${path}:${line} names a file: ${file.found.reason.message}`));
  }

  const last = new Map(found.map((variable) => [variable.name, variable]));
  const left = [...last.values()].filter(
    ({ name, value }) => !unit.unset.includes(name) && !unit.unset.includes(`${name}=${value}`),
  );
  return { found: ok(left), ignored };
}

/** A variable with its place, and with the note that something in it is not filled in. */
export function variableAt(path: string, { name, value, line, unresolved }: Assignment): FoundVariable {
  const note = unresolved === null ? '' : ` (${unresolved} is not filled in)`;
  return { name, value, from: `${path}:${line}${note}` };
}

/** `EnvironmentFile=` takes wildcards; a missing file counts as an empty one, because the unit may be older than its loss. */
async function readEnvironmentFiles(
  root: string,
  { file: pattern, optional, unresolved }: UnitEnvironment['files'][number]['value'],
): Promise<UnitVariables> {
  const ignored: Ignored[] = [];
  const unknown = (found: Gathered<never>): UnitVariables => ({ found, ignored });
  if (unresolved !== null)
    return unknown(failed('UNRESOLVED', `${pattern} holds a specifier that the files do not explain`));
  const files = await expandWildcards(root, pattern);
  if (files.state !== 'ok') return unknown(files);
  const found: FoundVariable[] = [];
  for (const path of files.value) {
    const text = await readText(root, path);
    // With "-" in front even an unreadable file would be no error to systemd, which runs as root and can read it anyway.
    if (text.state === 'failed') return unknown(text);
    if (text.state !== 'ok') continue;
    const { assignments, problems, refusedAt } = parseEnvironmentFile(text.value);
    if (refusedAt !== null) {
      ignored.push({ path, ...refusedAt, why: 'file-not-utf8' });
      if (!optional)
        return unknown(failed('MALFORMED', `systemd does not start the unit, because ${path} is not UTF-8`));
      continue;
    }
    found.push(...assignments.map((assignment) => variableAt(path, assignment)));
    const lines = text.value.split('\n');
    for (const { line, column, isSkipped } of problems)
      if (isSkipped && /_proxy\s*=/i.test(lines[line - 1] ?? ''))
        ignored.push({ path, line, column, why: 'file-line' });
  }
  return { found: ok(found), ignored };
}

/** glob(3): a wildcard may stand in any part of the path. */
async function expandWildcards(root: string, pattern: string): Promise<Gathered<readonly string[]>> {
  let paths: readonly string[] = ['/'];
  for (const part of pattern.split('/').filter((each) => each !== '' && each !== '.')) {
    if (!/[*?[]/.test(part)) {
      paths = paths.map((path) => posix.join(path, part));
      continue;
    }
    const matches = globPattern(part);
    const found: string[] = [];
    for (const path of paths) {
      const entries = await listDirectory(root, path);
      if (entries.state === 'failed') return entries;
      const names = entries.state === 'ok' ? entries.value : [];
      found.push(...names.filter((name) => matches.test(name)).map((name) => posix.join(path, name)));
    }
    paths = found;
  }
  return ok(paths);
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
