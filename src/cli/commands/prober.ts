import type { Argv } from 'yargs';
import { PROBER_COMMAND, runProber } from '../../app/prober.ts';
import type { Context } from './context.ts';

/** `check` and `reproduce` start this where PMS stands; it is of no use to people, so it is not listed. */
export function addProber(yargs: Argv, { exit }: Context): Argv {
  return yargs.command(PROBER_COMMAND, false, {}, async () => {
    await runProber();
    exit(0);
  });
}
