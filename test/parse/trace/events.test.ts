import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, unmapped } from '../../../src/core/values/address.ts';
import {
  missingFields,
  TRACE_EVENTS,
  TraceDecoder,
  type Interest,
  type TraceEvent,
  type TraceEventName,
} from '../../../src/parse/trace/events.ts';
import { parseEventFormat, parsePageLayout, type EventFormat } from '../../../src/parse/trace/format.ts';
import { readPage } from '../../../src/parse/trace/page.ts';
import { randomAddress } from '../../support/addresses.ts';
import { FIELDS, formatOf, record, type Fields, type Value } from '../../support/traces/trace-builder.ts';

const EVERYTHING: Interest = { hasSocket: () => true, hasRemotePort: () => true };
const NOTHING: Interest = { hasSocket: () => false, hasRemotePort: () => false };
const ALL = new Map(TRACE_EVENTS.map((name) => [name, formatOf(name)]));
const SOCKET = 0x8880_1234_5680;

function decode(
  name: TraceEventName,
  values: Readonly<Record<string, Value>>,
  interest = EVERYTHING,
  format: EventFormat = ALL.get(name) ?? formatOf(name),
): TraceEvent | null {
  const bytes = record(format, { common_pid: 931, ...values });
  return new TraceDecoder(new Map([[name, format]]), interest).decode(bytes, 0, bytes.length, 7);
}

const ENDS = { dport: 443, family: 2, protocol: 6, daddr: '192.0.2.1', saddr: '10.0.0.2' };
const STATE = { ...ENDS, skaddr: SOCKET };
const LOOKUP = { tb_id: 254, proto: 6, dst: '192.0.2.1', dport: 443 };
const OWN = { atMs: 7, task: 931 };
const REMOTE = { address: '192.0.2.1', port: 443 };

