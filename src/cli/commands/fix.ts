import type { Argv } from 'yargs';
import { writeFixes } from '../../app/fix/fix.ts';
import { UsageError } from '../../app/usage-error.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import { readOptions, GATHERING_OPTIONS } from '../options/options.ts';
import { pathOf } from '../options/standard-input.ts';
import type { Context } from './context.ts';

const OWN = {
  'from-report': {
    type: 'string',
    group: 'Options of fix',
    value: 'FILE',
    requiresArg: true,
    describe:
      'a JSON report or saved evidence, best of reproduce; without it, what check finds now; - for standard input',
  },
} as const satisfies OptionTable;

export const FIX = {
  name: 'fix',
  takes: '[CAUSE]',
  summary: 'write the files that fix a cause which is confirmed or likely, into the folder of -o; nothing is applied',
  words: [['CAUSE', 'id of a cause (explain lists them); without it, every cause that stands']],
  own: OWN,
  shared: {
    ...GATHERING_OPTIONS,
    output: {
      ...GATHERING_OPTIONS.output,
      value: 'DIR',
      describe: 'the folder for the files; it is made if it is not there',
    },
  },
  examples: [
    ['fix --from-report evidence.json -o fixes', 'of the evidence that reproduce --save-evidence wrote'],
    ['fix excluded-by-no-proxy -o fixes', 'the drop-in with the corrected list'],
  ],
  instead: { 'from-evidence': 'give the saved evidence to --from-report' },
} as const satisfies CommandHelp;

/** `fix [CAUSE]`: writes the files that fix it. */
export function addFix(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    `${FIX.name} [cause]`,
    FIX.summary,
    (args) => args.options({ ...OWN, ...GATHERING_OPTIONS }).positional('cause', { type: 'string' }),
    async (parsed) => {
      const options = readOptions(parsed);
      const { output } = options;
      if (output === null) throw new UsageError('fix: name a folder for the files: -o DIR');
      const fromReport = parsed['from-report'];
      const given = {
        cause: parsed.cause ?? null,
        fromReport: fromReport === undefined ? null : pathOf(fromReport),
        directory: output,
      };
      exit(await terminal.interruptible((signal) => writeFixes({ options, terminal, signal }, given)));
    },
  );
}
