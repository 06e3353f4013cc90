// Bundles the command line into one self-contained ESM file that runs from an empty directory.
import { build } from 'esbuild';
import { chmod, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { brotliCompressSync, constants } from 'node:zlib';

const root = fileURLToPath(new URL('../../', import.meta.url));
const outfile = `${root}dist/pms-proxy-doctor.js`;

/**
 * Static imports of Node's modules would be hoisted and loaded before our first line, also for `--version`.
 * As lazily evaluated CommonJS stubs they load when the code that needs them runs.
 */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(builder) {
    const names = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    builder.onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path }) =>
      names.has(path) ? { path: path.replace(/^node:/, ''), namespace: 'builtin', sideEffects: false } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(`node:${path}`)})`,
      loader: 'js',
    }));
  },
};

/** Text or bytes as a string literal's content that unpacks by {@link UNPACK}. */
function pack(content) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 };
  return brotliCompressSync(content, { params }).toString('base64');
}

const UNPACK = "process.getBuiltinModule('node:zlib').brotliDecompressSync(Buffer.from(PACKED, 'base64'))";

/** quickjs-wasi (PAC) reads `quickjs.wasm` beside its own file, which a bundle does not have: it travels inside. */
const inlineWasm = {
  name: 'inline-wasm',
  setup(builder) {
    builder.onLoad({ filter: /quickjs-wasi[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const wasm = await readFile(new URL('../quickjs.wasm', `file://${path}`));
      const read = /await readFile\(new URL\('\.\.\/quickjs\.wasm', import\.meta\.url\)\)/;
      if (!read.test(source)) throw new Error('quickjs-wasi loads its wasm in a new way: adapt src/tooling/build.mjs');
      const inlined = source.replace(read, () => UNPACK.replace('PACKED', () => JSON.stringify(pack(wasm))));
      return { contents: inlined, loader: 'js' };
    });
  },
};

/**
 * undici's entry loads fetch, caches, WebSocket and mocks beside the `Client` that the probe uses: a third of the bundle, and
 * several megabytes of memory. It is also what gives every dispatcher its `request`, and what names the errors.
 */
const undiciClientOnly = {
  name: 'undici-client-only',
  setup(builder) {
    builder.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'undici-client' }));
    builder.onLoad({ filter: /.*/, namespace: 'undici-client' }, () => ({
      contents: [
        "Object.assign(require('undici/lib/dispatcher/dispatcher.js').prototype, require('undici/lib/api/index.js'))",
        "const Client = require('undici/lib/dispatcher/client.js')",
        "module.exports = { Client, errors: require('undici/lib/core/errors.js') }",
      ].join('\n'),
      resolveDir: root,
    }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [lazyBuiltins, inlineWasm, undiciClientOnly],
};

// The application is compiled from a string, and only when it is needed: V8 would otherwise scan two megabytes before `--version`.
const application = await build({
  ...common,
  entryPoints: [`${root}src/cli/run.ts`],
  format: 'iife',
  globalName: 'application',
  define: { 'import.meta.url': '__file' },
  write: false,
});
// Unpacked as Latin-1, which is quicker to compile, so it must be ASCII: esbuild escapes strings, but not regular expressions.
const source = `(function (__file) { ${application.outputFiles[0].text}; return application; })`.replace(
  /[^\0-\x7F]/g,
  (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
);
const { overviewPage } = new Script(source).runInThisContext()(import.meta.url);

await build({
  ...common,
  entryPoints: [`${root}src/cli/main.ts`],
  outfile,
  format: 'esm',
  banner: { js: '#!/usr/bin/env node' },
  define: { APPLICATION_PACKED: JSON.stringify(pack(source)), HELP_PAGE: JSON.stringify(overviewPage()) },
});
await chmod(outfile, 0o755);
