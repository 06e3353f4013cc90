import { open, stat } from 'node:fs/promises';
import { systemErrorCode } from '../pms/files.ts';

/** More than any log grows by in the time of an experiment. */
const TAIL_LIMIT_BYTES = 64 * 1024 * 1024;

/** What a growing file had when the watching began; what comes behind it is new. */
export interface Tail {
  readonly path: string;
  /** Bytes, or why the file cannot be read. */
  readonly from: number | { readonly code: string };
  readonly inode: bigint | null;
}

/** Remembers where a log ends now. A file that is not there yet begins at 0. */
export async function markEnd(path: string): Promise<Tail> {
  try {
    const { size, ino } = await stat(path, { bigint: true });
    return { path, from: Number(size), inode: ino };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return code === 'ENOENT' ? { path, from: 0, inode: null } : { path, from: { code }, inode: null };
  }
}

/** What was added since; a file that was rotated meanwhile is read from its beginning. null: it cannot be read. */
export async function readAdded({ path, from, inode }: Tail): Promise<Uint8Array | null> {
  if (typeof from !== 'number') return null;
  try {
    const file = await open(path);
    try {
      const { size, ino } = await file.stat({ bigint: true });
      const isSame = inode === ino && size >= BigInt(from);
      const start = isSame ? from : 0;
      const length = Math.min(Number(size) - start, TAIL_LIMIT_BYTES);
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, start);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return null;
  }
}
