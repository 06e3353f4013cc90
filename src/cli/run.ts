import yargs, { type Argv } from 'yargs';
import { localNames } from '../app/local-names.ts';
import { guarded, netFor } from '../app/net.ts';
import { OutputError } from '../app/output.ts';
import type { Outlet, Terminal } from '../app/terminal.ts';
import { UsageError } from '../app/usage-error.ts';
import { nearest } from '../core/values/nearest.ts';
import { EXIT } from '../core/verdict/verdict.ts';
import { TOOL } from '../core/values/version.ts';
import type { Context } from './commands/context.ts';
import { ADDERS, COMMANDS, MAIN } from './commands/index.ts';
import { completionScript } from './help/completion.ts';
import { drawHelp } from './help/draw.ts';
import type { CommandHelp, HelpPage } from './help/model.ts';
import { overview, pageOf } from './help/pages.ts';
import { ALL_OPTIONS, commandNamed, refuseUseless, tellUsage } from './misuse.ts';
import { COMMON_OPTIONS, FORMAT_NAMES } from './options/options.ts';
import { restrained } from './restraint.ts';
import { processTerminal } from './terminal.ts';
import { firstPlain, hasOption, nameStandardInput, wordsOf } from './words.ts';

function cli(argv: readonly string[], command: CommandHelp, context: Context): Argv {
  const root: Argv = yargs(argv);
  for (const add of ADDERS) add(root, context);
  // The help is ours. Of what is not hidden yargs would lay out its own whenever it runs a command, in vain.
  for (const [name, { alias = [] }] of Object.entries(ALL_OPTIONS))
    for (const each of [name, alias].flat()) root.hide(each);
  return (
    root
      .scriptName(TOOL.name)
      .locale('en')
      // Both are done before yargs sees the words.
      .version(false)
      .help(false)
      .wrap(null)
      .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false, 'populate--': true })
      .options(COMMON_OPTIONS)
      .check((parsed) => {
        refuseUseless(parsed, command);
        return true;
      })
      .strict()
      .exitProcess(false)
      .fail((message, error) => {
        // yargs reports its own findings as a message, and sometimes as a YError too.
        throw error === undefined || error === null || error.name === 'YError'
          ? new UsageError(tellUsage(message, command))
          : error;
      })
  );
}

/** Runs one command line. Resolves with the exit code, whatever happens. */
export async function run(argv: readonly string[], outlet: Outlet = processTerminal()): Promise<number> {
  let code: number = EXIT.ok;
  const exit = (value: number): void => {
    code = value;
  };
  const words = wordsOf(argv, ALL_OPTIONS);
  const name = firstPlain(words);
  const choices = Object.values(ALL_OPTIONS).flatMap((option) => option.choices ?? []);
  const typed = COMMANDS.flatMap(({ name: own, words: rows }) => [own, ...rows.map(([word]) => word)]);
  const own = [...typed, ...Object.keys(ALL_OPTIONS), ...FORMAT_NAMES, ...choices];
  const net = netFor({ argv, environment: outlet.environment, words: own, isPersonal: outlet.isPersonal }, () =>
    localNames(outlet.environment),
  );
  const terminal = guarded(restrained(outlet, words), net);
  const help = (of: string | null): string => drawHelp(helpPage(of), terminal.look.width);
  const completion = (): string => completionScript(COMMANDS, MAIN, COMMON_OPTIONS);
  try {
    if (hasOption(words, '--help', 'h')) await terminal.print(help(name));
    else if (hasOption(words, '--version', 'V')) await terminal.print(versionText(hasOption(words, '--verbose')));
    else
      await cli(nameStandardInput(words, ALL_OPTIONS), commandNamed(name) ?? MAIN, {
        terminal,
        exit,
        help,
        completion,
      }).parseAsync();
  } catch (error) {
    code = reportFailure(error, guarded(outlet, net), argv.includes('--verbose'));
  }
  return code;
}

/** Where a name in the message is hidden, the way to see it. */
function rawHint(message: string, { net }: Terminal): string {
  return message.startsWith('--') &&
    /<(?:file|folder|name|host|domain|user|unit|container)-\d+>/.test(net.sentence(message))
    ? ' (--raw shows names)'
    : '';
}

/** The help of a command; null: of all. */
function helpPage(name: string | null): HelpPage {
  if (name === null) return overviewPage();
  const command = commandNamed(name);
  if (command !== null) return pageOf(command, COMMON_OPTIONS);
  const near = nearest(
    name,
    COMMANDS.map((each) => each.name),
  );
  throw new UsageError(`there is no command ${name}${near === null ? '' : `; did you mean ${near}?`} (see --help)`);
}

/** The page of `--help`, which is also kept beside the application: it is asked for most, and should come at once. */
export function overviewPage(): HelpPage {
  return overview(COMMANDS, MAIN, COMMON_OPTIONS);
}

function versionText(verbose: boolean): string {
  const { platform, arch, versions } = process;
  return verbose ? `${TOOL.version}\nNode.js ${versions.node}, ${platform} ${arch}\n` : `${TOOL.version}\n`;
}

function reportFailure(error: unknown, terminal: Terminal, verbose: boolean): number {
  if (error instanceof UsageError) {
    terminal.note(`${TOOL.name}: ${error.message}${rawHint(error.message, terminal)}`);
    return EXIT.usage;
  }
  if (error instanceof OutputError) {
    terminal.note(`${TOOL.name}: ${error.message}${rawHint(error.message, terminal)}`);
    return EXIT.output;
  }
  const message = terminal.net.said((error instanceof Error ? error.message.split('\n')[0] : String(error)) ?? '');
  const hint = verbose ? '' : ' (--verbose shows where)';
  terminal.note(`${TOOL.name}: a bug in this tool: ${message}${hint}. Please report it.`);
  // The message stands again at the head of the stack.
  if (verbose && error instanceof Error)
    terminal.note(
      (error.stack ?? '')
        .split('\n')
        .filter((line) => /^\s+at /.test(line))
        .join('\n'),
    );
  return EXIT.bug;
}
