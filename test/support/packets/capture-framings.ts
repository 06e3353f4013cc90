import { concat, uint16 } from './hello-builder.ts';
import {
  ethernet,
  etherTypeOf,
  fragmentHeader,
  ip,
  ipv4,
  LINK,
  pcap,
  pcapngSection,
  PROTOCOL,
  udp,
  type Packet,
  type PcapNgPacket,
} from './pcap-builder.ts';
import type { Random } from '../random.ts';

/** How the same IP packets can stand in a capture: on other links, in tunnels, in fragments, in other files. */

export interface Framing {
  readonly linkType: number;
  readonly frame: (packet: Uint8Array) => Uint8Array;
}

const ends = { from: '198.51.100.1', to: '198.51.100.2' };
const inEthernet = (wrap: (packet: Uint8Array) => Uint8Array): Framing => ({
  linkType: LINK.ethernet,
  frame: (packet) => ethernet(wrap(packet)),
});
const inDatagram = (port: number, wrap: (packet: Uint8Array) => Uint8Array): Framing =>
  inEthernet((packet) => ip({ ...ends, protocol: PROTOCOL.udp, payload: udp(50_000, port, wrap(packet)) }));
const isSix = (packet: Uint8Array) => etherTypeOf(packet) === 0x86dd;

export const FRAMINGS: Readonly<Record<string, Framing>> = {
  ethernet: inEthernet((packet) => packet),
  vlan: { linkType: LINK.ethernet, frame: (packet) => ethernet(packet, etherTypeOf(packet), [0x8100]) },
  qinq: { linkType: LINK.ethernet, frame: (packet) => ethernet(packet, etherTypeOf(packet), [0x88a8, 0x8100]) },
  mpls: { linkType: LINK.ethernet, frame: (packet) => ethernet(concat([0, 1, 0, 64, 0, 2, 1, 64], packet), 0x8847) },
  pppoe: {
    linkType: LINK.ethernet,
    frame: (packet) => {
      const protocol = isSix(packet) ? [0, 0x57] : [0, 0x21];
      return ethernet(concat([0x11, 0, 0, 1], uint16(packet.length + 2), protocol, packet), 0x8864);
    },
  },
  sll: {
    linkType: LINK.sll,
    frame: (packet) => concat([0, 4, 0, 1, 0, 6], new Uint8Array(8), uint16(etherTypeOf(packet)), packet),
  },
  sll2: {
    linkType: LINK.sll2,
    frame: (packet) => concat(uint16(etherTypeOf(packet)), [0, 0, 0, 0, 0, 3, 0, 1, 4, 6], new Uint8Array(8), packet),
  },
  // The number of IPv6 on macOS; tshark 4.0 does not know Linux's.
  null: { linkType: LINK.null, frame: (packet) => concat([isSix(packet) ? 30 : 2, 0, 0, 0], packet) },
  loop: { linkType: LINK.loop, frame: (packet) => concat([0, 0, 0, isSix(packet) ? 24 : 2], packet) },
  raw: { linkType: LINK.raw, frame: (packet) => packet },
  ppp: { linkType: LINK.ppp, frame: (packet) => concat([0xff, 3, 0, isSix(packet) ? 0x57 : 0x21], packet) },
  chdlc: { linkType: LINK.ciscoHdlc, frame: (packet) => concat([0x0f, 0], uint16(etherTypeOf(packet)), packet) },
  radiotap: {
    linkType: LINK.radiotap,
    frame: (packet) =>
      concat(
        [0, 0, 8, 0, 0, 0, 0, 0, 8, 1],
        new Uint8Array(22),
        [0xaa, 0xaa, 3, 0, 0, 0],
        uint16(etherTypeOf(packet)),
        packet,
      ),
  },
  sixInFour: inEthernet((packet) =>
    ipv4({ ...ends, protocol: isSix(packet) ? PROTOCOL.ipv6 : PROTOCOL.ipip, payload: packet }),
  ),
  gre: inEthernet((packet) =>
    ipv4({ ...ends, protocol: PROTOCOL.gre, payload: concat([0, 0], uint16(etherTypeOf(packet)), packet) }),
  ),
  greEthernet: inEthernet((packet) =>
    ipv4({ ...ends, protocol: PROTOCOL.gre, payload: concat([0x20, 0, 0x65, 0x58, 0, 0, 0, 9], ethernet(packet)) }),
  ),
  vxlan: inDatagram(4789, (packet) => concat([8, 0, 0, 0, 0, 0, 7, 0], ethernet(packet))),
  geneve: inDatagram(6081, (packet) => concat([0, 0, 0x65, 0x58, 0, 0, 7, 0], ethernet(packet))),
  gtp: inDatagram(2152, (packet) => concat([0x30, 255], uint16(packet.length), [0, 0, 0, 7], packet)),
};

