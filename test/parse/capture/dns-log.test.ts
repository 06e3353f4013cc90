import { describe, expect, it } from 'vitest';
import { DNS_RCODE, DNS_TYPE, dnsQuery, dnsReply, encodeDns, type DnsMessage } from '../../../src/parse/dns.ts';
import { readCapture } from '../../support/packets/capture-reading.ts';
import { concat, uint16 } from '../../support/packets/hello-builder.ts';
import { Conversation, etherPcap, FIRST_MS, ip, PROTOCOL, udp } from '../../support/packets/pcap-builder.ts';

const [CLIENT, SERVER] = ['10.0.0.2', '10.0.0.53'];
const QUERY = dnsQuery(7, 'Plex.tv', DNS_TYPE.A);

function asked(message: DnsMessage, port = 53): Uint8Array {
  return ip({ from: CLIENT, to: SERVER, protocol: PROTOCOL.udp, payload: udp(50_000, port, encodeDns(message)) });
}

function answered(message: DnsMessage, port = 53): Uint8Array {
  return ip({ from: SERVER, to: CLIENT, protocol: PROTOCOL.udp, payload: udp(port, 50_000, encodeDns(message)) });
}

function withAlias(reply: DnsMessage, alias: string): DnsMessage {
  const cname = {
    name: 'Plex.tv',
    type: DNS_TYPE.CNAME,
    class: 1,
    ttlSeconds: 60,
    data: { kind: 'bytes', bytes: nameBytes(alias) },
  } as const;
  return { ...reply, answers: [cname, ...reply.answers.map((record) => ({ ...record, name: alias }))] };
}

function nameBytes(name: string): Uint8Array {
  return concat(...name.split('.').map((label) => concat([label.length], Buffer.from(label))), [0]);
}

describe('DNS in captures', () => {
  it.each<[string, readonly Uint8Array[], object]>([
    [
      'a query without an answer',
      [asked(QUERY), asked(QUERY)],
      { rcode: null, addresses: [], count: 2, lastMs: FIRST_MS + 1 },
    ],
    [
      'an answer',
      [asked(QUERY), answered(dnsReply(QUERY, 0, ['192.0.2.1', '192.0.2.2']))],
      { rcode: 0, addresses: ['192.0.2.1', '192.0.2.2'], count: 1 },
    ],
    [
      'an answer alone',
      [answered(dnsReply(QUERY, DNS_RCODE.nxDomain))],
      { rcode: DNS_RCODE.nxDomain, addresses: [], count: 1 },
    ],
    [
      'an alias',
      [asked(QUERY), answered(withAlias(dnsReply(QUERY, 0, ['192.0.2.1']), 'cdn.example'))],
      { chain: ['cdn.example'], addresses: ['192.0.2.1'] },
    ],
  ])('%s', (_, packets, expected) => {
    const { dns, connections } = readCapture(etherPcap(packets));
    const ends = {
      name: 'plex.tv',
      type: DNS_TYPE.A,
      client: CLIENT,
      server: SERVER,
      serverPort: 53,
      firstMs: FIRST_MS,
    };
    expect(dns).toMatchObject([{ ...ends, ...expected }]);
    expect(connections).toMatchObject([{ protocol: 'dns', client: { address: CLIENT } }]);
  });

  it('reads DNS over TCP, with messages cut anywhere', () => {
    const c = new Conversation({ client: CLIENT, server: SERVER, serverPort: 53 });
    const framed = (message: DnsMessage) => concat(uint16(encodeDns(message).length), encodeDns(message));
    const six = dnsQuery(8, 'six.example', DNS_TYPE.AAAA);
    const queries = concat(framed(QUERY), framed(six));
    const reply = framed(dnsReply(six, 0, ['2001:db8::1']));
    const packets = [
      c.says(queries.subarray(0, 1)),
      c.says(queries.subarray(1, 40)),
      c.says(queries.subarray(40)),
      c.answers(reply),
    ];
    const { dns, reader, connections } = readCapture(etherPcap([...c.handshake(), ...packets]));
    expect(dns).toMatchObject([
      { name: 'plex.tv', rcode: null, client: CLIENT },
      { name: 'six.example', rcode: 0, addresses: ['2001:db8::1'], server: SERVER, serverPort: 53 },
    ]);
    expect(reader.namesOf('2001:db8::1', FIRST_MS + 100)).toEqual(['six.example']);
    expect(connections).toMatchObject([{ protocol: 'dns' }]);
  });

  it('knows all names of an address, from when each was answered on', () => {
    const other = dnsQuery(9, 'other.example', DNS_TYPE.A);
    const packets = [
      answered(withAlias(dnsReply(QUERY, 0, ['192.0.2.1']), 'cdn.example')),
      answered(dnsReply(other, 0, ['192.0.2.1'])),
      answered(dnsReply(QUERY, 0, ['192.0.2.1'])),
    ];
    const { reader } = readCapture(etherPcap(packets));
    expect(reader.namesOf('192.0.2.1', FIRST_MS - 1)).toEqual([]);
    expect(reader.namesOf('192.0.2.1', FIRST_MS)).toEqual(['plex.tv']);
    expect(reader.namesOf('192.0.2.1', FIRST_MS + 5)).toEqual(['plex.tv', 'other.example']);
    expect(reader.namesOf('192.0.2.9', FIRST_MS + 5)).toEqual([]);
  });

  it('takes the names of multicast answers, which repeat no question', () => {
    const reply = { ...dnsReply(dnsQuery(0, 'nas.local', DNS_TYPE.A), 0, ['10.0.0.9']), questions: [] };
    const { reader, dns } = readCapture(etherPcap([answered(reply, 5353)]));
    expect(reader.namesOf('10.0.0.9', FIRST_MS)).toEqual(['nas.local']);
    expect(dns).toEqual([]);
  });

  it('leaves what is no DNS', () => {
    const garbage = ip({ from: CLIENT, to: SERVER, protocol: PROTOCOL.udp, payload: udp(50_000, 53, [1, 2, 3]) });
    expect(readCapture(etherPcap([garbage])).dns).toEqual([]);
  });
});
