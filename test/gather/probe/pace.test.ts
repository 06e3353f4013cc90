import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from '../../../src/gather/probe/pace.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Runs this many pieces of work that end after so many milliseconds (null: never); gives how many have begun. */
function begun(count: number, endMs: (index: number) => number | null): () => number {
  const pace = new Pace();
  let started = 0;
  for (let i = 0; i < count; i += 1)
    void pace.run(() => {
      const ms = endMs(started);
      started += 1;
      return new Promise<void>((resolve) => {
        if (ms !== null) setTimeout(resolve, ms);
      });
    });
  return () => started;
}

it('begins eight at a time where each ends soon', async () => {
  const started = begun(40, () => 100);
  for (const expected of [8, 16, 24]) {
    await vi.advanceTimersByTimeAsync(50);
    expect(started()).toBe(expected);
    await vi.advanceTimersByTimeAsync(50);
  }
});

it('begins all of many soon where nothing answers', async () => {
  const started = begun(80, () => null);
  for (const expected of [8, 16, 24]) {
    await vi.advanceTimersByTimeAsync(249);
    expect(started()).toBe(expected);
    await vi.advanceTimersByTimeAsync(1);
  }
  await vi.advanceTimersByTimeAsync(300);
  expect(started()).toBe(80);
});

it('does not hurry where one has ended', async () => {
  const started = begun(80, (index) => (index === 0 ? 10 : null));
  await vi.advanceTimersByTimeAsync(1_000);
  // Eight and the one behind that which ended; seven places are given on four times by then, and the one that began later three times.
  expect(started()).toBe(9 + 7 * 4 + 3);
});
