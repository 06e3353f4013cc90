import type { Argv } from 'yargs';
import { reportOn } from './deliver.ts';
import { gatherEvidence } from './gather.ts';
import { OWN_OPTIONS, readOptions, reportOptions } from './options.ts';
import type { Exit } from './run.ts';
import { parseDuration } from './values.ts';

/** `observe`: watches, and triggers nothing. */
export function addObserve(yargs: Argv, exit: Exit): Argv {
  return yargs.command(
    'observe',
    "watch PMS's own traffic: which process contacts which endpoint, by which route (triggers nothing)",
    (args) => reportOptions(args).option('for', OWN_OPTIONS.for),
    async (parsed) => {
      const options = readOptions(parsed);
      const observeMs = parseDuration('for', parsed.for);
      exit(await reportOn(options, (signal) => gatherEvidence(options, { probe: false, observeMs }, signal)));
    },
  );
}
