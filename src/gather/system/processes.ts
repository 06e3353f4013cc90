import { join, posix } from 'node:path';
import { failed, ok, valueOf, type Gathered } from '../../core/model/evidence.ts';
import { parseCgroup, type CgroupFacts } from '../../parse/proc/cgroup.ts';
import { parseProcStat } from '../../parse/proc/proc-stat.ts';
import { listDirectory, readLink, readText } from './files.ts';

/** One running process, as far as it may be looked at. */
export interface ProcessRecord {
  readonly pid: number;
  readonly ppid: number | null;
  /** Name of the program, cut to 15 bytes. */
  readonly comm: string;
  /** Path of the program file, as the process's own mount namespace names it; null when it may not be known. */
  readonly exe: string | null;
  /** The running program is not the file at `exe`: that was replaced or removed. */
  readonly exeDeleted: boolean;
  readonly argv0: string;
  readonly cgroup: CgroupFacts;
  /** Identity of the mount namespace; null when it may not be known. */
  readonly mountNamespace: string | null;
  /** The same for the network. */
  readonly networkNamespace: string | null;
}

/** Reading a process takes five small files; this many at a time keeps a machine with thousands of them quick. */
const CONCURRENCY = 32;
/** The kernel's mark for a program file that is gone (d_path(9)). */
const DELETED = ' (deleted)';

/** Every process of procfs except kernel threads and zombies, by ascending pid. Processes that end meanwhile are left out. */
export async function readProcesses(procRoot: string): Promise<Gathered<readonly ProcessRecord[]>> {
  const names = await listDirectory('/', procRoot);
  if (names.state !== 'ok') return failed(names.reason.code, `the list of processes: ${names.reason.message}`);
  const pids = names.value.filter((name) => /^\d+$/.test(name)).map(Number);
  const records: ProcessRecord[] = [];
  for (let start = 0; start < pids.length; start += CONCURRENCY) {
    const batch = await Promise.all(pids.slice(start, start + CONCURRENCY).map((pid) => readProcess(procRoot, pid)));
    records.push(...batch.filter((record) => record !== null));
  }
  return ok(records.sort((a, b) => a.pid - b.pid));
}

async function readProcess(procRoot: string, pid: number): Promise<ProcessRecord | null> {
  const directory = join(procRoot, String(pid));
  const [stat, exe, cmdline, cgroup, mount, network] = await Promise.all([
    readText('/', join(directory, 'stat')),
    readLink(join(directory, 'exe')),
    readText('/', join(directory, 'cmdline')),
    readText('/', join(directory, 'cgroup')),
    readLink(join(directory, 'ns/mnt')),
    readLink(join(directory, 'ns/net')),
  ]);
  const facts = stat.state === 'ok' ? parseProcStat(stat.value) : null;
  if (!facts || facts.state === 'Z' || facts.state === 'X') return null;
  const argv = cmdline.state === 'ok' ? cmdline.value : '';
  // Kernel threads have neither a program nor arguments.
  if (exe.state === 'not-run' && argv === '') return null;
  const target = exe.state === 'ok' ? exe.value : null;
  const exeDeleted = target?.endsWith(DELETED) ?? false;
  return {
    pid,
    ppid: facts.ppid === 0 ? null : facts.ppid,
    comm: facts.comm,
    exe: target !== null && exeDeleted ? target.slice(0, -DELETED.length) : target,
    exeDeleted,
    argv0: argv.split('\0')[0] ?? '',
    cgroup: parseCgroup(cgroup.state === 'ok' ? cgroup.value : ''),
    mountNamespace: valueOf(mount),
    networkNamespace: valueOf(network),
  };
}

/** Programs that PMS ships and starts, Linux spelling. */
export const PMS_PROGRAM = 'Plex Media Server';
const KNOWN_PROGRAMS: readonly string[] = [
  PMS_PROGRAM,
  'Plex Media Scanner',
  'Plex Media Fingerprinter',
  'Plex Script Host',
  'Plex Tuner Service',
  'Plex Transcoder',
  'Plex DLNA Server',
  'Plex Relay',
  'Plex Commercial Skipper',
  'Plex EAE Service',
  'Plex SQLite',
  'Plex Update Service',
  'EasyAudioEncoder',
  'CrashUploader',
];
/** TASK_COMM_LEN of Linux less the NUL. */
const COMM_LENGTH = 15;

/** `Plex_Media_Server` (FreeBSD) and `Plex Media Server.exe` (Windows) are the same program. */
export function canonicalProgram(fileName: string): string {
  const name = fileName.replace(/\.exe$/i, '').replace(/^Plex_.*/, (whole) => whole.replaceAll('_', ' '));
  return name;
}

export function isPmsProgram(fileName: string): boolean {
  return canonicalProgram(fileName) === PMS_PROGRAM;
}

/** true for the programs that come with PMS. */
export function isPlexProgram(name: string): boolean {
  return KNOWN_PROGRAMS.includes(canonicalProgram(name));
}

/**
 * Name of the program file; where that is not known, the name from the cut name of the process and its arguments.
 * Plug-ins call themselves `Plex Plug-in [com.plexapp.system] …`.
 */
export function programName(process: Pick<ProcessRecord, 'exe' | 'comm' | 'argv0'>): string {
  if (process.exe !== null) return posix.basename(process.exe);
  if (process.argv0.startsWith('Plex Plug-in')) return 'Plex Script Host';
  const known = KNOWN_PROGRAMS.find((program) => program.slice(0, COMM_LENGTH) === process.comm);
  const fromArgv = posix.basename(process.argv0);
  if (fromArgv !== '' && fromArgv.startsWith(process.comm)) return fromArgv;
  return known ?? process.comm;
}
