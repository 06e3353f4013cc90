/**
 * Lines of logs are passed on in envelopes: syslog, container logs, exports of log servers, what people paste. Text is handled as Latin-1,
 * which keeps every byte.
 */

/** The content of one record of an envelope. */
export interface Stripped {
  /** Several lines are separated by a line feed. null: nothing of a log is in it, as in a table's header or a fence. */
  readonly text: string | null;
  /** The program or file that wrote it, where the envelope names one of several. */
  readonly source: string | null;
  /** The text goes on in the next record of the same source. */
  readonly continues: boolean;
}

/** The record goes on in the next line. */
export const MORE = 'more';

/** Takes the records of one stream out of their envelope; null: it is not in this one. */
export type Strip = (record: string) => Stripped | typeof MORE | null;

export interface Envelope {
  readonly id: string;
  /** As people know it. */
  readonly name: string;
  /** Other text has such marks too: believed only where a log is found inside. */
  readonly isWeak: boolean;
  /** Whether the beginning of a stream is in it, where the share of its lines does not tell. */
  readonly applies?: (lines: readonly string[]) => boolean;
  /** For one stream: what an envelope remembers of earlier lines is in here. */
  readonly open: () => Strip;
}

/** An envelope around each line for itself: a pattern with the groups `text` and, if it tells, `source`. */
export function linePattern(id: string, name: string, pattern: RegExp, isWeak = false): Envelope {
  const strip: Strip = (line) => {
    const groups = pattern.exec(line)?.groups;
    return groups?.['text'] === undefined ? null : stripped(groups['text'], groups['source'] ?? null);
  };
  return { id, name, isWeak, open: () => strip };
}

export function stripped(text: string, source: string | null = null): Stripped {
  return { text, source: source === '' ? null : source, continues: false };
}

export const NOTHING_INSIDE: Stripped = { text: null, source: null, continues: false };

export function utf8Of(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

export function latin1Of(utf8: string): string {
  return Buffer.from(utf8, 'utf8').toString('latin1');
}

/** RFC 3339, with the separators and zones that programs write. */
export const ISO_TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)`;
