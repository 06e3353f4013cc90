import type { Relevance } from '../../flows/relevance.ts';
import type { KnownFormats } from './squid-format.ts';
import type { Fed, Note } from './notes.ts';
import type { Chunks } from '../open/byte-source.ts';
import type { Records } from '../join/records.ts';

/** Enough for the first lines of any log, also with the headers of `log_mime_hdrs`. */
export const HEAD_BYTES = 64 * 1024;

/** Only this format begins so: a magic number, or lines of a shape that is one program's own. */
export const CERTAIN = 1;
/** Looks like it at first sight, without further evidence. Logs are recognised by at least half of their lines (LEAST_SHARE). */
export const APPARENT = 0.25;

/** The beginning of a file, with what the other files and the options say about formats. */
export interface Head {
  /** At least `HEAD_BYTES`, or all. */
  readonly bytes: Uint8Array;
  readonly path: string;
  /** When the file holds several logs: the program or file that wrote this one. */
  readonly member: string | null;
  readonly known: KnownFormats;
}

export interface ReaderOptions {
  readonly nowMs: number;
  /** The clients of `--client`; empty: all. */
  readonly clients: readonly string[];
  readonly relevance: Relevance;
}

/** Result of reading one log; a file can hold several. */
export interface ReadContent {
  /** When the file holds several logs: the program or file that wrote this one; null: there is only one. */
  readonly member: string | null;
  /** Id of its format. */
  readonly kind: string;
  readonly note: Note;
  readonly records: Partial<Records>;
}

/** Takes the bytes of one file in chunks, and gives the result at the end. */
export interface ContentReader {
  push(chunk: Uint8Array): void;
  end(fed: Fed): readonly ReadContent[];
}

/** The way in which a file is handled. */
export type Opening =
  | { readonly kind: 'read'; readonly reader: ContentReader }
  /** It holds other bytes, packed or encoded. */
  | { readonly kind: 'unpack'; readonly unpack: (chunks: Chunks) => Chunks }
  /** It holds files. */
  | { readonly kind: 'archive' }
  /** Evidence that this tool saved; another part of the program loads it. */
  | { readonly kind: 'evidence' }
  /** It cannot be read, and the user must know why. */
  | { readonly kind: 'refuse'; readonly why: string }
  /** It does not concern us: reported only when the user named this file itself, not just its folder. */
  | { readonly kind: 'leave'; readonly why: string };

/** One kind of file. */
export interface InputFormat {
  readonly id: string;
  /** With its article, as people read it. */
  readonly name: string;
  /** Certainty, by the first bytes alone, that a file is of this kind: from 0 (it is not) to {@link CERTAIN}. Pure. */
  readonly detect: (head: Head) => number;
  readonly open: (head: Head, options: ReaderOptions) => Opening;
}

export interface Match {
  readonly format: InputFormat;
  readonly certainty: number;
}

/** The surest of the formats; of equally sure ones the first. */
export function surestFormat(formats: readonly InputFormat[], head: Head): Match | null {
  let best: Match | null = null;
  for (const format of formats) {
    const certainty = format.detect(head);
    if (certainty > (best?.certainty ?? 0)) best = { format, certainty };
    if (certainty === CERTAIN) break;
  }
  return best;
}
