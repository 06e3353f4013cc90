import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { reasonOf } from '../app/files.ts';
import { isOnGithub, withoutCommands } from '../app/github.ts';
import { OutputError } from '../app/output.ts';
import type { Outlet } from '../app/terminal.ts';
import { interruptible } from './interrupt.ts';
import { invocationOf } from './invocation.ts';
import { DEFAULT_COLUMNS, widthOf } from './width.ts';

/** Variables of systems that build and keep what is written, some of them on a terminal of their own. */
const BUILDS = [
  'CI',
  'GITHUB_ACTIONS',
  'GITLAB_CI',
  'JENKINS_URL',
  'TEAMCITY_VERSION',
  'TF_BUILD',
  'BUILDKITE',
  'BUILD_NUMBER',
];

/** This process's own streams, environment and signals. */
export function processTerminal(): Outlet {
  // The callback of a write tells that it failed; without a listener, the event would end the process.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const file = fileURLToPath(import.meta.url);
  const words = isOnGithub(process.env) ? withoutCommands : (text: string): string => text;
  const tell = (text: string): void => note(words(text));
  return {
    // Tests run the sources.
    entry: file.endsWith('.js') ? file : null,
    environment: process.env,
    isPersonal: process.stderr.isTTY && !BUILDS.some((name) => process.env[name]),
    get look() {
      return lookOf(process.stdout, process.env);
    },
    isTerminal: process.stdout.isTTY,
    get input() {
      return process.stdin;
    },
    status: {
      get isShown() {
        return isStatusPossible();
      },
      show: showStatus,
      tell,
    },
    print: (text) => print(words(text)),
    write: print,
    note: tell,
    command: note,
    confirm,
    interruptible: (work) => interruptible(tell, work),
  };
}

function lookOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Outlet['look'] {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return {
    width: widthOf(stream, env),
    // https://no-color.org: any non-empty value.
    colour: stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    unicode: process.platform === 'win32' ? Boolean(env['WT_SESSION']) : /utf-?8/i.test(locale),
    invocation: invocationOf({
      argv: process.argv,
      execPath: process.execPath,
      environment: env,
      directory: workingDirectory(),
      uid: process.getuid?.() ?? null,
    }),
  };
}

/** '' where it was deleted. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '';
  }
}

/** A reader that went away is no error of ours. */
function print(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && !isClosed(error)) reject(new OutputError(`cannot write to standard output: ${reasonOf(error)}`));
      else resolve();
    });
  });
}

function isClosed(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'EBADF');
}

const CLEAR_LINE = '\r\u001B[K';
let isStatusShown = false;

function fitting(text: string, columns: number): string {
  let rest = text;
  while (stringWidth(rest) > columns) rest = rest.slice(0, -1);
  return rest;
}

/** A dumb terminal would show the escape that clears a line. */
function isStatusPossible(): boolean {
  return process.stderr.isTTY && process.env['TERM'] !== 'dumb';
}

function showStatus(text: string | null): void {
  if (!isStatusPossible() || (text === null && !isStatusShown)) return;
  isStatusShown = text !== null;
  // A line that the terminal wraps could not be cleared as a whole.
  process.stderr.write(CLEAR_LINE + fitting(text ?? '', (process.stderr.columns || DEFAULT_COLUMNS) - 1));
}

function note(text: string): void {
  const before = isStatusShown ? CLEAR_LINE : '';
  isStatusShown = false;
  try {
    writeSync(2, `${before}${text}\n`);
  } catch {
    // Standard error is closed or full: notes are not worth failing for.
  }
}

/** Ctrl-C and the end of the input mean no. */
async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const end = once(prompt, 'close').then(() => '');
  prompt.once('SIGINT', () => prompt.close());
  try {
    const answer = await Promise.race([prompt.question(`${question} [y/N] `, { signal }).catch(() => ''), end]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
