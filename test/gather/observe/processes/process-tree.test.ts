import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessTree } from '../../../../src/gather/observe/processes/process-tree.ts';
import { Procfs } from '../../../../src/gather/system/procfs.ts';
import { LiveProcfs } from '../../../support/system/live-procfs.ts';

const HOME = '/usr/lib/plexmediaserver';
const UNIT = '0::/system.slice/plexmediaserver.service';

describe('ProcessTree', () => {
  let live: LiveProcfs;
  let procfs: Procfs;
  beforeEach(() => {
    live = new LiveProcfs();
    live.start(800, { ppid: 1, exe: `${HOME}/Plex Media Server`, cgroup: UNIT, uid: 972 });
    live.start(801, { ppid: 800, exe: `${HOME}/Plex Script Host`, cgroup: UNIT, uid: 972 });
    live.start(50, { ppid: 1, exe: '/usr/sbin/sshd' });
    procfs = new Procfs(live.root);
  });
  afterEach(() => {
    procfs.close();
    live.remove();
  });

  const names = (tree: ProcessTree): readonly string[] =>
    [...tree.living.values()].map(({ pid, name }) => `${pid} ${name}`).toSorted();

  it('begins with PMS and its descendants, and their users', () => {
    const tree = new ProcessTree(procfs, 800);
    expect(names(tree)).toEqual(['800 Plex Media Server', '801 Plex Script Host']);
    expect([...tree.users]).toEqual([972]);
  });

  it('finds a child of a child that was born meanwhile, and its end', () => {
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, { ppid: 801, exe: `${HOME}/Plex Script Host` });
    live.start(1002, { ppid: 1001, exe: `${HOME}/Plex Script Host` });
    live.lastPid(1002);
    expect(tree.look(5_000)).toBe(true);
    live.start(1002, { ppid: 1001, exe: `${HOME}/Plex Media Scanner` });
    tree.look(5_004);
    expect(names(tree)).toContain('1002 Plex Media Scanner');
    live.end(1002);
    tree.look(5_020);
    expect(names(tree)).not.toContain('1002 Plex Media Scanner');
    expect([...tree.all()].find(({ pid }) => pid === 1002)).toMatchObject({ bornMs: 5_000, diedMs: 5_020 });
  });

  it('remembers when others were born that only their sockets tell from PMS', () => {
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, { ppid: 50, exe: '/usr/bin/curl', uid: 972 });
    live.start(1002, { ppid: 50, exe: '/usr/bin/curl', uid: 1000 });
    live.start(1003, { ppid: 50, exe: '/usr/bin/curl', uid: 972, network: 'net:[2]' });
    live.start(1004, { ppid: 999, exe: '/usr/bin/timeout', uid: 972 });
    live.start(1005, { ppid: 1004, exe: '/usr/bin/tcpdump', uid: 972 });
    live.start(1006, { ppid: 800, exe: `${HOME}/Plex Media Scanner`, uid: 972 });
    live.lastPid(1006);
    tree.look(5_000);
    expect(tree.othersBornMs).toEqual([5_000]);
  });

  it('looks no further than at the last id while nothing is born', () => {
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, { ppid: 800, exe: `${HOME}/Plex Media Scanner` });
    expect(tree.look(5_000)).toBe(false);
  });

  it.each([
    ['another program', { ppid: 50, exe: '/bin/bash' }],
    ['a thread of a child', { ppid: 800, exe: `${HOME}/Plex Script Host`, threadOf: 801 }],
    ['our own child', { ppid: 999, exe: '/usr/bin/tcpdump' }],
    ['a stray of another service', { ppid: 1, exe: `${HOME}/Plex Media Scanner`, cgroup: '0::/user.slice' }],
  ])('does not take %s for one of PMS', (_name, process) => {
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, process);
    live.lastPid(1001);
    expect(tree.look(5_000)).toBe(false);
  });

  it.each([
    ['a scanner', { exe: `${HOME}/Plex Media Scanner`, uid: 972 }, true],
    ['a scanner of another user', { exe: `${HOME}/Plex Media Scanner`, uid: 973 }, false],
    ['a scanner in another network', { exe: `${HOME}/Plex Media Scanner`, uid: 972, network: 'net:[2]' }, false],
    ['a scanner of another installation', { exe: '/opt/other/Plex Media Scanner', uid: 972 }, false],
    ['another server', { exe: `${HOME}/Plex Media Server`, uid: 972 }, false],
    ['a program that is not one of Plex', { exe: `${HOME}/helper`, uid: 972 }, false],
    ['a scanner of another group', { exe: `${HOME}/Plex Media Scanner`, uid: 972, cgroup: '0::/x' }, false],
  ])('left its parents where groups tell nothing apart: %s', (_name, process, expected) => {
    live.start(800, { ppid: 1, exe: `${HOME}/Plex Media Server`, cgroup: '0::/', uid: 972 });
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, { ppid: 1, cgroup: '0::/', ...process });
    live.lastPid(1001);
    expect(tree.look(5_000)).toBe(expected);
  });

  const CRON = '0::/system.slice/cron.service';
  const CONTAINER = `0::/docker/${'0123456789abcdef'.repeat(4)}`;
  it.each([
    ['of PMS’s unit', UNIT, 'Plex Transcoder', true],
    ['of PMS’s unit, also a helper that left its parents', UNIT, 'helper', true],
    ['of its container', CONTAINER, 'Plex Transcoder', true],
    ['of its container, which holds other programs too', CONTAINER, 'cron', false],
    ['of the unit of something that started PMS', CRON, 'Plex Transcoder', true],
    ['of that unit, which holds other programs too', CRON, 'backup', false],
  ])('a program whose parent has ended: %s', (_name, cgroup, program, expected) => {
    live.start(800, { ppid: 1, exe: `${HOME}/Plex Media Server`, cgroup });
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, { ppid: 1, exe: `${HOME}/${program}`, cgroup });
    live.lastPid(1001);
    expect(tree.look(5_000)).toBe(expected);
  });

  it('is told of births, programs and ends by the trace', () => {
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, { ppid: 1, exe: '/opt/helper' });
    tree.adopt(1001, 5_000);
    tree.adopt(1002, 5_000);
    expect(names(tree)).toContain('1001 helper');
    live.start(1001, { ppid: 1, exe: '/opt/other' });
    tree.adopt(1001, 5_010);
    expect(names(tree)).toContain('1001 other');
    tree.bury(1001, 5_020);
    tree.bury(1001, 5_030);
    expect(names(tree)).not.toContain('1001 other');
    expect([...tree.all()].find(({ pid }) => pid === 1001)).toMatchObject({ diedMs: 5_020 });
  });

  it('finds births across the end of the ids, and after more births than it looks at one by one', () => {
    live.lastPid(32_766);
    const tree = new ProcessTree(procfs, 800);
    live.start(303, { ppid: 800, exe: `${HOME}/Plex Media Scanner` });
    live.lastPid(303);
    expect(tree.look(5_000)).toBe(true);
    live.start(20_000, { ppid: 800, exe: `${HOME}/Plex Tuner Service` });
    live.lastPid(25_000);
    expect(tree.look(6_000)).toBe(true);
    expect(names(tree)).toEqual([
      '20000 Plex Tuner Service',
      '303 Plex Media Scanner',
      '800 Plex Media Server',
      '801 Plex Script Host',
    ]);
  });

  it('takes a process for another one when its id was given out again', () => {
    const tree = new ProcessTree(procfs, 800);
    live.start(801, { ppid: 50, exe: '/bin/bash', startTicks: 9_999 });
    tree.sweep(5_000);
    expect(names(tree)).toEqual(['800 Plex Media Server']);
  });

  it('knows when its processes were born, those that were there before too', () => {
    live.uptime(1_000);
    const again = new Procfs(live.root);
    const before = Date.now();
    live.start(801, { ppid: 800, exe: `${HOME}/Plex Script Host`, startTicks: 50_000 });
    const born = [...new ProcessTree(again, 800).all()].find(({ pid }) => pid === 801)?.bornMs ?? 0;
    again.close();
    // The machine was booted 1,000 s ago, and the process born 500 s later. The clocks differ by less than two ticks.
    expect(born).toBeGreaterThan(before - 500_000 - 20);
    expect(born).toBeLessThan(Date.now() - 500_000 + 20);
  });

  it('follows PMS to another id', () => {
    const tree = new ProcessTree(procfs, 800);
    live.end(800);
    live.end(801);
    live.start(1100, { ppid: 1, exe: `${HOME}/Plex Media Server`, cgroup: UNIT });
    tree.moveTo(1100, 7_000);
    expect([tree.mainPid, names(tree)]).toEqual([1100, ['1100 Plex Media Server']]);
    expect([...tree.all()].map(({ pid }) => pid).toSorted((a, b) => a - b)).toEqual([800, 801, 1100]);
  });
});
