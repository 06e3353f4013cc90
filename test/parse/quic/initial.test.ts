import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHelloMessage, type HelloResult } from '../../../src/parse/client-hello/index.ts';
import { QuicInitialReader } from '../../../src/parse/quic/initial.ts';
import { hellos, mutated } from '../../support/packets/hello-arbitraries.ts';
import {
  browserHello,
  concat,
  extension,
  handshakeMessage,
  helloMessage,
} from '../../support/packets/hello-builder.ts';
import {
  cryptoFrame,
  EXAMPLE_ID,
  helloDatagrams,
  initialPacket,
  otherPacket,
  QUIC_V1,
  QUIC_V2,
  varint,
} from '../../support/packets/quic-builder.ts';
import { runs } from '../../support/fuzz.ts';

const NOTHING = new Uint8Array();
const OTHER_ID = Uint8Array.of(1, 2, 3, 4, 5);
const hello = helloMessage({ name: 'plex.tv' });
const long = helloMessage(browserHello('app.plex.tv'));
const [front, back] = [long.subarray(0, 700), long.subarray(700)];

function pushAll(datagrams: readonly Uint8Array[]): HelloResult {
  const reader = new QuicInitialReader();
  let result: HelloResult = { kind: 'need-more' };
  for (const datagram of datagrams) {
    const lent = datagram.slice();
    result = reader.push(lent);
    lent.fill(0xff);
  }
  return result;
}

function named(name: string): object {
  return { kind: 'complete', hello: { framing: 'quic', serverName: { kind: 'name', name } } };
}

/** The hello of RFC 9001 appendix A.2, which RFC 9369 appendix A.2 protects too. */
const exampleHello = Buffer.from(
  '010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b' +
    '6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e0005000501000000000033002600' +
    '24001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203' +
    '080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f08' +
    '8394c8f03e51570806048000ffff',
  'hex',
);

describe('the example of the RFC', () => {
  it.each<[string, number, string, string]>([
    [
      'RFC 9001 A.2',
      QUIC_V1,
      'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b',
      'e221af44860018ab0856972e194cd934',
    ],
    [
      'RFC 9369 A.2',
      QUIC_V2,
      'd76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071',
      'a18b2faa745b6fe189cf772a9f84cbfc',
    ],
  ])('%s is what our builder makes, and is read', (_, version, begins, ends) => {
    const frames = cryptoFrame(0, exampleHello);
    const packet = initialPacket({ version, number: 2, numberBytes: 4, frames, payloadBytes: 1162 });
    const hex = Buffer.from(packet).toString('hex');
    expect({ begins: hex.slice(0, begins.length), ends: hex.slice(-ends.length) }).toEqual({ begins, ends });
    expect(pushAll([packet])).toMatchObject({
      ...named('example.com'),
      hello: { alpn: ['alpn'], versions: [0x0304] },
      end: exampleHello.length,
    });
  });
});

