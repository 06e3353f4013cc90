import { defineConfig } from 'vitest/config';

/** Our parsers and rules beside the real programs: much work, and no network that anything else measures. */
export const ORACLES = ['test/lab/dialects/**/*.test.ts', 'test/lab/systemd/**/*.test.ts', 'test/lab/tshark.test.ts'];

export default defineConfig({
  // Only for an end that never comes: in .ci/run the lab goes first.
  test: { include: ORACLES, fileParallelism: false, testTimeout: 1_200_000, hookTimeout: 1_200_000 },
});
