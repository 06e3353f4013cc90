import type { Argv } from 'yargs';
import { reportOn } from '../../app/deliver.ts';
import { gatherLive } from '../../app/live/live.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import type { Context } from './context.ts';
import { readOptions, WATCH_OPTIONS } from '../options/options.ts';
import { parseDuration } from '../options/duration.ts';

const OWN = {
  for: {
    type: 'string',
    group: 'Options of observe',
    value: 'TIME',
    defaultDescription: '60s',
    requiresArg: true,
    describe: 'how long to watch; Ctrl-C stops early with a full report',
  },
} as const satisfies OptionTable;

export const OBSERVE = {
  name: 'observe',
  takes: '',
  summary: "watch PMS's own traffic: which process contacts which endpoint, by which route (triggers nothing)",
  words: [],
  own: OWN,
  shared: WATCH_OPTIONS,
  examples: [
    ['observe --for 2m', 'start a scan meanwhile: which process goes around the proxy?'],
    ['observe --env-from container:plex --verbose', 'the PMS of one container, every connection'],
  ],
  instead: { observe: 'the time of observe is given by --for' },
} as const satisfies CommandHelp;

/** `observe`: watches, and triggers nothing. */
export function addObserve(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    OBSERVE.name,
    OBSERVE.summary,
    (args) => args.options({ ...OWN, ...WATCH_OPTIONS }),
    async (parsed) => {
      const options = readOptions(parsed);
      const observeMs = parseDuration('for', parsed.for ?? '60s');
      exit(await reportOn(options, terminal, (run) => gatherLive(run, { probe: false, observeMs, logs: false })));
    },
  );
}
