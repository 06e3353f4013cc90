import { askedNames } from '../../allow/learn/asked.ts';
import { learn } from '../../allow/learn/classify.ts';
import { readExisting, type Existing } from '../../allow/learn/existing.ts';
import type { Asked, Learned } from '../../allow/learn/model.ts';
import type { AllowList } from '../../allow/model.ts';
import { readInput } from '../files.ts';
import { UsageError } from '../usage-error.ts';
import type { AllowOptions } from './options.ts';
import { NOTHING_SEEN, seenIn, type AllowTask } from './seen.ts';

/** A squid.conf with all of Squid's own documentation has 350 kB. */
const EXISTING_LIMIT_BYTES = 16 * 1024 * 1024;

/** Names in the header of a file. */
const UNDECIDED_SHOWN = 50;

/** Compares a list with logs, captures and a present list. */
export async function learnFromFiles(options: AllowOptions, task: AllowTask): Promise<Learned> {
  const { list, endpoints } = task;
  const existing = options.existing === null ? null : await loadExisting(options.existing);
  const { traffic, pmsLog, isPlexOnly } = options.from.length === 0 ? NOTHING_SEEN : await seenIn(options, task);
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
