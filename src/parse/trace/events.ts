import { formatAddress, unmapped } from '../../core/values/address.ts';
import { u16le, u32le } from '../packet/bytes.ts';
import type { EventFormat, Field } from './format.ts';

/** An address with its port, as the other end of a socket or its own. Port 0: not chosen yet. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** Facts from the kernel's events that matter here. `task` is the id of the thread that caused it, as the whole machine counts. */
export type TraceEvent = { readonly atMs: number; readonly task: number } & (
  | {
      /** A TCP socket is about to send its SYN; its own port is chosen only afterwards. */
      readonly kind: 'connecting';
      readonly socket: number;
      readonly family: 4 | 6;
      readonly remote: Place;
    }
  | {
      /** A TCP socket has had an answer to its SYN, or was given up. Happens in whatever task runs just then. */
      readonly kind: 'settled';
      readonly socket: number;
      readonly isConnected: boolean;
      readonly local: Place;
      readonly remote: Place;
    }
  | { readonly kind: 'retransmit'; readonly socket: number }
  | {
      /** An error came to a socket: a reset, or ICMP. */
      readonly kind: 'error';
      readonly transport: Transport;
      readonly local: Place;
      readonly remote: Place;
      /** Number of the error, as errno has it. */
      readonly error: number;
    }
  | {
      /** A routing table was asked for the way. `error`: 0, or what errno has, as a positive number. */
      readonly kind: 'lookup';
      readonly transport: Transport;
      readonly table: number;
      readonly local: Place;
      readonly remote: Place;
      readonly error: number;
    }
  | {
      /** A datagram was handed to a UDP socket. `error` as above. */
      readonly kind: 'sent';
      readonly socket: number;
      readonly error: number;
    }
  | { readonly kind: 'born'; readonly child: number; readonly isThread: boolean; readonly comm: string }
  | { readonly kind: 'exec'; readonly program: string }
  | { readonly kind: 'exit'; readonly isLast: boolean | null }
);
export type Transport = 'tcp' | 'udp';

/** The kernel's events that are read, by the name of their folder. */
export const TRACE_EVENTS = [
  'sock/inet_sock_set_state',
  'sock/inet_sk_error_report',
  'sock/sock_send_length',
  'tcp/tcp_retransmit_skb',
  'fib/fib_table_lookup',
  'fib6/fib6_table_lookup',
  'task/task_newtask',
  'sched/sched_process_exec',
  'sched/sched_process_exit',
] as const;
export type TraceEventName = (typeof TRACE_EVENTS)[number];

/** Says of which sockets the ends matter; those of all others are passed over before anything is made of them. */
export interface Interest {
  hasSocket(socket: number): boolean;
  hasRemotePort(port: number): boolean;
}

/** include/net/tcp_states.h */
const SYN_SENT = 2;
const ESTABLISHED = 1;
const AF_INET6 = 10;
const TCP = 6;
const UDP = 17;
/** include/uapi/linux/sched.h: CLONE_THREAD. */
const CLONE_THREAD = 0x1_0000;
/** include/linux/trace_events.h: the event happened in an interrupt, so the task only happened to run. */
const IN_INTERRUPT = 0x08 | 0x10 | 0x40;
const COMMON_FLAGS = 2;
const COMMON_PID = 4;
const HEADER_BYTES = 8;

type Decode = (bytes: Uint8Array, start: number, end: number, atMs: number) => TraceEvent | null;

/** Decodes records by the formats that this kernel gave. */
export class TraceDecoder {
  readonly #decoders = new Map<number, Decode>();

  /** Events without a format are not decoded; see {@link missingFields}. */
  constructor(formats: ReadonlyMap<TraceEventName, EventFormat>, interest: Interest) {
    for (const [name, format] of formats) this.#decoders.set(format.id, decoderOf(name, format, interest));
  }

  /** null: another kind of event, an irrelevant one, or a record that is too short. */
  decode(bytes: Uint8Array, start: number, end: number, atMs: number): TraceEvent | null {
    if (end - start < HEADER_BYTES || end > bytes.length) return null;
    return this.#decoders.get(u16le(bytes, start))?.(bytes, start, end, atMs) ?? null;
  }
}

const ENDS = ['sport', 'dport', 'family', 'protocol', 'saddr', 'daddr', 'saddr_v6', 'daddr_v6'];
const ROUTE = ['tb_id', 'err', 'proto', 'src', 'dst', 'sport', 'dport'];
const FIELDS: Readonly<Record<TraceEventName, readonly string[]>> = {
  'sock/inet_sock_set_state': ['skaddr', 'oldstate', 'newstate', ...ENDS],
  'sock/inet_sk_error_report': ['error', ...ENDS],
  'sock/sock_send_length': ['sk', 'protocol', 'ret'],
  'tcp/tcp_retransmit_skb': ['skaddr'],
  'fib/fib_table_lookup': ROUTE,
  'fib6/fib6_table_lookup': ROUTE,
  'task/task_newtask': ['pid', 'comm', 'clone_flags'],
  'sched/sched_process_exec': ['filename'],
  'sched/sched_process_exit': [],
};

