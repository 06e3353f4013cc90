import { build } from 'esbuild';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Bundles a TypeScript module given as text and imports it, because Node 20 loads no `.ts` files and the text need not be
 * on disk. Relative imports in it start at `directory`. Gives the module's namespace; throws what esbuild or the module throws.
 */
export async function importTypeScript(
  contents: string,
  directory: string,
): Promise<Readonly<Record<string, unknown>>> {
  const cache = join(process.cwd(), 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, 'load-'));
  try {
    const outfile = join(scratch, 'bundle.mjs');
    await build({
      stdin: { contents, resolveDir: directory, loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      packages: 'external',
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
