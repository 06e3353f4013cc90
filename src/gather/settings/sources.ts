import { posix } from 'node:path';
import { failed, notRun, ok, type SettingsSource } from '../../core/model/evidence.ts';
import { parseDotenv } from '../../parse/settings/dotenv.ts';
import type { ManifestService } from '../../parse/settings/service-manifest.ts';
import { parseSettingsFile } from '../../parse/settings/settings-file.ts';
import { parseShellAssignments } from '../../parse/settings/shell-assignments.ts';
import { unitEnvironment, type UnitKind } from '../../parse/settings/systemd-environment.ts';
import { SYSTEMD_IGNORES, type SystemdIgnore } from '../../core/model/systemd-ignores.ts';
import type { ContainerDescription } from '../pms/container.ts';
import type { Found, FoundVariable } from '../system/environment.ts';
import { listDirectory, readBytes, readText } from '../system/files.ts';
import { resolveUnit, variableAt, type UnitVariables } from './unit.ts';
import { isProxyName } from './variables.ts';

/** A source with whole values; `SettingsSource` is its masked form. */
export interface LiveSource extends Omit<SettingsSource, 'variables'> {
  readonly found: Found;
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

/**
 * The file of `--env-from file:PATH`, or one service of it: `file:PATH#SERVICE`. A line that is not understood fails it with
 * `path:line:column`, unless systemd would skip it and read on.
 */
export async function readNamedFile(named: string): Promise<UnitVariables> {
  const read = await readNamed(named);
  return 'found' in read ? read : { found: read, ignored: [] };
}

async function readNamed(named: string): Promise<Found | UnitVariables> {
  const [, before = named, service] = /^([^]+)#([^#/]+)$/.exec(named) ?? [];
  const whole = await readBytes('/', named);
  const path = whole.state === 'ok' ? named : before;
  const bytes = whole.state === 'ok' ? whole : await readBytes('/', path);
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
    case 'services':
      return readService(path, file.services, path === named ? null : (service ?? null));
    case 'unit':
      return readUnitFile(path, file);
    default:
      return file satisfies never;
  }
}

/** As systemd does, without the lines that it ignores. A file of nothing but such lines is no unit that sets an environment. */
async function readUnitFile(
  path: string,
  { text, section }: { readonly text: string; readonly section: 'Service' | 'pasted' },
): Promise<Found | UnitVariables> {
  const files = [{ path, text }];
  const kind = unitKindOf(path, section);
  const unit = unitEnvironment(files, kind);
  const isEmpty = [unit.assignments, unit.files, unit.passed, unit.unset, unit.ignored].every(
    (one) => one.length === 0,
  );
  const [problem] = isEmpty || unit.isBroken ? unitEnvironment(files, kind, 'every').ignored : [];
  if (problem) return malformed(path, { ...problem, rule: ignoredBecause(problem.why) });
  const managerEnvironment = () => Promise.resolve(NO_MANAGER);
  const { found, ignored } = await resolveUnit(unit, { root: '/', defaults: [], managerEnvironment });
  return { found, ignored: [...unit.ignored, ...ignored] };
}

function ignoredBecause(why: SystemdIgnore): string {
  return `systemd ignores this, because ${SYSTEMD_IGNORES[why]}`;
}

/** The service that was named, the only one, or the only one that is called after Plex. */
async function readService(path: string, services: readonly ManifestService[], wanted: string | null): Promise<Found> {
  const isPlex = ({ name }: ManifestService): boolean => /plex|pms/i.test(name);
  const candidates =
    wanted !== null
      ? services.filter(({ name }) => name === wanted)
      : services.length > 1
        ? services.filter(isPlex)
        : services;
  const [service, ...others] = candidates;
  if (service === undefined || others.length > 0) {
    const names = services.map(({ name }) => name).join(', ');
    return failed(
      'MALFORMED',
      `${path} has ${names === '' ? 'no service' : `the services ${names}`}: name one as file:PATH#SERVICE`,
    );
  }
  if (service.missing !== null) {
    const { what, line } = service.missing;
    return failed(
      'UNRESOLVED',
      `${path}:${line}: ${service.name} takes its environment from ${what}, which is not in this file`,
    );
  }
  const found: FoundVariable[] = [];
  for (const { path: named, line, isRequired, isRaw } of service.files) {
    if (named.includes('$'))
      return failed('UNRESOLVED', `${path}:${line}: ${named} holds a variable that this file does not explain`);
    const from = posix.resolve(posix.dirname(path), named);
    const text = await readText('/', from);
    if (text.state === 'failed') return text;
    if (text.state !== 'ok' && isRequired)
      return failed('ENOENT', `${path}:${line} names ${from}, which does not exist`);
    if (text.state !== 'ok') continue;
    const dotenv = parseDotenv(text.value, isRaw);
    if (!dotenv.ok) return malformed(from, dotenv.problem);
    found.push(...dotenv.assignments.map((assignment) => variableAt(from, assignment)));
  }
  const variables = [...found, ...service.assignments.map((assignment) => variableAt(path, assignment))];
  return ok([...new Map(variables.map((variable) => [variable.name, variable])).values()]);
}

/** The path of a unit file or drop-in tells which manager reads it. */
function unitKindOf(path: string, section: 'Service' | 'pasted'): UnitKind {
  if (section === 'pasted') return { kind: 'pasted' };
  const name = [posix.basename(path), posix.basename(posix.dirname(path)).replace(/\.d$/, '')].find((each) =>
    /^.+\.service$/.test(each),
  );
  return { kind: 'service', name: name ?? null, isUser: /\/systemd\/user\//.test(path) };
}

const NO_MANAGER = notRun('NO_MANAGER', 'this file does not hold the variables that a service manager passes on');

function malformed(
  path: string,
  problem: { readonly line: number; readonly column: number; readonly rule: string },
): Found {
  return failed('MALFORMED', `${path}:${problem.line}:${problem.column}: ${problem.rule}`);
}