/** Required fields that a format lacks, because its kernel is older than they are. */
export function missingFields(name: TraceEventName, { fields }: EventFormat): readonly string[] {
  return FIELDS[name].filter((field) => !fields.has(field));
}

/** Reads a field of a record; 0 where the format lacks it. */
type Read = (bytes: Uint8Array, start: number) => number;

function decoderOf(name: TraceEventName, { fields }: EventFormat, interest: Interest): Decode {
  const longest = Math.max(HEADER_BYTES, ...[...fields.values()].map(({ offset, bytes }) => offset + bytes));
  const decode = decoderFor(name, fields, interest);
  return (bytes, start, end, atMs) => (end - start < longest ? null : decode(bytes, start, end, atMs));
}

function decoderFor(name: TraceEventName, fields: EventFormat['fields'], interest: Interest): Decode {
  const number = (field: string): Read => readerOf(fields.get(field));
  const ends = (): Ends => endsOf(fields);
  switch (name) {
    case 'sock/inet_sock_set_state':
      return stateDecoder(fields, ends(), interest);
    case 'sock/inet_sk_error_report':
      return errorDecoder(number('error'), number('protocol'), number('dport'), ends(), interest);
    case 'sock/sock_send_length':
      return sentDecoder(number('sk'), number('protocol'), number('ret'));
    case 'tcp/tcp_retransmit_skb': {
      const socket = number('skaddr');
      return (bytes, start, _end, atMs) => {
        const own = socket(bytes, start);
        return interest.hasSocket(own) ? { kind: 'retransmit', atMs, task: taskOf(bytes, start), socket: own } : null;
      };
    }
    case 'fib/fib_table_lookup':
    case 'fib6/fib6_table_lookup':
      return lookupDecoder(fields, name === 'fib/fib_table_lookup' ? 4 : 16);
    case 'task/task_newtask':
      return bornDecoder(number('pid'), number('clone_flags'), fields.get('comm'));
    case 'sched/sched_process_exec': {
      const location = number('filename');
      return (bytes, start, end, atMs) => {
        // __data_loc: where the text lies behind the record's beginning, and in the upper half how long it is.
        const word = location(bytes, start);
        const from = start + (word & 0xffff);
        const program = textOf(bytes, from, Math.min(end, from + (word >>> 16)));
        return { kind: 'exec', atMs, task: taskOf(bytes, start), program };
      };
    }
    case 'sched/sched_process_exit': {
      const isLast = fields.has('group_dead') ? number('group_dead') : null;
      return (bytes, start, _end, atMs) => ({
        kind: 'exit',
        atMs,
        task: taskOf(bytes, start),
        isLast: isLast === null ? null : isLast(bytes, start) !== 0,
      });
    }
  }
}

interface Ends {
  readonly local: (bytes: Uint8Array, start: number) => Place;
  readonly remote: (bytes: Uint8Array, start: number) => Place;
  readonly family: (bytes: Uint8Array, start: number) => 4 | 6;
}

function endsOf(fields: EventFormat['fields']): Ends {
  const family = readerOf(fields.get('family'));
  // The fields for IPv6 are filled for IPv4 too, where it comes out as IPv4 again.
  const address = (name: string) => {
    const [v4, v6] = [fields.get(name)?.offset ?? 0, fields.get(`${name}_v6`)?.offset ?? 0];
    return (bytes: Uint8Array, start: number): string =>
      family(bytes, start) === AF_INET6 ? addressAt(bytes, start + v6, 16) : addressAt(bytes, start + v4, 4);
  };
  const place = (addressName: string, portName: string) => {
    const [addressOf, portOf] = [address(addressName), readerOf(fields.get(portName))];
    return (bytes: Uint8Array, start: number): Place => ({
      address: addressOf(bytes, start),
      port: portOf(bytes, start),
    });
  };
  const local = place('saddr', 'sport');
  const remote = place('daddr', 'dport');
  return { local, remote, family: (bytes, start) => (remote(bytes, start).address.includes(':') ? 6 : 4) };
}

