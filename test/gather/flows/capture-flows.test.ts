import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import type { Flow } from '../../../src/core/model/traffic.ts';
import { flowsOfCapture, flowsOfConnection, towardsProxy } from '../../../src/gather/flows/capture-flows.ts';
import type { CaptureConnection, CaptureRequest } from '../../../src/parse/capture/index.ts';
import { NAMELESS_KEPT, OTHERS_KEPT, Relevance } from '../../../src/gather/flows/relevance.ts';
import type { ClientHello } from '../../../src/parse/client-hello/index.ts';
import { DNS_RCODE, dnsQuery, dnsReply, encodeDns } from '../../../src/parse/dns.ts';
import { readCapture } from '../../support/packets/capture-reading.ts';
import { tlsHello } from '../../support/packets/hello-builder.ts';
import { Conversation, etherPcap, ip, udp } from '../../support/packets/pcap-builder.ts';

const relevance = new Relevance(CATALOGUE);

function connection(more: Partial<CaptureConnection> = {}): CaptureConnection {
  return {
    id: 0,
    transport: 'tcp',
    family: 4,
    client: { address: '10.0.0.2', port: 40_000 },
    server: { address: '203.0.113.5', port: 443 },
    firstMs: 0,
    lastMs: 1000,
    syns: 1,
    outcome: 'established',
    ended: false,
    icmp: null,
    bytesFromClient: 500,
    bytesFromServer: 4000,
    protocol: 'tls',
    hellos: [],
    unreadableHello: null,
    request: null,
    requests: [],
    ...more,
  };
}

function hello(name: string, outer = false): ClientHello {
  return {
    framing: 'tls',
    serverName: { kind: 'name', name },
    outer,
    ech: outer,
    esni: false,
    alpn: [],
    legacyVersion: 0x0303,
    versions: [0x0304],
  };
}

describe('names of hellos', () => {
  it.each<[string, ClientHello['serverName'], readonly string[]]>([
    ['a name', { kind: 'name', name: 'Plex.TV' }, ['plex.tv']],
    ['a name that breaks a rule', { kind: 'unreadable', offset: 0, rule: 'dot', text: 'plex.tv.' }, ['plex.tv']],
    ['nothing in the place of a name', { kind: 'unreadable', offset: 0, rule: 'empty', text: null }, []],
    ['an address', { kind: 'address', address: '203.0.113.5' }, []],
    ['no name', { kind: 'absent' }, []],
  ])('%s', (_, serverName, expected) => {
    const flows = flowsOfConnection(connection({ hellos: [{ ...hello('x'), serverName }] }), []);
    expect(flows.flatMap(({ names }) => names.map(({ name }) => name))).toEqual(expected);
  });
});

describe('what direct connections met', () => {
  const rows: readonly (readonly [Partial<CaptureConnection>, Flow['outcome'], string | null])[] = [
    [{ outcome: 'established' }, 'ok', null],
    [{ outcome: 'established', bytesFromClient: 0, bytesFromServer: 0, lastMs: 60_000 }, 'ok', null],
    [{ outcome: 'established', bytesFromServer: 0, lastMs: 1000 }, 'ok', null],
    [{ outcome: 'established', bytesFromServer: 0, lastMs: 9000 }, 'stalled', null],
    [{ outcome: 'midway' }, 'ok', null],
    [{ outcome: 'refused' }, 'refused', null],
    [{ outcome: 'prohibited', icmp: 'admin-prohibited' }, 'prohibited', 'admin-prohibited'],
    [{ outcome: 'unreachable', icmp: 'host-unreachable' }, 'no-route', 'host-unreachable'],
    [{ outcome: 'no-reply', syns: 4 }, 'no-reply', null],
    [{ outcome: 'reset' }, 'cut', 'reset'],
    [{ transport: 'udp', outcome: 'answered' }, 'ok', null],
    [{ transport: 'udp', outcome: 'unanswered' }, 'no-reply', null],
  ];
  it.each(rows)('%j', (more, outcome, code) => {
    expect(flowsOfConnection(connection(more), [])).toMatchObject([{ route: 'direct', outcome, code }]);
  });
});

