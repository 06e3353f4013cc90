import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode } from '../system/errors.ts';

/** More than any log grows by in the time of an experiment. */
export const TAIL_LIMIT_BYTES = 64 * 1024 * 1024;

/** State of a growing file when the watching began; later bytes are new. */
export interface Tail {
  readonly path: string;
  /** Bytes, or the reason why the file cannot be read. */
  readonly from: number | { readonly code: string };
  /** null: it was not there. */
  readonly inode: bigint | null;
}

/** Remembers the current end of a log. A file that does not exist yet begins at 0; a pipe or a folder is NOT_A_FILE. */
export async function markEnd(path: string): Promise<Tail> {
  try {
    // Without O_NONBLOCK, opening a pipe without a writer would wait for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat({ bigint: true });
      return { path, from: found.isFile() ? Number(found.size) : { code: 'NOT_A_FILE' }, inode: found.ino };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return code === 'ENOENT' ? { path, from: 0, inode: null } : { path, from: { code }, inode: null };
  }
}

/**
 * Bytes added since, at most `limitBytes` of each file. A log that was rotated meanwhile is read at its new place, and then its
 * successor from the beginning; one that was cut off is read from its beginning. null: it cannot be read.
 */
export async function readAdded(tail: Tail, limitBytes = TAIL_LIMIT_BYTES): Promise<Uint8Array | null> {
  const { path, from, inode } = tail;
  if (typeof from !== 'number') return null;
  const now = await inodeOf(path);
  const moved = inode === null || now === inode ? null : await findMoved(tail);
  const parts = [
    moved === null ? null : await readFrom(moved, from, limitBytes),
    await readFrom(path, now === inode ? from : 0, limitBytes),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : Buffer.concat(parts);
}

/** A rotated log stays in its folder, under a name that begins as before: `access.log.1`, `Plex Media Server.1.log`. */
async function findMoved({ path, inode }: Tail): Promise<string | null> {
  const folder = dirname(path);
  const stem = basename(path).replace(/\.log$/, '');
  const names = await orNull(readdir(folder));
  for (const name of names ?? []) {
    if (!name.startsWith(stem)) continue;
    const other = join(folder, name);
    if ((await inodeOf(other)) === inode) return other;
  }
  return null;
}

async function inodeOf(path: string): Promise<bigint | null> {
  const found = await orNull(stat(path, { bigint: true }));
  return found === null ? null : found.ino;
}

function readFrom(path: string, from: number, limitBytes: number): Promise<Uint8Array | null> {
  return orNull(
    (async () => {
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const { size } = await file.stat();
        const start = size >= from ? from : 0;
        const bytes = Buffer.alloc(Math.min(size - start, limitBytes));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    })(),
  );
}

/** null where the system refuses. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return null;
  }
}
