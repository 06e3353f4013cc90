import { describe, expect, it } from 'vitest';
import { judge } from '../../src/app/judge.ts';
import { evidenceSchema, notRun, ok, type Evidence } from '../../src/core/model/evidence.ts';
import { reportSchema, type Report } from '../../src/core/model/report.ts';
import type { FlowName, PmsLog, Traffic } from '../../src/core/model/traffic.ts';
import { DEFAULT_OPTIONS } from '../../src/report/blocks/options.ts';
import { FORMATS } from '../../src/report/index.ts';
import { sanitizeEvidence, sanitizeReport } from '../../src/sanitize/documents.ts';
import { NO_LOCAL_NAMES, seedsFrom } from '../../src/sanitize/seeds-of-evidence.ts';
import { withStandIns } from '../../src/sanitize/stand-ins.ts';
import { endpoint, ENDPOINTS } from '../support/fixtures/facts.ts';
import { evidenceFixture } from '../support/fixtures/evidence.ts';
import { OBSERVED_EVIDENCE } from '../support/fixtures/observed.ts';
import { leaks, plant, stringPaths } from '../support/plant.ts';
import { directFlow, pmsLog, proxiedFlow, question, traffic, watcher } from '../support/fixtures/traffic.ts';

const HASH = '0123456789abcdef0123456789abcdef';
const CANARIES = [
  'zq',
  '45.76.0.77',
  '77.0.76.45',
  '192.168.44.5',
  '5.44.168.192',
  '192-168-44-5',
  'fd12:3456',
  '2.1.d.f.ip6',
  HASH,
  's3cr3t',
  'aB3dEfGh1JkLmN0pQrSt',
];

const named = (name: string, source: FlowName['source'] = 'sni'): FlowName => ({ name, source, outer: false });

const TRAFFIC: Traffic = traffic(
  [
    directFlow('metadata.provider.plex.tv', {
      client: '192.168.44.5',
      address: '45.76.0.77',
      code: 'admin-prohibited',
    }),
    directFlow('media.zqcorp.com', {
      client: 'zqclient.lan',
      address: '45.76.0.77',
      names: [named('media.zqcorp.com')],
    }),
    directFlow('zqnas', { names: [named('zqnas', 'dns'), named('zqother', 'dns')] }),
    directFlow('a1.zqcdn.example.net', {
      address: 'fd12:3456:789a::1',
      family: 6,
      names: [named('a1.zqcdn.example.net')],
    }),
    directFlow('zqbackup.zip', { client: 'zqdesktop', names: [named('zqbackup.zip')] }),
    directFlow(null, { names: [named(`192-168-44-5.${HASH}.plex.direct`)], targetPort: 8443, port: 8443 }),
    proxiedFlow('plex.tv', { client: '192.168.44.5', count: 12 }),
    proxiedFlow('tube.zqvideo.org', { client: 'zqdesktop', code: 'TCP_DENIED', status: 403, outcome: 'denied' }),
    proxiedFlow(null, { code: 'error:invalid-request', status: 400, outcome: null }),
  ],
  {
    watchers: [
      watcher('socket', { live: true, source: 'sockets of 3 processes, every 100 ms' }),
      watcher('capture', {
        source: '/home/zqalice/zqcaptures/zqcorp-fw.pcap',
        problems: ['zqcorp-fw.pcap ends inside a packet', 'in /home/zqalice/zqcaptures/zqcorp-fw.pcap'],
      }),
      watcher('access-log', {
        source: '/srv/zqcorp/access.log (2 files)',
        problems: ['/srv/zqcorp/access.log: line 3 of zqclient.lan', 'access.log.1: 3 lines from 192.168.44.5'],
        misses: ['a tunnel that is still open'],
      }),
    ],
    questions: [
      question('zqprinter', { client: '192.168.44.5', server: '192.168.44.5', addresses: ['45.76.0.77'] }),
      question('zqmail.zip', { server: 'fd12:3456:789a::1' }),
      question('5.44.168.192.in-addr.arpa', { type: 'PTR', result: 'no address', addresses: [] }),
      question(`1.${'0.'.repeat(19)}a.9.8.7.6.5.4.3.2.1.d.f.ip6.arpa`, { type: 'PTR' }),
      question('metadata.provider.plex.tv', { result: 'NXDOMAIN', addresses: [] }),
    ],
  },
);

