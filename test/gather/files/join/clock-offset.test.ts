import { expect, it } from 'vitest';
import { clockOffsetSeconds, type Happening } from '../../../../src/gather/files/join/clock-offset.ts';

const HOUR_S = 3600;

/** Happenings at these seconds, by host. */
function at(seconds: Readonly<Record<string, readonly number[]>>, offsetS = 0): Happening[] {
  return Object.entries(seconds).flatMap(([host, list]) => list.map((s) => ({ host, ms: (s + offsetS) * 1000 })));
}

const DENIED = { 'metrics.plex.tv': [100, 730], 'metadata.provider.plex.tv': [215, 1999], 'plex.tv': [40] };

const rows: readonly (readonly [string, readonly Happening[], readonly Happening[], number | null])[] = [
  ['clocks that agree', at(DENIED), at(DENIED), 0],
  ['a proxy that is 12.3 s behind', at(DENIED, 12.3), at(DENIED), 12.3],
  ['a proxy that is ahead', at(DENIED), at(DENIED, 95), -95],
  ['a zone that is wrong by an hour', at(DENIED, HOUR_S), at(DENIED), HOUR_S],
  ['a zone that is wrong by half a day and more', at(DENIED, -13 * HOUR_S), at(DENIED), -13 * HOUR_S],
  ['whole seconds on one side', at(DENIED), at({ ...DENIED, 'plex.tv': [40.9] }), 0],
  ['happenings that only one side has', at({ ...DENIED, 'a.example': [5, 6, 7] }), at({ ...DENIED, b: [1, 2] }), 0],
  ['nothing', [], [], null],
  ['too little', at({ 'plex.tv': [40, 90] }), at({ 'plex.tv': [40, 90] }), null],
  ['other hosts', at({ a: [1, 2, 3] }), at({ b: [1, 2, 3] }), null],
  // Every ten seconds fits at many offsets nearly as well.
  ['what repeats evenly', at({ a: [10, 20, 30, 40, 50, 60] }), at({ a: [20, 30, 40, 50, 60, 70] }), null],
  ['more than zones can differ', at(DENIED, 40 * HOUR_S), at(DENIED), null],
  ['the same moment many times', at({ a: [1, 1, 1, 1] }), at({ a: [1, 1, 1, 1] }), null],
];

it.each(rows)('%s', (_, pms, proxy, seconds) => {
  expect(clockOffsetSeconds(pms, proxy)).toBe(seconds);
});
