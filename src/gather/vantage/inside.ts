import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Deadline } from '../../core/values/deadline.ts';
import { probe } from '../probe/probe.ts';
import { askHere } from '../probe/wire/system-names.ts';
import { systemErrorCode } from '../system/errors.ts';
import { childrenOf, probedLine, proxiesOf, readOrder, STOP, type Line, type Order } from './wire.ts';

/**
 * A prober: this tool once more, in the network of PMS. It reads its order, becomes the user of PMS, probes, and writes what it found.
 * It ends with its standard input, which is closed when the process that started it ends, in whichever way.
 */
export async function runProber(): Promise<void> {
  const stop = new AbortController();
  const lines = createInterface({ input: process.stdin });
  lines.on('close', () => process.exit(1));
  const order = await new Promise<Order>((resolve) => {
    let isFirst = true;
    lines.on('line', (line) => {
      if (isFirst) resolve(readOrder(line));
      else if (line === STOP) stop.abort();
      isFirst = false;
    });
  });
  // Opened before the rights are given up: another user may not look into the file system of a process.
  const root = order.root === null ? null : `/proc/self/fd/${openSync(order.root, 'r')}`;
  const refusal = order.user === null ? null : becomeUser(order.user);
  if (refusal !== null) return write({ kind: 'refused', code: refusal });
  let isBusy = false;
  const probed = await probe({
    ...order,
    proxies: proxiesOf(order),
    children: childrenOf(order),
    budget: Deadline.after(order.budgetMs),
    signal: stop.signal,
    names: { root },
    ...(root === null ? { askSystem: askHere } : {}),
    onProgress: (done, total) => {
      if (isBusy) return;
      isBusy = true;
      setImmediate(() => {
        isBusy = false;
      });
      void write({ kind: 'progress', done, total });
    },
  });
  await writeText(probedLine(probed));
}

/** Groups first: another user may not change them. The error's code when the kernel refuses. */
export function becomeUser({ uid, gid, groups }: NonNullable<Order['user']>): string | null {
  try {
    process.setgroups?.(groups);
    process.setgid?.(gid);
    process.setuid?.(uid);
    return null;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return code;
  }
}

function write(line: Line): Promise<void> {
  return writeText(`${JSON.stringify(line)}\n`);
}

function writeText(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}
