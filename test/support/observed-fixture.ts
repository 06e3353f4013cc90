import { CATALOGUE } from '../../src/catalog/catalogue.ts';
import { judge } from '../../src/cli/judge.ts';
import { notRun, type Evidence } from '../../src/core/evidence.ts';
import type { PmsLog, PmsRequest, Traffic } from '../../src/core/traffic.ts';
import { evidenceFixture } from './evidence-fixture.ts';
import { directFlow, pmsLog, proxiedFlow, question, traffic, watcher } from './traffic-fixture.ts';

/** Evidence of PMS's own traffic in three situations, with reports that were judged from it. */

const METADATA = 'metadata.provider.plex.tv';
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 14, 2, seconds)).toISOString();
const WATCHED = { from: at(11), to: at(23) };

const SOCKETS = watcher('socket', {
  ...WATCHED,
  source: 'sockets of 3 processes, every 100 ms',
  misses: ['a connection that lives for less than 100 ms'],
});
const PACKETS = watcher('capture', {
  ...WATCHED,
  source: 'packets of the network of pid 812',
  misses: ['names of connections that were open before'],
});
const ACCESS_LOG = watcher('access-log', {
  from: at(0),
  to: at(55),
  source: '/var/log/squid/access.log',
  misses: ['a tunnel that is still open is not logged yet'],
});

const dnsAndSni = (name: string) => [
  { name, source: 'sni' as const, outer: false },
  { name, source: 'dns' as const, outer: false },
];
const times = (from: number, to: number) => ({ firstAt: at(from), lastAt: at(to) });

/** What a scanner that ignores its variables leaves behind, in all ways in which that can be seen. */
const BYPASSES: Traffic['flows'] = [
  directFlow(METADATA, {
    ...times(12, 19),
    names: dnsAndSni(METADATA),
    address: '203.0.113.77',
    protocol: 'tls',
    seenBy: ['capture', 'socket'],
  }),
  ...[940, 941, 942].map((pid) =>
    directFlow('plex.tv', {
      ...times(13, 14),
      pid,
      attribution: 'elimination',
      address: '203.0.113.78',
      outcome: 'prohibited',
      code: 'admin-prohibited',
      tries: 1,
    }),
  ),
  directFlow(null, {
    ...times(15, 15),
    process: 'Plex Tuner Service',
    pid: 950,
    address: '2001:db8::77',
    family: 6,
    seenBy: ['socket'],
    outcome: 'refused',
    tries: 1,
  }),
  directFlow(null, {
    ...times(15, 16),
    process: 'Plex Media Server',
    pid: 812,
    address: '203.0.113.80',
    names: ['a.cdn.example.net', 'b.cdn.example.net'].map((name) => ({ name, source: 'dns', outer: false })),
    outcome: 'ok',
    tries: 1,
  }),
  directFlow('image.tmdb.org', {
    ...times(16, 16),
    address: '203.0.113.81',
    names: [{ name: 'image.tmdb.org', source: 'lookup', outer: false }],
    seenBy: ['socket'],
    outcome: null,
    tries: 1,
  }),
  directFlow('ech.example.com', {
    ...times(16, 17),
    process: null,
    pid: null,
    attribution: 'network',
    address: '203.0.113.82',
    transport: 'udp',
    protocol: 'quic',
    names: [{ name: 'ech.example.com', source: 'sni', outer: true }],
    outcome: 'ok',
    tries: 2,
  }),
];

const TUNNELS: Traffic['flows'] = [
  proxiedFlow('plex.tv', { ...times(12, 20), count: 12, tries: 12, seenBy: ['access-log'] }),
  proxiedFlow('metrics.plex.tv', {
    ...times(12, 20),
    outcome: 'denied',
    code: 'TCP_DENIED',
    status: 403,
    count: 3,
    tries: 3,
  }),
  proxiedFlow('updates.example.org', { ...times(13, 13), targetPort: 8443 }),
];

const REQUEST: PmsRequest = {
  log: 'Plex Media Scanner Matcher',
  scheme: 'https',
  host: METADATA,
  port: 443,
  method: 'GET',
  status: null,
  curl: 28,
  error: 'Connection timed out',
  outcome: 'no-reply',
  count: 4,
  ...times(12, 19),
};

