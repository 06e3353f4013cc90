import { basename } from 'node:path';
import { familyOf } from '../../core/address.ts';
import { CaptureReader } from '../../parse/capture.ts';
import { PmsLogReader } from '../../parse/pms-log.ts';
import { AccessLogReader } from '../../parse/squid-log.ts';
import type { SquidFormat } from '../../parse/squid-logformat.ts';
import { TinyproxyLogReader } from '../../parse/tinyproxy-log.ts';
import type { Chunks } from './byte-source.ts';
import { flowsOfCapture } from './capture-flows.ts';
import { namesHosts } from './log-format.ts';
import { noteOfCapture, noteOfLines, type Fed, type Note } from './notes.ts';
import type { ReadPmsLog } from './pms-logs.ts';
import type { AccessLogRecord, CaptureRecord } from './records.ts';
import type { Relevance } from './relevance.ts';
import { Trouble } from './trouble.ts';

export interface ReaderOptions {
  readonly signal: AbortSignal;
  readonly nowMs: number;
  /** Of `--client`; empty: all. */
  readonly clients: readonly string[];
  readonly relevance: Relevance;
}

/** Contents of one kind, with the name of their file. */
export interface Named {
  readonly path: string;
  readonly chunks: Chunks;
  /** What the source has to say when all was read. */
  readonly remarks: readonly string[];
}

export interface ReadContents<T> {
  readonly record: T;
  readonly note: Note;
}

const LINE_FEED = 0x0a;

export async function readCapture(named: Named, options: ReaderOptions): Promise<ReadContents<CaptureRecord>> {
  const reader = new CaptureReader();
  const fed = await feed(named, reader, options.signal);
  const summary = reader.end();
  const note = noteOfCapture(summary, fed);
  const captured = flowsOfCapture(reader, options.relevance);
  return { record: { path: named.path, summary, ...captured, troubles: note.problems }, note };
}

/** `format` null: it is tinyproxy's log, which has one format only. */
export async function readAccessLog(
  named: Named,
  format: SquidFormat | null,
  { signal, nowMs, clients }: ReaderOptions,
): Promise<ReadContents<AccessLogRecord>> {
  // An IPv6 address can be spelled otherwise than the log does: such a client is chosen from all of them later.
  const wanted = clients.length === 0 || clients.some((client) => familyOf(client) === 6) ? {} : { clients };
  const reader =
    format === null
      ? new TinyproxyLogReader({ nowMs, utcOffsetMinutes: -new Date(nowMs).getTimezoneOffset(), ...wanted })
      : new AccessLogReader({ format, ...wanted });
  const fed = await feed(named, reader, signal);
  const summary = reader.end();
  const note = noteOfLines(summary, fed);
  return {
    record: {
      path: named.path,
      summary,
      clients: reader.clientsSeen(),
      namesHosts: format === null || namesHosts(format),
      entries: (chosen, accepts) => reader.entries(chosen, accepts),
      troubles: format === null ? [...note.problems, NO_ZONE] : note.problems,
    },
    note,
  };
}

const NO_ZONE = 'its times name no zone and no year: those of this machine are assumed';

export async function readPmsLog(named: Named, { signal }: ReaderOptions): Promise<ReadContents<ReadPmsLog>> {
  const { path } = named;
  const name = basename(path).replace(/\.gz$/i, '');
  const reader = new PmsLogReader({ name });
  const fed = await feed(named, reader, signal);
  const summary = reader.end();
  const [requests, states, scans] = [reader.requests(), reader.states(), reader.scans()];
  return { record: { path, name, summary, requests, states, scans }, note: noteOfLines(summary, fed) };
}

interface Sink {
  push(chunk: Uint8Array): void;
}

async function feed({ chunks, remarks }: Named, sink: Sink, signal: AbortSignal): Promise<Fed> {
  let lastByte = LINE_FEED;
  let trouble: string | null = null;
  try {
    for await (const chunk of chunks) {
      stopIfAborted(signal);
      sink.push(chunk);
      lastByte = chunk.at(-1) ?? lastByte;
    }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    trouble = error.message;
  }
  return { trouble, remarks, endsInLine: lastByte !== LINE_FEED };
}

export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new Trouble('interrupted: the rest was not read');
}
