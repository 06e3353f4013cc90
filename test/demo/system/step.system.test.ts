import { describe, expect, it } from 'vitest';
import { runProgram, runStep, StepFailed, toolPath } from '../../../src/demo/system/step.ts';

const script = (code: string): readonly string[] => ['-e', code];

describe('runProgram', () => {
  it.each<[string, string, readonly string[], Awaited<ReturnType<typeof runProgram>>]>([
    ['success', process.execPath, script('console.log(1)'), { code: 0, stdout: '1\n', stderr: '' }],
    [
      'failure',
      process.execPath,
      script("console.error(' no ');process.exit(4)"),
      { code: 4, stdout: '', stderr: 'no' },
    ],
    [
      'a signal',
      process.execPath,
      script("process.kill(process.pid,'SIGKILL')"),
      { code: null, stdout: '', stderr: '' },
    ],
  ])('gives back %s', async (_, command, args, expected) => {
    expect(await runProgram(command, args)).toEqual(expected);
  });

  it('gives back that there is no such program', async () => {
    const { code, stderr } = await runProgram('/nonexistent/program', []);
    expect({ code, stderr }).toEqual({ code: null, stderr: expect.stringContaining('ENOENT') });
  });

  it('passes on nothing of our environment but PATH', async () => {
    const { stdout } = await runProgram(
      process.execPath,
      script('console.log(Object.keys(process.env).sort().join())'),
    );
    expect(stdout).toBe('LC_ALL,PATH\n');
  });
});

describe('runStep', () => {
  it('names the step and what the program said', async () => {
    const failing = runStep('a link', process.execPath, script("console.error('not supported');process.exit(2)"));
    const error = await failing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StepFailed);
    expect(error).toMatchObject({ step: 'a link', detail: expect.stringContaining('not supported') });
  });

  it('is silent about success', async () => {
    expect(await runStep('nothing', process.execPath, script(''))).toBeUndefined();
  });
});

it('system directories are searched once, after our own', () => {
  const directories = toolPath().split(':');
  expect(new Set(directories).size).toBe(directories.length);
  expect(directories).toEqual(expect.arrayContaining(['/usr/sbin', '/sbin']));
});
