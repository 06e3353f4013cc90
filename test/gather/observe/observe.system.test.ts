import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import type { Flow } from '../../../src/core/model/traffic.ts';
import { observeTraffic, type ObserveOptions } from '../../../src/gather/observe/observe.ts';
import { locatePms } from '../../../src/gather/pms/locate.ts';
import { SOCKET_STATE } from '../../../src/parse/proc/proc-net.ts';
import { tlsHello } from '../../support/packets/hello-builder.ts';
import { LiveProcfs } from '../../support/system/live-procfs.ts';
import { Conversation, ethernet, pcap } from '../../support/packets/pcap-builder.ts';

const HOME = '/usr/lib/plexmediaserver';
const HOST = 'metadata.provider.plex.tv';
const PLEX = '45.76.1.2';
/** A made-up machine has no kernel to trace. */
const NOT_TRACED = /^(?:USER_NAMESPACE|NEEDS_ROOT): .*trace/;
/** As long as a test can wait that expects nothing. */
const MOMENT_MS = 300;
/** Where the machine is too busy for something to happen in a moment, it is given longer. */
const LONGER_MS = [MOMENT_MS, 3_000, 30_000];

describe('observeTraffic', () => {
  let live: LiveProcfs;
  beforeEach(() => {
    live = new LiveProcfs();
  });
  afterEach(() => live.remove());

  function startPms(): void {
    live.start(800, { ppid: 1, exe: `${HOME}/Plex Media Server`, sockets: [71] });
    for (const table of ['tcp6', 'udp', 'udp6'] as const) live.sockets([800], table, []);
    live.sockets([800], 'tcp', [
      { local: ['127.0.0.1', 40_000], remote: [PLEX, 443], state: SOCKET_STATE.established, inode: 71 },
    ]);
  }

  /** A directory for PATH in which both capture tools are this script. */
  function tools(script: string): string {
    const directory = join(live.root, 'tools');
    mkdirSync(directory, { recursive: true });
    for (const name of ['tcpdump', 'dumpcap']) {
      writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(directory, name), 0o755);
    }
    return directory;
  }

  async function observe(more: Partial<ObserveOptions> = {}) {
    const located = await locatePms({ procRoot: live.root, fsRoot: live.root });
    const { traffic } = await observeTraffic({
      located,
      surroundings: { proxies: new Set(), endpoints: CATALOGUE },
      forMs: MOMENT_MS,
      signal: new AbortController().signal,
      lookups: new Map([[PLEX, [HOST]]]),
      onFlow: () => undefined,
      procRoot: live.root,
      path: '/nonexistent',
      ...more,
    });
    return traffic;
  }

  it.skipIf(process.platform !== 'linux')('sees sockets where no tool captures, and says what is missing', async () => {
    startPms();
    const traffic = await observe();
    expect(traffic).toMatchObject({
      state: 'ok',
      value: { flows: [{ process: 'Plex Media Server', pid: 800, outcome: 'ok', seenBy: ['socket'] }] },
    });
    expect(traffic).toMatchObject({
      value: {
        watchers: [
          {
            kind: 'socket',
            shows: ['direct'],
            problems: [expect.stringMatching(/^TCPDUMP_MISSING: /), expect.stringMatching(NOT_TRACED)],
          },
        ],
      },
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'joins packets and sockets, tells each kind of flow once, and ends at the signal',
    async () => {
      startPms();
      const conversation = new Conversation({ client: '127.0.0.1', server: PLEX });
      const packets = [...conversation.handshake(), conversation.says(tlsHello({ name: HOST }))];
      const file = join(live.root, 'live.pcap');
      writeFileSync(file, pcap(packets.map((bytes, i) => ({ bytes: ethernet(bytes), timeMs: Date.now() + i }))));
      // The first tool ends behind the first bytes of its stream, as tcpdump does where it may not give up root.
      const path = tools(`case $0 in *tcpdump) head -c 24 ${file}; exit 1; esac
        echo $$ >${file}.pid; cat ${file}; echo '7 packets dropped by kernel' >&2; exec sleep 60`);
      const ended = new AbortController();
      const flows: Flow[] = [];
      const onFlow = (flow: Flow): void => {
        flows.push(flow);
        ended.abort();
      };
      const traffic = await observe({ path: `${path}:/usr/bin:/bin`, forMs: 15_000, signal: ended.signal, onFlow });
      const expected = {
        process: 'Plex Media Server',
        attribution: 'socket',
        route: 'direct',
        outcome: 'ok',
        seenBy: ['capture', 'socket'],
      };
      const pid = Number(readFileSync(`${file}.pid`, 'utf8'));
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      expect(flows).toMatchObject([{ ...expected, names: [{ name: HOST, source: 'sni' }] }]);
      expect(traffic).toMatchObject({
        state: 'ok',
        value: {
          flows: [expected],
          watchers: [
            { problems: [expect.stringMatching(NOT_TRACED)] },
            {
              kind: 'capture',
              shows: ['direct', 'proxy'],
              problems: ['7 packets were lost because they came too fast'],
            },
          ],
        },
      });
    },
  );

  it.skipIf(process.platform !== 'linux').each([
    ['NEEDS_ROOT', `echo "tcpdump: any: You don't have permission to perform this capture" >&2; exit 1`],
    ['CAPTURE_FAILED', 'echo "tcpdump: any: No such device exists" >&2; exit 1'],
    ['CAPTURE_FAILED', 'exit 0'],
    [
      'NEEDS_ROOT',
      `printf '\\324\\303\\262\\241'; echo "tcpdump: Couldn't change to 'tcpdump': Operation not permitted" >&2; exit 1`,
    ],
  ])('says %s where the tool ends at once', async (code, script) => {
    startPms();
    const path = tools(script);
    let problems: readonly string[] = [];
    for (const forMs of LONGER_MS) {
      const traffic = await observe({ path, forMs });
      const all = traffic.state === 'ok' ? traffic.value.watchers.flatMap((watcher) => watcher.problems) : [];
      problems = all.filter((problem) => !NOT_TRACED.test(problem));
      if (problems.length > 0) break;
    }
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([code]);
  });

  it.skipIf(process.platform !== 'linux')('waits for a PMS that starts meanwhile', async () => {
    const ended = new AbortController();
    const watching = observe({ forMs: 15_000, signal: ended.signal, onFlow: () => ended.abort() });
    startPms();
    expect(await watching).toMatchObject({ state: 'ok', value: { flows: [{ process: 'Plex Media Server' }] } });
  });

  it.skipIf(process.platform !== 'linux')('fails when PMS does not run, and when there is no procfs', async () => {
    expect(await observe()).toMatchObject({ state: 'failed', reason: { code: 'PMS_NOT_RUNNING' } });
    expect(await observe({ procRoot: join(live.root, 'none') })).toMatchObject({
      state: 'failed',
      reason: { code: 'NO_PROCFS' },
    });
  });

  it.each(['darwin', 'win32', 'freebsd'] as const)('is not run on %s', async (platform) => {
    const located = { ...(await locatePms({ procRoot: live.root, fsRoot: live.root, platform: 'linux' })), platform };
    expect(await observe({ located })).toMatchObject({ state: 'not-run', reason: { code: 'LINUX_ONLY' } });
  });
});
