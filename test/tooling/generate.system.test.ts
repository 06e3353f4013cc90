import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('generate', () => {
  it('--check finds nothing stale in this tree', () => {
    const args = ['src/tooling/run.mjs', 'src/tooling/generate.ts', '--check'];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('');
  });
});

describe('generate in a tree of its own', () => {
  let root = '';
  const generate = (...args: readonly string[]) =>
    spawnSync(process.execPath, [resolve('src/tooling/run.mjs'), resolve('src/tooling/generate.ts'), ...args], {
      cwd: root,
      encoding: 'utf8',
    });

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'generate-'));
    mkdirSync(join(root, 'checks'));
    cpSync('checks/clock-skew.ts', join(root, 'checks/clock-skew.ts'));
    for (const shared of ['src', 'node_modules']) symlinkSync(resolve(shared), join(root, shared));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('--check names every stale file, exits 1 and writes nothing', () => {
    const { status, stderr } = generate('--check');
    expect(status).toBe(1);
    expect(stderr).toContain('checks/index.ts is stale');
    expect(stderr).toContain('docs/checks/clock-skew.md is stale');
    expect(existsSync(join(root, 'docs'))).toBe(false);
  });

  it('writes what is missing, and removes the page of a check that is gone', () => {
    expect(generate().status).toBe(0);
    writeFileSync(join(root, 'docs/checks/gone.md'), 'old');
    expect(generate('--check').stderr).toBe('docs/checks/gone.md is stale: run npm run generate\n');
    expect(generate().stdout).toBe('removed docs/checks/gone.md\n');
    expect(generate('--check').status).toBe(0);
  });
});
