import { describe, expect, it } from 'vitest';
import { readCapture } from '../../support/packets/capture-reading.ts';
import { concat } from '../../support/packets/hello-builder.ts';
import { Conversation, etherPcap } from '../../support/packets/pcap-builder.ts';

type Line = readonly ['>' | '<', string | readonly number[]];

function talk(lines: readonly Line[]) {
  const c = new Conversation({ serverPort: 3128 });
  const packets = lines.map(([who, what]) => {
    const bytes = typeof what === 'string' ? Buffer.from(what, 'latin1') : what;
    return who === '>' ? c.says(bytes) : c.answers(bytes);
  });
  return readCapture(etherPcap([...c.handshake(), ...packets])).connections[0];
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

describe('requests', () => {
  it.each<[string, readonly Line[], object]>([
    [
      'CONNECT',
      [
        ['>', 'CONNECT Plex.TV:8443 HTTP/1.1\r\nHost: plex.tv:8443\r\n\r\n'],
        ['<', 'HTTP/1.0 403 Forbidden\r\n\r\n'],
      ],
      { form: 'connect', method: 'CONNECT', host: 'plex.tv', port: 8443, status: 403, count: 1 },
    ],
    [
      'CONNECT to an IPv6 address',
      [['>', 'CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n']],
      { form: 'connect', host: '2001:db8::1', port: 443, status: null },
    ],
    [
      'CONNECT again with credentials after 407',
      [
        ['>', 'CONNECT plex.tv:443 HTTP/1.1\r\n\r\n'],
        ['<', 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!'],
        ['>', 'CONNECT plex.tv:443 HTTP/1.1\r\nProxy-Authorization: Basic c2VjcmV0\r\n\r\n'],
        ['<', 'HTTP/1.1 200 Connection established\r\n\r\n'],
      ],
      { form: 'connect', host: 'plex.tv', status: 200, count: 2 },
    ],
    [
      'an absolute-form request',
      [
        ['>', 'GET http://user:pw@plex.tv/secret?token=x HTTP/1.1\r\nHost: plex.tv\r\n\r\n'],
        ['<', 'HTTP/1.1 100 Continue\r\n\r\n'],
        ['<', OK],
      ],
      { form: 'absolute', method: 'GET', host: 'plex.tv', port: 80, status: 200 },
    ],
    [
      'an absolute-form request with a port',
      [['>', 'POST http://plex.tv:32400/ HTTP/1.1\r\n\r\n']],
      { form: 'absolute', method: 'POST', port: 32_400 },
    ],
    [
      'a plain request',
      [['>', 'GET /x HTTP/1.1\r\nA: b\r\nhost:  10.0.0.9:32400 \r\n\r\n']],
      { form: 'origin', host: '10.0.0.9', port: 32_400 },
    ],
    [
      'a head in two segments',
      [
        ['>', 'GET / HTTP/1.1\r\nHo'],
        ['>', 'st: plex.tv\r\n\r\n'],
      ],
      { form: 'origin', host: 'plex.tv', port: 80 },
    ],
    [
      'SOCKS 5 with a name',
      [
        ['>', [5, 2, 0, 2]],
        ['<', [5, 0]],
        ['>', concatText([5, 1, 0, 3, 7], 'Plex.tv', [1, 187])],
        ['<', [5, 2, 0, 1, 0, 0, 0, 0, 0, 0]],
      ],
      { form: 'socks5', method: null, host: 'plex.tv', port: 443, status: 2 },
    ],
    [
      'SOCKS 5 with a password',
      [
        ['>', [5, 1, 2]],
        ['<', [5, 2]],
        ['>', concatText([1, 4], 'user', [2], 'pw')],
        ['<', [1, 0]],
        ['>', [5, 1, 0, 4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 187]],
        ['<', [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]],
      ],
      { form: 'socks5', host: '2001:db8::1', port: 443, status: 0 },
    ],
    [
      'SOCKS 4',
      [
        ['>', concatText([4, 1, 1, 187, 192, 0, 2, 1], 'user', [0])],
        ['<', [0, 91, 0, 0, 0, 0, 0, 0]],
      ],
      { form: 'socks4', host: '192.0.2.1', port: 443, status: 91 },
    ],
    [
      'SOCKS 4A',
      [['>', concatText([4, 1, 1, 187, 0, 0, 0, 1, 0], 'plex.tv', [0])]],
      { form: 'socks4', host: 'plex.tv', port: 443 },
    ],
  ])('%s', (_, lines, request) => {
    const connection = talk(lines);
    expect(connection?.request).toMatchObject(request);
    expect(JSON.stringify(connection)).not.toMatch(/secret|token|pw|user|c2VjcmV0/);
  });

  it.each<[string, string | null, readonly Line[]]>([
    ['a proxy', 'http-proxy', [['>', 'GET http://plex.tv/ HTTP/1.1\r\n\r\n']]],
    ['a web server', 'http', [['>', 'GET / HTTP/1.1\r\nHost: plex.tv\r\n\r\n']]],
    ['SOCKS', 'socks', [['>', [4, 1, 1, 187, 192, 0, 2, 1, 0]]]],
    ['SSH', 'ssh', [['<', 'SSH-2.0-OpenSSH_9.2\r\n']]],
    ['TLS seen behind its hello', 'tls', [['>', [23, 3, 3, 0, 40, 1, 2, 3]]]],
    ['mail', null, [['>', 'EHLO client.example\r\n']]],
    ['a request without a host', null, [['>', 'GET / HTTP/1.0\r\n\r\n']]],
    ['a host that is none', null, [['>', 'GET / HTTP/1.1\r\nHost: <script>\r\n\r\n']]],
    ['numbers that are no SOCKS', null, [['>', [5, 0, 0, 1, 0]]]],
  ])('tells the protocol of %s', (_, protocol, lines) => {
    expect(talk(lines)?.protocol).toBe(protocol);
  });

  it('keeps the requests of one connection by host, each with its answer', () => {
    const ask = (host: string): Line => ['>', `GET http://${host}/ HTTP/1.1\r\n\r\n`];
    const connection = talk([
      ask('a.example'),
      ['<', OK],
      ...Array.from({ length: 60 }, (): Line => ['<', 'x'.repeat(1000)]),
      ask('b.example'),
      ask('a.example'),
      ['<', 'HTTP/1.1 503 Service Unavailable\r\n\r\n'],
      ['<', 'HTTP/1.1 404 Not Found\r\n\r\n'],
    ]);
    expect(connection?.requests).toMatchObject([
      { host: 'a.example', count: 2, status: 404 },
      { host: 'b.example', count: 1, status: 503 },
    ]);
  });

  it('bounds the requests of one connection', () => {
    const many = Array.from({ length: 300 }, (_, i): Line => ['>', `GET http://${i}.example/ HTTP/1.1\r\n\r\n`]);
    expect(talk(many)?.requests).toHaveLength(64);
  });

  it('gives up a head that has no end', () => {
    const endless = Array.from({ length: 100 }, (): Line => ['>', `A: ${'b'.repeat(1000)}\r\n`]);
    expect(talk([['>', 'GET http://plex.tv/ HTTP/1.1\r\n'], ...endless])?.request).toMatchObject({ host: 'plex.tv' });
  });
});

function concatText(...parts: readonly (string | readonly number[])[]): number[] {
  return [...concat(...parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))];
}
