import { concat } from '../hello-builder.ts';
import { ethernet, ip, ipv4, LINK, pcap, PROTOCOL, udp, uint32 } from '../pcap-builder.ts';
import { type Surprise, surprise, latin1, hello, SEGMENT, PACKET } from './surprise.ts';

const inside = (type: number, payload: Uint8Array) => pcap([{ bytes: ethernet(payload, type) }]);
const OUTER = { from: '198.51.100.1', to: '198.51.100.2' };
const inUdp = (port: number, payload: Uint8Array) =>
  pcap([{ bytes: ethernet(ip({ ...OUTER, protocol: PROTOCOL.udp, payload: udp(50_000, port, payload) })) }]);
const inIp = (protocol: number, payload: Uint8Array) =>
  pcap([{ bytes: ethernet(ipv4({ ...OUTER, protocol, payload })) }]);
const onLink = (linkType: number, frame: Uint8Array) => pcap([{ bytes: frame }], { linkType });
const LLC = concat([0xaa, 0xaa, 3, 0, 0, 0, 8, 0], PACKET);

/** Links and tunnels that other suites hold (those of our own generator: capture-framings.ts). */
export const LINKS: readonly Surprise[] = [
  surprise('IPv4 AH', inIp(51, concat([6, 4, 0, 0], uint32(1), uint32(1), new Uint8Array(12), SEGMENT))),
  surprise('EtherIP', inIp(97, concat([0x30, 0], ethernet(PACKET)))),
  surprise('IP in IP', inIp(4, PACKET)),
  surprise('L2TP', inUdp(1701, concat([0, 2, 0, 1, 0, 1, 0xff, 3, 0, 0x21], PACKET))),
  surprise('VXLAN-GPE', inUdp(4790, concat([0x0c, 0, 0, 1, 0, 0, 7, 0], PACKET))),
  surprise('TZSP', inUdp(37_008, concat([1, 0, 0, 1, 1], ethernet(PACKET)))),
  surprise('CAPWAP', inUdp(5247, concat([0, 0x10, 0x02, 0, 0, 0, 0, 0], ethernet(PACKET)))),
  surprise(
    'AYIYA',
    inUdp(
      5072,
      concat(
        [0x41, 0x52, 0x11, 41],
        new Uint8Array(4 + 16 + 20),
        ip({ from: '2001:db8::1', to: '2001:db8::2', payload: SEGMENT }),
      ),
    ),
  ),
  surprise('LISP', inUdp(4341, concat([0x80, 0, 0, 1, 0, 0, 0, 1], PACKET))),
  surprise('NSH', inside(0x894f, concat([0x0f, 0xc6, 1, 1, 0, 0, 1, 255], new Uint8Array(16), PACKET))),
  surprise('MACsec', inside(0x88e5, concat([0x00, 0, 0, 0, 0, 1, 8, 0], PACKET, new Uint8Array(16)))),
  surprise('PBB', inside(0x88e7, concat([0, 0, 0, 1], ethernet(PACKET)))),
  surprise('HSR', inside(0x892f, concat([0, 60, 0, 1, 8, 0], PACKET))),
  surprise('batman-adv', inside(0x4305, concat([0x40, 15, 50, 0, 2, 0, 0, 0, 0, 1], ethernet(PACKET)))),
  surprise('WCCP', inIp(47, concat([0, 0, 0x88, 0x3e], [0, 0, 0, 0], PACKET))),
  surprise('GRE with a key', inIp(47, concat([0x20, 0, 8, 0, 0, 0, 0, 1], PACKET))),
  surprise('ERSPAN', inIp(47, concat([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 0], ethernet(PACKET)))),
  surprise('TRILL', inside(0x22f3, concat([0, 1, 0, 1, 0, 2], ethernet(PACKET)))),
  surprise('FDDI', onLink(10, concat([0x57], new Uint8Array(12), LLC))),
  surprise('Token Ring', onLink(6, concat([0x10, 0x40], new Uint8Array(12), LLC))),
  surprise('IP over Fibre Channel', onLink(122, concat(new Uint8Array(16), LLC))),
  surprise('Ethernet, padded', pcap([{ bytes: concat(ethernet(PACKET), new Uint8Array(20)) }])),
  surprise('Linux SLL of a tunnel', onLink(LINK.sll, concat([0, 4, 3, 10, 0, 0], new Uint8Array(8), [8, 0], PACKET))),
  surprise('Exported PDU', onLink(252, concat([0, 12, 0, 3], latin1('tls'), [0, 0, 0, 0], hello())), []),
  surprise(
    'total length too long',
    pcap([{ bytes: ethernet(ipv4({ from: '10.0.0.2', to: '192.0.2.1', payload: SEGMENT, totalLength: 1500 })) }]),
  ),
  surprise(
    'total length too short',
    pcap([{ bytes: ethernet(ipv4({ from: '10.0.0.2', to: '192.0.2.1', payload: SEGMENT, totalLength: 60 })) }]),
    [],
  ),
];
