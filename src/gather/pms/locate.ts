import { platform as thisPlatform } from 'node:os';
import { join, posix } from 'node:path';
import type { EnvFrom } from '../../core/values/env-from.ts';
import { failed, notRun, ok, valueOf, type Gathered, type Pms } from '../../core/model/evidence.ts';
import { parseEnviron } from '../../parse/settings/environ.ts';
import type { ListedProcess } from '../../parse/proc/process-list.ts';
import {
  describeContainer,
  isNamed,
  namesContainer,
  ownContainer,
  shortId,
  type ContainerDescription,
} from './container.ts';
import { readBytes, readLink } from '../system/files.ts';
import { identifyPms, type Identified } from './identify.ts';
import { findInstallation, readCaBundle, readLibcurl, readVersion } from './installation.ts';
import { listProcesses, type RunCommand } from './listing.ts';
import {
  canonicalProgram,
  isPlexProgram,
  isPmsProgram,
  programName,
  readProcesses,
  type ProcessRecord,
} from '../system/processes.ts';

export interface LocateOptions {
  /** The operating system, by default the one that this tool runs on. */
  readonly platform?: NodeJS.Platform;
  /** Folder at which procfs is mounted. */
  readonly procRoot?: string;
  /** Root of this machine's file system. */
  readonly fsRoot?: string;
  /** `--env-from`, which also picks among several instances of PMS. */
  readonly hint?: EnvFrom;
  /** Runs `ps` or `tasklist` where there is no procfs. */
  readonly run?: RunCommand;
}

/** One process of PMS: the server itself or one of its children. */
export interface PmsProcessInfo {
  readonly pid: number;
  readonly ppid: number | null;
  /** Name of the program file. */
  readonly name: string;
  readonly role: 'pms' | 'child';
}

export interface LocatedPms {
  readonly pms: Gathered<Pms>;
  /** PMS first, then its children by pid; empty when it is not running. */
  readonly processes: readonly PmsProcessInfo[];
  /** The text of PMS's own roots, null when there are none. */
  readonly caBundlePem: string | null;
  readonly platform: NodeJS.Platform;
  /** File systems in which PMS's files are looked for, in this order: its container's, or this machine's. */
  readonly roots: readonly string[];
  /** true when PMS's unit belongs to a user's service manager. */
  readonly userUnit: boolean;
  /** The container's configuration, as its runtime keeps it. */
  readonly container: Gathered<ContainerDescription>;
  /** Sentences about how PMS was found; the reader needs them to trust the result. */
  readonly notes: readonly string[];
}

const NO_CONTAINER = notRun('NO_CONTAINER', 'PMS does not run in a container that this machine knows');

/**
 * Finds PMS: running (by program file, control group, unit, name), else installed. Only reads files of procfs and of the
 * installation; where there is no procfs it runs `ps` or `tasklist`. Not found is a value, not a failure; `pms` fails only
 * when the processes could not be listed and no installation was found either.
 */
export async function locatePms(options: LocateOptions): Promise<LocatedPms> {
  const platform = options.platform ?? thisPlatform();
  const fsRoot = options.fsRoot ?? (platform === 'win32' ? 'C:/' : '/');
  return platform === 'linux'
    ? locateByProcfs({ ...options, fsRoot })
    : locateByListing(platform, { ...options, fsRoot });
}

type Rooted = LocateOptions & { readonly fsRoot: string };

async function locateByProcfs(options: Rooted): Promise<LocatedPms> {
  const { fsRoot, hint = { kind: 'auto' }, procRoot = '/proc' } = options;
  const processes = await readProcesses(procRoot);
  const containers = await hintedContainers(fsRoot, hint, valueOf(processes) ?? []);
  const ownNetwork = valueOf(await readLink(join(procRoot, 'self/ns/net')));
  const isHinted = (p: ProcessRecord): boolean => containers.has(p.cgroup.container?.id ?? '');
  const identified = identifyPms(valueOf(processes) ?? [], hint, isHinted, ownNetwork);
  if (!identified) {
    return locateInstallation('linux', fsRoot, processes, hiddenNote(valueOf(processes) ?? []));
  }
  const { main, foundBy, children } = identified;
  const roots = await rootsOf(main, procRoot, fsRoot);
  const container = main.cgroup.container ? await describeContainer(fsRoot, main.cgroup.container.id) : NO_CONTAINER;
  const infos = [main, ...children].map((p): PmsProcessInfo => ({
    pid: p.pid,
    ppid: p.ppid,
    name: programName(p),
    role: p === main ? 'pms' : 'child',
  }));
  const files = await filesOf(main, roots, 'linux');
  return {
    pms: ok({
      found: true,
      foundBy,
      version: files.version,
      pid: main.pid,
      unit: main.cgroup.unit,
      container: await containerName(main, container, { fsRoot, procRoot }),
      exe: files.exe,
      otherNetwork: ownNetwork === null || main.networkNamespace === null ? null : main.networkNamespace !== ownNetwork,
      processes: infos.map(({ pid, ppid, name }) => ({ pid, ppid, name })),
      ...othersOf(identified.others, identified.isChosen),
      libcurl: files.libcurl,
      caBundle: files.caBundle.summary,
    }),
    processes: infos,
    caBundlePem: files.caBundle.pem,
    platform: 'linux',
    roots,
    userUnit: main.cgroup.userManager,
    container,
    notes: notesOn(identified),
  };
}

