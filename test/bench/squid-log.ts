import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AccessLogReader } from '../../src/parse/squid-log.ts';
import { nativeLog } from '../support/squid-log-builder.ts';

/**
 * How long our reader takes for a large access log beside mawk, which only counts the URLs, and goaccess: whole processes, in turn.
 * Needs mawk and goaccess: `node src/tooling/run.mjs test/bench/squid-log.ts`.
 */

const LINES = 3_000_000;
const RUNS = 3;
/** Squid's native format for goaccess 1.7, whose own `SQUID` takes the port of a CONNECT for a time. */
const GOACCESS_FORMAT = '%x.%^ %~%L %h %^/%s %b %m %U %^';
const GOACCESS_TIMES = ['--datetime-format=%s', '--date-format=%s', '--time-format=%s'];
const MAWK_BAR = 2;
const GOACCESS_BAR = 1 / 3;

/** What `read` does with an access log: the clients, then the entries of the one that asks for plex.tv. */
const OURS = `
import { openSync, readSync } from 'node:fs';
import { AccessLogReader } from './src/parse/squid-log.ts';
const reader = new AccessLogReader({ format: 'auto' });
const file = openSync(process.argv[2], 'r');
const chunk = Buffer.allocUnsafe(1 << 18);
for (let length; (length = readSync(file, chunk)) > 0; ) reader.push(chunk.subarray(0, length));
const summary = reader.end();
const [pms] = reader.clientsSeen().toSorted((a, b) => b.plexCount - a.plexCount);
const entries = reader.entries([pms.client]).length;
console.log(JSON.stringify({ ...summary, entries, peakMb: process.resourceUsage().maxRSS / 1024 }));
`;

interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly seconds: number[];
}

function writeLog(path: string): void {
  const file = openSync(path, 'w');
  for (const chunk of nativeLog({ seed: 1, lines: LINES, clients: 200, hosts: 1000 })) writeSync(file, chunk);
  closeSync(file);
}

async function bundle(path: string): Promise<void> {
  await build({
    stdin: { contents: OURS, resolveDir: resolve('.'), loader: 'ts' },
    outfile: path,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'warning',
  });
}

function run({ command, args, seconds }: Contender): string {
  const start = performance.now();
  const output = execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  seconds.push((performance.now() - start) / 1000);
  return output;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function row({ name, seconds }: Contender): string {
  const spread = `${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)}`;
  return `${name.padEnd(10)} ${median(seconds).toFixed(2)} s (${spread})`;
}

/** Requests for each result and for each host that is tunnelled to, counted by both. */
function differences(log: string): number {
  const counts = (program: string): Map<string, number> => {
    const lines = execFileSync('mawk', [program, log], { encoding: 'utf8', maxBuffer: 1 << 28 })
      .trim()
      .split('\n');
    return new Map(lines.map((line) => line.split(' ')).map(([key = '', count]) => [key, Number(count)]));
  };
  const theirs = new Map([
    ...counts('{c[$4]++} END {for (k in c) print k, c[k]}'),
    ...counts('$6 == "CONNECT" {c[$7]++} END {for (k in c) print k, c[k]}'),
  ]);
  const reader = new AccessLogReader({ format: 'auto' });
  reader.push(readFileSync(log));
  reader.end();
  for (const { method, host, port, result, status, count } of reader.entries()) {
    const way = [result?.protocol, result?.tag, ...(result?.flags ?? [])].join('_');
    const keys = [`${way}/${String(status).padStart(3, '0')}`, ...(method === 'CONNECT' ? [`${host}:${port}`] : [])];
    for (const key of keys) theirs.set(key, (theirs.get(key) ?? 0) - count);
  }
  return [...theirs.values()].filter((difference) => difference !== 0).length;
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'squid-log-bench-'));
  try {
    const log = join(directory, 'access.log');
    const ours = join(directory, 'ours.mjs');
    writeLog(log);
    await bundle(ours);
    const report = join(directory, 'report.json');
    writeFileSync(report, '');
    const contenders: readonly Contender[] = [
      { name: 'ours', command: process.execPath, args: [ours, log], seconds: [] },
      { name: 'mawk', command: 'mawk', args: ['{c[$7]++}', log], seconds: [] },
      {
        name: 'goaccess',
        command: 'goaccess',
        args: [
          log,
          `--log-format=${GOACCESS_FORMAT}`,
          ...GOACCESS_TIMES,
          '--no-progress',
          '--no-global-config',
          '-o',
          report,
        ],
        seconds: [],
      },
    ];
    console.log(`${LINES} lines, ${(statSync(log).size / 1e6).toFixed(0)} MB; ${RUNS} runs each, in turn`);
    let said = '';
    for (let i = 0; i < RUNS; i += 1) {
      for (const contender of contenders) {
        const output = run(contender);
        if (contender.name === 'ours') said = output;
      }
    }
    console.log(said.trim());
    for (const contender of contenders) console.log(row(contender));
    const [own, mawk, goaccess] = contenders.map(({ seconds }) => median(seconds));
    const ratio = (name: string, other: number | undefined, bar: number): string => {
      const value = (own ?? Number.NaN) / (other ?? Number.NaN);
      return `ours / ${name.padEnd(10)} ${value.toFixed(2)} (bar ${bar.toFixed(2)})${value > bar ? '  OVER' : ''}`;
    };
    console.log(ratio('mawk', mawk, MAWK_BAR));
    console.log(ratio('goaccess', goaccess, GOACCESS_BAR));
    console.log(`counts that differ from mawk's: ${differences(log)}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
