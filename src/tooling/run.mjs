// Runs a TypeScript file under Node 20, which cannot: `node src/tooling/run.mjs FILE.ts [ARGUMENT…]`.
import { build } from 'esbuild';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node src/tooling/run.mjs FILE.ts [ARGUMENT…]');
  process.exit(2);
}

// Below node_modules, so that the packages that stay outside the bundle are found from there.
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
await mkdir(cache, { recursive: true });
const directory = await mkdtemp(join(cache, 'run-'));
try {
  const outfile = join(directory, 'bundle.mjs');
  await build({
    entryPoints: [resolve(file)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  process.argv = [process.execPath, resolve(file), ...rest];
  await import(pathToFileURL(outfile).href);
} finally {
  await rm(directory, { recursive: true, force: true });
}
