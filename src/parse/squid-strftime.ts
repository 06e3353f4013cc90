/**
 * A strftime format of `%{…}tl` or `%{…}tg`, compiled to a reader of its output. `readable` is false when a conversion depends on
 * the locale or when date, time or (for local time) the offset is missing: such a field is passed over and gives no time.
 */
export interface TimeFormat {
  readonly readable: boolean;
  /** Every conversion is understood, so that at least the end of the value is known. */
  readonly known: boolean;
  readonly steps: readonly TimeStep[];
  readonly utc: boolean;
}

type Part =
  | 'year'
  | 'shortYear'
  | 'month'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'epoch'
  | 'dayOfYear'
  | 'number';
export type TimeStep =
  | { readonly kind: 'number'; readonly part: Part; readonly digits: number }
  | { readonly kind: 'monthName' | 'zone' | 'zoneName' | 'half' | 'word' }
  | { readonly kind: 'byte'; readonly byte: number };

const number = (part: Part, digits: number): TimeStep => ({ kind: 'number', part, digits });

const CONVERSIONS: Readonly<Record<string, TimeStep>> = {
  Y: number('year', 4),
  y: number('shortYear', 2),
  m: number('month', 2),
  d: number('day', 2),
  e: number('day', 2),
  H: number('hour', 2),
  k: number('hour', 2),
  I: number('hour12', 2),
  l: number('hour12', 2),
  M: number('minute', 2),
  S: number('second', 2),
  s: number('epoch', 12),
  j: number('dayOfYear', 3),
  C: number('number', 2),
  u: number('number', 1),
  w: number('number', 1),
  b: { kind: 'monthName' },
  B: { kind: 'monthName' },
  h: { kind: 'monthName' },
  z: { kind: 'zone' },
  Z: { kind: 'zoneName' },
  p: { kind: 'half' },
  P: { kind: 'half' },
  a: { kind: 'word' },
  A: { kind: 'word' },
};

const COMPOSED: Readonly<Record<string, string>> = {
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  n: '\n',
  t: '\t',
};

export const DEFAULT_TIME = '%d/%b/%Y:%H:%M:%S %z';

export function compileTime(spec: string, utc: boolean): TimeFormat {
  const expanded = spec.replace(/%[EO]?([TRDFrcxXnt])/g, (_, letter: string) => COMPOSED[letter] ?? '');
  const steps: TimeStep[] = [];
  let known = true;
  for (const [token, letter] of expanded.matchAll(/%[EO_0^#-]?(.)|[^]/g)) {
    const step = letter === undefined || letter === '%' ? undefined : CONVERSIONS[letter];
    if (letter !== undefined && letter !== '%' && step === undefined) known = false;
    else if (step) steps.push(step);
    else for (const byte of Buffer.from(letter ?? token)) steps.push({ kind: 'byte', byte });
  }
  const has = (part: Part): boolean => steps.some((step) => step.kind === 'number' && step.part === part);
  const kinds = new Set(steps.map(({ kind }) => kind));
  const date =
    (has('year') || has('shortYear')) && (has('dayOfYear') || (has('day') && (has('month') || kinds.has('monthName'))));
  const clock = (has('hour') || (has('hour12') && kinds.has('half'))) && has('minute');
  const zoned = utc || kinds.has('zone') || kinds.has('zoneName');
  const readable = known && (has('epoch') || (date && clock && zoned));
  return { readable, known, steps, utc };
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_KEYS = new Map(MONTHS.map((name, index) => [keyOf(Buffer.from(name), 0), index]));
const MINUTE_MS = 60_000;

/** Three letters in either case as one number. */
function keyOf(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) | 32) << 16) | (((bytes[at + 1] ?? 0) | 32) << 8) | ((bytes[at + 2] ?? 0) | 32);
}

/** The month (0 to 11) whose English name begins at `at`, or -1. */
export function monthAt(bytes: Uint8Array, at: number): number {
  return MONTH_KEYS.get(keyOf(bytes, at)) ?? -1;
}

function isLetter(byte: number): boolean {
  return (byte | 32) >= 97 && (byte | 32) <= 122;
}

/** Reads one time after another into the same fields, so that a line of a log allocates nothing. */
export class TimeReader {
  readonly #format: TimeFormat;
  /** After `read`: milliseconds since the epoch, NaN when the format lacks what it takes. */
  ms = Number.NaN;

  constructor(format: TimeFormat) {
    this.#format = format;
  }

  /** The offset after the time that begins at `from`, or -1 when none does. */
  read(bytes: Uint8Array, from: number, end: number): number {
    let [year, month, day, hour, minute, second] = [1970, 0, 1, 0, 0, 0];
    let [epoch, offsetMs, afternoon] = [Number.NaN, this.#format.utc ? 0 : Number.NaN, -1];
    let at = from;
    for (const step of this.#format.steps) {
      if (step.kind === 'byte') {
        if (at >= end || bytes[at] !== step.byte) return -1;
        at += 1;
        continue;
      }
      if (step.kind === 'number') {
        let value = 0;
        const start = at;
        while (at < end && at - start < step.digits - 1 && bytes[at] === 32) at += 1;
        const first = at;
        while (at < end && at - start < step.digits) {
          const digit = (bytes[at] ?? 0) - 48;
          if (digit < 0 || digit > 9) break;
          value = value * 10 + digit;
          at += 1;
        }
        if (at === first) return -1;
        if (step.part === 'year') year = value;
        else if (step.part === 'shortYear') year = value + (value < 69 ? 2000 : 1900);
        else if (step.part === 'month') month = value - 1;
        else if (step.part === 'day') day = value;
        else if (step.part === 'dayOfYear') [month, day] = [0, value];
        else if (step.part === 'hour' || step.part === 'hour12') hour = value;
        else if (step.part === 'minute') minute = value;
        else if (step.part === 'second') second = value;
        else if (step.part === 'epoch') epoch = value;
        continue;
      }
      if (step.kind === 'zone') {
        const sign = bytes[at] === 43 ? 1 : bytes[at] === 45 ? -1 : 0;
        const digits = Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, Math.max(0, Math.min(4, end - at - 1)));
        const text = digits.toString('latin1');
        if (sign === 0 || !/^\d{4}$/.test(text)) return -1;
        offsetMs = sign * (Number(text.slice(0, 2)) * 60 + Number(text.slice(2))) * MINUTE_MS;
        at += 5;
        continue;
      }
      const start = at;
      while (at < end && isLetter(bytes[at] ?? 0)) at += 1;
      if (at === start) return -1;
      if (step.kind === 'monthName') {
        month = monthAt(bytes, start);
        if (month < 0 || at - start < 3) return -1;
      } else if (step.kind === 'half') afternoon = ((bytes[start] ?? 0) | 32) === 112 ? 1 : 0;
      else if (step.kind === 'zoneName' && at - start === 3 && keyOf(bytes, start) === UTC_KEY) offsetMs = 0;
      else if (step.kind === 'zoneName' && at - start === 3 && keyOf(bytes, start) === GMT_KEY) offsetMs = 0;
    }
    if (month > 11 || month < 0 || day > 366 || hour > 24 || minute > 59 || second > 61) return -1;
    if (afternoon >= 0) hour = (hour % 12) + afternoon * 12;
    if (!this.#format.readable) this.ms = Number.NaN;
    else this.ms = Number.isNaN(epoch) ? Date.UTC(year, month, day, hour, minute, second) - offsetMs : epoch * 1000;
    return at;
  }
}

const UTC_KEY = keyOf(Buffer.from('utc'), 0);
const GMT_KEY = keyOf(Buffer.from('gmt'), 0);
