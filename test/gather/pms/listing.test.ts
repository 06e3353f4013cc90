import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
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

describe('listProcesses', () => {
  it.skipIf(skipped !== '')(`finds this process with the real ps${skipped}`, async () => {
    const listed = await listProcesses('darwin');
    const processes = listed.state === 'ok' ? listed.value : [];
    expect(processes.find((p) => p.pid === process.pid)).toMatchObject({ ppid: process.ppid });
  });

  it.each([
    ['win32' as const, 'tasklist /fo csv /nh', '"a.exe","7","x"', [{ pid: 7, ppid: null, command: 'a.exe' }]],
    ['freebsd' as const, 'ps -axo pid=,ppid=,comm=', '7 1 a b', [{ pid: 7, ppid: 1, command: 'a b' }]],
  ])('%s asks %s', async (platform, command, output, value) => {
    const asked: string[] = [];
    const listed = await listProcesses(platform, (file, args) => {
      asked.push([file, ...args].join(' '));
      return Promise.resolve(output);
    });
    expect(asked).toEqual([command]);
    expect(listed).toEqual({ state: 'ok', value });
  });
});
