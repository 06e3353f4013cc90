import { join } from 'node:path';
import { failed, ok, type Gathered } from '../../core/model/evidence.ts';
import { parseEnviron } from '../../parse/settings/environ.ts';
import { readBytes } from './files.ts';

/** A variable with its whole value. Stays inside of src/gather: outside, it is masked or part of {@link SecretVariables}. */
export interface FoundVariable {
  readonly name: string;
  readonly value: string;
  /** As in `ProxyVariable.from`. */
  readonly from: string;
}

export type Found = Gathered<readonly FoundVariable[]>;

/** The environment of a running process as it was when its program started. */
export async function readProcessVariables(procRoot: string, pid: number): Promise<Found> {
  const shown = `/proc/${pid}/environ`;
  const bytes = await readBytes('/', join(procRoot, String(pid), 'environ'));
  if (bytes.state === 'not-run') return failed('ESRCH', `there is no process ${pid}`);
  if (bytes.state === 'failed') {
    const { code, message } = bytes.reason;
    return failed(code, code === 'EACCES' ? `${shown} may not be read by this user` : message);
  }
  const environ = parseEnviron(bytes.value);
  return environ.kind === 'overwritten'
    ? failed('OVERWRITTEN', `process ${pid} has written its title over its environment`)
    : ok(environ.assignments.map(({ name, value }) => ({ name, value, from: shown })));
}
