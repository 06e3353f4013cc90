import { constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Trouble, troubleOf } from './trouble.ts';

/** Two of these fit into the cache of a core, so that the bytes are still there when they are parsed; larger ones are slower. */
const CHUNK_BYTES = 256 * 1024;
/** Files of procfs report a size of 0. They are read up to a limit. */
const SIZELESS_LIMIT_BYTES = 64 * 1024 * 1024;
const STDIN_FD = 0;

/** Bytes in order. A chunk is only valid until the next one is asked for. Reading may end in a {@link Trouble}. */
export type Chunks = AsyncIterable<Uint8Array>;

/** An opened file or pipe. */
export interface ByteSource {
  /** null for pipes. */
  readonly sizeBytes: number | null;
  readonly chunks: Chunks;
  /** For readers that need any place of the file: ZIPs. null for pipes. */
  readonly handle: FileHandle | null;
  /** Remarks on the reading, one sentence each; complete when all has been read. */
  readonly remarks: readonly string[];
  close(): Promise<void>;
}

/** Opens a file, a named pipe, or standard input (`-`). Throws a {@link Trouble} when it cannot be opened. */
export async function openSource(path: string, signal: AbortSignal): Promise<ByteSource> {
  if (path === '-') return openStandardInput(signal);
  try {
    const about = await stat(path);
    if (about.isFIFO()) return openPipe(path, signal);
    if (about.isDirectory()) throw new Trouble('it is a folder');
    if (!about.isFile()) throw new Trouble('it is a device or socket; give a file, or pipe its contents into "-"');
    return await openFile(path);
  } catch (error) {
    throw troubleOf(error);
  }
}

/**
 * Opens a path only once: a pipe's writer may be gone the second time, and opening would wait for another. Without O_NONBLOCK, opening
 * a pipe without a writer would never return.
 */
function openPipe(path: string, signal: AbortSignal): ByteSource {
  return pipeSource(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), signal);
}

async function openFile(path: string): Promise<ByteSource> {
  const handle = await open(path);
  const { size: sizeBytes } = await handle.stat();
  const remarks: string[] = [];
  return {
    sizeBytes,
    chunks: fileChunks(handle, sizeBytes, remarks),
    handle,
    remarks,
    close: () => handle.close(),
  };
}

/**
 * The bytes that a file had when it was opened: a growing file would never end. The next read runs while the caller
 * works on the last one.
 */
async function* fileChunks(handle: FileHandle, sizeBytes: number, remarks: string[]): AsyncGenerator<Uint8Array> {
  const limit = sizeBytes === 0 ? SIZELESS_LIMIT_BYTES : sizeBytes;
  const chunkBytes = Math.min(CHUNK_BYTES, limit);
  const buffers = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
  const readAt = (turn: number, position: number): Promise<Uint8Array> => {
    const buffer = buffers[turn & 1] ?? Buffer.alloc(0);
    const wanted = Math.min(chunkBytes, limit - position);
    return handle.read(buffer, 0, wanted, position).then(({ bytesRead }) => buffer.subarray(0, bytesRead));
  };
  let position = 0;
  let pending = readAt(0, 0);
  try {
    for (let turn = 1; ; turn += 1) {
      const chunk = await pending;
      position += chunk.length;
      if (chunk.length === 0) break;
      pending = position < limit ? readAt(turn, position) : Promise.resolve(Buffer.alloc(0));
      yield chunk;
    }
    await noteChange(handle, sizeBytes, position, remarks);
  } catch (error) {
    throw troubleOf(error);
  } finally {
    // A read that is still under way writes to its buffer and must not outlive the handle.
    await pending.catch(() => null);
  }
}

async function noteChange(handle: FileHandle, sizeBytes: number, bytesRead: number, remarks: string[]): Promise<void> {
  const { size } = await handle.stat();
  if (bytesRead < sizeBytes) {
    remarks.push(`it became shorter while it was read: ${bytesRead} of ${sizeBytes} bytes were read`);
  } else if (size > sizeBytes && sizeBytes > 0) {
    remarks.push(`it grew while it was read: the ${sizeBytes} bytes that it had at first were read`);
  }
}

function openStandardInput(signal: AbortSignal): ByteSource {
  try {
    const about = fstatSync(STDIN_FD);
    if (about.isFIFO() || about.isSocket()) return pipeSource(STDIN_FD, signal);
    if (!about.isFile()) throw new Trouble('standard input is a terminal or device; pipe the file into it');
    const stream = createReadStream('', { fd: STDIN_FD, autoClose: false, highWaterMark: CHUNK_BYTES });
    return { ...unseekable(stream), sizeBytes: about.size };
  } catch (error) {
    throw troubleOf(error);
  }
}

/**
 * Reads a pipe by events: an ordinary read would block a thread, which even Ctrl-C cannot end, until a writer sends bytes.
 */
function pipeSource(fd: number, signal: AbortSignal): ByteSource {
  const socket = new Socket({ fd, readable: true, writable: false });
  const stop = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return {
    ...unseekable(untilAborted(socket, signal)),
    close() {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      return Promise.resolve();
    },
  };
}

async function* untilAborted(socket: Socket, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of socket) yield Buffer.from(chunk);
  } catch (error) {
    if (!signal.aborted) throw troubleOf(error);
  }
  if (signal.aborted) throw new Trouble('interrupted: the rest was not read');
}

function unseekable(chunks: Chunks): ByteSource {
  return { sizeBytes: null, chunks, handle: null, remarks: [], close: () => Promise.resolve() };
}
