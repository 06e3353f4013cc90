import { spawnSync } from 'node:child_process';

/** Pairs of runs: the machine's speed drifts, so each run is compared with the one beside it. */
const PAIRS = 21;

const BUILT = 'dist/pms-proxy-doctor.js';

/** Bars of the ratio to `node -e 0`, as medians. */
const BARS = { '--version': 1.5, '--help': 2 } as const;

function wallMs(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** How long the built file takes to say its version and its help, against Node doing nothing in the same run. */
for (const [flag, bar] of Object.entries(BARS)) {
  const ratios = Array.from({ length: PAIRS }, () => wallMs([BUILT, flag]) / wallMs(['-e', '0']));
  const [low, middle, high] = [Math.min(...ratios), median(ratios), Math.max(...ratios)];
  console.log(
    `${flag.padEnd(10)} ${middle.toFixed(2)} × node -e 0 (${low.toFixed(2)} to ${high.toFixed(2)}; bar ${bar})`,
  );
}
