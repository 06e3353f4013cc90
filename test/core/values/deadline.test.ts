import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../../src/core/values/deadline.ts';

describe('Deadline', () => {
  it('counts down on the given clock, never below 0', () => {
    let now = 100;
    const deadline = Deadline.after(50, () => now);
    expect([deadline.leftMs(), deadline.passed]).toEqual([50, false]);
    now = 149;
    expect([deadline.leftMs(), deadline.passed]).toEqual([1, false]);
    now = 150;
    expect([deadline.leftMs(), deadline.passed]).toEqual([0, true]);
    now = 1_000;
    expect(deadline.leftMs()).toBe(0);
  });

  it('a cap is never later than the deadline itself, and leaves it as it was', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), (budget, cap, later) => {
        let now = 0;
        const deadline = Deadline.after(budget, () => now);
        now = later;
        expect(deadline.capped(cap).leftMs()).toBe(Math.min(cap, deadline.leftMs()));
        expect(deadline.leftMs()).toBe(Math.max(0, budget - later));
      }),
    );
  });

  it('runs on a monotonic clock by default', () => {
    const hourMs = 3_600_000;
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const deadline = Deadline.after(hourMs);
      vi.setSystemTime(Date.now() + 2 * hourMs);
      expect(deadline.passed).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});