describe('TraceDecoder', () => {
  it.each<[string, TraceEventName, Readonly<Record<string, Value>>, TraceEvent | null]>([
    [
      'a SYN is about to be sent',
      'sock/inet_sock_set_state',
      { ...STATE, oldstate: 7, newstate: 2 },
      { kind: 'connecting', ...OWN, socket: SOCKET, family: 4, remote: REMOTE },
    ],
    [
      'IPv4 over a socket of IPv6 is IPv4',
      'sock/inet_sock_set_state',
      { ...STATE, family: 10, daddr_v6: '::ffff:192.0.2.1', oldstate: 7, newstate: 2 },
      { kind: 'connecting', ...OWN, socket: SOCKET, family: 4, remote: REMOTE },
    ],
    [
      'IPv6',
      'sock/inet_sock_set_state',
      { ...STATE, family: 10, daddr_v6: '2001:db8::1', oldstate: 7, newstate: 2 },
      { kind: 'connecting', ...OWN, socket: SOCKET, family: 6, remote: { address: '2001:db8::1', port: 443 } },
    ],
    [
      'the SYN was answered',
      'sock/inet_sock_set_state',
      { ...STATE, sport: 40_000, oldstate: 2, newstate: 1 },
      {
        kind: 'settled',
        ...OWN,
        socket: SOCKET,
        isConnected: true,
        local: { address: '10.0.0.2', port: 40_000 },
        remote: REMOTE,
      },
    ],
    ['a socket of another protocol', 'sock/inet_sock_set_state', { ...STATE, protocol: 132, newstate: 2 }, null],
    ['another change of state', 'sock/inet_sock_set_state', { ...STATE, oldstate: 1, newstate: 4 }, null],
    [
      'a SYN is sent again',
      'tcp/tcp_retransmit_skb',
      { skaddr: SOCKET },
      { kind: 'retransmit', ...OWN, socket: SOCKET },
    ],
    [
      'an error of a socket',
      'sock/inet_sk_error_report',
      { ...ENDS, error: 111, sport: 40_000 },
      {
        kind: 'error',
        ...OWN,
        transport: 'tcp',
        local: { address: '10.0.0.2', port: 40_000 },
        remote: REMOTE,
        error: 111,
      },
    ],
    [
      'a lookup',
      'fib/fib_table_lookup',
      LOOKUP,
      {
        kind: 'lookup',
        ...OWN,
        transport: 'tcp',
        table: 254,
        local: { address: '0.0.0.0', port: 0 },
        remote: REMOTE,
        error: 0,
      },
    ],
    [
      'a lookup that is prohibited, over IPv6, for UDP',
      'fib6/fib6_table_lookup',
      { ...LOOKUP, proto: 17, dst: '2001:db8::1', sport: 50_000, err: -13 },
      {
        kind: 'lookup',
        ...OWN,
        transport: 'udp',
        table: 254,
        local: { address: '::', port: 50_000 },
        remote: { address: '2001:db8::1', port: 443 },
        error: 13,
      },
    ],
    ['a lookup for ICMP', 'fib/fib_table_lookup', { ...LOOKUP, proto: 1 }, null],
    ['a lookup while a packet is received', 'fib/fib_table_lookup', { ...LOOKUP, common_flags: 0x10 }, null],
    ['or in an interrupt of the hardware', 'fib/fib_table_lookup', { ...LOOKUP, common_flags: 0x08 }, null],
    [
      'a datagram',
      'sock/sock_send_length',
      { sk: SOCKET, protocol: 17, ret: 30 },
      { kind: 'sent', ...OWN, socket: SOCKET, error: 0 },
    ],
    [
      'a datagram that was not sent',
      'sock/sock_send_length',
      { sk: SOCKET, protocol: 17, ret: -101 },
      { kind: 'sent', ...OWN, socket: SOCKET, error: 101 },
    ],
    ['what is written to TCP', 'sock/sock_send_length', { sk: SOCKET, protocol: 6, ret: 30 }, null],
    [
      'a process',
      'task/task_newtask',
      { pid: 940, comm: 'Plex Media Scan', clone_flags: 0x120_0000 },
      { kind: 'born', ...OWN, child: 940, isThread: false, comm: 'Plex Media Scan' },
    ],
    [
      'a thread',
      'task/task_newtask',
      { pid: 940, comm: 'PMS', clone_flags: 0x3d_0f00 },
      { kind: 'born', ...OWN, child: 940, isThread: true, comm: 'PMS' },
    ],
    [
      'a program',
      'sched/sched_process_exec',
      { filename: '/usr/lib/plex\n x/Plex Media Scanner', pid: 931 },
      { kind: 'exec', ...OWN, program: '/usr/lib/plex\n x/Plex Media Scanner' },
    ],
    ['the end of a process', 'sched/sched_process_exit', { group_dead: 1 }, { kind: 'exit', ...OWN, isLast: true }],
    ['the end of a thread', 'sched/sched_process_exit', { group_dead: 0 }, { kind: 'exit', ...OWN, isLast: false }],
  ])('%s', (_name, event, values, expected) => {
    expect(decode(event, values)).toEqual(expected);
  });

  it.each<[TraceEventName, Readonly<Record<string, Value>>]>([
    ['sock/inet_sock_set_state', { ...STATE, oldstate: 2, newstate: 1 }],
    ['tcp/tcp_retransmit_skb', { skaddr: SOCKET }],
    ['sock/inet_sk_error_report', { error: 111, dport: 443, family: 2, protocol: 6 }],
  ])('passes over the ends of what nobody waits for: %s', (name, values) => {
    expect(decode(name, values, NOTHING)).toBeNull();
  });

  it('does without what an older kernel does not say', () => {
    const older = (name: TraceEventName, change: (fields: Fields) => Fields) => formatOf(name, change(FIELDS[name]));
    const exit = older('sched/sched_process_exit', (fields) => fields.slice(0, 1));
    expect(decode('sched/sched_process_exit', {}, EVERYTHING, exit)).toEqual({ kind: 'exit', ...OWN, isLast: null });
    // Linux 4.18: one byte for the protocol.
    const state = older('sock/inet_sock_set_state', (fields) =>
      fields.map(([declaration, bytes]) =>
        declaration.endsWith('protocol') ? ['__u8 protocol', 1] : [declaration, bytes],
      ),
    );
    expect(decode('sock/inet_sock_set_state', { ...STATE, newstate: 2 }, EVERYTHING, state)).toMatchObject({
      kind: 'connecting',
      remote: REMOTE,
    });
    const lookup = older('fib/fib_table_lookup', (fields) => fields.filter(([name]) => !name.endsWith('port')));
    expect(missingFields('fib/fib_table_lookup', lookup)).toEqual(['sport', 'dport']);
    expect(TRACE_EVENTS.flatMap((name) => missingFields(name, formatOf(name)))).toEqual([]);
  });

  it('makes an event of known kind, or nothing, of any bytes', () => {
    const decoder = new TraceDecoder(ALL, EVERYTHING);
    const ids = [...ALL.values()].map(({ id }) => id);
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.uint8Array({ maxLength: 120 }), fc.nat(40), (id, bytes, start) => {
        bytes.set([id & 0xff, id >> 8].slice(0, Math.max(0, bytes.length - start)), Math.min(start, bytes.length));
        const event = decoder.decode(bytes, start, bytes.length, 1);
        expect(event === null || event.atMs === 1).toBe(true);
      }),
    );
  });

  it('gives back addresses and ports as they are', () => {
    fc.assert(
      fc.property(randomAddress, fc.nat(65_535), (bytes, port) => {
        const name = bytes.length === 4 ? 'fib/fib_table_lookup' : 'fib6/fib6_table_lookup';
        const event = decode(name, { proto: 17, dst: bytes, dport: port });
        expect(event).toMatchObject({ remote: { address: formatAddress(unmapped(bytes)), port } });
      }),
    );
  });
});

