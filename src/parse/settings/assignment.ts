/** One `NAME=value` of a file or an environment, and where it stands. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** 1-based; in an environ dump the number of the entry. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** The part of the value that only the running system could fill in (`%H`, `$HOST`), left as written; null without one. */
  readonly unresolved: string | null;
}

/** A place in a text that breaks a rule of its format. The rule is words; it never repeats what stands there. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly rule: string;
}

/** POSIX.1-2024 3.216: what shells, systemd and s6 accept as the name of a variable. */
export function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}