const REQUEST: PmsLog['requests'][number] = {
  log: 'Plex Media Scanner Matcher',
  scheme: 'https',
  host: 'metadata.provider.plex.tv',
  port: 443,
  method: 'GET',
  status: null,
  curl: 6,
  error: 'Could not resolve host: zqgit',
  outcome: 'unresolved',
  count: 2,
  firstAt: null,
  lastAt: '2026-01-01T00:00:30',
};
const LOG: PmsLog = pmsLog({
  files: [{ ...pmsLog().files[0]!, name: 'zqbox/Logs/zqserver.1.log' }],
  requests: [REQUEST, { ...REQUEST, host: 'zqgit' }, { ...REQUEST, host: 'zqtube.example.org' }],
  states: [{ at: '2026-01-01T00:00:30', kind: 'provider', value: 'tv.plex.provider.metadata offline' }],
  scans: [{ at: null, kind: 'child', section: '4', status: null, command: 'Plex Media Scanner --match --type 8' }],
});

const RAW: Evidence = evidenceFixture({
  endpoints: [
    ...ENDPOINTS,
    endpoint('*.zqcdn.example.net', { custom: true, kind: 'wildcard', probeHost: 'a1.zqcdn.example.net', id: 'zqcdn' }),
  ],
  traffic: TRAFFIC,
  pmsLog: LOG,
});
const EVIDENCE: Evidence = {
  ...RAW,
  run: {
    ...RAW.run,
    inputs: [
      { name: '/home/zqalice/zqcaptures/zqcorp-fw.pcap', kind: 'pcap', state: 'partly', note: 'cut in zqcorp-fw.pcap' },
      { name: 'Plex Media Scanner Matcher.2.log', kind: 'pms-log', state: 'read', note: null },
    ],
  },
};

const surviving = (text: string): readonly string[] => leaks(text, CANARIES);

const SEEDS = seedsFrom(EVIDENCE, NO_LOCAL_NAMES);
const SAVED = sanitizeEvidence(EVIDENCE, SEEDS).document;
const SHOWN = sanitizeReport(judge(EVIDENCE, null), SEEDS).document;

function trafficOf({ items }: Evidence): Traffic {
  if (items.traffic.state !== 'ok') throw new Error('no traffic');
  return items.traffic.value;
}
const CLEAN = trafficOf(SAVED);

