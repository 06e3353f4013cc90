import { crc32, createGunzip } from 'node:zlib';
import { systemErrorCode } from '../pms/files.ts';
import type { Chunks } from './byte-source.ts';
import { Trouble } from './trouble.ts';

/** Logs shrink to a thirtieth, at times to a hundredth; what unpacks to more than this was made to fill memories. */
export const UNPACK_RATIO_LIMIT = 250;
/** Below this many bytes no ratio is suspicious. */
export const UNPACK_FREE_BYTES = 128 * 1024 * 1024;
const UNPACKED_CHUNK_BYTES = 1024 * 1024;

/** The first bytes of a source, and all of them for whoever reads it then. */
export interface Peeked {
  readonly sample: Uint8Array;
  /** The sample is all there is. */
  readonly whole: boolean;
  readonly chunks: Chunks;
  /** To be called when `chunks` has been read as far as wanted. */
  close(): Promise<void>;
}

/** Takes at least `sampleBytes` bytes, or all, from the front. */
export async function peek(chunks: Chunks, sampleBytes: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  let sample: Uint8Array = new Uint8Array();
  let whole = false;
  while (sample.length < sampleBytes) {
    const { value, done } = await iterator.next();
    if (done === true) {
      whole = true;
      break;
    }
    // One chunk is enough for most and stays where it is; what is joined has to be copied, since chunks live until the next one.
    sample = sample.length === 0 && value.length >= sampleBytes ? value : Buffer.concat([sample, value]);
  }
  const close = async (): Promise<void> => {
    await iterator.return?.();
  };
  return { sample, whole, chunks: rest(sample, whole, iterator), close };
}

async function* rest(
  sample: Uint8Array,
  whole: boolean,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (sample.length > 0) yield sample;
  if (whole) return;
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) return;
    yield value;
  }
}

/** Unpacks gzip, of one member or several. What could be unpacked before a trouble is handed over first. */
export async function* gunzip(packed: Chunks): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  let packedBytes = 0;
  let failure: unknown = null;
  const feed = async (): Promise<void> => {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      // The chunk belongs to zlib until its callback.
      const failed = await new Promise<boolean>((resolve) => {
        stream.write(chunk, (error) => resolve(error !== null && error !== undefined));
      });
      if (failed || stream.destroyed) return;
    }
    stream.end();
  };
  const fed = feed().catch((error: unknown) => {
    failure = error;
    stream.destroy();
  });
  let unpackedBytes = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      unpackedBytes += bytes.length;
      yield bytes;
      checkRatio(unpackedBytes, packedBytes);
    }
  } catch (error) {
    if (failure === null) throw gzipTrouble(error, unpackedBytes);
  } finally {
    stream.destroy();
    await fed;
  }
  if (failure !== null) throw failure;
}

/** Throws a {@link Trouble} at what was made to fill memories. */
export function checkRatio(unpackedBytes: number, packedBytes: number): void {
  if (unpackedBytes > UNPACK_FREE_BYTES && unpackedBytes > packedBytes * UNPACK_RATIO_LIMIT) {
    throw new Trouble(
      `it unpacks to more than ${UNPACK_RATIO_LIMIT} times its size, as no log does; the first ${unpackedBytes} bytes were read`,
    );
  }
}

function gzipTrouble(error: unknown, unpackedBytes: number): unknown {
  if (error instanceof Trouble) return error;
  const code = systemErrorCode(error);
  if (code === 'Z_BUF_ERROR') return new Trouble(`the gzip data is cut: it ends after ${unpackedBytes} unpacked bytes`);
  return code?.startsWith('Z_') === true
    ? new Trouble(`the gzip data is damaged after ${unpackedBytes} unpacked bytes`)
    : error;
}

/** Turns UTF-16, as Windows editors save it, into UTF-8. */
export async function* fromUtf16(chunks: Chunks, encoding: 'utf-16le' | 'utf-16be'): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Compares what passes with its checksum, at the end of it. */
export async function* checked(chunks: Chunks, expectedCrc32: number): AsyncGenerator<Uint8Array> {
  let sum = 0;
  for await (const chunk of chunks) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== expectedCrc32) throw new Trouble('it is damaged: its checksum does not fit');
}

/** All bytes, up to a limit; null when there are more. */
export async function collect(chunks: Chunks, limitBytes: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > limitBytes) return null;
    parts.push(Buffer.from(chunk));
  }
  return Buffer.concat(parts);
}
