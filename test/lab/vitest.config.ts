import { defineConfig } from 'vitest/config';
import { ORACLES } from './oracles.config.ts';

/** The lab: root, Debian packages, seconds instead of milliseconds. One file at a time, because the tests measure a whole network. */
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    exclude: ORACLES,
    globalSetup: ['test/support/system/build-once.ts'],
    fileParallelism: false,
    // The tests that may run side by side share their labs: states/states.test.ts.
    maxConcurrency: Number(process.env['PMS_DOCTOR_LABS'] ?? 4),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
