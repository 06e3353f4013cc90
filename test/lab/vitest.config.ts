import { defineConfig } from 'vitest/config';

/** The lab: root, Debian packages, seconds instead of milliseconds. One file at a time, because the tests measure a whole network. */
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
