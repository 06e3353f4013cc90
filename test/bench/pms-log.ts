import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { mixture, type MixtureCounts } from '../support/logs/pms-log-builder.ts';

/**
 * How fast a log of PMS is read, whole process with node's start included, beside `grep -c` for the one line that matters most
 * and a plain readline loop, in the same run: `node src/tooling/run.mjs test/bench/pms-log.ts [--megabytes 300] [--seed 1]`.
 */

const BAR_MB_PER_S = 150;
const RUNS = 5;
const BYTES_PER_MB = 1_000_000;

const OURS = `
import { openSync, readSync } from 'node:fs';
import { PmsLogReader } from ${JSON.stringify(resolve('src/parse/pms-log/index.ts'))};
const file = openSync(process.argv[2], 'r');
const chunk = Buffer.allocUnsafe(1 << 20);
const reader = new PmsLogReader({ name: 'Plex Media Server.log' });
for (let bytes = readSync(file, chunk); bytes > 0; bytes = readSync(file, chunk)) reader.push(chunk.subarray(0, bytes));
const { lines, unread, notKept } = reader.end();
const count = (kind) => reader.requests().reduce((sum, r) => sum + (r.ended.kind === kind ? r.count : 0), 0);
console.log(JSON.stringify({ lines, unread: unread.count, notKept, answers: count('answered'), failures: count('failed'), peakMb: process.resourceUsage().maxRSS / 1024 }));
`;

const READLINE = `
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
let failures = 0;
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) if (line.includes('HTTP error requesting')) failures += 1;
console.log(failures);
`;

function option(name: string, fallback: number): number {
  const index = process.argv.indexOf(`--${name}`);
  return index === -1 ? fallback : Number(process.argv[index + 1]);
}

function generate(path: string, bytes: number, seed: number): MixtureCounts {
  const counts: MixtureCounts = { lines: 0, failures: 0, answers: 0 };
  const file = openSync(path, 'w');
  let written = 0;
  for (const block of mixture(seed, counts)) {
    written += writeSync(file, block);
    if (written >= bytes) break;
  }
  closeSync(file);
  return counts;
}

function timed(command: string, args: readonly string[]): { readonly seconds: number; readonly stdout: string } {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return { seconds, stdout };
}

function row(name: string, seconds: readonly number[], megabytes: number): number {
  const sorted = seconds.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const spread = `${(sorted[0] ?? 0).toFixed(2)} to ${(sorted.at(-1) ?? 0).toFixed(2)} s`;
  console.log(
    `${name.padEnd(34)} ${(megabytes / middle).toFixed(0).padStart(5)} MB/s  ${middle.toFixed(2)} s (${spread})`,
  );
  return megabytes / middle;
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'pms-log-bench-'));
  try {
    const seed = option('seed', 1);
    const log = join(directory, 'Plex Media Server.log');
    const expected = generate(log, option('megabytes', 300) * BYTES_PER_MB, seed);
    const megabytes = statSync(log).size / BYTES_PER_MB;
    console.log(`${megabytes.toFixed(0)} MB, ${expected.lines} lines, seed ${seed}`);
    const ours = join(directory, 'ours.mjs');
    const readline = join(directory, 'readline.mjs');
    await build({
      stdin: { contents: OURS, resolveDir: resolve('.') },
      outfile: ours,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    writeFileSync(readline, READLINE);
    const seconds = { ours: [] as number[], grep: [] as number[], readline: [] as number[] };
    let result = '';
    for (let run = 0; run < RUNS; run += 1) {
      const read = timed(process.execPath, [ours, log]);
      result = read.stdout;
      seconds.ours.push(read.seconds);
      seconds.grep.push(timed('grep', ['-c', 'HTTP error requesting', log]).seconds);
      seconds.readline.push(timed(process.execPath, [readline, log]).seconds);
    }
    const speed = row('PmsLogReader', seconds.ours, megabytes);
    row("grep -c 'HTTP error requesting'", seconds.grep, megabytes);
    row('node:readline, includes()', seconds.readline, megabytes);
    console.log(`bar ${BAR_MB_PER_S} MB/s: ${speed >= BAR_MB_PER_S ? 'met' : 'MISSED'}`);
    console.log(`found    ${result.trim()}`);
    console.log(`expected ${JSON.stringify(expected)}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
