import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../src/tooling/layers.mjs';
import { isNamed, objectionTo } from '../../src/tooling/lint-layers.mjs';

const rows = Object.entries(LAYERS);

/** Folders of code on the disk. */
const folders = new Set(
  ['src', 'checks'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.m?ts$/.test(name))
      .map((name) => dirname(`${root}/${name}`)),
  ),
);

describe('the table of layers', () => {
  it('has a row for each folder of code, and no other', () => {
    expect(rows.map(([folder]) => folder).toSorted()).toEqual([...folders].toSorted());
  });

  it.each(rows)('%s names only rows before its own', (folder, { folders: named }) => {
    const index = rows.findIndex(([name]) => name === folder);
    const before = rows.slice(0, index).map(([name]) => name);
    const others = rows.slice(index).map(([name]) => name);
    expect(others.filter((name) => isNamed(named, name))).toEqual([]);
    expect(named.filter((pattern) => !before.some((name) => isNamed([pattern], name)))).toEqual([]);
  });
});

const SMALL = {
  'src/core/values': { folders: [], packages: ['zod/mini'] },
  'src/core/model': { folders: ['src/core/values'], packages: [] },
  'src/corelation': { folders: [], packages: [] },
  'src/core/fast': { folders: [], packages: [], importedBy: ['src/core/model'] },
  'src/app': { folders: ['src/core/**'], packages: ['**'] },
};

describe('a file may import', () => {
  it.each<[string, string]>([
    ['src/core/model/a.ts', './b.ts'],
    ['src/core/model/a.ts', '../values/b.ts'],
    ['src/core/values/version.ts', '../../../package.json'],
    ['src/core/values/a.ts', 'zod/mini'],
    ['src/app/a.ts', '../core/model/b.ts'],
    ['src/core/fast/a.ts', './b.ts'],
    ['test/core/a.test.ts', '../../src/core/fast/a.ts'],
    ['src/app/a.ts', 'node:fs'],
    ['test/core/a.test.ts', '../../src/core/values/a.ts'],
    ['vitest.config.ts', 'vitest/config'],
  ])('%s: %s', (file, specifier) => {
    expect(objectionTo(file, specifier, SMALL)).toBeNull();
  });
});

describe('a file may not import', () => {
  it.each<[string, string, RegExp]>([
    ['src/core/values/a.ts', '../model/b.ts', /src\/core\/values may not import src\/core\/model/],
    ['src/core/values/a.ts', 'zod', /the package zod/],
    ['src/core/model/a.ts', 'node:fs', /the package node:fs/],
    ['src/app/a.ts', '../corelation/b.ts', /src\/app may not import src\/corelation/],
    ['src/app/a.ts', '../../test/support/b.ts', /src\/app may not import test\/support/],
    ['src/app/a.ts', '../core/fast/b.ts', /src\/app may not import src\/core\/fast/],
    ['src/new/a.ts', './b.ts', /src\/new has no row/],
    ['src/core/model/new/a.ts', '../b.ts', /src\/core\/model\/new has no row/],
  ])('%s: %s', (file, specifier, words) => {
    expect(objectionTo(file, specifier, SMALL)).toMatch(words);
  });
});
