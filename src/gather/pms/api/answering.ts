import type { Deadline } from '../../../core/values/deadline.ts';
import type { Called } from './client.ts';

/** PMS answers 503 while it starts, which takes some seconds, and longer when it migrates its database. */
export const STARTING_BUDGET_MS = 10_000;
const ASK_AGAIN_MS = 500;

interface Asked {
  identity(): Promise<Called<unknown>>;
}

export interface Patience {
  readonly deadline: Deadline;
  readonly wait: (ms: number) => Promise<unknown>;
}

/**
 * The first of several ways to ask PMS at which it identifies itself. While one of them says that PMS is starting, all are asked again. null: none
 * answers, or PMS did not start in time.
 */
export async function firstAnswering<A extends Asked>(ways: readonly A[], patience: Patience): Promise<A | null> {
  for (;;) {
    let isStarting = false;
    for (const way of ways) {
      const called = await way.identity();
      if (called.ok) return way;
      isStarting ||= called.trouble.code === 'HTTP_503';
    }
    if (!isStarting || patience.deadline.passed) return null;
    await patience.wait(Math.min(ASK_AGAIN_MS, patience.deadline.leftMs()));
  }
}
