import { describe, expect, it } from 'vitest';
import { tlsHello } from '../../support/packets/hello-builder.ts';
import { namesIn, readCapture } from '../../support/packets/capture-reading.ts';
import { concat, uint16 } from '../../support/packets/hello-builder.ts';
import {
  ethernet,
  ip,
  ipv4,
  ipv6,
  LINK,
  pcap,
  PROTOCOL,
  tcp,
  udp,
  uint32,
} from '../../support/packets/pcap-builder.ts';

const SEGMENT = tcp({ from: 40_000, to: 443, sequence: 1, payload: tlsHello({ name: 'plex.tv' }) });
const V4 = ipv4({ from: '10.0.0.2', to: '192.0.2.1', payload: SEGMENT });
const V6 = ipv6({ from: '2001:db8::2', to: '2001:db8::1', payload: SEGMENT });
const LLC_SNAP = concat([0xaa, 0xaa, 3, 0, 0, 0, 8, 0], V4);

function wifi(control: readonly [number, number], header: number, payload: Uint8Array): Uint8Array {
  return concat(control, new Uint8Array(header - 2), payload);
}

/** A frame of A-MSDU subframes, each padded but the last. */
function aggregate(packets: readonly ArrayLike<number>[]): Uint8Array {
  const subframes = packets.map((packet, at) => {
    const subframe = concat(new Uint8Array(12), uint16(packet.length), Uint8Array.from(packet));
    return at + 1 < packets.length ? concat(subframe, new Uint8Array((4 - (subframe.length % 4)) % 4)) : subframe;
  });
  return concat([0x88, 1], new Uint8Array(22), [0x80, 0], ...subframes);
}

/** A header of NFLOG with an attribute in front of the packet. */
function nflog(packet: Uint8Array): Uint8Array {
  const length = packet.length + 4;
  return concat([2, 0, 0, 0], [5, 0, 10, 0, 0x41, 0, 0, 0], [length & 0xff, length >> 8, 9, 0], packet);
}

