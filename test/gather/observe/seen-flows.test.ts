import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { placeKey } from '../../../src/core/judge/traffic/flows.ts';
import type { AskedQuestion } from '../../../src/gather/observe/capture/live-packets.ts';
import type { TreeProcess } from '../../../src/gather/observe/processes/process-tree.ts';
import { flowsOf, questionsOf, type Seen } from '../../../src/gather/observe/seen-flows.ts';
import type { Owner, Sighting } from '../../../src/gather/observe/sockets/sockets.ts';
import type { CaptureConnection, CaptureRequest } from '../../../src/parse/capture/index.ts';
import { parseClientHello, type ClientHello } from '../../../src/parse/client-hello/index.ts';
import { tlsHello } from '../../support/packets/hello-builder.ts';

const NOW = 1_700_000_000_000;
const CLIENT = '192.168.1.2';
const PLEX = '45.76.1.2';
const PROXY = '192.168.1.1';
const HOST = 'metadata.provider.plex.tv';

function process(
  pid: number,
  name: string,
  bornMs = Number.NEGATIVE_INFINITY,
  diedMs: number | null = null,
): TreeProcess {
  return { pid, startTicks: pid, parentName: 'Plex Media Server', name, bornMs, diedMs, networkNamespace: 'net:[1]' };
}
const PMS = process(800, 'Plex Media Server');
const SCANNER = process(931, 'Plex Media Scanner', NOW - 40, NOW + 60);

function connection(more: Partial<CaptureConnection> = {}): CaptureConnection {
  return {
    id: 0,
    transport: 'tcp',
    family: 4,
    client: { address: CLIENT, port: 40_000 },
    server: { address: PLEX, port: 443 },
    firstMs: NOW,
    lastMs: NOW,
    syns: 1,
    outcome: 'refused',
    ended: false,
    icmp: null,
    bytesFromClient: 0,
    bytesFromServer: 0,
    protocol: null,
    hellos: [],
    unreadableHello: null,
    request: null,
    requests: [],
    ...more,
  };
}

function helloFor(name: string): ClientHello {
  const result = parseClientHello(tlsHello({ name }));
  if (result.kind !== 'complete') throw new Error(result.kind);
  return result.hello;
}

function connect(host: string, status: number | null): Partial<CaptureConnection> {
  const request: CaptureRequest = { form: 'connect', method: 'CONNECT', host, port: 443, status, count: 1 };
  return {
    server: { address: PROXY, port: 3128 },
    outcome: 'established',
    protocol: 'http-proxy',
    request,
    requests: [request],
  };
}

function sighting(owner: Owner, more: Partial<Sighting> = {}): Sighting {
  return {
    transport: 'tcp',
    local: { address: CLIENT, port: 40_000 },
    remote: { address: PLEX, port: 443 },
    uid: 972,
    owner,
    accepted: false,
    firstMs: NOW,
    lastMs: NOW + 10,
    samples: 1,
    established: false,
    retransmits: 0,
    waitedFromMs: NOW,
    waitedToMs: NOW + 10,
    ...more,
  };
}

function asked(more: Partial<AskedQuestion> = {}): AskedQuestion {
  const ends = { client: CLIENT, clientPort: 50_000, server: PROXY, serverPort: 53 };
  return {
    ...ends,
    name: HOST,
    type: 1,
    firstMs: NOW - 20,
    lastMs: NOW - 10,
    count: 1,
    rcode: 0,
    addresses: [PLEX],
    chain: [],
    ...more,
  };
}
const DNS_SOCKET = {
  transport: 'udp',
  local: { address: CLIENT, port: 50_000 },
  remote: { address: PROXY, port: 53 },
  firstMs: NOW - 20,
  lastMs: NOW - 20,
} as const;

interface Scene {
  readonly connections?: readonly CaptureConnection[];
  readonly sockets?: readonly Sighting[];
  readonly processes?: readonly TreeProcess[];
  readonly questions?: readonly AskedQuestion[];
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly lookups?: Readonly<Record<string, readonly string[]>>;
  readonly more?: Partial<Seen>;
}

