import { writeSync } from 'node:fs';
import { UsageError } from './errors.ts';
import { reasonOf } from './files.ts';

/** How the report may look on standard output. */
export interface Look {
  readonly width: number;
  readonly colour: boolean;
  readonly unicode: boolean;
}

/** Reports are made for 100 columns; a terminal that says that it is narrower gets what fits. */
const DEFAULT_WIDTH = 100;
const MIN_WIDTH = 60;

export function lookOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Look {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return {
    width: stream.isTTY ? Math.max(MIN_WIDTH, Math.min(DEFAULT_WIDTH, stream.columns || DEFAULT_WIDTH)) : DEFAULT_WIDTH,
    // https://no-color.org: any non-empty value.
    colour: stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    unicode: process.platform === 'win32' ? Boolean(env['WT_SESSION']) : /utf-?8/i.test(locale),
  };
}

/** Writes all of a text to standard output. A reader that went away is no error of ours. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && !isClosed(error)) reject(new UsageError(`cannot write to standard output: ${reasonOf(error)}`));
      else resolve();
    });
  });
}

/** A note for people, on standard error. */
export function note(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Standard error is closed or full: notes are not worth failing for.
  }
}

function isClosed(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'EBADF');
}
