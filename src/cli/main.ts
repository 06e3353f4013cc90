import { Script } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';
import { TOOL } from '../core/version.ts';
import type * as Application from './run.ts';

// Filled in by src/tooling/build.mjs.
/** JavaScript, compressed by brotli, in base64. */
declare const APPLICATION_PACKED: string;
declare const HELP_TEXT: string;

// https-proxy-agent prints proxy passwords when DEBUG is set, and Node's own env-proxy must never act on our probes or children.
// Both are read when modules load, so they go before anything else is loaded.
for (const name of ['DEBUG', 'NODE_DEBUG', 'NODE_USE_ENV_PROXY']) delete process.env[name];

/** A reader that went away (`| head`) is no error; a full disk is, and there is nothing to add to it. */
function print(text: string): void {
  process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 2));
  process.stdout.write(text);
}

const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') {
  print(`${TOOL.version}\n`);
} else if (argv.length === 1 && (argv[0] === '--help' || argv[0] === '-h')) {
  print(HELP_TEXT);
} else {
  const source = brotliDecompressSync(Buffer.from(APPLICATION_PACKED, 'base64')).toString('latin1');
  const load: (file: string) => typeof Application = new Script(source, {
    filename: 'pms-proxy-doctor',
  }).runInThisContext();
  // Everything is written by now; a socket of a library that is still closing must not keep the process.
  process.exit(await load(import.meta.url).run(argv));
}
