import type { Argv, Options } from 'yargs';
import { parseEnvFrom, type EnvFrom } from '../core/env-from.ts';
import type { Family } from '../core/outcome.ts';
import { ProxyUrl } from '../core/secret.ts';
import { parseBase, type PmsBase } from '../gather/pms/api/base.ts';
import { renderers, type Format } from '../report/index.ts';
import { UsageError } from './errors.ts';
import { parseDuration } from './values.ts';

const FORMATS = Object.keys(renderers).filter((name): name is Format => name in renderers);

const OPTIONS = {
  format: { choices: FORMATS, default: 'text', describe: 'form of the report' },
  output: {
    type: 'string',
    alias: 'o',
    requiresArg: true,
    describe: 'write the report to FILE (mode 0600) instead of standard output',
  },
  raw: {
    type: 'boolean',
    default: false,
    describe: 'do not sanitize: keeps addresses and names, never credentials',
  },
  force: {
    type: 'boolean',
    default: false,
    describe: 'allow --raw with a format that is meant for publishing',
  },
  verbose: {
    type: 'boolean',
    default: false,
    describe: 'list every attempt, every finding and every variable',
  },
  timeout: { type: 'string', default: '5s', requiresArg: true, describe: 'bound of one attempt' },
  budget: { type: 'string', default: '60s', requiresArg: true, describe: 'bound of the whole run' },
  family: {
    // Without it, yargs reads 4 as a number, which is none of the choices.
    type: 'string',
    choices: ['4', '6', 'both'],
    default: 'both',
    describe: 'address families to probe directly',
  },
  proxy: { type: 'string', requiresArg: true, describe: 'judge this proxy instead of the one PMS has' },
  'no-proxy': {
    type: 'string',
    requiresArg: true,
    describe: 'judge this no_proxy list instead of the one PMS has',
  },
  'env-from': {
    type: 'string',
    default: 'auto',
    requiresArg: true,
    describe: 'whose proxy variables: auto, pid:N, unit:NAME, container:NAME, file:PATH or shell',
  },
  pms: {
    type: 'string',
    requiresArg: true,
    describe: "address of PMS's own HTTP API, if not http://127.0.0.1:32400",
  },
  'token-file': {
    type: 'string',
    requiresArg: true,
    describe: 'file with a token for PMS; else the variable PLEX_TOKEN, or what the data directory of PMS holds',
  },
  endpoints: {
    type: 'string',
    requiresArg: true,
    describe: 'YAML file that adds, changes or removes endpoints',
  },
  only: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'probe only these endpoints (id or host)',
  },
  ca: { type: 'string', requiresArg: true, describe: 'PEM file with roots to count as public (labs)' },
  expect: {
    type: 'string',
    requiresArg: true,
    describe: 'YAML file with an egress policy; what is not so is named, exit 1',
  },
  'save-evidence': {
    type: 'string',
    requiresArg: true,
    describe: 'write everything gathered to FILE (sanitized unless --raw)',
  },
  'from-evidence': {
    type: 'string',
    requiresArg: true,
    describe: 'judge saved evidence instead of probing',
  },
} satisfies Record<string, Options>;

/** Options of one command each. */
export const OWN_OPTIONS = {
  observe: { type: 'string', requiresArg: true, describe: "then watch PMS's own traffic for so long" },
  for: {
    type: 'string',
    default: '60s',
    requiresArg: true,
    describe: 'how long to watch; Ctrl-C ends it earlier, with a full report',
  },
  // Not an array: that would take the files behind it for addresses.
  client: {
    type: 'string',
    requiresArg: true,
    describe: "address of the PMS host in the proxy's log (repeatable); found out when it can be",
  },
  'squid-logformat': {
    type: 'string',
    requiresArg: true,
    describe: "the proxy's logformat line, or the name of a built-in one; a squid.conf among the files tells it too",
  },
  section: {
    type: 'string',
    requiresArg: true,
    describe: 'id of a library to scan (repeatable); without it, the smallest set that covers each agent',
  },
  yes: { type: 'boolean', default: false, describe: 'do not ask before PMS is asked to scan' },
  'scan-timeout': { type: 'string', default: '30s', requiresArg: true, describe: 'how long a scan is followed' },
  'access-log': {
    type: 'string',
    requiresArg: true,
    describe: "the proxy's log, which is read as it grows; - for standard input (ssh proxy tail -n0 -f …)",
  },
  'try-provider-refresh': {
    type: 'boolean',
    default: false,
    describe: 'after a refusal, have PMS ask its providers again, and scan once more',
  },
} as const satisfies Record<string, Options>;

