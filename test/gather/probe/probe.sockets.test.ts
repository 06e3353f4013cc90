import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Deadline } from '../../../src/core/values/deadline.ts';
import { valueOf } from '../../../src/core/model/evidence.ts';
import { type AttemptRecord } from '../../../src/core/model/probe-records.ts';
import { attempt } from '../../../src/gather/probe/attempt.ts';
import type { ProxyChoice } from '../../../src/gather/probe/proxy-pool.ts';
import { dnsServer } from '../../support/servers/dns-server.ts';
import { httpEndpoint, httpsEndpoint, stalledHttp } from '../../support/servers/endpoint.ts';
import { endpoint } from '../../support/fixtures/facts.ts';
import { alertAfterHello, plainHttpInsteadOfTls } from '../../support/servers/misbehaving-tls.ts';
import { connectThenSilent } from '../../support/servers/misbehaving-proxy.ts';
import { workingProxy } from '../../support/servers/proxy.ts';
import { pacServer } from '../../support/servers/pac-server.ts';
import {
  authority,
  Bench,
  directJob,
  endpointAt,
  HOST,
  nothingOpen,
  PATIENCE_MS,
  proxyUrl,
  TIMEOUT_MS,
} from './bench.ts';

const bench = new Bench();
afterEach(() => bench.closeServers());
afterAll(() => bench.close());

const choice = (url: string): ProxyChoice => ({ url: proxyUrl(url), from: 'test' });

function outcomes(item: { readonly state: string; readonly value?: readonly AttemptRecord[] }): readonly unknown[] {
  return (item.value ?? []).map((r) => [r.endpoint, r.family, r.outcome, r.code]);
}