describe('links', () => {
  it.each<[string, number, Uint8Array]>([
    ['Ethernet', LINK.ethernet, ethernet(V4)],
    ['Ethernet with IPv6', LINK.ethernet, ethernet(V6)],
    ['802.1Q', LINK.ethernet, ethernet(V4, 0x0800, [0x8100])],
    ['QinQ', LINK.ethernet, ethernet(V6, 0x86dd, [0x88a8, 0x8100])],
    ['four tags', LINK.ethernet, ethernet(V4, 0x0800, [0x9100, 0x9200, 0x9300, 0x8100])],
    ['LLC and SNAP', LINK.ethernet, ethernet(LLC_SNAP, LLC_SNAP.length)],
    ['LLC without SNAP', LINK.ethernet, ethernet(concat([6, 6, 3], V4), V4.length + 3)],
    ['Cisco metadata', LINK.ethernet, ethernet(concat([1, 1, 0, 1, 0, 7, 8, 0], V4), 0x8909)],
    ['PPPoE', LINK.ethernet, ethernet(concat([0x11, 0, 0, 1], uint16(V4.length + 2), [0, 0x21], V4), 0x8864)],
    ['PPPoE with a compressed protocol', LINK.ethernet, ethernet(concat([0x11, 0, 0, 1, 0, 0, 0x57], V6), 0x8864)],
    ['MPLS', LINK.ethernet, ethernet(concat([0, 1, 0, 64, 0, 2, 1, 64], V4), 0x8847)],
    ['MPLS with IPv6', LINK.ethernet, ethernet(concat([0, 1, 1, 64], V6), 0x8847)],
    ['an MPLS pseudowire', LINK.ethernet, ethernet(concat([0, 1, 1, 64, 0, 0, 0, 0], ethernet(V4)), 0x8847)],
    ['Ethernet in Ethernet', LINK.ethernet, ethernet(ethernet(V4), 0x6558)],
    ['SLL', LINK.sll, concat(new Uint8Array(14), [8, 0], V4)],
    ['SLL with a VLAN tag', LINK.sll, concat(new Uint8Array(14), [0x81, 0, 0, 7, 8, 0], V4)],
    ['SLL2', LINK.sll2, concat([0x86, 0xdd], new Uint8Array(18), V6)],
    ['NULL, little-endian', LINK.null, concat([2, 0, 0, 0], V4)],
    ['NULL, big-endian', LINK.null, concat([0, 0, 0, 2], V4)],
    ['NULL with IPv6 of macOS', LINK.null, concat([30, 0, 0, 0], V6)],
    ['NULL with IPv6 of FreeBSD', LINK.null, concat([0, 0, 0, 28], V6)],
    ['a DSA tag of Broadcom', 281, concat(ethernet(V4).subarray(0, 12), [1, 2, 3, 4, 8, 0], V4)],
    ['a DSA tag before the frame', 282, concat([1, 2, 3, 4], ethernet(V6))],
    ['a DSA tag of Marvell', 284, concat(ethernet(V4).subarray(0, 12), [0x40, 0, 0, 1, 0x86, 0xdd], V6)],
    ['an extended DSA tag', 285, concat(ethernet(V4).subarray(0, 12), [0xda, 0xda, 0, 0, 0x40, 0, 0, 1, 8, 0], V4)],
    ['LOOP', LINK.loop, concat([0, 0, 0, 24], V6)],
    ['raw IP', LINK.raw, V4],
    ['raw IPv6', LINK.raw, V6],
    ['raw IP by its DLT number', LINK.dltRaw, V4],
    ['raw IP by its OpenBSD number', LINK.openBsdRaw, V6],
    ['raw IPv4 alone', LINK.ipv4, V4],
    ['raw IPv6 alone', LINK.ipv6, V6],
    ['PPP', LINK.ppp, concat([0, 0x21], V4)],
    ['PPP with address and control', LINK.ppp, concat([0xff, 3, 0, 0x57], V6)],
    ['PPP in HDLC framing', LINK.pppHdlc, concat([0xff, 3, 0x21], V4)],
    ['PPP with MPLS', LINK.pppHdlc, concat([0xff, 3, 2, 0x81, 0, 1, 1, 64], V4)],
    ['PPP with a direction', LINK.pppWithDirection, concat([1, 0xff, 3, 0, 0x21], V4)],
    ['Cisco HDLC', LINK.ciscoHdlc, concat([0x0f, 0, 8, 0], V4)],
    ['Frame Relay', LINK.frameRelay, concat([0x18, 0x41, 3, 0xcc], V4)],
    ['Frame Relay with SNAP', LINK.frameRelay, concat([0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0], V4)],
    ['802.11', LINK.wifi, wifi([0x08, 1], 24, LLC_SNAP)],
    ['802.11 with QoS', LINK.wifi, wifi([0x88, 2], 26, LLC_SNAP)],
    ['802.11 with QoS and padding', LINK.wifi, wifi([0x88, 2], 28, LLC_SNAP)],
    ['802.11 with several packets in a frame', LINK.wifi, aggregate([LLC_SNAP])],
    ['802.11 with several packets, of which the last one has it', LINK.wifi, aggregate([[0xaa, 0xaa, 3], LLC_SNAP])],
    ['802.11 between access points', LINK.wifi, wifi([0x08, 3], 30, LLC_SNAP)],
    ['radiotap', LINK.radiotap, concat([0, 0, 12, 0], new Uint8Array(8), wifi([0x08, 1], 24, LLC_SNAP))],
    ['AVS', LINK.avs, concat([0x80, 0x21, 0x10, 1, 0, 0, 0, 64], new Uint8Array(56), wifi([0x08, 1], 24, LLC_SNAP))],
    ['PPI', LINK.ppi, concat([0, 0, 12, 0, 1, 0, 0, 0, 0, 0, 0, 0], ethernet(V4))],
    ['ERF', LINK.erf, concat(new Uint8Array(8), [2, 4, 0, 0, 0, 0, 0, 0], [0, 0], ethernet(V4))],
    [
      'ERF with an extension',
      LINK.erf,
      concat(new Uint8Array(8), [0x82, 4, 0, 0, 0, 0, 0, 0], new Uint8Array(8), [0, 0], ethernet(V4)),
    ],
    ['FireWire', LINK.appleFirewire, concat(new Uint8Array(16), [8, 0], V4)],
    ['token ring', LINK.tokenRing, concat(new Uint8Array(14), LLC_SNAP)],
    [
      'token ring with a route',
      LINK.tokenRing,
      concat(new Uint8Array(8), [0x80, 0, 0, 0, 0, 0, 6, 1, 0, 1, 0, 2], LLC_SNAP),
    ],
    ['FDDI', LINK.fddi, concat(new Uint8Array(13), LLC_SNAP)],
    ['ATM', LINK.atm, LLC_SNAP],
    ['ATM of SunOS', LINK.sunAtm, concat([0, 0, 0, 0], LLC_SNAP)],
    ['PKTAP', LINK.pktap, concat([12, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0], V6)],
    ['VN-Tag', LINK.ethernet, ethernet(concat([0, 0, 0, 0, 8, 0], V4), 0x8926)],
    ['E-Tag', LINK.ethernet, ethernet(concat([0, 0, 0, 0, 0, 0, 8, 0], V4), 0x893f)],
    ['Teredo', LINK.raw, tunnel(3544, V6)],
    ['Teredo with an origin', LINK.raw, tunnel(3544, concat([0, 0, 1, 2, 3, 4, 5, 6], V6))],
    ['Teredo with an authentication', LINK.raw, tunnel(3544, concat([0, 1, 0, 0], new Uint8Array(9), V6))],
    ['LISP', LINK.raw, tunnel(4341, concat(new Uint8Array(8), V4))],
    [
      'WCCP',
      LINK.raw,
      ip({
        from: '10.1.0.1',
        to: '10.1.0.2',
        protocol: PROTOCOL.gre,
        payload: concat([0, 0, 0x88, 0x3e, 0, 0, 0, 0], V4),
      }),
    ],
    ['NFLOG', LINK.nflog, nflog(V4)],
    ['PFLOG', LINK.pflog, concat([61], new Uint8Array(63), V4)],
    [
      'GRE',
      LINK.raw,
      ip({ from: '10.1.0.1', to: '10.1.0.2', protocol: PROTOCOL.gre, payload: concat([0, 0, 8, 0], V4) }),
    ],
    [
      'GRE with checksum, key and sequence number',
      LINK.raw,
      ip({
        from: '10.1.0.1',
        to: '10.1.0.2',
        protocol: PROTOCOL.gre,
        payload: concat([0xb0, 0, 0x86, 0xdd], new Uint8Array(12), V6),
      }),
    ],
    [
      'GRE with Ethernet',
      LINK.raw,
      ip({
        from: '10.1.0.1',
        to: '10.1.0.2',
        protocol: PROTOCOL.gre,
        payload: concat([0, 0, 0x65, 0x58], ethernet(V4)),
      }),
    ],
    [
      'PPTP',
      LINK.raw,
      ip({
        from: '10.1.0.1',
        to: '10.1.0.2',
        protocol: PROTOCOL.gre,
        payload: concat([0x30, 1, 0x88, 0x0b, 0, 9, 0, 1, 0, 0, 0, 1], [0xff, 3, 0, 0x21], V4),
      }),
    ],
    [
      'ERSPAN II',
      LINK.raw,
      ip({
        from: '10.1.0.1',
        to: '10.1.0.2',
        protocol: PROTOCOL.gre,
        payload: concat([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1], new Uint8Array(8), ethernet(V4)),
      }),
    ],
    ['IP in IP', LINK.raw, ip({ from: '10.1.0.1', to: '10.1.0.2', protocol: PROTOCOL.ipip, payload: V4 })],
    ['IPv6 in IPv4', LINK.raw, ip({ from: '10.1.0.1', to: '10.1.0.2', protocol: PROTOCOL.ipv6, payload: V6 })],
    ['IPv4 in IPv6', LINK.raw, ip({ from: '2001:db8::8', to: '2001:db8::9', protocol: PROTOCOL.ipip, payload: V4 })],
    ['VXLAN', LINK.raw, tunnel(4789, concat([8, 0, 0, 0, 0, 0, 7, 0], ethernet(V4)))],
    ['Geneve', LINK.raw, tunnel(6081, concat([1, 0, 0x65, 0x58, 0, 0, 7, 0, 0, 0, 0, 0], ethernet(V4)))],
    ['GTP', LINK.raw, tunnel(2152, concat([0x30, 255], uint16(V4.length), uint32(1), V4))],
    [
      'GTP with an extension header',
      LINK.raw,
      tunnel(2152, concat([0x34, 255, 0, 0], uint32(1), [0, 0, 0, 0x85, 1, 0, 9, 0], V4)),
    ],
    ['L2TP', LINK.raw, tunnel(1701, concat([0x40, 2, 0, 0, 0, 1, 0, 2], [0xff, 3, 0, 0x21], V4))],
  ])('finds the hello behind %s', (_, linkType, bytes) => {
    expect(namesIn(pcap([{ bytes }], { linkType }))).toEqual(['plex.tv']);
  });

  it('reads all packets of a radio frame', () => {
    const other = ipv4({
      from: '10.0.0.2',
      to: '192.0.2.2',
      payload: tcp({ from: 40_001, to: 443, sequence: 1, payload: tlsHello({ name: 'metadata.provider.plex.tv' }) }),
    });
    const bytes = aggregate([LLC_SNAP, [1, 2, 3], concat([0xaa, 0xaa, 3, 0, 0, 0, 8, 0], other)]);
    expect(namesIn(pcap([{ bytes }], { linkType: LINK.wifi }))).toEqual(['plex.tv', 'metadata.provider.plex.tv']);
  });

  it('leaves encrypted radio frames', () => {
    const { summary } = readCapture(pcap([{ bytes: wifi([0x08, 0x41], 24, LLC_SNAP) }], { linkType: LINK.wifi }));
    expect(summary).toMatchObject({ packets: 1, notRead: 1 });
  });

  it('takes a datagram on a tunnel port that holds no packet for what it is', () => {
    const { connections } = readCapture(
      pcap([{ bytes: tunnel(4789, Uint8Array.of(8, 0, 0, 0, 1, 2, 3)) }], { linkType: LINK.raw }),
    );
    expect(connections).toMatchObject([{ transport: 'udp', server: { address: '10.1.0.2', port: 4789 } }]);
  });

  it('names a link type that it cannot read once', () => {
    const { summary } = readCapture(pcap([{ bytes: ethernet(V4) }, { bytes: ethernet(V4) }], { linkType: 147 }));
    expect(summary).toMatchObject({ notRead: 2, problems: [{ rule: 'packets of link type 147 cannot be read' }] });
  });

  it('follows a bounded number of headers', () => {
    let packet: Uint8Array = V4;
    for (let depth = 0; depth < 200; depth += 1) {
      packet = ip({ from: '10.1.0.1', to: '10.1.0.2', protocol: PROTOCOL.ipip, payload: packet });
    }
    expect(readCapture(pcap([{ bytes: packet }], { linkType: LINK.raw })).summary.notRead).toBe(1);
  });
});

function tunnel(port: number, payload: Uint8Array): Uint8Array {
  return ip({ from: '10.1.0.1', to: '10.1.0.2', protocol: PROTOCOL.udp, payload: udp(50_000, port, payload) });
}
