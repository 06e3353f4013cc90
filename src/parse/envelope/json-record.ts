import {
  latin1Of,
  MORE,
  NOTHING_INSIDE,
  stripped,
  utf8Of,
  type Envelope,
  type Strip,
  type Stripped,
} from './envelope.ts';

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonShape {
  readonly id: string;
  readonly name: string;
  readonly isWeak?: boolean;
  /** null: the object is not of this shape. The text and source are in Unicode. */
  readonly take: (record: JsonObject) => Stripped | null;
}

/** Objects that a formatter has spread over several lines end within this. */
const RECORD_LIMIT = 1 << 18;

/** Records that are objects of JSON: one a line, spread over several lines, or the elements of an array. */
export function jsonEnvelope({ id, name, isWeak = false, take }: JsonShape): Envelope {
  const strip: Strip = (record) => {
    const elements = arrayOf(record);
    if (elements !== null) return joined(elements.map((element) => take(element)));
    const bare = record
      .trim()
      .replace(/^[[,]/, '')
      .replace(/[,\]]$/, '')
      .trim();
    if (bare === '') return /^[\s[\],]+$/.test(record) ? NOTHING_INSIDE : null;
    if (!bare.startsWith('{')) return null;
    const parsed = bare.endsWith('}') ? parseObject(bare) : null;
    if (parsed === null) return record.length < RECORD_LIMIT ? MORE : null;
    return joined([take(parsed)]);
  };
  return { id, name, isWeak, open: () => strip };
}

/** One or several records of a line as one. */
function joined(records: readonly (Stripped | null)[]): Stripped | null {
  const found = records.filter((each) => each !== null);
  const last = found.at(-1);
  if (last === undefined || found.length < records.length) return null;
  return { ...last, text: latin1Of(found.map(({ text }) => text?.replace(/\r?\n$/, '') ?? '').join('\n')) };
}

function parse(latin1: string): unknown {
  try {
    return JSON.parse(utf8Of(latin1));
  } catch {
    return null;
  }
}

function parseObject(latin1: string): JsonObject | null {
  const value = parse(latin1);
  return isObject(value) ? value : null;
}

/** The objects of an array that stands on one line. */
function arrayOf(record: string): readonly JsonObject[] | null {
  const value = /^\s*\[\s*\{/.test(record) && record.trimEnd().endsWith(']') ? parse(record) : null;
  return Array.isArray(value) && value.length > 0 && value.every(isObject) ? value : null;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textAt(record: JsonObject, key: string): string | null {
  const value = record[key];
  return typeof value === 'string' ? value : null;
}

/** The first of the keys under which a text stands. */
export function firstText(record: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const text = textAt(record, key);
    if (text !== null) return text;
  }
  return null;
}

/** Exports of log servers: the line under one of the usual names, at the top or in `_source`. */
export const JSON_LINES: Envelope = jsonEnvelope({
  id: 'json-lines',
  name: 'JSON with a line of a log in each object',
  isWeak: true,
  take: (record) => {
    const inner = record['_source'];
    const holder = isObject(inner) ? inner : record;
    const text = firstText(holder, ['message', 'msg', 'line', 'log', 'text', 'event']);
    return text === null ? null : stripped(text, firstText(holder, ['container_name', 'service', 'program', 'app']));
  },
});
