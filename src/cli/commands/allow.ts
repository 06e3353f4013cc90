import type { Argv } from 'yargs';
import { NEEDS_ASKED } from '../../allow/model.ts';
import { TARGETS } from '../../allow/targets/index.ts';
import { allow, DEFAULT_ASKED, DEFAULT_TARGET } from '../../app/allow/run.ts';
import { agentSchema } from '../../core/model/endpoint.ts';
import type { CommandHelp, OptionTable } from '../help/model.ts';
import { UsageError } from '../../app/usage-error.ts';
import { pathOf } from '../options/standard-input.ts';
import type { Context } from './context.ts';

const GROUP = 'Options of allow';
const LEARNING = 'Learning from logs';
const ADDRESSES = 'Addresses';
const MOST_TIMES = 20;
const UNUSED_DAYS = 30;
const TARGET_IDS = TARGETS.map(({ id }) => id);

const OWN = {
  for: {
    type: 'string',
    group: GROUP,
    value: 'NEED',
    choices: NEEDS_ASKED,
    defaultDescription: DEFAULT_ASKED,
    describe: 'what has to work; all leaves out telemetry, and names that only lists have',
  },
  target: {
    type: 'string',
    group: GROUP,
    value: 'NAME',
    choices: TARGET_IDS,
    defaultDescription: DEFAULT_TARGET,
    describe: 'the program that the file is for',
  },
  output: {
    type: 'string',
    group: GROUP,
    value: 'FILE',
    alias: 'o',
    requiresArg: true,
    describe: 'write it to FILE (mode 0600); - is standard output',
  },
  client: {
    type: 'string',
    group: GROUP,
    value: 'ADDRESS',
    requiresArg: true,
    describe: 'address of the PMS host, for which alone the rules hold where the target can tell (repeatable)',
  },
  agents: {
    type: 'string',
    group: GROUP,
    value: 'KIND…',
    array: true,
    requiresArg: true,
    choices: agentSchema.options,
    describe: 'agents of your libraries, whose needs differ',
  },
  'from-report': {
    type: 'string',
    group: GROUP,
    value: 'FILE',
    requiresArg: true,
    describe: 'take the needs of the libraries from a JSON report or saved evidence; - is standard input',
  },
  endpoints: {
    type: 'string',
    group: GROUP,
    value: 'FILE',
    requiresArg: true,
    describe: 'YAML file that adds, changes or removes endpoints',
  },
  only: {
    type: 'string',
    group: GROUP,
    value: 'ID…',
    array: true,
    requiresArg: true,
    describe: 'exactly these endpoints (id or host), whatever their need',
  },
  from: {
    type: 'string',
    group: LEARNING,
    value: 'FILE…',
    array: true,
    requiresArg: true,
    describe: 'learn from logs and captures, as read takes them: what was denied and needed, and what to decide',
  },
  existing: {
    type: 'string',
    group: LEARNING,
    value: 'FILE',
    requiresArg: true,
    describe: 'compare with a present list: a squid.conf, or names one a line',
  },
  unused: {
    type: 'string',
    group: LEARNING,
    value: 'DAYS',
    defaultDescription: String(UNUSED_DAYS),
    requiresArg: true,
    describe: 'days after which an entry that was never asked for could go; the log has to cover them',
  },
  'squid-logformat': {
    type: 'string',
    group: LEARNING,
    value: 'FORMAT',
    requiresArg: true,
    describe: "the proxy's logformat line, or the name of a built-in one",
  },
  collateral: {
    type: 'boolean',
    group: ADDRESSES,
    describe:
      'list the addresses of the names, and what a rule by address lets through besides; with --from by files alone',
  },
  resolver: {
    type: 'string',
    group: ADDRESSES,
    value: 'ADDRESS',
    requiresArg: true,
    describe: 'name server to ask, in place of those of this machine (repeatable)',
  },
  ranges: {
    type: 'string',
    group: ADDRESSES,
    value: 'NAME=FILE',
    requiresArg: true,
    describe: 'ranges of addresses that NAME publishes: JSON, or one a line; told beside the addresses (repeatable)',
  },
  times: {
    type: 'string',
    group: ADDRESSES,
    value: 'N',
    defaultDescription: '1',
    requiresArg: true,
    describe: 'ask for each name N times, a second apart: content networks change their answers',
  },
  sni: {
    type: 'boolean',
    group: GROUP,
    describe: 'squid: also compare the server name of TLS, by peek and splice; nothing is decrypted',
  },
  raw: {
    type: 'boolean',
    group: GROUP,
    describe: 'write names of your own to a pipe, too; a terminal and -o FILE always get them',
  },
} as const satisfies OptionTable;

export const ALLOW = {
  name: 'allow',
  takes: '',
  summary: 'what to allow, as configuration of proxies, firewalls and name servers',
  words: [],
  own: OWN,
  shared: {},
  examples: [
    [
      'allow --target squid --client 192.0.2.10 -o plex-allow.conf',
      'for Squid: allow the PMS host what it needs, by name',
    ],
    ['allow --for scan', 'the names without which a scan fails'],
    ['allow --from access.log* --existing squid.conf', 'what the log says should change in the present list'],
    ['allow --collateral --resolver 9.9.9.9', 'what a filter by address would let through besides'],
    ['allow --target nftables -o plex-allow.nft', 'a filter by address; --target dnsmasq writes its other half'],
  ],
} as const satisfies CommandHelp;

/** `allow`: the catalogue as configuration. */
export function addAllow(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    ALLOW.name,
    ALLOW.summary,
    (args) => args.options(OWN),
    async (given) => {
      const { output } = given;
      exit(
        await allow(
          {
            asked: given.for ?? null,
            target: given.target ?? null,
            output: output === undefined || output === '-' ? null : output,
            endpoints: given.endpoints ?? null,
            only: listed(given.only),
            agents: given.agents ?? [],
            fromReport: given['from-report'] ?? null,
            clients: [given.client ?? []].flat(),
            sni: given.sni ?? false,
            from: (given.from ?? []).map(pathOf),
            squidLogformat: given['squid-logformat'] ?? null,
            existing: given.existing ?? null,
            unusedDays: daysOf(given.unused),
            collateral: given.collateral ?? false,
            resolvers: [given.resolver ?? []].flat(),
            times: timesOf(given.times),
            ranges: [given.ranges ?? []].flat(),
            raw: given.raw ?? false,
          },
          terminal,
        ),
      );
    },
  );
}

function timesOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const times = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (times < 1 || times > MOST_TIMES) throw new UsageError(`--times: "${text}" is no number from 1 to ${MOST_TIMES}`);
  return times;
}

function daysOf(text: string | undefined): number {
  if (text === undefined) return UNUSED_DAYS;
  const days = /^(\d{1,4})d?$/.exec(text)?.[1];
  if (days === undefined || Number(days) === 0)
    throw new UsageError(`--unused: "${text}" is no number of days (expected for example 30)`);
  return Number(days);
}

/** Words, and words with commas between. */
function listed(words: readonly string[] = []): readonly string[] {
  return words.flatMap((word) => word.split(',')).filter((word) => word !== '');
}