function stateDecoder(fields: EventFormat['fields'], { local, remote, family }: Ends, interest: Interest): Decode {
  const number = (field: string): Read => readerOf(fields.get(field));
  const [socket, before, after, protocol] = [
    number('skaddr'),
    number('oldstate'),
    number('newstate'),
    number('protocol'),
  ];
  return (bytes, start, _end, atMs) => {
    const own = socket(bytes, start);
    const [from, to] = [before(bytes, start), after(bytes, start)];
    if (to === SYN_SENT) {
      if (protocol(bytes, start) !== TCP) return null;
      const event = { atMs, task: taskOf(bytes, start), socket: own, remote: remote(bytes, start) };
      return { kind: 'connecting', ...event, family: family(bytes, start) };
    }
    if (from !== SYN_SENT || !interest.hasSocket(own)) return null;
    const ends = { local: local(bytes, start), remote: remote(bytes, start) };
    return { kind: 'settled', atMs, task: taskOf(bytes, start), socket: own, isConnected: to === ESTABLISHED, ...ends };
  };
}

function errorDecoder(error: Read, protocol: Read, remotePort: Read, ends: Ends, interest: Interest): Decode {
  return (bytes, start, _end, atMs) => {
    const transport = transportOf(protocol(bytes, start));
    if (transport === null || !interest.hasRemotePort(remotePort(bytes, start))) return null;
    const [local, remote] = [ends.local(bytes, start), ends.remote(bytes, start)];
    return {
      kind: 'error',
      atMs,
      task: taskOf(bytes, start),
      transport,
      local,
      remote,
      error: Math.abs(error(bytes, start) | 0),
    };
  };
}

function sentDecoder(socket: Read, protocol: Read, result: Read): Decode {
  return (bytes, start, _end, atMs) => {
    if (protocol(bytes, start) !== UDP) return null;
    const own = socket(bytes, start);
    return { kind: 'sent', atMs, task: taskOf(bytes, start), socket: own, error: errorOf(result(bytes, start)) };
  };
}

function lookupDecoder(fields: EventFormat['fields'], addressBytes: 4 | 16): Decode {
  const number = (field: string): Read => readerOf(fields.get(field));
  const [table, error, protocol] = [number('tb_id'), number('err'), number('proto')];
  const place = (addressName: string, portName: string) => {
    const [offset, port] = [fields.get(addressName)?.offset ?? 0, number(portName)];
    return (bytes: Uint8Array, start: number): Place => ({
      address: addressAt(bytes, start + offset, addressBytes),
      port: port(bytes, start),
    });
  };
  const [local, remote] = [place('src', 'sport'), place('dst', 'dport')];
  return (bytes, start, _end, atMs) => {
    const transport = transportOf(protocol(bytes, start));
    // A look-up in an interrupt serves a packet that was received: the task that ran just then did not cause it.
    if (transport === null || (bytes[start + COMMON_FLAGS] ?? 0) & IN_INTERRUPT) return null;
    const ends = { local: local(bytes, start), remote: remote(bytes, start) };
    const own = { table: table(bytes, start), error: errorOf(error(bytes, start)) };
    return { kind: 'lookup', atMs, task: taskOf(bytes, start), transport, ...own, ...ends };
  };
}

function bornDecoder(pid: Read, flags: Read, comm: Field | undefined): Decode {
  return (bytes, start, _end, atMs) => {
    const from = start + (comm?.offset ?? 0);
    return {
      kind: 'born',
      atMs,
      task: taskOf(bytes, start),
      child: pid(bytes, start),
      isThread: (flags(bytes, start) & CLONE_THREAD) !== 0,
      comm: textOf(bytes, from, from + (comm?.bytes ?? 0)),
    };
  };
}

function taskOf(bytes: Uint8Array, start: number): number {
  return u32le(bytes, start + COMMON_PID);
}

function transportOf(protocol: number): Transport | null {
  if (protocol === TCP) return 'tcp';
  return protocol === UDP ? 'udp' : null;
}

/** A result below zero is an error; lengths are above. */
function errorOf(result: number): number {
  const signed = result | 0;
  return signed < 0 ? -signed : 0;
}

/** Of eight bytes the lower six: those tell kernel addresses apart, and are exact in a number. */
function readerOf(field: Field | undefined): Read {
  if (field === undefined) return () => 0;
  const { offset } = field;
  switch (field.bytes) {
    case 1:
      return (bytes, start) => bytes[start + offset] ?? 0;
    case 2:
      return (bytes, start) => u16le(bytes, start + offset);
    case 8:
      return (bytes, start) => u32le(bytes, start + offset) + u16le(bytes, start + offset + 4) * 2 ** 32;
    default:
      return (bytes, start) => u32le(bytes, start + offset);
  }
}

/** IPv4 inside of IPv6 comes out as IPv4. */
function addressAt(bytes: Uint8Array, at: number, length: 4 | 16): string {
  return formatAddress(unmapped(bytes.subarray(at, at + length))) ?? '';
}

const text = new TextDecoder();

/** Text up to its NUL. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  const end = bytes.subarray(from, to).indexOf(0);
  return text.decode(bytes.subarray(from, end === -1 ? to : from + end));
}
