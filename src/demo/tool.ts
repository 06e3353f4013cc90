import { spawn, type ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { FILES } from './outside/sealed-files.ts';
import { toolPath } from './system/step.ts';

/** How long an interrupted command may take to report what it has. */
const INTERRUPTED_BUDGET_MS = 2_000;
/** Judging saved evidence again takes a fraction of a second. */
const RETELL_BUDGET_MS = 5_000;
const PASSED_ON = ['TERM', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'LANG', 'LC_ALL', 'LC_CTYPE'];

/** This tool, as it runs inside the sealed network. */
export interface Tool {
  /** The built command line. */
  readonly entry: string;
  readonly interrupted: AbortSignal;
}

/** Runs a command of the tool on our own streams, and stops it when it takes too long. Resolves to its exit code. */
export async function runTool(
  { entry, interrupted }: Tool,
  args: readonly string[],
  budgetMs: number,
): Promise<number> {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environment(),
  });
  let timer = setTimeout(() => child.kill('SIGKILL'), budgetMs);
  const interrupt = (): void => {
    child.kill('SIGINT');
    clearTimeout(timer);
    timer = setTimeout(() => child.kill('SIGKILL'), INTERRUPTED_BUDGET_MS);
  };
  if (interrupted.aborted) interrupt();
  interrupted.addEventListener('abort', interrupt);
  try {
    return await ended(child);
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener('abort', interrupt);
  }
}

/** The JSON that a command of the tool writes to its standard output; null when it wrote none. */
export async function readFromTool({ entry }: Tool, args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: environment(),
    timeout: RETELL_BUDGET_MS,
    killSignal: 'SIGKILL',
  });
  const [written] = await Promise.all([text(child.stdout), ended(child)]);
  try {
    return JSON.parse(written);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function environment(): NodeJS.ProcessEnv {
  const passedOn = PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(passedOn), PATH: toolPath(), HOME: '/', TMPDIR: FILES.temporary };
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 70));
  });
}