describe('probe', () => {
  it('probes every endpoint on both routes, and the proxy itself', async () => {
    const secureOne = await bench.serve(httpsEndpoint(authority, [HOST]));
    const plainOne = await bench.serve(httpEndpoint());
    const proxy = await bench.serve(workingProxy({ map: { [`${HOST}:${secureOne.port}`]: secureOne } }));
    const url = choice(`http://127.0.0.1:${proxy.port}`);
    const steps: number[] = [];
    const probed = await bench.probe({
      endpoints: [
        endpointAt(plainOne.port, { id: 'plain', scheme: 'http' }),
        endpointAt(secureOne.port, { id: 'tls', need: 'scan' }),
      ],
      families: [4, 6],
      proxies: { http: null, https: url },
      onProgress: (done, total) => steps.push(done / total),
    });
    expect(outcomes(probed['attempts.direct'])).toEqual([
      ['tls', 4, 'ok', null],
      ['tls', 6, 'unresolved', 'ENODATA'],
      ['plain', 4, 'ok', null],
      ['plain', 6, 'unresolved', 'ENODATA'],
    ]);
    expect(outcomes(probed['attempts.proxy'])).toEqual([
      ['tls', null, 'ok', null],
      ['plain', null, 'proxy-error', 'ERR_DNS_FAIL'],
    ]);
    expect(probed.proxies).toMatchObject({
      state: 'ok',
      value: [{ url: `http://127.0.0.1:${proxy.port}`, from: 'test', outcome: 'ok', invalidName: { status: 503 } }],
    });
    expect(steps).toHaveLength(6);
    expect(steps.at(-1)).toBe(1);
    await nothingOpen();
  });

  it('without a proxy the proxy route is not run', async () => {
    const probed = await bench.probe({ endpoints: [endpointAt(1)] });
    expect(probed['attempts.proxy']).toMatchObject({ state: 'not-run', reason: { code: 'NO_PROXY_CONFIGURED' } });
    expect(probed.proxies.state).toBe('not-run');
  });

  it('a proxy of its own per scheme, each probed once', async () => {
    const one = await bench.serve(workingProxy());
    const two = await bench.serve(workingProxy());
    const probed = await bench.probe({
      endpoints: [endpointAt(443, { id: 'tls' }), endpointAt(80, { id: 'plain', scheme: 'http' })],
      proxies: { http: choice(`http://127.0.0.1:${one.port}`), https: choice(`http://127.0.0.1:${two.port}`) },
    });
    expect(new Set(valueOf(probed.proxies)?.map((p) => p.port))).toEqual(new Set([one.port, two.port]));
    expect(one.log.filter((entry) => entry.method === 'GET')).toHaveLength(1);
    expect(two.log.filter((entry) => entry.method === 'CONNECT' && entry.host === HOST)).toHaveLength(1);
  });

  it('a limit that denies what comes too fast is no denial', async () => {
    const secureOne = await bench.serve(httpsEndpoint(authority, [HOST]));
    // The question about the proxy itself, and the first one for each endpoint.
    const tooFast = 13;
    let asked = 0;
    const proxy = await bench.serve(
      workingProxy({
        map: { [HOST]: secureOne },
        allows: () => {
          asked += 1;
          return asked > tooFast;
        },
      }),
    );
    const url = choice(`http://127.0.0.1:${proxy.port}`);
    const endpoints = Array.from({ length: 12 }, (_, at) =>
      endpointAt(secureOne.port, { id: `e${at}`, need: at < 6 ? 'feature' : 'optional' }),
    );
    const probed = await bench.probe({ endpoints, proxies: { http: null, https: url } });
    const attempts = valueOf(probed['attempts.proxy']) ?? [];
    expect(attempts.map(({ outcome }) => outcome)).toEqual(endpoints.map(() => 'ok'));
    expect(attempts.every(({ limited }) => limited === true)).toBe(true);
  });

  it('a PAC file and the proxies that it names are probed', async () => {
    const one = await bench.serve(workingProxy());
    const pac = await bench.serve(pacServer(`PROXY 127.0.0.1:${one.port}`));
    const pacChoice = choice(`pac+${pac.url}`);
    const probed = await bench.probe({
      endpoints: [endpointAt(443)],
      proxies: { http: pacChoice, https: pacChoice },
    });
    expect(probed.proxies).toMatchObject({
      value: [
        { scheme: 'pac', outcome: 'ok' },
        { scheme: 'http', port: one.port, outcome: 'ok' },
      ],
    });
  });

  it('a budget that is spent leaves the rest not run', async () => {
    const probed = await bench.probe({
      endpoints: [endpointAt(1), endpointAt(2, { id: 'b' })],
      budget: Deadline.after(0),
    });
    expect(outcomes(probed['attempts.direct'])).toEqual([
      [HOST, 4, 'not-run', 'BUDGET_SPENT'],
      ['b', 4, 'not-run', 'BUDGET_SPENT'],
    ]);
  });

  it('the budget bounds the whole run', async () => {
    const silent = await bench.serve(connectThenSilent());
    const probed = await bench.probe({
      endpoints: [endpointAt(silent.port)],
      proxies: { http: null, https: choice(`http://127.0.0.1:${silent.port}`) },
      timeoutMs: 60 * PATIENCE_MS,
      budget: Deadline.after(TIMEOUT_MS),
    });
    expect(outcomes(probed['attempts.direct'])).toEqual([[HOST, 4, 'not-run', 'BUDGET_SPENT']]);
    expect(outcomes(probed['attempts.proxy'])).toEqual([[HOST, null, 'not-run', 'BUDGET_SPENT']]);
    await nothingOpen();
  });

  it.each(['before it began', 'while it ran'])('an interruption %s ends everything', async (when) => {
    const silent = await bench.serve(connectThenSilent());
    const mute = await bench.serve(stalledHttp());
    const controller = new AbortController();
    if (when === 'before it began') controller.abort();
    else setTimeout(() => controller.abort(), 100);
    const probed = await bench.probe({
      endpoints: [endpointAt(silent.port), endpointAt(mute.port, { id: 'plain', scheme: 'http' })],
      proxies: { http: null, https: choice(`http://127.0.0.1:${silent.port}`) },
      timeoutMs: 60 * PATIENCE_MS,
      signal: controller.signal,
    });
    expect(outcomes(probed['attempts.direct'])).toEqual([
      [HOST, 4, 'not-run', 'INTERRUPTED'],
      ['plain', 4, 'not-run', 'INTERRUPTED'],
    ]);
    expect(outcomes(probed['attempts.proxy'])).toEqual([
      [HOST, null, 'not-run', 'INTERRUPTED'],
      ['plain', null, 'not-run', 'INTERRUPTED'],
    ]);
    await nothingOpen();
  });

  it.each<[string, Readonly<Record<string, readonly string[]>> | 'silent' | 'nxdomain', object]>([
    [
      'both pass',
      { private: ['192.168.0.1'], public: ['1.1.1.1'] },
      { state: 'ok', value: { private: 'returned', public: 'returned' } },
    ],
    [
      'the private answer is dropped',
      { private: [], public: ['1.1.1.1'] },
      { state: 'ok', value: { private: 'dropped', public: 'returned' } },
    ],
    ['no such name', 'nxdomain', { state: 'ok', value: { private: 'dropped', public: 'dropped', code: 'ENOTFOUND' } }],
    ['DNS is silent', 'silent', { state: 'failed', reason: { code: 'ETIMEOUT' } }],
  ])('rebinding: %s', async (_, records, expected) => {
    const name = (label: string): string => `${label}.0123456789abcdef0123456789abcdef.direct.test`;
    const dns = await bench.serve(
      dnsServer(
        typeof records === 'string'
          ? records
          : { [name('192-168-0-1')]: records['private'] ?? [], [name('1-1-1-1')]: records['public'] ?? [] },
      ),
    );
    const { resolver } = await bench.probe({
      endpoints: [endpoint('*.direct.test', { kind: 'dns' })],
      names: { hostsFile: bench.hostsFile, servers: [`127.0.0.1:${dns.port}`] },
      ...(records === 'silent' ? { timeoutMs: TIMEOUT_MS } : {}),
    });
    expect(resolver).toMatchObject({ value: { rebinding: expected } });
  });
});

describe('libraries', () => {
  it("undici's connector is called back later than it is called", async () => {
    // Called back at once, undici waits for ever: a request over a socket that is ready long before must end all the same.
    const server = await bench.serve(httpEndpoint());
    const records = await Promise.all(
      Array.from({ length: 20 }, () =>
        attempt(directJob(endpointAt(server.port, { scheme: 'http' })), null, bench.context()),
      ),
    );
    expect(new Set(records.map((r) => r.outcome))).toEqual(new Set(['ok']));
  });

  it('sockets that end in their own handshake do not crash Node', async () => {
    for (const start of [alertAfterHello, plainHttpInsteadOfTls]) {
      const server = await bench.serve(start());
      const jobs = Array.from({ length: 30 }, () => directJob(endpointAt(server.port)));
      const records = await Promise.all(jobs.map((job) => attempt(job, null, bench.context())));
      expect(new Set(records.map((r) => r.outcome))).toEqual(new Set(['tls-failed']));
    }
    const expiredRoot = await bench.serve(httpsEndpoint(authority, ['other.test']));
    const records = await Promise.all(
      Array.from({ length: 30 }, () => attempt(directJob(endpointAt(expiredRoot.port)), null, bench.context())),
    );
    expect(new Set(records.map((r) => r.outcome))).toEqual(new Set(['tls-untrusted']));
    await sleep(50);
    await nothingOpen();
  });
});
