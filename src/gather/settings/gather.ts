import type { EnvFrom } from '../../core/values/env-from.ts';
import { failed, notRun, ok, valueOf, type Gathered, type Settings } from '../../core/model/evidence.ts';
import type { SecretVariables } from '../../core/values/secret-variables.ts';
import { findContainer, namesContainer } from '../pms/container.ts';
import { isPmsUnit } from '../pms/identify.ts';
import type { LocatedPms } from '../pms/locate.ts';
import {
  containerVariables,
  readDefaultFile,
  readNamedFile,
  readS6Environment,
  S6_DIRECTORIES,
  type LiveSource,
} from './sources.ts';
import { installedUnits } from './unit-files.ts';
import { readUnitVariables, type UnitVariables } from './unit.ts';
import { masked, secret, selectProxyVariables } from './variables.ts';
import { readProcessVariables, type Found, type FoundVariable } from '../system/environment.ts';

export interface SettingsInput {
  readonly located: LocatedPms;
  readonly envFrom: EnvFrom;
  /** `--proxy`: stands for http and https alike. null when not given. */
  readonly proxyOption: string | null;
  /** `--no-proxy`. null when not given; '' excludes nothing. */
  readonly noProxyOption: string | null;
  /** This process's own environment. */
  readonly shell: Readonly<Record<string, string | undefined>>;
  readonly procRoot?: string;
  readonly fsRoot?: string;
}

export interface GatheredSettings {
  /** Failed only when the source that the user insisted on cannot be read; the reason says which and why. */
  readonly settings: Gathered<Settings>;
  /** Whole values by the id of their source, for every source that could be read. */
  readonly live: ReadonlyMap<string, SecretVariables>;
}

/** The source that is judged, and how sure it is that PMS uses it. */
interface Choice {
  readonly source: LiveSource;
  readonly basis: Settings['basis'];
  readonly why: string;
}

/** Files of packages that are not systemd's, in the order in which they are asked. */
const DEFAULT_FILES = ['/etc/default/plexmediaserver', '/etc/sysconfig/PlexMediaServer'];
const USUAL_UNIT = 'plexmediaserver.service';
const RIGHTS = 'running this as root, or as the user that PMS runs as, would settle it';

/**
 * Gathers every place where proxy variables for PMS may stand and says which one is judged.
 *
 * `auto`: the environment of the running PMS (observed); when it may not be read or PMS is only installed, the one that its
 * container, unit or default file would give it (declared); else this shell's (assumed). `--env-from` insists on one source.
 * `--proxy` replaces the addresses for http and https; the exclusions are those of `--no-proxy`, else those that PMS has.
 * `--no-proxy` alone replaces only the exclusions of the source that would have been judged. Both are source `option`.
 * The other sources are gathered all the same, to be compared.
 */
export async function gatherSettings(input: SettingsInput): Promise<GatheredSettings> {
  const sources = await gatherSources(input);
  const forced = await forcedSource(input, sources);
  if (forced && !sources.includes(forced)) sources.push(forced);
  const choice = withOptions(input, forced ? insistOn(forced, input) : chooseSource(input.located, sources));
  if (!sources.includes(choice.source)) sources.unshift(choice.source);

  const live = new Map<string, SecretVariables>();
  for (const { id, found } of sources) if (found.state === 'ok') live.set(id, secret(found.value));
  const { found } = choice.source;
  if (found.state !== 'ok') return { settings: failed(found.reason.code, found.reason.message), live };
  const settings: Settings = {
    used: choice.source.id,
    basis: choice.basis,
    why: [choice.why, ...input.located.notes].join(' '),
    sources: sources.map(({ found: variables, ...rest }) => ({
      ...rest,
      variables: variables.state === 'ok' ? ok(masked(variables.value)) : variables,
    })),
  };
  return { settings: ok(settings), live };
}

function source(id: string, kind: LiveSource['kind'], found: Found, process: Partial<LiveSource> = {}): LiveSource {
  const selected = found.state === 'ok' ? ok(selectProxyVariables(found.value)) : found;
  return { id, kind, process: null, pid: null, ...process, found: selected };
}

async function gatherSources(input: SettingsInput): Promise<LiveSource[]> {
  return [
    ...(await processSources(input)),
    ...(input.located.platform === 'linux'
      ? [...(await containerSources(input)), ...(await unitSources(input)), ...(await defaultFileSources(input))]
      : []),
    shellSource(input.shell),
  ];
}

function shellSource(shell: SettingsInput['shell']): LiveSource {
  const found = Object.entries(shell).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value, from: 'the environment of this command' }],
  );
  return source('shell', 'shell', ok(found));
}

