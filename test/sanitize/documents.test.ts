import { describe, expect, it } from 'vitest';
import {
  evidenceSchema,
  NO_EXPERIMENT,
  NO_PMS_LOG,
  PMS_NOT_ASKED,
  NOT_WATCHED,
  notRun,
  ok,
  type Evidence,
} from '../../src/core/model/evidence.ts';
import { type AttemptRecord, type TlsRecord } from '../../src/core/model/probe-records.ts';
import { reportSchema, type Report } from '../../src/core/model/report.ts';
import { sanitizeEvidence, sanitizeReport } from '../../src/sanitize/documents.ts';
import { withStandIns } from '../../src/sanitize/stand-ins.ts';
import { NO_LOCAL_NAMES, seedsFrom, type LocalNames } from '../../src/sanitize/seeds-of-evidence.ts';
import { endpoint } from '../support/fixtures/facts.ts';
import { leaks, plant, stringPaths } from '../support/plant.ts';
import { finding, reportFixture } from '../support/fixtures/report.ts';

const FINGERPRINT = Array.from({ length: 32 }, (_, i) => (i + 16).toString(16))
  .join(':')
  .toUpperCase();
const LOCAL: LocalNames = {
  hostnames: ['zqbox.int.zqcorp.com'],
  users: ['zqalice'],
  homeDirectories: ['/home/zqbob'],
  searchDomains: ['search.zqcorp.com'],
};
const CANARIES = ['zq', '203.0.113.77', '192.168.44.5', '192-168-44-5', '10.77.0.0', 's3cr3t', 'aB3dEfGh1JkLmN0pQrSt'];

const TLS: TlsRecord = {
  version: 'TLSv1.3',
  alpn: 'http/1.1',
  subject: 'CN=plex.tv',
  issuer: 'CN=ZQ Inspection CA, O=ZQ Corp',
  fingerprint256: FINGERPRINT,
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2027-01-01T00:00:00.000Z',
  trusted: false,
  trustedByPms: false,
  anchor: { subject: 'CN=ZQ Root, O=ZQ Corp', fingerprint256: FINGERPRINT },
  error: 'SELF_SIGNED_CERT_IN_CHAIN',
};

function attempt(more: Partial<AttemptRecord>): AttemptRecord {
  return {
    endpoint: 'plex.tv',
    route: 'proxy',
    family: null,
    address: null,
    scope: null,
    via: 'http://***@gate.int.zqcorp.com:3128',
    form: 'connect',
    outcome: 'intercepted',
    code: 'SELF_SIGNED_CERT_IN_CHAIN',
    detail: 'the chain ends at "CN=ZQ Root, O=ZQ Corp"',
    stages: [{ stage: 'dns', ms: 2, ok: true, detail: '203.0.113.77' }],
    ms: 12,
    status: null,
    authSchemes: [],
    tls: TLS,
    http: null,
    ...more,
  };
}

