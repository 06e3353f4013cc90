import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessTree } from '../../../src/gather/observe/process-tree.ts';
import { Procfs } from '../../../src/gather/observe/procfs.ts';
import { LiveProcfs } from '../../support/live-procfs.ts';

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
    ['another program of the same service', { ppid: 1, exe: '/bin/sleep', cgroup: UNIT }],
  ])('does not take %s for one of PMS', (_name, process) => {
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, process);
    live.lastPid(1001);
    expect(tree.look(5_000)).toBe(false);
  });

  it('takes in a program of PMS whose parent has ended, by its control group', () => {
    const tree = new ProcessTree(procfs, 800);
    live.start(1001, { ppid: 1, exe: `${HOME}/Plex Transcoder`, cgroup: UNIT });
    live.lastPid(1001);
    expect(tree.look(5_000)).toBe(true);
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
    const bootMs = Date.now() - 1_000_000;
    live.start(801, { ppid: 800, exe: `${HOME}/Plex Script Host`, startTicks: 50_000 });
    const born = [...new ProcessTree(again, 800).all()].find(({ pid }) => pid === 801)?.bornMs ?? 0;
    again.close();
    expect(Math.abs(born - (bootMs + 500_000))).toBeLessThan(5_000);
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
