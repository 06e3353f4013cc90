import type { InferredOptionTypes, Options } from 'yargs';
import type { RunOptions } from '../../app/run.ts';
import type { OptionTable } from '../help/model.ts';
import { UsageError } from '../../app/usage-error.ts';
import { parseEnvFrom } from '../../core/values/env-from.ts';
import { ProxyUrl } from '../../core/values/secret.ts';
import { parseBase } from '../../gather/pms/api/base.ts';
import { FORMATS, type Format } from '../../report/index.ts';
import { parseDuration } from './duration.ts';
import { PMS_ON_LOOPBACK } from '../../core/values/pms-port.ts';

export const FORMAT_NAMES = Object.keys(FORMATS).filter((name): name is Format => name in FORMATS);

/** Options of every command. */
export const COMMON_OPTIONS = {
  quiet: {
    type: 'boolean',
    group: 'General',
    describe: 'write errors only to standard error, no progress and no notes',
  },
  'no-progress': { type: 'boolean', group: 'General', describe: 'write no progress to standard error' },
  'no-color': { type: 'boolean', group: 'General', describe: 'write without colours, as with NO_COLOR=1' },
  help: {
    type: 'boolean',
    alias: 'h',
    group: 'General',
    describe: 'show this help; help COMMAND shows that of a command',
  },
  version: {
    type: 'boolean',
    alias: 'V',
    group: 'General',
    describe: 'show the version; with --verbose also that of Node.js',
  },
} as const satisfies OptionTable;

/** Options of a document that is written, whatever it is made from. */
export const OUTPUT_OPTIONS = {
  format: {
    type: 'string',
    group: 'Report',
    value: 'FORMAT',
    choices: FORMAT_NAMES,
    defaultDescription: 'text',
    describe: 'format of the report',
  },
  output: {
    type: 'string',
    group: 'Report',
    value: 'FILE',
    alias: 'o',
    requiresArg: true,
    describe: 'write the report to FILE (mode 0600); - is standard output',
  },
  all: { type: 'boolean', group: 'Report', describe: 'list every endpoint, cause and finding behind the answer' },
  verbose: { type: 'boolean', group: 'Report', describe: 'also list every attempt, reason and variable' },
  raw: { type: 'boolean', group: 'Report', describe: 'keep addresses and names (credentials are always removed)' },
  force: { type: 'boolean', group: 'Report', describe: 'allow --raw with a format meant for publishing' },
} as const satisfies OptionTable;

/** Options of every report, live or from saved evidence. */
const JUDGING_OPTIONS = {
  expect: {
    type: 'string',
    group: 'Report',
    value: 'FILE',
    requiresArg: true,
    describe: 'YAML file with an egress policy; violations are listed, exit code 1',
  },
  'save-evidence': {
    type: 'string',
    group: 'Report',
    value: 'FILE',
    requiresArg: true,
    describe: 'write all gathered evidence to FILE (sanitized unless --raw)',
  },
} as const satisfies OptionTable;

/** Options of gathering. */
const SUBJECT_OPTIONS = {
  proxy: {
    type: 'string',
    group: 'Judged settings',
    value: 'URL',
    requiresArg: true,
    describe: "judge this proxy instead of PMS's",
  },
  'no-proxy': {
    type: 'string',
    group: 'Judged settings',
    value: 'LIST',
    requiresArg: true,
    describe: "judge this no_proxy list instead of PMS's",
  },
  'env-from': {
    type: 'string',
    group: 'Judged settings',
    value: 'SOURCE',
    defaultDescription: 'auto',
    requiresArg: true,
    describe: 'source of the proxy variables: auto, pid:N, unit:NAME, container:NAME, file:PATH[#SERVICE] or shell',
  },
  endpoints: {
    type: 'string',
    group: 'Judged settings',
    value: 'FILE',
    requiresArg: true,
    describe: 'YAML file that adds, changes or removes endpoints',
  },
  only: {
    type: 'string',
    group: 'Judged settings',
    value: 'ID…',
    array: true,
    requiresArg: true,
    describe: 'only these endpoints (id or host)',
  },
} as const satisfies OptionTable;

/** Options of a run that asks PMS. */
const LIVE_OPTIONS = {
  'from-evidence': {
    type: 'string',
    group: 'Judged settings',
    value: 'FILE',
    requiresArg: true,
    describe: 'judge saved evidence instead of gathering',
  },
  pms: {
    type: 'string',
    group: 'Plex Media Server',
    value: 'URL',
    requiresArg: true,
    describe: `address of PMS's own HTTP API, if not http://${PMS_ON_LOOPBACK}`,
  },
  'token-file': {
    type: 'string',
    group: 'Plex Media Server',
    value: 'FILE',
    requiresArg: true,
    describe: "file with a token for PMS; otherwise PLEX_TOKEN or the token in PMS's data directory is used",
  },
  timeout: {
    type: 'string',
    group: 'Attempts',
    value: 'TIME',
    defaultDescription: '5s',
    requiresArg: true,
    describe: 'time limit per attempt',
  },
  ca: {
    type: 'string',
    group: 'Attempts',
    value: 'FILE',
    requiresArg: true,
    describe: 'PEM file with additional trusted roots (labs)',
  },
} as const satisfies OptionTable;

