import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { failed, ok, type Gathered } from '../../core/model/evidence.ts';
import type { ProbeInput, Probed } from '../probe/probe.ts';
import { systemErrorCode } from '../system/errors.ts';
import { orderOf, readLine, STOP } from './wire.ts';
import type { User } from './place.ts';

/** Name of the hidden command that is a prober. */
export const PROBER_COMMAND = 'prober-inside';

/** Beyond the time limit of the probe: starting, and the last words. */
const GRACE_MS = 5_000;
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** The place of a prober. */
export interface Standpoint {
  /** Path of a network namespace to enter; null: our own. */
  readonly network: string | null;
  /** The user to become; null: our own. */
  readonly user: User | null;
  /** As {@link Order.root}. */
  readonly root: string | null;
}

/**
 * Probes from another place, by a child that runs this program's own file. It is of our rights until it has loaded that file, so that the
 * user of PMS need not be able to read it. A process group of its own, so that an interruption reaches us alone, and we it.
 */
export async function probeThere(
  input: ProbeInput,
  { network, user, root }: Standpoint,
  entry: string,
): Promise<Gathered<Probed>> {
  const prober = [process.execPath, entry, PROBER_COMMAND];
  const [file = '', ...args] = network === null ? prober : ['nsenter', `--net=${network}`, '--', ...prober];
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    cwd: '/',
    env: { PATH: SYSTEM_PATH, LANG: 'C.UTF-8' },
  });
  const order = orderOf(input, user, root);
  const limit = setTimeout(() => child.kill('SIGKILL'), order.budgetMs + GRACE_MS);
  const stop = (): void => void child.stdin.write(`${STOP}\n`);
  input.signal.addEventListener('abort', stop);
  try {
    return await new Promise<Gathered<Probed>>((settle) => {
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-1_000)));
      child.once('error', (error) => {
        const isMissing = systemErrorCode(error) === 'ENOENT' && network !== null;
        settle(isMissing ? failed('NSENTER_MISSING') : failed('PROBER_FAILED', proberWords(error.message)));
      });
      child.once('close', () => settle(failed('PROBER_FAILED', proberWords(said.trim().split('\n').at(-1) ?? ''))));
      // Writing to a child that has ended fails, which its end tells better.
      child.stdin.on('error', () => undefined);
      createInterface({ input: child.stdout }).on('line', (text) => {
        const line = readLine(text);
        if (line.kind === 'progress') input.onProgress(line.done, line.total);
        else if (line.kind === 'probed') settle(ok(line.probed));
        else settle(failed('PROBER_FAILED', proberWords(`the kernel refused to change the user (${line.code})`)));
      });
      child.stdin.write(`${JSON.stringify(order)}\n`);
      if (input.signal.aborted) stop();
    });
  } finally {
    clearTimeout(limit);
    input.signal.removeEventListener('abort', stop);
    // A question to the C library cannot be cancelled, and would hold up its end.
    child.kill('SIGKILL');
  }
}

function proberWords(detail: string): string {
  return `the prober in the place of PMS failed: ${detail === '' ? 'it ended without an answer' : detail}`;
}
