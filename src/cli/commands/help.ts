import type { Argv } from 'yargs';
import { EXIT } from '../../core/verdict/verdict.ts';
import type { CommandHelp } from '../help/model.ts';
import type { Context } from './context.ts';

export const HELP = {
  name: 'help',
  takes: '[COMMAND]',
  summary: 'show the help of a command, its own options first',
  words: [['COMMAND', 'any command; without it, the help of all']],
  own: {},
  shared: {},
  examples: [['help observe', 'the same as observe --help']],
} as const satisfies CommandHelp;

export function addHelp(yargs: Argv, { terminal, exit, help }: Context): Argv {
  return yargs.command(
    `${HELP.name} [command]`,
    HELP.summary,
    (own) => own.positional('command', { type: 'string' }),
    async ({ command }) => {
      await terminal.print(help(command ?? null));
      exit(EXIT.ok);
    },
  );
}

export const COMPLETION = {
  name: 'completion',
  takes: '',
  summary: 'write a script that completes commands and options in bash and zsh',
  words: [],
  own: {},
  shared: {},
  examples: [['completion > completion.sh', 'a line for ~/.bashrc or ~/.zshrc: source completion.sh']],
} as const satisfies CommandHelp;

export function addCompletion(yargs: Argv, { terminal, exit, completion }: Context): Argv {
  return yargs.command(COMPLETION.name, COMPLETION.summary, {}, async () => {
    await terminal.print(completion());
    exit(EXIT.ok);
  });
}
