import { TOOL } from '../../core/values/version.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { CommandHelp, HelpPage, Option, OptionTable, Row } from './model.ts';

export const ABOUT = 'Finds out why a Plex Media Server behind a forward proxy says that it needs the internet.';

/** The page of the whole tool. `main` runs where no command is given. */
export function overview(commands: readonly CommandHelp[], main: CommandHelp, common: OptionTable): HelpPage {
  return {
    usage: `${TOOL.name} [COMMAND] [OPTION]…`,
    about: ABOUT,
    sections: [
      { title: 'Commands', rows: commands.map((each) => [typedCommand(each), summaryOf(each, main)]) },
      ...optionSections({ ...main.own, ...main.shared, ...common }),
      { title: 'Examples', rows: commands.slice(0, OFTEN).flatMap(firstExample) },
      exitCodes(),
    ],
  };
}

/** The page of one command: its own options first. */
export function pageOf(command: CommandHelp, common: OptionTable): HelpPage {
  const { words, own, shared, summary, examples } = command;
  return {
    usage: `${TOOL.name} ${typedCommand(command)} [OPTION]…`,
    about: `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    sections: [
      { title: 'Arguments', rows: words },
      ...optionSections({ ...own, ...shared, ...common }),
      { title: 'Examples', rows: examples.map(typedExample) },
      exitCodes(),
    ].filter(({ rows }) => rows.length > 0),
  };
}

/** The commands that are used most stand first. */
const OFTEN = 5;

function firstExample({ examples: [first] }: CommandHelp): readonly Row[] {
  return first === undefined ? [] : [typedExample(first)];
}

export function typedCommand({ name, takes }: CommandHelp): string {
  return takes === '' ? name : `${name} ${takes}`;
}

function summaryOf(command: CommandHelp, main: CommandHelp): string {
  return command === main ? `${command.summary} (without a command, this one runs)` : command.summary;
}

function typedExample([typed, does]: Row): Row {
  return [`${TOOL.name} ${typed}`, does];
}

export function exitCodes(): HelpPage['sections'][number] {
  return { title: 'Exit codes', rows: EXIT_CODES.map(([code, meaning]) => [String(code), meaning]) };
}

/** By heading, in the order in which the headings first appear. */
export function optionSections(table: OptionTable): HelpPage['sections'] {
  const entries = Object.entries(table);
  return [...new Set(entries.map(([, { group }]) => group))].map((title) => ({
    title,
    rows: entries.filter(([, { group }]) => group === title).map(([name, option]) => optionRow(name, option)),
  }));
}

function optionRow(name: string, { alias, value, describe, choices, defaultDescription }: Option): Row {
  const typed = `${alias === undefined ? '    ' : `-${alias}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
  const notes = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(defaultDescription === undefined ? [] : [`default: ${defaultDescription}`]),
  ];
  return [typed, notes.length === 0 ? describe : `${describe} (${notes.join('; ')})`];
}
