import { posix } from 'node:path';
import { programName } from '../../system/processes.ts';
import type { Procfs } from '../../system/procfs.ts';

/** Name of the program that a process runs; null when it has ended. */
export function programNameOf(procfs: Procfs, pid: number, comm: string): string | null {
  const program = procfs.program(pid);
  if (program.kind === 'gone') return null;
  if (program.kind === 'seen') return posix.basename(program.value);
  return programName({ exe: null, comm, argv0: procfs.firstArgument(pid) });
}
