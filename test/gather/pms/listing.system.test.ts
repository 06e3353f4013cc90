import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { listProcesses } from '../../../src/gather/pms/listing.ts';

function lacksPs(): string {
  try {
    execFileSync('ps', ['-axo', 'pid='], { stdio: 'ignore' });
    return '';
  } catch {
    return ' (skipped: no ps with these options here)';
  }
}
const skipped = lacksPs();

it.skipIf(skipped !== '')(`finds this process with the real ps${skipped}`, async () => {
  const listed = await listProcesses('darwin');
  const processes = listed.state === 'ok' ? listed.value : [];
  expect(processes.find((p) => p.pid === process.pid)).toMatchObject({ ppid: process.ppid });
});
