import { posix } from 'node:path';
import type { EnvFrom } from '../../core/values/env-from.ts';
import { isPlexProgram, isPmsProgram, PMS_PROGRAM, programName, type ProcessRecord } from '../system/processes.ts';

export interface Identified {
  readonly main: ProcessRecord;
  readonly foundBy: 'exe' | 'cgroup' | 'unit' | 'argv';
  /** Processes that belong to it: its descendants, and processes of the same unit or container. `main` is not among them. */
  readonly children: readonly ProcessRecord[];
  /** Other running instances of PMS, by whichever evidence. */
  readonly others: readonly ProcessRecord[];
  /** The hint picked it. */
  readonly isChosen: boolean;
}

/** Names under which packages run PMS as a service: Plex's own, snap's, NixOS's. */
const PMS_UNIT = /^(?:(?:snap\.plexmediaserver\.)?plexmediaserver(?:@.*)?|plex)\.service$/;

export function isPmsUnit(unit: string): boolean {
  return PMS_UNIT.test(unit);
}

/** true when a process runs in the container that a hint names. Names that the cgroup does not show are passed as `names`. */
export type ContainerMatch = (process: ProcessRecord) => boolean;

/**
 * Finds PMS among the running processes. The program file decides; where it may not be read, the control group does, then
 * the name. `hint` picks among several instances; without one the order is: in this tool's own network (probes from here
 * are valid for it), outside of containers, lowest pid.
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
  // A process that the user named wins even over one that is PMS by better evidence.
  const found = groups.find(({ instances }) => instances.some(isHinted)) ?? groups[0];
  if (!found) return null;
  const ranked = found.instances.toSorted(
    (a, b) =>
      Number(isHinted(b)) - Number(isHinted(a)) ||
      Number(b.networkNamespace === ownNetwork) - Number(a.networkNamespace === ownNetwork) ||
      Number(a.cgroup.container !== null) - Number(b.cgroup.container !== null) ||
      a.pid - b.pid,
  );
  const [main] = ranked;
  if (!main) return null;
  const others = othersThan(main, groups, byPid);
  const children = childrenOf(main, processes, byPid, others);
  return { main, foundBy: found.foundBy, others, isChosen: isHinted(main), children };
}

/** A server of another user may be known by weaker evidence than the judged one. Wrappers and children of a server are none. */
function othersThan(
  main: ProcessRecord,
  groups: readonly Candidates[],
  byPid: ReadonlyMap<number, ProcessRecord>,
): readonly ProcessRecord[] {
  const found: ProcessRecord[] = [];
  const isKin = (one: ProcessRecord, other: ProcessRecord): boolean =>
    one === other || ancestorsOf(one, byPid).includes(other) || ancestorsOf(other, byPid).includes(one);
  for (const { foundBy, instances } of groups) {
    if (foundBy === 'unit') continue;
    for (const each of instances) if (![main, ...found].some((known) => isKin(known, each))) found.push(each);
  }
  return found.toSorted((a, b) => a.pid - b.pid);
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
    // Neither comm nor argv proves anything alone; together with the service or container they do.
    ['cgroup', (p) => (p.cgroup.container !== null || isPmsUnit(p.cgroup.unit ?? '')) && isNamedPms(p)],
    ['unit', (p) => hint.kind === 'unit' && p.cgroup.unit === hint.name],
    ['argv', isNamedPms],
  ];
  return rules.flatMap(([foundBy, test]) => {
    const matching = processes.filter(test);
    // Between fork and exec a child shows PMS's program too, and a unit holds all children: only the roots are instances.
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
    // Children whose parent has ended are re-parented to init, but stay in their control group. A container holds other programs too.
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
