import { posix } from 'node:path';
import type { EnvFrom } from '../../core/env-from.ts';
import { isPlexProgram, isPmsProgram, PMS_PROGRAM, programName, type ProcessRecord } from './processes.ts';

export interface Identified {
  readonly main: ProcessRecord;
  readonly foundBy: 'exe' | 'cgroup' | 'unit' | 'argv';
  /** Processes that belong to it: its descendants, and what shares its unit or container. `main` is not among them. */
  readonly children: readonly ProcessRecord[];
  /** Other running instances of PMS. */
  readonly others: readonly ProcessRecord[];
}

/** Names under which packages run PMS as a service: Plex's own, snap's, NixOS's. */
const PMS_UNIT = /^(?:(?:snap\.plexmediaserver\.)?plexmediaserver(?:@.*)?|plex)\.service$/;

export function isPmsUnit(unit: string): boolean {
  return PMS_UNIT.test(unit);
}

/** How a hint that names a container is compared with one; names that the cgroup does not show are passed as `names`. */
export type ContainerMatch = (process: ProcessRecord) => boolean;

/**
 * Finds PMS among the running processes. The program file decides; where it may not be read, the control group does, then
 * the name. `hint` picks among several instances; without one the order is: in this tool's own network (what is probed holds
 * for it), outside of containers, lowest pid.
 */
export function identifyPms(
  processes: readonly ProcessRecord[],
  hint: EnvFrom,
  inHintedContainer: ContainerMatch = () => false,
  ownNetwork: string | null = null,
): Identified | null {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const isHinted = (p: ProcessRecord): boolean => matchesHint(p, hint, byPid, inHintedContainer);
  const groups = candidates(processes, byPid, hint);
  // What was named by hand wins even over a process that is PMS by better evidence.
  const found = groups.find(({ instances }) => instances.some(isHinted)) ?? groups[0];
  if (!found) return null;
  const ranked = found.instances.toSorted(
    (a, b) =>
      Number(isHinted(b)) - Number(isHinted(a)) ||
      Number(b.networkNamespace === ownNetwork) - Number(a.networkNamespace === ownNetwork) ||
      Number(a.cgroup.container !== null) - Number(b.cgroup.container !== null) ||
      a.pid - b.pid,
  );
  const [main, ...others] = ranked;
  if (!main) return null;
  return { main, foundBy: found.foundBy, others, children: childrenOf(main, processes, byPid, others) };
}

interface Candidates {
  readonly foundBy: Identified['foundBy'];
  readonly instances: readonly ProcessRecord[];
}

/** The instances that each kind of evidence finds, best evidence first; kinds that find none are left out. */
function candidates(
  processes: readonly ProcessRecord[],
  byPid: ReadonlyMap<number, ProcessRecord>,
  hint: EnvFrom,
): readonly Candidates[] {
  const rules: readonly (readonly [Identified['foundBy'], (process: ProcessRecord) => boolean])[] = [
    ['exe', (p) => p.exe !== null && isPmsProgram(posix.basename(p.exe))],
    // Neither comm nor argv proves anything alone, but together with the service or container that they run in they do.
    ['cgroup', (p) => (p.cgroup.container !== null || isPmsUnit(p.cgroup.unit ?? '')) && isNamedPms(p)],
    ['unit', (p) => hint.kind === 'unit' && p.cgroup.unit === hint.name],
    ['argv', isNamedPms],
  ];
  return rules.flatMap(([foundBy, test]) => {
    const matching = processes.filter(test);
    // A child is PMS's program too between fork and exec, and a unit holds all children: only the roots are instances.
    const instances = matching.filter((p) => !ancestorsOf(p, byPid).some((ancestor) => matching.includes(ancestor)));
    return instances.length > 0 ? [{ foundBy, instances }] : [];
  });
}

/** The process calls itself PMS. `comm` is cut, so it is compared with the cut name. */
function isNamedPms(process: ProcessRecord): boolean {
  if (isPmsProgram(posix.basename(process.argv0))) return true;
  // A wrapper script runs under its interpreter's program file, but keeps its own name.
  return process.comm === PMS_PROGRAM.slice(0, process.comm.length) && process.comm.length >= 15;
}

function matchesHint(
  process: ProcessRecord,
  hint: EnvFrom,
  byPid: ReadonlyMap<number, ProcessRecord>,
  inHintedContainer: ContainerMatch,
): boolean {
  switch (hint.kind) {
    case 'pid': {
      const hinted = byPid.get(hint.pid);
      return hinted !== undefined && (hinted.pid === process.pid || ancestorsOf(hinted, byPid).includes(process));
    }
    case 'unit':
      return process.cgroup.unit === hint.name;
    case 'container':
      return inHintedContainer(process);
    case 'auto':
    case 'file':
    case 'shell':
    default:
      return false;
  }
}

function childrenOf(
  main: ProcessRecord,
  processes: readonly ProcessRecord[],
  byPid: ReadonlyMap<number, ProcessRecord>,
  others: readonly ProcessRecord[],
): readonly ProcessRecord[] {
  const isOthers = (p: ProcessRecord): boolean =>
    others.some((other) => other.pid === p.pid || ancestorsOf(p, byPid).includes(other));
  return processes.filter((p) => {
    if (p.pid === main.pid) return false;
    if (ancestorsOf(p, byPid).includes(main)) return true;
    // Children whose parent has ended hang below init, but stay in their control group. A container holds other programs too.
    const { unit, container, path } = main.cgroup;
    const sameGroup = path !== '/' && (unit !== null || container !== null) && p.cgroup.path === path;
    return sameGroup && isPlexProgram(programName(p)) && !isOthers(p);
  });
}

function ancestorsOf(process: ProcessRecord, byPid: ReadonlyMap<number, ProcessRecord>): readonly ProcessRecord[] {
  const ancestors: ProcessRecord[] = [];
  for (let at = parentOf(process, byPid); at && !ancestors.includes(at); at = parentOf(at, byPid)) ancestors.push(at);
  return ancestors;
}

function parentOf(process: ProcessRecord, byPid: ReadonlyMap<number, ProcessRecord>): ProcessRecord | undefined {
  return process.ppid === null ? undefined : byPid.get(process.ppid);
}
