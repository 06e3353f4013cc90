import type { Argv } from 'yargs';
import {
  NO_EXPERIMENT,
  NO_PMS_LOG,
  NOT_WATCHED,
  notRun,
  ok,
  PMS_NOT_ASKED,
  type Evidence,
  type Gathered,
  type Settings,
} from '../core/evidence.ts';
import { withoutEndpoints } from '../core/flows.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { SecretVariables } from '../core/secret-variables.ts';
import type { Traffic } from '../core/traffic.ts';
import { readFiles, type ReadFiles } from '../gather/logs/read-files.ts';
import { locatePms } from '../gather/pms/locate.ts';
import { gatherSettings } from '../gather/settings/gather.ts';
import { placesOf, proxiesOf } from '../gather/surroundings.ts';
import { reportOn } from './deliver.ts';
import { UsageError } from './errors.ts';
import { evidenceOf } from './evidence.ts';
import { loadEvidence } from './evidence-file.ts';
import { loadEndpoints, usedVariables, type GatheredEvidence } from './gather.ts';
import { OWN_OPTIONS, readOptions, reportOptions, type RunOptions } from './options.ts';
import { startReading } from './progress.ts';
import { joinTraffic } from './traffic.ts';
import type { Exit } from './run.ts';
import { note } from './terminal.ts';

/** Stands for `-` while yargs parses, which drops it from a list. */
export const STANDARD_INPUT = '/dev/stdin';

interface ReadOptions {
  readonly files: readonly string[];
  readonly clients: readonly string[];
  readonly squidLogformat: string | null;
}

/** `read FILE…`: the same judgement from files alone. */
export function addRead(yargs: Argv, exit: Exit): Argv {
  return yargs.command(
    'read [files..]',
    'judge from files: access logs of Squid and tinyproxy, logs of PMS (files, folder, ZIP), captures, saved evidence',
    (args) =>
      reportOptions(args)
        .positional('files', {
          type: 'string',
          array: true,
          describe: 'files in any order, gzipped or not; a folder of logs; - for standard input',
        })
        .option('client', OWN_OPTIONS.client)
        .option('squid-logformat', OWN_OPTIONS['squid-logformat']),
    async (parsed) => {
      const options = readOptions(parsed);
      if (options.fromEvidence !== null)
        throw new UsageError('--from-evidence: give the saved evidence to "read" as a file instead');
      // What stands behind "--" is left where it was.
      const files = [...(parsed.files ?? []), ...parsed._.slice(1).map(String)];
      if (files.length === 0)
        throw new UsageError(
          'read: give at least one file: access logs, logs of PMS, captures, or - for standard input',
        );
      const given: ReadOptions = {
        files: files.map((path) => (path === STANDARD_INPUT ? '-' : path)),
        clients: [parsed.client ?? []].flat(),
        squidLogformat: parsed.squidLogformat ?? null,
      };
      exit(await reportOn(options, (signal) => gatherFromFiles(options, given, signal)));
    },
  );
}

async function gatherFromFiles(
  options: RunOptions,
  given: ReadOptions,
  signal: AbortSignal,
): Promise<GatheredEvidence> {
  const startedAt = new Date();
  const all = await loadEndpoints({ ...options, only: [] });
  const endpoints = await loadEndpoints(options);
  const { settings, live } = await statedSettings(options);
  const progress = startReading(process.stderr);
  const found = await readFiles({
    paths: given.files,
    clients: given.clients,
    squidLogformat: given.squidLogformat,
    surroundings: { proxies: placesOf(proxiesOf(live)), endpoints: all },
    signal,
    nowMs: startedAt.getTime(),
    onProgress: progress.update,
  }).finally(() => progress.end());
  tellTroubles(found, signal);
  const base = await baseEvidence(found.evidence);
  if (base !== null && settings.state === 'ok')
    throw new UsageError(
      '--proxy, --no-proxy, --env-from: the saved evidence has settings of its own; give one of them',
    );
  const items = base?.items ?? { ...NOTHING_LIVE, endpoints: ok(endpoints), settings };
  const evidence = evidenceOf(
    { command: 'read', startedAt, options: base?.run ?? options, signal },
    {
      ...items,
      traffic: within(endpoints, all, joinTraffic(items.traffic, found.traffic)),
      pmsLog: found.pmsLog.state === 'not-run' ? items.pmsLog : found.pmsLog,
    },
  );
  const inputs = found.files.map(({ path, kind, state, note: words }) => ({ name: path, kind, state, note: words }));
  return {
    evidence: {
      ...evidence,
      run: { ...evidence.run, platform: base?.run.platform ?? evidence.run.platform, inputs },
      sanitized: base?.sanitized ?? {},
    },
    variables: base === null ? usedVariables({ settings, live }) : null,
  };
}

const FILES_ONLY = notRun('FILES_ONLY', 'only files were read: this needs the host of PMS');
const NOTHING_LIVE = {
  pms: FILES_ONLY,
  proxies: FILES_ONLY,
  'attempts.direct': FILES_ONLY,
  'attempts.proxy': FILES_ONLY,
  resolver: FILES_ONLY,
  traffic: NOT_WATCHED,
  pmsLog: NO_PMS_LOG,
  experiment: NO_EXPERIMENT,
  pmsStatus: PMS_NOT_ASKED,
} as const;

interface Stated {
  readonly settings: Gathered<Settings>;
  readonly live: ReadonlyMap<string, SecretVariables>;
}

/** The settings that the user named. Those of this machine say nothing about the machine that the files are from. */
async function statedSettings(options: RunOptions): Promise<Stated> {
  const { envFrom, proxy, noProxy } = options;
  if (envFrom.kind === 'auto' && proxy === null && noProxy === null) return { settings: FILES_ONLY, live: new Map() };
  const hint = envFrom.kind === 'auto' ? ({ kind: 'shell' } as const) : envFrom;
  const gathered = await gatherSettings({
    located: await locatePms({ hint }),
    envFrom: hint,
    proxyOption: proxy,
    noProxyOption: noProxy,
    shell: {},
  });
  if (gathered.settings.state !== 'ok') throw new UsageError(`--env-from: ${gathered.settings.reason.message}`);
  return gathered;
}

/** What could not be read is told at once; nothing at all is wrong usage. */
function tellTroubles({ files }: ReadFiles, signal: AbortSignal): void {
  const lines = files.flatMap(({ path, note: words }) => (words === null ? [] : [`${path}: ${words}`]));
  const nothing = files.every(({ state }) => state === 'not-read') && !signal.aborted;
  if (nothing) throw new UsageError(lines.join('\n') || 'no file was given');
  for (const line of lines) note(line);
}

async function baseEvidence(paths: readonly string[]): Promise<Evidence | null> {
  const [path, second] = paths;
  if (second !== undefined)
    throw new UsageError(`${path} and ${second} are both saved evidence: give one of them, with the logs of its time`);
  return path === undefined ? null : loadEvidence(path);
}

/** A host that `--only` leaves out is not one that the catalogue lacks. */
function within(chosen: readonly Endpoint[], all: readonly Endpoint[], traffic: Gathered<Traffic>): Gathered<Traffic> {
  if (traffic.state !== 'ok') return traffic;
  const kept = new Set(chosen.map(({ host }) => host));
  return ok(
    withoutEndpoints(
      traffic.value,
      all.filter(({ host }) => !kept.has(host)),
    ),
  );
}
