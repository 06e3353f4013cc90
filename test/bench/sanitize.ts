import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { library, mixture } from '../support/logs/pms-log-builder.ts';

/**
 * How fast a log of PMS is sanitized with 500 values that are known beforehand, whole process with node's start included, beside the parsers
 * of `sos clean` (Debian package sosreport, where it is installed) and sed with one expression for each, with the same values and in the same
 * run: `node src/tooling/run.mjs test/bench/sanitize.ts [--megabytes 300] [--seed 1]`. The time is that of the processor, so that a busy machine does not count; memory is that of the larger of two sizes.
 */

const BAR_MB_PER_S = 100;
const RUNS = 3;
const VALUES = 500;
const BYTES_PER_MB = 1_000_000;
/** The others take minutes for what node does in seconds: they get a smaller log. */
const SHARE_OF_OTHERS = 20;

const OURS = `
import { openSync, readSync, writeSync } from 'node:fs';
import { LineSanitizer } from ${JSON.stringify(resolve('src/sanitize/lines/line-sanitizer.ts'))};
import { hideLogParts } from ${JSON.stringify(resolve('src/sanitize/rules/log-lines.ts'))};
import { Sanitizer } from ${JSON.stringify(resolve('src/sanitize/sanitizer.ts'))};
import { NO_SEEDS } from ${JSON.stringify(resolve('src/sanitize/values/seeds.ts'))};
const words = JSON.parse(process.argv[3]);
const seeds = { ...NO_SEEDS, hostnames: words.slice(0, 200), users: words.slice(200, 400), words: words.slice(400).map((word) => ['name', word]) };
const lines = new LineSanitizer(new Sanitizer(seeds, [hideLogParts], true));
const [file, out] = [openSync(process.argv[2], 'r'), openSync('/dev/null', 'w')];
const chunk = Buffer.allocUnsafe(1 << 18);
for (let bytes = readSync(file, chunk); bytes > 0; bytes = readSync(file, chunk)) for (const part of lines.push(chunk.subarray(0, bytes))) writeSync(out, part);
for (const part of lines.end()) writeSync(out, part);
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ seconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: Math.round(maxRSS / 1024), ...lines.counts }));
`;

/** The parsers that `sos clean` runs over each line, in its order. */
const SOS = `
import json, sys, time
sys.path.insert(0, '/usr/lib/python3/dist-packages')
from sos.cleaner.parsers.hostname_parser import SoSHostnameParser
from sos.cleaner.parsers.ip_parser import SoSIPParser
from sos.cleaner.parsers.mac_parser import SoSMacParser
from sos.cleaner.parsers.keyword_parser import SoSKeywordParser
parsers = [SoSHostnameParser(opt_domains=[]), SoSIPParser(), SoSMacParser(), SoSKeywordParser(keywords=json.loads(sys.argv[2]))]
with open(sys.argv[1]) as log, open('/dev/null', 'w') as out:
    for line in log:
        for parser in parsers:
            line, _ = parser.parse_line(line)
        out.write(line)
print(time.process_time())
`;

interface Measured {
  readonly seconds: number;
  readonly peakMb: number;
  readonly changed: number;
}

function option(name: string, fallback: number): number {
  const index = process.argv.indexOf(`--${name}`);
  return index === -1 ? fallback : Number(process.argv[index + 1]);
}

function generate(path: string, bytes: number, blocks: Iterable<string>): number {
  const file = openSync(path, 'w');
  let written = 0;
  for (const block of blocks) {
    written += writeSync(file, block);
    if (written >= bytes) break;
  }
  closeSync(file);
  return statSync(path).size / BYTES_PER_MB;
}

function ours(program: string, log: string, words: readonly string[]): Measured {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, log, JSON.stringify(words)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ended with ${status}: ${stderr}`);
  const read: Measured = JSON.parse(stdout);
  return read;
}

/** User and system time of sed, by the shell's own clock. */
function sed(script: string, log: string): number {
  const { stderr } = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time sed -f "$0" "$1" >/dev/null', script, log], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return stderr
    .trim()
    .split(' ')
    .reduce((sum, seconds) => sum + Number(seconds), 0);
}

/** Seconds of the processor; null where sos is not installed. */
function sos(log: string, words: readonly string[]): number | null {
  const { status, stdout } = spawnSync('python3', ['-c', SOS, log, JSON.stringify(words)], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : null;
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sanitize-bench-'));
  try {
    const words = Array.from(
      { length: VALUES },
      (_, i) => `private${String.fromCodePoint(97 + (i % 26))}${Math.floor(i / 26)}value`,
    );
    const seed = option('seed', 1);
    const [small, large] = [join(directory, 'small.log'), join(directory, 'large.log')];
    const bytes = option('megabytes', 300) * BYTES_PER_MB;
    const everyday = (): Iterable<string> => mixture(seed, { lines: 0, failures: 0, answers: 0 });
    const largeMb = generate(large, bytes, everyday());
    const smallMb = generate(small, bytes / SHARE_OF_OTHERS, everyday());
    const titles = join(directory, 'titles.log');
    const titlesMb = generate(titles, bytes / 3, library(seed));
    const program = join(directory, 'ours.mjs');
    await build({
      stdin: { contents: OURS, resolveDir: resolve('.') },
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const script = join(directory, 'script.sed');
    writeFileSync(script, words.map((word, i) => `s/\\b${word}\\b/<host-${i + 1}>/gI\n`).join(''));
    const runs = Array.from({ length: RUNS }, () => ours(program, large, words)).toSorted(
      (a, b) => a.seconds - b.seconds,
    );
    const middle = runs[Math.floor(RUNS / 2)] ?? { seconds: Number.NaN, peakMb: Number.NaN, changed: 0 };
    const flat = ours(program, small, words);
    const ofTitles = ours(program, titles, words);
    const sedSpeed = smallMb / sed(script, small);
    const sosSeconds = sos(small, words);
    const speed = largeMb / middle.seconds;
    console.log(
      `sanitize, ${VALUES} known values   ${speed.toFixed(0)} MB/s  (${largeMb.toFixed(0)} MB, ${middle.changed} lines changed)`,
    );
    console.log(
      `  where each line has other titles ${(titlesMb / ofTitles.seconds).toFixed(0)} MB/s  (${titlesMb.toFixed(0)} MB, ${ofTitles.changed} lines changed, ${ofTitles.peakMb} MB of memory)`,
    );
    console.log(
      `sed, the same ${VALUES} values     ${sedSpeed.toFixed(1)} MB/s  (ratio ${(speed / sedSpeed).toFixed(0)})`,
    );
    console.log(
      sosSeconds === null
        ? 'sos clean, its parsers            not installed (Debian package sosreport)'
        : `sos clean, its parsers            ${(smallMb / sosSeconds).toFixed(1)} MB/s  (ratio ${((speed * sosSeconds) / smallMb).toFixed(0)})`,
    );
    console.log(
      `memory: ${flat.peakMb} MB for ${smallMb.toFixed(0)} MB, ${middle.peakMb} MB for ${largeMb.toFixed(0)} MB`,
    );
    console.log(`bar ${BAR_MB_PER_S} MB/s: ${speed >= BAR_MB_PER_S ? 'met' : 'MISSED'}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
