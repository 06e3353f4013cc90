import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessTree } from '../../../../src/gather/observe/processes/process-tree.ts';
import { Procfs, SOCKET_TABLES } from '../../../../src/gather/system/procfs.ts';
import { SocketWatch, type Sighting } from '../../../../src/gather/observe/sockets/sockets.ts';
import { SOCKET_STATE } from '../../../../src/parse/proc/proc-net.ts';
import { LiveProcfs, type LiveSocket } from '../../../support/system/live-procfs.ts';

const HOME = '/usr/lib/plexmediaserver';
const { established, synSent, listen, closed } = SOCKET_STATE;
const PLEX: LiveSocket = {
  local: ['192.168.1.2', 40_000],
  remote: ['45.76.1.2', 443],
  state: synSent,
  inode: 71,
  uid: 972,
};
const OTHER: LiveSocket = { local: ['192.168.1.2', 40_001], remote: ['45.76.1.9', 443], state: established, inode: 72 };

describe('SocketWatch', () => {
  let live: LiveProcfs;
  let procfs: Procfs;
  let tree: ProcessTree;
  let sockets: SocketWatch;
  beforeEach(() => {
    live = new LiveProcfs();
    live.start(800, { ppid: 1, exe: `${HOME}/Plex Media Server`, sockets: [70, 73], uid: 972 });
    live.start(801, { ppid: 800, exe: `${HOME}/Plex Media Scanner`, sockets: [71, 73], uid: 972 });
    for (const table of SOCKET_TABLES) live.sockets([800], table, []);
    procfs = new Procfs(live.root);
    tree = new ProcessTree(procfs, 800);
    sockets = new SocketWatch(procfs, tree);
  });
  afterEach(() => {
    procfs.close();
    live.remove();
  });

  const ownerOf = ({ owner }: Sighting): string => (typeof owner === 'object' ? owner.name : owner);
  const held = (): readonly string[] =>
    sockets.ofPms.map((one) => `${ownerOf(one)} → ${one.remote?.address}:${one.remote?.port}`);

  it('gives a socket to the process that holds it, and others to nobody', () => {
    live.sockets([800], 'tcp', [PLEX, OTHER]);
    sockets.sample(['tcp'], 5_000);
    expect(held()).toEqual(['Plex Media Scanner → 45.76.1.2:443']);
    expect(sockets.withPort('tcp', 40_001).map(ownerOf)).toEqual(['unresolved']);
    sockets.sample(['tcp'], 5_200);
    expect(sockets.withPort('tcp', 40_001).map(ownerOf)).toEqual(['stranger']);
    expect(sockets.withPort('udp', 40_001)).toEqual([]);
  });

  it('gives a socket that a child inherited to PMS', () => {
    live.sockets([800], 'tcp', [{ ...PLEX, inode: 73 }]);
    sockets.sample(['tcp'], 5_000);
    expect(held()).toEqual(['Plex Media Server → 45.76.1.2:443']);
  });

  it('gives a socket whose holder was not known at once to it later', () => {
    live.sockets([800], 'tcp', [{ ...PLEX, inode: 90 }]);
    sockets.sample(['tcp'], 5_000);
    expect(held()).toEqual([]);
    live.start(801, { ppid: 800, exe: `${HOME}/Plex Media Scanner`, sockets: [90] });
    sockets.sample(['tcp'], 5_200);
    expect(held()).toEqual(['Plex Media Scanner → 45.76.1.2:443']);
  });

  it('follows a socket from its SYN to its answer', () => {
    live.sockets([800], 'tcp', [PLEX]);
    sockets.sample(['tcp'], 5_000);
    expect(sockets.waits).toBe(true);
    live.sockets([800], 'tcp', [{ ...PLEX, retransmits: 2 }]);
    sockets.sample(['tcp'], 8_000);
    expect(sockets.ofPms).toMatchObject([
      { firstMs: 5_000, lastMs: 8_000, retransmits: 2, waitedFromMs: 5_000, waitedToMs: 8_000, established: false },
    ]);
    live.sockets([800], 'tcp', [{ ...PLEX, state: established }]);
    sockets.sample(['tcp'], 9_000);
    expect(sockets.ofPms).toMatchObject([{ established: true, samples: 3 }]);
    expect(sockets.waits).toBe(false);
    live.sockets([800], 'tcp', []);
    sockets.sample(['tcp'], 9_500);
    expect(sockets.ofPms).toMatchObject([{ lastMs: 9_000 }]);
  });

  it('asks for a second look at what nobody of PMS holds', () => {
    live.sockets([800], 'tcp', [PLEX, OTHER]);
    sockets.sample(['tcp'], 5_000);
    expect(sockets.unsettled()).toEqual(['tcp']);
    sockets.sample(['tcp'], 5_020);
    expect(sockets.unsettled()).toEqual([]);
    expect(sockets.withPort('tcp', 40_001).map(ownerOf)).toEqual(['stranger']);
  });

  it('takes a process that has ended for no refusal', () => {
    live.sockets([800], 'tcp', [PLEX]);
    live.end(800);
    sockets.sample(['tcp'], 5_000);
    expect(sockets.unreadable).toBe(false);
  });

  it('marks what others connected to, and knows where PMS listens', () => {
    const listening: LiveSocket = { local: ['0.0.0.0', 32_400], state: listen, inode: 70 };
    const foreign: LiveSocket = { local: ['0.0.0.0', 22], state: listen, inode: 5 };
    const accepted: LiveSocket = {
      ...PLEX,
      local: ['192.168.1.2', 32_400],
      remote: ['192.168.1.7', 50_000],
      state: established,
    };
    live.sockets([800], 'tcp', [accepted, listening, foreign]);
    sockets.sample(['tcp'], 5_000);
    expect(sockets.ofPms).toMatchObject([{ accepted: true }]);
    expect(sockets.listening()).toEqual([32_400]);
  });

  it('keeps UDP sockets apart from those of TCP, connected or not', () => {
    live.sockets([800], 'udp', [{ local: ['0.0.0.0', 40_000], state: closed, inode: 71 }]);
    live.sockets([800], 'tcp', [{ ...PLEX, inode: 70 }]);
    sockets.sample(SOCKET_TABLES, 5_000);
    expect(sockets.withPort('udp', 40_000)).toMatchObject([{ remote: null, owner: { pid: 801 } }]);
    expect(sockets.withPort('tcp', 40_000)).toMatchObject([{ owner: { pid: 800 } }]);
  });

  it('says which tables have grown since it was asked last', () => {
    live.sockets([800], 'tcp', [OTHER]);
    expect(sockets.grown()).toEqual(['tcp']);
    expect(sockets.grown()).toEqual([]);
    live.sockets([800], 'tcp', []);
    expect(sockets.grown()).toEqual([]);
    live.sockets([800], 'tcp', [OTHER]);
    expect(sockets.grown()).toEqual(['tcp']);
  });

  it('leaves our own sockets out at once', () => {
    live.start(999, { ppid: 1, exe: '/usr/bin/node', sockets: [72] });
    live.sockets([800], 'tcp', [OTHER]);
    sockets.sample(['tcp'], 5_000);
    expect(sockets.withPort('tcp', 40_001).map(ownerOf)).toEqual(['stranger']);
  });

  it('forgets the sockets of others that are gone for longest', () => {
    for (let round = 0; round < 7; round += 1) {
      const rows = Array.from({ length: 3_000 }, (_, i): LiveSocket => ({
        ...OTHER,
        local: ['192.168.1.2', 1_024 + 3_000 * round + i],
        inode: 100 + 3_000 * round + i,
      }));
      live.sockets([800], 'tcp', rows);
      sockets.sample(['tcp'], 5_000 + round);
    }
    expect(sockets.withPort('tcp', 1_024)).toEqual([]);
    expect(sockets.withPort('tcp', 1_024 + 6 * 3_000)).toHaveLength(1);
  });
});
