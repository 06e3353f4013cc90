import type { Readable } from 'node:stream';
import type { Net } from '../sanitize/net.ts';
import type { Look } from '../report/blocks/options.ts';

/**
 * The process that a run belongs to: its words to people, their answers, its environment and its end. The command line provides it,
 * so that a run itself asks no global.
 */
export interface Terminal extends Outlet {
  /** Keeps private data off standard error. */
  readonly net: Net;
}

export interface Outlet {
  /** This program's own file, to run once more; null: it is not one file. */
  readonly entry: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard error is seen by the person who typed the command line, and kept by no build: a terminal. */
  readonly isPersonal: boolean;
  /** How a report may look on standard output. */
  readonly look: Look;
  /** Whether standard output is a terminal, which only the user sees. */
  readonly isTerminal: boolean;
  /** Standard input, opened when it is first asked for. */
  readonly input: Readable;
  /** Writes a whole report to standard output. */
  readonly print: (text: string) => Promise<void>;
  /** Writes bytes to standard output; resolves when there is room for more. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Writes a note for people to standard error. */
  readonly note: (text: string) => void;
  /** Writes a line to standard error as it is: for the program that runs this one, such as the runner of a build. */
  readonly command: (line: string) => void;
  /** Progress, on standard error. */
  readonly status: StatusLine;
  /** Asks a question on standard error; anything but a yes is a no, and so are an interruption and the end of the input. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  /** Runs what an interruption shall end early, with what it has so far. */
  interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export interface StatusLine {
  /** false where standard error is no terminal: nothing is shown then. */
  readonly isShown: boolean;
  /** Shows passing words at the end; null clears them. */
  show(text: string | null): void;
  /** Writes a line of progress that stays, on a terminal or not. */
  readonly tell: (text: string) => void;
}
