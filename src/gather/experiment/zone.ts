/** Zones differ by whole quarters of an hour. */
const ZONE_STEP_MS = 15 * 60_000;
/** From 12 hours west to 14 hours east of Greenwich. */
const WESTMOST_MINUTES = -12 * 60;
const EASTMOST_MINUTES = 14 * 60;

/** Minutes east of Greenwich by the difference of a local time from UTC; null: further from a zone than the tolerance. */
export function roundToZone(differenceMs: number, toleranceMs: number): number | null {
  const roundedMs = Math.round(differenceMs / ZONE_STEP_MS) * ZONE_STEP_MS;
  const minutes = roundedMs / 60_000;
  if (minutes < WESTMOST_MINUTES || minutes > EASTMOST_MINUTES) return null;
  return Math.abs(differenceMs - roundedMs) <= toleranceMs ? minutes : null;
}