export function framingNames(): readonly string[] {
  return Object.keys(FRAMINGS);
}

export function framed(name: string, packet: Uint8Array): Uint8Array {
  const framing = FRAMINGS[name];
  if (!framing) throw new Error(`no framing ${name}`);
  return framing.frame(packet);
}

/** The packet in IP fragments, now and then not in their order. Packets of our own builders have no IP options. */
export function fragmented(packet: Uint8Array, id: number, random: Random): readonly Uint8Array[] {
  const six = isSix(packet);
  const header = six ? 40 : 20;
  const payload = packet.subarray(header);
  const step = 8 * (1 + random.below(64));
  if (payload.length <= step) return [packet];
  const parts: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += step) {
    const part = payload.subarray(at, at + step);
    const more = at + step < payload.length;
    parts.push(six ? fragment6(packet, id, at, more, part) : fragment4(packet, id, at, more, part));
  }
  return random.below(3) === 0 ? parts.toReversed() : parts;
}

function fragment4(packet: Uint8Array, id: number, offset: number, more: boolean, part: Uint8Array): Uint8Array {
  const whole = concat(packet.subarray(0, 20), part);
  whole.set([...uint16(20 + part.length), ...uint16(id), ...uint16((more ? 0x2000 : 0) | (offset / 8))], 2);
  return whole;
}

function fragment6(packet: Uint8Array, id: number, offset: number, more: boolean, part: Uint8Array): Uint8Array {
  const whole = concat(packet.subarray(0, 40), fragmentHeader(packet[6] ?? 0, id, offset, more), part);
  whole.set([...uint16(8 + part.length), 44], 4);
  return whole;
}

/** One of the kinds of files that hold these frames of one link. */
export function randomFile(frames: readonly Packet[], linkType: number, random: Random): Uint8Array {
  const littleEndian = random.below(2) === 0;
  switch (random.below(4)) {
    case 0:
      return pcap(frames, { linkType, littleEndian, unit: 'us' });
    case 1:
      return pcap(frames, { linkType, littleEndian, unit: 'ns' });
    case 2: {
      const resolution = [6, 9, 3, 0x8a][random.below(4)] ?? 6;
      return pcapngSection(frames, [{ linkType, resolution }], littleEndian);
    }
    default:
      return severalSections(frames, linkType, random);
  }
}

function severalSections(frames: readonly Packet[], linkType: number, random: Random): Uint8Array {
  const border = random.below(frames.length);
  const timed = frames.map((frame, index) => ({ ...frame, timeMs: frame.timeMs ?? 1_700_000_000_000 + index }));
  const onSecond: PcapNgPacket[] = timed.slice(0, border).map((frame) => ({ ...frame, interface: 1 }));
  const obsolete: PcapNgPacket[] = timed.slice(border).map((frame) => ({ ...frame, block: 'obsolete' }));
  return concat(
    pcapngSection(onSecond, [{ linkType: 147 }, { linkType }], true),
    pcapngSection(obsolete, [{ linkType }], false),
  );
}
