import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { notAttempted } from '../../../src/gather/probe/attempt.ts';
import { cutByHost } from '../../../src/gather/probe/probe.ts';
import { endpoint } from '../../support/fixtures/facts.ts';
import { isStarved, LoadMeter, type MeterClock } from '../../../src/gather/probe/load.ts';

/** A host on which each tick comes `lateMs` too late, while the time of day moves by `stepMs` more. */
function hostOf(ticks: readonly { readonly lateMs: number; readonly stepMs?: number }[]): LoadMeter {
  let [now, wall] = [1_000, 1_700_000_000_000];
  let tick: () => void = () => undefined;
  const clock: MeterClock = {
    now: () => now,
    wall: () => wall,
    repeat: (_every, call) => {
      tick = call;
      return () => undefined;
    },
  };
  const meter = new LoadMeter(clock);
  for (const { lateMs, stepMs = 0 } of ticks) {
    now += 50 + lateMs;
    wall += 50 + lateMs + stepMs;
    tick();
  }
  return meter;
}

it.each([
  ['a steady host', [{ lateMs: 0 }, { lateMs: 3 }], { waitedMs: 0, longestMs: 0, clockStepMs: 0 }],
  ['a host that stops once', [{ lateMs: 0 }, { lateMs: 2_000 }], { waitedMs: 2_000, longestMs: 2_000, clockStepMs: 0 }],
  [
    'a host that is slow all the time',
    [{ lateMs: 100 }, { lateMs: 80 }],
    { waitedMs: 180, longestMs: 100, clockStepMs: 0 },
  ],
  ['a host that slept', [{ lateMs: 0, stepMs: 60_000 }], { waitedMs: 60_000, longestMs: 60_000, clockStepMs: 60_000 }],
  ['a clock that was set back', [{ lateMs: 0, stepMs: -60_000 }], { waitedMs: 0, longestMs: 0, clockStepMs: -60_000 }],
  ['a clock that drifts', [{ lateMs: 0, stepMs: 90 }], { waitedMs: 0, longestMs: 0, clockStepMs: 0 }],
])('%s', (_, ticks, expected) => {
  expect(hostOf(ticks).summary(0)).toEqual({ ...expected, unjudged: 0 });
});

it('counts only the waiting since the attempt began', () => {
  const meter = hostOf([{ lateMs: 500 }, { lateMs: 300 }]);
  const endMs = meter.nowMs;
  expect([0, endMs - 300, endMs - 100, endMs].map((from) => meter.lateSince(from))).toEqual([800, 300, 100, 0]);
});

it('takes no limit for reached that was spent waiting for the processor', () => {
  expect([isStarved(1_499, 3_000), isStarved(1_500, 3_000)]).toEqual([false, true]);
});

it('never counts more than has passed', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ lateMs: fc.nat(5_000) }), { maxLength: 20 }), fc.nat(50_000), (ticks, backMs) => {
      const meter = hostOf(ticks);
      const late = meter.lateSince(meter.nowMs - backMs);
      return late >= 0 && late <= backMs && late <= meter.summary(0).waitedMs;
    }),
  );
});

it.each([
  ['a SYN that was sent twice', 'no-reply', 'ETIMEDOUT', 2_900, 'no-reply'],
  ['a SYN that had no time', 'no-reply', 'ETIMEDOUT', 300, 'not-run'],
  ['a handshake', 'stalled', 'TLS_TIMEOUT', 2_900, 'not-run'],
  ['an answer of the other side', 'denied', 'HTTP_403', 300, 'denied'],
  ['success', 'ok', null, 300, 'ok'],
] as const)('of a busy host: %s', (_, outcome, code, ms, expected) => {
  const job = { endpoint: endpoint('plex.tv'), host: 'plex.tv', route: 'direct', family: 4 } as const;
  const stages = [{ stage: 'tcp', ms, ok: false, detail: null }] as const;
  expect(cutByHost({ ...notAttempted(job, 'OTHER', ''), outcome, code, stages }).outcome).toBe(expected);
});
