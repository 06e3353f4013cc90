import { createGzip } from 'node:zlib';
import type * as z from 'zod/mini';
import { evidenceSchema } from '../../core/model/evidence.ts';
import { reportSchema } from '../../core/model/report.ts';
import { CAPTURES } from '../../gather/files/kinds/captures.ts';
import { foreignFiles } from '../../gather/files/kinds/foreign.ts';
import { HEAD_BYTES, surestFormat, type InputFormat } from '../../gather/files/kinds/format.ts';
import { FORMATS, PROXY_LOGS } from '../../gather/files/formats.ts';
import type { Chunks } from '../../gather/files/open/byte-source.ts';
import { Trouble } from '../../gather/files/open/trouble.ts';
import { collect, fromUtf16, gunzip, peek } from '../../gather/files/open/unpack.ts';
import { ZipWriter } from '../../gather/files/open/zip-writer.ts';
import { readZip, type ZipArchive } from '../../gather/files/open/zip.ts';

export type Sink = (bytes: Uint8Array) => Promise<void>;

/** Changes the text of a file, chunk by chunk. */
export interface TextFilter {
  push(chunk: Uint8Array): readonly Uint8Array[];
  end(): readonly Uint8Array[];
}

export interface Treatment {
  /** A filter for one file; `isProxyLog`: lines of other machines may be left out. */
  text(place: string, isProxyLog: boolean): TextFilter;
  /** A document of this tool; null: it is treated as text. */
  document(place: string, document: OwnDocument): string | null;
  /** The name of a file in an archive, fit to be published. */
  name(name: string): string;
}

export type OwnDocument =
  | { readonly kind: 'evidence'; readonly value: z.infer<typeof evidenceSchema> }
  | { readonly kind: 'report'; readonly value: z.infer<typeof reportSchema> };

export interface Content {
  /** Its name in messages. */
  readonly place: string;
  readonly chunks: Chunks;
  /** The open file, for a ZIP; null: it comes through a pipe or is packed. */
  readonly archive: ZipArchive | null;
}

/** A log is packed once; a ZIP in a ZIP in a gzip is a joke. */
const PACKING_LIMIT = 3;
const DOCUMENT_LIMIT_BYTES = 67_108_864;
const PIPED_ZIP_LIMIT_BYTES = 268_435_456;
const FOREIGN: ReadonlySet<string> = new Set(foreignFiles('').map(({ id }) => id));
const CAPTURE_IDS: ReadonlySet<string> = new Set(CAPTURES.map(({ id }) => id));
const PROXY_LOG_IDS: ReadonlySet<string> = new Set(PROXY_LOGS.map(({ id }) => id));

/** Treats the texts in a file and packs the result as it was packed. Throws a {@link Trouble} where a file cannot be made safe. */
export async function treat(content: Content, treatment: Treatment, sink: Sink, packings = 0): Promise<void> {
  const { place } = content;
  const peeked = await peek(content.chunks, HEAD_BYTES);
  try {
    const { sample: bytes, chunks } = peeked;
    const format =
      surestFormat(FORMATS, { bytes, path: place, member: null, known: { given: null, configurations: [] } })?.format ??
      null;
    const id = format?.id ?? '';
    if (packings > PACKING_LIMIT) throw new Trouble('it is packed in itself too often');
    if (id === 'gzip') return await packed(place, gunzip(chunks), treatment, sink, packings);
    if (id === 'zip') return await treatZip(content, chunks, treatment, sink, packings);
    if (id === 'utf-16le' || id === 'utf-16be')
      return await treatText({ ...content, chunks: fromUtf16(chunks, id) }, treatment, sink, false);
    refuseOthers(format, bytes);
    if (id === 'evidence' || id === 'report') return await treatDocument(content, chunks, id, treatment, sink);
    return await treatText({ ...content, chunks }, treatment, sink, PROXY_LOG_IDS.has(id));
  } finally {
    await peeked.close();
  }
}

function refuseOthers(format: InputFormat | null, bytes: Uint8Array): void {
  if (format !== null && CAPTURE_IDS.has(format.id))
    throw new Trouble('packets cannot be made safe: post the report that "read" makes of this capture instead');
  if (format !== null && FOREIGN.has(format.id))
    throw new Trouble(`it is ${format.name}, no text: nothing was written`);
  if (bytes.includes(0)) throw new Trouble('it is no text: nothing was written');
}

