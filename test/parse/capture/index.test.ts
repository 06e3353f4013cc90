import { describe, expect, it } from 'vitest';
import { CaptureReader, type CaptureConnection } from '../../../src/parse/capture/index.ts';
import { INSPECTIONS_LIMIT } from '../../../src/parse/capture/inspections.ts';
import { readCapture } from '../../support/packets/capture-reading.ts';
import { browserHello, tlsHello } from '../../support/packets/hello-builder.ts';
import {
  ACK,
  Conversation,
  etherPcap,
  ethernet,
  FIN,
  FIRST_MS,
  icmp,
  ip,
  ipv4,
  pcap,
  PROTOCOL,
  RST,
  SYN,
  tcp,
  udp,
} from '../../support/packets/pcap-builder.ts';

function connectionsIn(packets: readonly Uint8Array[]): readonly CaptureConnection[] {
  return readCapture(etherPcap(packets)).connections;
}

const V4 = { client: '10.0.0.2', server: '192.0.2.1', router: '10.0.0.1' } as const;
const V6 = { client: '2001:db8::2', server: '2001:db8::1', router: '2001:db8::ff' } as const;

/** An ICMP error of the router, or of the server, about a packet of the client. */
function error(quoted: Uint8Array, type: number, code: number, from: string, to: string = V4.client): Uint8Array {
  const protocol = to.includes(':') ? PROTOCOL.icmpv6 : PROTOCOL.icmp;
  return ip({ from, to, protocol, payload: icmp(type, code, quoted) });
}

function tcpOutcome(make: (tcp: Conversation) => readonly Uint8Array[], addresses: typeof V4 | typeof V6 = V4) {
  return connectionsIn(make(new Conversation({ client: addresses.client, server: addresses.server })));
}

const DATA = Uint8Array.of(0, 1, 2);