function see({
  connections = [],
  sockets = [],
  processes = [PMS],
  questions = [],
  names = {},
  lookups = {},
  more = {},
}: Scene): Seen {
  return {
    connections,
    sightings: sockets.filter(({ owner }) => typeof owner === 'object'),
    matching: null,
    socketsWithPort: (transport, port) =>
      sockets.filter((one) => one.transport === transport && one.local.port === port),
    processes: () => processes,
    questionsFor: (address) => questions.filter(({ addresses }) => addresses.includes(address)),
    namesOf: (address) => names[address] ?? [],
    users: new Set([972]),
    networkIsPms: false,
    othersBornMs: [],
    sinceMs: NOW - 60_000,
    isLocal: (address) => address === CLIENT,
    surroundings: { proxies: new Set([placeKey(PROXY, 3128)]), endpoints: CATALOGUE },
    lookups: new Map(Object.entries(lookups)),
    untilMs: NOW + 10_000,
    ...more,
  };
}

/** `process pid attribution → name (source) route outcome tries`, what matters of each flow. */
function told(scene: Scene): readonly string[] {
  return flowsOf(see(scene)).map(
    ({ process: name, pid, attribution, address, port, names, route, outcome, tries }) =>
      `${name} ${pid} ${attribution} → ${names.map((one) => `${one.source}:${one.name}`).join(',') || `${address}:${port}`} ${route} ${outcome} ${tries}`,
  );
}

const NAMED = { names: { [PLEX]: [HOST] } };

describe('flowsOf: whose a connection is', () => {
  it.each<[string, Scene, readonly string[]]>([
    [
      'who held its socket made it',
      { ...NAMED, connections: [connection()], sockets: [sighting(SCANNER)] },
      [`Plex Media Scanner 931 socket → dns:${HOST} direct refused 1`],
    ],
    [
      'what another program held is left out',
      { ...NAMED, connections: [connection()], sockets: [sighting('stranger')] },
      [],
    ],
    [
      'what nobody held but another user is left out',
      {
        ...NAMED,
        connections: [connection()],
        sockets: [sighting('unresolved', { uid: 33 })],
        processes: [PMS, SCANNER],
      },
      [],
    ],
    [
      'a socket of the same port long before is another one',
      {
        ...NAMED,
        connections: [connection()],
        sockets: [sighting('stranger', { firstMs: NOW - 9_000, lastMs: NOW - 8_000 })],
      },
      [`null null null → dns:${HOST} direct refused 1`],
    ],
    [
      'who asked for its address made it',
      { ...NAMED, connections: [connection()], questions: [asked()], sockets: [sighting(SCANNER, DNS_SOCKET)] },
      [
        `Plex Media Scanner 931 dns → dns:${HOST} direct refused 1`,
        `Plex Media Scanner 931 socket → ${PROXY}:53 lan null 1`,
      ],
    ],
    [
      'where a stranger asked too, nobody is named',
      {
        ...NAMED,
        connections: [connection()],
        questions: [asked(), asked({ clientPort: 50_001 })],
        sockets: [
          sighting(PMS, DNS_SOCKET),
          sighting('stranger', { ...DNS_SOCKET, local: { address: CLIENT, port: 50_001 } }),
        ],
      },
      [`null null null → dns:${HOST} direct refused 1`, `Plex Media Server 800 socket → ${PROXY}:53 lan null 1`],
    ],
    [
      'the only child that lived around it made it',
      { ...NAMED, connections: [connection()], processes: [PMS, SCANNER] },
      [`Plex Media Scanner 931 elimination → dns:${HOST} direct refused 1`],
    ],
    [
      'of several of one name, that name did',
      { ...NAMED, connections: [connection()], processes: [PMS, SCANNER, { ...SCANNER, pid: 932 }] },
      [`Plex Media Scanner null elimination → dns:${HOST} direct refused 1`],
    ],
    [
      'of several programs, none is named',
      { ...NAMED, connections: [connection()], processes: [PMS, SCANNER, process(940, 'Plex Script Host', NOW - 5)] },
      [`null null null → dns:${HOST} direct refused 1`],
    ],
    [
      'who was born after it or died before it did not',
      {
        ...NAMED,
        connections: [connection()],
        processes: [
          PMS,
          process(931, 'Plex Media Scanner', NOW + 100),
          process(932, 'Plex Media Scanner', NOW - 900, NOW - 300),
        ],
      },
      [`null null null → dns:${HOST} direct refused 1`],
    ],
    [
      'a child is no proof where another program of the same user was born just then',
      { ...NAMED, connections: [connection()], processes: [PMS, SCANNER], more: { othersBornMs: [NOW - 500] } },
      [`null null null → dns:${HOST} direct refused 1`],
    ],
    [
      'other programs born long before, or later, do not matter',
      {
        ...NAMED,
        connections: [connection()],
        processes: [PMS, SCANNER],
        more: { othersBornMs: [NOW - 9e6, NOW + 500] },
      },
      [`Plex Media Scanner 931 elimination → dns:${HOST} direct refused 1`],
    ],
    [
      'a child that was born long before made it as little in the first seconds',
      {
        ...NAMED,
        connections: [connection()],
        processes: [PMS, process(700, 'Plex Tuner Service', NOW - 9e6)],
        more: { sinceMs: NOW - 500 },
      },
      [`null null null → dns:${HOST} direct refused 1`],
    ],
    [
      'in its first seconds, whoever was there before may have made it',
      {
        ...NAMED,
        connections: [connection()],
        processes: [PMS, process(700, 'Plex Script Host'), SCANNER],
        more: { sinceMs: NOW - 500 },
      },
      [`null null null → dns:${HOST} direct refused 1`],
    ],
    ['to another place, a child around it is no proof', { connections: [connection()], processes: [PMS, SCANNER] }, []],
    [
      'a proxy that refuses its clients concerns PMS, whoever called',
      { connections: [connection({ server: { address: PROXY, port: 3128 } })] },
      ['null null null → 192.168.1.1:3128 proxy proxy-unreachable 1'],
    ],
    [
      'or the only child around it did',
      { connections: [connection({ server: { address: PROXY, port: 3128 } })], processes: [PMS, SCANNER] },
      ['Plex Media Scanner 931 elimination → 192.168.1.1:3128 proxy proxy-unreachable 1'],
    ],
    [
      'what others ask of the proxy does not',
      { connections: [connection(connect('github.example', 200))], processes: [PMS, SCANNER] },
      [],
    ],
    [
      'in a network that is PMS’s, it is of PMS',
      { connections: [connection()], more: { networkIsPms: true } },
      [`null null network → ${PLEX}:443 direct refused 1`],
    ],
    [
      'what others opened is not PMS’s',
      { ...NAMED, connections: [connection({ client: { address: PLEX, port: 5 } })], processes: [PMS, SCANNER] },
      [],
    ],
    [
      'the end of an older connection is nobody’s',
      { ...NAMED, connections: [connection({ syns: 0, outcome: 'midway' })], processes: [PMS, SCANNER] },
      [],
    ],
  ])('%s', (_name, scene, expected) => {
    expect(told(scene)).toEqual(expected);
  });
});

