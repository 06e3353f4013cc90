import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_ZONE } from '../../../src/parse/access-log/parser.ts';
import { outcomeOf } from '../../../src/parse/access-log/outcome.ts';
import { detectTinyproxy, TinyproxyLogReader, type TinyproxyOptions } from '../../../src/parse/access-log/tinyproxy.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 21);
const TIME = 'Nov 22 20:07:47';

function reader(lines: readonly string[], options: Partial<TinyproxyOptions> = {}): TinyproxyLogReader {
  const made = new TinyproxyLogReader({ nowMs: NOW_MS, ...options });
  made.push(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  return made;
}

const at = (message: string, process = 812, level = 'CONNECT  '): string =>
  `${level} ${TIME}.123 [${process}]: ${message}`;
const connect = (fd: number, client = '10.0.0.2'): string => at(`Connect (file descriptor ${fd}): ${client}`);
const request = (fd: number, line: string): string => at(`Request (file descriptor ${fd}): ${line} HTTP/1.1`);

/** The one request of a log with these messages after it, in short. */
function ending(line: string, ...messages: readonly string[]): readonly unknown[] {
  const log = reader([connect(2), request(2, line), ...messages.map((message) => at(message))]);
  expect(log.end().unread.count).toBe(0);
  expect(log.entries()).toHaveLength(1);
  return log.entries().map((entry) => [entry.host, entry.port, entry.status, entry.error, outcomeOf(entry)])[0] ?? [];
}

describe('TinyproxyLogReader', () => {
  it('joins the lines of a connection', () => {
    const log = reader([
      'NOTICE    Nov 22 20:07:47.130 [812]: Initializing tinyproxy ...',
      connect(2),
      request(2, 'CONNECT Plex.TV:443'),
      at('Established connection to host "Plex.TV" using file descriptor 3.'),
      at('Closed connection between local client (fd:2) and remote client (fd:3)', 812, 'INFO     '),
    ]);
    expect(log.end()).toEqual({
      format: 'tinyproxy',
      lines: 5,
      unread: { count: 0, first: null },
      firstMs: Date.UTC(2026, 10, 22, 20, 7, 47, 123),
      lastMs: Date.UTC(2026, 10, 22, 20, 7, 47, 130),
      clients: 1,
      notKept: 0,
      remarks: [NO_ZONE],
      namesHosts: true,
      guess: null,
    });
    expect(log.entries()).toEqual([
      {
        client: '10.0.0.2',
        method: 'CONNECT',
        scheme: 'https',
        host: 'plex.tv',
        port: 443,
        pseudo: null,
        sni: null,
        result: { protocol: 'TCP', tag: 'ESTABLISHED', flags: [] },
        status: 200,
        error: null,
        hierarchy: null,
        serverAddresses: [],
        bumpMode: null,
        userAgent: null,
        bytes: null,
        count: 1,
        firstMs: Date.UTC(2026, 10, 22, 20, 7, 47, 123),
        lastMs: Date.UTC(2026, 10, 22, 20, 7, 47, 123),
      },
    ]);
    expect(log.clientsSeen()).toEqual([{ client: '10.0.0.2', count: 1, plexCount: 1 }]);
  });

  it.each<[string, string, readonly string[], readonly unknown[]]>([
    [
      'a forwarded request',
      'GET http://u:p@a.example:81/secret?x',
      ['Established connection to host "a.example" using file descriptor 3.'],
      ['a.example', 81, null, null, 'ok'],
    ],
    [
      'a filtered host',
      'CONNECT a.example:443',
      ['Proxying refused on filtered domain "a.example"'],
      ['a.example', 443, 403, null, 'denied'],
    ],
    [
      'a filtered URL',
      'GET http://a.example/x',
      ['Proxying refused on filtered url "http://a.example/x"'],
      ['a.example', 80, 403, null, 'denied'],
    ],
    [
      'a port that is not allowed',
      'CONNECT a.example:8443',
      ['Refused CONNECT method on port 8443'],
      ['a.example', 8443, 403, null, 'denied'],
    ],
    [
      'a name that is unknown',
      'CONNECT a.example:443',
      ['opensock: Could not retrieve address info for a.example:443: Name or service not known'],
      ['a.example', 443, 500, 'ERR_DNS_FAIL', 'proxy-error'],
    ],
    [
      'a server that is away',
      'CONNECT 192.0.2.1:443',
      ['opensock: Could not establish a connection to 192.0.2.1:443'],
      ['192.0.2.1', 443, 500, 'ERR_CONNECT_FAIL', 'proxy-error'],
    ],
    [
      'an upstream proxy',
      'CONNECT a.example:443',
      ['Established connection to http proxy "p.example" using file descriptor 3.'],
      ['a.example', 443, 200, null, 'ok'],
    ],
    [
      'an upstream proxy that is away',
      'CONNECT a.example:443',
      ['Could not connect to upstream proxy.'],
      ['a.example', 443, 500, 'ERR_CONNECT_FAIL', 'proxy-error'],
    ],
    [
      'a bad request',
      'GARBAGE x',
      ['process_request: Bad Request on file descriptor 2'],
      ['x', null, 400, 'ERR_INVALID_REQ', 'proxy-error'],
    ],
    ['a request whose end is not logged', 'CONNECT a.example:443', [], ['a.example', 443, null, null, null]],
  ])('reads %s', (_, line, messages, expected) => {
    expect(ending(line, ...messages)).toEqual(expected);
  });

  it('knows a client that is not allowed', () => {
    const log = reader([connect(2, '10.0.0.9'), at('Unauthorized connection from "10.0.0.9".')]);
    log.end();
    expect(log.entries()).toMatchObject([{ client: '10.0.0.9', host: null, status: 403 }]);
    expect(log.entries().map(outcomeOf)).toEqual(['denied']);
  });

  it('keeps connections of several processes and descriptors apart', () => {
    const log = reader([
      connect(2, '10.0.0.2'),
      connect(4, '10.0.0.3'),
      at('Connect (file descriptor 2): 10.0.0.4', 813),
      request(2, 'CONNECT a.example:443'),
      request(4, 'CONNECT b.example:443'),
      at('Request (file descriptor 2): CONNECT a.example:443 HTTP/1.1', 813),
      at('Proxying refused on filtered domain "b.example"'),
      at('Proxying refused on filtered domain "a.example"', 813),
      at('Established connection to host "a.example" using file descriptor 5.'),
    ]);
    log.end();
    expect(log.entries().map(({ client, host, status }) => [client, host, status])).toEqual([
      ['10.0.0.3', 'b.example', 403],
      ['10.0.0.4', 'a.example', 403],
      ['10.0.0.2', 'a.example', 200],
    ]);
  });

  it('ends a request whose descriptor is used again', () => {
    const log = reader([connect(2), request(2, 'CONNECT a:443'), connect(2, '10.0.0.3'), request(2, 'CONNECT b:443')]);
    log.end();
    expect(log.entries().map(({ client, host, result }) => [client, host, result])).toEqual([
      ['10.0.0.2', 'a', null],
      ['10.0.0.3', 'b', null],
    ]);
  });

  it.each([
    ['address', 'Connect (file descriptor 2): 10.0.0.2'],
    ['name and address (1.8)', 'Connect (file descriptor 2): pms.example [10.0.0.2]'],
    ['address and own address (1.11)', 'Connect (file descriptor 2): 10.0.0.2 at [10.0.0.1]'],
  ])('takes the client from %s', (_, message) => {
    const log = reader([at(message), request(2, 'CONNECT a:443')]);
    log.end();
    expect(log.entries()).toMatchObject([{ client: '10.0.0.2' }]);
  });

  it.each([
    ['milliseconds', `CONNECT   ${TIME}.123 [812]: Connect (file descriptor 2): 10.0.0.2`],
    ['seconds', `CONNECT   ${TIME} [812]: Connect (file descriptor 2): 10.0.0.2`],
    ['syslog', `${TIME} gateway tinyproxy[812]: Connect (file descriptor 2): 10.0.0.2`],
  ])('reads lines with %s', (_, line) => {
    const log = reader([line, request(2, 'CONNECT a:443')]);
    expect(log.end().unread.count).toBe(0);
    expect(log.entries()).toMatchObject([{ client: '10.0.0.2' }]);
  });

  it.each<[string, Partial<TinyproxyOptions>, string | null]>([
    ['this year', {}, '2026-11-22T20:07:47.123Z'],
    ['last year when the day is still to come', { nowMs: Date.UTC(2026, 5, 1) }, '2025-11-22T20:07:47.123Z'],
    ['the day after new year', { nowMs: Date.UTC(2027, 0, 1) }, '2026-11-22T20:07:47.123Z'],
    ['local time', { utcOffsetMinutes: 60 }, '2026-11-22T19:07:47.123Z'],
    ['no time', { nowMs: null }, null],
  ])('takes %s', (_, options, iso) => {
    const log = reader([connect(2), request(2, 'CONNECT a:443')], options);
    const { firstMs } = log.end();
    expect(firstMs === null ? null : new Date(firstMs).toISOString()).toBe(iso);
  });

  it('counts and names what is no line of it', () => {
    const log = reader([connect(2), 'garbage', 'CONNECT   Foo 22 20:07:47.123 [1]: x']);
    expect(log.end().unread).toMatchObject({ count: 2, first: { line: 2, column: 1 } });
  });

  it('keeps only the wanted clients, joins equal requests and counts what does not fit', () => {
    const lines = [1, 2, 3].flatMap(() => [connect(2), request(2, 'CONNECT a:443')]);
    const others = [connect(2, '10.0.0.3'), request(2, 'CONNECT b:443'), connect(2), request(2, 'CONNECT c:443')];
    const log = reader([...lines, ...others], { clients: ['10.0.0.2'], maxEntries: 1 });
    expect(log.end()).toMatchObject({ notKept: 1, clients: 2 });
    expect(log.entries()).toMatchObject([{ host: 'a', count: 3 }]);
    expect(log.entries(['10.0.0.3'])).toEqual([]);
  });

  it('never throws, whatever the chunks', () => {
    const piece = fc.constantFrom(
      connect(2),
      request(2, 'CONNECT a:443'),
      request(3, 'GET http://b/'),
      '\n',
      at('Refused CONNECT method on port 443'),
      at('Established connection to host "a" using file descriptor 3.'),
      'Nov',
      '\0',
      '[',
      ': ',
      at('Unauthorized connection from "x".'),
    );
    const log = fc
      .array(fc.oneof(piece, fc.string()), { maxLength: 30 })
      .map((pieces) => Buffer.from(pieces.join('\n')));
    fc.assert(
      fc.property(log, fc.integer({ min: 1, max: 50 }), (bytes, size) => {
        const whole = new TinyproxyLogReader({ nowMs: NOW_MS });
        whole.push(bytes);
        const chunked = new TinyproxyLogReader({ nowMs: NOW_MS });
        for (let from = 0; from < bytes.length; from += size) chunked.push(bytes.subarray(from, from + size));
        expect(chunked.end()).toEqual(whole.end());
        expect(chunked.entries()).toEqual(whole.entries());
      }),
    );
  });
});

describe('detectTinyproxy', () => {
  it.each<[number, string]>([
    [1, `${connect(2)}\n`],
    [1, `file descriptor 2): 10.0.0.2\n${connect(2)}\n${request(2, 'CONNECT a:443')}\nCONN`],
    [0, ''],
    [0, '1700000000.123 812 10.0.0.5 TCP_TUNNEL/200 4711 CONNECT plex.tv:443 - HIER_DIRECT/192.0.2.1 -\n'],
    [0, 'Nov 22, 2026 14:03:01.123 [0x7f1] INFO - Plex Media Server v1.40.0\n'],
    [0, 'Nov 22 14:03:01 host sshd[812]: Accepted publickey\n'],
  ])('is %d for %j', (expected, sample) => {
    expect(detectTinyproxy(Buffer.from(sample))).toBe(expected);
  });
});
