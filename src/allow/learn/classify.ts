import type { Watcher } from '../../core/model/traffic.ts';
import type { AllowList } from '../model.ts';
import { entryCovers, type Entry, type Existing } from './existing.ts';
import { NO_REQUESTS, type Asked, type Learned, type Unjudged } from './model.ts';

const DAY_MS = 86_400_000;

export interface LearnFrom {
  readonly asked: readonly Asked[];
  /** The needed names. */
  readonly list: AllowList;
  readonly existing: Existing | null;
  readonly watchers: readonly Watcher[];
  readonly isPlexOnly: boolean;
  readonly omitted: number;
  readonly unusedDays: number;
}

/** Sorts names into those to add, to leave out, to decide and to remove. Pure. */
export function learn(from: LearnFrom): Learned {
  const { asked, list, existing, unusedDays, omitted } = from;
  const needed = new Set(list.names.flatMap(({ host, services }) => services.map(({ port }) => `${host} ${port}`)));
  const isNeeded = ({ isKnown, host, port }: Asked): boolean => isKnown && needed.has(`${host} ${port}`);
  const isListed = (host: string): boolean => existing?.entries.some((entry) => entryCovers(entry, host)) ?? true;
  const wanted = asked.filter(isNeeded);
  const askedFor = new Set(wanted.map(({ host }) => host));
  const notAsked = list.names.filter(({ host, services }) => services.length > 0 && !askedFor.has(host));
  const missing = existing === null ? [] : notAsked.filter(({ host }) => !isListed(host)).map(neverAsked);
  const add = wanted.filter((row) => isDeniedNow(row) || !isListed(row.host));
  const coveredDays = coverageOf(from.watchers);
  const unjudged = unjudgedBecause(from, coveredDays);
  return {
    schemaVersion: 1,
    add: [...add, ...missing],
    working: wanted.filter((row) => !add.includes(row)),
    leave: asked.filter((row) => row.isKnown && !isNeeded(row)),
    decide: asked.filter((row) => !row.isKnown),
    notAsked: notAsked.map(({ host }) => host),
    existing: existing === null ? null : judged(existing, from, unjudged === null),
    unusedDays,
    coveredDays,
    unusedUnjudged: unjudged,
    omitted,
    basis: list.basis,
  };
}

/** The past is not the present: a name that was let through after its last denial is denied no more. */
function isDeniedNow({ denied, lastDeniedAt, lastAllowedAt }: Asked): boolean {
  if (denied === 0) return false;
  return lastAllowedAt === null || lastDeniedAt === null || lastDeniedAt > lastAllowedAt;
}

function neverAsked({ host, services, purpose, need, breaks }: AllowList['names'][number]): Asked {
  return {
    host,
    port: services[0]?.port ?? null,
    isKnown: true,
    purpose,
    need,
    breaks,
    telemetry: false,
    ...NO_REQUESTS,
  };
}

/** Days of the longest log that would have shown every request; null: there is none, or its times are not known. */
function coverageOf(watchers: readonly Watcher[]): number | null {
  const spans = watchers
    .filter(({ kind, shows }) => kind === 'access-log' && shows.includes('proxy'))
    .flatMap(({ from, to }) => (from === null || to === null ? [] : [Date.parse(to) - Date.parse(from)]))
    .filter((ms) => Number.isFinite(ms));
  return spans.length === 0 ? null : Math.round((Math.max(...spans) / DAY_MS) * 10) / 10;
}

/** Absence is no evidence unless the log is whole and long enough. */
function unjudgedBecause(
  { existing, isPlexOnly, omitted, unusedDays }: LearnFrom,
  days: number | null,
): Unjudged | null {
  if (existing === null) return 'no-existing';
  if (days === null) return 'no-log';
  if (isPlexOnly) return 'several-clients';
  if (omitted > 0) return 'left-out';
  return days < unusedDays ? 'too-short' : null;
}

function judged(existing: Existing, { asked, list }: LearnFrom, isJudged: boolean): Learned['existing'] {
  const needed = list.names.map(({ host }) => host);
  const used = asked.map(({ host }) => host);
  const covers = (entry: Entry, hosts: readonly string[]): readonly string[] =>
    hosts.filter((host) => entryCovers(entry, host));
  const superfluous = existing.entries.filter((entry) => covers(entry, needed).length === 0);
  const unused = superfluous.filter((entry) => isJudged && covers(entry, used).length === 0);
  const known = [...list.known, ...list.leftOut.map(({ host }) => host)];
  return {
    entries: existing.entries.length,
    unread: existing.unread,
    unused: unused.map(({ entry }) => ({ entry })),
    unneeded: superfluous
      .filter((entry) => !unused.includes(entry) && covers(entry, known).length > 0)
      .map(({ entry }) => ({ entry })),
    wider: existing.entries
      .filter((entry) => entry.scope !== 'exact' && covers(entry, needed).length > 0 && !isWanted(entry, needed))
      .map((entry) => ({
        entry: entry.entry,
        needed: covers(entry, needed),
        others: covers(
          entry,
          [...new Set([...list.known, ...used])].filter((host) => !needed.includes(host)),
        ),
      })),
  };
}

/** The list itself wants all names below it. */
function isWanted({ host, scope }: Entry, needed: readonly string[]): boolean {
  return scope === 'below' && needed.includes(`*.${host}`);
}
