/** ISO 8601 in UTC; null for a date that does not exist. */
export function isoOf(ms: number | null): string | null {
  if (ms === null) return null;
  const date = new Date(Math.floor(ms));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A local time whose zone is not known: ISO 8601 without a zone, so that no reader takes it for UTC. */
export function localIsoOf(localMs: number): string | null {
  return isoOf(localMs)?.replace(/Z$/, '') ?? null;
}

export function earliest(times: readonly (number | null)[]): number | null {
  return times.reduce((best, ms) => (ms !== null && (best === null || ms < best) ? ms : best), null);
}

export function latest(times: readonly (number | null)[]): number | null {
  return times.reduce((best, ms) => (ms !== null && (best === null || ms > best) ? ms : best), null);
}
