import { isPreferred, type Slot } from './codes.ts';
import type { FormatField, SquidFormat } from './logformat.ts';
import { TimeReader } from './strftime.ts';
import { isSlotValue, SLOT } from './values.ts';

export const SPACE = 0x20;
export const QUOTE = 0x22;
export const DASH = 0x2d;
const BRACKET = 0x5b;
export const BACKSLASH = 0x5c;

/** Digits of `%ts`, from 2001 to 2286. */
const EPOCH_DIGITS = 10;

/** One field of a format and the text after it, made ready for reading. */
export interface Step {
  readonly code: string;
  /** -1 for what is passed over. */
  readonly slot: number;
  readonly after: Uint8Array;
  readonly afterLength: number;
  /** First byte of `after`; -1 when there is none. */
  readonly stop: number;
  readonly last: boolean;
  /** Least number of bytes of a value, filled up with spaces; 0 when there is no such padding. */
  readonly padTo: number;
  readonly leftAligned: boolean;
  /** Spaces do not end the value. */
  readonly spaced: boolean;
  /** A backslash takes the meaning from the character after it. */
  readonly escaped: boolean;
  readonly shell: boolean;
  /** Number of digits of a time that touches the next field; 0 for all others. */
  readonly digits: number;
  readonly time: TimeReader | null;
  /** Nothing of the above: the value goes up to `stop`. */
  readonly simple: boolean;
}

export function stepsOf({ parts }: SquidFormat): Step[] {
  const chosen = chosenFields(parts.filter((part) => part.kind === 'field'));
  const steps: Step[] = [];
  for (const [index, field] of parts.entries()) {
    const before = parts[index - 1];
    const touches = before?.kind === 'field' && before.slot === null;
    // Fields that touch are passed over as one.
    if (field.kind !== 'field' || (touches && field.slot === null)) continue;
    const end = parts.findIndex((part, at) => at > index && (part.kind === 'literal' || part.slot !== null));
    const next = end < 0 ? undefined : parts[end];
    const run = parts.slice(index, field.slot === null ? (end < 0 ? parts.length : end) : index + 1);
    const literal = field.slot === null ? next : parts[index + 1];
    const after = Buffer.from(literal?.kind === 'literal' ? literal.text : '');
    const last = !parts.slice(index + run.length).some(({ kind }) => kind === 'field');
    const digits = field.slot === 'seconds' ? EPOCH_DIGITS : field.minWidth;
    const time = run.length === 1 && field.time?.known === true ? new TimeReader(field.time) : null;
    steps.push({
      code: field.code,
      slot: field.slot !== null && chosen.get(field.slot) === field ? SLOT[field.slot] : -1,
      after,
      afterLength: after.length,
      stop: after[0] ?? -1,
      last,
      padTo: field.zeroPadded || run.length > 1 ? 0 : field.minWidth,
      leftAligned: field.leftAligned,
      spaced: run.some((part) => part.kind === 'field' && (part.spaced || part.time !== null)),
      escaped: field.quoting === 'quotes',
      shell: field.quoting === 'shell' && run.length === 1,
      digits: after.length === 0 && !last ? digits : 0,
      time,
      simple: false,
    });
  }
  return steps.map((step) => ({ ...step, simple: isSimple(step) }));
}

function isSimple({ stop, last, padTo, leftAligned, spaced, shell, digits, time }: Step): boolean {
  return stop >= 0 && !last && !(padTo > 0 && leftAligned) && !spaced && !shell && digits === 0 && time === null;
}

/** One field for each slot: what the client itself sent before what Squid made of it, a time that can be read before another. */
function chosenFields(fields: readonly FormatField[]): Map<Slot, FormatField> {
  const chosen = new Map<Slot, FormatField>();
  for (const field of fields) {
    if (field.slot !== null && worth(field) > worth(chosen.get(field.slot))) chosen.set(field.slot, field);
  }
  return chosen;
}

function worth(field: FormatField | undefined): number {
  if (!field) return -1;
  return field.time ? Number(field.time.readable) : Number(isPreferred(field.code));
}

/** true when the bytes behind a value that ends at `at` are those that the format demands. */
export function follows(step: Step, bytes: Uint8Array, at: number, end: number): boolean {
  if (step.stop >= 0) return startsWith(bytes, at, end, step.after) && (!step.last || at + step.after.length === end);
  return !step.last || at === end || (!step.spaced && beginsHeaders(bytes, at, end));
}

/** `log_mime_hdrs on` appends ` [request headers] [reply headers]` to a built-in format; they are not looked at. */
function beginsHeaders(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[at] === SPACE && bytes[at + 1] === BRACKET && at + 1 < end;
}

export function startsWith(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Whether the bytes can be a value of the step's field, padding included. */
export function isValue(step: Step, bytes: Uint8Array, from: number, end: number): boolean {
  const dash = end - from === 1 && bytes[from] === DASH;
  if (dash) return true;
  // Padding on the left may have been taken away by a tool; padding on the right says where the value ends.
  if (step.leftAligned && end - from < step.padTo) return false;
  const start = step.padTo > 0 ? skipSpaces(bytes, from, end) : from;
  const stop = step.padTo > 0 ? skipSpacesBack(bytes, start, end) : end;
  if (step.slot >= 0 && !isSlotValue(step.slot, bytes, start, stop)) return false;
  if (step.spaced || step.shell) return true;
  for (let at = start; at < stop; at += 1) if (bytes[at] === SPACE) return false;
  return stop > start;
}

export function skipSpaces(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at += 1;
  return at;
}

export function skipSpacesBack(bytes: Uint8Array, from: number, end: number): number {
  let at = end;
  while (at > from && bytes[at - 1] === SPACE) at -= 1;
  return at;
}
