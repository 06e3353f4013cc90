import { fileURLToPath } from 'node:url';
import type { Argv } from 'yargs';
import { INSIDE_COMMAND } from '../../demo/system/order.ts';
import { runDemo, runDemoInside } from '../../demo/run.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import type { Context } from './context.ts';

const OWN = {
  verbose: { type: 'boolean', group: 'Options of demo', describe: 'list every attempt' },
} as const satisfies OptionTable;

export const DEMO = {
  name: 'demo',
  takes: '',
  summary: 'play the case of an isolated PMS in a sealed network on this machine (Linux; no root, nothing installed)',
  words: [],
  own: OWN,
  shared: {},
  examples: [['demo', 'half a minute: everything works except the scan, why, and how to fix it']],
} as const satisfies CommandHelp;

/** `demo`: the case of an isolated PMS, played in a sealed network on this machine. */
export function addDemo(yargs: Argv, { exit }: Context): Argv {
  return yargs
    .command(
      DEMO.name,
      DEMO.summary,
      (own) => own.options(OWN),
      async ({ verbose = false }) => {
        const entry = fileURLToPath(import.meta.url);
        exit(await runDemo({ entry, argv: [], stdout: process.stdout, stderr: process.stderr, verbose }));
      },
    )
    .command(
      `${INSIDE_COMMAND} [order..]`,
      // `demo` starts this inside its namespaces; it is of no use to people, so it is not listed.
      false,
      (own) => own.positional('order', { type: 'string', array: true, default: [] }),
      async ({ order }) => exit(await runDemoInside(order)),
    );
}
