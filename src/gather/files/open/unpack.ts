import { crc32, createGunzip } from 'node:zlib';
import { systemErrorCode } from '../../system/errors.ts';
import type { Chunks } from './byte-source.ts';
import { Trouble } from './trouble.ts';

/** Logs shrink to a thirtieth, at times to a hundredth; a file that unpacks to more than this was made to fill memories. */
const UNPACK_RATIO_LIMIT = 250;
/** Below this many bytes no ratio is suspicious. */
const UNPACK_FREE_BYTES = 128 * 1024 * 1024;
/** The output of one slice is held in memory: at most a thousand times as much (RFC 1951 allows 1032 to 1). */
const PACKED_SLICE_BYTES = 32 * 1024;
const UNPACKED_CHUNK_BYTES = 256 * 1024;

/** The first bytes of a source, and all of them for the reader that is chosen by them. */
export interface Peeked {
  readonly sample: Uint8Array;
  readonly chunks: Chunks;
  /** The caller calls this when it has read enough of `chunks`. */
  close(): Promise<void>;
}

/**
 * Takes at least `sampleBytes` bytes, or all, from the front. A {@link Trouble} on the way is thrown behind the bytes before it, or at once
 * when there are none.
 */
export async function peek(chunks: Chunks, sampleBytes: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  let sample: Uint8Array = new Uint8Array();
  let end: 'open' | 'end' | Trouble = 'open';
  while (end === 'open' && sample.length < sampleBytes) {
    const next = await iterator.next().catch(asTrouble);
    if (next instanceof Trouble) end = next;
    else if (next.done === true) end = 'end';
    // One chunk is enough for most and stays in place; joined chunks have to be copied, because a chunk lives only until the next one.
    else
      sample =
        sample.length === 0 && next.value.length >= sampleBytes ? next.value : Buffer.concat([sample, next.value]);
  }
  if (end instanceof Trouble && sample.length === 0) throw end;
  const close = async (): Promise<void> => {
    await iterator.return?.();
  };
  return { sample, chunks: rest(sample, end, iterator), close };
}

function asTrouble(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  throw error;
}

async function* rest(
  sample: Uint8Array,
  end: 'open' | 'end' | Trouble,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (sample.length > 0) yield sample;
  if (end instanceof Trouble) throw end;
  if (end === 'end') return;
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) return;
    yield value;
  }
}

/**
 * Unpacks gzip, of one member or several. Bytes unpacked before a trouble are handed over first. While the caller works on one
 * slice, the next one is unpacked in another thread.
 */
export async function* gunzip(packed: Chunks): AsyncGenerator<Uint8Array> {
  const stream = new GunzipSlices();
  let packedBytes = 0;
  let unpackedBytes = 0;
  const taken = function* (): Generator<Uint8Array> {
    for (const bytes of stream.take()) {
      unpackedBytes += bytes.length;
      yield bytes;
      checkRatio(unpackedBytes, packedBytes);
    }
  };
  try {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.length && stream.failure === null; at += PACKED_SLICE_BYTES) {
        const slice = chunk.subarray(at, at + PACKED_SLICE_BYTES);
        packedBytes += slice.length;
        const written = stream.write(slice);
        yield* taken();
        await written;
      }
      if (stream.failure !== null) break;
    }
    await stream.end();
    yield* taken();
    if (stream.failure !== null) throw gzipTrouble(stream.failure, unpackedBytes);
  } finally {
    stream.destroy();
  }
}

/** zlib's stream with a queue for its output: a stream that fails loses the bytes in its own buffer. */
class GunzipSlices {
  readonly #stream = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  readonly #closed: Promise<void>;
  #queue: Uint8Array[] = [];
  failure: unknown = null;

  constructor() {
    this.#stream.on('data', (bytes: Buffer) => this.#queue.push(bytes));
    this.#closed = new Promise((resolve) => {
      this.#stream.on('error', (error) => (this.failure = error)).on('close', resolve);
    });
  }

  /** Resolves when the slice is unpacked or has failed: zlib does not call back for the write that fails. */
  write(slice: Uint8Array): Promise<unknown> {
    return Promise.race([this.#closed, new Promise((resolve) => this.#stream.write(slice, resolve))]);
  }

  end(): Promise<void> {
    this.#stream.end();
    return this.#closed;
  }

  take(): readonly Uint8Array[] {
    const taken = this.#queue;
    this.#queue = [];
    return taken;
  }

  destroy(): void {
    this.#stream.destroy();
  }
}

/** Throws a {@link Trouble} at a file that was made to fill memories. */
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

/** Compares the bytes that pass with their checksum, at the end. */
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
