import { formatAddress, unmapped } from '../../core/values/address.ts';

/** Socket states that matter here (include/net/tcp_states.h). A connected UDP socket is `established`, another one `closed`. */
export const SOCKET_STATE = {
  established: 1,
  synSent: 2,
  synReceived: 3,
  timeWait: 6,
  closed: 7,
  listen: 10,
} as const;

/** One line of `/proc/PID/net/{tcp,tcp6,udp,udp6}`. Addresses stay as the kernel writes them, because most lines belong to irrelevant processes. */
export interface SocketRow {
  /** Address and port in hex: comparable, and read by {@link readPlace}. */
  readonly local: string;
  readonly remote: string;
  readonly state: number;
  /** Times that the last segment was sent again; for `synSent` SYNs after the first. */
  readonly retransmits: number;
  readonly uid: number;
  /** 0 where no process holds the socket any more. */
  readonly inode: number;
}

export interface Place {
  readonly address: string;
  readonly port: number;
}

/** Reads a table of sockets; lines of another shape (the heading) are left out. */
export function parseProcNet(text: string): readonly SocketRow[] {
  const rows: SocketRow[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const row = parseRow(text, start, end);
    if (row !== null) rows.push(row);
    start = end + 1;
  }
  return rows;
}

/** The beginning of a line has fixed widths (net/ipv4/tcp_ipv4.c, get_tcp4_sock): cutting there is five times as fast as splitting. */
function parseRow(text: string, start: number, end: number): SocketRow | null {
  const colon = text.indexOf(': ', start);
  if (colon === -1 || colon > end) return null;
  const localStart = colon + 2;
  const portColon = text.indexOf(':', localStart);
  const width = portColon - localStart + 5;
  if (width !== 13 && width !== 37) return null;
  const remoteStart = localStart + width + 1;
  const stateStart = remoteStart + width + 1;
  const rest = /^ *([\dA-F]+) +(\d+) +\d+ +(\d+)/.exec(text.slice(stateStart + 33, end));
  const state = Number.parseInt(text.slice(stateStart, stateStart + 2), 16);
  if (rest === null || Number.isNaN(state)) return null;
  return {
    local: text.slice(localStart, localStart + width),
    remote: text.slice(remoteStart, remoteStart + width),
    state,
    retransmits: Number.parseInt(rest[1] ?? '0', 16),
    uid: Number(rest[2]),
    inode: Number(rest[3]),
  };
}

/** Reads `0100007F:1F90`: 32-bit words in the byte order of a little-endian machine, the port as a number. IPv4 inside of IPv6 comes out as IPv4. */
export function readPlace(hex: string): Place | null {
  const match = /^((?:[\dA-F]{8})|(?:[\dA-F]{32})):([\dA-F]{4})$/.exec(hex);
  if (match === null) return null;
  const words = match[1] ?? '';
  const bytes = new Uint8Array(words.length / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    // Within each word the first byte in memory is written last.
    const at = 2 * (4 * Math.floor(i / 4) + 3 - (i % 4));
    bytes[i] = Number.parseInt(words.slice(at, at + 2), 16);
  }
  const address = formatAddress(unmapped(bytes));
  return address === null ? null : { address, port: Number.parseInt(match[2] ?? '', 16) };
}

/** Whether the socket has no remote end: it listens, or is a UDP socket that was not connected. */
export function isUnconnected(row: SocketRow): boolean {
  return /^0+:/.test(row.remote);
}

/** The machine's own IPv4 addresses: the `/32 host LOCAL` leaves of `/proc/PID/net/fib_trie`. */
export function parseFibTrie(text: string): readonly string[] {
  const found = new Set<string>();
  for (const [, address] of text.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n +\/32 host LOCAL/g)) found.add(address ?? '');
  return [...found];
}

/** The machine's own IPv6 addresses, from `/proc/PID/net/if_inet6`. */
export function parseIfInet6(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const hex = /^([\da-f]{32}) /.exec(line)?.[1];
    const address =
      hex === undefined ? null : formatAddress(Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16)));
    return address === null ? [] : [address];
  });
}

/** The id that was given out last, in `/proc/loadavg`: when it did not change, nothing was born (proc_loadavg(5)). */
export function parseLastPid(loadavg: string): number | null {
  const match = / (\d+)\n?$/.exec(loadavg);
  return match === null ? null : Number(match[1]);
}

/** The inode of `socket:[123]`, as `/proc/PID/fd` names sockets; null for another file. */
export function parseSocketLink(target: string): number | null {
  const match = /^socket:\[(\d+)\]$/.exec(target);
  return match === null ? null : Number(match[1]);
}

/** How many connections a network has begun since it exists, from `/proc/PID/net/snmp` (proc_pid_net(5)): those that sent a SYN. */
export function parseActiveOpens(snmp: string): number | null {
  const [names, values] = [...snmp.matchAll(/^Tcp: (.*)$/gm)].map(([, row = '']) => row.split(' '));
  const value = values?.[names?.indexOf('ActiveOpens') ?? -1];
  return value === undefined ? null : Number(value);
}

/** How many sockets of each kind a network has, from `/proc/PID/net/sockstat` and `sockstat6`; by the names of the tables that list them. */
export function parseSockstat(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, kind = '', count] of text.matchAll(/^((?:TCP|UDP)6?): inuse (\d+)/gm)) {
    found.set(kind.toLowerCase(), Number(count));
  }
  return found;
}