describe('flowsOf: names, routes and ends', () => {
  const held = [sighting(SCANNER)];
  it.each<[string, Scene, readonly string[]]>([
    [
      'the client’s own word, and DNS where it says the same',
      {
        names: { [PLEX]: [HOST, 'plex.tv'] },
        sockets: held,
        connections: [
          connection({ outcome: 'established', protocol: 'tls', hellos: [helloFor(HOST)], bytesFromServer: 9 }),
        ],
      },
      [`Plex Media Scanner 931 socket → sni:${HOST},dns:${HOST} direct ok 1`],
    ],
    [
      'of several names, those that the process asked for',
      {
        names: { [PLEX]: [HOST, 'plex.tv'] },
        questions: [asked()],
        sockets: [...held, sighting(SCANNER, DNS_SOCKET)],
        connections: [connection()],
      },
      [
        `Plex Media Scanner 931 socket → dns:${HOST} direct refused 1`,
        `Plex Media Scanner 931 socket → ${PROXY}:53 lan null 1`,
      ],
    ],
    [
      'a proxy that has been silent for a moment may still answer',
      {
        sockets: [sighting(SCANNER, { remote: { address: PROXY, port: 3128 } })],
        connections: [connection(connect(HOST, null))],
        more: { untilMs: NOW + 1000 },
      },
      [`Plex Media Scanner 931 socket → connect:${HOST} proxy null 1`],
    ],
    [
      'one that hangs up at once is not silent',
      {
        sockets: [sighting(SCANNER, { remote: { address: PROXY, port: 3128 } })],
        connections: [connection({ ...connect(HOST, null), ended: true })],
      },
      [`Plex Media Scanner 931 socket → connect:${HOST} proxy proxy-error 1`],
    ],
    [
      'our own lookup where DNS was not seen',
      { lookups: { [PLEX]: [HOST] }, sockets: held, connections: [connection({ outcome: 'no-reply', syns: 3 })] },
      [`Plex Media Scanner 931 socket → lookup:${HOST} direct no-reply 3`],
    ],
    [
      'the proxy that let it through',
      {
        sockets: [sighting(SCANNER, { remote: { address: PROXY, port: 3128 } })],
        connections: [connection(connect(HOST, 200))],
      },
      [`Plex Media Scanner 931 socket → connect:${HOST} proxy ok 1`],
    ],
    [
      'the proxy that refused it',
      {
        sockets: [sighting(SCANNER, { remote: { address: PROXY, port: 3128 } })],
        connections: [connection(connect(HOST, 403))],
      },
      [`Plex Media Scanner 931 socket → connect:${HOST} proxy denied 1`],
    ],
    [
      'a login that was asked for and given is no refusal',
      { processes: [PMS, SCANNER], connections: [connection(connect(HOST, 407)), connection(connect(HOST, 200))] },
      [`Plex Media Scanner 931 elimination → connect:${HOST} proxy ok 1`],
    ],
    [
      'a proxy that is configured and cannot be reached',
      {
        names: { [PROXY]: ['proxy.lan'] },
        sockets: [sighting(SCANNER, { remote: { address: PROXY, port: 3128 } })],
        connections: [connection({ server: { address: PROXY, port: 3128 } })],
      },
      [`Plex Media Scanner 931 socket → ${PROXY}:3128 proxy proxy-unreachable 1`],
    ],
    [
      'the name in the hello to a proxy is the proxy’s',
      {
        sockets: [sighting(SCANNER, { remote: { address: PROXY, port: 3128 } })],
        connections: [
          connection({
            server: { address: PROXY, port: 3128 },
            outcome: 'established',
            protocol: 'tls',
            hellos: [helloFor('proxy.lan')],
            bytesFromServer: 9,
          }),
        ],
      },
      [`Plex Media Scanner 931 socket → ${PROXY}:3128 proxy null 1`],
    ],
    [
      'a SYN of the last moment has no end yet',
      { ...NAMED, sockets: held, connections: [connection({ outcome: 'no-reply' })], more: { untilMs: NOW + 300 } },
      [`Plex Media Scanner 931 socket → dns:${HOST} direct null 1`],
    ],
  ])('%s', (_name, scene, expected) => {
    expect(told(scene)).toEqual(expected);
  });

  it('counts equal connections, and says what each was seen by', () => {
    const twice = [
      connection({ ...connect(HOST, 200), id: 1 }),
      connection({ ...connect(HOST, 200), id: 2, firstMs: NOW + 10 }),
    ];
    const [flow, ...others] = flowsOf(see({ processes: [PMS, SCANNER], connections: twice }));
    expect(others).toEqual([]);
    expect(flow).toMatchObject({ count: 2, seenBy: ['capture'], targetPort: 443, status: 200 });
    expect(flowsOf(see({ ...NAMED, sockets: held, connections: [connection()] }))).toMatchObject([
      { seenBy: ['capture', 'socket'] },
    ]);
  });
});

