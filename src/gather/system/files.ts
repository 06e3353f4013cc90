import { systemErrorCode } from './errors.ts';
import { constants } from 'node:fs';
import { open, readdir, readlink, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { failed, notRun, ok, type Gathered } from '../../core/model/evidence.ts';
import { reasonCodeOf } from '../../core/model/reason.ts';

/** Settings, units and package lists are small; a larger file is not one of them. */
const TEXT_LIMIT_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** As the kernel does before it says ELOOP (path_resolution(7)). */
const MAX_SYMLINKS = 40;

/** A system error as data: a missing file counts as not looked at, any other system error as failed. Other errors are thrown on. */
export function asGathered(error: unknown, path: string): Gathered<never> {
  const code = systemErrorCode(error);
  switch (code) {
    case null:
      throw error;
    case 'ENOENT':
    case 'ENOTDIR':
      return notRun('ENOENT', `${path} does not exist`);
    case 'EACCES':
    case 'EPERM':
      return failed('EACCES', `${path} may not be read by this user`);
    case 'ESRCH':
      return failed('ESRCH', `the process of ${path} has ended`);
    default:
      return failed(reasonCodeOf(code), `${path} could not be read (${code})`);
  }
}

/**
 * Path of `path` below `root`, symbolic links followed inside of it: an absolute link in a container's file system
 * means the container's files, not this machine's.
 */
async function within(root: string, path: string): Promise<string> {
  if (root === '/') return path;
  let pending = path.split('/').filter((part) => part !== '');
  let resolved = '/';
  for (let links = 0; pending.length > 0;) {
    const [part = '', ...rest] = pending;
    const next = posix.join(resolved, part);
    const target = await linkTarget(join(root, next));
    if (target === null) {
      resolved = next;
      pending = rest;
      continue;
    }
    if (++links > MAX_SYMLINKS) throw Object.assign(new Error('too many symbolic links'), { code: 'ELOOP' });
    if (target.startsWith('/')) resolved = '/';
    pending = [...target.split('/').filter((p) => p !== '' && p !== '.'), ...rest];
  }
  return join(root, resolved);
}

async function linkTarget(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    const code = systemErrorCode(error);
    // Not a link, or missing: opening it will report the latter. Windows gives UNKNOWN for a file that is not a link.
    if (code === 'EINVAL' || code === 'ENOENT' || code === 'ENOTDIR' || code === 'UNKNOWN') return null;
    throw error;
  }
}

/** Reads a whole small file below `root`. More than the limit is a failure, not a cut. */
export async function readBytes(root: string, path: string): Promise<Gathered<Buffer>> {
  const chunks: Buffer[] = [];
  const read = await readChunks(root, path, TEXT_LIMIT_BYTES, (chunk) => {
    chunks.push(Buffer.from(chunk));
    return true;
  });
  if (read.state !== 'ok') return read;
  return read.value === 'limit'
    ? failed('EFBIG', `${path} is larger than ${TEXT_LIMIT_BYTES} bytes`)
    : ok(Buffer.concat(chunks));
}

export async function readText(root: string, path: string): Promise<Gathered<string>> {
  const bytes = await readBytes(root, path);
  return bytes.state === 'ok' ? ok(bytes.value.toString('utf8')) : bytes;
}

/**
 * Hands a file below `root` to `take` in chunks until it returns false, the file ends or `limitBytes` were read;
 * the value says which. A chunk is only valid during the call.
 */
export async function readChunks(
  root: string,
  path: string,
  limitBytes: number,
  take: (chunk: Uint8Array) => boolean,
): Promise<Gathered<'end' | 'enough' | 'limit'>> {
  let handle: FileHandle | null = null;
  try {
    // Without O_NONBLOCK, opening a FIFO at this path would never return. Windows has neither.
    handle = await open(await within(root, path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!(await handle.stat()).isFile()) return failed('EISDIR', `${path} is not a regular file`);
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let bytesLeft = limitBytes;
    for (;;) {
      // One byte more than allowed tells "exactly the limit" from "more than it".
      const { bytesRead } = await handle.read(buffer, 0, Math.min(CHUNK_BYTES, bytesLeft + 1), null);
      if (bytesRead === 0) return ok('end');
      if (bytesRead > bytesLeft) return ok('limit');
      bytesLeft -= bytesRead;
      if (!take(buffer.subarray(0, bytesRead))) return ok('enough');
    }
  } catch (error) {
    return asGathered(error, path);
  } finally {
    await handle?.close();
  }
}

export interface FileFacts {
  readonly sizeBytes: number;
  readonly writtenMs: number;
}

export async function readFileFacts(root: string, path: string): Promise<Gathered<FileFacts>> {
  try {
    const found = await stat(await within(root, path));
    return found.isFile()
      ? ok({ sizeBytes: found.size, writtenMs: found.mtimeMs })
      : failed('EISDIR', `${path} is not a regular file`);
  } catch (error) {
    return asGathered(error, path);
  }
}

/** The last bytes of a file below `root`. */
export async function readEnd(root: string, path: string, limitBytes: number): Promise<Gathered<Buffer>> {
  let handle: FileHandle | null = null;
  try {
    // As for a whole file: a FIFO is not waited for.
    handle = await open(await within(root, path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await handle.stat();
    if (!found.isFile()) return failed('EISDIR', `${path} is not a regular file`);
    const bytes = Buffer.alloc(Math.min(found.size, limitBytes));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, found.size - bytes.length);
    return ok(bytes.subarray(0, bytesRead));
  } catch (error) {
    return asGathered(error, path);
  } finally {
    await handle?.close();
  }
}

/** Names in a directory below `root`, sorted by bytes as systemd sorts drop-ins. */
export async function listDirectory(root: string, path: string): Promise<Gathered<readonly string[]>> {
  try {
    return ok((await readdir(await within(root, path))).sort());
  } catch (error) {
    return asGathered(error, path);
  }
}

/** Symbolic links in a directory below `root`, by name, with their targets as written; none where it cannot be read. */
export async function listLinks(root: string, path: string): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  try {
    const directory = await within(root, path);
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) links.set(entry.name, await readlink(join(directory, entry.name)));
    }
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
  }
  return links;
}

/** true when a regular file with this name lies in its directory; unreadable counts as not there. */
export async function hasFile(root: string, path: string): Promise<boolean> {
  const names = await listDirectory(root, dirname(path));
  return names.state === 'ok' && names.value.includes(posix.basename(path));
}

/** The target of a symbolic link of procfs, unresolved. */
export async function readLink(path: string): Promise<Gathered<string>> {
  try {
    return ok(await readlink(path));
  } catch (error) {
    return asGathered(error, path);
  }
}

/** Reads below each root until one has the file. A failure counts only when no root has it. */
export async function firstOf<T>(
  roots: readonly string[],
  read: (root: string) => Promise<Gathered<T>>,
): Promise<Gathered<T>> {
  let result: Gathered<T> = notRun('ENOENT', 'there is no file system to read');
  for (const root of roots) {
    const here = await read(root);
    if (here.state === 'ok') return here;
    if (result.state !== 'failed') result = here;
  }
  return result;
}
