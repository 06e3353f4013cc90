import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../../src/core/deadline.ts';

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
    const leftMs = Deadline.after(10_000).leftMs();
    expect(leftMs).toBeGreaterThan(9_000);
    expect(leftMs).toBeLessThanOrEqual(10_000);
  });
});
