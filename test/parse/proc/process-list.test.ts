import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePs, parseTasklist } from '../../../src/parse/proc/process-list.ts';

describe('parsePs', () => {
  it.each([
    ['', []],
    ['    1     0 /sbin/launchd\n', [{ pid: 1, ppid: 0, command: '/sbin/launchd' }]],
    [
      '  812   1 /Applications/Plex Media Server.app/Contents/MacOS/Plex Media Server  \n',
      [{ pid: 812, ppid: 1, command: '/Applications/Plex Media Server.app/Contents/MacOS/Plex Media Server' }],
    ],
    ['ps: warning\n  7 1 Plex_Media_Server', [{ pid: 7, ppid: 1, command: 'Plex_Media_Server' }]],
  ])('%j', (text, expected) => {
    expect(parsePs(text)).toEqual(expected);
  });

  it('never throws', () => {
    expect(() =>
      fc.assert(fc.property(fc.string(), (text) => parsePs(text).every((p) => p.command !== ''))),
    ).not.toThrow();
  });
});

describe('parseTasklist', () => {
  it.each([
    ['', []],
    [
      '"Plex Media Server.exe","812","Console","1","120,000 K"\r\n',
      [{ pid: 812, ppid: null, command: 'Plex Media Server.exe' }],
    ],
    ['INFO: No tasks are running.\r\n', []],
    ['"a ""b"".exe","7","Services","0","1 K"', [{ pid: 7, ppid: null, command: 'a "b".exe' }]],
  ])('%j', (text, expected) => {
    expect(parseTasklist(text)).toEqual(expected);
  });

  it('gives back any name', () => {
    fc.assert(
      fc.property(
        fc.string().filter((name) => !name.includes('\n')),
        fc.nat(),
        (name, pid) => {
          expect(parseTasklist(`"${name.replaceAll('"', '""')}","${pid}","Console"`)).toEqual([
            { pid, ppid: null, command: name },
          ]);
        },
      ),
    );
  });
});
