/** An option as yargs reads it, and as help shows it. Defaults are words only: a value means that the option was given. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly array?: boolean;
  readonly requiresArg?: boolean;
  readonly alias?: string;
  readonly choices?: readonly string[];
  readonly defaultDescription?: string;
  readonly describe: string;
  /** The word for its value in help, where it has one. */
  readonly value?: string;
  /** The heading that it stands under. */
  readonly group: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** A row of help: what is typed, and what it does. */
export type Row = readonly [typed: string, does: string];

/** All that help and the manual say about a command. */
export interface CommandHelp {
  readonly name: string;
  /** Its arguments as they are typed: `FILE…`. */
  readonly takes: string;
  readonly summary: string;
  readonly words: readonly Row[];
  readonly own: OptionTable;
  readonly shared: OptionTable;
  /** Arguments behind the name of this tool. */
  readonly examples: readonly Row[];
  /** For options of other commands: what does the same here. */
  readonly instead?: Readonly<Record<string, string>>;
}

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** A page of help, to be drawn at the width of a terminal. */
export interface HelpPage {
  readonly usage: string;
  readonly about: string;
  readonly sections: readonly Section[];
}
