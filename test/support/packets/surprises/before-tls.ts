import { concat, handshakeMessage, record, uint16 } from '../hello-builder.ts';
import { type Surprise, surprise, latin1, hello, talk, type Line } from './surprise.ts';

const SERVER_HELLO = record(22, handshakeMessage(2, concat([3, 3], new Uint8Array(32).fill(7), [0, 0x13, 1, 0])));

/** Protocols that turn to TLS after some words of their own. */
export const BEFORE_TLS: readonly Surprise[] = [
  surprise(
    'RDP',
    talk(
      3389,
      [
        'client',
        Buffer.from('0300002a25e00000000000436f6f6b69653a206d737473686173683d75736572310d0a0100080003000000', 'hex'),
      ],
      ['server', Buffer.from('030000130ed000001234000200080002000000', 'hex')],
      ['client', hello()],
    ),
  ),
  surprise(
    'XMPP',
    talk(
      5222,
      [
        'client',
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='x' version='1.0'>",
      ],
      [
        'server',
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='x' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
      ],
      ['client', "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
      ['server', "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
      ['client', hello()],
    ),
  ),
  surprise(
    'LDAP',
    talk(
      389,
      ['client', concat([0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80, 0x16], latin1('1.3.6.1.4.1.1466.20037'))],
      ['server', concat([0x30, 0x0c, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0])],
      ['client', hello()],
    ),
  ),
  surprise(
    'MySQL',
    talk(
      3306,
      [
        'server',
        concat(
          [0x4a, 0, 0, 0, 0x0a],
          latin1('5.7.1\0'),
          [1, 0, 0, 0],
          latin1('abcdefgh\0'),
          [0xff, 0xff, 8, 2, 0, 0xff, 0xc1, 0x15],
          new Uint8Array(10),
          latin1('ijklmnopqrst\0'),
          latin1('mysql_native_password\0'),
        ),
      ],
      ['client', concat([0x20, 0, 0, 1, 5, 0xae, 3, 0, 0, 0, 0, 1, 8], new Uint8Array(23))],
      ['client', hello()],
    ),
  ),
  surprise(
    'MySQL, one segment',
    talk(
      3306,
      [
        'server',
        concat(
          [0x4a, 0, 0, 0, 0x0a],
          latin1('5.7.1\0'),
          [1, 0, 0, 0],
          latin1('abcdefgh\0'),
          [0xff, 0xff, 8, 2, 0, 0xff, 0xc1, 0x15],
          new Uint8Array(10),
          latin1('ijklmnopqrst\0'),
          latin1('mysql_native_password\0'),
        ),
      ],
      ['client', concat([0x20, 0, 0, 1, 5, 0xae, 3, 0, 0, 0, 0, 1, 8], new Uint8Array(23), hello())],
    ),
  ),
  surprise(
    'TDS',
    talk(
      1433,
      ['client', tds(concat([0, 0, 6, 0, 6, 0xff], [9, 0, 0, 0, 0, 0]))],
      ['server', concat([4], tds(concat([0, 0, 6, 0, 6, 0xff], [9, 0, 0, 0, 0, 0])).subarray(1))],
      ['client', tds(hello())],
    ),
  ),
  surprise(
    'IRC',
    talk(6667, ['client', 'STARTTLS\r\n'], ['server', ':x 670 y :STARTTLS successful\r\n'], ['client', hello()]),
  ),
  surprise(
    'NNTP',
    talk(119, ['server', '200 hi\r\n'], ['client', 'STARTTLS\r\n'], ['server', '382 go\r\n'], ['client', hello()]),
  ),
  surprise(
    'Sieve',
    talk(
      4190,
      ['server', '"STARTTLS"\r\nOK\r\n'],
      ['client', 'STARTTLS\r\n'],
      ['server', 'OK\r\n'],
      ['client', hello()],
    ),
  ),
  surprise(
    'SMTP, one segment',
    talk(
      25,
      ['server', '220 x\r\n'],
      ['client', 'EHLO x\r\n'],
      ['server', '250 STARTTLS\r\n'],
      ['client', concat(latin1('STARTTLS\r\n'), hello())],
    ),
  ),
  surprise(
    'HTTP Upgrade',
    talk(
      80,
      ['client', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n'],
      ['server', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n'],
      ['client', hello()],
    ),
  ),
  surprise('PROXY 1', talk(443, ['client', concat(latin1('PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n'), hello())])),
  surprise(
    'PROXY 2',
    talk(443, [
      'client',
      concat(latin1('\r\n\r\n\0\r\nQUIT\n'), [0x21, 0x11, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 1, 0xbb], hello()),
    ]),
  ),
  surprise(
    'CONNECT, one segment',
    talk(
      8080,
      ['client', concat(latin1('CONNECT plex.tv:443 HTTP/1.1\r\nHost: plex.tv:443\r\n\r\n'), hello())],
      ['server', 'HTTP/1.1 200 OK\r\n\r\n'],
    ),
  ),
  surprise(
    'CONNECT after 407',
    talk(
      8080,
      ['client', 'CONNECT plex.tv:443 HTTP/1.1\r\nHost: plex.tv:443\r\n\r\n'],
      ['server', 'HTTP/1.1 407 Auth\r\nContent-Length: 3\r\n\r\nno!'],
      ['client', 'CONNECT plex.tv:443 HTTP/1.1\r\nHost: plex.tv:443\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\n\r\n'],
      ['client', hello()],
    ),
  ),
  surprise(
    'GET, then CONNECT',
    talk(
      8080,
      ['client', 'GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'],
      ['client', 'CONNECT plex.tv:443 HTTP/1.1\r\nHost: plex.tv:443\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\n\r\n'],
      ['client', hello()],
    ),
  ),
  surprise('TLS in TLS proxy hello', talk(443, ['client', hello('proxy.example')], ['server', SERVER_HELLO]), [
    'proxy.example',
  ]),
  surprise(
    '32 kB first',
    talk(4433, ...Array.from({ length: 30 }, (): Line => ['client', new Uint8Array(1400).fill(0xc3)]), [
      'client',
      hello(),
    ]),
  ),
];

function tds(payload: Uint8Array): Uint8Array {
  return concat([0x12, 1], uint16(8 + payload.length), [0, 0, 1, 0], payload);
}