describe('flowsOf: what nobody was seen to do', () => {
  it.each<[string, string, number, readonly string[]]>([
    ['a call to PMS that went to the proxy is kept', '127.0.0.1', 32_400, ['127.0.0.1 proxy denied']],
    ['one to another server of this host is not', '127.0.0.1', 8_080, []],
    ['nor is one to another host', 'media.example.net', 32_400, []],
  ])('%s', (_name, host, port, expected) => {
    const request: CaptureRequest = { form: 'absolute', method: 'GET', host, port, status: 403, count: 1 };
    const call = connection({ ...connect(host, 403), request, requests: [request] });
    const flows = flowsOf(see({ connections: [call] }));
    expect(flows.map(({ names, route, outcome }) => `${names[0]?.name} ${route} ${outcome}`)).toEqual(expected);
  });

  const missed = connection({ client: { address: CLIENT, port: 40_007 }, firstMs: NOW + 5_000 });
  const stranger = connection({ client: { address: CLIENT, port: 40_008 } });
  const scene = { ...NAMED, sockets: [sighting(SCANNER)] };
  const known = `Plex Media Scanner 931 socket → dns:${HOST} direct refused 1`;

  it.each<[string, Scene, readonly string[]]>([
    [
      'is of the program that did all the rest',
      { ...scene, connections: [connection(), missed] },
      [known, `Plex Media Scanner null elimination → dns:${HOST} direct refused 1`],
    ],
    [
      'is nobody’s where another program went there too',
      {
        ...scene,
        sockets: [...scene.sockets, sighting('stranger', { local: { address: CLIENT, port: 40_008 } })],
        connections: [connection(), missed, stranger],
      },
      [known, `null null null → dns:${HOST} direct refused 1`],
    ],
    [
      'is nobody’s where two programs of PMS did the rest',
      {
        ...scene,
        sockets: [...scene.sockets, sighting(PMS, { local: { address: CLIENT, port: 40_008 } })],
        connections: [connection(), missed, stranger],
      },
      [
        known,
        `null null null → dns:${HOST} direct refused 1`,
        `Plex Media Server 800 socket → dns:${HOST} direct refused 1`,
      ],
    ],
  ])('%s', (_name, seen, expected) => {
    expect(told(seen)).toEqual(expected);
  });
});

