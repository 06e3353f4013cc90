import { afterEach, expect, it } from 'vitest';
import { ownBases } from '../../../../src/gather/pms/api/own-bases.ts';
import { Procfs } from '../../../../src/gather/system/procfs.ts';
import { SOCKET_STATE } from '../../../../src/parse/proc/proc-net.ts';
import { LiveProcfs, type LiveSocket } from '../../../support/system/live-procfs.ts';

const made: LiveProcfs[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

type Listening = readonly [address: string, port: number, inode?: number];

function bases(tcp: readonly Listening[], tcp6: readonly Listening[] = []): readonly string[] {
  const fake = new LiveProcfs();
  made.push(fake);
  const rows = (all: readonly Listening[]): readonly LiveSocket[] =>
    all.map(([address, port, inode = 7]) => ({ local: [address, port], state: SOCKET_STATE.listen, inode }));
  fake.start(812, { ppid: 1, exe: '/usr/lib/plexmediaserver/Plex Media Server', sockets: [7] });
  fake.sockets([812], 'tcp', rows(tcp));
  fake.sockets([812], 'tcp6', rows(tcp6));
  const procfs = new Procfs(fake.root);
  try {
    return ownBases(procfs, 812)
      .filter(({ isSecure }) => !isSecure)
      .map(({ origin }) => origin);
  } finally {
    procfs.close();
  }
}

it.each<[string, readonly Listening[], readonly Listening[], readonly string[]]>([
  ['the usual port', [['0.0.0.0', 32_400]], [['::', 32_400]], ['http://127.0.0.1:32400']],
  ['another port', [['0.0.0.0', 32_500]], [], ['http://127.0.0.1:32500']],
  [
    'the usual port before others, and those for the network before those for itself',
    [
      ['127.0.0.1', 32_401],
      ['0.0.0.0', 8_324],
      ['0.0.0.0', 32_400],
    ],
    [],
    ['http://127.0.0.1:32400', 'http://127.0.0.1:8324', 'http://127.0.0.1:32401'],
  ],
  ['an address of its own', [['10.0.0.5', 32_400]], [], ['http://10.0.0.5:32400']],
  ['IPv6 alone', [], [['::1', 32_450]], ['http://[::1]:32450']],
  // The usual port is that of another server.
  [
    'its own port alone',
    [
      ['0.0.0.0', 32_400, 99],
      ['0.0.0.0', 32_410],
    ],
    [],
    ['http://127.0.0.1:32410'],
  ],
  ['no socket that listens: the usual port', [], [], ['http://127.0.0.1:32400']],
])('%s', (_, tcp, tcp6, expected) => {
  expect(bases(tcp, tcp6)).toEqual(expected);
});

it('each is asked with TLS as well, after all others', () => {
  expect(ownBases(null, 812).map(({ origin }) => origin)).toEqual([
    'http://127.0.0.1:32400',
    'https://127.0.0.1:32400',
  ]);
});
