import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { placeKey } from '../../../src/core/judge/traffic/flows.ts';
import { toldOf, type Seen } from '../../../src/gather/observe/seen-flows.ts';
import type { Attempt } from '../../../src/gather/observe/trace/attempt.ts';
import { AttemptMatching } from '../../../src/gather/observe/trace/matching.ts';
import type { Sighting } from '../../../src/gather/observe/sockets/sockets.ts';
import type { CaptureConnection } from '../../../src/parse/capture/index.ts';
import { place } from '../../support/traces/trace-events.ts';

const NOW = 1_700_000_000_000;
/** The trace's clock counts from the start of the machine. */
const BOOT = NOW - 5_000;
const HOST = 'metadata.provider.plex.tv';
const PLEX = '45.76.1.2:443';
const PROXY = '192.168.1.1:3128';
const OWN = '192.168.1.2:40000';
const SCANNER = { pid: 931, name: 'Plex Media Scanner' };

function attempt(more: Partial<Attempt> = {}): Attempt {
  return {
    doer: SCANNER,
    transport: 'tcp',
    remote: place(PLEX),
    local: place(OWN),
    atMs: 5_000,
    lastMs: 5_000,
    settledMs: 5_001,
    outcome: 'refused',
    code: 'ECONNREFUSED',
    retransmits: 0,
    ...more,
  };
}

