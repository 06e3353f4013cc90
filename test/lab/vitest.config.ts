import { defineConfig } from 'vitest/config';
import { ORACLES } from './oracles.config.ts';

/** They look for a PMS, or for traces, on this machine, and would find those of other labs. */
const ALONE = ['allow', 'bridge-plan', 'lab', 'trace', 'vantage'].map((name) => `test/lab/${name}.test.ts`);

/** The lab: root, Debian packages, seconds instead of milliseconds. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/system/build-once.ts'],
    // The tests that may run side by side share their labs: states/states.test.ts.
    maxConcurrency: Number(process.env['PMS_DOCTOR_LABS'] ?? 3),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A machine that stands still for tenths of a second hides a process of thirty milliseconds. The reporter tells what was tried twice.
    retry: 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          exclude: [...ORACLES, ...ALONE],
          // Each file has labs of its own, and mostly waits.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