const EVIDENCE: Evidence = {
  kind: 'pms-proxy-doctor/evidence',
  schemaVersion: 1,
  tool: { name: 'pms-proxy-doctor', version: '0.1.0' },
  run: {
    command: 'check',
    startedAt: '2026-11-22T14:03:09.120Z',
    durationMs: 3412,
    platform: 'linux x64, Node.js 20.20.2',
    timeoutMs: 5000,
    families: [4, 6],
    interrupted: false,
  },
  items: {
    childProxies: ok([]),
    load: ok({ waitedMs: 40, longestMs: 20, clockStepMs: 0, unjudged: 0 }),
    traffic: NOT_WATCHED,
    pmsLog: NO_PMS_LOG,
    experiment: NO_EXPERIMENT,
    pmsStatus: PMS_NOT_ASKED,
    endpoints: ok([
      endpoint('plex.tv', { need: 'scan', source: 'https://docs.rs/a' }),
      endpoint('api.listed.org'),
      endpoint('repo.zqcustom.lan', { custom: true, source: 'https://wiki.zqcustom.lan/repo' }),
    ]),
    pms: ok({
      found: true,
      foundBy: 'exe',
      version: '4.90.1.207',
      pid: 812,
      unit: 'plexmediaserver.service',
      container: null,
      exe: '/home/zqbob/plex/Plex Media Server',
      otherNetwork: false,
      processes: [{ pid: 812, ppid: 1, name: 'Plex Media Server' }],
      libcurl: ok({ version: '8.4.0', file: '/usr/lib/plexmediaserver/lib/libcurl.so.4' }),
      caBundle: ok({ file: '/usr/lib/plexmediaserver/Resources/cacert.pem', roots: 140 }),
    }),
    settings: ok({
      used: 'pid:812',
      basis: 'observed',
      why: 'PMS runs as zqalice on zqbox',
      sources: [
        {
          id: 'pid:812',
          kind: 'process',
          process: 'Plex Media Server',
          pid: 812,
          variables: ok([
            { name: 'https_proxy', value: 'http://zquser:s3cr3t@gate.int.zqcorp.com:3128', from: '/proc/812/environ' },
            { name: 'all_proxy', value: 'socks5://127.0.0.1:1080', from: '/home/zqalice/.config/env' },
            {
              name: 'no_proxy',
              value: 'localhost,127.0.0.1,.int.zqcorp.com,10.77.0.0/16,zqnas',
              from: '/proc/812/environ',
            },
          ]),
        },
      ],
    }),
    proxies: ok([
      {
        url: 'http://***@gate.int.zqcorp.com:3128',
        scheme: 'http',
        host: 'gate.int.zqcorp.com',
        port: 3128,
        from: 'https_proxy of pid 812',
        addresses: [{ address: '192.168.44.5', scope: 'private' }],
        outcome: 'ok',
        code: null,
        detail: 'resolved on ZQBOX to 192.168.44.5',
        stages: [],
        invalidName: { status: 503, error: 'ERR_DNS_FAIL' },
        authSchemes: [],
        software: 'squid/5.7',
      },
    ]),
    vantage: notRun('NOT_PROBED'),
    'attempts.direct': ok([
      attempt({
        route: 'direct',
        via: null,
        form: null,
        family: 4,
        address: '203.0.113.77',
        scope: 'public',
        outcome: 'ok',
        tls: { ...TLS, trusted: true, issuer: 'CN=R11, O=Public Authority', error: null },
      }),
    ]),
    'attempts.proxy': ok([
      attempt({
        http: {
          status: 200,
          date: '2026-11-22T14:03:10.000Z',
          receivedAt: '2026-11-22T14:03:10.100Z',
          redirectHost: null,
          server: null,
          html: false,
          proxyHeaders: { via: '1.1 zqcache (squid/5.7)', 'x-cache': 'MISS from zqcache' },
          callerAddress: '203.0.113.77',
        },
      }),
      attempt({
        endpoint: 'repo.zqcustom.lan',
        detail: 'https://repo.zqcustom.lan/?X-Plex-Token=aB3dEfGh1JkLmN0pQrSt',
      }),
    ]),
    resolver: ok({
      servers: ['192.168.44.5'],
      lookups: [
        {
          host: 'repo.zqcustom.lan',
          family: 4,
          source: 'dns',
          addresses: [{ address: '192.168.44.5', scope: 'private' }],
          code: null,
          ms: 3,
        },
        {
          host: '192-168-44-5.0123456789abcdef0123456789abcdef.plex.direct',
          family: 4,
          source: 'dns',
          addresses: [],
          code: 'ENOTFOUND',
          ms: 3,
        },
      ],
      bySystem: [],
      unreadable: ['/etc/resolv.conf'],
      rebinding: { state: 'failed', reason: { code: 'ETIMEOUT', message: '192.168.44.5 did not answer zqbox' } },
    }),
  },
  sanitized: {},
};

const REPORT: Report = reportFixture({
  run: { ...reportFixture().run, sanitized: false },
  proxy: {
    ...reportFixture().proxy,
    url: 'http://***@gate.int.zqcorp.com:3128',
    noProxy: '.int.zqcorp.com',
    dialects: { java: { url: null, notes: ['ignores gate.int.zqcorp.com'] } },
    variables: [{ name: 'no_proxy', value: '.int.zqcorp.com', from: '/home/zqalice/env' }],
  },
  findings: [
    finding('certificate-swapped', {
      message: 'swapped',
      args: { host: 'plex.tv', issuer: 'CN=ZQ Inspection CA, O=ZQ Corp', ms: 41 },
      text: 'plex.tv is answered with a certificate issued by "ZQ Inspection CA" of ZQ Corp.',
      endpoint: 'repo.zqcustom.lan',
    }),
  ],
  sanitizer: { removed: {} },
});

const seeds = seedsFrom(EVIDENCE, LOCAL);
const evidence = sanitizeEvidence(EVIDENCE, seeds);
const report = sanitizeReport(REPORT, seeds);

