import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../src/gather/observe/trace/attempt.ts';
import { TracedProcesses } from '../../../../src/gather/observe/trace/processes.ts';
import { TcpAttempts } from '../../../../src/gather/observe/trace/tcp-attempts.ts';
import { UdpAttempts } from '../../../../src/gather/observe/trace/udp-attempts.ts';
import {
  again,
  born,
  connected,
  connecting,
  exec,
  exit,
  failed,
  givenUp,
  lookup,
  place,
  sent,
  thread,
  timed,
  type Untimed,
} from '../../../support/traces/trace-events.ts';

const PMS = 800;
const PLEX = '192.0.2.1:443';
const PLEX6 = '[2001:db8::1]:443';
const OWN = '10.0.0.2:4000';
const DNS = '10.0.0.1:53';
const NONE = '0.0.0.0:0';
const NONE6 = '[::]:0';
const [S, T] = [0x8880_0000_1000, 0x8880_0000_2000];

/** A number is a pause of so many milliseconds. */
type Events = readonly (Untimed | number)[];

/** Lookups as connect(2) makes them over IPv4: once without, once with the source address. */
const wayTo = (task: number, remote = PLEX): Events => [
  lookup(task, 'tcp', NONE, remote),
  lookup(task, 'tcp', '10.0.0.2:0', remote),
];
const noWayTo = (task: number, error: number): Events => [lookup(task, 'tcp', NONE, PLEX, { error })];
/** Over IPv6 both tables are asked twice, also when there is no way. */
const noWayTo6 = (task: number, error: number): Events =>
  ['[::]:0', '[::1]:0'].flatMap((local) => [
    lookup(task, 'tcp', local, PLEX6, { table: 255, error: 113 }),
    lookup(task, 'tcp', local, PLEX6, { table: 254, error }),
  ]);
const wayFor = (task: number, local: string, remote: string): Events => [lookup(task, 'udp', local, remote)];

const nothing = { began: () => undefined, ended: () => undefined };

/** The end of each attempt: `pid program transport remote outcome code from local, tries`. */
function told(events: Events, isSendingTold = true): readonly string[] {
  const processes = new TracedProcesses(nothing, () => null);
  processes.add({ pid: PMS, name: 'Plex Media Server' }, [PMS, PMS + 1]);
  const attempts: Attempt[] = [];
  const tcp = new TcpAttempts(processes, (attempt) => attempts.push(attempt));
  const udp = new UdpAttempts(processes, isSendingTold, (attempt) => attempts.push(attempt));
  for (const event of timed(events)) {
    tcp.apply(event);
    udp.apply(event);
    processes.apply(event);
  }
  tcp.flush(Number.POSITIVE_INFINITY);
  return attempts.map(({ doer, transport, remote, outcome, code, local, retransmits }) =>
    [
      `${doer?.pid} ${doer?.name} ${transport} ${remote.address} ${remote.port} ${outcome}`,
      ...(code === null ? [] : [code]),
      ...(local === null ? [] : [`from ${local.port}`]),
      ...(retransmits === 0 ? [] : [`${1 + retransmits} tries`]),
    ].join(' '),
  );
}