/** PMS and its children. A child that has ended since it was listed is no source. */
async function processSources({ located, procRoot = '/proc' }: SettingsInput): Promise<readonly LiveSource[]> {
  const sources = await Promise.all(
    located.processes.map(async ({ pid, name, role }) =>
      source(
        `pid:${pid}`,
        role === 'pms' ? 'process' : 'child',
        located.platform === 'linux' ? await readProcessVariables(procRoot, pid) : noProcfs(located.platform),
        { process: name, pid },
      ),
    ),
  );
  return sources.filter(
    ({ kind, found }) => !(kind === 'child' && found.state === 'failed' && found.reason.code === 'ESRCH'),
  );
}

function noProcfs(platform: NodeJS.Platform): Found {
  return notRun('NO_PROCFS', `on ${platform} the environment of another process cannot be read from a file`);
}

async function containerSources({ located, procRoot = '/proc' }: SettingsInput): Promise<readonly LiveSource[]> {
  const name = valueOf(located.pms)?.container ?? null;
  if (name === null) return [];
  const inside = located.container.state === 'not-run' && located.container.reason.code === 'NO_CONTAINER';
  const { container } = located;
  const found: Found = inside
    ? // Inside, the first process was given what `docker run -e` says.
      await readProcessVariables(procRoot, 1)
    : container.state === 'ok'
      ? ok(containerVariables(container.value))
      : container;
  return [source(`container:${name}`, 'container', found), ...(await s6Sources(located.roots))];
}

async function s6Sources(roots: readonly string[]): Promise<readonly LiveSource[]> {
  for (const root of roots) {
    for (const directory of S6_DIRECTORIES) {
      const found = await readS6Environment(root, directory);
      if (found.state !== 'not-run') return [source(`file:${directory}`, 'container', found)];
    }
  }
  return [];
}

/** In a container that has its own service manager (LXC) the unit is the container's; elsewhere it is this machine's. */
async function unitSources(input: SettingsInput): Promise<readonly LiveSource[]> {
  const { located } = input;
  const pms = valueOf(located.pms);
  const root = serviceRoot(located);
  if (hasOtherSupervisor(located)) return [];
  const installed = pms?.unit ? [pms.unit] : await installedUnits(root, isPmsUnit);
  const name = installed.includes(USUAL_UNIT) ? USUAL_UNIT : (installed[0] ?? USUAL_UNIT);
  return [unitSource(name, await readUnit(input, root, name))];
}

/** The root below which the service manager that started PMS reads its files: it lies outside of a service's private view. */
function serviceRoot({ roots }: LocatedPms): string {
  return roots.at(-1) ?? '/';
}

/** PMS runs in a container without a service manager: its package's unit and default file lie there, but no program reads them. */
function hasOtherSupervisor({ pms }: LocatedPms): boolean {
  const running = valueOf(pms);
  return running !== null && running.pid !== null && running.container !== null && running.unit === null;
}

function unitSource(name: string, variables: UnitVariables): LiveSource {
  return sourceWithIgnored(`unit:${name}`, 'unit', variables);
}

function sourceWithIgnored(id: string, kind: LiveSource['kind'], { found, ignored }: UnitVariables): LiveSource {
  const places = ignored.map(({ path, line, why }) => ({ from: `${path}:${line}`, why }));
  return source(id, kind, found, places.length === 0 ? {} : { ignored: places });
}

async function readUnit(
  { located, procRoot = '/proc' }: SettingsInput,
  root: string,
  name: string,
): Promise<UnitVariables> {
  const pid = valueOf(located.pms)?.pid ?? null;
  const own = located.userUnit && pid !== null ? await readProcessVariables(procRoot, pid) : null;
  const home = own?.state === 'ok' ? (own.value.find((variable) => variable.name === 'HOME')?.value ?? null) : null;
  return readUnitVariables({
    root,
    name,
    user: located.userUnit && { home },
    managerEnvironment: () => readProcessVariables(procRoot, 1),
  });
}

async function defaultFileSources({ located }: SettingsInput): Promise<readonly LiveSource[]> {
  if (hasOtherSupervisor(located)) return [];
  const sources: LiveSource[] = [];
  for (const path of DEFAULT_FILES) {
    const found = await readDefaultFile(serviceRoot(located), path);
    // Administrators look for the first name, so its absence is worth a line. The other names are not.
    if (found.state !== 'not-run' || path === DEFAULT_FILES[0]) {
      sources.push(source(`file:${path}`, 'default-file', found));
    }
  }
  return sources;
}