/** Options of a run that probes. */
const PROBE_OPTIONS = {
  budget: {
    type: 'string',
    group: 'Attempts',
    value: 'TIME',
    defaultDescription: '60s',
    requiresArg: true,
    describe: 'time limit of all probes',
  },
  family: {
    // As a number, 4 would match none of the choices.
    type: 'string',
    group: 'Attempts',
    value: 'FAMILY',
    choices: ['4', '6', 'both'],
    defaultDescription: 'both',
    describe: 'address families to probe directly',
  },
} as const satisfies OptionTable;

/** Options of `read`, whose evidence comes from files. */
export const FILE_OPTIONS = { ...OUTPUT_OPTIONS, ...JUDGING_OPTIONS, ...SUBJECT_OPTIONS };
/** Options of `observe`, which probes nothing. */
export const WATCH_OPTIONS = { ...FILE_OPTIONS, ...LIVE_OPTIONS };
/** Options of `check` and `reproduce`. */
export const REPORT_OPTIONS = { ...WATCH_OPTIONS, ...PROBE_OPTIONS };

const { 'from-evidence': _, ...PMS_OPTIONS } = LIVE_OPTIONS;
/** Options of a command that gathers as `check` does, and writes no report of it. */
export const GATHERING_OPTIONS = {
  output: OUTPUT_OPTIONS.output,
  ...SUBJECT_OPTIONS,
  ...PMS_OPTIONS,
  ...PROBE_OPTIONS,
};

/** Options that may be given more than once. */
export const REPEATABLE: readonly string[] = ['only', 'client', 'resolver', 'section', 'hide', 'keep'];

/** Options that work with saved evidence: all others are about gathering. */
const REPLAY_NAMES: readonly string[] = Object.keys({
  ...COMMON_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...JUDGING_OPTIONS,
  'from-evidence': null,
});

/** Names of options that were given, and that saved evidence makes useless. */
export function uselessFor(given: Readonly<Record<string, unknown>>, names: readonly string[]): readonly string[] {
  if (given['from-evidence'] === undefined) return [];
  return names.filter((name) => given[name] !== undefined && !REPLAY_NAMES.includes(name));
}

type Given<Table> = Partial<InferredOptionTypes<Table & Record<string, Options>>>;

export function readOutputOptions(
  parsed: Given<typeof OUTPUT_OPTIONS>,
): Pick<RunOptions, 'format' | 'output' | 'raw' | 'all' | 'verbose'> {
  const format = FORMAT_NAMES.find((name) => name === parsed.format) ?? 'text';
  const raw = parsed.raw ?? false;
  if (raw && FORMATS[format].isPublished && parsed.force !== true) {
    throw new UsageError(
      `--raw with --format ${format} would publish private data as it is: leave out --raw, or add --force`,
    );
  }
  const output = parsed.output === undefined || parsed.output === '-' ? null : parsed.output;
  return { format, output, raw, all: parsed.all ?? false, verbose: parsed.verbose ?? false };
}

export function readOptions(parsed: Given<typeof REPORT_OPTIONS>): RunOptions {
  const output = readOutputOptions(parsed);
  const envFrom = parseEnvFrom(parsed['env-from'] ?? 'auto');
  if (!envFrom.ok) throw new UsageError(`--env-from: ${envFrom.problem}`);
  const proxy = parsed.proxy === undefined ? null : ProxyUrl.parse(parsed.proxy);
  // The value itself is never repeated: it may hold a password.
  if (proxy && !proxy.ok) throw new UsageError(`--proxy: ${proxy.problem}`);
  const pms = parsed.pms === undefined ? null : parseBase(parsed.pms);
  // This value is not repeated either: people paste addresses that contain a token.
  if (pms && !pms.ok) throw new UsageError(`--pms: ${pms.problem}`);
  const saveEvidence = parsed['save-evidence'] ?? null;
  if (saveEvidence === '-')
    throw new UsageError('--save-evidence: - is standard output, where the report goes: give a file');
  return {
    ...output,
    timeoutMs: parseDuration('timeout', parsed.timeout ?? '5s'),
    timeoutGiven: parsed.timeout !== undefined,
    budgetMs: parseDuration('budget', parsed.budget ?? '60s'),
    families: parsed.family === '4' ? [4] : parsed.family === '6' ? [6] : [4, 6],
    proxy: parsed.proxy ?? null,
    noProxy: parsed['no-proxy'] ?? null,
    envFrom: envFrom.value,
    pms: pms?.base ?? null,
    tokenFile: parsed['token-file'] ?? null,
    endpoints: parsed.endpoints ?? null,
    only: parsed.only?.flatMap((item) => item.split(',')).filter((item) => item !== '') ?? [],
    ca: parsed.ca ?? null,
    expect: parsed.expect ?? null,
    saveEvidence,
    fromEvidence: parsed['from-evidence'] ?? null,
  };
}
