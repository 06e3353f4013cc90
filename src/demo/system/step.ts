import { spawn } from 'node:child_process';

/** A step of building the sealed network that this machine did not allow. */
export class StepFailed extends Error {
  readonly step: string;
  readonly detail: string;

  constructor(step: string, detail: string) {
    super(`${step}: ${detail}`);
    this.step = step;
    this.detail = detail;
  }
}

export interface ProgramResult {
  /** null: ended by a signal, or not started at all. */
  readonly code: number | null;
  readonly stdout: string;
  /** Error output, or why it could not be started. */
  readonly stderr: string;
}

/** `ip`, `mount` and `unshare` answer within milliseconds; one that hangs must not hang the demo. */
const PROGRAM_BUDGET_MS = 5_000;

/** Runs a small program to its end. Never rejects. */
export function runProgram(command: string, args: readonly string[]): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: toolPath(), LC_ALL: 'C' },
      timeout: PROGRAM_BUDGET_MS,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', (error) => resolve({ code: null, stdout, stderr: error.message }));
    child.once('close', (code) => resolve({ code, stdout, stderr: stderr.trim() }));
  });
}

/** Runs a program that must succeed for the demo to go on. */
export async function runStep(name: string, command: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(command, args);
  if (code !== 0) throw new StepFailed(name, `${[command, ...args].join(' ')}: ${stderr || `exit code ${code}`}`);
}

/** PATH with the directories of system tools, which unprivileged users of Debian do not have in theirs. */
export function toolPath(): string {
  const own = (process.env['PATH'] ?? '').split(':').filter((directory) => directory !== '');
  return [...new Set([...own, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'])].join(':');
}
