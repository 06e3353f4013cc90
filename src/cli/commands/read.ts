import type { Argv } from 'yargs';
import { reportOn } from '../../app/deliver.ts';
import { gatherFromFiles } from '../../app/from-files.ts';
import { UsageError } from '../../app/usage-error.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import type { Context } from './context.ts';
import { FILE_OPTIONS, readOptions } from '../options/options.ts';
import { pathOf } from '../options/standard-input.ts';

const OWN = {
  // An array would take the files behind it for addresses.
  client: {
    type: 'string',
    group: 'Options of read',
    value: 'ADDRESS',
    requiresArg: true,
    describe: "address of the PMS host in the proxy's log (repeatable); detected if possible",
  },
  'squid-logformat': {
    type: 'string',
    group: 'Options of read',
    value: 'FORMAT',
    requiresArg: true,
    describe: "the proxy's logformat line, or the name of a built-in one; a squid.conf among the files works too",
  },
} as const satisfies OptionTable;

export const READ = {
  name: 'read',
  takes: 'FILE…',
  summary: 'judge from files: logs of proxies, logs of PMS (files, folder, ZIP), captures, saved evidence',
  words: [['FILE…', 'files in any order, gzipped or not; a folder of logs; - for standard input']],
  own: OWN,
  shared: FILE_OPTIONS,
  examples: [
    ['read access.log* capture.pcap "Plex Media Server Logs.zip"', 'all that is known of one scan, judged together'],
    ['read --client 192.168.1.5 /var/log/squid/access.log', 'the lines of one machine in a log of many'],
    ['read - < access.log', 'from standard input'],
  ],
  instead: { 'from-evidence': 'give the saved evidence to "read" as a file' },
} as const satisfies CommandHelp;

/** `read FILE…`: the same judgement from files alone. */
export function addRead(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    `${READ.name} [files..]`,
    READ.summary,
    (args) => args.options({ ...OWN, ...FILE_OPTIONS }).positional('files', { type: 'string', array: true }),
    async (parsed) => {
      const options = readOptions(parsed);
      const files = (parsed.files ?? []).map(pathOf);
      if (files.length === 0)
        throw new UsageError(
          'read: give at least one file: access logs, logs of PMS, captures, or - for standard input',
        );
      const given = {
        files,
        clients: [parsed.client ?? []].flat(),
        squidLogformat: parsed['squid-logformat'] ?? null,
      };
      exit(await reportOn(options, terminal, (run) => gatherFromFiles(run, given)));
    },
  );
}