/** Ids of the running containers that `--env-from container:NAME` means. */
async function hintedContainers(
  fsRoot: string,
  hint: EnvFrom,
  processes: readonly ProcessRecord[],
): Promise<ReadonlySet<string>> {
  if (hint.kind !== 'container') return new Set();
  const ids = new Set(processes.flatMap((p) => (p.cgroup.container ? [p.cgroup.container.id] : [])));
  const matching = new Set<string>();
  for (const id of ids) {
    const name = valueOf(await describeContainer(fsRoot, id))?.name ?? null;
    if (namesContainer(hint.name, { id, name })) matching.add(id);
  }
  return matching;
}

/**
 * A process in another mount namespace sees other files under the same names. They are reached through `/proc/PID/root`;
 * for a service with a private /tmp this machine's own files are as good, for a container they are not.
 */
async function rootsOf(main: ProcessRecord, procRoot: string, fsRoot: string): Promise<readonly string[]> {
  const own = valueOf(await readLink(join(procRoot, 'self/ns/mnt')));
  const foreign = main.mountNamespace !== null && own !== null && main.mountNamespace !== own;
  const processRoot = join(procRoot, String(main.pid), 'root');
  if (main.cgroup.container) return [processRoot];
  return foreign ? [processRoot, fsRoot] : [fsRoot];
}

interface InstalledFiles {
  readonly exe: string | null;
  readonly version: string | null;
  readonly libcurl: Pms['libcurl'];
  readonly caBundle: Awaited<ReturnType<typeof readCaBundle>>;
}

async function filesOf(
  main: ProcessRecord,
  roots: readonly string[],
  platform: NodeJS.Platform,
): Promise<InstalledFiles> {
  const isProgram = main.exe !== null && isPmsProgram(posix.basename(main.exe));
  const fromArgv = main.argv0.startsWith('/') && isPmsProgram(posix.basename(main.argv0)) ? main.argv0 : null;
  const exe = isProgram ? main.exe : (fromArgv ?? (await findInstallation(platform, roots[0] ?? '/')));
  const files = await readInstalled(exe, roots);
  // After an upgrade the files on disk are not those of the process that still runs.
  return main.exeDeleted
    ? { ...files, version: null, libcurl: failed('REPLACED', 'PMS was replaced on disk while it ran; restart it') }
    : files;
}

async function readInstalled(exe: string | null, roots: readonly string[]): Promise<InstalledFiles> {
  if (exe === null) {
    const unknown = notRun('NO_PROGRAM', 'where the program of PMS lies is not known');
    return { exe, version: null, libcurl: unknown, caBundle: { summary: unknown, pem: null } };
  }
  const [version, libcurl, caBundle] = await Promise.all([
    readVersion(roots, exe),
    readLibcurl(roots, exe),
    readCaBundle(roots, exe),
  ]);
  return { exe, version, libcurl, caBundle };
}

/** A name that people recognise: the one that the runtime gave the container, else its host name, else the beginning of its id. */
async function containerName(
  main: ProcessRecord,
  container: Gathered<ContainerDescription>,
  { fsRoot, procRoot }: { readonly fsRoot: string; readonly procRoot: string },
): Promise<string | null> {
  const id = main.cgroup.container;
  if (!id) return ownContainer(fsRoot);
  if (isNamed(id)) return id.id;
  const known = valueOf(container);
  return known?.name ?? known?.hostname ?? (await hostnameOf(main, procRoot)) ?? shortId(id.id);
}

async function hostnameOf({ pid }: ProcessRecord, procRoot: string): Promise<string | null> {
  const bytes = valueOf(await readBytes('/', join(procRoot, String(pid), 'environ')));
  const environ = bytes === null ? null : parseEnviron(bytes);
  if (environ?.kind !== 'complete') return null;
  return environ.assignments.find(({ name }) => name === 'HOSTNAME')?.value || null;
}

