import type { AllowList } from '../../allow/model.ts';
import type { Endpoint } from '../../core/model/endpoint.ts';
import { valueOf, type Gathered } from '../../core/model/evidence.ts';
import type { PmsLog, Traffic } from '../../core/model/traffic.ts';
import type { ServerSeen } from '../../gather/files/join/join-traffic.ts';
import { readFiles } from '../../gather/files/read-files.ts';
import { loadEvidence } from '../evidence-file.ts';
import { tellTroubles } from '../from-files.ts';
import { joinTraffic } from '../join-traffic.ts';
import { startReading } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import type { AllowOptions } from './options.ts';

/** The list that a run is about, and its means. */
export interface AllowTask {
  readonly list: AllowList;
  readonly endpoints: readonly Endpoint[];
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Requests and servers that files show. */
interface Seen {
  readonly traffic: Traffic | null;
  readonly pmsLog: PmsLog | null;
  readonly isPlexOnly: boolean;
  readonly servers: readonly ServerSeen[];
}

export const NOTHING_SEEN: Seen = { traffic: null, pmsLog: null, isPlexOnly: false, servers: [] };

/** Reads the files of `--from`. */
export async function seenIn(
  { from, clients, squidLogformat }: AllowOptions,
  { endpoints, terminal, signal }: AllowTask,
): Promise<Seen> {
  const progress = startReading(terminal);
  const found = await readFiles({
    paths: from,
    clients,
    squidLogformat,
    surroundings: { proxies: new Set(), endpoints },
    signal,
    nowMs: Date.now(),
    onProgress: progress.update,
    flowsKept: Infinity,
  }).finally(() => progress.end());
  tellTroubles(found, { terminal, signal });
  let traffic: Gathered<Traffic> = found.traffic;
  let pmsLog = valueOf(found.pmsLog);
  for (const path of found.evidence) {
    const { items } = await loadEvidence(path);
    traffic = joinTraffic(traffic, items.traffic);
    pmsLog ??= valueOf(items.pmsLog);
  }
  const seen = traffic.state === 'ok' ? traffic.value : null;
  for (const { problems } of seen?.watchers ?? []) for (const problem of problems) terminal.note(problem);
  return { traffic: seen, pmsLog: pmsLog ?? null, isPlexOnly: found.isPlexOnly, servers: found.servers };
}
