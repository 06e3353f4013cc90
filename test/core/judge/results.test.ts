import { describe, expect, it } from 'vitest';
import type { AttemptRecord, TlsRecord } from '../../../src/core/model/probe-records.ts';
import type { Outcome } from '../../../src/core/model/outcome.ts';
import type { Conclusion } from '../../../src/core/model/report.ts';
import { sameAnchor } from '../../../src/core/judge/interception.ts';
import { conclude, judgeEndpoints } from '../../../src/core/judge/results.ts';
import { notAttempted } from '../../../src/gather/probe/attempt.ts';
import { endpoint } from '../../support/fixtures/facts.ts';

const PLEX = endpoint('plex.tv');

/** A chain as a handshake reports it, named by where it ends. */
function chain(anchor: string, error: string | null, more: Partial<TlsRecord> = {}): TlsRecord {
  return {
    version: 'TLSv1.3',
    alpn: null,
    subject: 'plex.tv',
    issuer: anchor,
    fingerprint256: `leaf of ${anchor}`,
    validFrom: '2026-01-01T00:00:00.000Z',
    validTo: '2027-01-01T00:00:00.000Z',
    trusted: error === null,
    trustedByPms: null,
    anchor: { subject: anchor, fingerprint256: null },
    error,
    ...more,
  };
}

const UNKNOWN = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
const PUBLIC = chain('Public Root', null);
const BOX = chain('Box Root', UNKNOWN);

function record(route: 'direct' | 'proxy', outcome: Outcome, more: Partial<AttemptRecord> = {}): AttemptRecord {
  const job = { endpoint: PLEX, host: PLEX.host, route, family: route === 'direct' ? (4 as const) : null };
  return { ...notAttempted(job, 'OTHER', 'x'), code: null, detail: null, outcome, ms: 10, ...more };
}

/** An attempt that got as far as a certificate. */
function presented(route: 'direct' | 'proxy', tls: TlsRecord | null): AttemptRecord {
  if (tls === null) return record(route, 'no-reply');
  return record(route, tls.trusted ? 'ok' : 'tls-untrusted', { tls, code: tls.error });
}

function judged(direct: readonly AttemptRecord[], proxied: readonly AttemptRecord[] | null, of = PLEX) {
  const [first] = judgeEndpoints([of], direct, proxied, () => ({ curl: 'proxy' }));
  if (!first) throw new Error('not judged');
  return first;
}

