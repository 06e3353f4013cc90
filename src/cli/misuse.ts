import { UsageError } from '../app/usage-error.ts';
import { nearest } from '../core/values/nearest.ts';
import { COMMANDS, MAIN } from './commands/index.ts';
import type { CommandHelp, OptionTable } from './help/model.ts';
import { COMMON_OPTIONS, REPEATABLE, uselessFor } from './options/options.ts';
import { STANDARD_INPUT } from './options/standard-input.ts';

/** Every option of every command. */
export const ALL_OPTIONS: OptionTable = Object.assign(
  {},
  ...COMMANDS.map(({ own, shared }) => ({ ...shared, ...own })),
  COMMON_OPTIONS,
);

const NAMES: readonly string[] = Object.keys(ALL_OPTIONS);

export function commandNamed(name: string | null): CommandHelp | null {
  return name === null ? MAIN : (COMMANDS.find((command) => command.name === name) ?? null);
}

/** Refuses words that yargs accepts and no command reads. */
export function refuseUseless(given: Readonly<Record<string, unknown>>, command: CommandHelp): void {
  const twice = NAMES.find((name) => !REPEATABLE.includes(name) && Array.isArray(given[name]));
  const own: OptionTable = { ...ALL_OPTIONS, ...command.shared, ...command.own };
  if (twice !== undefined && own[twice]?.array !== true) throw new UsageError(`--${twice} was given more than once`);
  const behind = given['--'];
  if (Array.isArray(behind) && behind.length > 0)
    throw new UsageError(
      command.takes.startsWith('[') || command.takes === ''
        ? `${command.name} takes no words behind "--": leave them out`
        : `${command.name} takes no words behind "--": write ./NAME for a file whose name begins with a dash`,
    );
  const useless = uselessFor(given, NAMES);
  if (useless.length > 0)
    throw new UsageError(
      `--from-evidence judges what was gathered before, so ${listed(useless.map((name) => `--${name}`))} would have no effect: leave out one or the other`,
    );
}

/** One line from what yargs says in several, with the command that an option belongs to, or the word that was probably meant. */
export function tellUsage(message: string, command: CommandHelp): string {
  const line = message.replace(/\s*\n\s*/g, ' ').trim();
  const [, unknown = ''] = /^Unknown arguments?: ([^,]+)/.exec(line) ?? [];
  const elsewhere = COMMANDS.filter(({ own, shared }) => unknown in own || unknown in shared).map(({ name }) => name);
  if (elsewhere.length > 0) {
    const instead = command.instead?.[unknown];
    return `${command.name}: --${unknown} belongs to ${listed(elsewhere)}; ${instead ?? `leave it out (see help ${command.name})`}`;
  }
  const near = unknown === '' ? null : nearest(unknown, [...COMMANDS.map(({ name }) => name), ...NAMES]);
  const meant = near === null ? '' : `; did you mean ${commandNamed(near) === null ? `--${near}` : near}?`;
  return `${line.replaceAll(STANDARD_INPUT, '-')}${meant} (see --help)`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
