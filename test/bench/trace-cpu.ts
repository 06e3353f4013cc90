import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/**
 * How much of a processor the kernel's trace takes: while PMS is idle, and while other programs open 10,000 connections a second, of which
 * every end passes through the ring buffer. Beside it the same with packets. Needs root and perl: `npm run build && node
 * src/tooling/run.mjs test/bench/trace-cpu.ts [--seconds 10]`.
 */

const BUILT = resolve('dist/pms-proxy-doctor.js');
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
const SECONDS = Number(values.seconds);
const BAR_PERCENT = { idle: 0.5, busy: 15 } as const;
const PER_SECOND = 10_000;
/** USER_HZ of every Linux that Node runs on. */
const TICKS_PER_S = 100;
/** Until it has compiled its code and looked up names. */
const SETTLE_MS = 4_000;

/** Connects to a port of the loopback where nothing listens: a hundred times, then the rest of a hundredth of a second is slept. */
const STRANGER = `
  use Socket; use Time::HiRes qw(time sleep);
  my $to = pack_sockaddr_in(9, inet_aton("127.0.0.1")); my $next = time;
  while (1) {
    for (1 .. ${PER_SECOND / 100}) { socket(my $s, PF_INET, SOCK_STREAM, 0); connect($s, $to); close($s); }
    $next += 0.01; my $rest = $next - time; sleep($rest) if $rest > 0;
  }
`;

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

/** Share of one processor that a command and its children take while it runs. */
async function measure([file = '', ...rest]: readonly string[]): Promise<number> {
  const child: ChildProcess = spawn(file, rest, { stdio: 'ignore' });
  await sleep(SETTLE_MS);
  const before = ticksOf(child.pid ?? 0);
  const startedAt = performance.now();
  await sleep(SECONDS * 1000);
  const ticks = ticksOf(child.pid ?? 0) - before;
  const seconds = (performance.now() - startedAt) / 1000;
  if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode} before the time was over`);
  child.kill('SIGINT');
  await new Promise((settle) => child.once('close', settle));
  return (100 * ticks) / TICKS_PER_S / seconds;
}

/** Connections that this machine opens in a second. */
function activeOpens(): number {
  const [names = '', counts = ''] = readFileSync('/proc/net/snmp', 'latin1').match(/^Tcp: .*$/gm) ?? [];
  return Number(counts.split(' ')[names.split(' ').indexOf('ActiveOpens')]);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'trace-cpu-'));
  const pms = join(directory, 'Plex Media Server');
  copyFileSync('/bin/sleep', pms);
  const server = spawn(pms, ['infinity'], { stdio: 'ignore' });
  try {
    for (const load of ['idle', 'busy'] as const) {
      const stranger = load === 'busy' ? spawn('perl', ['-e', STRANGER], { stdio: 'ignore' }) : null;
      try {
        const watch = [process.execPath, BUILT, 'observe', '--env-from', `pid:${server.pid}`, '--for', '600s'];
        const before = { opens: activeOpens(), at: performance.now() };
        const traced = await measure(['env', 'PATH=/nonexistent', ...watch]);
        const rate = ((activeOpens() - before.opens) * 1000) / (performance.now() - before.at);
        const withPackets = await measure(watch);
        const bar = BAR_PERCENT[load];
        console.log(
          `${load} (${rate.toFixed(0)} connections a second): trace ${traced.toFixed(2)} % of a core (bar ${bar})${traced > bar ? '  OVER' : ''}, with packets ${withPackets.toFixed(2)} %`,
        );
      } finally {
        stranger?.kill('SIGKILL');
      }
    }
  } finally {
    server.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
