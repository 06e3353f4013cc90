import { u32, u8 } from '../packet/bytes.ts';
import { IP_PROTOCOL } from '../packet/packet.ts';

/** ICMP types (RFC 792, RFC 4443) that end an attempt. */
const UNREACHABLE = { v4: 3, v6: 1 } as const;
const TIME_EXCEEDED = { v4: 11, v6: 3 } as const;

/** IANA "ICMP Parameters" and "ICMPv6 Parameters": the codes of Destination Unreachable. Code 4 of IPv4 is about size only. */
const V4_CODES: ReadonlyMap<number, string> = new Map([
  [0, 'net-unreachable'],
  [1, 'host-unreachable'],
  [2, 'protocol-unreachable'],
  [3, 'port-unreachable'],
  [5, 'source-route-failed'],
  [6, 'net-unknown'],
  [7, 'host-unknown'],
  [8, 'source-isolated'],
  [9, 'net-prohibited'],
  [10, 'host-prohibited'],
  [11, 'net-unreachable'],
  [12, 'host-unreachable'],
  [13, 'admin-prohibited'],
  [14, 'host-precedence'],
  [15, 'precedence-cutoff'],
]);
const V6_CODES: ReadonlyMap<number, string> = new Map([
  [0, 'no-route'],
  [1, 'admin-prohibited'],
  [2, 'beyond-scope'],
  [3, 'host-unreachable'],
  [4, 'port-unreachable'],
  [5, 'policy-failed'],
  [6, 'reject-route'],
]);

/** The answers of packet filters: nftables' and iptables' `reject` offer these. */
const PROHIBITED: ReadonlySet<string> = new Set([
  'admin-prohibited',
  'net-prohibited',
  'host-prohibited',
  'port-unreachable',
  'policy-failed',
  'reject-route',
]);

/** An ICMP error, with the beginning of the packet that caused it. */
export interface IcmpError {
  readonly family: 4 | 6;
  readonly type: number;
  readonly code: number;
  /** Of the packet that the error is about, as PacketDecoder has them. */
  readonly addresses: Int32Array;
  readonly protocol: number;
  readonly ports: number;
}

/** The error in an ICMP message; null for other messages, and where the quoted packet is too short to tell its connection. */
export function readIcmpError(bytes: Uint8Array, start: number, end: number, family: 4 | 6): IcmpError | null {
  const type = u8(bytes, start);
  const code = u8(bytes, start + 1);
  if (icmpName(family, type, code) === null) return null;
  const quote = start + 8;
  const addresses = new Int32Array(8);
  const headerBytes = family === 4 ? (u8(bytes, quote) & 0xf) * 4 : 40;
  const transport = quote + headerBytes;
  if (u8(bytes, quote) >> 4 !== family || transport + 4 > end) return null;
  if (family === 4) {
    addresses[3] = u32(bytes, quote + 12);
    addresses[7] = u32(bytes, quote + 16);
  } else for (let word = 0; word < 8; word += 1) addresses[word] = u32(bytes, quote + 8 + 4 * word);
  const protocol = u8(bytes, quote + (family === 4 ? 9 : 6));
  if (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp) return null;
  return { family, type, code, addresses, protocol, ports: u32(bytes, transport) };
}

/** The name of an error; null for messages that end nothing. */
export function icmpName(family: number, type: number, code: number): string | null {
  const [unreachable, exceeded, names] =
    family === 4 ? [UNREACHABLE.v4, TIME_EXCEEDED.v4, V4_CODES] : [UNREACHABLE.v6, TIME_EXCEEDED.v6, V6_CODES];
  if (type === exceeded) return code === 0 ? 'ttl-exceeded' : null;
  return type === unreachable ? (names.get(code) ?? null) : null;
}

export function isProhibition(name: string): boolean {
  return PROHIBITED.has(name);
}
