import { basename, dirname } from 'node:path';
import { hasPseudonyms, toStandIns } from '../../core/values/stand-ins.ts';
import { printable } from '../../core/values/printable.ts';
import type { LogConfiguration } from '../../parse/access-log/squid/config.ts';
import type { SquidFormat } from '../../parse/access-log/squid/format/logformat.ts';
import { openSource, type Chunks } from './open/byte-source.ts';
import { HEAD_BYTES, surestFormat, type ContentReader, type ReaderOptions } from './kinds/format.ts';
import { FORMATS } from './formats.ts';
import type { GivenFormat } from './kinds/squid-format.ts';
import { textOfNote, type Fed } from './kinds/notes.ts';
import type { InputPath } from './open/input-paths.ts';
import { stopIfAborted, Trouble } from './open/trouble.ts';
import { collect, peek } from './open/unpack.ts';
import { readZip, type ZipEntry } from './open/zip.ts';
import type { ReadFile, Records } from './join/records.ts';

/** Depth of packing: gzip in a ZIP in gzip is the deepest that occurs. */
const PACKING_LIMIT = 3;
/** A ZIP is read from its end: one that comes through a pipe is held in memory. */
const PIPED_ZIP_LIMIT_BYTES = 256 * 1024 * 1024;

/** Names of files that were left out, in one line. */
const NAMES_SHOWN = 5;

export interface ReadingOptions extends ReaderOptions {
  readonly signal: AbortSignal;
  /** Bytes of files as they are stored, all together. */
  readonly onBytes: (bytesRead: number, path: string) => void;
}

/** Bytes with a name, on their way to the reader of their kind. */
interface Stretch {
  readonly path: string;
  readonly chunks: Chunks;
  /** Remarks of the source, asked when all was read. */
  readonly remarks: readonly string[];
  /** The file as it is stored, for ZIPs; null once something was unpacked. */
  readonly file: { readonly fd: number; readonly sizeBytes: number } | null;
  readonly packings: number;
  /** It was found in a folder or ZIP: the user did not name it, and other kinds of files are to be expected there. */
  readonly found: boolean;
}

/** Reads one file after the other and keeps the results. */
export class Reading {
  readonly files: ReadFile[] = [];
  readonly evidence: string[] = [];
  readonly configurations: LogConfiguration[] = [];
  readonly #options: ReadingOptions;
  #records: Records = { captures: [], accessLogs: [], pmsLogs: [] };
  #given: SquidFormat | null = null;
  #bytesRead = 0;
  readonly #leftOut = new Map<string, readonly string[]>();

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  get records(): Records {
    return this.#records;
  }

  addConfiguration(path: string, configuration: LogConfiguration): void {
    this.configurations.push(configuration);
    const { formats, problems, includes } = configuration;
    const [problem] = problems;
    const found = formats.length === 0 ? 'no logformat' : `logformat ${formats.map(({ name }) => name).join(', ')}`;
    const included = includes.length === 0 ? '' : '; files that it includes were not read: give them too';
    if (problem === undefined) this.#add(path, 'squid-conf', 'read', `${found}${included}`);
    else this.#add(path, 'squid-conf', 'partly', `line ${problem.line}: ${problem.rule}; ${found}${included}`);
  }

  useFormat(given: GivenFormat): void {
    if ('format' in given) this.#given = given.format;
    else this.#add('--squid-logformat', 'squid-conf', 'not-read', given.problem);
  }

