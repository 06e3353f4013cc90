import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuShare } from '../support/system/cpu-share.ts';

/**
 * How much of a processor watching takes, with its capture tool: while PMS is idle, and while a stand-in serves 100 MB/s over the loopback
 * and starts 200 short-lived children a minute. The peer is a tcpdump without a filter. Needs root and tcpdump:
 * `npm run build && node src/tooling/run.mjs test/bench/observe-cpu.ts [--seconds 20]`; on a machine that does other things, in a network
 * of its own: `unshare --net sh -c 'ip link set lo up && exec node src/tooling/run.mjs test/bench/observe-cpu.ts'`.
 */

const BUILT = resolve('dist/pms-proxy-doctor.js');
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const SECONDS = Number(values.seconds);
const BAR_PERCENT = 5;
const CHILDREN_PER_MINUTE = 200;
const MB_PER_S = 100;
/** Until the watcher has compiled its code and looked up names; its work at the start is not what watching costs. */
const TIMES = { settleMs: 3_000, seconds: SECONDS };

/** The parts of the stand-in: a server of as many bytes as are asked for, and children that live 15 ms. */
const SERVER = `
  const { createServer } = require('node:net');
  const { spawn } = require('node:child_process');
  const server = createServer((socket) => {
    const chunk = Buffer.alloc(1e6);
    const timer = setInterval(() => socket.write(chunk), 1000 / ${MB_PER_S});
    socket.on('close', () => clearInterval(timer)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
  if (process.argv[1] === 'busy') setInterval(() => spawn(process.argv[2], ['0.015']), 60_000 / ${CHILDREN_PER_MINUTE});
`;

interface StandIn {
  readonly pid: number;
  readonly port: number;
  stop(): void;
}

async function startPms(directory: string, load: 'idle' | 'busy'): Promise<StandIn> {
  const child = spawn(
    join(directory, 'Plex Media Server'),
    ['-e', SERVER, load, join(directory, 'Plex Media Scanner')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const port = await new Promise<number>((settle, reject) => {
    child.on('error', reject);
    child.stdout.once('data', (text: Buffer) => settle(Number(text.toString())));
  });
  return { pid: child.pid ?? 0, port, stop: () => child.kill('SIGKILL') };
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'observe-cpu-'));
  try {
    copyFileSync(process.execPath, join(directory, 'Plex Media Server'));
    copyFileSync('/bin/sleep', join(directory, 'Plex Media Scanner'));
    for (const load of ['idle', 'busy'] as const) {
      const pms = await startPms(directory, load);
      const client = load === 'busy' ? connect(pms.port, '127.0.0.1').resume() : null;
      try {
        const watch = [process.execPath, BUILT, 'observe', '--env-from', `pid:${pms.pid}`, '--for', `${SECONDS + 60}s`];
        const ours = await cpuShare(watch, TIMES);
        const withoutCapture = await cpuShare(['env', 'PATH=/nonexistent', ...watch], TIMES);
        const peer = await cpuShare(['tcpdump', '-i', 'any', '-n', '-w', '/dev/null'], TIMES);
        console.log(
          `${load.padEnd(5)} observe ${ours.toFixed(2)} % of a core (bar ${BAR_PERCENT})${ours > BAR_PERCENT ? '  OVER' : ''}, ` +
            `without capture ${withoutCapture.toFixed(2)} %, unfiltered tcpdump ${peer.toFixed(2)} %`,
        );
      } finally {
        client?.destroy();
        pms.stop();
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
