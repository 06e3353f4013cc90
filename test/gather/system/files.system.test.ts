import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readText } from '../../../src/gather/system/files.ts';
import { LogFolder } from '../../support/logs/log-files.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

const fifo = existsSync('/usr/bin/mkfifo') ? '' : ' (skipped: no mkfifo here)';
it.skipIf(fifo !== '')(`does not wait at a FIFO${fifo}`, async () => {
  execFileSync('/usr/bin/mkfifo', [join(folder.path, 'fifo')]);
  expect(await readText(folder.path, '/fifo')).toMatchObject({ state: 'failed', reason: { code: 'EISDIR' } });
});