  async read({ path, trouble, found }: InputPath): Promise<void> {
    try {
      if (trouble !== null) throw new Trouble(trouble);
      const source = await openSource(path, this.#options.signal);
      try {
        const { handle, sizeBytes, remarks } = source;
        const file = handle === null || sizeBytes === null ? null : { fd: handle.fd, sizeBytes };
        await this.#readStretch({
          path,
          chunks: this.#counted(source.chunks, path),
          file,
          packings: 0,
          remarks,
          found,
        });
      } finally {
        await source.close();
      }
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.#add(path, 'unknown', 'not-read', error.message);
    }
  }

  async *#counted(chunks: Chunks, path: string): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      stopIfAborted(this.#options.signal);
      this.#advance(chunk.length, path);
      yield chunk;
    }
  }

  #advance(bytes: number, path: string): void {
    this.#bytesRead += bytes;
    this.#options.onBytes(this.#bytesRead, path);
  }

  #add(path: string, kind: string, state: ReadFile['state'], note: string | null): void {
    this.files.push({ path: printable(path), kind, state, note: note === null ? null : printable(note) });
  }

  async #readStretch(stretch: Stretch): Promise<void> {
    const raw = await peek(stretch.chunks, HEAD_BYTES);
    const peeked = hasPseudonyms(raw.sample) ? await peek(withStandIns(raw.chunks), HEAD_BYTES) : raw;
    try {
      await this.#open({ ...stretch, chunks: peeked.chunks }, peeked.sample);
    } finally {
      await peeked.close();
      if (peeked !== raw) await raw.close();
    }
  }

  async #open(stretch: Stretch, bytes: Uint8Array): Promise<void> {
    const { path, found } = stretch;
    const head = { bytes, path, member: null, known: { given: this.#given, configurations: this.configurations } };
    const match = surestFormat(FORMATS, head);
    if (match === null) throw new Error('a file is of no kind at all');
    const { id } = match.format;
    const opening = match.format.open(head, this.#options);
    switch (opening.kind) {
      case 'read':
        return this.#feed(stretch, opening.reader);
      case 'unpack':
        return this.#readPacked(stretch, id, opening.unpack);
      case 'archive':
        return this.#readZip(stretch, id);
      case 'evidence':
        return this.#noteEvidence(stretch, id);
      case 'refuse':
        return this.#add(path, id, 'not-read', opening.why);
      case 'leave':
        if (found) this.#leftOut.set(dirname(path), [...(this.#leftOut.get(dirname(path)) ?? []), basename(path)]);
        else this.#add(path, id, 'not-read', opening.why);
    }
  }

  async #feed(stretch: Stretch, reader: ContentReader): Promise<void> {
    const fed = await feed(stretch, reader, this.#options.signal);
    for (const { member, kind, note, records } of reader.end(fed)) {
      const path = member === null ? stretch.path : `${stretch.path}/${member}`;
      this.#add(path, kind, note.state, textOfNote(note));
      const { captures, accessLogs, pmsLogs } = this.#records;
      this.#records = {
        captures: [...captures, ...(records.captures ?? [])],
        accessLogs: [...accessLogs, ...(records.accessLogs ?? [])],
        pmsLogs: [...pmsLogs, ...(records.pmsLogs ?? [])],
      };
    }
  }

  /** To be called when all was read. */
  end(): void {
    const state = this.files.some((file) => file.state !== 'not-read') ? 'read' : 'not-read';
    for (const [folder, names] of this.#leftOut) {
      const shown = names.slice(0, NAMES_SHOWN).join(', ') + (names.length > NAMES_SHOWN ? ', …' : '');
      const count = names.length === 1 ? '1 file that is' : `${names.length} files that are`;
      this.#add(folder, 'unknown', state, `${count} empty or of another kind: left out (${shown})`);
    }
  }

  async #readPacked(stretch: Stretch, kind: string, unpack: (chunks: Chunks) => Chunks): Promise<void> {
    const { path, chunks, packings } = stretch;
    if (packings >= PACKING_LIMIT) return this.#add(path, kind, 'not-read', 'it is packed in itself too often');
    try {
      await this.#readStretch({ ...stretch, chunks: unpack(chunks), file: null, packings: packings + 1 });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.#add(path, kind, 'not-read', error.message);
    }
  }

  async #readZip(stretch: Stretch, kind: string): Promise<void> {
    const { path, chunks, file, packings } = stretch;
    if (packings >= PACKING_LIMIT) return this.#add(path, kind, 'not-read', 'it is packed in itself too often');
    const archive = file ?? (await collect(chunks, PIPED_ZIP_LIMIT_BYTES));
    if (archive === null) {
      return this.#add(
        path,
        kind,
        'not-read',
        `a ZIP of more than ${PIPED_ZIP_LIMIT_BYTES} bytes cannot be read from a pipe: give the file`,
      );
    }
    let entries = 0;
    const trouble = await readZip(archive, async (entry) => {
      entries += 1;
      await this.#readZipEntry(`${path}/${entry.name}`, entry, packings);
      if (file !== null) this.#advance(entry.packedBytes, path);
    });
    if (trouble !== null) this.#add(path, kind, entries > 0 ? 'partly' : 'not-read', trouble);
    else if (entries === 0) this.#add(path, kind, 'not-read', 'the ZIP holds no file');
    else this.#add(path, kind, 'read', null);
  }

  async #readZipEntry(path: string, entry: ZipEntry, packings: number): Promise<void> {
    try {
      stopIfAborted(this.#options.signal);
      await this.#readStretch({
        path,
        chunks: await entry.open(),
        file: null,
        packings: packings + 1,
        remarks: [],
        found: true,
      });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.#add(path, 'unknown', 'not-read', error.message);
    }
  }

  #noteEvidence({ path, packings }: Stretch, kind: string): void {
    if (packings > 0 || path === '-') {
      this.#add(path, kind, 'not-read', 'saved evidence: give the file itself, not packed and not through a pipe');
      return;
    }
    this.evidence.push(path);
    this.#add(path, kind, 'read', null);
  }
}

/** A log that was sanitized: readers of logs take names and addresses, and no pseudonyms. */
async function* withStandIns(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + Buffer.from(chunk).toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (end > 0) yield Buffer.from(toStandIns(text.slice(0, end)), 'latin1');
  }
  if (rest !== '') yield Buffer.from(toStandIns(rest), 'latin1');
}

const LINE_FEED = 0x0a;

async function feed({ chunks, remarks }: Stretch, reader: ContentReader, signal: AbortSignal): Promise<Fed> {
  let lastByte = LINE_FEED;
  let trouble: string | null = null;
  try {
    for await (const chunk of chunks) {
      stopIfAborted(signal);
      reader.push(chunk);
      lastByte = chunk.at(-1) ?? lastByte;
    }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    trouble = error.message;
  }
  return { trouble, remarks, endsInLine: lastByte !== LINE_FEED };
}
