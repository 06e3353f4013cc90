import { randomBytes } from 'node:crypto';
import { constants, openSync } from 'node:fs';
import { access, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from './files.ts';
import { UsageError } from './usage-error.ts';

/** A failed write: exit 74. One line that names the place and the reason; may carry several, one failure each. */
export class OutputError extends Error {}

/**
 * Refuses an output path that cannot be written to, before the run spends time on its content.
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

/** Long enough to start the reader in another terminal. */
const READER_WAIT_MS = 10_000;

/**
 * Writes a file that an option names: whole or not at all, readable by its owner only. A special file (`/dev/null`, a pipe) is
 * written to, never replaced.
 */
export async function writeOutput(
  option: string,
  path: string,
  text: string,
  readerWaitMs = READER_WAIT_MS,
): Promise<void> {
  try {
    const present = await stat(path).catch(() => null);
    if (present === null || present.isFile()) await replaceFile(path, text);
    else if (present.isFIFO()) await writePipe(path, text, readerWaitMs);
    else await writeFile(path, text);
  } catch (error) {
    const reason = error instanceof PipeError ? error.message : reasonOf(error);
    throw new OutputError(`--${option}: cannot write ${path}: ${reason}`);
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      // Some file systems tell only now that they are full.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

class PipeError extends Error {}

const READER_POLL_MS = 100;
/** A reader that takes nothing for this long has stopped. */
const STALL_MS = 60_000;

/** An ordinary open or write would block a thread until a program reads, and even Ctrl-C could not end it. */
async function writePipe(path: string, text: string, readerWaitMs: number): Promise<void> {
  const fd = await openPipe(path, readerWaitMs);
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.setTimeout(STALL_MS, () => {
    socket.destroy(new PipeError(`the program that reads this pipe took nothing for ${STALL_MS / 1_000} s`));
  });
  await new Promise<void>((resolve, reject) => {
    // As on standard output, a reader that went away is no error of ours.
    socket.once('error', (error) => ('code' in error && error.code === 'EPIPE' ? resolve() : reject(error)));
    socket.end(text, (error?: Error | null) => {
      if (!error) resolve();
    });
  });
}

async function openPipe(path: string, readerWaitMs: number): Promise<number> {
  const endsAt = performance.now() + readerWaitMs;
  for (;;) {
    const fd = openIfRead(path);
    if (fd !== null) return fd;
    if (performance.now() >= endsAt)
      throw new PipeError(
        `no program reads from this pipe (waited ${readerWaitMs / 1_000} s): start its reader, or give a file`,
      );
    await sleep(READER_POLL_MS);
  }
}

/** null: no program reads from it yet. */
function openIfRead(path: string): number | null {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO') return null;
    throw error;
  }
}