async function treatText(
  { place, chunks }: Content,
  treatment: Treatment,
  sink: Sink,
  isProxyLog: boolean,
): Promise<void> {
  const filter = treatment.text(place, isProxyLog);
  for await (const chunk of chunks) for (const bytes of filter.push(chunk)) await sink(bytes);
  for (const bytes of filter.end()) await sink(bytes);
}

async function treatDocument(
  content: Content,
  chunks: Chunks,
  kind: OwnDocument['kind'],
  treatment: Treatment,
  sink: Sink,
): Promise<void> {
  const bytes = await collect(chunks, DOCUMENT_LIMIT_BYTES);
  if (bytes === null)
    throw new Trouble(`it has more than ${DOCUMENT_LIMIT_BYTES} bytes, as no document of this tool has`);
  const document = parsed(bytes.toString('utf8'), kind);
  const text = document && treatment.document(content.place, document);
  if (text === null) return treatText({ ...content, chunks: once(bytes) }, treatment, sink, false);
  return sink(Buffer.from(text));
}

/** null: of another version, or damaged. */
function parsed(text: string, kind: OwnDocument['kind']): OwnDocument | null {
  try {
    const value: unknown = JSON.parse(text);
    return kind === 'evidence'
      ? { kind, value: evidenceSchema.parse(value) }
      : { kind, value: reportSchema.parse(value) };
  } catch {
    return null;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function packed(
  place: string,
  chunks: Chunks,
  treatment: Treatment,
  sink: Sink,
  packings: number,
): Promise<void> {
  const gzip = createGzip();
  const writing = (async (): Promise<void> => {
    for await (const bytes of gzip) if (bytes instanceof Uint8Array) await sink(bytes);
  })();
  try {
    await treat({ place, chunks, archive: null }, treatment, (bytes) => put(gzip, bytes), packings + 1);
  } finally {
    gzip.end();
    await writing;
  }
}

function put(stream: NodeJS.WritableStream, bytes: Uint8Array): Promise<void> {
  // The bytes may be reused by their filter.
  return stream.write(Buffer.from(bytes)) ? Promise.resolve() : new Promise((resolve) => stream.once('drain', resolve));
}

/** Files of a ZIP that cannot be made safe are left out of it, each with a reason. */
async function treatZip(
  content: Content,
  chunks: Chunks,
  treatment: Treatment,
  sink: Sink,
  packings: number,
): Promise<void> {
  const archive = content.archive ?? (await collect(chunks, PIPED_ZIP_LIMIT_BYTES));
  if (archive === null)
    throw new Trouble(`a ZIP of more than ${PIPED_ZIP_LIMIT_BYTES} bytes cannot be read from a pipe: give the file`);
  const zip = new ZipWriter(sink);
  const left: string[] = [];
  const trouble = await readZip(archive, async (entry) => {
    const shown = treatment.name(entry.name);
    const place = `${content.place}/${shown}`;
    try {
      const opened = await entry.open();
      await zip.add(
        shown,
        collected((inner) => treat({ place, chunks: opened, archive: null }, treatment, inner, packings + 1)),
      );
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      left.push(`${shown}: ${error.message}`);
    }
  });
  await zip.end();
  if (trouble !== null) throw new Trouble(trouble);
  if (left.length > 0) throw new LeftOut(left);
}

/** The ZIP was written without these. */
export class LeftOut extends Trouble {
  readonly files: readonly string[];

  constructor(files: readonly string[]) {
    super(`${files.length} of its files were left out`);
    this.files = files;
  }
}

/** The output of a producer, on demand: each write waits until its bytes are taken. */
async function* collected(produce: (sink: Sink) => Promise<void>): AsyncGenerator<Uint8Array> {
  const queue: Uint8Array[] = [];
  let wake = (): void => undefined;
  let taken = (): void => undefined;
  const state: { end: 'open' | 'done' | 'failed'; error: unknown } = { end: 'open', error: null };
  const running = produce((bytes) => {
    queue.push(Buffer.from(bytes));
    wake();
    return new Promise((resolve) => (taken = resolve));
  }).then(
    () => (state.end = 'done'),
    (error: unknown) => {
      state.end = 'failed';
      state.error = error;
    },
  );
  void running.then(() => wake());
  for (;;) {
    const bytes = queue.shift();
    if (bytes !== undefined) {
      yield bytes;
      taken();
      continue;
    }
    if (state.end === 'failed') throw state.error;
    if (state.end === 'done') return;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}
