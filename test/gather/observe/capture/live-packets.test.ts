import { describe, expect, it } from 'vitest';
import { LivePackets, type AskedQuestion } from '../../../../src/gather/observe/capture/live-packets.ts';
import type { CaptureConnection } from '../../../../src/parse/capture/index.ts';
import { dnsQuery, dnsReply, encodeDns } from '../../../../src/parse/dns.ts';
import { tlsHello } from '../../../support/packets/hello-builder.ts';
import {
  Conversation,
  etherPcap,
  ethernet,
  FIRST_MS,
  ip,
  pcap,
  PROTOCOL,
  udp,
} from '../../../support/packets/pcap-builder.ts';

const HOST = 'metadata.provider.plex.tv';
const ADDRESS = '192.0.2.1';
const CLIENT = '10.0.0.2';
const SERVER = '10.0.0.1';

function ask(id: number, port = 50_000, name = HOST): Uint8Array {
  const payload = udp(port, 53, encodeDns(dnsQuery(id, name, 1)));
  return ip({ from: CLIENT, to: SERVER, protocol: PROTOCOL.udp, payload });
}

function reply(id: number, port = 50_000): Uint8Array {
  const message = dnsReply(dnsQuery(id, HOST, 1), 0, [ADDRESS]);
  return ip({ from: SERVER, to: CLIENT, protocol: PROTOCOL.udp, payload: udp(53, port, encodeDns(message)) });
}

function read(file: Uint8Array, chunkBytes = file.length) {
  const told: CaptureConnection[] = [];
  const asked: AskedQuestion[] = [];
  const packets = new LivePackets({ onConnection: (one) => told.push(one), onQuestion: (one) => asked.push(one) });
  for (let at = 0; at < file.length; at += chunkBytes) packets.push(file.subarray(at, at + chunkBytes));
  return { packets, told, asked };
}

describe('LivePackets', () => {
  it.each([1, 7, 100_000])('tells of questions and connections as they come, in chunks of %i bytes', (chunkBytes) => {
    const conversation = new Conversation({ client: CLIENT, server: ADDRESS });
    const file = etherPcap([
      ask(1),
      reply(1),
      ...conversation.handshake(),
      conversation.says(tlsHello({ name: HOST })),
    ]);
    const { packets, told, asked } = read(file, chunkBytes);
    expect(asked).toMatchObject([
      { name: HOST, client: CLIENT, clientPort: 50_000, server: SERVER, count: 1, rcode: 0, addresses: [ADDRESS] },
    ]);
    expect(packets.questionsFor(ADDRESS)).toEqual(asked);
    expect(packets.namesOf(ADDRESS, FIRST_MS + 10)).toEqual([HOST]);
    const tcp = told.filter(({ transport }) => transport === 'tcp');
    expect(tcp[0]).toMatchObject({ outcome: 'no-reply', syns: 1, client: { address: CLIENT, port: 40_000 } });
    expect(tcp.at(-1)?.hellos).toMatchObject([{ serverName: { kind: 'name', name: HOST } }]);
  });

  it('counts a packet once that comes twice at the same moment, and a SYN that is sent again twice', () => {
    const syn = ethernet(new Conversation({ client: CLIENT, server: ADDRESS }).syn());
    const times = [0, 0.02, 1_000, 1_000.02, 3_000];
    const { packets } = read(pcap(times.map((ms) => ({ bytes: syn, timeMs: FIRST_MS + ms }))));
    expect([...packets.connections()]).toMatchObject([{ syns: 3 }]);
  });

  it('tells questions apart by the port that they came from', () => {
    const again = { bytes: ethernet(ask(1)), timeMs: FIRST_MS + 5_000 };
    const { asked } = read(
      pcap([
        { bytes: ethernet(ask(1)) },
        { bytes: ethernet(ask(1, 50_001)) },
        { bytes: ethernet(reply(1, 50_001)) },
        again,
      ]),
    );
    expect(asked).toMatchObject([
      { clientPort: 50_000, count: 2, rcode: null, addresses: [] },
      { clientPort: 50_001, count: 1, rcode: 0, addresses: [ADDRESS] },
    ]);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['no capture', new TextEncoder().encode('tcpdump: no such device')],
    ['a capture that was cut', etherPcap([ask(1)]).subarray(0, 60)],
    [
      'a datagram to the port of DNS that is none',
      etherPcap([ip({ from: CLIENT, to: SERVER, protocol: PROTOCOL.udp, payload: udp(50_000, 53, [1, 2, 3]) })]),
    ],
  ])('asks nothing where there is %s', (_name, bytes) => {
    expect(read(bytes).asked).toEqual([]);
  });
});
