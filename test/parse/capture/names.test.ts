import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesIn, readCapture } from '../../support/packets/capture-reading.ts';
import {
  browserHello,
  concat,
  helloMessage,
  record,
  sslv2Hello,
  tlsHello,
  uint16,
} from '../../support/packets/hello-builder.ts';
import {
  Conversation,
  etherPcap,
  ethernet,
  fragmentHeader,
  ip,
  ipv4,
  ipv6,
  pcap,
  pcapngSection,
  PROTOCOL,
  tcp,
  udp,
} from '../../support/packets/pcap-builder.ts';
import { helloDatagrams, QUIC_V2 } from '../../support/packets/quic-builder.ts';
import { runs } from '../../support/fuzz.ts';

type Packets = (c: Conversation) => readonly Uint8Array[];

const HELLO = tlsHello(browserHello('plex.tv'));
const SECOND = tlsHello({ name: 'second.example' });
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

function serverHello(random: Uint8Array = new Uint8Array(32)): Uint8Array {
  return record(22, concat([2, 0, 0, 40, 3, 3], random, new Uint8Array(6)));
}

function names(packets: Packets): string[] {
  return namesIn(etherPcap(packets(new Conversation())));
}

describe('names of TCP connections', () => {
  it.each<[string, Packets]>([
    ['in one segment', (c) => [...c.handshake(), c.says(HELLO)]],
    ['in two segments', (c) => [...c.handshake(), c.says(HELLO.subarray(0, 700)), c.says(HELLO.subarray(700))]],
    ['in many segments', (c) => [...c.handshake(), ...pieces(HELLO, 1).map((piece) => c.says(piece))]],
    ['over several records', (c) => [...c.handshake(), c.says(tlsHello(browserHello('plex.tv'), [1, 3, 100, 7]))]],
    ['after a SYN with data', (c) => [c.syn(HELLO), c.synAck()]],
    ['partly in the SYN', (c) => [c.syn(HELLO.subarray(0, 300)), c.synAck(), c.says(HELLO.subarray(300))]],
    [
      'around the end of the sequence numbers',
      () => {
        const c = new Conversation({ clientIsn: 0xffff_ff00 });
        return [...c.handshake(), ...pieces(HELLO, 100).map((piece) => c.says(piece))];
      },
    ],
    ['seen midway', (c) => [c.says(HELLO)]],
    [
      'behind a gap that never fills',
      (c) => [...c.handshake(), lost(c.says(new Uint8Array(100))), c.says(HELLO)].flat(),
    ],
    ['behind garbage', (c) => [...c.handshake(), c.says(Buffer.from('\x05garbage')), c.says(HELLO)]],
    ['behind an alert', (c) => [...c.handshake(), c.says(record(21, Uint8Array.of(1, 0))), c.says(HELLO)]],
    ['behind an unfinished record', (c) => [...c.handshake(), c.says([22, 3]), c.says(HELLO)]],
    [
      'behind a header of another protocol',
      (c) => [...c.handshake(), c.says(concat([0x12, 1, 0, 0xf0, 0, 0, 0, 0], HELLO))],
    ],
    ['sent by the end that was connected to', (c) => [...c.handshake(), c.answers(HELLO)]],
    [
      'after STARTTLS',
      (c) => [
        ...c.handshake(),
        c.answers(Buffer.from('220 mail.example ESMTP\r\n')),
        c.says(Buffer.from('EHLO client.example\r\n')),
        c.answers(Buffer.from('250-mail.example\r\n250 STARTTLS\r\n')),
        c.says(Buffer.from('STARTTLS\r\n')),
        c.answers(Buffer.from('220 Ready\r\n')),
        c.says(HELLO),
      ],
    ],
    [
      'after an SSLRequest of PostgreSQL',
      (c) => [...c.handshake(), c.says([0, 0, 0, 8, 4, 210, 22, 47]), c.answers([83]), c.says(HELLO)],
    ],
    [
      'behind a PROXY header',
      (c) => [...c.handshake(), c.says(concat(Buffer.from('PROXY TCP4 10.0.0.2 192.0.2.1 4000 443\r\n'), HELLO))],
    ],
    [
      'behind a binary PROXY header',
      (c) => [
        ...c.handshake(),
        c.says(concat(Buffer.from('\r\n\r\n\0\r\nQUIT\n'), [0x21, 0x11, 0, 12], new Uint8Array(12), HELLO)),
      ],
    ],
    [
      'behind CONNECT',
      (c) => [
        ...c.handshake(),
        c.says(Buffer.from('CONNECT plex.tv:443 HTTP/1.1\r\nHost: plex.tv:443\r\n\r\n')),
        c.answers(Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n')),
        c.says(HELLO),
      ],
    ],
    [
      'in the segment of CONNECT',
      (c) => [...c.handshake(), c.says(concat(Buffer.from('CONNECT plex.tv:443 HTTP/1.0\n\n'), HELLO))],
    ],
    [
      'behind SOCKS 5',
      (c) => [
        ...c.handshake(),
        c.says([5, 1, 0]),
        c.answers([5, 0]),
        c.says(concat([5, 1, 0, 3, 7], Buffer.from('plex.tv'), [1, 187])),
        c.answers([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        c.says(HELLO),
      ],
    ],
    [
      'behind SOCKS 4',
      (c) => [
        ...c.handshake(),
        c.says([4, 1, 1, 187, 192, 0, 2, 7, 0]),
        c.answers([0, 90, 0, 0, 0, 0, 0, 0]),
        c.says(HELLO),
      ],
    ],
  ])('a hello %s', (_, packets) => {
    expect(names(packets)).toEqual(['plex.tv']);
  });

  it('reads the second hello after a HelloRetryRequest', () => {
    const changeCipherSpec = record(20, Uint8Array.of(1));
    const packets: Packets = (c) => [
      ...c.handshake(),
      c.says(HELLO),
      c.answers(concat(serverHello(RETRY_RANDOM), changeCipherSpec)),
      c.says(concat(changeCipherSpec, HELLO)),
      c.answers(serverHello()),
    ];
    expect(names(packets)).toEqual(['plex.tv', 'plex.tv']);
  });

  it('reads a hello on the port of DNS', () => {
    expect(namesIn(etherPcap([new Conversation({ serverPort: 53 }).says(HELLO)]))).toEqual(['plex.tv']);
  });

  it('reads an SSLv2 hello', () => {
    expect(readCapture(etherPcap([new Conversation().says(sslv2Hello())])).connections).toMatchObject([
      { hellos: [{ framing: 'sslv2', serverName: { kind: 'absent' } }] },
    ]);
  });

  it('reads the name of a hello that the snap length cut behind it', () => {
    const c = new Conversation();
    const long = tlsHello({ name: 'plex.tv', extensions: [{ type: 21, data: new Uint8Array(900) }] });
    const file = pcap([...c.handshake(), c.says(long)].map((bytes) => ({ bytes: ethernet(bytes), snap: 400 })));
    expect(namesIn(file)).toEqual(['plex.tv']);
  });

  it('counts the offset of an unreadable name from the hello on', () => {
    const file = etherPcap([new Conversation().says(concat([0x05], tlsHello({ name: 'nul\0.example' })))]);
    const [name] = readCapture(file).connections.flatMap(({ hellos }) => hellos.map(({ serverName }) => serverName));
    expect(name).toMatchObject({ kind: 'unreadable' });
    expect(name?.kind === 'unreadable' && name.offset).toBeLessThan(100);
    expect(readCapture(file, 50).connections).toEqual(readCapture(file).connections);
  });

  it('says what is wrong with a hello', () => {
    const damaged = HELLO.slice();
    damaged[43] = 0xff;
    const [connection] = readCapture(etherPcap([new Conversation().says(damaged)])).connections;
    expect(connection?.unreadableHello?.rule).toMatch(/RFC/);
  });

  it.each<[string, readonly string[], Packets]>([
    [
      'much data',
      ['plex.tv'],
      (c) => [...c.handshake(), ...Array.from({ length: 80 }, () => c.says(new Uint8Array(1400))), ...halves(c, HELLO)],
    ],
    [
      "the server's hello",
      ['second.example', 'plex.tv'],
      (c) => [
        ...c.handshake(),
        c.says(SECOND),
        c.answers(serverHello()),
        ...halves(c, HELLO),
        c.answers(serverHello()),
      ],
    ],
    [
      "the server's hello, of the same name",
      ['plex.tv'],
      (c) => {
        const hello = c.says(HELLO);
        return [...c.handshake(), hello, c.answers(serverHello()), hello];
      },
    ],
    [
      'more hellos than are looked for',
      ['0', '1', '2', '3', '4', '5', '6', '7'],
      (c) =>
        Array.from({ length: 20 }, (_, i) => [c.says(tlsHello({ name: `${i}` })), c.answers(serverHello())]).flat(),
    ],
  ])('finds a hello behind %s', (_, expected, packets) => {
    expect(names(packets)).toEqual(expected);
  });
});

function halves(c: Conversation, hello: Uint8Array): Uint8Array[] {
  return [c.says(hello.subarray(0, 900)), c.says(hello.subarray(900))];
}

describe('names in fragments', () => {
  const segment = tcp({ from: 40_000, to: 443, sequence: 1, payload: HELLO });
  const ends = { from: '10.0.0.2', to: '192.0.2.1', id: 7 } as const;
  const cuts = [0, 400, 800, segment.length];
  const v4 = cuts.slice(1).map((end, i) =>
    ipv4({
      ...ends,
      payload: segment.subarray(cuts[i], end),
      fragmentOffset: cuts[i] ?? 0,
      moreFragments: end < segment.length,
    }),
  );
  const v6 = cuts.slice(1).map((end, i) =>
    ipv6({
      from: '2001:db8::2',
      to: '2001:db8::1',
      nextHeader: 44,
      options: fragmentHeader(PROTOCOL.tcp, 7, cuts[i] ?? 0, end < segment.length),
      payload: segment.subarray(cuts[i], end),
    }),
  );

  it.each<[string, readonly Uint8Array[]]>([
    ['of IPv4', v4],
    ['of IPv4 turned around', v4.toReversed()],
    ['of IPv4 that come twice', [...v4.slice(0, 2), ...v4]],
    ['of IPv6', v6],
    ['of IPv6 turned around', v6.toReversed()],
  ])('%s', (_, packets) => {
    expect(namesIn(etherPcap(packets))).toEqual(['plex.tv']);
  });

  it('reads what there is of a packet that never was whole', () => {
    expect(namesIn(etherPcap(v4.slice(0, 2)))).toEqual(['plex.tv']);
  });

  it('keeps fragments of different packets apart', () => {
    const other = ipv4({ ...ends, id: 8, payload: new Uint8Array(400), moreFragments: true });
    expect(namesIn(etherPcap([v4[0], other, v4[1], v4[2]].filter((one) => one !== undefined)))).toEqual(['plex.tv']);
  });

  it.each<[string, Uint8Array]>([
    ['IPv4 options', ipv4({ ...ends, options: [1, 1, 1, 1, 1, 1, 1, 0], payload: segment })],
    ['no length (segmentation offload)', ipv4({ ...ends, totalLength: 0, payload: segment })],
    ['TCP options', ipv4({ ...ends, payload: tcp({ from: 1, to: 2, options: [1, 1, 1, 0], payload: HELLO }) })],
    [
      'IPv6 extension headers',
      ipv6({
        from: '2001:db8::2',
        to: '2001:db8::1',
        nextHeader: 0,
        options: [60, 0, 1, 4, 0, 0, 0, 0, 51, 0, 1, 4, 0, 0, 0, 0, 6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        payload: segment,
      }),
    ],
    [
      'an IPv6 fragment that is the whole packet',
      ipv6({
        from: '2001:db8::2',
        to: '2001:db8::1',
        nextHeader: 44,
        options: fragmentHeader(6, 1, 0, false),
        payload: segment,
      }),
    ],
  ])('reads a packet with %s', (_, packet) => {
    expect(namesIn(etherPcap([packet]))).toEqual(['plex.tv']);
  });
});

describe('names in QUIC', () => {
  const message = helloMessage(browserHello('plex.tv'));
  const datagram = (payload: Uint8Array, port = 443) =>
    ip({ from: '10.0.0.2', to: '192.0.2.1', protocol: PROTOCOL.udp, payload: udp(50_000, port, payload) });

  it.each<[string, readonly Uint8Array[]]>([
    ['version 1', helloDatagrams(message).map((payload) => datagram(payload))],
    ['version 2', helloDatagrams(message, { version: QUIC_V2 }).map((payload) => datagram(payload))],
    ['another port', helloDatagrams(message).map((payload) => datagram(payload, 8443))],
    ['the port of DNS', helloDatagrams(message).map((payload) => datagram(payload, 53))],
    [
      'datagrams turned around',
      helloDatagrams(message, { frameBytes: 300 })
        .map((payload) => datagram(payload))
        .toReversed(),
    ],
  ])('%s', (_, packets) => {
    const { connections } = readCapture(etherPcap(packets), 100);
    expect(connections).toMatchObject([
      { transport: 'udp', protocol: 'quic', hellos: [{ framing: 'quic', serverName: { name: 'plex.tv' } }] },
    ]);
  });
});

/** Nothing in its place: the capture lost it. */
function lost(_packet: Uint8Array): Uint8Array[] {
  return [];
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

describe('properties', () => {
  const streams = fc.constantFrom<readonly [string, Uint8Array]>(
    ['tls', HELLO],
    ['records', tlsHello(browserHello('plex.tv'), [5, 200, 300])],
    ['connect', concat(Buffer.from('CONNECT plex.tv:443 HTTP/1.1\r\nHost: plex.tv\r\n\r\n'), HELLO)],
    ['socks', concat([5, 1, 0, 5, 1, 0, 1, 192, 0, 2, 1], uint16(443), HELLO)],
  );
  const isn = fc.integer({ min: 0, max: 0xffff_ffff });

  it('finds the same names whatever the order, the doubles and the sizes of segments', () => {
    const extras = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 1460 })), { maxLength: 8 });
    fc.assert(
      fc.property(
        streams,
        isn,
        fc.array(fc.nat(), { maxLength: 12 }),
        extras,
        fc.infiniteStream(fc.nat()),
        ([, bytes], clientIsn, cutAt, more, order) => {
          const c = new Conversation({ clientIsn });
          const bounds = [0, ...cutAt.map((cut) => cut % bytes.length).toSorted((a, b) => a - b), bytes.length];
          const whole = bounds.slice(1).map((end, i) => [bounds[i] ?? 0, end] as const);
          const repeated = more.map(
            ([at, length]) => [at % bytes.length, Math.min(bytes.length, (at % bytes.length) + length)] as const,
          );
          const segments = [...whole, ...repeated].map(([start, end]) =>
            c.fromClient({ sequence: (clientIsn + 1 + start) >>> 0, payload: bytes.subarray(start, end) }),
          );
          const shuffled = segments.map((one) => [order.next().value, one] as const).toSorted(([a], [b]) => a - b);
          expect(namesIn(etherPcap([...c.handshake(), ...shuffled.map(([, one]) => one)]))).toEqual(['plex.tv']);
        },
      ),
      runs(33),
    );
  });

  const mixture = (() => {
    const [a, b, d] = [
      new Conversation(),
      new Conversation({ clientPort: 40_001 }),
      new Conversation({ clientPort: 40_002, client: '2001:db8::2', server: '2001:db8::1' }),
    ];
    const request = Buffer.from('GET http://plex.tv/a?token=x HTTP/1.1\r\nProxy-Authorization: Basic c2VjcmV0\r\n\r\n');
    return [
      ...a.handshake(),
      a.says(HELLO.subarray(0, 900)),
      ...b.handshake(),
      b.says(request),
      a.says(HELLO.subarray(900)),
      b.answers(Buffer.from('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')),
      ...d.handshake(),
      d.says(tlsHello({ name: 'six.example' })),
      ...helloDatagrams(helloMessage({ name: 'quic.example' })).map((payload) =>
        ip({ from: '10.0.0.2', to: '192.0.2.1', protocol: PROTOCOL.udp, payload: udp(50_000, 443, payload) }),
      ),
    ].map((packet) => ({ bytes: ethernet(packet) }));
  })();
  const files = [pcap(mixture), pcapngSection(mixture), pcap(mixture, { littleEndian: false, unit: 'ns' })];

  it('reads the same whatever the chunks', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.integer({ min: 1, max: 5000 }), (file, chunkBytes) => {
        const [whole, chunked] = [readCapture(file), readCapture(file, chunkBytes)];
        expect(chunked.summary).toEqual(whole.summary);
        expect(chunked.connections).toEqual(whole.connections);
        expect(chunked.dns).toEqual(whole.dns);
      }),
      runs(17),
    );
  });

  it('never throws on mutated files, and keeps no secret of theirs', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...files), edits, (file, changes) => {
        const copy = file.slice();
        for (const [at, value] of changes) copy[at % copy.length] = value;
        const { summary, connections } = readCapture(copy, 1 + ((changes[0]?.[0] ?? 0) % 3000));
        expect(summary.packets).toBeLessThanOrEqual(mixture.length * 3);
        expect(JSON.stringify(connections)).not.toMatch(/token|c2VjcmV0/);
      }),
      runs(70),
    );
  });
});