describe('what a proxy made of a request', () => {
  const rows: readonly (readonly [Partial<CaptureRequest>, Partial<CaptureConnection>, Flow['outcome']])[] = [
    [{ form: 'connect', status: 200 }, {}, 'ok'],
    [{ form: 'connect', status: 403 }, {}, 'denied'],
    [{ form: 'connect', status: 407 }, {}, 'proxy-auth'],
    [{ form: 'connect', status: 503 }, {}, 'proxy-error'],
    [{ form: 'connect', status: 404 }, {}, 'proxy-error'],
    [{ form: 'connect', status: null }, { bytesFromServer: 0 }, 'proxy-silent'],
    [{ form: 'connect', status: null }, { bytesFromServer: 0, ended: true, firstMs: 0, lastMs: 40 }, 'proxy-error'],
    [{ form: 'connect', status: null }, { bytesFromServer: 0, ended: true, firstMs: 0, lastMs: 3000 }, 'proxy-silent'],
    [{ form: 'connect', status: null }, { outcome: 'reset' }, 'cut'],
    [{ form: 'connect', status: null }, { outcome: 'midway' }, null],
    [{ form: 'absolute', status: 404 }, {}, 'ok'],
    [{ form: 'absolute', status: 403 }, {}, 'denied'],
    [{ form: 'absolute', status: 504 }, {}, 'proxy-error'],
    [{ form: 'socks5', status: 0 }, { protocol: 'socks' }, 'ok'],
    [{ form: 'socks5', status: 2 }, { protocol: 'socks' }, 'denied'],
    [{ form: 'socks5', status: 5 }, { protocol: 'socks' }, 'proxy-error'],
    [{ form: 'socks4', status: 90 }, { protocol: 'socks' }, 'ok'],
    [{ form: 'socks4', status: 91 }, { protocol: 'socks' }, 'proxy-error'],
  ];
  it.each(rows)('%j %j', (partial, more, outcome) => {
    const request: CaptureRequest = {
      form: 'connect',
      method: null,
      host: 'plex.tv',
      port: 443,
      status: 200,
      count: 1,
      ...partial,
    };
    const flows = flowsOfConnection(connection({ protocol: 'http-proxy', requests: [request], request, ...more }), []);
    expect(flows).toMatchObject([{ route: 'proxy', outcome, status: request.status, targetPort: 443 }]);
  });

  it('is nothing where a greeting of SOCKS was never answered', () => {
    const request: CaptureRequest = {
      form: 'socks5',
      method: null,
      host: 'plex.tv',
      port: 443,
      status: null,
      count: 1,
    };
    const flows = flowsOfConnection(connection({ protocol: 'socks', requests: [request] }), []);
    expect(flows).toMatchObject([{ route: 'direct' }]);
  });

  it('is one flow for each host that was asked for over one connection', () => {
    const ask = (host: string, count: number): CaptureRequest => ({
      form: 'absolute',
      method: 'GET',
      host,
      port: 80,
      status: 200,
      count,
    });
    const requests = [ask('resources-cdn.plexapp.com', 3), ask('tvthemes.plexapp.com', 1)];
    const flows = flowsOfConnection(connection({ protocol: 'http-proxy', requests, hellos: [] }), []);
    expect(flows.map(({ names, count }) => [names[0]?.name, names[0]?.source, count])).toEqual([
      ['resources-cdn.plexapp.com', 'host', 3],
      ['tvthemes.plexapp.com', 'host', 1],
    ]);
  });
});

describe('names', () => {
  it('gives all of them, the surest first, and marks outer ones', () => {
    const [flow] = flowsOfConnection(connection({ hellos: [hello('Cover.Example.', true)] }), [
      'plex.tv',
      'other.example',
    ]);
    expect(flow?.names).toEqual([
      { name: 'cover.example', source: 'sni', outer: true },
      { name: 'plex.tv', source: 'dns', outer: false },
      { name: 'other.example', source: 'dns', outer: false },
    ]);
  });

  it('keeps the host of CONNECT and the name inside the tunnel apart', () => {
    const request: CaptureRequest = {
      form: 'connect',
      method: 'CONNECT',
      host: 'plex.tv',
      port: 443,
      status: 200,
      count: 1,
    };
    const [flow] = flowsOfConnection(
      connection({ protocol: 'http-proxy', request, requests: [request], hellos: [hello('else.example')] }),
      ['proxy.example'],
    );
    expect(flow?.names.map(({ name, source }) => `${source} ${name}`)).toEqual(['sni else.example', 'connect plex.tv']);
  });
});

describe('a hello behind several requests', () => {
  const ask = (form: CaptureRequest['form'], host: string, status: number): CaptureRequest => ({
    form,
    method: 'GET',
    host,
    port: 443,
    status,
    count: 1,
  });
  it.each<[string, readonly CaptureRequest[]]>([
    ['plain HTTP first', [ask('absolute', 'a.example', 200), ask('connect', 'plex.tv', 200)]],
    ['one that was refused', [ask('connect', 'a.example', 403), ask('connect', 'plex.tv', 200)]],
  ])('belongs to the tunnel: %s', (_, requests) => {
    const flows = flowsOfConnection(
      connection({ protocol: 'http-proxy', requests, hellos: [hello('inside.example')] }),
      [],
    );
    expect(flows.map(({ names }) => names.map(({ name }) => name))).toEqual([
      ['a.example'],
      ['inside.example', 'plex.tv'],
    ]);
  });
});

