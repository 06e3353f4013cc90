import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { markEnd, readAdded } from '../../../src/gather/experiment/tail.ts';
import { LogFolder } from '../../support/logs/log-files.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

it('a pipe without a writer is no file', async () => {
  const pipe = join(folder.path, 'pipe.log');
  execFileSync('mkfifo', [pipe]);
  const tail = await markEnd(pipe);
  expect(tail.from).toEqual({ code: 'NOT_A_FILE' });
  expect(await readAdded(tail)).toBeNull();
});
