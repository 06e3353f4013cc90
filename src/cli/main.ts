import { writeSync } from 'node:fs';
import { Script } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';
import { TOOL } from '../core/values/version.ts';
import { drawHelp } from './help/draw.ts';
import type { HelpPage } from './help/model.ts';
import type * as Application from './run.ts';
import { widthOf } from './width.ts';

// Filled in by src/tooling/build.mjs.
/** JavaScript, compressed by brotli, in base64. */
declare const APPLICATION_PACKED: string;
declare const HELP_PAGE: HelpPage;

// https-proxy-agent prints proxy passwords when DEBUG is set, and Node's own env-proxy must never act on our probes or children.
// Both are read when modules load, so they go before anything else is loaded.
for (const name of ['DEBUG', 'NODE_DEBUG', 'NODE_USE_ENV_PROXY']) delete process.env[name];

const OUTPUT_FAILED = 74;
const WRONG_USAGE = 2;

/** A reader that went away (`| head`) is no error. */
function print(text: string): void {
  process.stdout.on('error', (error) => {
    const code = 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'EPIPE') process.exit(0);
    tell(`cannot write to standard output: ${code === 'ENOSPC' ? 'no space left' : code}`);
    process.exit(OUTPUT_FAILED);
  });
  process.stdout.write(text);
}

function tell(problem: string): void {
  try {
    writeSync(2, `${TOOL.name}: ${problem}\n`);
  } catch {
    // Standard error is closed or full: the exit code says it.
  }
}

/** yargs and other libraries ask for the working directory when they load. */
function hasWorkingDirectory(): boolean {
  try {
    process.cwd();
    return true;
  } catch {
    return false;
  }
}

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  print(`${TOOL.version}\n`);
} else if (argv.length === 1 && (argv[0] === '--help' || argv[0] === '-h')) {
  print(drawHelp(HELP_PAGE, widthOf(process.stdout, process.env)));
} else if (!hasWorkingDirectory()) {
  tell('the working directory is gone: change to one that is there (for example: cd /), and run this again');
  process.exit(WRONG_USAGE);
} else {
  const source = brotliDecompressSync(Buffer.from(APPLICATION_PACKED, 'base64')).toString('latin1');
  const load: (file: string) => typeof Application = new Script(source, {
    filename: 'pms-proxy-doctor',
  }).runInThisContext();
  // Everything is written by now; a socket of a library that is still closing must not keep the process.
  process.exit(await load(import.meta.url).run(argv));
}
