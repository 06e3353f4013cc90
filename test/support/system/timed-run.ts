import { spawnSync } from 'node:child_process';

export interface TimedRun {
  readonly wallSeconds: number;
  /** Of the process, with those that it waited for: comparable when other programs use the machine too. */
  readonly cpuSeconds: number;
  readonly stdout: string;
  /** Of Node processes that run with {@link TELL_MEMORY}. */
  readonly peakMb: number;
}

/** A shell runs the command and tells its times: those of a child that has ended are nothing that Node can ask for. */
const SHELL = '"$@"; code=$?; times >&3; exit $code';
/** Options for `node`, before the file. */
export const TELL_MEMORY: readonly string[] = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    "import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,`maxrss ${process.resourceUsage().maxRSS}\\n`))",
  )}`,
];

/** Runs a command to its end. Throws when it ends with another code than one of `codes`. */
export function timedRun(command: string, args: readonly string[], codes: readonly number[] = [0]): TimedRun {
  const from = performance.now();
  const { status, stdout, stderr, output, error } = spawnSync('sh', ['-c', SHELL, 'sh', command, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const wallSeconds = (performance.now() - from) / 1000;
  if (error || status === null || !codes.includes(status)) {
    throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  }
  const told = output[3] ?? '';
  const kilobytes = Number(/maxrss (\d+)/.exec(told)?.[1]);
  // `times` writes a line for the shell and one for what it ran: `0m1.250000s 0m0.040000s`.
  const times = [...told.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => 60 * Number(minutes) + Number(seconds),
  );
  return {
    wallSeconds,
    cpuSeconds: (times[2] ?? Number.NaN) + (times[3] ?? Number.NaN),
    stdout,
    peakMb: kilobytes / 1024,
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The whole command from dist, which `npm run bench` builds, with the codes of a run that could read its files. */
export const CLI = 'dist/pms-proxy-doctor.js';
export const CLI_CODES: readonly number[] = [0, 1, 3];
