import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { FUZZ } from './test/support/fuzz.ts';

/** The lab needs root and Debian packages; it has its own configuration and its own step in .ci/run. */
const ELSEWHERE = ['test/lab/**', 'test/bench/**'];
const SOCKETS = 'test/**/*.sockets.test.ts';
const SYSTEM = 'test/**/*.system.test.ts';
const PMS = 'test/**/*.pms.test.ts';

/** test/README.md says which test belongs to which project. */
export default defineConfig({
  test: {
    // Only for an end that never comes: a busy machine may take its time, and a long run of fuzzing more of it.
    testTimeout: 120_000 * Math.max(1, FUZZ),
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'threads',
    isolate: false,
    // What was transformed once is kept in node_modules: a second run begins a quarter sooner.
    experimental: { fsModuleCache: true },
    // Of two cores Vitest would use one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [...ELSEWHERE, SOCKETS, SYSTEM, PMS],
          setupFiles: [
            'test/support/projects/no-programs.ts',
            'test/support/projects/no-sockets.ts',
            'test/support/projects/fuzzing.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'sockets',
          include: [SOCKETS],
          exclude: ELSEWHERE,
          setupFiles: ['test/support/projects/no-programs.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: [SYSTEM],
          exclude: ELSEWHERE,
          globalSetup: ['test/support/system/build-once.ts'],
          pool: 'forks',
        },
      },
      {
        extends: true,
        test: {
          name: 'pms',
          include: [PMS],
          exclude: ELSEWHERE,
          globalSetup: ['test/support/system/build-once.ts'],
          pool: 'forks',
          // After the others: whatever looks for a PMS on this machine would find theirs.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
