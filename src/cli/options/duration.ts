import { UsageError } from '../../app/usage-error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** The longest wait that is accepted: an hour is a mistake, not a diagnosis. */
const MAX_DURATION_MS = 3_600_000;

/** Reads `5s`, `1500ms`, `1m`, or seconds without a unit. */
export function parseDuration(option: string, text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim());
  const ms = parts ? Number(parts[1]) * (UNITS[parts[2] ?? 's'] ?? 0) : 0;
  if (ms < 1 || ms > MAX_DURATION_MS) {
    throw new UsageError(
      `--${option}: "${text}" is not a duration (expected for example 500ms, 5s or 1m, at most 60m)`,
    );
  }
  return ms;
}
