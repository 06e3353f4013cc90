import { addressBytes } from '../../../src/core/values/address.ts';
import { concat, uint16 } from './hello-builder.ts';

/** Builds packets and capture files as bytes, from the inside out: tcp → ipv4 → ethernet → pcap. */

type Bytes = Uint8Array | readonly number[];

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

export const LINK = {
  null: 0,
  ethernet: 1,
  tokenRing: 6,
  ppp: 9,
  fddi: 10,
  dltRaw: 12,
  openBsdRaw: 14,
  pppHdlc: 50,
  atm: 100,
  raw: 101,
  ciscoHdlc: 104,
  wifi: 105,
  frameRelay: 107,
  loop: 108,
  sll: 113,
  pflog: 117,
  sunAtm: 123,
  radiotap: 127,
  appleFirewire: 138,
  avs: 163,
  ppi: 192,
  erf: 197,
  pppWithDirection: 204,
  ipv4: 228,
  ipv6: 229,
  nflog: 239,
  pktap: 258,
  sll2: 276,
} as const;

export function uint32(value: number): readonly number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

export interface TcpFields {
  readonly from: number;
  readonly to: number;
  readonly sequence?: number;
  readonly acknowledgment?: number;
  readonly flags?: number;
  readonly payload?: Bytes;
  /** A multiple of 4 bytes. */
  readonly options?: Bytes;
}

export function tcp(fields: TcpFields): Uint8Array {
  const { from, to, sequence = 0, acknowledgment = 0, flags = ACK, payload = [], options = [] } = fields;
  const header = [...uint16(from), ...uint16(to), ...uint32(sequence), ...uint32(acknowledgment)];
  return concat(header, [(5 + options.length / 4) << 4, flags, ...uint16(65_535), 0, 0, 0, 0], options, payload);
}

export function udp(from: number, to: number, payload: Bytes): Uint8Array {
  return concat(uint16(from), uint16(to), uint16(8 + payload.length), [0, 0], payload);
}

/** A destination-unreachable message (or another, by its numbers) about the packet that is quoted. */
export function icmp(type: number, code: number, quoted: Bytes): Uint8Array {
  return concat([type, code, 0, 0, 0, 0, 0, 0], quoted);
}

function address(text: string): Uint8Array {
  const bytes = addressBytes(text);
  if (!bytes) throw new RangeError(`${text} is no address`);
  return bytes;
}

export const PROTOCOL = { icmp: 1, ipip: 4, tcp: 6, udp: 17, ipv6: 41, gre: 47, icmpv6: 58 } as const;

export interface IpFields {
  readonly from: string;
  readonly to: string;
  readonly protocol?: number;
  readonly payload: Bytes;
  readonly id?: number;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  /** IPv4 options, a multiple of 4 bytes; IPv6 extension headers, with their `next` fields right. */
  readonly options?: Bytes;
  /** Instead of the right one. */
  readonly totalLength?: number;
  /** IPv6: of the first extension header. */
  readonly nextHeader?: number;
}

export function ipv4(fields: IpFields): Uint8Array {
  const { protocol = PROTOCOL.tcp, payload, id = 0, fragmentOffset = 0, moreFragments = false, options = [] } = fields;
  const total = fields.totalLength ?? 20 + options.length + payload.length;
  const fragment = (moreFragments ? 0x2000 : 0) | (fragmentOffset / 8);
  const head = [0x45 + options.length / 4, 0, ...uint16(total), ...uint16(id), ...uint16(fragment), 64, protocol, 0, 0];
  return concat(head, address(fields.from), address(fields.to), options, payload);
}

export function ipv6(fields: IpFields): Uint8Array {
  const { protocol = PROTOCOL.tcp, payload, options = [] } = fields;
  const length = fields.totalLength ?? options.length + payload.length;
  const head = [0x60, 0, 0, 0, ...uint16(length), fields.nextHeader ?? protocol, 64];
  return concat(head, address(fields.from), address(fields.to), options, payload);
}

/** The IPv6 extension header of a fragment. */
export function fragmentHeader(next: number, id: number, offset: number, more: boolean): Uint8Array {
  return concat([next, 0], uint16(offset | (more ? 1 : 0)), uint32(id));
}

