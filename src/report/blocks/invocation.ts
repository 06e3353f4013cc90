/** How this tool was started, so that the commands of a report can be run as they are printed. */
export interface Invocation {
  /** `pms-proxy-doctor`, `npx pms-proxy-doctor`, `node dist/pms-proxy-doctor.js`. */
  readonly program: string;
  /** The same behind `sudo`, which looks for programs elsewhere; null where sudo is not needed, or cannot be had. */
  readonly withSudo: string | null;
  readonly options: GivenOptions;
}

/** Options of this run that decide what is judged: the same question again needs them. */
export interface GivenOptions {
  /** Those that are fit for everyone's eyes, as they have to be typed: ` --timeout 20s`, or ''. */
  readonly shown: string;
  /** Names of the others, whose values are the user's own: `--proxy`. */
  readonly named: readonly string[];
}

export const NO_OPTIONS: GivenOptions = { shown: '', named: [] };

export const INSTALLED: Invocation = {
  program: 'pms-proxy-doctor',
  withSudo: 'sudo pms-proxy-doctor',
  options: NO_OPTIONS,
};

/** A command of a report, `sudo pms-proxy-doctor reproduce` or `sudo systemctl daemon-reload`, as it has to be typed here. */
export function typed(command: string, { program, withSudo }: Pick<Invocation, 'program' | 'withSudo'>): string {
  const [, sudo = '', own = '', rest = ''] = /^(sudo )?(pms-proxy-doctor(?= |$))?(.*)$/s.exec(command) ?? [];
  if (own !== '') return (sudo === '' ? program : (withSudo ?? program)) + rest;
  return sudo !== '' && withSudo === null ? rest : command;
}