describe('what was seen, without private data', () => {
  it('holds no canary in evidence', () => {
    expect(surviving(JSON.stringify(SAVED))).toEqual([]);
  });
  it.each(Object.entries(FORMATS))('holds no canary in a report as %s', (_, { render }) => {
    for (const verbose of [false, true])
      expect(surviving(render(SHOWN, { ...DEFAULT_OPTIONS, width: 400, verbose }))).toEqual([]);
  });

  it('keeps hosts of the catalogue, programs of Plex and the words of closed lists', () => {
    expect(CLEAN.flows[0]).toMatchObject({
      process: 'Plex Media Scanner',
      attribution: 'socket',
      names: [{ name: 'metadata.provider.plex.tv', source: 'dns' }],
      scope: 'public',
      code: 'admin-prohibited',
      outcome: 'no-reply',
      firstAt: '2026-01-01T00:00:00.000Z',
    });
    expect(CLEAN.flows.slice(-2).map(({ code }) => code)).toEqual(['TCP_DENIED', 'error:invalid-request']);
    expect(CLEAN.questions.map(({ type, result }) => `${type} ${result}`)).toEqual([
      'A answered',
      'A answered',
      'PTR no address',
      'PTR answered',
      'A NXDOMAIN',
    ]);
    expect(SAVED.items.pmsLog).toMatchObject({
      value: {
        requests: [{ log: 'Plex Media Scanner Matcher', host: 'metadata.provider.plex.tv', curl: 6 }, {}, {}],
        states: [{ value: 'tv.plex.provider.metadata offline' }],
        scans: [{ command: 'Plex Media Scanner --match --type 8', section: '4' }],
      },
    });
  });

  it('names one host the same in flows, questions and texts', () => {
    const [request] = SAVED.items.pmsLog.state === 'ok' ? SAVED.items.pmsLog.value.requests.slice(1) : [];
    expect(request?.host).toMatch(/^<host-\d+>$/);
    expect(request?.error).toBe(`Could not resolve host: ${request?.host}`);
    expect(CLEAN.flows[0]?.client).toBe(CLEAN.questions[0]?.server);
    expect(CLEAN.flows[0]?.address).toBe(CLEAN.questions[0]?.addresses[0]);
    expect(CLEAN.questions[2]?.name).toBe(`${CLEAN.flows[0]?.client}.in-addr.arpa`);
    expect(CLEAN.questions[3]?.name).toBe(`${CLEAN.flows[3]?.address}.ip6.arpa`);
    expect(CLEAN.flows[5]?.names[0]?.name).toBe(`${CLEAN.flows[0]?.client}.<server-1>.plex.direct`);
  });

  it('keeps what kind of file it was', () => {
    const files = SAVED.items.pmsLog.state === 'ok' ? SAVED.items.pmsLog.value.files : [];
    expect(CLEAN.watchers.map(({ source }) => source)).toEqual([
      'sockets of 3 processes, every 100 ms',
      '<file-1>.pcap',
      'access.log (2 files)',
    ]);
    expect(CLEAN.watchers[1]?.problems).toEqual(['<file-1>.pcap ends inside a packet', 'in <file-1>.pcap']);
    expect(CLEAN.watchers[2]?.problems[1]).toBe(`access.log.1: 3 lines from ${CLEAN.flows[0]?.client}`);
    expect(SAVED.run.inputs).toEqual([
      { name: '<file-1>.pcap', kind: 'pcap', state: 'partly', note: 'cut in <file-1>.pcap' },
      { name: 'Plex Media Scanner Matcher.2.log', kind: 'pms-log', state: 'read', note: null },
    ]);
    expect(files.map(({ name }) => name)).toEqual(['<file-2>.1.log']);
  });

  it('changes nothing the second time', () => {
    const seeds = seedsFrom(SAVED, NO_LOCAL_NAMES);
    expect(sanitizeEvidence(SAVED, seeds)).toEqual({ document: SAVED, removed: {} });
    const loaded = withStandIns(SAVED);
    expect(sanitizeEvidence(loaded, seedsFrom(loaded, NO_LOCAL_NAMES)).document).toEqual(SAVED);
    expect(sanitizeReport(SHOWN, SEEDS)).toEqual({ document: SHOWN, removed: {} });
  });
});

describe('saved evidence is judged like the evidence itself', () => {
  const cases: readonly (readonly [string, Evidence])[] = [
    ['canaries', EVIDENCE],
    ...Object.entries(OBSERVED_EVIDENCE),
  ];
  it.each(cases)('%s', (_, evidence) => {
    const seeds = seedsFrom(evidence, NO_LOCAL_NAMES);
    const shown = sanitizeReport(judge(evidence, null), seeds).document;
    const loaded = withStandIns(sanitizeEvidence(evidence, seeds).document);
    const again = sanitizeReport(judge(loaded, null), seedsFrom(loaded, NO_LOCAL_NAMES)).document;
    // While it is judged, an address of IPv4 stands for every address: it needs no brackets.
    const told = ({ endpoints, bypasses, traffic: seen, scan, findings, summary }: Report) =>
      JSON.stringify({ endpoints, bypasses, seen, scan, findings, summary }, null, 1).replace(/\[(<[\w-]+>)\]/g, '$1');
    expect(told(again)).toEqual(told(shown));
  });
});