const PMS_LOG: PmsLog = pmsLog({
  files: [
    {
      name: 'Plex Media Server.log',
      version: '1.41.3.9314-a0bfb8370',
      zoneOffsetMinutes: -360,
      from: at(0),
      to: at(55),
      lines: 4_812,
      unread: 3,
    },
  ],
  requests: [
    REQUEST,
    { ...REQUEST, curl: 6, error: 'Could not resolve host', outcome: 'unresolved', host: 'plex.tv', count: 2 },
    {
      ...REQUEST,
      log: 'Plex Media Server',
      curl: null,
      error: null,
      outcome: 'ok',
      host: 'plex.tv',
      status: 200,
      count: 31,
    },
    { ...REQUEST, log: 'Plex Media Server', curl: null, error: null, outcome: null, host: 'pubsub.plex.tv', count: 1 },
  ],
  states: [
    { at: at(1), kind: 'sign-in', value: 'none' },
    { at: at(2), kind: 'sign-in', value: 'ok' },
    { at: at(2), kind: 'mapping', value: 'Unknown' },
    { at: at(5), kind: 'providers', value: '1' },
    { at: at(19), kind: 'providers', value: '0' },
    { at: at(5), kind: 'provider', value: 'tv.plex.provider.metadata online' },
  ],
  scans: [
    { at: at(11), kind: 'refused', section: '4', status: 503, command: null },
    { at: at(12), kind: 'started', section: '1', status: 200, command: null },
    { at: at(12), kind: 'child', section: null, status: null, command: 'Plex Media Scanner --match --type 8' },
  ],
  proxyClockOffsetSeconds: 3.2,
});

const QUESTIONS: Traffic['questions'] = [
  question(METADATA, { ...times(12, 19), addresses: ['203.0.113.77'], count: 4 }),
  question('nas.int.example.org', { ...times(12, 12), result: 'NXDOMAIN', addresses: [] }),
];

function evidence(
  command: string,
  more: Parameters<typeof evidenceFixture>[0],
  items: Partial<Evidence['items']> = {},
): Evidence {
  const made = evidenceFixture({ endpoints: CATALOGUE, ...more }, items);
  return { ...made, run: { ...made.run, command, startedAt: at(11), durationMs: 12_400 } };
}

const NOTHING_PROBED = notRun('NOT_PROBED', 'this command probes nothing');
const UNPROBED: Partial<Evidence['items']> = {
  'attempts.direct': NOTHING_PROBED,
  'attempts.proxy': NOTHING_PROBED,
  resolver: NOTHING_PROBED,
  proxies: NOTHING_PROBED,
};

export const OBSERVED_EVIDENCE = {
  /** `check --observe`: probes, sockets, packets and the log of the proxy at once; several programs go around it. */
  observedBypass: evidence('check', {
    traffic: traffic([...BYPASSES, ...TUNNELS], {
      watchers: [SOCKETS, PACKETS, ACCESS_LOG],
      questions: QUESTIONS,
    }),
    pmsLog: PMS_LOG,
  }),
  /** `read` of a log of the proxy, one of PMS and a file that is neither: nothing was probed, and no settings are known. */
  readOnly: {
    ...evidence(
      'read',
      {
        traffic: traffic(TUNNELS, {
          watchers: [
            {
              ...ACCESS_LOG,
              problems: ['2 of 500 lines could not be read, the first is line 17 (column 9: no status)'],
            },
          ],
          omitted: 4,
        }),
        pmsLog: PMS_LOG,
      },
      { ...UNPROBED, pms: NOTHING_PROBED, settings: NOTHING_PROBED },
    ),
  },
  /** `observe` of a PMS that obeys: everything through the proxy. */
  watchedClean: evidence(
    'observe',
    {
      traffic: traffic(
        ['plex.tv', METADATA, 'pubsub.plex.tv'].map((host) =>
          proxiedFlow(host, {
            ...times(12, 20),
            names: [{ name: host, source: 'connect', outer: false }],
            process: 'Plex Media Server',
            pid: 812,
            attribution: 'socket',
            address: '10.0.0.3',
            port: 3128,
            protocol: 'http-proxy',
            code: null,
            seenBy: ['capture'],
          }),
        ),
        { watchers: [SOCKETS, PACKETS] },
      ),
    },
    UNPROBED,
  ),
} as const satisfies Readonly<Record<string, Evidence>>;

const INPUTS = [
  { name: '/var/log/squid/access.log', kind: 'squid', state: 'partly', note: '2 of 500 lines could not be read' },
  { name: 'Plex Media Server.log', kind: 'pms-log', state: 'read', note: null },
  { name: 'notes.pdf', kind: 'pdf', state: 'not-read', note: 'a PDF document; expected a log or a capture' },
] as const;
const READ = OBSERVED_EVIDENCE.readOnly;

export const OBSERVED_REPORTS = {
  observedBypass: judge(OBSERVED_EVIDENCE.observedBypass, null),
  readOnly: judge({ ...READ, run: { ...READ.run, inputs: INPUTS } }, null),
  watchedClean: judge(OBSERVED_EVIDENCE.watchedClean, null),
} as const;
