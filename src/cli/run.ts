import yargs, { type Argv } from 'yargs';
import { nearest } from '../core/nearest.ts';
import { printable } from '../core/printable.ts';
import { EXIT } from '../core/verdict.ts';
import { TOOL } from '../core/version.ts';
import { addCheck } from './check.ts';
import { addDemo } from './demo.ts';
import { addEndpoints } from './endpoints.ts';
import { UsageError } from './errors.ts';
import { OPTION_NAMES, REPEATABLE } from './options.ts';
import { addExplain } from './explain.ts';
import { addObserve } from './observe.ts';
import { addRead, STANDARD_INPUT } from './read.ts';
import { addReproduce } from './reproduce.ts';
import { note } from './terminal.ts';

/** The help is made for this width, so that it is the same everywhere. */
const HELP_WIDTH = 100;

/** A command's exit code travels out of yargs' handlers by this. */
export type Exit = (code: number) => void;

/** yargs loses a `-` among the files of `read`. One behind an option is the option's value. */
function nameStandardInput(argv: readonly string[]): string[] {
  const isValue = (index: number): boolean => VALUED.includes(argv[index - 1] ?? '');
  return argv.map((word, i) => (word === '-' && argv[0] === 'read' && !isValue(i) ? STANDARD_INPUT : word));
}

const VALUED = ['-o', '--output', '--save-evidence'];

function cli(argv: readonly string[], exit: Exit): Argv {
  const root: Argv = yargs(nameStandardInput(argv));
  for (const add of [addCheck, addObserve, addReproduce, addRead, addEndpoints, addExplain, addDemo]) add(root, exit);
  return root
    .scriptName(TOOL.name)
    .usage('$0 [command]\n\nWhy a Plex Media Server behind a forward proxy says that it needs the internet.')
    .epilogue(
      [
        'Exit codes: 0 nothing wrong, 1 the condition, a bypass or an unmet expectation was found, 2 wrong usage,',
        '3 could not decide, 70 a bug in this tool, 130 interrupted (what was gathered is still reported).',
      ].join('\n'),
    )
    .locale('en')
    .parserConfiguration({ 'boolean-negation': false })
    .check((parsed) => {
      const twice = OPTION_NAMES.find((name) => !REPEATABLE.includes(name) && Array.isArray(parsed[name]));
      if (twice !== undefined) throw new UsageError(`--${twice} was given more than once`);
      return true;
    })
    .wrap(HELP_WIDTH)
    .version(TOOL.version)
    .help()
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      // What yargs finds wrong itself comes as a message, and sometimes as an error of its own class too.
      throw error === undefined || error === null || error.name === 'YError'
        ? new UsageError(tellUsage(message))
        : error;
    });
}

const COMMANDS = ['check', 'observe', 'reproduce', 'read', 'endpoints', 'explain', 'demo'];

/** One line from what yargs says in several, with the word that was probably meant. */
function tellUsage(message: string): string {
  const line = message.replace(/\s*\n\s*/g, ' ').trim();
  const [, unknown = ''] = /^Unknown arguments?: ([^,]+)/.exec(line) ?? [];
  const near = unknown === '' ? null : nearest(unknown, [...COMMANDS, ...OPTION_NAMES]);
  const meant = near === null ? '' : `; did you mean ${COMMANDS.includes(near) ? near : `--${near}`}?`;
  // A proxy's address in the wrong place may hold a password.
  return `${line.replace(/: .*@.*/, '')}${meant} (see --help)`;
}

/** Runs one command line. Resolves with the exit code, whatever happens. */
export async function run(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  // Who writes is told by the callback of the write.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    await cli(argv, (value) => {
      code = value;
    }).parseAsync();
  } catch (error) {
    code = reportFailure(error, argv.includes('--verbose'));
  }
  return code;
}

function reportFailure(error: unknown, verbose: boolean): number {
  if (error instanceof UsageError) {
    note(fitToShow(`${TOOL.name}: ${error.message}`));
    return EXIT.usage;
  }
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
  const hint = verbose ? '' : ' (--verbose shows where)';
  note(fitToShow(`${TOOL.name}: a bug in this tool: ${message}${hint}. Please report it.`));
  if (verbose && error instanceof Error) note(fitToShow(error.stack ?? ''));
  return EXIT.bug;
}

/** A message quotes what the user typed or a file holds: the address of a proxy in the wrong place, or control characters. */
function fitToShow(text: string): string {
  const lines = text.split('\n').map(printable).join('\n');
  return lines.replace(/([a-z][\w+.-]*:\/\/)?[^\s"]*:[^\s"]*@/gi, '$1***@');
}

/** The text of `--help`, made when the file is built. */
export async function helpText(): Promise<string> {
  return `${await cli([], () => undefined).getHelp()}\n`;
}
