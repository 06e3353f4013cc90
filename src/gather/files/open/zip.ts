import { fromBufferPromise, fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { printable } from '../../../core/values/printable.ts';
import type { Chunks } from './byte-source.ts';
import { Trouble } from './trouble.ts';
import { checked, checkRatio } from './unpack.ts';

/** The ZIP of `GET /diagnostics/logs` has about a hundred. */
const ZIP_ENTRIES_LIMIT = 5_000;
const NAME_LIMIT = 300;

export interface ZipEntry {
  /** As written in the ZIP, safe to print. It is a name to show, never a path to open. */
  readonly name: string;
  readonly packedBytes: number;
  /** Unpacks it. Throws a {@link Trouble} when it cannot be unpacked. */
  open(): Promise<Chunks>;
}

/** A ZIP in memory, or an open file. */
export type ZipArchive = Buffer | { readonly fd: number; readonly sizeBytes: number };

/** Visits the files in a ZIP one after the other. Returns the problem of the ZIP itself, or null. */
export async function readZip(archive: ZipArchive, visit: (entry: ZipEntry) => Promise<void>): Promise<string | null> {
  // Names are not decoded by yauzl, which would refuse the whole ZIP for a bad one.
  const options = { decodeStrings: false, autoClose: false };
  const opening = Buffer.isBuffer(archive) ? fromBufferPromise(archive, options) : fromFdPromise(archive.fd, options);
  const zip = await opening.catch(() => null);
  if (zip === null) return 'the ZIP is cut or damaged: the list of its files, which stands at its end, cannot be read';
  const meter = new Meter(Buffer.isBuffer(archive) ? archive.length : archive.sizeBytes);
  for (let visited = 0; ; visited += 1) {
    const entry = await nextEntry(zip);
    if (entry === null) return null;
    if (typeof entry === 'string') return `${entry}; ${visited} files before it were read`;
    if (visited >= ZIP_ENTRIES_LIMIT) return `it holds more than ${ZIP_ENTRIES_LIMIT} files: the others were left out`;
    const name = nameOf(entry);
    if (name.endsWith('/')) continue;
    await visit({ name, packedBytes: entry.compressedSize, open: () => openEntry(zip, entry, meter) });
    if (meter.trouble !== null) return meter.trouble.message;
  }
}

/** Counts the unpacked bytes of a whole ZIP: its files can share their packed bytes, so that each of them looks harmless. */
class Meter {
  readonly #archiveBytes: number;
  #unpackedBytes = 0;
  trouble: Trouble | null = null;

  constructor(archiveBytes: number) {
    this.#archiveBytes = archiveBytes;
  }

  /** Throws a {@link Trouble} when it is too much. */
  add(bytes: number): void {
    this.#unpackedBytes += bytes;
    try {
      checkRatio(this.#unpackedBytes, this.#archiveBytes);
    } catch (error) {
      if (error instanceof Trouble) this.trouble = error;
      throw error;
    }
  }
}

/** null at the end; a text when the list of files cannot be read on. */
function nextEntry(zip: ZipFile): Promise<Entry | string | null> {
  return new Promise((resolve) => {
    const settle = (result: Entry | string | null): void => {
      zip.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error');
      // A late error of a closed ZIP must not end the process.
      zip.on('error', () => null);
      resolve(result);
    };
    zip.once('entry', (entry: Entry) => settle(entry));
    zip.once('end', () => settle(null));
    zip.once('error', () => settle('the ZIP is damaged in the list of its files'));
    zip.readEntry();
  });
}

function nameOf({ fileNameRaw }: Entry): string {
  return printable(fileNameRaw.toString('utf8')).slice(0, NAME_LIMIT);
}

async function openEntry(zip: ZipFile, entry: Entry, meter: Meter): Promise<Chunks> {
  if (entry.isEncrypted()) throw new Trouble('it is encrypted: unpack it with its password first');
  if (!entry.canDecodeFileData()) {
    throw new Trouble(`its compression method (${entry.compressionMethod}) is not read: unpack the ZIP first`);
  }
  const stream = await zip.openReadStreamPromise(entry).catch(() => null);
  if (stream === null) throw new Trouble('it is damaged: it does not stand where the ZIP says');
  return checked(unpacked(stream, meter), entry.crc32);
}

async function* unpacked(stream: AsyncIterable<unknown>, meter: Meter): AsyncGenerator<Uint8Array> {
  let unpackedBytes = 0;
  try {
    for await (const chunk of stream) {
      if (!(chunk instanceof Uint8Array)) continue;
      unpackedBytes += chunk.length;
      yield chunk;
      meter.add(chunk.length);
    }
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble(`it is damaged after ${unpackedBytes} unpacked bytes`);
  }
}