describe('attempts over TCP', () => {
  const tcp = '800 Plex Media Server tcp 192.0.2.1 443';
  const tcp6 = '800 Plex Media Server tcp 2001:db8::1 443';
  it.each<[string, Events, readonly string[]]>([
    [
      'connected: the lookups belong to it, and the port comes with one of them',
      [...wayTo(PMS), connecting(PMS, S, PLEX), lookup(PMS, 'tcp', OWN, PLEX), connected(S, OWN, PLEX)],
      [`${tcp} ok from 4000`],
    ],
    [
      'waiting: only the port is known',
      [...wayTo(PMS), connecting(PMS, S, PLEX), lookup(PMS, 'tcp', OWN, PLEX)],
      [`${tcp} null from 4000`],
    ],
    [
      'refused: the error comes after the end',
      [connecting(PMS, S, PLEX), givenUp(S, OWN, PLEX), failed('tcp', OWN, PLEX, 111)],
      [`${tcp} refused ECONNREFUSED from 4000`],
    ],
    [
      'or before it, in older kernels',
      [connecting(PMS, S, PLEX), failed('tcp', OWN, PLEX, 111), givenUp(S, OWN, PLEX)],
      [`${tcp} refused ECONNREFUSED from 4000`],
    ],
    [
      'ICMP says that it is not reachable: a filter, as this host had a way',
      [connecting(PMS, S, PLEX), givenUp(S, OWN, PLEX), failed('tcp', OWN, PLEX, 113)],
      [`${tcp} prohibited EHOSTUNREACH from 4000`],
    ],
    [
      'the neighbour did not answer: no filter',
      [connecting(PMS, S, PLEX), 3_000, givenUp(S, OWN, PLEX), failed('tcp', OWN, PLEX, 113)],
      [`${tcp} no-route EHOSTUNREACH from 4000`],
    ],
    [
      'an error of another connection says nothing',
      [connecting(PMS, S, PLEX), givenUp(S, OWN, PLEX), failed('tcp', '10.0.0.2:4001', PLEX, 111)],
      [`${tcp} null from 4000`],
    ],
    [
      'nor does one of the same ports long before',
      [failed('tcp', OWN, PLEX, 104), 500, connecting(PMS, S, PLEX), givenUp(S, OWN, PLEX)],
      [`${tcp} null from 4000`],
    ],
    [
      'no reply: the SYN was sent again',
      [connecting(PMS, S, PLEX), 1_000, again(S), 2_000, again(S), givenUp(S, OWN, PLEX)],
      [`${tcp} no-reply from 4000 3 tries`],
    ],
    [
      'given up before an answer could come',
      [connecting(PMS, S, PLEX), givenUp(S, OWN, PLEX)],
      [`${tcp} null from 4000`],
    ],
    ['prohibited by a route: no SYN', noWayTo(PMS, 13), [`${tcp} prohibited EACCES`]],
    ['no route', noWayTo(PMS, 11), [`${tcp} no-route ENETUNREACH`]],
    ['no route over IPv6: four lookups are one attempt', noWayTo6(PMS, 113), [`${tcp6} no-route EHOSTUNREACH`]],
    [
      'the same again is another attempt, over both families',
      [...noWayTo(PMS, 11), ...noWayTo(PMS, 11), ...noWayTo6(PMS, 13), ...noWayTo6(PMS, 13)],
      [...Array<string>(2).fill(`${tcp} no-route ENETUNREACH`), ...Array<string>(2).fill(`${tcp6} prohibited EACCES`)],
    ],
    [
      'no way, then one that there is',
      [...noWayTo(PMS, 11), ...wayTo(PMS, '192.0.2.2:443'), connecting(PMS, S, '192.0.2.2:443')],
      [`${tcp} no-route ENETUNREACH`, '800 Plex Media Server tcp 192.0.2.2 443 null'],
    ],
    [
      'a way that is looked for anew, for a connection that is there, is none',
      [lookup(PMS, 'tcp', OWN, PLEX), lookup(PMS, 'tcp', OWN, PLEX, { error: 101 })],
      [],
    ],
    [
      'threads do different things at the same time',
      [
        lookup(PMS, 'tcp', NONE, PLEX),
        lookup(PMS + 1, 'tcp', NONE6, PLEX6),
        lookup(PMS, 'tcp', '10.0.0.2:0', PLEX),
        connecting(PMS + 1, T, PLEX6),
        connecting(PMS, S, PLEX),
        connected(T, '[2001:db8::2]:4001', PLEX6),
        connected(S, OWN, PLEX),
      ],
      [`${tcp6} ok from 4001`, `${tcp} ok from 4000`],
    ],
    [
      'the memory of a socket is used again, and the end of the first was lost',
      [connecting(PMS, S, PLEX), 10, connecting(PMS, S, PLEX6), 10, connected(S, '[2001:db8::2]:4001', PLEX6)],
      [`${tcp} null`, `${tcp6} ok from 4001`],
    ],
  ])('%s', (_name, events, expected) => {
    expect(told(events)).toEqual(expected);
  });

  it('gives ends that are read late to the attempts that they belong to', () => {
    const attempts: Attempt[] = [];
    const own = new TcpAttempts(new TracedProcesses(nothing, () => null), (attempt) => attempts.push(attempt));
    const at = (event: Untimed, atMs: number) => own.apply({ ...event, atMs });
    at(connecting(PMS, S, PLEX), 10);
    at(connecting(PMS, S, PLEX), 20);
    at(connected(S, OWN, PLEX), 15);
    at(givenUp(S, '10.0.0.2:4001', PLEX), 25);
    expect(attempts.map(({ outcome, local }) => [outcome, local?.port])).toEqual([
      ['ok', 4000],
      [null, 4001],
    ]);
  });
});

