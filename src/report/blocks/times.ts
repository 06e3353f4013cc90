/** Times and counts in words. Times are ISO 8601; one without a zone is a local time of which the zone is not known. */

export function minute(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso;
}

/** `41 ms`, `3.0 s`: two digits that matter. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `14:02:11`. */
export function clock(iso: string): string {
  return /T\d\d:\d\d:\d\d/.test(iso) ? iso.slice(11, 19) : iso;
}

function day(iso: string): string {
  return iso.slice(0, 10);
}

/** The clock alone where all moments of a list are of one day, else with the day. */
export function clockFor(moments: readonly (string | null)[]): (iso: string | null) => string {
  const days = new Set(moments.flatMap((iso) => (iso === null ? [] : [day(iso)])));
  return (iso) => (iso === null ? 'at an unknown time' : days.size > 1 ? `${day(iso)} ${clock(iso)}` : clock(iso));
}

/** Milliseconds between two times; null where one is not known. */
export function between(from: string | null, to: string | null): number | null {
  const ms = from === null || to === null ? Number.NaN : Date.parse(to) - Date.parse(from);
  return Number.isNaN(ms) ? null : ms;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `12 s`, `5 min`, `3.5 h`, `4 days`. */
export function span(ms: number): string {
  if (ms < 2 * MINUTE_MS) return `${Math.max(1, Math.round(ms / 1000))} s`;
  if (ms < 2 * HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return ms < 2 * DAY_MS ? `${(ms / HOUR_MS).toFixed(1)} h` : `${Math.round(ms / DAY_MS)} days`;
}

/** `2026-11-22 14:02:11–14:02:23 UTC (12 s)`; null where nothing of it is known. */
export function period(from: string | null, to: string | null): string | null {
  const [first, last] = [from ?? to, to ?? from];
  if (first === null || last === null) return null;
  const zone = first.endsWith('Z') ? ' UTC' : ' local time';
  const end = day(first) === day(last) ? clock(last) : `${day(last)} ${clock(last)}`;
  const ms = between(first, last);
  const range = first === last ? clock(first) : `${clock(first)}–${end}`;
  return `${day(first)} ${range}${zone}${ms === null || ms === 0 ? '' : ` (${span(ms)})`}`;
}

/** `1 file`, `3 files`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `4×`. */
export function times(count: number): string {
  return `${count}×`;
}

/** `a, b and 3 more`. */
export function listed(names: readonly string[], shown: number): string {
  const rest = names.length - shown;
  return names.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