describe('interception', () => {
  interface Row {
    readonly name: string;
    readonly direct: TlsRecord | null;
    readonly proxied: TlsRecord | null;
    readonly expected: readonly [Outcome, Outcome, Conclusion];
  }

  it.each<Row>([
    { name: 'both public', direct: PUBLIC, proxied: PUBLIC, expected: ['ok', 'ok', 'both'] },
    {
      name: 'direct public, proxied unknown',
      direct: PUBLIC,
      proxied: BOX,
      expected: ['ok', 'intercepted', 'intercepted'],
    },
    {
      name: 'both unknown, the same root',
      direct: BOX,
      proxied: chain('Box Root', UNKNOWN, { fingerprint256: 'another leaf' }),
      expected: ['tls-untrusted', 'tls-untrusted', 'neither'],
    },
    {
      name: 'both unknown, different roots',
      direct: chain('Other Root', UNKNOWN),
      proxied: BOX,
      expected: ['tls-untrusted', 'intercepted', 'intercepted'],
    },
    {
      name: 'direct blocked, proxied unknown',
      direct: null,
      proxied: BOX,
      expected: ['no-reply', 'intercepted', 'intercepted'],
    },
    {
      name: 'direct blocked, proxied self-signed',
      direct: null,
      proxied: chain('self', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
      expected: ['no-reply', 'intercepted', 'intercepted'],
    },
    {
      name: 'direct blocked, proxied expired',
      direct: null,
      proxied: chain('Public Root', 'CERT_HAS_EXPIRED'),
      expected: ['no-reply', 'tls-untrusted', 'neither'],
    },
    {
      name: 'direct blocked, proxied of another name',
      direct: null,
      proxied: chain('Public Root', 'ERR_TLS_CERT_ALTNAME_INVALID'),
      expected: ['no-reply', 'tls-untrusted', 'neither'],
    },
    {
      name: 'expired on both routes, the same chain',
      direct: chain('Public Root', 'CERT_HAS_EXPIRED'),
      proxied: chain('Public Root', 'CERT_HAS_EXPIRED'),
      expected: ['tls-untrusted', 'tls-untrusted', 'neither'],
    },
    { name: 'only direct intercepted', direct: BOX, proxied: PUBLIC, expected: ['intercepted', 'ok', 'proxy-only'] },
    {
      name: 'direct unknown, proxied blocked',
      direct: BOX,
      proxied: null,
      expected: ['tls-untrusted', 'no-reply', 'neither'],
    },
    {
      name: 'a proxied chain of the same issuer with another leaf',
      direct: PUBLIC,
      proxied: chain('Public Root', 'CERT_HAS_EXPIRED', { fingerprint256: 'older leaf' }),
      expected: ['ok', 'tls-untrusted', 'direct-only'],
    },
  ])('$name', ({ direct, proxied, expected }) => {
    const { result } = judged([presented('direct', direct)], [presented('proxy', proxied)]);
    expect([result.direct.outcome, result.proxy?.outcome, result.conclusion]).toEqual(expected);
  });

  it('without a proxy an unknown root is untrusted, not intercepted', () => {
    expect(judged([presented('direct', BOX)], null).result).toMatchObject({
      direct: { outcome: 'tls-untrusted' },
      proxy: null,
      conclusion: 'neither',
    });
  });

  describe('without a proxy, by one authority for all', () => {
    const TMDB = endpoint('image.tmdb.org');
    const APP = endpoint('resources-cdn.plexapp.com');
    const OTHER_BOX = chain('Other Root', UNKNOWN);
    it.each<[string, readonly [typeof PLEX, TlsRecord][], Outcome]>([
      [
        'for endpoints of two owners',
        [
          [PLEX, BOX],
          [TMDB, BOX],
        ],
        'intercepted',
      ],
      [
        'for endpoints of one owner',
        [
          [PLEX, BOX],
          [APP, BOX],
        ],
        'tls-untrusted',
      ],
      [
        'two authorities',
        [
          [PLEX, BOX],
          [TMDB, OTHER_BOX],
        ],
        'tls-untrusted',
      ],
      [
        'another endpoint is vouched for',
        [
          [PLEX, BOX],
          [TMDB, PUBLIC],
        ],
        'tls-untrusted',
      ],
      [
        'PMS knows it',
        [
          [PLEX, { ...BOX, trustedByPms: true }],
          [TMDB, BOX],
        ],
        'tls-untrusted',
      ],
      [
        'an expired certificate',
        [
          [PLEX, chain('Box Root', 'CERT_HAS_EXPIRED')],
          [TMDB, BOX],
        ],
        'tls-untrusted',
      ],
    ])('%s', (_, chains, expected) => {
      const direct = chains.map(([{ id }, tls]) => ({ ...presented('direct', tls), endpoint: id }));
      const [first] = judgeEndpoints(
        chains.map(([of]) => of),
        direct,
        null,
        () => ({ curl: 'direct' }),
      );
      expect(first?.result.direct.outcome).toBe(expected);
    });
  });

  it('never goes by the name of an issuer alone', () => {
    const named = chain('Public Root', UNKNOWN, {
      fingerprint256: 'forged leaf',
      anchor: { subject: 'Public Root', fingerprint256: 'BB' },
    });
    const genuine = chain('Public Root', null, { anchor: { subject: 'Public Root', fingerprint256: 'AA' } });
    expect(sameAnchor(named, genuine)).toBe(false);
    expect(judged([presented('direct', genuine)], [presented('proxy', named)]).result.conclusion).toBe('intercepted');
  });

  it('is marked on the attempts too, which keep their certificate', () => {
    const { attempts, result } = judged([presented('direct', PUBLIC)], [presented('proxy', BOX)]);
    expect(attempts.proxy.map((r) => r.outcome)).toEqual(['intercepted']);
    expect(result.proxy?.attempts[0]).toMatchObject({
      outcome: 'intercepted',
      tls: { issuer: 'Box Root', trusted: false },
    });
  });
});

describe("an endpoint's own answer behind a forwarding proxy", () => {
  const http = {
    status: 403,
    date: null,
    receivedAt: '2026-01-01T00:00:00.000Z',
    redirectHost: null,
    server: null,
    html: false,
    proxyHeaders: {},
    callerAddress: null,
  };
  const refused = (status: number) =>
    record('proxy', 'denied', { form: 'absolute', status, code: `HTTP_${status}`, http: { ...http, status } });

  it.each<[string, AttemptRecord, AttemptRecord, Outcome]>([
    ['the same status directly', record('direct', 'ok', { status: 403 }), refused(403), 'ok'],
    ['another status directly', record('direct', 'ok', { status: 200 }), refused(403), 'denied'],
    ['direct blocked', record('direct', 'no-reply', { status: null }), refused(403), 'denied'],
    ['the same status of a captive portal', record('direct', 'captive', { status: 403 }), refused(403), 'denied'],
    [
      'a refusal of CONNECT',
      record('direct', 'ok', { status: 403 }),
      record('proxy', 'denied', { form: 'connect', status: 403 }),
      'denied',
    ],
    [
      'a status that is not of HTTP at all',
      record('direct', 'ok', { status: null }),
      record('proxy', 'proxy-error', { form: 'absolute', status: null }),
      'proxy-error',
    ],
  ])('%s', (_, direct, proxied, outcome) => {
    const { result } = judged([direct], [proxied]);
    expect(result.proxy?.outcome).toBe(outcome);
    expect(result.proxy?.code === null).toBe(outcome === 'ok' || proxied.code === null);
  });
});

describe('conclude', () => {
  it.each<[Outcome, Outcome | null, Conclusion]>([
    ['ok', 'ok', 'both'],
    ['ok', null, 'direct-only'],
    ['ok', 'denied', 'direct-only'],
    ['ok', 'not-run', 'undecided'],
    ['ok', 'intercepted', 'intercepted'],
    ['no-reply', 'ok', 'proxy-only'],
    ['no-reply', null, 'neither'],
    ['no-reply', 'proxy-silent', 'neither'],
    ['no-reply', 'not-run', 'undecided'],
    ['not-run', 'ok', 'undecided'],
    ['not-run', null, 'undecided'],
    ['not-run', 'intercepted', 'intercepted'],
    ['intercepted', 'ok', 'proxy-only'],
    ['intercepted', 'denied', 'intercepted'],
    ['intercepted', null, 'intercepted'],
    ['intercepted', 'not-run', 'intercepted'],
    ['captive', 'ok', 'proxy-only'],
  ])('direct %s, proxy %s: %s', (direct, proxy, conclusion) => {
    expect(conclude(direct, proxy)).toBe(conclusion);
  });
});

describe('several attempts on one route', () => {
  const by = (family: 4 | 6, outcome: Outcome, more: Partial<AttemptRecord> = {}) =>
    record('direct', outcome, { family, ...more });

  it.each<[readonly [Outcome, Outcome], Outcome]>([
    [['no-reply', 'ok'], 'ok'],
    [['ok', 'no-reply'], 'ok'],
    [['unresolved', 'refused'], 'refused'],
    [['stalled', 'refused'], 'stalled'],
    [['not-run', 'unresolved'], 'unresolved'],
    [['no-reply', 'no-route'], 'no-reply'],
  ])('%j: %s speaks for it', ([v4, v6], outcome) => {
    const { result } = judged([by(4, v4), by(6, v6)], null);
    expect(result.direct.outcome).toBe(outcome);
    expect(result.direct.attempts.map((a) => [a.family, a.outcome])).toEqual([
      [4, v4],
      [6, v6],
    ]);
  });

  it('of equals the first speaks, with its own stage, code, time and status', () => {
    const stages = [{ stage: 'tcp', ms: 7, ok: false, detail: null }] as const;
    const { result } = judged(
      [by(4, 'refused', { code: 'A', ms: 7, stages }), by(6, 'refused', { code: 'B', ms: 9 })],
      null,
    );
    expect(result.direct).toMatchObject({ outcome: 'refused', stage: 'tcp', code: 'A', ms: 7, status: null });
  });
});

describe('which endpoints are judged', () => {
  it('a wildcard without a representative name is not run', () => {
    const relay = endpoint('*.relay.test', { kind: 'wildcard', probeHost: null });
    expect(judged([], [], relay).result).toMatchObject({
      direct: { outcome: 'not-run', code: 'NO_REPRESENTATIVE_NAME', stage: null, attempts: [] },
      proxy: { outcome: 'not-run' },
      conclusion: 'undecided',
    });
  });

  it('what is never connected to is left out', () => {
    const endpoints = [endpoint('a'), endpoint('b', { kind: 'dns' }), endpoint('c', { kind: 'udp' })];
    expect(judgeEndpoints(endpoints, [], null, () => ({})).map(({ result }) => result.id)).toEqual(['a']);
  });

  it('an attempt that was not made has no stage', () => {
    const stages = [{ stage: 'dns', ms: 1, ok: false, detail: null }] as const;
    expect(judged([record('direct', 'not-run', { stages })], null).result.direct.stage).toBeNull();
  });

  it('each gets its own attempts and settings', () => {
    const endpoints = [endpoint('a'), endpoint('b')];
    const attempts = endpoints.map((e) => ({ ...record('direct', 'ok'), endpoint: e.id, address: e.id }));
    const results = judgeEndpoints(endpoints, attempts, null, (e) => ({ curl: e.id === 'a' ? 'proxy' : 'direct' }));
    expect(results.map(({ result }) => [result.direct.attempts[0]?.address, result.configured])).toEqual([
      ['a', { curl: 'proxy' }],
      ['b', { curl: 'direct' }],
    ]);
  });
});
