import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HELLO_LIMIT_BYTES,
  parseClientHello,
  parseHelloMessage,
  readPartialHello,
  type ClientHello,
  type HelloResult,
} from '../../../src/parse/client-hello/index.ts';
import { withOffsets } from '../../../src/parse/client-hello/hello.ts';
import { helloBytes, hellos, mutated, sizes } from '../../support/packets/hello-arbitraries.ts';
import {
  alpnExtension,
  browserHello,
  concat,
  extension,
  handshakeMessage,
  helloMessage,
  record,
  sslv2Hello,
  tlsHello,
  toRecords,
  versionsExtension,
  type HelloOptions,
} from '../../support/packets/hello-builder.ts';
import { runs } from '../../support/fuzz.ts';

/** Offsets in what tlsHello builds. */
const AT = {
  message: 5,
  body: 9,
  sessionId: 43,
  suites: 76,
  compression: 82,
  block: 84,
  extension: 86,
  data: 90,
} as const;

function helloOf(result: HelloResult): ClientHello {
  if (result.kind !== 'complete') throw new Error(JSON.stringify(result));
  return result.hello;
}

/** `bytes` with others from `at` on. */
function patched(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
}

describe('parseClientHello', () => {
  it.each<[string, HelloOptions, Partial<ClientHello>]>([
    ['a name', {}, { framing: 'tls', serverName: { kind: 'name', name: 'plex.tv' } }],
    ['TLS 1.2', {}, { legacyVersion: 0x0303, versions: [0x0303], alpn: [] }],
    ['TLS 1.3', { supportedVersions: [0x0304, 0x0303] }, { legacyVersion: 0x0303, versions: [0x0304, 0x0303] }],
    ['a draft version', { supportedVersions: [0x7f1c] }, { versions: [0x7f1c] }],
    ['GREASE among the versions', { supportedVersions: [0xaaaa, 0x0304, 0x0a0a] }, { versions: [0x0304] }],
    ['no version but GREASE', { supportedVersions: [0x1a1a] }, { versions: [0x0303] }],
    ['a version that only resembles GREASE', { supportedVersions: [0x0a1a] }, { versions: [0x0a1a] }],
    ['SSLv3 without extensions', { noExtensionBlock: true, legacyVersion: 0x0300 }, { versions: [0x0300] }],
    ['an empty extension block', { name: null }, { serverName: { kind: 'absent' } }],
    ['ALPN', { alpn: ['h2', 'http/1.1'] }, { alpn: ['h2', 'http/1.1'] }],
    ['GREASE in ALPN', { alpn: [Uint8Array.of(0x3a, 0x3a), 'h2'] }, { alpn: ['h2'] }],
    ['binary protocols', { alpn: [Uint8Array.of(0, 0x68, 0xff), 'a\\b c'] }, { alpn: ['\\x00h\\xff', 'a\\\\b\\x20c'] }],
    ['no ECH', {}, { ech: false, outer: false, esni: false }],
    ['ECH', { extensions: [extension(0xfe0d, Uint8Array.of(0, 0))] }, { ech: true, outer: true }],
    ['the inner form of ECH', { extensions: [extension(0xfe0d, Uint8Array.of(1))] }, { ech: true, outer: false }],
    ['ECH without data', { extensions: [extension(0xfe0d)] }, { ech: true, outer: false }],
    ['ESNI', { name: null, extensions: [extension(0xffce)] }, { esni: true, serverName: { kind: 'absent' } }],
    ['no session id', { sessionId: new Uint8Array() }, { serverName: { kind: 'name', name: 'plex.tv' } }],
    [
      'what a browser sends',
      browserHello('app.plex.tv'),
      {
        serverName: { kind: 'name', name: 'app.plex.tv' },
        alpn: ['h2', 'http/1.1'],
        versions: [0x0304, 0x0303],
        ech: true,
        outer: true,
      },
    ],
  ])('reads %s', (_, options, expected) => {
    expect(helloOf(parseClientHello(tlsHello(options)))).toMatchObject(expected);
  });

  it.each<[string, Uint8Array]>([
    ['record version 0x0300', toRecords(helloMessage(), [2 ** 14], 0x0300)],
    ['record version 0x0304', toRecords(helloMessage(), [2 ** 14], 0x0304)],
    ['a record of 2^14 bytes', tlsHello({ extensions: [extension(21, new Uint8Array(16_295))] }, [2 ** 14, 1])],
    ['a message header over four records', tlsHello({}, [1])],
    ['a message header over two records', tlsHello({}, [3, 1000])],
  ])('accepts %s', (_, bytes) => {
    expect(parseClientHello(bytes)).toMatchObject({ kind: 'complete', end: bytes.length });
  });

  it.each<[string, readonly number[]]>([
    ['in one record', [2 ** 14]],
    ['in two', [60, 1000]],
    ['in records of one byte', [1]],
  ])('says where an unreadable name stands in the input, %s', (_, recordSizes) => {
    const hello = tlsHello({ name: Uint8Array.of(97, 0xff, 98), sessionId: new Uint8Array() }, recordSizes);
    const bytes = concat([9, 9], hello, [9]);
    expect(helloOf(parseClientHello(bytes, 2, bytes.length - 1)).serverName).toMatchObject({
      kind: 'unreadable',
      offset: bytes.indexOf(0xff),
    });
  });

  it('ends behind the last record, not at the end of the bytes', () => {
    const bytes = concat([1, 2, 3], tlsHello({}, [50]), record(20, Uint8Array.of(1)));
    expect(parseClientHello(bytes, 3)).toMatchObject({ kind: 'complete', end: bytes.length - 6 });
  });

  it('ends behind a record that holds another message too', () => {
    const bytes = record(22, concat(helloMessage(), handshakeMessage(16, new Uint8Array(9))));
    expect(parseClientHello(bytes)).toMatchObject({ kind: 'complete', end: bytes.length });
  });

  const manyExtensions = Array.from({ length: 257 }, (_, i) => extension(1000 + i));
  const hello = tlsHello({ name: null, extensions: [extension(23)] });

  it.each<[string, Uint8Array, number, string]>([
    ['an empty first record', Uint8Array.of(22, 3, 1, 0, 0), 3, 'RFC 8446 5.1'],
    ['an empty later record', concat(record(22, hello.subarray(5, 50)), [22, 3, 1, 0, 0]), 53, 'RFC 8446 5.1'],
    ['a record that is too long', Uint8Array.of(22, 3, 1, 0x48, 1, 1), 3, 'RFC 5246 6.2.3'],
    [
      'an alert between the records',
      concat(record(22, hello.subarray(5, 50)), record(21, Uint8Array.of(2, 40))),
      50,
      'RFC 8446 5.1',
    ],
    ['a later record of another protocol', concat(record(22, hello.subarray(5, 50)), [22, 9]), 50, 'RFC 8446 5.1'],
    ['a hello beyond the limit', toRecords(Uint8Array.of(1, 1, 0, 0), [4]), 0, 'longer than 65536'],
    [
      'records beyond the limit',
      toRecords(handshakeMessage(1, new Uint8Array(HELLO_LIMIT_BYTES / 5)), [1]),
      0,
      'longer than 65536',
    ],
    ['no body', toRecords(handshakeMessage(1, new Uint8Array())), AT.body, 'RFC 8446 4.1.2'],
    ['half a random', toRecords(handshakeMessage(1, new Uint8Array(20))), AT.body + 20, 'too early'],
    ['a session id of 33 bytes', tlsHello({ sessionId: new Uint8Array(33) }), AT.sessionId, 'session id'],
    ['no cipher suites', tlsHello({ cipherSuites: [] }), AT.suites, 'cipher suites'],
    ['half a cipher suite', patched(hello, AT.suites, 0, 3), AT.suites, 'cipher suites'],
    ['cipher suites beyond the end', patched(hello, AT.suites, 1, 0), hello.length, 'too early'],
    ['no compression method', tlsHello({ compression: new Uint8Array() }), AT.compression, 'RFC 5246 7.4.1.2'],
    ['compression methods beyond the end', patched(hello, AT.compression, 9), hello.length, 'too early'],
    [
      'half a length of the extensions',
      toRecords(handshakeMessage(1, concat(helloMessage({ noExtensionBlock: true }).subarray(4), [0]))),
      AT.block + 1,
      'too early',
    ],
    ['extensions that are shorter than the hello', patched(hello, AT.block, 0, 0), AT.block, 'do not fill'],
    ['extensions that are longer than the hello', patched(hello, AT.block, 0, 9), AT.block, 'do not fill'],
    [
      'an extension that is longer than the block',
      patched(hello, AT.extension + 2, 0, 1),
      AT.extension,
      'RFC 8446 4.2',
    ],
    ['half an extension header', patched(hello, AT.block, 0, 3), AT.extension, 'RFC 8446 4.2'],
    [
      'an extension twice',
      tlsHello({ name: null, extensions: [extension(23), extension(23)] }),
      AT.data,
      'one extension',
    ],
    [
      'an extension of a high type twice',
      tlsHello({ name: null, extensions: [extension(0xff01), extension(40), extension(0xff01)] }),
      AT.data + 4,
      'one extension',
    ],
    ['257 extensions', tlsHello({ name: null, extensions: manyExtensions }), AT.extension + 256 * 4, '256 extensions'],
    ['ALPN without data', tlsHello({ name: null, extensions: [extension(16)] }), AT.data, 'RFC 7301 3.1'],
    [
      'a protocol list that is shorter than the extension',
      tlsHello({ name: null, extensions: [extension(16, Uint8Array.of(0, 2, 1, 97, 0))] }),
      AT.data,
      'RFC 7301 3.1',
    ],
    ['an empty protocol', tlsHello({ name: null, extensions: [alpnExtension(['h2', ''])] }), AT.data + 5, 'RFC 7301'],
    [
      'a protocol that is longer than the list',
      tlsHello({ name: null, extensions: [extension(16, Uint8Array.of(0, 2, 9, 97))] }),
      AT.data + 2,
      'RFC 7301 3.1',
    ],
    ['no versions', tlsHello({ name: null, extensions: [versionsExtension([])] }), AT.data, 'RFC 8446 4.2.1'],
    ['versions without a length', tlsHello({ name: null, extensions: [extension(43)] }), AT.data, 'RFC 8446 4.2.1'],
    [
      'half a version',
      tlsHello({ name: null, extensions: [extension(43, Uint8Array.of(3, 3, 4, 3))] }),
      AT.data,
      'RFC 8446 4.2.1',
    ],
    [
      'versions beyond the extension',
      tlsHello({ name: null, extensions: [extension(43, Uint8Array.of(4, 3, 4))] }),
      AT.data,
      'RFC 8446 4.2.1',
    ],
    ['SSLv2 without ciphers', sslv2Hello(0x0301, 0), 5, 'RFC 5246 E.2'],
    ['SSLv2 with half a cipher', patched(sslv2Hello(), 5, 0, 7), 5, 'RFC 5246 E.2'],
    ['SSLv2 whose lengths do not match', patched(sslv2Hello(), 9, 0, 15), 0, 'RFC 5246 E.2'],
  ])('refuses %s', (_, bytes, offset, rule) => {
    expect(parseClientHello(bytes)).toEqual({ kind: 'malformed', offset, rule: expect.stringContaining(rule) });
  });

  it.each<[string, Uint8Array, 'dtls' | null]>([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n'), null],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), null],
    ['one byte of anything', Uint8Array.of(0), null],
    ['an alert', record(21, Uint8Array.of(2, 40)), null],
    ['application data', record(23, new Uint8Array(30)), null],
    ['a heartbeat', record(24, new Uint8Array(30)), null],
    ['a ServerHello', toRecords(handshakeMessage(2, new Uint8Array(70))), null],
    ['a record of major version 4', Uint8Array.of(22, 4, 0, 0, 9), null],
    ['DTLS 1.0', Uint8Array.of(22, 0xfe, 0xff, 0, 0), 'dtls'],
    ['DTLS 1.2', Uint8Array.of(22, 0xfe, 0xfd), 'dtls'],
    ['an alert of DTLS', Uint8Array.of(21, 0xfe, 0xfd), 'dtls'],
    ['DTLS as OpenSSL 0.9.8 spoke it', Uint8Array.of(22, 1, 0, 0), 'dtls'],
    ['a version that resembles DTLS', Uint8Array.of(22, 0xfe, 0x00), null],
    ['a high bit without a hello', Uint8Array.of(0x80, 0x2e, 4), null],
    ['a high bit and another version', Uint8Array.of(0x80, 0x2e, 1, 0, 1), null],
    ['a high bit and version 2.0', Uint8Array.of(0x80, 0x2e, 1, 2, 0), null],
  ])('tells %s from TLS', (_, bytes, protocol) => {
    expect(parseClientHello(bytes)).toEqual({ kind: 'not-tls', protocol });
  });

  it.each<[string, number, number]>([
    ['TLS 1.0', 0x0301, 0],
    ['SSLv3', 0x0300, 0],
    ['SSLv2', 0x0002, 16],
  ])('reads a hello in the SSLv2 format for %s', (_, version, sessionIdBytes) => {
    const bytes = sslv2Hello(version, 3, sessionIdBytes);
    expect(parseClientHello(concat([7], bytes, [7]), 1)).toEqual({
      kind: 'complete',
      hello: {
        framing: 'sslv2',
        serverName: { kind: 'absent' },
        outer: false,
        ech: false,
        esni: false,
        alpn: [],
        legacyVersion: version,
        versions: [version],
      },
      end: bytes.length + 1,
    });
  });

  it('needs more of every part of a hello', () => {
    fc.assert(
      fc.property(helloBytes, fc.nat(), (bytes, cut) => {
        expect(parseClientHello(bytes.subarray(0, cut % bytes.length))).toEqual({ kind: 'need-more' });
      }),
    );
  });

  it('finds the same in however many records', () => {
    fc.assert(
      fc.property(hellos, sizes, (options, recordSizes) => {
        const message = helloMessage(options);
        const [bare, split] = [parseHelloMessage(message), parseClientHello(toRecords(message, recordSizes))].map(
          (result) => ({ ...helloOf(withOffsets(result, () => 0)), framing: null }),
        );
        expect(split).toEqual(bare);
      }),
    );
  });

  it('reads the bytes between start and end only', () => {
    fc.assert(
      fc.property(
        mutated(helloBytes),
        fc.uint8Array({ maxLength: 9 }),
        fc.uint8Array({ maxLength: 9 }),
        (bytes, before, after) => {
          const alone = parseClientHello(bytes);
          const within = parseClientHello(concat(before, bytes, after), before.length, before.length + bytes.length);
          expect(within).toEqual(withOffsets(alone, (offset) => offset + before.length));
        },
      ),
    );
  });

  it('has a result for any bytes, and every offset lies in them', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(helloBytes), fc.uint8Array({ maxLength: 99 })), (bytes) => {
        const result = parseClientHello(bytes);
        const unreadable = result.kind === 'complete' && result.hello.serverName.kind === 'unreadable';
        const offsets = [
          result.kind === 'malformed' ? result.offset : 0,
          result.kind === 'complete' ? result.end : 0,
          unreadable ? result.hello.serverName.offset : 0,
        ];
        expect(offsets.filter((offset) => offset < 0 || offset > bytes.length)).toEqual([]);
      }),
      runs(100),
    );
  });
});

