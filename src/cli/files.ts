import { openSync } from 'node:fs';
import { access, constants, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname, join, basename } from 'node:path';
import { randomBytes } from 'node:crypto';
import { UsageError } from './errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ENOSPC: 'no space left',
  EROFS: 'the file system is read-only',
};

/** Reads a file that an option names, at most `limitBytes` long. */
export async function readInput(option: string, path: string, limitBytes: number): Promise<string> {
  try {
    const file = await stat(path);
    if (file.isFIFO()) return await readPipe(option, path, limitBytes);
    const { size } = file;
    if (size > limitBytes) {
      throw new UsageError(
        `--${option}: ${path} has ${size} bytes; a file of this kind has at most ${limitBytes}. Is it the right one?`,
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
        throw new UsageError(`--${option}: ${path} is longer than ${limitBytes} bytes. Is it the right one?`);
      return buffer.toString('utf8', 0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`--${option}: cannot read ${path}: ${reasonOf(error)}`);
  }
}

/**
 * Reads a pipe (`<(command)`) by events: an ordinary read would sit in a thread that nothing can end, Ctrl-C included, for as long as
 * nobody writes.
 */
async function readPipe(option: string, path: string, limitBytes: number): Promise<string> {
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
      throw new UsageError(`--${option}: ${path} is longer than ${limitBytes} bytes. Is it the right one?`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Writes a file that an option names: whole or not at all, readable by its owner only. What is there and no regular file
 * (`/dev/null`, a pipe) is written to, never replaced.
 */
export async function writeOutput(option: string, path: string, text: string): Promise<void> {
  try {
    const present = await stat(path).catch(() => null);
    if (present === null || present.isFile()) await replaceFile(path, text);
    else await writeFile(path, text);
  } catch (error) {
    throw new UsageError(`--${option}: cannot write ${path}: ${reasonOf(error)}`);
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Refuses an output path that cannot be written to, before any time is spent on what is to be written.
 */
export async function checkWritable(option: string, path: string): Promise<void> {
  try {
    const present = await stat(path).catch(() => null);
    if (present?.isDirectory()) throw new UsageError(`--${option}: cannot write ${path}: it is a directory`);
    await access(present === null || present.isFile() ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`--${option}: cannot write ${path}: ${reasonOf(error)}`);
  }
}

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code || 'unknown error');
}
