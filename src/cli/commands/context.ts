import type { Terminal } from '../../app/terminal.ts';

/** Every command gets this from the command line. */
export interface Context {
  readonly terminal: Terminal;
  /** Takes the exit code out of yargs' handlers. */
  readonly exit: (code: number) => void;
  /** The help of a command; null: of all. */
  readonly help: (command: string | null) => string;
  /** The script that completes command lines. */
  readonly completion: () => string;
}
