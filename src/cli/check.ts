import type { Argv } from 'yargs';
import { reportOn } from './deliver.ts';
import { gatherEvidence } from './gather.ts';
import { OWN_OPTIONS, readOptions, reportOptions } from './options.ts';
import type { Exit } from './run.ts';
import { parseDuration } from './values.ts';

/** `check`, which is also what runs without a command. */
export function addCheck(yargs: Argv, exit: Exit): Argv {
  return yargs.command(
    ['check', '$0'],
    'find PMS and its proxy settings, probe every endpoint directly and through the proxy, judge',
    (args) => reportOptions(args).option('observe', OWN_OPTIONS.observe),
    async (parsed) => {
      const options = readOptions(parsed);
      const observeMs = parsed.observe === undefined ? null : parseDuration('observe', parsed.observe);
      exit(await reportOn(options, (signal) => gatherEvidence(options, { probe: true, observeMs }, signal)));
    },
  );
}
