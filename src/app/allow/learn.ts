import { askedNames } from '../../allow/learn/asked.ts';
import { learn } from '../../allow/learn/classify.ts';
import { readExisting, type Existing } from '../../allow/learn/existing.ts';
import type { Asked, Learned } from '../../allow/learn/model.ts';
import type { AllowList } from '../../allow/model.ts';
import type { Endpoint } from '../../core/model/endpoint.ts';
import { valueOf, type Gathered } from '../../core/model/evidence.ts';
import type { PmsLog, Traffic } from '../../core/model/traffic.ts';
import type { ServerSeen } from '../../gather/files/join/join-traffic.ts';
import { readFiles } from '../../gather/files/read-files.ts';
import { loadEvidence } from '../evidence-file.ts';
import { readInput } from '../files.ts';
import { tellTroubles } from '../from-files.ts';
import { joinTraffic } from '../join-traffic.ts';
import { startReading } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { AllowOptions } from './options.ts';

/** A squid.conf with all of Squid's own documentation has 350 kB. */
const EXISTING_LIMIT_BYTES = 16 * 1024 * 1024;

/** Names in the header of a file. */
const UNDECIDED_SHOWN = 50;

interface Learning {
  readonly list: AllowList;
  readonly endpoints: readonly Endpoint[];
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

interface Seen {
  readonly traffic: Traffic | null;
  readonly pmsLog: PmsLog | null;
  readonly isPlexOnly: boolean;
  readonly servers: readonly ServerSeen[];
}

const NOTHING: Seen = { traffic: null, pmsLog: null, isPlexOnly: false, servers: [] };

/** Compares a list with logs, captures and a present list. */
export async function learnFromFiles(options: AllowOptions, learning: Learning): Promise<Learned> {
  const { list, endpoints } = learning;
  const existing = options.existing === null ? null : await loadExisting(options.existing);
  const { traffic, pmsLog, isPlexOnly } = options.from.length === 0 ? NOTHING : await seenIn(options, learning);
  return learn({
    asked: askedNames(traffic, pmsLog, endpoints),
    list,
    existing,
    watchers: traffic?.watchers ?? [],
    isPlexOnly,
    omitted: traffic?.omitted ?? 0,
    unusedDays: options.unusedDays,
  });
}

async function loadExisting(path: string): Promise<Existing> {
  const text = await readInput('existing', path, EXISTING_LIMIT_BYTES);
  const existing = readExisting(text);
  const isList = existing.entries.length > 0 && existing.unread.length <= existing.entries.length;
  if (!isList && text.trim() !== '')
    throw new UsageError(
      `--existing: ${path} is no list of allowed names (expected a squid.conf with dstdomain ACLs that are allowed, the file that such an ACL names, or names one a line)`,
    );
  return existing;
}

/** Reads the files of `--from`. */
export async function seenIn(
  { from, clients, squidLogformat }: AllowOptions,
  { endpoints, terminal, signal }: Learning,
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

/** The list with what logs say about its names, and what is to be decided. */
export function withLearned(list: AllowList, { add, working, decide }: Learned): AllowList {
  const seen = new Map([...add, ...working].map((row) => [row.host, countsOf(row)]));
  return {
    ...list,
    names: list.names.map((name) => ({ ...name, seen: seen.get(name.host) ?? null })),
    undecided: [
      ...decide.slice(0, UNDECIDED_SHOWN).map((row) => `${placeOf(row)}: ${countsOf(row) ?? 'named'}`),
      ...(decide.length > UNDECIDED_SHOWN ? [`and ${decide.length - UNDECIDED_SHOWN} more`] : []),
    ],
  };
}

function placeOf({ host, port }: Asked): string {
  return port === null ? host : `${host}:${port}`;
}

function countsOf({ denied, allowed, lastAt }: Asked): string | null {
  const counts = [...(denied > 0 ? [`denied ${denied}×`] : []), ...(allowed > 0 ? [`let through ${allowed}×`] : [])];
  const last = lastAt === null ? [] : [`last ${lastAt.slice(0, 10)}`];
  return counts.length === 0 ? null : [...counts, ...last].join(', ');
}
