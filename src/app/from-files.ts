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
} from '../core/model/evidence.ts';
import { withoutEndpoints } from '../core/judge/traffic/flows.ts';
import { file, remark } from '../core/model/privacy.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import type { SecretVariables } from '../core/values/secret-variables.ts';
import type { Traffic } from '../core/model/traffic.ts';
import { readFiles, type ReadFiles } from '../gather/files/read-files.ts';
import { locatePms } from '../gather/pms/locate.ts';
import { gatherSettings } from '../gather/settings/gather.ts';
import { placesOf, proxiesOf } from '../gather/surroundings.ts';
import { loadEndpoints } from './endpoints.ts';
import { evidenceOf, type GatheredEvidence } from './evidence-document.ts';
import { loadEvidence } from './evidence-file.ts';
import { usedVariables } from './used-variables.ts';
import { joinTraffic } from './join-traffic.ts';
import { startReading } from './progress.ts';
import type { Run, RunOptions } from './run.ts';
import { UsageError } from './usage-error.ts';

export interface GivenFiles {
  /** `-` is standard input. */
  readonly files: readonly string[];
  readonly clients: readonly string[];
  readonly squidLogformat: string | null;
}

/** Gathers what `read` judges, from files alone. */
export async function gatherFromFiles(run: Run, given: GivenFiles): Promise<GatheredEvidence> {
  const { options, terminal, signal } = run;
  const startedAt = new Date();
  const all = await loadEndpoints({ ...options, only: [] });
  const endpoints = await loadEndpoints(options);
  const { settings, live } = await statedSettings(options);
  const progress = startReading(terminal);
  const found = await readFiles({
    paths: given.files,
    clients: given.clients,
    squidLogformat: given.squidLogformat,
    surroundings: { proxies: placesOf(proxiesOf(live)), endpoints: all },
    signal,
    nowMs: startedAt.getTime(),
    onProgress: progress.update,
  }).finally(() => progress.end());
  tellTroubles(found, run);
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
  vantage: FILES_ONLY,
  'attempts.direct': FILES_ONLY,
  'attempts.proxy': FILES_ONLY,
  resolver: FILES_ONLY,
  load: FILES_ONLY,
  childProxies: FILES_ONLY,
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

const FILE_NAME = file();
const REMARK = remark();

/** Unreadable files are noted at once; if no file was readable, that is wrong usage. */
export function tellTroubles(
  { files }: Pick<ReadFiles, 'files'>,
  { terminal, signal }: Pick<Run, 'terminal' | 'signal'>,
): void {
  const lines = files.flatMap(({ path, note: words }) =>
    words === null ? [] : [`${terminal.net.value(FILE_NAME, path)}: ${terminal.net.value(REMARK, words)}`],
  );
  const nothing = files.every(({ state }) => state === 'not-read') && !signal.aborted;
  if (nothing) throw new UsageError(lines.join('\n') || 'no file was given');
  for (const line of lines) terminal.note(line);
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
