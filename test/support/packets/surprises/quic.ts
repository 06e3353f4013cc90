import { browserHello, concat, helloMessage } from '../hello-builder.ts';
import { ethernet, ip, pcap, PROTOCOL, udp } from '../pcap-builder.ts';
import { cryptoFrame, helloDatagrams, initialPacket, otherPacket, QUIC_V1, QUIC_V2 } from '../quic-builder.ts';
import { type Surprise, surprise, latin1, datagrams } from './surprise.ts';

/** Filled to the 1,200 bytes of RFC 9000 14.1. */
const clientDatagrams: typeof helloDatagrams = (message, options) =>
  helloDatagrams(message, { payloadBytes: 1180, ...options });

/** QUIC of all versions, and on odd ways. */
export const QUIC: readonly Surprise[] = [
  surprise('QUIC', datagrams(443, ...clientDatagrams(helloMessage()))),
  surprise('QUIC v2', datagrams(443, ...clientDatagrams(helloMessage(), { version: QUIC_V2 }))),
  ...[22, 23, 25, 27, 28, 29, 30, 32, 33, 34].map((draft) =>
    surprise(
      `QUIC draft ${draft}`,
      datagrams(443, ...clientDatagrams(helloMessage(), { version: 0xff00_0000 | draft })),
    ),
  ),
  ...[0xfaceb001, 0xfaceb002, 0xfaceb00e, 0x54303530, 0x54303531].map((version) =>
    surprise(`QUIC ${version.toString(16)}`, datagrams(443, ...clientDatagrams(helloMessage(), { version }))),
  ),
  surprise('QUIC, port 12345', datagrams(12_345, ...clientDatagrams(helloMessage()))),
  surprise('QUIC, two packets', datagrams(443, ...clientDatagrams(helloMessage(browserHello('plex.tv'))))),
  surprise(
    'QUIC, two packets swapped',
    datagrams(443, ...clientDatagrams(helloMessage(browserHello('plex.tv'))).toReversed()),
  ),
  surprise(
    'QUIC, small frames',
    datagrams(443, ...clientDatagrams(helloMessage(), { frameBytes: 20, framesInPacket: 4 })),
  ),
  surprise(
    'QUIC, 0-RTT behind',
    datagrams(
      443,
      concat(initialPacket({ frames: cryptoFrame(0, helloMessage()), payloadBytes: 600 }), otherPacket('zero-rtt')),
    ),
  ),
  surprise(
    'QUIC, 0-RTT first',
    datagrams(443, otherPacket('zero-rtt', QUIC_V1, 1180), ...clientDatagrams(helloMessage())),
  ),
  surprise('QUIC, unknown version, then 1', datagrams(443, unknownVersion(), ...clientDatagrams(helloMessage()))),
  surprise('QUIC, sent again', datagrams(443, ...clientDatagrams(helloMessage()), ...clientDatagrams(helloMessage()))),
  surprise(
    'QUIC, another connection on the same port',
    datagrams(
      443,
      ...clientDatagrams(helloMessage({ name: 'a.plex.tv' })),
      ...clientDatagrams(helloMessage({ name: 'b.plex.tv' }), { destinationId: Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9) }),
    ),
    ['a.plex.tv', 'b.plex.tv'],
  ),
  surprise(
    'QUIC, snapped',
    pcap([
      {
        bytes: ethernet(
          ip({
            from: '10.0.0.2',
            to: '192.0.2.1',
            protocol: PROTOCOL.udp,
            payload: udp(50_000, 443, clientDatagrams(helloMessage())[0] ?? []),
          }),
        ),
        snap: 300,
      },
    ]),
    [],
  ),
  surprise(
    'gQUIC',
    datagrams(443, concat([0x0d, 1, 2, 3, 4, 5, 6, 7, 8], latin1('Q043'), [1], new Uint8Array(1200))),
    [],
  ),
  surprise(
    'QUIC behind STUN',
    datagrams(443, Buffer.from('000100002112a442000102030405060708090a0b', 'hex'), ...clientDatagrams(helloMessage())),
  ),
  surprise(
    'QUIC behind 20 other datagrams',
    datagrams(
      443,
      ...Array.from({ length: 20 }, () => new Uint8Array(40).fill(0x40)),
      ...clientDatagrams(helloMessage()),
    ),
  ),
];

function unknownVersion(): Uint8Array {
  const packet = clientDatagrams(helloMessage())[0] ?? new Uint8Array();
  const other = packet.slice();
  other.set([0x1a, 0x2a, 0x3a, 0x4a], 1);
  return other;
}
