import { addressBytes, samePrefix } from '../../core/values/address.ts';

/** Ranges of addresses, as their owner publishes them. */
export interface PublishedRanges {
  /** The user's name for them. */
  readonly of: string;
  readonly ranges: readonly Range[];
}

interface Range {
  readonly prefix: string;
  readonly bytes: Uint8Array;
  readonly bits: number;
}

export interface FoundRange {
  readonly of: string;
  readonly prefix: string;
}

/**
 * The ranges of a file: every prefix in a document of JSON, whatever its keys are called, or the first word of each line, as lists of text and
 * geofeeds (RFC 8805) have it. Empty: it holds none.
 */
export function readRanges(text: string): readonly Range[] {
  const words = /^\s*[[{]/.test(text)
    ? wordsOf(parsed(text))
    : text.split('\n').map((line) => line.split(/[\s,;#]/)[0]);
  return [...new Set(words)].flatMap((word) => rangeOf(word ?? '') ?? []);
}

/** The narrowest of the ranges that hold an address; null: none does. */
export function rangeOfAddress(address: string, published: readonly PublishedRanges[]): FoundRange | null {
  const bytes = addressBytes(address);
  if (bytes === null) return null;
  const holding = published.flatMap(({ of, ranges }) =>
    ranges.filter((range) => samePrefix(range.bytes, bytes, range.bits)).map((range) => ({ of, ...range })),
  );
  const narrowest = holding.toSorted((a, b) => b.bits - a.bits)[0];
  return narrowest === undefined ? null : { of: narrowest.of, prefix: narrowest.prefix };
}

function rangeOf(word: string): Range | null {
  const [address = '', length] = word.split('/');
  const bytes = addressBytes(address);
  if (bytes === null || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const bits = length === undefined ? bytes.length * 8 : Number(length);
  // The whole of a family is no range.
  return bits === 0 || bits > bytes.length * 8 ? null : { prefix: `${address}/${bits}`, bytes, bits };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/** All texts of a document, without recursion: its depth is the file's. */
function wordsOf(document: unknown): readonly string[] {
  const words: string[] = [];
  const open: unknown[] = [document];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') words.push(value);
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) open.push(each);
  }
  return words;
}