describe('a trace that Linux 6.18 recorded', () => {
  interface Recording {
    readonly headerPage: string;
    readonly formats: Readonly<Record<TraceEventName, string>>;
    readonly pages: Readonly<Record<'own' | 'ends', readonly string[]>>;
  }
  const recording: Recording = JSON.parse(readFileSync('test/support/traces/linux-6.18.json', 'utf8'));
  const formats = new Map(
    TRACE_EVENTS.flatMap((name) => {
      const format = parseEventFormat(recording.formats[name]);
      return format === null ? [] : [[name, format] as const];
    }),
  );
  const layout = parsePageLayout(recording.headerPage);

  it('has every field that is read', () => {
    expect([...formats].flatMap(([name, format]) => missingFields(name, format))).toEqual([]);
    expect(layout).toEqual({ wordBytes: 8, commitOffset: 8, dataOffset: 16, pageBytes: 4096 });
  });

  it('tells of each attempt', () => {
    if (layout === null) throw new Error('no layout');
    const decoder = new TraceDecoder(formats, EVERYTHING);
    const events: TraceEvent[] = [];
    for (const text of recording.pages.own) {
      const page = new Uint8Array(Buffer.from(text, 'base64'));
      readPage(page, layout, (atMs, start, end) => {
        const event = decoder.decode(page, start, end, atMs);
        if (event !== null) events.push(event);
      });
    }
    events.sort((one, other) => one.atMs - other.atMs);
    const told = events.flatMap((event) => {
      if (event.kind === 'connecting') return [`SYN to ${event.remote.address}:${event.remote.port}`];
      if (event.kind === 'sent') return ['datagram'];
      if (event.kind === 'lookup' && event.error !== 0)
        return [`${event.transport} to ${event.remote.address}:${event.remote.port}: ${event.error}`];
      return event.kind === 'exec' ? [event.program] : [];
    });
    expect(told).toEqual([
      '/tmp/hit',
      'SYN to 127.0.0.1:9',
      '/tmp/hit',
      'SYN to ::1:9',
      '/tmp/hit',
      'SYN to 127.0.0.1:9',
      '/tmp/hit',
      'tcp to 192.0.2.1:443: 13',
      '/tmp/hit',
      ...Array(4).fill('tcp to 2001:db8::1:443: 113'),
      '/tmp/hit',
      'datagram',
      '/tmp/hit',
      'datagram',
      '/tmp/hit',
      'SYN to 127.0.0.1:9',
    ]);
  });
});
