import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProcStat, parseStartTicks } from '../../../src/parse/proc/proc-stat.ts';

describe('parseProcStat', () => {
  it.each([
    ['812 (Plex Media Serv) S 1 812 812 0 -1', { comm: 'Plex Media Serv', state: 'S', ppid: 1 }],
    ['5 (a) b) (c) R 2 5', { comm: 'a) b) (c', state: 'R', ppid: 2 }],
    ['5 () Z 0', { comm: '', state: 'Z', ppid: 0 }],
    ['', null],
    ['812 Plex S 1', null],
  ])('%j', (text, expected) => {
    expect(parseProcStat(text)).toEqual(expected);
  });

  it('gives back any name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), fc.nat(), (comm, ppid) => {
        expect(parseProcStat(`1 (${comm}) S ${ppid} 0 0`)).toEqual({ comm, state: 'S', ppid });
      }),
    );
  });
});

describe('parseStartTicks', () => {
  it.each([
    ['812 (Plex) Media) S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 123456 11 12', 123_456],
    ['812 (Plex) S 1 812 812', null],
    ['812 (Plex) S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 soon 11', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(parseStartTicks(text)).toBe(expected);
  });
});
