import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BUILTIN_FORMATS } from '../../src/parse/access-log/squid/format/logformat.ts';
import { SquidLogReader } from '../../src/parse/access-log/squid/log.ts';
import { nativeLog } from '../support/logs/squid-log-builder.ts';
import { CLI, CLI_CODES, median, TELL_MEMORY, timedRun, type TimedRun } from '../support/system/timed-run.ts';

/**
 * How long our reader alone, and the whole `read`, take for a large access log beside mawk, which only counts the URLs, and goaccess:
 * whole processes, in turn. Needs mawk, goaccess and the built command: `node src/tooling/run.mjs test/bench/squid-log.ts`.
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
import { BUILTIN_FORMATS } from './src/parse/access-log/squid/format/logformat.ts';
import { SquidLogReader } from './src/parse/access-log/squid/log.ts';
const reader = new SquidLogReader(BUILTIN_FORMATS.squid);
const file = openSync(process.argv[2], 'r');
const chunk = Buffer.allocUnsafe(1 << 18);
for (let length; (length = readSync(file, chunk)) > 0; ) reader.push(chunk.subarray(0, length));
const summary = reader.end();
const [pms] = reader.clientsSeen().toSorted((a, b) => b.plexCount - a.plexCount);
const entries = reader.entries([pms.client]).length;
console.log(JSON.stringify({ ...summary, entries }));
`;

interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly codes?: readonly number[];
  readonly runs: TimedRun[];
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

/** Of all runs the middle one by the clock, and the one with the least processor time: others may use the machine. */
function wallOf({ runs }: Contender): number {
  return median(runs.map(({ wallSeconds }) => wallSeconds));
}

function cpuOf({ runs }: Contender): number {
  return Math.min(...runs.map(({ cpuSeconds }) => cpuSeconds));
}

function row(contender: Contender): string {
  const walls = contender.runs.map(({ wallSeconds }) => wallSeconds);
  const spread = `${Math.min(...walls).toFixed(2)} to ${Math.max(...walls).toFixed(2)}`;
  const peakMb = Math.max(...contender.runs.map((each) => each.peakMb));
  const memory = Number.isNaN(peakMb) ? '' : `, ${peakMb.toFixed(0)} MB`;
  return `${contender.name.padEnd(10)} ${wallOf(contender).toFixed(2)} s (${spread}), processor ${cpuOf(contender).toFixed(2)} s${memory}`;
}

function ratio(own: Contender, other: Contender, bar: number): string {
  const value = wallOf(own) / wallOf(other);
  const cpu = cpuOf(own) / cpuOf(other);
  const names = `${own.name} / ${other.name}`.padEnd(20);
  return `${names} ${value.toFixed(2)}, processor ${cpu.toFixed(2)} (bar ${bar.toFixed(2)})${value > bar ? '  OVER' : ''}`;
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
  const reader = new SquidLogReader(BUILTIN_FORMATS.squid);
  reader.push(readFileSync(log));
  reader.end();
  // Client by client: of all together only the foremost are given.
  const entries = reader.clientsSeen().flatMap(({ client }) => reader.entries([client]));
  for (const { method, host, port, result, status, count } of entries) {
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
    const node = process.execPath;
    const reader: Contender = { name: 'reader', command: node, args: [...TELL_MEMORY, ours, log], runs: [] };
    const read: Contender = {
      name: 'read',
      command: node,
      args: [...TELL_MEMORY, CLI, 'read', log],
      codes: CLI_CODES,
      runs: [],
    };
    const mawk: Contender = { name: 'mawk', command: 'mawk', args: ['{c[$7]++}', log], runs: [] };
    const goaccessArgs = [`--log-format=${GOACCESS_FORMAT}`, ...GOACCESS_TIMES, '--no-progress', '--no-global-config'];
    const goaccess: Contender = {
      name: 'goaccess',
      command: 'goaccess',
      args: [log, ...goaccessArgs, '-o', report],
      runs: [],
    };
    const contenders = [reader, read, mawk, goaccess];
    console.log(`${LINES} lines, ${(statSync(log).size / 1e6).toFixed(0)} MB; ${RUNS} runs each, in turn`);
    for (let i = 0; i < RUNS; i += 1) {
      for (const { command, args, codes, runs } of contenders) runs.push(timedRun(command, args, codes));
    }
    console.log(reader.runs[0]?.stdout.trim());
    for (const contender of contenders) console.log(row(contender));
    for (const own of [reader, read]) {
      console.log(ratio(own, mawk, MAWK_BAR));
      console.log(ratio(own, goaccess, GOACCESS_BAR));
    }
    console.log(`counts that differ from mawk's: ${differences(log)}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
