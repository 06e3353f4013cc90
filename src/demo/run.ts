import { spawn, type StdioPipe } from 'node:child_process';
import { resolve } from 'node:path';
import { INSIDE_COMMAND, type Order } from './system/order.ts';
import { findSealing } from './sealing.ts';
import { toolPath } from './system/step.ts';
import { ENDED_EARLY, INTRODUCTION, NEEDS_LINUX } from './story.ts';

export { runDemoInside } from './inside.ts';

export interface DemoOptions {
  /** Path of the built command line, which is started again inside the sealed network. */
  readonly entry: string;
  /** Further arguments for every command that runs inside. */
  readonly argv: readonly string[];
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly verbose: boolean;
}

/** The demo takes about 25 s, and longer on a busy machine; this ends one that hangs. */
const DEMO_BUDGET_MS = 180_000;
/** How long the inside may take to clean up when it is told to end, before it is killed with everything in it. */
const ENDING_BUDGET_MS = 3_500;

/**
 * Plays the case of an isolated PMS on this machine. Resolves to the exit code: 0 played as meant, 2 not Linux, 3 the
 * machine does not allow it (named on stderr), 70 not as meant, 130 interrupted, else that of a command that could not run.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const say = (lines: readonly string[]): void => {
    for (const line of lines) options.stderr.write(`${line}\n`);
  };
  if (process.platform !== 'linux') {
    say(NEEDS_LINUX);
    return 2;
  }
  const sealing = await findSealing(process.geteuid?.() === 0);
  if (!sealing.ok) {
    say(sealing.because);
    return 3;
  }
  say(INTRODUCTION);
  return runSealed(sealing.unshareArguments, options);
}

function runSealed(unshareArguments: readonly string[], options: DemoOptions): Promise<number> {
  const entry = resolve(options.entry);
  const toolArguments = [...options.argv, ...(options.verbose ? ['--verbose'] : [])];
  const order: Order = { role: 'pms-side', entry, toolArguments };
  const inside = [process.execPath, entry, INSIDE_COMMAND, JSON.stringify(order)];
  const child = spawn('unshare', [...unshareArguments, '--', ...inside], {
    // Held open for as long as we live: its end tells the inside to stop, also when we are killed.
    stdio: ['pipe', outputFor(options.stdout), outputFor(options.stderr)],
    // Out of the terminal's foreground group: Ctrl-C reaches us alone, and we end the inside in order.
    detached: true,
    env: { ...withoutProxies(process.env), PATH: toolPath() },
  });
  child.stdout?.pipe(options.stdout, { end: false });
  child.stderr?.pipe(options.stderr, { end: false });
  child.stdin?.on('error', () => undefined);

  let killer: NodeJS.Timeout | undefined;
  let interrupted = false;
  const end = (): void => {
    child.stdin?.end();
    // `--kill-child` takes the inside along, and the end of its first process ends all others in it.
    killer ??= setTimeout(() => child.kill('SIGKILL'), ENDING_BUDGET_MS);
  };
  const bound = setTimeout(end, DEMO_BUDGET_MS);
  const interrupt = (): void => {
    interrupted = true;
    end();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return new Promise<number>((resolveCode, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolveCode(interrupted ? 130 : played(code, options.stderr)));
  }).finally(() => {
    clearTimeout(bound);
    clearTimeout(killer);
    for (const signal of signals) process.off(signal, interrupt);
  });
}

/** Removes the proxy variables: the tool could take the first process in the sealed network for a container with these variables. */
function withoutProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/proxy/i.test(name)));
}

/** 1 is `unshare`'s own failure and no code at all a kill: the inside ends with neither. */
function played(code: number | null, stderr: NodeJS.WritableStream): number {
  if (code !== null && code !== 1) return code;
  stderr.write(`${ENDED_EARLY}\n`);
  return 70;
}

/** The stream's own descriptor where it has one, so that the tool inside sees a terminal when we have one. */
function outputFor(stream: NodeJS.WritableStream): StdioPipe | number {
  return 'fd' in stream && typeof stream.fd === 'number' ? stream.fd : 'pipe';
}