describe('attempts over UDP', () => {
  const udp = '800 Plex Media Server udp';
  it.each<[string, Events, readonly string[]]>([
    [
      'connected and used: one for the socket, however often it sends',
      [...wayFor(PMS, '10.0.0.2:5000', DNS), sent(PMS, S), sent(PMS, S)],
      [`${udp} 10.0.0.1 53 null from 5000`],
    ],
    ['connected only, as resolvers do to compare addresses', wayFor(PMS, '10.0.0.2:5000', PLEX), []],
    [
      'the question is an attempt, and what is compared behind it is none',
      [
        ...wayFor(PMS, '10.0.0.2:5000', DNS),
        sent(PMS, S),
        ...wayFor(PMS, '10.0.0.2:5001', PLEX),
        ...wayFor(PMS, '[2001:db8::2]:5002', PLEX6),
        sent(PMS, S),
      ],
      [`${udp} 10.0.0.1 53 null from 5000`],
    ],
    [
      'the memory of a socket is used again',
      [
        ...wayFor(PMS, '10.0.0.2:5000', DNS),
        sent(PMS, S),
        ...wayFor(PMS, '10.0.0.2:5001', '10.0.0.3:53'),
        sent(PMS, S),
      ],
      [`${udp} 10.0.0.1 53 null from 5000`, `${udp} 10.0.0.3 53 null from 5001`],
    ],
    [
      'one socket sends to several places',
      [
        ...wayFor(PMS, '0.0.0.0:5000', '239.255.255.250:1900'),
        sent(PMS, S),
        ...wayFor(PMS, '0.0.0.0:5000', '192.0.2.9:1900'),
        sent(PMS, S),
      ],
      [`${udp} 239.255.255.250 1900 null from 5000`, `${udp} 192.0.2.9 1900 null from 5000`],
    ],
    [
      'no route, and the program sends all the same',
      [lookup(PMS, 'udp', '0.0.0.0:5000', PLEX, { error: 11 }), sent(PMS, S, 89)],
      [`${udp} 192.0.2.1 443 no-route ENETUNREACH from 5000`],
    ],
    [
      'prohibited, to a socket that is not connected',
      [lookup(PMS, 'udp', '0.0.0.0:5000', PLEX, { error: 13 }), sent(PMS, S, 13)],
      [`${udp} 192.0.2.1 443 prohibited EACCES from 5000`],
    ],
    [
      'the host’s own filter forbids it',
      [...wayFor(PMS, '10.0.0.2:5000', PLEX), sent(PMS, S, 1)],
      [`${udp} 192.0.2.1 443 prohibited EPERM from 5000`],
    ],
    [
      'ICMP answers',
      [...wayFor(PMS, '10.0.0.2:5000', PLEX), sent(PMS, S), failed('udp', '10.0.0.2:5000', PLEX, 111)],
      [`${udp} 192.0.2.1 443 refused ECONNREFUSED from 5000`],
    ],
    ['a datagram of a socket that was connected before has no place', [sent(PMS, S)], []],
  ])('%s', (_name, events, expected) => {
    expect(told(events)).toEqual(expected);
  });

  it('counts only DNS where the kernel does not tell of sending', () => {
    const events = [...wayFor(PMS, '10.0.0.2:5000', DNS), ...wayFor(PMS, '10.0.0.2:5001', PLEX)];
    expect(told(events, false)).toEqual([`${udp} 10.0.0.1 53 null from 5000`]);
  });

  it('counts what packets confirm, once', () => {
    const attempts: Attempt[] = [];
    const processes = new TracedProcesses(nothing, () => null);
    const own = new UdpAttempts(processes, false, (attempt) => attempts.push(attempt));
    for (const event of timed(wayFor(PMS, '10.0.0.2:5001', PLEX))) own.apply(event);
    expect([own.confirm(5001, place('192.0.2.2:443')), own.confirm(5000, place(PLEX))]).toEqual([null, null]);
    expect(attempts).toEqual([]);
    expect(own.confirm(5001, place(PLEX))).toBe(attempts[0]);
    expect([own.confirm(5001, place(PLEX)), attempts.length]).toEqual([null, 1]);
  });

  it('counts datagrams whose place is not known', () => {
    const own = new UdpAttempts(new TracedProcesses(nothing, () => null), true, () => undefined);
    for (const event of timed([sent(PMS, S), sent(PMS, S)])) own.apply(event);
    expect(own.unplaced).toBe(2);
  });
});