describe('QuicInitialReader', () => {
  it.each<[string, number]>([
    ['1', QUIC_V1],
    ['2', QUIC_V2],
    ['draft 22', 0xff00_0016],
    ['draft 23', 0xff00_0017],
    ['draft 28', 0xff00_001c],
    ['draft 29', 0xff00_001d],
    ['draft 32', 0xff00_0020],
    ['draft 34', 0xff00_0022],
    ['mvfst 1', 0xface_b001],
    ['mvfst 2', 0xface_b002],
    ['T050', 0x5430_3530],
    ['T051', 0x5430_3531],
  ])('reads version %s', (_, version) => {
    expect(pushAll(helloDatagrams(hello, { version }))).toMatchObject(named('plex.tv'));
  });

  const packet = (streamOffset: number, data: Uint8Array, number = 0): Uint8Array =>
    initialPacket({ number, frames: cryptoFrame(streamOffset, data) });
  const ack = concat([0x02], varint(9), varint(0), varint(1), varint(0), varint(3), varint(1));
  const ackWithEcn = concat([0x03], varint(300), varint(70), varint(0), varint(0), varint(1), varint(2), varint(3));

  it.each<[string, readonly Uint8Array[]]>([
    ['in two datagrams', [packet(0, front), packet(700, back, 1)]],
    ['in the wrong order', [packet(700, back, 1), packet(0, front)]],
    ['twice', [packet(0, front), packet(0, front), packet(700, back, 1)]],
    ['overlapping', [packet(0, long.subarray(0, 900)), packet(600, long.subarray(600), 1)]],
    ['in coalesced packets', [concat(packet(0, front), packet(700, back, 1))]],
    ['in frames out of order', [initialPacket({ frames: concat(cryptoFrame(700, back), cryptoFrame(0, front)) })]],
    ['in 400 frames', helloDatagrams(long, { frameBytes: 5, framesInPacket: 100 })],
    ['among PADDING and PING', [initialPacket({ frames: concat([0, 0, 1], cryptoFrame(0, long), [1, 0]) })]],
    ['behind ACK frames', [initialPacket({ frames: concat(ack, ackWithEcn, cryptoFrame(0, long)) })]],
    [
      'behind an empty CRYPTO frame',
      [initialPacket({ frames: concat(cryptoFrame(5, NOTHING), cryptoFrame(0, long)) })],
    ],
    ['behind a 0-RTT packet', [concat(otherPacket('zero-rtt'), packet(0, long))]],
    ['behind a Handshake packet of version 2', [concat(otherPacket('handshake', QUIC_V2), packet(0, long))]],
    ['before a packet with a short header', [concat(packet(0, long), [0x40, 1, 2, 3])]],
    ['behind a datagram of something else', [Uint8Array.of(0x40, 1, 2), packet(0, long)]],
    ['behind a version that is not known', [Uint8Array.of(0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 0, 0, 0, 0), packet(0, long)]],
    ['with a token', [initialPacket({ token: new Uint8Array(80).fill(7), frames: cryptoFrame(0, long) })]],
    ['without a connection id', [initialPacket({ destinationId: NOTHING, frames: cryptoFrame(0, long) })]],
    ['with long packet numbers', [initialPacket({ number: 0x01020304, numberBytes: 4, frames: cryptoFrame(0, long) })]],
    [
      'with a packet number that has wrapped',
      [
        initialPacket({ number: 250, frames: cryptoFrame(0, front) }),
        initialPacket({ number: 260, frames: cryptoFrame(700, back) }),
      ],
    ],
    [
      'with an older packet number of an earlier turn',
      [
        initialPacket({ number: 260, numberBytes: 2, frames: cryptoFrame(0, front) }),
        initialPacket({ number: 250, frames: cryptoFrame(700, back) }),
      ],
    ],
    [
      'after the server has chosen its id',
      [
        packet(0, front),
        initialPacket({ destinationId: OTHER_ID, keysOf: EXAMPLE_ID, frames: cryptoFrame(700, back) }),
      ],
    ],
    [
      'after a Retry',
      [
        packet(0, front),
        initialPacket({ destinationId: OTHER_ID, token: Uint8Array.of(1), frames: cryptoFrame(0, front) }),
        initialPacket({ destinationId: OTHER_ID, token: Uint8Array.of(1), frames: cryptoFrame(700, back) }),
      ],
    ],
    [
      'after a change from version 1 to 2',
      [packet(0, front), initialPacket({ version: QUIC_V2, frames: cryptoFrame(700, back) })],
    ],
    ['beside a packet that is damaged', [packet(0, front).fill(0, 60, 90), packet(0, long)]],
  ])('reads a hello %s', (_, datagrams) => {
    expect(pushAll(datagrams)).toMatchObject(named('app.plex.tv'));
  });

  it('keeps its result', () => {
    const reader = new QuicInitialReader();
    const result = reader.push(packet(0, long));
    expect(reader.push(packet(0, hello))).toBe(result);
  });

  it('reads the bytes between start and end only', () => {
    const datagram = packet(0, long);
    const reader = new QuicInitialReader();
    expect(reader.push(concat([1, 2], datagram, [3]), 2, datagram.length + 2)).toMatchObject(named('app.plex.tv'));
    expect(new QuicInitialReader().push(datagram, 0, datagram.length - 1)).toEqual({ kind: 'need-more' });
  });

  it.each<[string, Uint8Array]>([
    ['part of a hello', packet(0, front)],
    ['the second part of a hello', packet(700, back)],
    ['a packet that was protected with other keys', initialPacket({ keysOf: OTHER_ID, frames: cryptoFrame(0, long) })],
    ['a 0-RTT packet', otherPacket('zero-rtt')],
    ['a Retry', Uint8Array.of(0xf0, 0, 0, 0, 1, 1, 9, 1, 9, ...new Uint8Array(30))],
    ['a packet cut behind its version', Uint8Array.of(0xc0, 0, 0, 0, 1)],
    ['a packet cut in its token', concat([0xc0, 0, 0, 0, 1, 0, 0, 0x7f, 0xff], new Uint8Array(60))],
    ['a packet cut in its payload', concat([0xc0, 0, 0, 0, 1, 0, 0, 0, 0xff], new Uint8Array(60))],
    ['a client that gives up', initialPacket({ frames: Uint8Array.of(0x1c, 0, 0, 0) })],
    ['a packet too short to be protected', Uint8Array.of(0xc0, 0, 0, 0, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5)],
    ['a packet whose number leaves no room for the tag', concat([0xc0, 0, 0, 0, 1, 0, 0, 0, 20], new Uint8Array(20))],
  ])('needs more after %s', (_, datagram) => {
    expect(pushAll([datagram])).toEqual({ kind: 'need-more' });
  });

  it.each<[string, Uint8Array]>([
    ['nothing', NOTHING],
    ['a DNS query', Buffer.from('12340100000100000000000004706c65780274760000010001', 'hex')],
    ['a short header', Uint8Array.of(0x43, ...new Uint8Array(40))],
    ['version negotiation', Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)],
    ['gQUIC 43', concat([0x0d], new Uint8Array(8), Buffer.from('Q043'), new Uint8Array(40))],
    ['gQUIC 46', concat([0xc3], Buffer.from('Q046'), [0x50], new Uint8Array(40))],
    ['draft 21', Uint8Array.of(0xc0, 0xff, 0, 0, 21, 0, 0, 0, 1, 0)],
    ['draft 35', Uint8Array.of(0xc0, 0xff, 0, 0, 35, 0, 0, 0, 1, 0)],
    ['a connection id of 21 bytes', concat([0xc0, 0, 0, 0, 1, 21], new Uint8Array(60))],
  ])('tells %s from QUIC', (_, datagram) => {
    expect(pushAll([datagram])).toEqual({ kind: 'not-tls', protocol: null });
  });

  /** Where the payload begins in what initialPacket builds from the default options. */
  const PAYLOAD_AT = 1 + 4 + 1 + EXAMPLE_ID.length + 1 + 1 + 2 + 1;
  const twice = helloMessage({ extensions: [extension(23), extension(23)] });

  it.each<[string, Uint8Array, number, string]>([
    ['a STREAM frame', Uint8Array.of(0, 0x08, 0, 0, 0), 1 + PAYLOAD_AT, 'RFC 9000 12.4'],
    ['a CRYPTO frame beyond the packet', Uint8Array.of(6, 0, 20, 1, 1), PAYLOAD_AT, 'RFC 9000 19'],
    ['an ACK beyond the packet', concat([2, 0, 0], varint(2 ** 40), [0, 0]), PAYLOAD_AT, 'RFC 9000 19'],
    ['CRYPTO beyond the limit', cryptoFrame(65_530, new Uint8Array(7)), PAYLOAD_AT, '65536 bytes'],
    ['CRYPTO at the far end', cryptoFrame(2 ** 60, new Uint8Array(7)), PAYLOAD_AT, '65536 bytes'],
    ['a hello that breaks a rule', cryptoFrame(0, twice), twice.length - 4, 'one extension'],
  ])('refuses %s', (_, frames, offset, rule) => {
    const datagram = initialPacket({ frames });
    expect(pushAll([datagram])).toEqual({ kind: 'malformed', offset, rule: expect.stringContaining(rule) });
  });

  it('refuses more gaps than anybody leaves', () => {
    const everySecond = Array.from({ length: 300 }, (_, i) => cryptoFrame(2 * i + 1, Uint8Array.of(0)));
    expect(pushAll([initialPacket({ frames: concat(...everySecond.slice(0, 256)) })])).toEqual({ kind: 'need-more' });
    expect(pushAll([initialPacket({ frames: concat(...everySecond) })])).toMatchObject({
      kind: 'malformed',
      rule: expect.stringContaining('256 gaps'),
    });
  });

  it('gives up after so many packets', () => {
    const strangers = Array.from({ length: 257 }, (_, i) =>
      initialPacket({ destinationId: Uint8Array.of(i >> 8, i), keysOf: EXAMPLE_ID, frames: cryptoFrame(0, hello) }),
    );
    expect(pushAll(strangers.slice(0, 256))).toEqual({ kind: 'need-more' });
    expect(pushAll(strangers)).toEqual({ kind: 'malformed', offset: 0, rule: 'no whole hello in 256 packets' });
  });

  it('says that another message is no hello', () => {
    expect(pushAll([packet(0, handshakeMessage(2, new Uint8Array(50)))])).toEqual({ kind: 'not-tls', protocol: null });
  });

  it('reads what there is of a hello that will not end', () => {
    const reader = new QuicInitialReader();
    expect(reader.partial()).toBeNull();
    reader.push(packet(0, front));
    expect(reader.partial()).toMatchObject({ framing: 'quic', serverName: { name: 'app.plex.tv' } });
  });

  it('finds what the message holds, however it is cut, and in any order', () => {
    const ways = fc.record({
      frameBytes: fc.integer({ min: 20, max: 1100 }),
      framesInPacket: fc.integer({ min: 1, max: 9 }),
      version: fc.constantFrom(QUIC_V1, QUIC_V2),
    });
    fc.assert(
      fc.property(hellos, ways, fc.infiniteStream(fc.nat()), (options, way, random) => {
        const message = helloMessage(options);
        const datagrams = helloDatagrams(message, way);
        const shuffled = datagrams
          .flatMap((datagram) => [datagram, datagram])
          .map((datagram) => ({ datagram, place: random.next().value }))
          .sort((a, b) => a.place - b.place);
        expect(pushAll(shuffled.map(({ datagram }) => datagram))).toEqual(parseHelloMessage(message));
      }),
      runs(17),
    );
  });

  it('has a result for any datagrams', () => {
    const datagram = hellos.map((options) => helloDatagrams(helloMessage(options))[0] ?? NOTHING);
    const openFrames = mutated(hellos.map((options) => cryptoFrame(0, helloMessage(options)))).map((frames) =>
      initialPacket({ frames }),
    );
    const any = fc.oneof(mutated(datagram), openFrames, fc.uint8Array({ maxLength: 99 }));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (datagrams) => {
        expect(pushAll(datagrams).kind).toMatch(/^(complete|need-more|not-tls|malformed)$/);
      }),
      runs(33),
    );
  });
});
