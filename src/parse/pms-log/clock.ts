import type { LogTime } from './types.ts';

/** A moment with the zone that held when it was written; null: not yet known. */
export interface Stamp {
  readonly localMs: number;
  readonly zone: number | null;
}

/** `GMT -06:00`, `GMT +5:30`, and east of Greenwich without a sign: `GMT 02:00`. */
const ZONE = /\bGMT ([+-]?)(\d{1,2}):?(\d{2})(?!\d)/;
const ZONE_LIMIT_MINUTES = 14 * 60;

export function zoneOf(startLine: string): number | null {
  const found = ZONE.exec(startLine);
  if (!found) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  if (minutes > ZONE_LIMIT_MINUTES || Number(found[3]) > 59) return null;
  return found[1] === '-' && minutes > 0 ? -minutes : minutes;
}

/**
 * The zone of a log. It holds from the start line that names it; before the first one it is assumed. A change
 * to summer time while PMS runs leaves no trace in the log.
 */
export class Clock {
  readonly #given: number | null;
  #first: number | null = null;
  #zone: number | null = null;

  constructor(given: number | null) {
    this.#given = given;
  }

  setZone(zone: number): void {
    this.#first ??= zone;
    this.#zone = zone;
  }

  /** Of the last start line; null before there is one. */
  get zone(): number | null {
    return this.#zone;
  }

  get effectiveZone(): number | null {
    return this.#zone ?? this.#given;
  }

  timeOf(stamp: Stamp): LogTime {
    const zone = stamp.zone ?? this.#given ?? this.#first;
    return { localMs: stamp.localMs, utcMs: zone === null ? null : stamp.localMs - zone * 60_000 };
  }
}
