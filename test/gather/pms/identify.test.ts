import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifyPms, isPmsUnit } from '../../../src/gather/pms/identify.ts';
import { canonicalProgram, programName, type ProcessRecord } from '../../../src/gather/system/processes.ts';

const cgroup = { unit: null, userManager: false, container: null, path: '/' };
const record = (more: Partial<ProcessRecord>): ProcessRecord => ({
  pid: 1,
  ppid: null,
  comm: '',
  exe: null,
  exeDeleted: false,
  argv0: '',
  cgroup,
  mountNamespace: null,
  networkNamespace: null,
  ...more,
});

describe('identifyPms', () => {
  it('gives the same answer in every order, and ends when parents go in circles', () => {
    const process = fc.record({
      pid: fc.integer({ min: 1, max: 9 }),
      ppid: fc.option(fc.integer({ min: 1, max: 9 })),
      exe: fc.constantFrom(null, '/x/Plex Media Server', '/x/Plex Media Scanner', '/bin/sh'),
    });
    const table = fc.uniqueArray(process, { selector: (p) => p.pid });
    const shuffled = table.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    fc.assert(
      fc.property(shuffled, ([rows, others]) => {
        const pidOf = (list: typeof rows) => identifyPms(list.map(record), { kind: 'auto' })?.main.pid ?? null;
        expect(pidOf(others)).toBe(pidOf(rows));
      }),
    );
  });

  const SERVER = { exe: '/x/Plex Media Server' };
  const HIDDEN = { argv0: '/x/Plex Media Server' };
  it.each<[name: string, processes: readonly Partial<ProcessRecord>[], main: number, others: readonly number[]]>([
    [
      'two servers',
      [
        { pid: 5, ...SERVER },
        { pid: 7, ...SERVER },
      ],
      5,
      [7],
    ],
    [
      'one whose program may not be seen',
      [
        { pid: 5, ...HIDDEN },
        { pid: 7, ...SERVER },
      ],
      7,
      [5],
    ],
    [
      'a wrapper is none',
      [
        { pid: 5, ...HIDDEN },
        { pid: 7, ppid: 5, ...SERVER },
      ],
      7,
      [],
    ],
    [
      'a child of the same name is none',
      [
        { pid: 5, ...SERVER },
        { pid: 7, ppid: 5, ...HIDDEN },
      ],
      5,
      [],
    ],
    [
      'a wrapper and the server below it are one',
      [
        { pid: 3, ...SERVER },
        { pid: 5, ...HIDDEN },
        { pid: 7, ppid: 5, ...SERVER },
      ],
      3,
      [7],
    ],
  ])('tells the others from the judged one: %s', (_, processes, main, others) => {
    const found = identifyPms(processes.map(record), { kind: 'auto' });
    expect([found?.main.pid, found?.others.map(({ pid }) => pid), found?.isChosen]).toEqual([main, others, false]);
  });

  it('knows that the user chose', () => {
    const processes = [record({ pid: 5, ...SERVER }), record({ pid: 7, ...SERVER })];
    const found = identifyPms(processes, { kind: 'pid', pid: 7 });
    expect([found?.main.pid, found?.others.map(({ pid }) => pid), found?.isChosen]).toEqual([7, [5], true]);
  });

  it.each([
    ['plexmediaserver.service', true],
    ['snap.plexmediaserver.plexmediaserver.service', true],
    ['plexmediaserver@home.service', true],
    ['plex.service', true],
    ['plexmediaserver-backup.service', false],
    ['complex.service', false],
    ['my-plexmediaserver.service', false],
    ['', false],
  ])('%j is a unit of PMS: %s', (unit, expected) => {
    expect(isPmsUnit(unit)).toBe(expected);
  });
});

describe('programName', () => {
  it.each([
    [
      'the program file',
      { exe: '/usr/lib/plexmediaserver/Plex Media Scanner', comm: 'x', argv0: 'y' },
      'Plex Media Scanner',
    ],
    [
      'a plug-in’s title',
      { comm: 'Plex Script Hos', argv0: 'Plex Plug-in [com.plexapp.system] x' },
      'Plex Script Host',
    ],
    ['the arguments where they fit', { comm: 'Plex Media Scan', argv0: '/x/Plex Media Scanner' }, 'Plex Media Scanner'],
    ['the known name that the cut one begins', { comm: 'Plex Media Scan', argv0: 'rewritten' }, 'Plex Media Scanner'],
    ['the cut name', { comm: 'other', argv0: 'rewritten' }, 'other'],
  ])('is %s', (_, more, name) => {
    expect(programName(record(more))).toBe(name);
  });

  it.each([
    ['Plex_Media_Server', 'Plex Media Server'],
    ['Plex Media Server.exe', 'Plex Media Server'],
    ['Plex Media Server', 'Plex Media Server'],
    ['some_tool', 'some_tool'],
  ])('%s is spelled %s', (file, name) => {
    expect(canonicalProgram(file)).toBe(name);
  });
});