describe('outcome of TCP connections', () => {
  it.each<[string, string, (c: Conversation) => readonly Uint8Array[]]>([
    ['a handshake', 'established', (c) => c.handshake()],
    [
      'a handshake and a RST after data of the server',
      'established',
      (c) => [...c.handshake(), c.answers(DATA), c.fromServer({ flags: RST })],
    ],
    [
      'a RST before any data of the server',
      'reset',
      (c) => [...c.handshake(), c.says(DATA), c.fromServer({ flags: RST | ACK })],
    ],
    ['a client that gives up before any data', 'established', (c) => [...c.handshake(), c.fromClient({ flags: RST })]],
    ['a RST in answer to the SYN', 'refused', (c) => [c.syn(), c.fromServer({ flags: RST | ACK })]],
    ['a SYN alone', 'no-reply', (c) => [c.syn()]],
    ['a SYN whose answer the capture lacks', 'established', (c) => [c.syn(), c.answers(DATA)]],
    ['data alone', 'midway', (c) => [c.says(DATA), c.answers(DATA)]],
    ['a refusal by a filter', 'prohibited', (c) => [c.syn(), error(c.syn(), 3, 13, V4.router)]],
    ['a rejected host', 'prohibited', (c) => [c.syn(), error(c.syn(), 3, 10, V4.router)]],
    ['an unreachable port', 'prohibited', (c) => [c.syn(), error(c.syn(), 3, 3, V4.server)]],
    ['an unreachable host', 'unreachable', (c) => [c.syn(), error(c.syn(), 3, 1, V4.router)]],
    ['a loop of routers', 'unreachable', (c) => [c.syn(), error(c.syn(), 11, 0, V4.router)]],
    ['a packet that was too large', 'no-reply', (c) => [c.syn(), error(c.syn(), 3, 4, V4.router)]],
    [
      'an error that was no obstacle',
      'established',
      (c) => [c.syn(), error(c.syn(), 3, 1, V4.router), c.syn(), c.synAck()],
    ],
    [
      'an error about a packet of the server',
      'no-reply',
      (c) => [c.syn(), error(c.fromServer({}), 3, 13, V4.client, V4.server)],
    ],
  ])('%s: %s', (_, outcome, packets) => {
    expect(tcpOutcome(packets)).toMatchObject([{ transport: 'tcp', family: 4, outcome }]);
  });

  it.each<[string, number, string, string]>([
    ['no route', 0, 'no-route', 'unreachable'],
    ['a filter', 1, 'admin-prohibited', 'prohibited'],
    ['an address without a host', 3, 'host-unreachable', 'unreachable'],
    ['a port', 4, 'port-unreachable', 'prohibited'],
    ['a source policy', 5, 'policy-failed', 'prohibited'],
    ['a reject route', 6, 'reject-route', 'prohibited'],
  ])('IPv6, %s', (_, code, name, outcome) => {
    const found = tcpOutcome((c) => [c.syn(), error(c.syn(), 1, code, V6.router, V6.client)], V6);
    expect(found).toMatchObject([{ family: 6, icmp: name, outcome, client: { address: V6.client } }]);
  });

  it('counts repeated SYNs, times and payload', () => {
    const c = new Conversation();
    const packets = [
      c.syn(),
      c.syn(),
      c.synAck(),
      c.says(new Uint8Array(100)),
      c.answers(new Uint8Array(300)),
      c.answers(DATA),
    ];
    expect(connectionsIn(packets)).toMatchObject([
      {
        client: { address: '10.0.0.2', port: 40_000 },
        server: { address: '192.0.2.1', port: 443 },
        syns: 2,
        bytesFromClient: 100,
        bytesFromServer: 303,
        firstMs: FIRST_MS,
        lastMs: FIRST_MS + 5,
      },
    ]);
  });

  it('tells connections apart that use the same ports', () => {
    const options = { clientIsn: 1000 };
    const [first, second] = [new Conversation(options), new Conversation({ ...options, clientIsn: 70_000_000 })];
    const packets = [
      ...first.handshake(),
      first.says(tlsHello({ name: 'first.example' })),
      first.fromServer({ flags: FIN | ACK }),
      ...second.handshake(),
      second.says(tlsHello({ name: 'second.example' })),
    ];
    expect(connectionsIn(packets).map(({ hellos }) => hellos.map(({ serverName }) => serverName))).toEqual([
      [{ kind: 'name', name: 'first.example' }],
      [{ kind: 'name', name: 'second.example' }],
    ]);
  });

  it('takes a SYN with the same number for another connection when the one before is over', () => {
    const c = new Conversation();
    const [syn, end] = [c.syn(), c.fromServer({ flags: FIN | ACK })];
    expect(connectionsIn([syn, c.synAck(), end, syn])).toMatchObject([
      { outcome: 'established' },
      { outcome: 'no-reply' },
    ]);
  });

  it('takes SYNs that are repeated after a refusal for one attempt', () => {
    const c = new Conversation();
    const [syn, refusal] = [c.syn(), c.fromServer({ flags: RST | ACK })];
    expect(connectionsIn([syn, refusal, syn, refusal, syn, refusal])).toMatchObject([{ outcome: 'refused', syns: 3 }]);
  });

  it('knows the client by the answer to a SYN that the capture lacks', () => {
    const c = new Conversation({ clientPort: 80, serverPort: 40_000 });
    expect(connectionsIn([c.synAck(), c.answers(DATA)])).toMatchObject([
      { client: { port: 80 }, outcome: 'established' },
    ]);
  });

  it.each<[string, number, number, (c: Conversation) => readonly Uint8Array[]]>([
    ['the hello', 50, 60, (c) => [c.answers(DATA), c.says(tlsHello({ name: 'plex.tv' }))]],
    ['the request', 50, 60, (c) => [c.answers(DATA), c.says(Buffer.from('GET / HTTP/1.1\r\nHost: plex.tv\r\n\r\n'))]],
    ['the ports', 40_000, 443, (c) => [c.answers(DATA)]],
  ])('knows the client of a connection seen midway by %s', (_, clientPort, serverPort, packets) => {
    const c = new Conversation({ clientPort, serverPort });
    expect(connectionsIn(packets(c))).toMatchObject([{ client: { port: clientPort }, outcome: 'midway' }]);
  });

  it('joins a SYN that was captured behind its answer', () => {
    const c = new Conversation();
    const syn = c.syn();
    expect(connectionsIn([c.synAck(), syn, c.fromClient({})])).toMatchObject([{ outcome: 'established', syns: 1 }]);
  });
});

describe('UDP conversations', () => {
  const to = (port: number, payload: Uint8Array = DATA) =>
    ip({ from: V4.client, to: V4.server, protocol: PROTOCOL.udp, payload: udp(50_000, port, payload) });
  const back = (port: number, payload: Uint8Array = DATA) =>
    ip({ from: V4.server, to: V4.client, protocol: PROTOCOL.udp, payload: udp(port, 50_000, payload) });

  it.each<[string, string, readonly Uint8Array[]]>([
    ['an answer', 'answered', [to(9000), back(9000)]],
    ['no answer', 'unanswered', [to(9000), to(9000)]],
    ['a filter', 'prohibited', [to(9000), error(to(9000), 3, 13, V4.router)]],
    ['a router that calls the port unreachable', 'prohibited', [to(9000), error(to(9000), 3, 3, V4.router)]],
    ['a host that calls the port unreachable', 'refused', [to(9000), error(to(9000), 3, 3, V4.server)]],
    ['an unreachable net', 'unreachable', [to(9000), error(to(9000), 3, 0, V4.router)]],
  ])('%s: %s', (_, outcome, packets) => {
    expect(connectionsIn(packets)).toMatchObject([{ transport: 'udp', outcome, client: { port: 50_000 } }]);
  });

  it.each<[number, string | null]>([
    [53, 'dns'],
    [123, 'ntp'],
    [1900, 'ssdp'],
    [5351, 'nat-pmp'],
    [5353, 'mdns'],
    [32_410, 'gdm'],
    [32_414, 'gdm'],
    [9000, null],
  ])('port %i: %s', (port, protocol) => {
    expect(connectionsIn([back(port), to(port)])).toMatchObject([{ protocol }]);
  });

  it('names DTLS', () => {
    const hello = Uint8Array.of(22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0);
    expect(connectionsIn([to(9000, hello)])).toMatchObject([{ protocol: 'dtls', hellos: [] }]);
  });

  it('takes the padding of a short frame for what it is', () => {
    const frame = ethernet(new Uint8Array([...to(9000), 0, 0, 0, 0]));
    expect(readCapture(pcap([{ bytes: frame }])).connections).toMatchObject([{ bytesFromClient: 3 }]);
  });
});