describe('evidence', () => {
  it.each(CANARIES)('%s does not survive', (canary) => {
    expect(JSON.stringify(evidence.document).toLowerCase()).not.toContain(canary.toLowerCase());
  });

  it('keeps what judging needs', () => {
    const { items, run } = evidence.document;
    expect(run).toEqual(EVIDENCE.run);
    expect(items.pms).toMatchObject({ value: { version: '4.90.1.207', unit: 'plexmediaserver.service' } });
    expect(items.pms).toMatchObject({ value: { exe: '/home/<user-1>/plex/Plex Media Server' } });
    expect(items.endpoints).toMatchObject({
      value: [{ id: 'plex.tv', host: 'plex.tv' }, { id: 'api.listed.org', host: 'api.listed.org' }, { custom: true }],
    });
  });

  it('gives one value one pseudonym, whatever it is called', () => {
    const { items } = evidence.document;
    expect(items.settings).toMatchObject({
      value: {
        sources: [
          {
            variables: {
              value: [
                { value: 'http://***@<proxy-1>:3128' },
                { value: 'socks5://127.0.0.1:1080' },
                { value: 'localhost,127.0.0.1,.<domain-1>,<lan-net-1>/16,<host-2>' },
              ],
            },
          },
        ],
      },
    });
    expect(items.proxies).toMatchObject({
      value: [
        {
          url: 'http://***@<proxy-1>:3128',
          host: '<proxy-1>',
          addresses: [{ address: '<lan-ip-1>', scope: 'private' }],
        },
      ],
    });
    expect(items.resolver).toMatchObject({
      value: { servers: ['<lan-ip-1>'], lookups: [{}, { host: '<lan-ip-1>.<server-1>.plex.direct' }] },
    });
  });

  it('names a custom endpoint the same where it is defined, tried and looked up', () => {
    const { items } = evidence.document;
    const custom = items.endpoints.state === 'ok' ? items.endpoints.value[2] : undefined;
    expect(custom?.host).toMatch(/^<domain-\d>$/);
    expect(items['attempts.proxy']).toMatchObject({ value: [{}, { endpoint: custom?.id }] });
    expect(items.resolver).toMatchObject({ value: { lookups: [{ host: custom?.host }, {}] } });
  });

  it('hides names of authorities that no public root vouches for, and only those', () => {
    const { items } = evidence.document;
    expect(items['attempts.direct']).toMatchObject({
      value: [{ tls: { issuer: 'CN=R11, O=Public Authority', fingerprint256: FINGERPRINT } }],
    });
    expect(items['attempts.proxy']).toMatchObject({
      value: [
        {
          tls: { issuer: '<ca-2>', subject: 'CN=plex.tv', anchor: { subject: '<ca-1>', fingerprint256: FINGERPRINT } },
          detail: 'the chain ends at "<ca-1>"',
        },
        {},
      ],
    });
  });

  it('hides names of one word where a field tells that they are hosts', () => {
    const document = {
      ...EVIDENCE,
      items: { ...EVIDENCE.items, endpoints: ok([endpoint('zqfiles', { custom: true })]) },
    };
    const clean = sanitizeEvidence(document, seedsFrom(document, LOCAL)).document;
    expect(JSON.stringify(clean.items.endpoints)).not.toContain('zqfiles');
  });

  it.each([
    ['zqfiles-zqcorp-com', 'zqfiles.zqcorp.com', /^<host-\d+>$/],
    ['zqcorp', 'files.zqcorp.com', /^<host-\d+>$/],
    ['my-agent', 'files.zqcorp.com', /^my-agent$/],
  ])("the id of a user's endpoint: %s of %s", (id, host, expected) => {
    const endpoints = ok([endpoint(host, { id, custom: true })]);
    const document = {
      ...EVIDENCE,
      items: { ...EVIDENCE.items, endpoints, 'attempts.direct': ok([attempt({ endpoint: id })]) },
    };
    const { items } = sanitizeEvidence(document, seedsFrom(document, LOCAL)).document;
    const clean = items.endpoints.state === 'ok' ? items.endpoints.value[0] : undefined;
    expect(clean?.id).toMatch(expected);
    expect(items['attempts.direct']).toMatchObject({ value: [{ endpoint: clean?.id }] });
  });

  it('counts, and changes nothing the second time', () => {
    expect(evidence.removed).toMatchObject({
      proxy: expect.any(Number),
      'lan-ip': expect.any(Number),
      ca: expect.any(Number),
    });
    expect(evidence.document.sanitized).toEqual(evidence.removed);
    const again = sanitizeEvidence(evidence.document, seedsFrom(evidence.document, NO_LOCAL_NAMES));
    expect(again).toEqual({ document: evidence.document, removed: {} });
  });
});

