import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'layers-'));
afterAll(() => rmSync(root, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

it('oxlint objects to imports of values and of types, and to circles of types', () => {
  write(
    '.oxlintrc.json',
    JSON.stringify({
      plugins: ['import'],
      jsPlugins: [resolve('src/tooling/lint-layers.mjs')],
      rules: { 'layers/may-import': 'error', 'import/no-cycle': ['error', { ignoreTypes: false }] },
    }),
  );
  write('src/core/values/a.ts', "import { model } from '../model/a.ts';\nexport const value = model;\n");
  write('src/core/values/b.ts', "export type { Model } from '../model/a.ts';\n");
  write('src/core/model/a.ts', "import type { B } from './b.ts';\nexport const model = 1;\nexport type Model = B;\n");
  write('src/core/model/b.ts', "import type { Model } from './a.ts';\nexport type B = Model | 1;\n");
  const { status, stdout } = spawnSync(resolve('node_modules/.bin/oxlint'), ['--format', 'unix'], {
    cwd: root,
    encoding: 'utf8',
  });
  const objections = stdout
    .split('\n')
    .flatMap((line) => /(\w+\/\w+\.ts):.*\((.*)\)\]$/.exec(line)?.slice(1).join(': ') ?? [])
    .toSorted();
  expect({ status, objections }).toEqual({
    status: 1,
    objections: ['model/a.ts: no-cycle', 'model/b.ts: no-cycle', 'values/a.ts: may-import', 'values/b.ts: may-import'],
  });
});