describe('whose an attempt is', () => {
  it.each<[string, Events, readonly string[]]>([
    [
      'of a child, by the program that it runs then',
      [
        born(PMS, 931),
        connecting(931, S, PLEX),
        exec(931, '/usr/lib/plexmediaserver/Plex Media Scanner'),
        connecting(931, T, PLEX),
      ],
      ['931 Plex Media Server tcp', '931 Plex Media Scanner tcp'],
    ],
    [
      'of a child that has ended when its lookups are seen to lead nowhere',
      [born(PMS, 931), exec(931, '/x/Plex Media Scanner'), ...noWayTo(931, 13), exit(931)],
      ['931 Plex Media Scanner tcp'],
    ],
    [
      'of a grandchild whose parent has ended',
      [born(PMS, 931), born(931, 932), exit(931), exec(932, './helper'), connecting(932, S, PLEX)],
      ['932 helper tcp'],
    ],
    [
      'of a thread’s process, also when the thread calls exec',
      [
        born(PMS, 931),
        thread(931, 940),
        connecting(940, S, PLEX),
        exec(931, '/bin/curl'),
        thread(931, 941),
        connecting(941, T, PLEX),
      ],
      ['931 Plex Media Server tcp', '931 curl tcp'],
    ],
    [
      'ids are given out again',
      [born(PMS, 931), exec(931, '/a'), exit(931), born(PMS, 931), exec(931, '/b'), connecting(931, S, PLEX)],
      ['931 b tcp'],
    ],
    ['of nobody known', [connecting(77, S, PLEX)], ['undefined undefined tcp']],
  ])('%s', (_name, events, expected) => {
    expect(told(events).map((line) => line.replace(/ (tcp|udp) .*$/, ' $1'))).toEqual(expected);
  });

  it('tells what began and ended, and looks up whom it does not know', () => {
    const log: string[] = [];
    const processes = new TracedProcesses(
      {
        began: ({ pid, name }, hasCalledExec) => log.push(`${pid} ${hasCalledExec ? 'runs' : 'is'} ${name}`),
        ended: (pid) => log.push(`${pid} ended`),
      },
      (task) => (task === 951 ? { pid: 950, name: 'found' } : null),
    );
    const events = [
      born(951, 960),
      thread(960, 961),
      exit(961, false),
      exec(960, '/bin/x'),
      exit(960, null),
      exec(970, '/proc/self/fd/5'),
    ];
    for (const event of timed(events)) processes.apply(event);
    expect(log).toEqual(['960 is found', '960 runs x', '960 ended', '970 runs null']);
    expect([processes.ofTask(951), processes.ofTask(952), processes.count]).toEqual([
      { pid: 950, name: 'found' },
      null,
      3,
    ]);
  });

  it('disowns ids of processes that ended before they were followed, until they are PMS’s again', () => {
    const processes = new TracedProcesses(nothing, () => null);
    processes.disown([931]);
    expect(processes.isDisowned(931)).toBe(true);
    for (const event of timed([born(PMS, 931)])) processes.apply(event);
    expect(processes.isDisowned(931)).toBe(false);
  });
});
