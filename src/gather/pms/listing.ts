import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { failed, ok, type Gathered } from '../../core/model/evidence.ts';
import { parsePs, parseTasklist, type ListedProcess } from '../../parse/proc/process-list.ts';
import { systemErrorCode } from '../system/errors.ts';
import { reasonCodeOf } from '../../core/model/reason.ts';

/** Listing processes takes milliseconds; tasklist on a busy Windows a second or two. */
const LIST_BUDGET_MS = 5_000;
const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;

/** Runs a program and gives its standard output. Failures are thrown as execFile throws them. */
export type RunCommand = (file: string, args: readonly string[]) => Promise<string>;

const run: RunCommand = async (file, args) => {
  const { stdout } = await promisify(execFile)(file, [...args], {
    timeout: LIST_BUDGET_MS,
    maxBuffer: OUTPUT_LIMIT_BYTES,
    windowsHide: true,
  });
  return stdout;
};

/** The running processes where there is no procfs: `ps` on macOS and the BSDs, `tasklist` on Windows. */
export async function listProcesses(
  platform: NodeJS.Platform,
  command: RunCommand = run,
): Promise<Gathered<readonly ListedProcess[]>> {
  const windows = platform === 'win32';
  const file = windows ? 'tasklist' : 'ps';
  try {
    return ok(
      windows
        ? parseTasklist(await command(file, ['/fo', 'csv', '/nh']))
        : parsePs(await command(file, ['-axo', 'pid=,ppid=,comm='])),
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('killed' in error && error.killed === true) {
      return failed('TIMEOUT', `${file} did not end within ${LIST_BUDGET_MS} ms`);
    }
    const code = systemErrorCode(error);
    // execFile's errors carry either a system error's word or, as a number, the program's exit status.
    if (code === null && !('code' in error)) throw error;
    return failed(reasonCodeOf(code ?? 'EXIT'), `${file} could not list the processes (${code ?? 'it failed'})`);
  }
}