/** IPv4 or IPv6, by the addresses. */
export function ip(fields: IpFields): Uint8Array {
  return fields.from.includes(':') ? ipv6(fields) : ipv4(fields);
}

export function etherTypeOf(packet: Uint8Array): number {
  return (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
}

/** `tags`: EtherTypes of VLAN tags, outermost first. */
export function ethernet(payload: Uint8Array, type = etherTypeOf(payload), tags: readonly number[] = []): Uint8Array {
  const types = [...tags, type];
  const tagBytes = types.slice(1).flatMap((next) => [0, 7, ...uint16(next)]);
  return concat([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], uint16(types[0] ?? type), tagBytes, payload);
}

export interface Packet {
  readonly bytes: Uint8Array;
  readonly timeMs?: number;
  /** Bytes that are kept of it. */
  readonly snap?: number;
}

export const FIRST_MS = 1_700_000_000_000;

export interface PcapOptions {
  readonly linkType?: number;
  readonly littleEndian?: boolean;
  readonly unit?: 'us' | 'ns';
  /** Kuznetzov's format. */
  readonly modified?: boolean;
  /** The snap length of the header. */
  readonly snap?: number;
}

type Order = (value: number, bytes?: 2 | 4) => readonly number[];

function order(littleEndian: boolean): Order {
  return (value, bytes = 4) => {
    const big = bytes === 2 ? uint16(value) : uint32(value);
    return littleEndian ? big.toReversed() : big;
  };
}

function timeOf(packet: Packet, index: number): number {
  return packet.timeMs ?? FIRST_MS + index;
}

/** A pcap file. */
export function pcap(packets: readonly Packet[], options: PcapOptions = {}): Uint8Array {
  const { linkType = LINK.ethernet, littleEndian = true, unit = 'us', modified = false, snap = 262_144 } = options;
  const n = order(littleEndian);
  const magic = modified ? 0xa1b2cd34 : unit === 'ns' ? 0xa1b23c4d : 0xa1b2c3d4;
  const header = [...n(magic), ...n(2, 2), ...n(4, 2), ...n(0), ...n(0), ...n(snap), ...n(linkType)];
  const parts = packets.flatMap((packet, index) => {
    const ms = timeOf(packet, index);
    const fraction = Math.round((ms % 1000) * (unit === 'ns' ? 1e6 : 1e3));
    const kept = packet.bytes.subarray(0, packet.snap);
    const lengths = [...n(kept.length), ...n(packet.bytes.length), ...(modified ? [0, 0, 0, 0, 0, 0, 0, 0] : [])];
    return [[...n(Math.floor(ms / 1000)), ...n(fraction), ...lengths], kept];
  });
  return concat(header, ...parts);
}

export interface PcapNgInterface {
  readonly linkType?: number;
  readonly snap?: number;
  /** The byte of if_tsresol; 6 (µs) when the option is left out. */
  readonly resolution?: number;
  readonly offsetS?: number;
  /** In words, or as a compiled program. */
  readonly filter?: string | Uint8Array;
}

export interface PcapNgPacket extends Packet {
  readonly interface?: number;
  readonly block?: 'enhanced' | 'simple' | 'obsolete';
}

/** One section of a pcapng file; several of them, one behind the other, are a file too. */
export function pcapngSection(
  packets: readonly PcapNgPacket[],
  interfaces: readonly PcapNgInterface[] = [{}],
  littleEndian = true,
): Uint8Array {
  const n = order(littleEndian);
  const block = (type: number, ...parts: Bytes[]): Uint8Array => {
    const body = concat(...parts);
    const padding = new Uint8Array((4 - (body.length % 4)) % 4);
    const length = n(12 + body.length + padding.length);
    return concat(n(type), length, body, padding, length);
  };
  const section = block(0x0a0d0d0a, n(0x1a2b3c4d), n(1, 2), n(0, 2), n(0xffffffff), n(0xffffffff));
  const described = interfaces.map(({ linkType = LINK.ethernet, snap = 0, resolution, offsetS, filter }) => {
    const resolved = resolution === undefined ? [] : [...n(9, 2), ...n(1, 2), resolution, 0, 0, 0];
    const high = Math.floor((offsetS ?? 0) / 2 ** 32);
    const halves = littleEndian ? [n(offsetS ?? 0), n(high)] : [n(high), n(offsetS ?? 0)];
    const shifted = offsetS === undefined ? [] : [...n(14, 2), ...n(8, 2), ...halves.flat()];
    const code = typeof filter === 'string' ? concat([0], Buffer.from(filter)) : concat([1], filter ?? []);
    const filtered =
      filter === undefined
        ? []
        : concat(n(11, 2), n(code.length, 2), code, new Uint8Array((4 - (code.length % 4)) % 4));
    return block(1, n(linkType, 2), n(0, 2), n(snap), resolved, filtered, shifted, n(0, 2), n(0, 2));
  });
  const unknown = block(0x0bad, [1, 2, 3]);
  const written = packets.map((packet, index) => {
    const from = interfaces[packet.interface ?? 0];
    const kept = packet.bytes.subarray(0, packet.snap);
    if (packet.block === 'simple') return block(3, n(packet.bytes.length), kept);
    const resolution = from?.resolution ?? 6;
    const ticksPerS = (resolution & 0x80) !== 0 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
    const ticks = BigInt(Math.round(((timeOf(packet, index) - (from?.offsetS ?? 0) * 1000) / 1000) * ticksPerS));
    const time = [...n(Number(ticks >> 32n)), ...n(Number(ticks & 0xffffffffn))];
    const lengths = [...n(kept.length), ...n(packet.bytes.length)];
    return packet.block === 'obsolete'
      ? block(2, n(packet.interface ?? 0, 2), n(0, 2), time, lengths, kept)
      : block(6, n(packet.interface ?? 0), time, lengths, kept);
  });
  return concat(section, ...described, unknown, ...written);
}

export interface ConversationOptions {
  readonly client?: string;
  readonly clientPort?: number;
  readonly server?: string;
  readonly serverPort?: number;
  readonly clientIsn?: number;
  readonly serverIsn?: number;
}

/** A TCP connection whose packets (IP, without a link header) are written one by one. */
export class Conversation {
  readonly options: Required<ConversationOptions>;
  #client: number;
  #server: number;

  constructor(options: ConversationOptions = {}) {
    const defaults = { client: '10.0.0.2', clientPort: 40_000, server: '192.0.2.1', serverPort: 443 };
    this.options = { ...defaults, clientIsn: 1000, serverIsn: 5000, ...options };
    this.#client = (this.options.clientIsn + 1) >>> 0;
    this.#server = (this.options.serverIsn + 1) >>> 0;
  }

  syn(payload: Bytes = []): Uint8Array {
    const packet = this.fromClient({ sequence: this.options.clientIsn, flags: SYN, payload });
    this.#client = (this.#client + payload.length) >>> 0;
    return packet;
  }

  synAck(): Uint8Array {
    return this.fromServer({ sequence: this.options.serverIsn, acknowledgment: this.#client, flags: SYN | ACK });
  }

  handshake(): Uint8Array[] {
    return [this.syn(), this.synAck(), this.fromClient({})];
  }

  /** The next data of the client. */
  says(payload: Bytes): Uint8Array {
    const packet = this.fromClient({ payload });
    this.#client = (this.#client + payload.length) >>> 0;
    return packet;
  }

  /** The next data of the server. */
  answers(payload: Bytes): Uint8Array {
    const packet = this.fromServer({ payload });
    this.#server = (this.#server + payload.length) >>> 0;
    return packet;
  }

  fromClient(fields: Partial<TcpFields>): Uint8Array {
    const { client, clientPort, server, serverPort } = this.options;
    const numbers = { sequence: this.#client, acknowledgment: this.#server };
    return ip({ from: client, to: server, payload: tcp({ from: clientPort, to: serverPort, ...numbers, ...fields }) });
  }

  fromServer(fields: Partial<TcpFields>): Uint8Array {
    const { client, clientPort, server, serverPort } = this.options;
    const numbers = { sequence: this.#server, acknowledgment: this.#client };
    return ip({ from: server, to: client, payload: tcp({ from: serverPort, to: clientPort, ...numbers, ...fields }) });
  }
}

/** A pcap file of IP packets, each in an Ethernet frame, a millisecond apart. */
export function etherPcap(packets: readonly Uint8Array[]): Uint8Array {
  return pcap(packets.map((packet) => ({ bytes: ethernet(packet) })));
}
