import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** USER_HZ of every Linux that Node runs on. */
const TICKS_PER_S = 100;
/** A command that ignores Ctrl-C is killed after this long. */
const END_MS = 10_000;

/** Percentage of one processor that a command and its children take, from `settleMs` after its start on. It is ended by Ctrl-C. */
export async function cpuShare(
  [file = '', ...rest]: readonly string[],
  { settleMs, seconds }: { readonly settleMs: number; readonly seconds: number },
): Promise<number> {
  const child = spawn(file, rest, { stdio: 'ignore' });
  const ended = new Promise((settle) => child.once('close', settle));
  await sleep(settleMs);
  const before = ticksOf(child.pid ?? 0);
  const startedAt = performance.now();
  await sleep(seconds * 1_000);
  const ticks = ticksOf(child.pid ?? 0) - before;
  const took = (performance.now() - startedAt) / 1_000;
  if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode} before the time was over`);
  child.kill('SIGINT');
  await Promise.race([ended, sleep(END_MS)]);
  child.kill('SIGKILL');
  return (100 * ticks) / TICKS_PER_S / took;
}

/** Ticks of a process and of all that descend from it. */
function ticksOf(pid: number): number {
  const all = new Map<number, { readonly ppid: number; readonly ticks: number }>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      all.set(Number(name), { ppid: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // It has ended meanwhile.
    }
  }
  const descends = (one: number): boolean => one === pid || (all.has(one) && descends(all.get(one)?.ppid ?? 0));
  return [...all].reduce((sum, [one, { ticks }]) => sum + (descends(one) ? ticks : 0), 0);
}
