import type { SecretVariables } from '../../../core/values/secret-variables.ts';
import { parseEnviron } from '../../../parse/settings/environ.ts';
import type { BornProcesses } from '../../settings/born.ts';
import { secret, selectProxyVariables } from '../../settings/variables.ts';
import type { Procfs } from '../../system/procfs.ts';

/** Environments that are read in one run; a PMS that starts more programs is known by then. */
const READ_LIMIT = 5_000;

/** Environments that were read before their programs were known. */
const FORESEEN_LIMIT = 1_000;
/** Each instance of the trace takes the time of an event anew, microseconds apart; a second exec takes longer. */
const SAME_TIME_MS = 0.2;

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
  readonly #foreseen = new Map<number, { readonly variables: SecretVariables; readonly execAtMs: number }>();
  #reads = 0;

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
  }

  /** The process has just become another program, which {@link read} or {@link miss} will tell of with the same time of its exec. */
  foresee(pid: number, execAtMs: number): void {
    const variables = this.#variablesOf(pid);
    if (variables === null) return;
    if (this.#foreseen.size >= FORESEEN_LIMIT) this.#foreseen.clear();
    this.#foreseen.set(pid, { variables, execAtMs });
  }

  /** The process runs this program from now on. An environment read before was another program's. */
  read(pid: number, program: string | null, execAtMs: number | null = null): void {
    this.#born.set(pid, { program, variables: this.#takeForeseen(pid, execAtMs) ?? this.#variablesOf(pid) });
  }

  /** The process has ended before its environment could be read, unless that was foreseen. */
  miss(pid: number, program: string | null, execAtMs: number | null = null): void {
    this.#born.set(pid, { program, variables: this.#takeForeseen(pid, execAtMs) });
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

  /** An earlier program of the process had an environment of its own. */
  #takeForeseen(pid: number, execAtMs: number | null): SecretVariables | null {
    const found = this.#foreseen.get(pid);
    this.#foreseen.delete(pid);
    const isSame = found !== undefined && execAtMs !== null && Math.abs(found.execAtMs - execAtMs) < SAME_TIME_MS;
    return isSame ? found.variables : null;
  }

  #variablesOf(pid: number): SecretVariables | null {
    this.#reads += 1;
    if (this.#reads > READ_LIMIT) return null;
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
