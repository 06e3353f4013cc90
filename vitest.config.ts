import { defineConfig } from 'vitest/config';

/** These start a process called Plex Media Server, which every other test on this machine would find. */
const STAND_INS = ['test/demo/pms/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/build-once.ts'],
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // The lab needs root and Debian packages; it has its own configuration and its own step in .ci/run.
          exclude: ['test/lab/**', 'test/bench/**', ...STAND_INS],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'stand-in', include: STAND_INS, sequence: { groupOrder: 1 } } },
    ],
  },
});
