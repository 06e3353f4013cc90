import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SampledBirths } from '../../../../src/gather/observe/processes/births.ts';
import { Environments } from '../../../../src/gather/observe/processes/environments.ts';
import { ProcessTree } from '../../../../src/gather/observe/processes/process-tree.ts';
import { Procfs } from '../../../../src/gather/system/procfs.ts';
import { LiveProcfs, type LiveProcess } from '../../../support/system/live-procfs.ts';

const HOME = '/usr/lib/plexmediaserver';
const SCANNER = `${HOME}/Plex Media Scanner`;
const PROXIED = ['https_proxy=http://user:secret@proxy:3128', 'HOME=/x'];

describe('the environments of what PMS starts', () => {
  let live: LiveProcfs;
  let procfs: Procfs;
  let environments: Environments;
  beforeEach(() => {
    live = new LiveProcfs();
    live.start(800, { ppid: 1, exe: `${HOME}/Plex Media Server` });
    procfs = new Procfs(live.root);
    environments = new Environments(procfs);
  });
  afterEach(() => {
    procfs.close();
    live.remove();
  });

  /** `program pids: variables`, null where they are not known. */
  const told = (): readonly string[] =>
    environments
      .all()
      .map(({ program, variables, pids }) => `${program} ${pids.join('+')}: ${variables?.toString() ?? null}`);

  const start = (pid: number, more: Partial<LiveProcess> = {}): void => {
    live.start(pid, { ppid: 800, exe: SCANNER, environment: PROXIED, ...more });
  };

  it.each<[string, Partial<LiveProcess> | null, string | null]>([
    ['its proxy variables, masked, and nothing else', {}, 'https_proxy=http://***@proxy:3128'],
    ['that there are none', { environment: [] }, ''],
    ['nothing where it is about to end: it shows no arguments', { environment: [], hasArguments: false }, null],
    ['nothing where it has written its title over them', { environment: ['-x scanner'] }, null],
    ['nothing where it has ended', null, null],
  ])('%s', (_name, process, expected) => {
    if (process !== null) start(931, process);
    environments.read(931, 'Plex Media Scanner');
    expect(told()).toEqual([`Plex Media Scanner 931: ${expected}`]);
  });

  it.each<[string, number, string | null]>([
    ['what was read at the time of its exec, once it has ended', 5_000.004, 'https_proxy=http://***@proxy:3128'],
    ['nothing where that was an earlier program of the process', 5_001, null],
  ])('%s', (_name, execAtMs, expected) => {
    start(931);
    environments.foresee(931, 5_000);
    live.end(931);
    environments.miss(931, 'Plex Media Scanner', execAtMs);
    expect(told()).toEqual([`Plex Media Scanner 931: ${expected}`]);
  });

  it('forgets what it had read where the next program of the process cannot be read', () => {
    start(931);
    environments.foresee(931, 5_000);
    live.end(931);
    environments.foresee(931, 5_001);
    environments.miss(931, 'Plex Media Scanner', 5_001);
    expect(told()).toEqual(['Plex Media Scanner 931: null']);
  });

  it('puts together what is alike', () => {
    start(931);
    start(932);
    start(933, { environment: [] });
    for (const pid of [931, 932, 933]) environments.read(pid, 'Plex Media Scanner');
    environments.miss(934, 'Plex Media Scanner');
    expect(told()).toEqual([
      'Plex Media Scanner 931+932: https_proxy=http://***@proxy:3128',
      'Plex Media Scanner 933: ',
      'Plex Media Scanner 934: null',
    ]);
  });

  it('forgets what was read of the program that a process was before', () => {
    start(931);
    environments.read(931, 'sh');
    start(931, { environment: [] });
    environments.read(931, 'Plex Media Scanner');
    expect(told()).toEqual(['Plex Media Scanner 931: ']);
  });

  describe('without a trace', () => {
    let births: SampledBirths;
    let tree: ProcessTree;
    beforeEach(() => {
      tree = new ProcessTree(procfs, 800);
      births = new SampledBirths(tree, environments, 1_000);
      births.look();
    });

    const look = (nowMs: number): void => {
      tree.look(nowMs);
      births.look();
    };

    it('reads them as soon as a child is another program than its parent', () => {
      expect(told()).toEqual([]);
      start(931, { exe: `${HOME}/Plex Media Server` });
      live.lastPid(931);
      look(5_000);
      expect(told()).toEqual([]);
      start(931, { environment: [] });
      look(5_010);
      expect(told()).toEqual(['Plex Media Scanner 931: ']);
      live.end(931);
      look(5_020);
      expect(told()).toEqual(['Plex Media Scanner 931: ']);
    });

    it('reads those of a child of the same program once it is grown', () => {
      start(931, { exe: `${HOME}/Plex Media Server` });
      live.lastPid(931);
      for (const nowMs of [5_000, 5_100, 6_000]) look(nowMs);
      expect(told()).toEqual(['Plex Media Server 931: https_proxy=http://***@proxy:3128']);
    });

    it('counts a child as unread that ended before', () => {
      start(931, { exe: `${HOME}/Plex Media Server` });
      live.lastPid(931);
      look(5_000);
      live.end(931);
      look(5_010);
      expect(told()).toEqual(['Plex Media Server 931: null']);
    });
  });
});
