import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OutputError, writeOutput } from '../../src/app/output.ts';
import { Workshop } from '../support/system/workshop.ts';

const work = new Workshop();
afterAll(() => work.remove());

function pipe(name: string): string {
  const path = join(work.path, name);
  execFileSync('mkfifo', [path]);
  return path;
}

describe('a pipe as output', () => {
  it('that no program reads from is one clear line, not a wait without end', async () => {
    const path = pipe('unread');
    const writing = writeOutput('output', path, 'text', 1);
    await expect(writing).rejects.toThrow(OutputError);
    await expect(writing).rejects.toThrow(/^--output: cannot write [^\n]*unread: no program reads[^\n]*$/);
  });

  it('gives its reader everything, more than a pipe can hold too', async () => {
    const path = pipe('read');
    const content = 'x'.repeat(1_000_000);
    const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [read] = await Promise.all([text(reader.stdout), writeOutput('output', path, content)]);
    expect(read).toBe(content);
  });

  it('whose reader leaves early is no error, as on standard output', async () => {
    const path = pipe('left');
    const reader = spawn('head', ['-c', '1', path], { stdio: 'ignore' });
    const left = once(reader, 'exit');
    await expect(writeOutput('output', path, 'x'.repeat(1_000_000))).resolves.toBeUndefined();
    await left;
  });
});

it('a full device is a failed write', async () => {
  await expect(writeOutput('save-evidence', '/dev/full', 'text')).rejects.toThrow(
    new OutputError('--save-evidence: cannot write /dev/full: no space left'),
  );
});

it('a file is whole, private and alone', async () => {
  const path = work.file('report', 'older and longer');
  const before = readdirSync(work.path);
  await writeOutput('output', path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(work.path)).toEqual(before);
});