it('gives new values no pseudonym that saved evidence brings along', () => {
  const [first, ...others] = CLEAN.flows;
  const raw = { ...first!, client: '10.9.8.7', address: '45.76.0.99' };
  const mixed: Evidence = {
    ...SAVED,
    run: { ...SAVED.run, inputs: [{ name: 'zqmixed.json', kind: 'evidence', state: 'read', note: null }] },
    items: { ...SAVED.items, traffic: ok({ ...CLEAN, flows: [raw, first!, ...others] }) },
  };
  const loaded = withStandIns(mixed);
  const { document } = sanitizeEvidence(loaded, seedsFrom(loaded, NO_LOCAL_NAMES));
  const [clean] = trafficOf(document).flows;
  const before = JSON.stringify(SAVED);
  expect(clean?.client).toMatch(/^<lan-ip-\d+>$/);
  for (const pseudonym of [clean?.client, clean?.address, document.run.inputs?.[0]?.name.replace('.json', '')])
    expect(before).not.toContain(pseudonym);
  expect(trafficOf(document).flows.slice(1)).toEqual(CLEAN.flows);
});

/** One of each, so that every field is there once. */
const SMALL: Evidence = {
  ...EVIDENCE,
  items: {
    ...EVIDENCE.items,
    endpoints: ok(ENDPOINTS.slice(0, 1)),
    'attempts.direct': ok([]),
    'attempts.proxy': ok([]),
    resolver: notRun('NOT_PROBED', 'nothing was probed'),
    traffic: ok({
      ...TRAFFIC,
      flows: [directFlow('media.zqcorp.com', { code: 'admin-prohibited' })],
      watchers: TRAFFIC.watchers.slice(1, 2),
      questions: TRAFFIC.questions.slice(0, 1),
    }),
    pmsLog: ok({ ...LOG, requests: [REQUEST] }),
  },
};

describe('no field is a hole', () => {
  const canaries = [
    'said http://zquser:s3cr3t@gate.int.zqcorp.com:3128/ to 45.76.0.77, zqother@mail.zq.lan, X-Plex-Token=aB3dEfGh1JkLmN0pQrSt',
    `192-168-44-5.${HASH}.plex.direct`,
  ];
  const isNew = (path: readonly string[]): boolean =>
    /^(?:run\.inputs|items\.traffic|items\.pmsLog|traffic|pmsLog|bypasses)\./.test(path.join('.'));
  const plantedIn = <T>(document: object, parse: (value: unknown) => { success: boolean; data?: T }) =>
    stringPaths(document)
      .filter(isNew)
      .flatMap((path) => {
        const documents = canaries.flatMap((canary) => parse(plant(document, path, canary)).data ?? []);
        return documents.length === 0 ? [] : [{ name: path.join('.'), documents }];
      });
  const evidences = plantedIn(SMALL, (value) => evidenceSchema.safeParse(value));
  const reports = plantedIn(judge(SMALL, null), (value) => reportSchema.safeParse(value));

  it('is tried where it could be', () => {
    expect(evidences.length).toBeGreaterThan(30);
    expect(reports.length).toBeGreaterThan(30);
  });
  it.each(evidences)('evidence: $name', ({ documents }) => {
    for (const document of documents) {
      const clean = sanitizeEvidence(document, seedsFrom(document, NO_LOCAL_NAMES)).document;
      expect(surviving(JSON.stringify(clean))).toEqual([]);
    }
  });
  it.each(reports)('report: $name', ({ documents }) => {
    for (const document of documents)
      expect(surviving(JSON.stringify(sanitizeReport(document, SEEDS).document))).toEqual([]);
  });

  const fields = ['names.0.name', 'client', 'address'].map((field) => ({ field }));
  it.each(fields)('a single word is a host: $field', ({ field }) => {
    const document = evidenceSchema.parse(
      plant(SMALL, ['items', 'traffic', 'value', 'flows', '0', ...field.split('.')], 'zqword'),
    );
    expect(surviving(JSON.stringify(sanitizeEvidence(document, SEEDS).document))).toEqual([]);
  });
});
