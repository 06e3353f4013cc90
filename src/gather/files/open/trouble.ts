import { systemErrorCode } from '../../system/errors.ts';

/** The reason why bytes cannot be read, or no more of them, in words for the report. It is data: every reader of a source catches it. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'this user may not read it: run as root, or as a user who may',
  EPERM: 'this user may not read it: run as root, or as a user who may',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EIO: 'the disk or network drive reports an error',
  ENXIO: 'it is a socket or a device without its driver',
  EMFILE: 'too many files are open',
  EBADF: 'it is closed',
  ESTALE: 'it was removed on the network drive',
  ENAMETOOLONG: 'its name is too long',
};

/** An error of the system as a Trouble. Any other error is a bug and is thrown on. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  const code = systemErrorCode(error);
  if (code === null || !/^E[A-Z\d]+$/.test(code) || code.startsWith('ERR_')) throw error;
  return new Trouble(WORDS[code] ?? `it could not be read (${code})`);
}

export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new Trouble('interrupted: the rest was not read');
}
