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
const MONTH_KEYS = new Map(MONTHS.map((name, index) => [keyOf(Buffer.from(name), 0), index + 1]));
const UTC_KEYS = ['utc', 'gmt'].map((name) => keyOf(Buffer.from(name), 0));
const MINUTE_MS = 60_000;
const [SPACE, PLUS, MINUS, LETTER_P] = [0x20, 0x2b, 0x2d, 0x70];

/** Three letters in either case as one number. */
function keyOf(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) | 32) << 16) | (((bytes[at + 1] ?? 0) | 32) << 8) | ((bytes[at + 2] ?? 0) | 32);
}

function isLetter(byte: number): boolean {
  return (byte | 32) >= 97 && (byte | 32) <= 122;
}

/** The century of `%y`, as POSIX defines it. */
function fullYear(short: number): number {
  return short + (short < 69 ? 2000 : 1900);
}

/** The number of at most `digits` digits at `from`, spaces before it allowed; `end` -1 when there is none. */
function digitsAt(bytes: Uint8Array, from: number, end: number, digits: number): { value: number; end: number } {
  const stop = Math.min(end, from + digits);
  let at = from;
  while (at < stop - 1 && bytes[at] === SPACE) at += 1;
  const first = at;
  let value = 0;
  for (; at < stop; at += 1) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return { value, end: at > first ? at : -1 };
}

const START: Readonly<Record<Part, number>> = {
  year: 1970,
  shortYear: Number.NaN,
  month: 1,
  day: 1,
  hour: 0,
  hour12: Number.NaN,
  minute: 0,
  second: 0,
  epoch: Number.NaN,
  dayOfYear: Number.NaN,
  number: 0,
};

/** Reads one time after another. */
export class TimeReader {
  readonly #format: TimeFormat;
  /** After `read`: milliseconds since the epoch, NaN when the format lacks what it takes. */
  ms = Number.NaN;
  #parts = { ...START };
  #offsetMs = 0;
  #afternoon = false;

  constructor(format: TimeFormat) {
    this.#format = format;
  }

  /** The offset after the time that begins at `from`, or -1 when none does. */
  read(bytes: Uint8Array, from: number, end: number): number {
    this.#parts = { ...START };
    this.#offsetMs = this.#format.utc ? 0 : Number.NaN;
    this.#afternoon = false;
    let at = from;
    for (const step of this.#format.steps) {
      at = this.#step(step, bytes, at, end);
      if (at < 0) return -1;
    }
    return this.#finish() ? at : -1;
  }

  #step(step: TimeStep, bytes: Uint8Array, at: number, end: number): number {
    switch (step.kind) {
      case 'byte':
        return at < end && bytes[at] === step.byte ? at + 1 : -1;
      case 'number': {
        const read = digitsAt(bytes, at, end, step.digits);
        this.#parts[step.part] = read.value;
        return read.end;
      }
      case 'zone':
        return this.#zone(bytes, at, end);
      case 'monthName':
      case 'zoneName':
      case 'half':
      case 'word':
        return this.#word(step.kind, bytes, at, end);
    }
  }

  #zone(bytes: Uint8Array, at: number, end: number): number {
    const sign = bytes[at] === PLUS ? 1 : bytes[at] === MINUS ? -1 : 0;
    const { value, end: after } = digitsAt(bytes, at + 1, end, 4);
    if (sign === 0 || after !== at + 5) return -1;
    this.#offsetMs = sign * (Math.floor(value / 100) * 60 + (value % 100)) * MINUTE_MS;
    return after;
  }

  #word(kind: 'monthName' | 'zoneName' | 'half' | 'word', bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end && isLetter(bytes[at] ?? 0)) at += 1;
    const key = at - from >= 3 ? keyOf(bytes, from) : 0;
    if (kind === 'monthName') this.#parts.month = MONTH_KEYS.get(key) ?? Number.NaN;
    if (kind === 'zoneName' && at - from === 3 && UTC_KEYS.includes(key)) this.#offsetMs = 0;
    if (kind === 'half') this.#afternoon = ((bytes[from] ?? 0) | 32) === LETTER_P;
    return at > from ? at : -1;
  }

  /** false: the numbers are those of no time. */
  #finish(): boolean {
    const { year, shortYear, month, day, hour, hour12, minute, second, epoch, dayOfYear } = this.#parts;
    if (!(month >= 1 && month <= 12) || day > 31 || dayOfYear > 366) return false;
    if (hour > 23 || hour12 > 12 || minute > 59 || second > 61) return false;
    const fullHour = Number.isNaN(hour12) ? hour : (hour12 % 12) + (this.#afternoon ? 12 : 0);
    const inYear = Number.isNaN(dayOfYear) ? ([month - 1, day] as const) : ([0, dayOfYear] as const);
    const calendar = Date.UTC(
      Number.isNaN(shortYear) ? year : fullYear(shortYear),
      ...inYear,
      fullHour,
      minute,
      second,
    );
    if (!this.#format.readable) this.ms = Number.NaN;
    else this.ms = Number.isNaN(epoch) ? calendar - this.#offsetMs : epoch * 1000;
    return true;
  }
}