function connection(more: Partial<CaptureConnection> = {}): CaptureConnection {
  return {
    id: 0,
    transport: 'tcp',
    family: 4,
    client: place(OWN),
    server: place(PLEX),
    firstMs: NOW,
    lastMs: NOW,
    syns: 1,
    outcome: 'no-reply',
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

function sighting(more: Partial<Sighting> = {}): Sighting {
  const owner = { pid: 931, startTicks: 1, parentName: null, name: SCANNER.name, bornMs: 0, diedMs: null };
  return {
    transport: 'tcp',
    local: place(OWN),
    remote: place(PLEX),
    uid: 972,
    owner: { ...owner, networkNamespace: null },
    accepted: false,
    firstMs: NOW - 4_000,
    lastMs: NOW - 4_000,
    samples: 1,
    established: true,
    retransmits: 0,
    waitedFromMs: null,
    waitedToMs: null,
    ...more,
  };
}

interface Scene {
  readonly attempts?: readonly Attempt[];
  readonly connections?: readonly CaptureConnection[];
  readonly sightings?: readonly Sighting[];
  readonly confirms?: Attempt;
  /** From when on everything was traced; null: some records were lost. */
  readonly fromMs?: number | null;
  readonly more?: Partial<Seen>;
}

/** `process pid attribution → target route outcome tries, seen by whom`; and how many connections have no owner. */
function told({ attempts = [], connections = [], sightings = [], confirms, fromMs = NOW - 4_500, more }: Scene) {
  const matching = new AttemptMatching({
    attempts,
    isSendingTold: true,
    covers: (timeMs) => fromMs !== null && timeMs >= fromMs,
    wallMs: (traceMs) => BOOT + traceMs,
    confirm: () => confirms ?? null,
  });
  const { flows, unowned } = toldOf({
    matching,
    connections,
    sightings,
    socketsWithPort: (transport, port) =>
      sightings.filter((one) => one.transport === transport && one.local.port === port),
    processes: () => [],
    questionsFor: () => [],
    namesOf: (address) => (address === '45.76.1.2' ? [HOST] : []),
    lookups: new Map(),
    users: new Set([972]),
    networkIsPms: false,
    othersBornMs: [],
    sinceMs: NOW - 5_000,
    untilMs: NOW + 10_000,
    isLocal: (address) => address === '192.168.1.2' || address === 'fd77::2',
    surroundings: { proxies: new Set([placeKey('192.168.1.1', 3128)]), endpoints: CATALOGUE },
    ...more,
  });
  const lines = flows.map(
    ({ process, pid, attribution, names, address, port, route, outcome, tries, seenBy }) =>
      `${process} ${pid} ${attribution} → ${names[0]?.name ?? `${address}:${port}`} ${route} ${outcome} ${tries} ${seenBy.join('+')}`,
  );
  return unowned === 0 ? lines : [...lines, `${unowned} unowned`];
}

const S = 'Plex Media Scanner 931';
const V6 = '[2a10:dead:beef::2]:443';

describe('flows by the kernel’s trace', () => {
  it.each<[string, Scene, readonly string[]]>([
    [
      'the packets tell how it ended, the trace whose it is',
      { attempts: [attempt()], connections: [connection()] },
      [`${S} trace → ${HOST} direct no-reply 1 capture+trace`],
    ],
    [
      'no packet: the trace tells both',
      { attempts: [attempt({ local: null, outcome: 'prohibited', code: 'EACCES' })] },
      [`${S} trace → ${HOST} direct prohibited 1 trace`],
    ],
    [
      'a proxy that this host has no way to is not reached',
      { attempts: [attempt({ remote: place(PROXY), local: null, outcome: 'no-route' })] },
      [`${S} trace → 192.168.1.1:3128 proxy proxy-unreachable 1 trace`],
    ],
    [
      'waiting without an answer for a second: no reply',
      { attempts: [attempt({ outcome: null, settledMs: null, retransmits: 3 })] },
      [`${S} trace → ${HOST} direct no-reply 4 trace`],
    ],
    [
      'given up before that: not told',
      { attempts: [attempt({ outcome: null })] },
      [`${S} trace → ${HOST} direct null 1 trace`],
    ],
    ['what began while all was traced, and is in no trace, others did', { connections: [connection()] }, []],
    [
      'what began before may be PMS’s',
      { connections: [connection()], fromMs: NOW + 1 },
      [`null null null → ${HOST} direct no-reply 1 capture`, '1 unowned'],
    ],
    [
      'nothing is ruled out when records were lost',
      { connections: [connection()], fromMs: null },
      [`null null null → ${HOST} direct no-reply 1 capture`, '1 unowned'],
    ],
    [
      'a socket that was there before is PMS’s as long as its process lives',
      { connections: [connection({ syns: 0, outcome: 'established', bytesFromServer: 9 })], sightings: [sighting()] },
      [`${S} socket → ${HOST} direct ok 1 capture+socket`],
    ],
    [
      'what the trace tells is not told again by its socket',
      { attempts: [attempt()], sightings: [sighting()] },
      [`${S} trace → ${HOST} direct refused 1 trace`],
    ],
    [
      'nor is an attempt whose port is not known yet',
      {
        attempts: [attempt({ remote: place(V6), local: null, settledMs: null, outcome: null })],
        sightings: [sighting({ remote: place(V6), local: place('[fd77::2]:40000') })],
      },
      [`${S} trace → 2a10:dead:beef::2:443 direct no-reply 1 trace`],
    ],
    [
      'its packets are found by their time',
      {
        attempts: [attempt({ remote: place(V6), local: null, settledMs: null, outcome: null })],
        connections: [connection({ family: 6, client: place('[fd77::2]:40000'), server: place(V6), firstMs: NOW + 1 })],
      },
      [`${S} trace → 2a10:dead:beef::2:443 direct no-reply 1 capture+trace`],
    ],
    [
      'a rule of this host sent it elsewhere: the port tells',
      { attempts: [attempt({ remote: place('192.0.2.9:443') })], connections: [connection()] },
      [`${S} trace → ${HOST} direct no-reply 1 capture+trace`],
    ],
    [
      'a port that another used long before is not it',
      { attempts: [attempt({ atMs: -70_000, lastMs: -70_000 })], connections: [connection()] },
      [`${S} trace → ${HOST} direct refused 1 trace`],
    ],
    [
      'a packet confirms a datagram',
      {
        confirms: attempt({ transport: 'udp', outcome: null, settledMs: null }),
        connections: [connection({ transport: 'udp', syns: 0, outcome: 'unanswered', protocol: 'quic' })],
      },
      [`${S} trace → ${HOST} direct no-reply 1 capture+trace`],
    ],
    [
      'of PMS, though its process had ended before it was known',
      { attempts: [attempt({ doer: null })] },
      [`null null trace → ${HOST} direct refused 1 trace`],
    ],
    [
      'in a network that is PMS’s, what no process of its tree did is still of it',
      { connections: [connection()], more: { networkIsPms: true } },
      [`null null network → ${HOST} direct no-reply 1 capture`],
    ],
  ])('%s', (_name, scene, expected) => {
    expect(told(scene)).toEqual(expected);
  });
});
