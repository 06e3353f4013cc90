import type { Argv } from 'yargs';
import { sanitizeFiles } from '../../app/sanitize/run.ts';
import { UsageError } from '../../app/usage-error.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import { pathOf } from '../options/standard-input.ts';
import type { Context } from './context.ts';

const OWN = {
  output: {
    type: 'string',
    group: 'Options of sanitize',
    value: 'DIR',
    alias: 'o',
    requiresArg: true,
    describe: 'folder for the results (mode 0600); one file may go to standard output',
  },
  check: {
    type: 'boolean',
    group: 'Options of sanitize',
    describe: 'write nothing; list what would be hidden, exit code 1 if there is anything',
  },
  map: {
    type: 'string',
    group: 'Options of sanitize',
    value: 'FILE',
    requiresArg: true,
    describe: 'keep the pseudonyms in FILE (private!), so that later runs use the same ones',
  },
  reveal: {
    type: 'string',
    group: 'Options of sanitize',
    value: 'FILE',
    requiresArg: true,
    describe: 'undo it, with the FILE of --map',
  },
  hide: {
    type: 'string',
    group: 'Options of sanitize',
    value: 'WORD',
    requiresArg: true,
    describe: 'a word that is private, too (repeatable)',
  },
  keep: {
    type: 'string',
    group: 'Options of sanitize',
    value: 'WORD',
    requiresArg: true,
    describe: 'a word that may stay (repeatable)',
  },
  client: {
    type: 'string',
    group: 'Options of sanitize',
    value: 'ADDRESS',
    requiresArg: true,
    describe: "leave out the lines of other machines from a proxy's log (repeatable)",
  },
} as const satisfies OptionTable;

export const SANITIZE = {
  name: 'sanitize',
  takes: 'FILE…',
  summary: 'make logs and settings safe to post, with the same pseudonyms in all of them',
  words: [
    [
      'FILE…',
      'logs (gzipped, in a ZIP, in a folder), Preferences.xml, compose files, evidence, reports, any text; - for standard input',
    ],
  ],
  own: OWN,
  shared: {},
  examples: [
    ['sanitize "Plex Media Server Logs.zip" access.log -o to-post', 'files that can be posted together'],
    ['sanitize --check notes.txt', 'is it safe to post? exit code 1 if something would be hidden'],
  ],
} as const satisfies CommandHelp;

/** `sanitize FILE…`: makes logs safe to post. */
export function addSanitize(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    `${SANITIZE.name} [files..]`,
    SANITIZE.summary,
    (args) => args.options(OWN).positional('files', { type: 'string', array: true }),
    async ({ files = [], output, map, reveal, hide, keep, client, check = false }) => {
      const paths = files.map(pathOf);
      if (paths.length === 0) throw new UsageError('sanitize: give at least one file, or - for standard input');
      exit(
        await sanitizeFiles(
          {
            files: paths,
            output: output === undefined || output === '-' ? null : output,
            map: map ?? null,
            reveal: reveal ?? null,
            hide: [hide ?? []].flat(),
            keep: [keep ?? []].flat(),
            clients: [client ?? []].flat(),
            check,
          },
          terminal,
        ),
      );
    },
  );
}