describe('flowsOf: sockets without packets', () => {
  it.each<[string, Partial<Sighting>, readonly string[]]>([
    ['connected', { established: true }, [`Plex Media Scanner 931 socket → lookup:${HOST} direct ok 1`]],
    [
      'waiting for longer than a second',
      { waitedToMs: NOW + 1_500 },
      [`Plex Media Scanner 931 socket → lookup:${HOST} direct no-reply 1`],
    ],
    ['with SYNs sent again', { retransmits: 2 }, [`Plex Media Scanner 931 socket → lookup:${HOST} direct no-reply 3`]],
    ['there once, and gone', {}, [`Plex Media Scanner 931 socket → lookup:${HOST} direct null 1`]],
    ['accepted', { accepted: true, established: true }, []],
    ['UDP that was connected to learn the way', { transport: 'udp' }, []],
    [
      'UDP that stays',
      { transport: 'udp', samples: 2 },
      [`Plex Media Scanner 931 socket → lookup:${HOST} direct null 1`],
    ],
    [
      'to the proxy',
      { remote: { address: PROXY, port: 3128 }, established: true },
      [`Plex Media Scanner 931 socket → ${PROXY}:3128 proxy null 1`],
    ],
  ])('%s', (_name, more, expected) => {
    expect(told({ lookups: { [PLEX]: [HOST] }, sockets: [sighting(SCANNER, more)] })).toEqual(expected);
  });

  it('keeps what may be PMS’s by its user only where the catalogue has it', () => {
    const sightings = [sighting('unresolved'), sighting('unresolved', { remote: { address: '45.76.9.9', port: 443 } })];
    expect(told({ lookups: { [PLEX]: [HOST] }, more: { sightings } })).toEqual([
      `null null null → lookup:${HOST} direct null 1`,
    ]);
  });
});

describe('questionsOf', () => {
  const questions = (scene: Scene): readonly string[] => {
    const seen = see(scene);
    return questionsOf(scene.questions ?? [], seen, seen.surroundings).map(
      (one) => `${one.process} ${one.name} ${one.type} ${one.result} ${one.count}`,
    );
  };
  const other = 'printer.example.com';

  it.each<[string, Scene, readonly string[]]>([
    [
      'of a process of PMS',
      { questions: [asked({ name: other })], sockets: [sighting(SCANNER, DNS_SOCKET)] },
      [`Plex Media Scanner ${other} A answered 1`],
    ],
    ['of a stranger', { questions: [asked()], sockets: [sighting('stranger', DNS_SOCKET)] }, []],
    [
      'of nobody known, for the catalogue',
      { questions: [asked(), asked({ clientPort: 50_001 })] },
      [`null ${HOST} A answered 2`],
    ],
    ['of nobody known, for another name', { questions: [asked({ name: other })] }, []],
    ['of another machine', { questions: [asked({ client: '192.168.1.9' })] }, []],
    ['that were not answered', { questions: [asked({ rcode: null, addresses: [] })] }, [`null ${HOST} A no reply 1`]],
  ])('%s', (_name, scene, expected) => {
    expect(questions(scene)).toEqual(expected);
  });
});