describe('CaptureReader', () => {
  const c = new Conversation();
  const packets = [...c.handshake(), c.says(tlsHello(browserHello('plex.tv'))), c.answers(DATA)];

  it('sums up', () => {
    const arp = ethernet(new Uint8Array(28), 0x0806);
    const list = [{ bytes: arp }, ...packets.map((bytes) => ({ bytes: ethernet(bytes), snap: 60 }))];
    expect(readCapture(pcap(list)).summary).toEqual({
      format: 'pcap',
      packets: 6,
      firstMs: FIRST_MS,
      lastMs: FIRST_MS + 5,
      problems: [],
      snapped: 1,
      snapBytes: 262_144,
      filters: [],
      notRead: 1,
      connectionsNotKept: 0,
      hellosNotKept: 0,
      dnsNotKept: 0,
    });
  });

  it('says that a file of another kind holds nothing', () => {
    const { summary, connections } = readCapture(Buffer.from('<html>'));
    expect(summary).toMatchObject({ format: null, packets: 0, firstMs: null, lastMs: null, problems: [{ offset: 0 }] });
    expect(connections).toEqual([]);
  });

  it('tells of connections while they are open', () => {
    const told: string[] = [];
    const reader = new CaptureReader({
      onConnection: ({ id, outcome, hellos }) => told.push(`${id} ${outcome} ${hellos.length}`),
    });
    reader.push(etherPcap(packets));
    expect(told).toEqual(['0 no-reply 0', '0 established 0', '0 established 1']);
    expect([...reader.connections()]).toHaveLength(1);
  });

  it('counts what it does not keep', () => {
    const reader = new CaptureReader({ maxConnections: 2 });
    const many = [1, 2, 3, 4].flatMap((port) => {
      const one = new Conversation({ clientPort: 40_000 + port });
      return [...one.handshake(), one.says(tlsHello({ name: `${port}.example` }))];
    });
    reader.push(etherPcap(many));
    expect(reader.end()).toMatchObject({ connectionsNotKept: 2, hellosNotKept: 2 });
    expect([...reader.connections()]).toHaveLength(2);
  });

  it('keeps thousands of connections apart', () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      ipv4({
        from: `10.${i >> 8}.${i & 0xff}.9`,
        to: '192.0.2.1',
        payload: tcp({ from: 1024 + (i % 7), to: 443, flags: SYN, sequence: i }),
      }),
    );
    const found = connectionsIn([...many, ...many]);
    expect(found).toHaveLength(5000);
    expect(found.every(({ syns }) => syns === 2)).toBe(true);
    expect(found[4321]).toMatchObject({ client: { address: '10.16.225.9', port: 1024 + (4321 % 7) } });
  });

  it('keeps looking for names in more conversations than it inspects at the same time', () => {
    const hello = tlsHello({ name: 'late.example' });
    const open = Array.from({ length: INSPECTIONS_LIMIT + 10 }, (_, i) =>
      ipv4({
        from: `10.1.${i >> 8}.${i & 0xff}`,
        to: '192.0.2.1',
        payload: tcp({ from: 40_000, to: 443, payload: hello.subarray(0, 20) }),
      }),
    );
    const reader = new CaptureReader();
    reader.push(etherPcap([...open, new Conversation().says(hello)]));
    reader.end();
    const found = [...reader.connections()];
    expect(found).toHaveLength(open.length + 1);
    expect(found[0]?.unreadableHello?.rule).toBe('the capture lacks the rest of the hello');
    expect(found.at(-1)?.hellos).toHaveLength(1);
  });

  it('leaves segments without ports', () => {
    const cut = ipv4({ from: V4.client, to: V4.server, payload: [1, 2, 3] });
    const cutUdp = ipv4({ from: V4.client, to: V4.server, protocol: PROTOCOL.udp, payload: [1, 2, 3] });
    expect(readCapture(etherPcap([cut, cutUdp])).summary.notRead).toBe(2);
  });
});
