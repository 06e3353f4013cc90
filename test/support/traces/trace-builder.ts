import { addressBytes } from '../../../src/core/values/address.ts';
import type { TraceEventName } from '../../../src/parse/trace/events.ts';
import { parseEventFormat, type EventFormat, type PageLayout } from '../../../src/parse/trace/format.ts';

/** Records and pages of the kernel's trace, laid out as this kernel would. */

/** The C declaration of each field, by the name and width that the kernel gives it. */
export type Fields = readonly (readonly [declaration: string, bytes: number])[];

const COMMON: Fields = [
  ['unsigned short common_type', 2],
  ['unsigned char common_flags', 1],
  ['unsigned char common_preempt_count', 1],
  ['int common_pid', 4],
];
const ENDS: Fields = [
  ['__u8 saddr[4]', 4],
  ['__u8 daddr[4]', 4],
  ['__u8 saddr_v6[16]', 16],
  ['__u8 daddr_v6[16]', 16],
];
const ROUTE: Fields = [
  ['u32 tb_id', 4],
  ['int err', 4],
  ['int oif', 4],
  ['int iif', 4],
  ['u8 proto', 1],
];

export const FIELDS: Readonly<Record<TraceEventName, Fields>> = {
  'sock/inet_sock_set_state': [
    ['const void * skaddr', 8],
    ['int oldstate', 4],
    ['int newstate', 4],
    ['__u16 sport', 2],
    ['__u16 dport', 2],
    ['__u16 family', 2],
    ['__u16 protocol', 2],
    ...ENDS,
  ],
  'sock/inet_sk_error_report': [
    ['int error', 4],
    ['__u16 sport', 2],
    ['__u16 dport', 2],
    ['__u16 family', 2],
    ['__u16 protocol', 2],
    ...ENDS,
  ],
  'sock/sock_send_length': [
    ['void * sk', 8],
    ['__u16 family', 2],
    ['__u16 protocol', 2],
    ['int ret', 4],
    ['int flags', 4],
  ],
  'tcp/tcp_retransmit_skb': [
    ['const void * skbaddr', 8],
    ['const void * skaddr', 8],
  ],
  'fib/fib_table_lookup': [...ROUTE, ['__u8 src[4]', 4], ['__u8 dst[4]', 4], ['u16 sport', 2], ['u16 dport', 2]],
  'fib6/fib6_table_lookup': [...ROUTE, ['__u8 src[16]', 16], ['__u8 dst[16]', 16], ['u16 sport', 2], ['u16 dport', 2]],
  'task/task_newtask': [
    ['pid_t pid', 4],
    ['char comm[16]', 16],
    ['unsigned long clone_flags', 8],
  ],
  'sched/sched_process_exec': [
    ['__data_loc char[] filename', 4],
    ['pid_t pid', 4],
  ],
  'sched/sched_process_exit': [
    ['pid_t pid', 4],
    ['bool group_dead', 1],
  ],
};

export function formatText(id: number, fields: Fields): string {
  let offset = 0;
  const line = ([declaration, bytes]: Fields[number]): string => {
    const at = offset;
    offset += bytes;
    return `\tfield:${declaration};\toffset:${at};\tsize:${bytes};\tsigned:0;`;
  };
  return `name: event\nID: ${id}\nformat:\n${COMMON.map(line).join('\n')}\n\n${fields.map(line).join('\n')}\n\nprint fmt: "x; field:int no;"\n`;
}

export function formatOf(name: TraceEventName, fields: Fields = FIELDS[name]): EventFormat {
  const format = parseEventFormat(formatText(100 + Object.keys(FIELDS).indexOf(name), fields));
  if (format === null) throw new Error('a format without an id');
  return format;
}

/** A number, an address, or text. */
export type Value = number | string | Uint8Array;

/** One record with these values; what is not named is zero. */
export function record(format: EventFormat, values: Readonly<Record<string, Value>>): Uint8Array {
  const size = Math.max(...[...format.fields.values()].map(({ offset, bytes }) => offset + bytes));
  const tail = typeof values['filename'] === 'string' ? new TextEncoder().encode(`${values['filename']}\0`) : null;
  const bytes = new Uint8Array(size + (tail?.length ?? 0));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, format.id, true);
  for (const [name, value] of Object.entries(values)) {
    const field = format.fields.get(name);
    if (field === undefined) throw new Error(`the format has no field ${name}`);
    const { offset, bytes: width } = field;
    if (name === 'filename' && tail !== null) view.setUint32(offset, size + tail.length * 2 ** 16, true);
    else if (typeof value !== 'number')
      bytes.set(typeof value === 'string' ? (addressBytes(value) ?? new TextEncoder().encode(value)) : value, offset);
    else if (width === 8) view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
    else if (width === 4) view.setUint32(offset, value >>> 0, true);
    else if (width === 2) view.setUint16(offset, value, true);
    else view.setUint8(offset, value);
  }
  if (tail !== null) bytes.set(tail, size);
  return bytes;
}

export const LAYOUT: PageLayout = { wordBytes: 8, commitOffset: 8, dataOffset: 16, pageBytes: 4096 };

export interface Timed {
  readonly atNs: number;
  readonly bytes: Uint8Array;
}

export interface PageOptions {
  readonly layout?: PageLayout;
  /** Time of the page itself. */
  readonly fromNs?: number;
  /** Records lost before it; null: lost, but not counted. */
  readonly lost?: number | null;
}

/** Deltas are 27 bits wide; longer ones need a record of their own. */
const LARGEST_DELTA = 2 ** 27;

/** A page of the ring buffer with these records, in the order of their time. */
export function page(
  records: readonly Timed[],
  { layout = LAYOUT, fromNs = 0, lost = 0 }: PageOptions = {},
): Uint8Array {
  const words: number[] = [];
  let now = fromNs;
  for (const { atNs, bytes } of records) {
    let delta = atNs - now;
    if (delta >= LARGEST_DELTA) {
      words.push((30 + (delta % LARGEST_DELTA) * 32) >>> 0, Math.floor(delta / LARGEST_DELTA));
      delta = 0;
    }
    now = atNs;
    const padded = Math.ceil(bytes.length / 4);
    const isLong = padded > 28 || padded === 0;
    words.push(((isLong ? 0 : padded) + delta * 32) >>> 0);
    if (isLong) words.push(4 * padded + 4);
    const whole = new Uint8Array(4 * padded);
    whole.set(bytes);
    const view = new DataView(whole.buffer);
    for (let at = 0; at < whole.length; at += 4) words.push(view.getUint32(at, true));
  }
  const data = 4 * words.length;
  const isCounted = lost !== null && lost > 0;
  const bytes = new Uint8Array(layout.dataOffset + data + (isCounted ? layout.wordBytes : 0));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(fromNs), true);
  const flags = lost === 0 ? 0 : 2 ** 31 + (isCounted ? 2 ** 30 : 0);
  view.setUint32(layout.commitOffset, data + flags, true);
  for (const [i, word] of words.entries()) view.setUint32(layout.dataOffset + 4 * i, word, true);
  if (isCounted) view.setUint32(layout.dataOffset + data, lost, true);
  return bytes;
}
