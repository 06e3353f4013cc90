import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuShare } from '../support/system/cpu-share.ts';

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
/** Until it has compiled its code and looked up names. */
const TIMES = { settleMs: 4_000, seconds: SECONDS };

/** Connects to a port of the loopback where nothing listens: a hundred times, then the rest of a hundredth of a second is slept. */
const STRANGER = `
  use Socket; use Time::HiRes qw(time sleep);
  my $to = pack_sockaddr_in(9, inet_aton("127.0.0.1")); my $next = time;
  while (1) {
    for (1 .. ${PER_SECOND / 100}) { socket(my $s, PF_INET, SOCK_STREAM, 0); connect($s, $to); close($s); }
    $next += 0.01; my $rest = $next - time; sleep($rest) if $rest > 0;
  }
`;

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
        const traced = await cpuShare(['env', 'PATH=/nonexistent', ...watch], TIMES);
        const rate = ((activeOpens() - before.opens) * 1000) / (performance.now() - before.at);
        const withPackets = await cpuShare(watch, TIMES);
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
