import { basename, dirname } from 'node:path';
import { printable } from '../../core/printable.ts';
import type { LogConfiguration } from '../../parse/squid-config.ts';
import type { SquidFormat } from '../../parse/squid-logformat.ts';
import { openSource, type Chunks } from './byte-source.ts';
import {
  readAccessLog,
  readCapture,
  readPmsLog,
  stopIfAborted,
  type Named,
  type ReaderOptions,
} from './content-readers.ts';
import { contentsOf, isSquidConf, nameOfText, SAMPLE_BYTES } from './file-kind.ts';
import type { InputPath } from './input-paths.ts';
import { formatOf, type GivenFormat } from './log-format.ts';
import type { ReadPmsLog } from './pms-logs.ts';
import type { AccessLogRecord, CaptureRecord, FileKind, ReadFile, Records } from './records.ts';
import { Trouble } from './trouble.ts';
import { collect, fromUtf16, gunzip, peek, type Peeked } from './unpack.ts';
import { readZip, type ZipEntry } from './zip.ts';

/** gzip in a ZIP in gzip: nobody packs deeper. */
const PACKING_LIMIT = 3;
/** A ZIP is read from its end: one that comes through a pipe is held in memory. */
const PIPED_ZIP_LIMIT_BYTES = 256 * 1024 * 1024;

/** Names of files that were left out, in one line. */
const NAMES_SHOWN = 5;

export interface ReadingOptions extends ReaderOptions {
  /** Bytes of files as they lie there, all together. */
  readonly onBytes: (bytesRead: number, path: string) => void;
}

/** Bytes with a name, on their way to the reader of their kind. */
interface Stretch extends Named {
  /** The file as it lies there, for ZIPs; null once something was unpacked. */
  readonly file: { readonly fd: number; readonly sizeBytes: number } | null;
  readonly packings: number;
  /** It was found in a folder or ZIP: the user did not name it, and other kinds of files are to be expected there. */
  readonly found: boolean;
}

/** Reads one file after the other and keeps what they say. */
export class Reading {
  readonly files: ReadFile[] = [];
  readonly evidence: string[] = [];
  readonly configurations: LogConfiguration[] = [];
  readonly #options: ReadingOptions;
  readonly #captures: CaptureRecord[] = [];
  readonly #accessLogs: AccessLogRecord[] = [];
  readonly #pmsLogs: ReadPmsLog[] = [];
  #given: SquidFormat | null = null;
  #bytesRead = 0;
  readonly #leftOut = new Map<string, readonly string[]>();

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  get records(): Records {
    return { captures: this.#captures, accessLogs: this.#accessLogs, pmsLogs: this.#pmsLogs };
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

  #add(path: string, kind: FileKind, state: ReadFile['state'], note: string | null): void {
    this.files.push({ path: printable(path), kind, state, note: note === null ? null : printable(note) });
  }

  async #readStretch(stretch: Stretch): Promise<void> {
    const peeked = await peek(stretch.chunks, SAMPLE_BYTES);
    try {
      await this.#dispatch({ ...stretch, chunks: peeked.chunks }, peeked);
    } finally {
      await peeked.close();
    }
  }

  async #dispatch(stretch: Stretch, { sample }: Peeked): Promise<void> {
    const { path } = stretch;
    const contents = contentsOf(sample);
    switch (contents.kind) {
      case 'pcap':
      case 'pcapng':
        return this.#readCapture(stretch, contents.kind);
      case 'gzip':
      case 'utf-16le':
      case 'utf-16be':
        return this.#readPacked(stretch, contents.kind);
      case 'zip':
        return this.#readZip(stretch);
      case 'pms-log':
        return this.#readPmsLog(stretch);
      case 'tinyproxy':
        return this.#readAccessLog(stretch, 'tinyproxy', null);
      case 'text':
        return this.#readText(stretch, sample);
      case 'evidence':
        return this.#noteEvidence(stretch);
      case 'report':
        return this.#add(
          path,
          'report',
          'not-read',
          'a report of this tool: "compare" reads reports; give the evidence that --save-evidence wrote',
        );
      case 'empty':
        return this.#leave(stretch, 'empty', 'it is empty');
      case 'foreign':
        return this.#add(path, 'unknown', 'not-read', `it is ${contents.what}`);
    }
  }

  /** What was not asked for by name and is no log needs no line of its own. */
  #leave({ path, found }: Stretch, kind: 'empty' | 'unknown', note: string): void {
    if (found) this.#leftOut.set(dirname(path), [...(this.#leftOut.get(dirname(path)) ?? []), basename(path)]);
    else this.#add(path, kind, 'not-read', note);
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

  async #readPacked(stretch: Stretch, kind: 'gzip' | 'utf-16le' | 'utf-16be'): Promise<void> {
    const { path, chunks, packings } = stretch;
    if (packings >= PACKING_LIMIT) return this.#add(path, 'gzip', 'not-read', 'it is packed in itself too often');
    const unpacked = kind === 'gzip' ? gunzip(chunks) : fromUtf16(chunks, kind);
    try {
      await this.#readStretch({ ...stretch, chunks: unpacked, file: null, packings: packings + 1 });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.#add(path, 'gzip', 'not-read', error.message);
    }
  }

  async #readZip(stretch: Stretch): Promise<void> {
    const { path, chunks, file, packings } = stretch;
    if (packings >= PACKING_LIMIT) return this.#add(path, 'zip', 'not-read', 'it is packed in itself too often');
    const archive = file ?? (await collect(chunks, PIPED_ZIP_LIMIT_BYTES));
    if (archive === null) {
      return this.#add(
        path,
        'zip',
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
    if (trouble !== null) this.#add(path, 'zip', entries > 0 ? 'partly' : 'not-read', trouble);
    else if (entries === 0) this.#add(path, 'zip', 'not-read', 'the ZIP holds no file');
    else this.#add(path, 'zip', 'read', null);
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

  #noteEvidence({ path, packings }: Stretch): void {
    if (packings > 0 || path === '-') {
      this.#add(
        path,
        'evidence',
        'not-read',
        'saved evidence: give the file itself, not packed and not through a pipe',
      );
      return;
    }
    this.evidence.push(path);
    this.#add(path, 'evidence', 'read', null);
  }

  async #readCapture(stretch: Stretch, kind: 'pcap' | 'pcapng'): Promise<void> {
    const { record, note } = await readCapture(stretch, this.#options);
    this.#add(stretch.path, kind, note.state, note.text);
    this.#captures.push(record);
  }

  async #readText(stretch: Stretch, sample: Uint8Array): Promise<void> {
    const { path } = stretch;
    const format = formatOf(sample, path, { given: this.#given, configurations: this.configurations });
    if (format !== null) return this.#readAccessLog(stretch, 'squid', format);
    if (isSquidConf(sample)) {
      return this.#add(
        path,
        'squid-conf',
        'not-read',
        'a squid.conf is read from a plain file only: give it as it lies in /etc/squid',
      );
    }
    this.#leave(stretch, 'unknown', `it is ${nameOfText(sample)}`);
  }

  async #readAccessLog(stretch: Stretch, kind: 'squid' | 'tinyproxy', format: SquidFormat | null): Promise<void> {
    const { record, note } = await readAccessLog(stretch, format, this.#options);
    this.#add(stretch.path, kind, note.state, note.text);
    this.#accessLogs.push(record);
  }

  async #readPmsLog(stretch: Stretch): Promise<void> {
    const { record, note } = await readPmsLog(stretch, this.#options);
    this.#add(stretch.path, 'pms-log', note.state, note.text);
    this.#pmsLogs.push(record);
  }
}