it('evidence that was read with stand-ins comes out as it went in', () => {
  const loaded = withStandIns(evidence.document);
  expect(loaded).not.toEqual(evidence.document);
  expect(sanitizeEvidence(loaded, seedsFrom(loaded, NO_LOCAL_NAMES))).toEqual({
    document: evidence.document,
    removed: {},
  });
});

describe('report', () => {
  it.each(CANARIES)('%s does not survive', (canary) => {
    expect(JSON.stringify(report.document).toLowerCase()).not.toContain(canary.toLowerCase());
  });

  it('keeps the sources of the catalogue and no others', () => {
    const { endpoints } = reportFixture();
    const sources = ['https://docs.rs/a', 'https://wiki.zqcustom.lan/repo'];
    const document = {
      ...REPORT,
      endpoints: endpoints.slice(0, 2).map((each, i) => ({ ...each, source: sources[i] ?? '' })),
    };
    const [first, second] = sanitizeReport(document, seeds).document.endpoints;
    expect(first?.source).toBe('https://docs.rs/a');
    expect(second?.source).toMatch(/^https:\/\/<domain-\d+>\/<file-\d+>$/);
  });

  it('uses the pseudonyms of the evidence', () => {
    expect(report.document.proxy).toMatchObject({ url: 'http://***@<proxy-1>:3128', noProxy: '.<domain-1>' });
    expect(report.document.findings[0]).toMatchObject({
      message: 'swapped',
      args: { host: 'plex.tv', issuer: '<ca-2>', ms: 41 },
      text: 'plex.tv is answered with a certificate issued by "<ca-2>" of <ca-2>.',
    });
  });

  it('is marked, valid, and the same the second time', () => {
    expect(report.document.run.sanitized).toBe(true);
    expect(report.document.sanitizer.removed).toEqual(report.removed);
    expect(reportSchema.parse(report.document)).toEqual(report.document);
    expect(sanitizeReport(report.document, seeds)).toEqual({ document: report.document, removed: {} });
  });

  it('leaves a report without private data as it is', () => {
    const clean = reportFixture({ endpoints: [], findings: [] });
    expect(sanitizeReport(clean, seedsFrom(evidence.document, NO_LOCAL_NAMES)).document).toEqual(clean);
  });
});

describe('no field is a hole', () => {
  const canaries = [
    'said http://zquser:s3cr3t@gate.int.zqcorp.com:3128/ to 203.0.113.77, zqother@mail.zq.lan, X-Plex-Token=aB3dEfGh1JkLmN0pQrSt',
    // Alone, it looks like a version or a word.
    '192-168-44-5.0123456789abcdef0123456789abcdef.plex.direct',
  ];
  // Fields of a closed list take no other word, so the schema itself keeps canaries out of them.
  const evidences = stringPaths(EVIDENCE).flatMap((path) => {
    const documents = canaries.flatMap((canary) => {
      const parsed = evidenceSchema.safeParse(plant(EVIDENCE, path, canary));
      return parsed.success ? [parsed.data] : [];
    });
    // The catalogue is public: what stands in these fields is what is told apart from private names.
    // A variable of another name is no list of private hosts.
    const isPublic = /^items\.endpoints\.value\.[01]\.(?:id|host|probeHost|source)$|variables\.value\.\d\.name$/.test(
      path.join('.'),
    );
    return documents.length > 0 && !isPublic ? [{ name: path.join('.'), documents }] : [];
  });
  // The hosts of a catalogue of 43 are all the same field.
  const short = { ...REPORT, endpoints: REPORT.endpoints.slice(0, 2) };
  const reports = stringPaths(short).flatMap((path) => {
    const documents = canaries.flatMap((canary) => {
      const parsed = reportSchema.safeParse(plant(short, path, canary));
      return parsed.success ? [parsed.data] : [];
    });
    return documents.length > 0 ? [{ name: path.join('.'), documents }] : [];
  });

  it('is tried where it could be', () => {
    expect(evidences.length).toBeGreaterThan(80);
    expect(reports.length).toBeGreaterThan(50);
  });
  it.each(evidences)('evidence: $name', ({ documents }) => {
    for (const document of documents) {
      expect(leaks(JSON.stringify(sanitizeEvidence(document, seedsFrom(document, LOCAL)).document), CANARIES)).toEqual(
        [],
      );
    }
  });
  it.each(reports)('report: $name', ({ documents }) => {
    for (const document of documents) {
      expect(leaks(JSON.stringify(sanitizeReport(document, seeds).document), CANARIES)).toEqual([]);
    }
  });
});
