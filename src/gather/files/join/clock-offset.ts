/** Something about a host that two logs both note at the moment when it happens. */
export interface Happening {
  readonly host: string;
  readonly ms: number;
}

/** A refusal is noted by both sides within this time; PMS's log of old has whole seconds. */
const SAME_MOMENT_MS = 2_000;
/** Zones differ by up to 26 hours; more than that is another day's happening. */
const OFFSET_LIMIT_MS = 27 * 3_600_000;
/** Fewer agreements can be chance. */
const VOTES_NEEDED = 3;
/** Events that are kept of one host: those that repeat all day fit at many offsets anyway. */
const HAPPENINGS_PER_HOST = 40;

interface Difference {
  readonly ms: number;
  readonly pms: number;
  readonly proxy: number;
}

/**
 * Seconds to add to the proxy's times to get PMS's. Each pair of happenings of one host votes for the difference of their times; the offset at
 * which most fit wins, if it is clear: a clock that is wrong, or a zone that is wrong by whole hours, moves all of them alike. null: not clear.
 */
export function clockOffsetSeconds(pms: readonly Happening[], proxy: readonly Happening[]): number | null {
  const differences = differencesOf(pms, proxy).sort((a, b) => a.ms - b.ms);
  const windows = differences.map((_, from) => windowAt(differences, from));
  const best = windows.reduce<Window | null>((most, each) => (each.votes > (most?.votes ?? 0) ? each : most), null);
  if (best === null || best.votes < VOTES_NEEDED) return null;
  const rivals = windows.filter(({ startMs, endMs }) => endMs < best.startMs || startMs > best.endMs);
  if (rivals.some(({ votes }) => 2 * votes > best.votes)) return null;
  return Math.round(best.medianMs / 100) / 10;
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
  readonly medianMs: number;
  /** Happenings of both sides that agree: each counts once. */
  readonly votes: number;
}

function windowAt(differences: readonly Difference[], from: number): Window {
  const startMs = differences[from]?.ms ?? 0;
  let end = from;
  while (end < differences.length && (differences[end]?.ms ?? 0) - startMs <= SAME_MOMENT_MS) end += 1;
  const fitting = differences.slice(from, end);
  const votes = Math.min(new Set(fitting.map(({ pms }) => pms)).size, new Set(fitting.map(({ proxy }) => proxy)).size);
  const medianMs = fitting[Math.floor(fitting.length / 2)]?.ms ?? startMs;
  return { startMs, endMs: fitting.at(-1)?.ms ?? startMs, medianMs, votes };
}

function differencesOf(pms: readonly Happening[], proxy: readonly Happening[]): Difference[] {
  const ofProxy = byHost(proxy);
  const differences: Difference[] = [];
  for (const [host, happenings] of byHost(pms)) {
    for (const here of happenings) {
      for (const there of ofProxy.get(host) ?? []) {
        const ms = here.ms - there.ms;
        if (Math.abs(ms) <= OFFSET_LIMIT_MS) differences.push({ ms, pms: here.id, proxy: there.id });
      }
    }
  }
  return differences;
}

interface Numbered {
  readonly id: number;
  readonly ms: number;
}

/** The same moment counts once. */
function byHost(happenings: readonly Happening[]): ReadonlyMap<string, readonly Numbered[]> {
  const groups = new Map<string, Numbered[]>();
  for (const [id, { host, ms }] of happenings.entries()) {
    const group = groups.get(host) ?? [];
    groups.set(host, group);
    if (group.length < HAPPENINGS_PER_HOST && group.every((other) => other.ms !== ms)) group.push({ id, ms });
  }
  return groups;
}
