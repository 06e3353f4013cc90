import { describe, expect, it } from 'vitest';
import { listProcesses } from '../../../src/gather/pms/listing.ts';

describe('listProcesses', () => {
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
