import type { Argv } from 'yargs';
import { reportOn } from '../../app/deliver.ts';
import { gatherLive } from '../../app/live/live.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import type { Context } from './context.ts';
import { readOptions, REPORT_OPTIONS } from '../options/options.ts';
import { parseDuration } from '../options/duration.ts';

const OWN = {
  observe: {
    type: 'string',
    group: 'Options of check',
    value: 'TIME',
    requiresArg: true,
    describe: "also watch PMS's traffic for this long",
  },
  'no-logs': { type: 'boolean', group: 'Options of check', describe: "do not read PMS's own recent logs" },
} as const satisfies OptionTable;

export const CHECK = {
  name: 'check',
  takes: '',
  summary: 'find PMS and its proxy settings, probe every endpoint directly and through the proxy, and judge',
  words: [],
  own: OWN,
  shared: REPORT_OPTIONS,
  examples: [
    ['check', 'as root or the user of PMS: is a scan possible, and what is in its way'],
    ['check --proxy http://proxy:3128 --expect policy.yaml', 'in a build: exit code 1 if the policy is not met'],
    ['check --format markdown -o report.md', 'a sanitized report, to ask for help with'],
  ],
  instead: { for: 'check watches with --observe' },
} as const satisfies CommandHelp;

/** `check`, which is also what runs without a command. */
export function addCheck(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    [CHECK.name, '$0'],
    CHECK.summary,
    (args) => args.options({ ...OWN, ...REPORT_OPTIONS }),
    async (parsed) => {
      const options = readOptions(parsed);
      const observeMs = parsed.observe === undefined ? null : parseDuration('observe', parsed.observe);
      const logs = parsed['no-logs'] !== true;
      exit(await reportOn(options, terminal, (run) => gatherLive(run, { probe: true, observeMs, logs })));
    },
  );
}