describe('a place that turns out to be a proxy', () => {
  const rows: readonly (readonly [Flow['outcome'], Flow['outcome'], string | null])[] = [
    ['no-reply', 'proxy-unreachable', 'no-reply'],
    ['refused', 'proxy-unreachable', 'refused'],
    ['no-route', 'proxy-unreachable', 'no-route'],
    ['stalled', 'proxy-silent', null],
    ['cut', 'cut', null],
    ['ok', null, null],
  ];
  it.each(rows)('%s becomes %s', (before, after, code) => {
    const [flow] = flowsOfConnection(connection(), ['proxy.example']);
    if (flow === undefined) throw new Error('no flow');
    expect(towardsProxy({ ...flow, outcome: before })).toMatchObject({
      route: 'proxy',
      outcome: after,
      code,
      names: [],
      targetPort: null,
    });
  });
});

describe('a whole capture', () => {
  function ask(name: string, type: number, rcode: number, addresses: readonly string[], port = 53): Uint8Array[] {
    const query = dnsQuery(7, name, type);
    const client = { from: '10.0.0.2', to: '10.0.0.1' };
    const sent = ip({ ...client, protocol: 17, payload: udp(50_000 + type, port, encodeDns(query)) });
    const reply = ip({
      from: client.to,
      to: client.from,
      protocol: 17,
      payload: udp(port, 50_000 + type, encodeDns(dnsReply(query, rcode, addresses))),
    });
    return rcode < 0 ? [sent] : [sent, reply];
  }

  it('tells DNS questions with their answers, and gives addresses their names', () => {
    const conversation = new Conversation({ server: '203.0.113.5' });
    const { reader } = readCapture(
      etherPcap([
        ...ask('plex.tv', 1, DNS_RCODE.noError, ['203.0.113.5']),
        ...ask('plex.tv', 28, DNS_RCODE.noError, []),
        ...ask('nowhere.example', 1, DNS_RCODE.nxDomain, []),
        ...ask('refused.example', 65, DNS_RCODE.refused, []),
        ...ask('silent.example', 16, -1, []),
        ...conversation.handshake(),
      ]),
    );
    const { flows, questions } = flowsOfCapture(reader, relevance);
    expect(questions.map(({ name, type, result }) => `${name} ${type} ${result}`)).toEqual([
      'plex.tv A answered',
      'plex.tv AAAA no address',
      'nowhere.example A NXDOMAIN',
      'refused.example HTTPS REFUSED',
      'silent.example TXT no reply',
    ]);
    expect(flows.find(({ transport }) => transport === 'tcp')?.names).toEqual([
      { name: 'plex.tv', source: 'dns', outer: false },
    ]);
  });

  it('counts equal connections', () => {
    const packets = [1, 2, 3].flatMap((n) => {
      const c = new Conversation({ clientPort: 40_000 + n });
      return [...c.handshake(), c.says(tlsHello({ name: 'plex.tv' })), c.answers([22, 3, 3])];
    });
    const { flows } = flowsOfCapture(readCapture(etherPcap(packets)).reader, relevance);
    expect(flows).toMatchObject([{ count: 3, tries: 3, names: [{ name: 'plex.tv', source: 'sni' }] }]);
  });

  it('leaves out hosts that do not concern PMS where there are very many', () => {
    const packets = Array.from({ length: OTHERS_KEPT + 7 }, (_, n) => {
      const c = new Conversation({ server: `198.51.${100 + (n >> 8)}.${n & 0xff}`, clientPort: 1024 + n });
      return [...c.handshake(), c.says(tlsHello({ name: 'bank.example' }))];
    }).flat();
    const last = new Conversation({ server: '203.0.113.5' });
    const { flows, omitted } = flowsOfCapture(readCapture(etherPcap([...packets, last.syn()])).reader, relevance);
    expect(omitted).toBe(7);
    expect(flows).toHaveLength(OTHERS_KEPT + 1);
    expect(flows.at(-1)?.address).toBe('203.0.113.5');
  });

  it('are no more than a report can hold without a name either', () => {
    const packets = Array.from({ length: NAMELESS_KEPT + 7 }, (_, n) =>
      new Conversation({ server: `198.51.${n >> 8}.${n & 0xff}`, clientPort: 1024 + n }).syn(),
    );
    const { flows, omitted } = flowsOfCapture(readCapture(etherPcap(packets)).reader, relevance);
    expect(omitted).toBe(7);
    expect(flows).toHaveLength(NAMELESS_KEPT);
  });
});
