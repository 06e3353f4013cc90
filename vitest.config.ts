import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The lab needs root and Debian packages; it has its own configuration and its own step in .ci/run.
    exclude: ['test/lab/**', 'test/bench/**'],
    globalSetup: ['test/support/build-once.ts'],
    testTimeout: 20_000,
  },
});
