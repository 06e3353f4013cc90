import { constants, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { UsageError } from './usage-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ENOSPC: 'no space left',
  EROFS: 'the file system is read-only',
  EDQUOT: 'the quota is used up',
  EFBIG: 'it would be larger than a file may be here',
};

/** Reads a file that an option names, at most `limitBytes` long. */
export function readInput(option: string, path: string, limitBytes: number): Promise<string> {
  return readNamed(`--${option}`, path, limitBytes);
}

/** The same for a file that is no option's; `label` begins the message of a failure. */
export async function readNamed(label: string, path: string, limitBytes: number): Promise<string> {
  try {
    const file = await stat(path);
    if (file.isFIFO()) return await readPipe(label, path, limitBytes);
    const { size } = file;
    if (size > limitBytes) {
      throw new UsageError(
        `${label}: ${path} has ${size} bytes; a file of this kind has at most ${limitBytes}. Is it the right one?`,
      );
    }
    // A device has no size: it is read up to the limit and no further.
    const handle = await open(path);
    try {
      const buffer = Buffer.alloc(limitBytes + 1 > size && size > 0 ? size + 1 : limitBytes + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
        if (length === buffer.length) break;
      }
      if (length > limitBytes)
        throw new UsageError(`${label}: ${path} is longer than ${limitBytes} bytes. Is it the right one?`);
      return buffer.toString('utf8', 0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${label}: cannot read ${path}: ${reasonOf(error)}`);
  }
}

/**
 * Reads a pipe (`<(command)`) by events: an ordinary read would block a thread until a program writes, and even
 * Ctrl-C could not end it.
 */
async function readPipe(label: string, path: string, limitBytes: number): Promise<string> {
  const socket = new Socket({
    fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of socket) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > limitBytes)
      throw new UsageError(`${label}: ${path} is longer than ${limitBytes} bytes. Is it the right one?`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code || 'unknown error');
}
