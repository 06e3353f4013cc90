import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The file that users run, as `npm run build` makes it. */
export const BUILT = fileURLToPath(new URL('../../../dist/pms-proxy-doctor.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Beside PATH, HOME and LANG: nothing of this process's environment gets in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly file?: string;
  /** Signals to send, with the time in milliseconds after the first word on standard error. */
  readonly signals?: readonly (readonly [NodeJS.Signals, number])[];
}

/** A run that does not end by itself is killed after this long, and has no exit code then. */
const NEVER_MS = 100_000;

/** Runs the built file as a user would. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return collect(process.execPath, [options.file ?? BUILT, ...args], options);
}

/** A process namespace of its own. */
export const SEALED = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** The same where no other process is seen: a PMS of this machine, or of another test, would be found. */
export function runAlone(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [unshare = '', ...how] = SEALED;
  return collect(unshare, [...how, process.execPath, options.file ?? BUILT, ...args], options);
}

/** Runs a shell line in which `$TOOL` is the built file, for what only a shell can do to standard streams. */
export function shell(line: string): Promise<Ran> {
  return collect('/bin/bash', ['-o', 'pipefail', '-c', line], { env: { TOOL: `${process.execPath} ${BUILT}` } });
}

function collect(command: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { PATH, HOME, LANG: 'C.UTF-8', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: NEVER_MS,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stderr.once('data', () => {
      for (const [signal, afterMs] of options.signals ?? []) setTimeout(() => child.kill(signal), afterMs);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