export const OPTION_NAMES: readonly string[] = [...Object.keys(OPTIONS), ...Object.keys(OWN_OPTIONS)];

/** Those that may be given more than once. */
export const REPEATABLE: readonly string[] = ['only', 'client', 'section'];

/** Options of every command that ends with a report. */
export function reportOptions<T>(yargs: Argv<T>) {
  return yargs.options(OPTIONS);
}

type Parsed = Awaited<ReturnType<typeof reportOptions>['argv']>;

/** The options of a run, checked. */
export interface RunOptions {
  readonly format: Format;
  readonly output: string | null;
  readonly raw: boolean;
  readonly verbose: boolean;
  readonly timeoutMs: number;
  readonly budgetMs: number;
  readonly families: readonly Family[];
  /** As given; a secret until it has been parsed by who uses it. */
  readonly proxy: string | null;
  readonly noProxy: string | null;
  readonly envFrom: EnvFrom;
  /** Where PMS is asked; null: where it serves itself on this machine. */
  readonly pms: PmsBase | null;
  readonly tokenFile: string | null;
  readonly endpoints: string | null;
  readonly only: readonly string[];
  readonly ca: string | null;
  readonly expect: string | null;
  readonly saveEvidence: string | null;
  readonly fromEvidence: string | null;
}

export function readOptions(parsed: Parsed): RunOptions {
  const format = FORMATS.find((name) => name === parsed.format) ?? 'text';
  if (parsed.raw && format === 'markdown' && !parsed.force) {
    throw new UsageError(
      '--raw with --format markdown would publish private data as it is: leave out --raw, or add --force',
    );
  }
  const envFrom = parseEnvFrom(parsed.envFrom);
  if (!envFrom.ok) throw new UsageError(`--env-from: ${envFrom.problem}`);
  const proxy = parsed.proxy === undefined ? null : ProxyUrl.parse(parsed.proxy);
  // The value itself is never repeated: it may hold a password.
  if (proxy && !proxy.ok) throw new UsageError(`--proxy: ${proxy.problem}`);
  const pms = parsed.pms === undefined ? null : parseBase(parsed.pms);
  // Nor is this one: people paste addresses with a token in them.
  if (pms && !pms.ok) throw new UsageError(`--pms: ${pms.problem}`);
  return {
    format,
    output: parsed.output ?? null,
    raw: parsed.raw,
    verbose: parsed.verbose,
    timeoutMs: parseDuration('timeout', parsed.timeout),
    budgetMs: parseDuration('budget', parsed.budget),
    families: parsed.family === '4' ? [4] : parsed.family === '6' ? [6] : [4, 6],
    proxy: parsed.proxy ?? null,
    noProxy: parsed.noProxy ?? null,
    envFrom: envFrom.value,
    pms: pms?.base ?? null,
    tokenFile: parsed.tokenFile ?? null,
    endpoints: parsed.endpoints ?? null,
    only: parsed.only?.flatMap((item) => item.split(',')).filter((item) => item !== '') ?? [],
    ca: parsed.ca ?? null,
    expect: parsed.expect ?? null,
    saveEvidence: parsed.saveEvidence ?? null,
    fromEvidence: parsed.fromEvidence ?? null,
  };
}