/** The source of `--env-from`, or null for `auto`. */
async function forcedSource(input: SettingsInput, sources: readonly LiveSource[]): Promise<LiveSource | null> {
  const { envFrom, located, fsRoot = '/', procRoot = '/proc' } = input;
  const known = (id: string): LiveSource | undefined => sources.find((s) => s.id === id);
  switch (envFrom.kind) {
    case 'auto':
      return null;
    case 'shell':
      return known('shell') ?? shellSource(input.shell);
    case 'pid': {
      const id = `pid:${envFrom.pid}`;
      const found = () =>
        located.platform === 'linux'
          ? readProcessVariables(procRoot, envFrom.pid)
          : Promise.resolve(noProcfs(located.platform));
      return known(id) ?? source(id, 'process', await found(), { pid: envFrom.pid });
    }
    case 'unit': {
      const id = `unit:${envFrom.name}`;
      return known(id) ?? unitSource(envFrom.name, await readUnit(input, serviceRoot(located), envFrom.name));
    }
    case 'container': {
      const name = valueOf(located.pms)?.container ?? null;
      const description = valueOf(located.container);
      const isOurs =
        name !== null &&
        (name === envFrom.name ||
          (description?.id !== undefined &&
            description.id !== null &&
            namesContainer(envFrom.name, { id: description.id, name })));
      const ours = sources.filter((s) => s.kind === 'container' && isOurs);
      const readable = ours.find((s) => s.found.state === 'ok') ?? ours[0];
      if (readable) return readable;
      const container = await findContainer(fsRoot, envFrom.name);
      return source(
        `container:${envFrom.name}`,
        'container',
        container.state === 'ok' ? ok(containerVariables(container.value)) : container,
      );
    }
    case 'file':
      return sourceWithIgnored(`file:${envFrom.path}`, 'file', await readNamedFile(envFrom.path));
    default:
      return envFrom satisfies never;
  }
}

function insistOn(forced: LiveSource, { located }: SettingsInput): Choice {
  const isPms = forced.kind === 'process' && forced.pid === (valueOf(located.pms)?.pid ?? null);
  return {
    source: forced,
    basis: isPms ? 'observed' : 'asserted',
    why: `--env-from names ${forced.id}.`,
  };
}

function chooseSource(located: LocatedPms, sources: readonly LiveSource[]): Choice {
  const running = sources.find((s) => s.kind === 'process');
  if (running?.found.state === 'ok') {
    return {
      source: running,
      basis: 'observed',
      why: `Read from the environment of the running PMS, pid ${running.pid}.`,
    };
  }
  const because = running ? unreadable(running) : absence(located);
  const found = located.pms.state === 'ok' && located.pms.value.found;
  // A unit or default file of PMS speaks of PMS even where its program is not found; a container may hold anything.
  const declared = sources.find((s) => isDeclaration(s) && s.found.state === 'ok' && (found || s.kind !== 'container'));
  if (declared) {
    return { source: declared, basis: 'declared', why: `${because}, so what ${declared.id} declares is judged.` };
  }
  const shell = sources.find((s) => s.kind === 'shell') ?? shellSource({});
  return {
    source: shell,
    basis: 'assumed',
    why: `${because}, so the variables of this shell are judged; PMS may have others.`,
  };
}

function isDeclaration({ kind }: LiveSource): boolean {
  return kind === 'container' || kind === 'unit' || kind === 'default-file';
}

function unreadable({ pid, found }: LiveSource): string {
  const message = found.state === 'ok' ? '' : found.reason.message;
  const denied = found.state === 'failed' && found.reason.code === 'EACCES';
  return `The environment of the running PMS, pid ${pid}, is not known: ${message}${denied ? ` (${RIGHTS})` : ''}`;
}

function absence(located: LocatedPms): string {
  if (located.pms.state !== 'ok') return `PMS was not found: ${located.pms.reason.message}`;
  return located.pms.value.found ? 'PMS is installed but not running' : 'PMS was not found on this machine';
}

function withOptions({ proxyOption, noProxyOption }: SettingsInput, base: Choice): Choice {
  if (proxyOption === null && noProxyOption === null) return base;
  const option = (name: string, value: string): FoundVariable => ({
    name,
    value,
    from: name === 'no_proxy' ? '--no-proxy' : '--proxy',
  });
  const isExclusion = ({ name }: FoundVariable): boolean => name.toLowerCase() === 'no_proxy';
  const before = base.source.found.state === 'ok' ? base.source.found.value : [];
  if (proxyOption !== null) {
    // No program uses this shell's list of exclusions: only one that PMS has, or would get, is worth keeping.
    const keeps = noProxyOption === null && base.basis !== 'assumed';
    const exclusions =
      noProxyOption === null ? (keeps ? before.filter(isExclusion) : []) : [option('no_proxy', noProxyOption)];
    const found = ok([option('http_proxy', proxyOption), option('https_proxy', proxyOption), ...exclusions]);
    const rest = keeps && exclusions.length > 0 ? `; no_proxy is from ${base.source.id}.` : '.';
    return { source: source('option', 'option', found), basis: 'asserted', why: `--proxy was given${rest}` };
  }
  if (base.source.found.state !== 'ok') return base;
  const exclusions = noProxyOption === null ? [] : [option('no_proxy', noProxyOption)];
  const kept = before.filter((variable) => !isExclusion(variable));
  return {
    source: source('option', 'option', ok([...kept, ...exclusions])),
    basis: 'asserted',
    why: `--no-proxy was given; everything else is from ${base.source.id}. ${base.why}`,
  };
}
