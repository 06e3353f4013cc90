import type { Argv } from 'yargs';
import { UsageError } from '../../app/usage-error.ts';
import { compareFiles } from '../../app/compare/compare-files.ts';
import type { CommandHelp } from '../help/model.ts';
import { OUTPUT_OPTIONS, readOutputOptions } from '../options/options.ts';
import { pathOf } from '../options/standard-input.ts';
import type { Context } from './context.ts';

export const COMPARE = {
  name: 'compare',
  takes: 'BEFORE AFTER',
  summary: 'say what changed between two reports (--format json) or saved evidences: exit code 1 if anything is worse',
  words: [
    ['BEFORE', 'report or evidence from before; - for standard input'],
    ['AFTER', 'report or evidence from after; - for standard input'],
  ],
  own: {},
  shared: OUTPUT_OPTIONS,
  examples: [
    ['compare before.json after.json', 'did the change of the proxy help?'],
    ['check --format json | pms-proxy-doctor compare before.json -', 'with how things are now'],
  ],
} as const satisfies CommandHelp;

/** `compare BEFORE AFTER`: what changed between two reports or saved evidences. */
export function addCompare(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    `${COMPARE.name} [BEFORE] [AFTER]`,
    COMPARE.summary,
    (args) =>
      args.options(OUTPUT_OPTIONS).positional('BEFORE', { type: 'string' }).positional('AFTER', { type: 'string' }),
    async (parsed) => {
      const { BEFORE: before, AFTER: after } = parsed;
      if (before === undefined || after === undefined)
        throw new UsageError(
          'compare: give two documents, BEFORE and AFTER: reports of --format json, or files of --save-evidence',
        );
      const options = { ...readOutputOptions(parsed), before: pathOf(before), after: pathOf(after) };
      exit(await compareFiles(options, terminal));
    },
  );
}
