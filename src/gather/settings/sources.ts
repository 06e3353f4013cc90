import { join, posix } from 'node:path';
import { failed, notRun, ok, type Gathered, type SettingsSource } from '../../core/evidence.ts';
import { parseEnviron } from '../../parse/environ.ts';
import { parseSettingsFile } from '../../parse/settings-file.ts';
import { parseShellAssignments } from '../../parse/shell-assignments.ts';
import { unitEnvironment } from '../../parse/systemd-environment.ts';
import type { ContainerDescription } from '../pms/container.ts';
import { listDirectory, readBytes, readText } from '../pms/files.ts';
import { resolveUnit, variableAt } from './unit.ts';
import { isProxyName, type FoundVariable } from './variables.ts';

export type Found = Gathered<readonly FoundVariable[]>;

/** A source with whole values; `SettingsSource` is its masked form. */
export interface LiveSource extends Omit<SettingsSource, 'variables'> {
  readonly found: Found;
}

/** The environment of a running process as it was when its program started. */
export async function readProcessVariables(procRoot: string, pid: number): Promise<Found> {
  const shown = `/proc/${pid}/environ`;
  const bytes = await readBytes('/', join(procRoot, String(pid), 'environ'));
  if (bytes.state === 'not-run') return failed('ESRCH', `there is no process ${pid}`);
  if (bytes.state === 'failed') {
    const { code } = bytes.reason;
    return failed(
      code,
      code === 'EACCES' ? `${shown} may not be read by this user` : `${shown} could not be read (${code})`,
    );
  }
  const environ = parseEnviron(bytes.value);
  return environ.kind === 'overwritten'
    ? failed('OVERWRITTEN', `process ${pid} has written its title over its environment`)
    : ok(environ.assignments.map(({ name, value }) => ({ name, value, from: shown })));
}

/** A file that shells source: `/etc/default/plexmediaserver`. */
export async function readDefaultFile(root: string, path: string): Promise<Found> {
  const text = await readText(root, path);
  if (text.state !== 'ok') return text;
  return ok(parseShellAssignments(text.value).assignments.map((assignment) => variableAt(path, assignment)));
}

/** Variables from the configuration that the container's runtime keeps. */
export function containerVariables({ environment, file }: ContainerDescription): readonly FoundVariable[] {
  return environment.flatMap((entry) => {
    const equals = entry.indexOf('=');
    return equals > 0 ? [{ name: entry.slice(0, equals), value: entry.slice(equals + 1), from: file }] : [];
  });
}

/** s6-overlay keeps the container's environment here, one file a variable, for the services that ask for it. */
export const S6_DIRECTORIES = ['/run/s6/container_environment', '/var/run/s6/container_environment'];

/** The environment directory of s6; the name of the file is the name of the variable. */
export async function readS6Environment(root: string, directory: string): Promise<Found> {
  const names = await listDirectory(root, directory);
  if (names.state !== 'ok') return names;
  const found: FoundVariable[] = [];
  for (const name of names.value.filter(isProxyName)) {
    const from = posix.join(directory, name);
    const text = await readText(root, from);
    if (text.state === 'failed') return text;
    if (text.state === 'ok') found.push({ name, value: text.value.replace(/\n$/, ''), from });
  }
  return ok(found);
}

/** The file of `--env-from file:PATH`. A line that is not understood fails it with `path:line:column`. */
export async function readNamedFile(path: string): Promise<Found> {
  const bytes = await readBytes('/', path);
  if (bytes.state !== 'ok') return bytes.state === 'failed' ? bytes : failed(bytes.reason.code, bytes.reason.message);
  const file = parseSettingsFile(bytes.value);
  switch (file.kind) {
    case 'malformed':
      return malformed(path, file.problem);
    case 'assignments':
      return ok(
        file.assignments.map((a) =>
          file.syntax === 'environ' ? { name: a.name, value: a.value, from: path } : variableAt(path, a),
        ),
      );
    case 'unit': {
      const unit = unitEnvironment([{ path, text: file.text }], file.section);
      const problem = unit.problems[0];
      return problem
        ? malformed(path, problem)
        : resolveUnit(unit, { root: '/', defaults: [], managerEnvironment: () => Promise.resolve(NO_MANAGER) });
    }
    default:
      return file satisfies never;
  }
}

const NO_MANAGER = notRun('NO_MANAGER', 'what a service manager would pass on is not in this file');

function malformed(
  path: string,
  problem: { readonly line: number; readonly column: number; readonly rule: string },
): Found {
  return failed('MALFORMED', `${path}:${problem.line}:${problem.column}: ${problem.rule}`);
}
