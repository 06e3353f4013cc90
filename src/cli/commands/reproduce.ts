import type { Argv } from 'yargs';
import { reportOn } from '../../app/deliver.ts';
import { gatherReproduction } from '../../app/live/reproduce.ts';
import { loadEarlier, sectionsOf } from '../../app/compare/earlier.ts';
import { UsageError } from '../../app/usage-error.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import type { Context } from './context.ts';
import { readOptions, REPORT_OPTIONS } from '../options/options.ts';
import { pathOf } from '../options/standard-input.ts';
import { parseDuration } from '../options/duration.ts';

const OWN = {
  section: {
    type: 'string',
    group: 'Options of reproduce',
    value: 'ID',
    requiresArg: true,
    describe: 'id of a library to scan (repeatable); without it, the smallest set that covers each agent',
  },
  yes: { type: 'boolean', group: 'Options of reproduce', describe: 'ask PMS to scan without confirmation' },
  'scan-timeout': {
    type: 'string',
    group: 'Options of reproduce',
    value: 'TIME',
    defaultDescription: '30s',
    requiresArg: true,
    describe: 'time limit for following a scan',
  },
  'access-log': {
    type: 'string',
    group: 'Options of reproduce',
    value: 'FILE',
    requiresArg: true,
    describe: "the proxy's log, read as it grows; - for standard input (ssh proxy tail -n0 -f …)",
  },
  after: {
    type: 'string',
    group: 'Options of reproduce',
    value: 'FILE',
    requiresArg: true,
    describe:
      'repeat the experiment of a JSON report or of saved evidence, and say how each library was before and is now',
  },
  'try-provider-refresh': {
    type: 'boolean',
    group: 'Options of reproduce',
    describe: 'after a refusal, make PMS ask its providers again and scan once more',
  },
} as const satisfies OptionTable;

export const REPRODUCE = {
  name: 'reproduce',
  takes: '',
  summary: 'ask PMS to scan while watching it, then probe, and say why a scan fails (never a forced scan)',
  words: [],
  own: OWN,
  shared: REPORT_OPTIONS,
  examples: [
    ['reproduce', 'asks before it scans, and chooses the libraries'],
    ['reproduce --section 1 --yes', 'one library, without a question'],
    ['reproduce --after before.json', 'the same scans again: did the change help?'],
    ['reproduce --yes --access-log /var/log/squid/access.log', "with the proxy's own view of the scan"],
  ],
  instead: {
    for: 'a scan is followed for --scan-timeout',
    observe: 'reproduce always watches',
  },
} as const satisfies CommandHelp;

/** `reproduce`: asks PMS to scan while watching. */
export function addReproduce(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    REPRODUCE.name,
    REPRODUCE.summary,
    (args) => args.options({ ...OWN, ...REPORT_OPTIONS }),
    async (parsed) => {
      const options = readOptions(parsed);
      const { after } = parsed;
      const earlier =
        after === undefined || options.fromEvidence !== null ? null : await loadEarlier(pathOf(after), terminal);
      const named = [parsed.section ?? []].flat();
      const given = {
        sections: named.length === 0 && earlier !== null ? sectionsOf(earlier) : named,
        earlier,
        yes: parsed.yes ?? false,
        scanTimeoutMs: parseDuration('scan-timeout', parsed['scan-timeout'] ?? '30s'),
        accessLog: parsed['access-log'] ?? null,
        tryProviderRefresh: parsed['try-provider-refresh'] ?? false,
      };
      if (options.fromEvidence === null && !given.yes && (!process.stdin.isTTY || given.accessLog === '-'))
        throw new UsageError(
          'reproduce asks for confirmation before a scan, and this terminal cannot answer: add --yes',
        );
      exit(await reportOn(options, terminal, (run) => gatherReproduction(run, given)));
    },
  );
}
