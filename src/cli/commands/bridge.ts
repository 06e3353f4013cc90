import type { Argv } from 'yargs';
import { reportOn } from '../../app/deliver.ts';
import { gatherProof } from '../../app/bridge/prove.ts';
import { BRIDGE_COMMAND, runBridgeInside } from '../../app/bridge/inside.ts';
import { bridgedNames } from '../../app/bridge/names.ts';
import { writePlan } from '../../app/bridge/plan.ts';
import type { RunOptions } from '../../app/run.ts';
import { ENGINES } from '../../bridge/model.ts';
import { UsageError } from '../../app/usage-error.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import { readOptions, REPORT_OPTIONS } from '../options/options.ts';
import { parseDuration } from '../options/duration.ts';
import { pathOf } from '../options/standard-input.ts';
import type { Context } from './context.ts';

const OWN = {
  prove: {
    type: 'boolean',
    group: 'Options of bridge',
    describe: 'let PMS scan without a bridge, with one, and without it again; nothing is left behind (root)',
  },
  for: {
    type: 'string',
    group: 'Options of bridge',
    value: 'HOST…',
    array: true,
    requiresArg: true,
    describe: 'the hosts to bridge, by name, port 443; without it, those that the first scan shows PMS missing',
  },
  section: {
    type: 'string',
    group: 'Options of bridge',
    value: 'ID',
    requiresArg: true,
    describe: 'id of a library to scan (repeatable)',
  },
  yes: { type: 'boolean', group: 'Options of bridge', describe: 'go on without confirmation' },
  'scan-timeout': {
    type: 'string',
    group: 'Options of bridge',
    value: 'TIME',
    defaultDescription: '30s',
    requiresArg: true,
    describe: 'time limit for following a scan',
  },
  'access-log': {
    type: 'string',
    group: 'Options of bridge',
    value: 'FILE',
    requiresArg: true,
    describe: "with --prove: the proxy's log, read as it grows",
  },
  'from-report': {
    type: 'string',
    group: 'Options of bridge plan',
    value: 'FILE',
    requiresArg: true,
    describe: 'the hosts of a JSON report or of saved evidence; - for standard input',
  },
  engine: {
    type: 'string',
    group: 'Options of bridge plan',
    value: 'ENGINE',
    choices: ENGINES,
    defaultDescription: 'systemd-socat, or what the proxy and PMS need',
    requiresArg: true,
    describe: 'the programs that the bridge is made of',
  },
} as const satisfies OptionTable;

export const BRIDGE = {
  name: 'bridge',
  takes: '[plan]',
  summary: 'a way through the proxy for programs of PMS that ignore it: proved on the running PMS, or planned as files',
  words: [['plan', 'write the files of a bridge into the folder of -o; nothing is applied']],
  own: OWN,
  shared: {
    ...REPORT_OPTIONS,
    output: {
      ...REPORT_OPTIONS.output,
      value: 'PATH',
      describe: '--prove: write the report to this file (mode 0600); plan: the folder for the files',
    },
  },
  examples: [
    ['bridge --prove', 'says what will be done, and asks'],
    ['bridge --prove --yes --for metadata.provider.plex.tv --section 1', 'one host, one library, without a question'],
    ['bridge plan --for metadata.provider.plex.tv -o pms-bridge', 'files to install, with their undo script'],
    ['bridge plan --from-report report.json --engine compose -o pms-bridge', 'for the hosts that a report shows'],
  ],
  instead: {
    'try-provider-refresh': 'reproduce has it',
  },
} as const satisfies CommandHelp;

/** Options that `bridge plan` does not read. */
const NOT_OF_PLAN = [
  'prove',
  'yes',
  'section',
  'scan-timeout',
  'access-log',
  'from-evidence',
  'save-evidence',
  'format',
  'all',
  'verbose',
  'raw',
  'force',
  'expect',
] as const;

type PlanWords = Readonly<Partial<Record<(typeof NOT_OF_PLAN)[number], unknown>>> & {
  readonly for?: readonly string[] | undefined;
  readonly engine?: string | undefined;
  readonly 'from-report'?: string | undefined;
};

/** `bridge`: proves a bridge on the running PMS. */
export function addBridge(yargs: Argv, { terminal, exit }: Context): Argv {
  const plan = async (parsed: PlanWords, options: RunOptions): Promise<void> => {
    const useless = NOT_OF_PLAN.find((name) => parsed[name] !== undefined);
    if (useless !== undefined) throw new UsageError(`bridge plan: --${useless} has no effect here: leave it out`);
    if (options.output === null) throw new UsageError('bridge plan: name a folder for the files: -o DIR');
    const engine = ENGINES.find((name) => name === parsed.engine) ?? null;
    const fromReport = parsed['from-report'];
    const given = {
      hosts: bridgedNames(parsed.for ?? []),
      fromReport: fromReport === undefined ? null : pathOf(fromReport),
      engine,
      directory: options.output,
    };
    await terminal.interruptible((signal) => writePlan({ options, terminal, signal }, given));
  };
  return yargs.command(
    `${BRIDGE.name} [plan]`,
    BRIDGE.summary,
    (args) => args.options({ ...OWN, ...REPORT_OPTIONS }).positional('plan', { type: 'string', choices: ['plan'] }),
    async (parsed) => {
      const options = readOptions(parsed);
      if (parsed.plan !== undefined) return plan(parsed, options);
      for (const name of ['from-report', 'engine'] as const)
        if (parsed[name] !== undefined) throw new UsageError(`bridge: --${name} belongs to bridge plan`);
      if (parsed.prove !== true && options.fromEvidence === null)
        throw new UsageError('bridge: give bridge --prove, or bridge plan --for HOST… -o DIR (see help bridge)');
      const given = {
        sections: [parsed.section ?? []].flat(),
        yes: parsed.yes ?? false,
        scanTimeoutMs: parseDuration('scan-timeout', parsed['scan-timeout'] ?? '30s'),
        accessLog: parsed['access-log'] ?? null,
        hosts: bridgedNames(parsed.for ?? []),
      };
      if (given.accessLog === '-')
        throw new UsageError('--access-log: bridge reads a file, three times; standard input cannot be read again');
      exit(await reportOn(options, terminal, (run) => gatherProof(run, given)));
    },
  );
}

/** `bridge` starts this where PMS stands; it is of no use to people, so it is not listed. */
export function addBridgeInside(yargs: Argv, { exit }: Context): Argv {
  return yargs.command(BRIDGE_COMMAND, false, {}, async () => {
    await runBridgeInside();
    exit(0);
  });
}