function notesOn({ main, foundBy }: Identified): readonly string[] {
  const notes: string[] = [];
  if (main.exe === null) {
    notes.push(
      `The program file of pid ${main.pid} may not be read by this user: it was taken for PMS by its ${foundBy}.`,
    );
  }
  if (main.exeDeleted) notes.push(`The program of pid ${main.pid} was replaced on disk after it had started.`);
  return notes;
}

/** With hidepid, procfs shows only the user's own processes; process 1 nearly always belongs to another user. */
function hiddenNote(processes: readonly ProcessRecord[]): readonly string[] {
  return processes.length > 0 && !processes.some((p) => p.pid === 1)
    ? ['The processes of other users are hidden on this machine; run this as root to find PMS.']
    : [];
}

async function locateInstallation(
  platform: NodeJS.Platform,
  fsRoot: string,
  listed: Gathered<unknown>,
  notes: readonly string[],
): Promise<LocatedPms> {
  const exe = await findInstallation(platform, fsRoot);
  const files = await readInstalled(exe, [fsRoot]);
  const located = { processes: [], caBundlePem: files.caBundle.pem, platform, roots: [fsRoot], userUnit: false };
  const pms: Pms = {
    found: exe !== null,
    foundBy: exe === null ? null : 'installation',
    version: files.version,
    pid: null,
    unit: null,
    container: await ownContainer(fsRoot),
    exe,
    otherNetwork: null,
    processes: [],
    libcurl: files.libcurl,
    caBundle: files.caBundle.summary,
  };
  if (listed.state !== 'ok' && exe === null) return { ...located, pms: listed, container: NO_CONTAINER, notes };
  const unlisted = listed.state === 'ok' ? [] : [`Running processes are not known: ${listed.reason.message}.`];
  return { ...located, pms: ok(pms), container: NO_CONTAINER, notes: [...notes, ...unlisted] };
}

async function locateByListing(platform: NodeJS.Platform, { fsRoot, hint, run }: Rooted): Promise<LocatedPms> {
  const listed = await listProcesses(platform, run);
  const all = valueOf(listed) ?? [];
  const instances = all.filter((p) => isPmsProgram(baseName(p.command)) && !isChildOf(p, all));
  const hinted = hint?.kind === 'pid' ? instances.find((p) => p.pid === hint.pid) : undefined;
  const main = hinted ?? instances.toSorted((a, b) => a.pid - b.pid)[0];
  const installed = await locateInstallation(platform, fsRoot, listed, []);
  if (!main) return installed;
  // Windows does not list parents, so children are recognised by their names.
  const children = all.filter(
    (p) => p !== main && (p.ppid === null ? isPlexProgram(baseName(p.command)) : descendsFrom(p, main, all)),
  );
  const exe = main.command.startsWith('/') ? main.command : (valueOf(installed.pms)?.exe ?? null);
  const files = await readInstalled(exe, [fsRoot]);
  const processes = [main, ...children].map((p): PmsProcessInfo => ({
    pid: p.pid,
    ppid: p.ppid,
    name: canonicalProgram(baseName(p.command)),
    role: p === main ? 'pms' : 'child',
  }));
  return {
    ...installed,
    pms: ok({
      found: true,
      foundBy: main.command.startsWith('/') ? 'exe' : 'argv',
      version: files.version,
      pid: main.pid,
      unit: null,
      container: null,
      exe,
      otherNetwork: null,
      processes: processes.map(({ pid, ppid, name }) => ({ pid, ppid, name })),
      ...othersOf(
        instances.filter((p) => p !== main),
        main === hinted,
      ),
      libcurl: files.libcurl,
      caBundle: files.caBundle.summary,
    }),
    processes,
    caBundlePem: files.caBundle.pem,
    notes: [],
  };
}

function othersOf(others: readonly { readonly pid: number }[], isChosen: boolean): Pick<Pms, 'others'> {
  return others.length === 0 ? {} : { others: { pids: others.map(({ pid }) => pid), isChosen } };
}

function baseName(command: string): string {
  return command.slice(Math.max(command.lastIndexOf('/'), command.lastIndexOf('\\')) + 1);
}

function isChildOf(process: ListedProcess, all: readonly ListedProcess[]): boolean {
  const parent = all.find((p) => p.pid === process.ppid);
  return parent !== undefined && isPmsProgram(baseName(parent.command));
}

function descendsFrom(process: ListedProcess, main: ListedProcess, all: readonly ListedProcess[]): boolean {
  const seen = new Set<number>();
  for (let ppid = process.ppid; ppid !== null && !seen.has(ppid);) {
    if (ppid === main.pid) return true;
    seen.add(ppid);
    ppid = all.find((p) => p.pid === ppid)?.ppid ?? null;
  }
  return false;
}
