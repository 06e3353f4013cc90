import { fileURLToPath } from 'node:url';
import type { Argv } from 'yargs';
import { INSIDE_COMMAND } from '../demo/order.ts';
import { runDemo, runDemoInside } from '../demo/run.ts';
import type { Exit } from './run.ts';

/** `demo`: the case of an isolated PMS, played in a sealed network on this machine. */
export function addDemo(yargs: Argv, exit: Exit): Argv {
  return yargs
    .command(
      'demo',
      'play the case of an isolated PMS in a sealed network on this machine (Linux; no root, nothing installed)',
      (own) => own.option('verbose', { type: 'boolean', default: false, describe: 'list every attempt' }),
      async ({ verbose }) => {
        const entry = fileURLToPath(import.meta.url);
        exit(await runDemo({ entry, argv: [], stdout: process.stdout, stderr: process.stderr, verbose }));
      },
    )
    .command(
      `${INSIDE_COMMAND} [order..]`,
      // What `demo` starts inside its namespaces; of no use to people, so it is not listed.
      false,
      (own) => own.positional('order', { type: 'string', array: true, default: [] }),
      async ({ order }) => exit(await runDemoInside(order)),
    );
}
