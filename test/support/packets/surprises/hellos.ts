import {
  browserHello,
  concat,
  extension,
  handshakeMessage,
  helloMessage,
  record,
  sslv2Hello,
  tlsHello,
  toRecords,
} from '../hello-builder.ts';
import { type Surprise, surprise, hello, talk, inSegments } from './surprise.ts';

const SERVER_HELLO = record(22, handshakeMessage(2, concat([3, 3], new Uint8Array(32).fill(7), [0, 0x13, 1, 0])));

/** Odd hellos, and hellos in odd places. */
export const HELLOS: readonly Surprise[] = [
  surprise('a byte per record', talk(443, ['client', tlsHello({}, [1])])),
  surprise('a record per segment', talk(443, ...inSegments(tlsHello({}, [40]), 45))),
  surprise('SSLv2', talk(443, ['client', sslv2Hello()]), []),
  surprise('SSL 2.0', talk(443, ['client', sslv2Hello(2)]), []),
  surprise(
    'no extensions',
    talk(443, ['client', tlsHello({ noExtensionBlock: true, name: null, legacyVersion: 0x300 })]),
    [],
  ),
  surprise('record version 3.4', talk(443, ['client', toRecords(helloMessage(), undefined, 0x0304)])),
  surprise('record version 3.0', talk(443, ['client', toRecords(helloMessage(), undefined, 0x0300)])),
  surprise('hello version 3.4', talk(443, ['client', tlsHello({ legacyVersion: 0x0304 })])),
  surprise('hello version 127.14', talk(443, ['client', tlsHello({ legacyVersion: 0x7f0e })])),
  surprise('draft 28', talk(443, ['client', tlsHello({ supportedVersions: [0x7f1c, 0x7f17, 0x0303] })])),
  surprise('GREASE', talk(443, ['client', tlsHello(browserHello('plex.tv'))])),
  surprise(
    '20 kB hello',
    talk(443, ...inSegments(tlsHello({ extensions: [extension(51, new Uint8Array(20_000))] }), 1400)),
  ),
  surprise(
    '50 kB hello',
    talk(443, ...inSegments(tlsHello({ extensions: [extension(51, new Uint8Array(50_000))] }), 1400)),
  ),
  surprise(
    'early data behind',
    talk(443, ['client', concat(hello(), record(20, Uint8Array.of(1)), record(23, new Uint8Array(300)))]),
  ),
  surprise('extension length lies behind the name', talk(443, ['client', toRecords(lying())])),
  surprise('heartbeat first', talk(443, ['client', record(24, new Uint8Array(20))], ['client', hello()])),
  surprise('alert first', talk(443, ['client', record(21, Uint8Array.of(1, 0))], ['client', hello()])),
  surprise(
    'alert between hellos',
    talk(
      443,
      ['client', hello('a.plex.tv')],
      ['server', record(21, Uint8Array.of(2, 40))],
      ['client', hello('b.plex.tv')],
    ),
    ['a.plex.tv', 'b.plex.tv'],
  ),
  surprise(
    'hello after ServerHello',
    talk(443, ['client', hello('a.plex.tv')], ['server', SERVER_HELLO], ['client', hello('b.plex.tv')]),
    ['a.plex.tv', 'b.plex.tv'],
  ),
  surprise('hello of the server', talk(443, ['server', hello()])),
  surprise('both sides', talk(443, ['client', hello('a.plex.tv')], ['server', hello('b.plex.tv')]), [
    'a.plex.tv',
    'b.plex.tv',
  ]),
  surprise('garbage first', talk(4433, ['client', new Uint8Array(30).fill(0xc3)], ['client', hello()])),
  surprise('same segment twice in a record', talk(443, ['client', concat(hello('a.plex.tv'), hello('b.plex.tv'))]), [
    'a.plex.tv',
    'b.plex.tv',
  ]),
];

function lying(): Uint8Array {
  const message = helloMessage({ extensions: [extension(0x1234, new Uint8Array(10))] });
  message[message.length - 11] = 200;
  return message;
}
