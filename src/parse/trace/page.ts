import { u32le } from '../packet/bytes.ts';
import type { PageLayout } from './format.ts';

/** Called with each record of a page: its time in milliseconds of the trace's clock, and where it lies. */
export type OnRecord = (atMs: number, start: number, end: number) => void;

/** Flags in the word with the length of the data (include/linux/ring_buffer.h, and kbuffer of libtraceevent). */
const LENGTH_MASK = 0x7ff_ffff;
const IS_MISSING = 0x8000_0000;
const IS_COUNT_STORED = 0x4000_0000;

/** Values of `type_len` that stand for no record of so many words. */
const PADDING = 29;
const TIME_EXTEND = 30;
const TIME_STAMP = 31;
const DELTA_BITS = 27;
const HEADER_BYTES = 4;
const NS_PER_MS = 1e6;

/**
 * Reads one page of a ring buffer, as `per_cpu/cpuN/trace_pipe_raw` hands it over. The value: how many records were overwritten before
 * it; null when the kernel lost some and did not say how many. A page that is cut or damaged gives the records up to there.
 */
export function readPage(bytes: Uint8Array, layout: PageLayout, onRecord: OnRecord): number | null {
  const { commitOffset, dataOffset } = layout;
  const commit = u32le(bytes, commitOffset);
  const end = Math.min(bytes.length, dataOffset + (commit & LENGTH_MASK));
  let timeNs = u64le(bytes, 0);
  for (let at = dataOffset; at + HEADER_BYTES <= end;) {
    const header = u32le(bytes, at);
    const kind = header & 0x1f;
    const delta = header >>> 5;
    const body = at + HEADER_BYTES;
    const word = u32le(bytes, body);
    if (kind === PADDING) {
      // Without a distance to the event before, nothing follows on this page.
      if (delta === 0) break;
      timeNs += delta;
      at = body + word;
    } else if (kind === TIME_EXTEND) {
      timeNs += word * 2 ** DELTA_BITS + delta;
      at = body + HEADER_BYTES;
    } else if (kind === TIME_STAMP) {
      timeNs = word * 2 ** DELTA_BITS + delta;
      at = body + HEADER_BYTES;
    } else {
      timeNs += delta;
      const start = kind === 0 ? body + HEADER_BYTES : body;
      const next = kind === 0 ? body + ((word + 3) & ~3) : body + 4 * kind;
      // A length that leads nowhere would read the same place for ever.
      if (next < start || next > end) break;
      onRecord(timeNs / NS_PER_MS, start, next);
      at = next;
    }
  }
  return lostBefore(bytes, layout, commit);
}

function lostBefore(bytes: Uint8Array, { dataOffset, wordBytes }: PageLayout, commit: number): number | null {
  if ((commit & IS_MISSING) === 0) return 0;
  if ((commit & IS_COUNT_STORED) === 0) return null;
  const at = dataOffset + (commit & LENGTH_MASK);
  if (at + wordBytes > bytes.length) return null;
  return wordBytes === 8 ? u64le(bytes, at) : u32le(bytes, at);
}

/** Exact up to 2^53: nanoseconds of a machine that has run for 104 days, and to a few of them for a machine that has run for decades. */
function u64le(bytes: Uint8Array, at: number): number {
  return u32le(bytes, at) + u32le(bytes, at + 4) * 2 ** 32;
}