describe('parseHelloMessage', () => {
  it('reads a message without records', () => {
    const message = helloMessage({ name: 'plex.tv' });
    expect(parseHelloMessage(concat([0], message, [0]), 1)).toMatchObject({
      kind: 'complete',
      hello: { framing: 'quic', serverName: { name: 'plex.tv' } },
      end: message.length + 1,
    });
  });

  it.each<[string, Uint8Array, HelloResult]>([
    ['nothing', new Uint8Array(), { kind: 'need-more' }],
    ['half a header', Uint8Array.of(1, 0), { kind: 'need-more' }],
    ['a ServerHello', Uint8Array.of(2), { kind: 'not-tls', protocol: null }],
    [
      'a length beyond the limit',
      Uint8Array.of(1, 1, 0, 0),
      { kind: 'malformed', offset: 0, rule: 'the hello is longer than 65536 bytes' },
    ],
  ])('has a result for %s', (_, bytes, expected) => {
    expect(parseHelloMessage(bytes)).toEqual(expected);
  });
});

describe('readPartialHello', () => {
  const bytes = tlsHello({ ...browserHello('plex.tv') });
  const nameEnd = Buffer.from(bytes).indexOf('plex.tv') + 7;

  it.each<[string, Uint8Array]>([
    ['cut behind its name', bytes.subarray(0, nameEnd)],
    ['in records and cut behind its name', tlsHello(browserHello('plex.tv'), [50]).subarray(0, nameEnd + 10)],
    ['whole', bytes],
    ['with an extension twice', tlsHello({ name: 'plex.tv', extensions: [extension(23), extension(23)] })],
    ['with a length of extensions that lies', patched(tlsHello({ name: 'plex.tv' }), AT.block, 0, 200)],
    ['and followed by something else', concat(tlsHello({ name: 'plex.tv' }, [60]), record(20, Uint8Array.of(1)))],
  ])('finds the name in a hello %s', (_, part) => {
    expect(readPartialHello(part)).toMatchObject({ framing: 'tls', serverName: { kind: 'name', name: 'plex.tv' } });
  });

  it('says where reading ended when the name is not there', () => {
    const options = { name: 'plex.tv', alpn: ['h2'] };
    const expected = {
      kind: 'unreadable',
      offset: AT.extension,
      rule: expect.stringContaining('RFC 8446 4.2'),
      text: null,
    };
    expect(readPartialHello(tlsHello(options).subarray(0, 100))?.serverName).toEqual(expected);
    const split = concat([0], tlsHello(options, [40]).subarray(0, 110));
    expect(readPartialHello(split, 1)?.serverName).toEqual({ ...expected, offset: AT.extension + 1 + 2 * 5 });
  });

  it('knows that there is no name when the extensions are all there', () => {
    expect(readPartialHello(tlsHello({ name: null, extensions: [extension(23)] }))?.serverName.kind).toBe('absent');
  });

  it('knows the version of a hello in the SSLv2 format', () => {
    expect(readPartialHello(sslv2Hello(0x0301).subarray(0, 5))).toMatchObject({ framing: 'sslv2', versions: [0x0301] });
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no version', bytes.subarray(0, AT.body + 1)],
    ['no version of SSLv2', sslv2Hello().subarray(0, 4)],
    ['another message', toRecords(handshakeMessage(2, new Uint8Array(70)))],
    ['another protocol', Buffer.from('GET / HTTP/1.1')],
    ['an SSLv2 record of another kind', Uint8Array.of(0x80, 9, 4, 3, 1, 0, 0)],
  ])('is null for %s', (_, part) => {
    expect(readPartialHello(part)).toBeNull();
  });

  it('agrees with parseClientHello, and finds what stands before any cut', () => {
    fc.assert(
      fc.property(helloBytes, fc.nat(), (whole, cut) => {
        const hello = helloOf(parseClientHello(whole));
        expect(readPartialHello(whole)).toEqual(hello);
        const part = readPartialHello(whole.subarray(0, cut % whole.length));
        if (part === null || part.serverName.kind === 'unreadable') return;
        expect(part.serverName).toEqual(hello.serverName);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(mutated(helloBytes), (some) => {
        expect(readPartialHello(some)).not.toBe(undefined);
      }),
      runs(100),
    );
  });
});
