import type { SecretVariables } from '../../../core/values/secret-variables.ts';
import { parseEnviron } from '../../../parse/settings/environ.ts';
import type { BornProcesses } from '../../settings/born.ts';
import { secret, selectProxyVariables } from '../../settings/variables.ts';
import type { Procfs } from '../../system/procfs.ts';

/** Environments that are read in one run; a PMS that starts more programs is known by then. */
const READ_LIMIT = 5_000;

interface Born {
  readonly program: string | null;
  /** The same object for the same variables. */
  readonly variables: SecretVariables | null;
}

/**
 * The environments of programs that PMS starts, read when they are first seen: a scanner that was started without the proxy variables obeys
 * its settings when it goes direct.
 */
export class Environments {
  readonly #procfs: Procfs;
  readonly #born = new Map<number, Born>();
  readonly #known = new Map<string, SecretVariables>();
  #reads = 0;

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
  }

  /** The process runs this program from now on. An environment read before was another program's. */
  read(pid: number, program: string | null): void {
    this.#reads += 1;
    this.#born.set(pid, { program, variables: this.#reads > READ_LIMIT ? null : this.#variablesOf(pid) });
  }

  /** The process has ended before its environment could be read. */
  miss(pid: number, program: string | null): void {
    this.#born.set(pid, { program, variables: null });
  }

  all(): readonly BornProcesses[] {
    const groups = new Map<string | null, Map<SecretVariables | null, number[]>>();
    for (const [pid, { program, variables }] of this.#born) {
      const own = groups.get(program) ?? new Map<SecretVariables | null, number[]>();
      const pids = own.get(variables);
      if (pids === undefined) groups.set(program, own.set(variables, [pid]));
      else pids.push(pid);
    }
    return [...groups].flatMap(([program, own]) => [...own].map(([variables, pids]) => ({ program, variables, pids })));
  }

  #variablesOf(pid: number): SecretVariables | null {
    const bytes = this.#procfs.environ(pid);
    const environ = bytes === null ? null : parseEnviron(bytes);
    if (environ?.kind !== 'complete') return null;
    const found = selectProxyVariables(environ.assignments.map(({ name, value }) => ({ name, value, from: '' })));
    const key = JSON.stringify(found);
    const variables = this.#known.get(key) ?? secret(found);
    this.#known.set(key, variables);
    return variables;
  }
}
