import * as fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { AttemptRecord } from '../../../src/core/model/probe-records.ts';
import { Deadline } from '../../../src/core/values/deadline.ts';
import type { ProxyRoute } from '../../../src/gather/probe/attempt.ts';
import { loadPac, parseResult } from '../../../src/gather/probe/pac.ts';
import { Proxy, type ProxyContext } from '../../../src/gather/probe/proxy.ts';
import { httpEndpoint, httpsEndpoint } from '../../support/servers/endpoint.ts';
import { connect403, connectThenSilent } from '../../support/servers/misbehaving-proxy.ts';
import { pacServer } from '../../support/servers/pac-server.ts';
import { workingProxy } from '../../support/servers/proxy.ts';
import { socksServer } from '../../support/servers/socks.ts';
import {
  authority,
  Bench,
  endpointAt,
  HOST,
  nothingOpen,
  proxyJob,
  proxyUrl,
  seen,
  TIMEOUT_MS,
  tryOnce,
} from './bench.ts';

const bench = new Bench();
afterEach(() => bench.closeServers());
afterAll(() => bench.close());

function pacRoute(url: string, context: ProxyContext): ProxyRoute {
  const pac = proxyUrl(url);
  const loading = loadPac(pac, Deadline.after(context.timeoutMs), context.signal);
  return {
    kind: 'pac',
    url: pac.masked,
    script: () => loading,
    proxyFor: (entry) => new Proxy(entry.url, 'PAC', context),
  };
}

/** One attempt with the PAC file at `url`. */
function probeWith(url: string, more: Partial<ProxyContext> = {}, port = 443): Promise<AttemptRecord> {
  const context = bench.context(more);
  return tryOnce(proxyJob(endpointAt(port)), pacRoute(url, context), context);
}

const dataUrl = (script: string): string => `pac+data:application/x-ns-proxy-autoconfig,${encodeURIComponent(script)}`;
const returning = (result: string): string =>
  dataUrl(`function FindProxyForURL(url, host) { return ${JSON.stringify(result)}; }`);

describe('parseResult', () => {
  it.each<[string | null, readonly string[]]>([
    [null, ['direct']],
    ['', ['direct']],
    ['DIRECT', ['direct']],
    ['PROXY a:3128', ['http://a:3128']],
    ['PROXY a', ['http://a:80']],
    ['HTTPS a', ['https://a:443']],
    ['SOCKS a', ['socks5h://a:1080']],
    ['SOCKS4 a:1', ['socks4a://a:1']],
    [' proxy a:1 ;; SOCKS5 [::1]:2;direct', ['http://a:1', 'socks5h://[::1]:2', 'direct']],
  ])('%j', (result, entries) => {
    const parsed = parseResult(result);
    expect(parsed.ok && parsed.value.map((e) => (e.kind === 'direct' ? 'direct' : e.url.masked))).toEqual(entries);
  });

  it.each(['FTP a:21', 'PROXY', 'PROXY a:99999', '302'])('%j is of no known form', (result) => {
    expect(parseResult(result)).toMatchObject({ ok: false, outcome: 'proxy-error', code: 'PAC_RESULT' });
  });

  it('never throws, and never gives an empty list', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(PROXY|SOCKS5?|DIRECT|[;: a-z0-9@[\]])*$/)), (text) => {
        const parsed = parseResult(text);
        return !parsed.ok || parsed.value.length > 0;
      }),
    );
  });
});

describe('a PAC file', () => {
  it.each<[string, (ports: { http: number; socks: number; dead: number; denying: number }) => string, object]>([
    ['PROXY', ({ http }) => `PROXY 127.0.0.1:${http}`, { outcome: 'ok', form: 'connect' }],
    ['SOCKS', ({ socks }) => `SOCKS 127.0.0.1:${socks}`, { outcome: 'ok', form: 'socks' }],
    ['DIRECT', () => 'DIRECT', { outcome: 'ok', form: 'pac-direct', address: '127.0.0.1' }],
    ['the second entry', ({ dead, http }) => `PROXY 127.0.0.1:${dead}; PROXY 127.0.0.1:${http}`, { outcome: 'ok' }],
    [
      'DIRECT as the last resort',
      ({ dead }) => `PROXY 127.0.0.1:${dead}; DIRECT`,
      { outcome: 'ok', form: 'pac-direct' },
    ],
    ['none reachable', ({ dead }) => `PROXY 127.0.0.1:${dead}`, { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' }],
    // A client goes on only when a proxy cannot be reached: a refusal is an answer.
    [
      'a refusal first',
      ({ denying, http }) => `PROXY 127.0.0.1:${denying}; PROXY 127.0.0.1:${http}`,
      { outcome: 'denied' },
    ],
    ['nonsense', () => 'GOPHER 127.0.0.1:70', { outcome: 'proxy-error', code: 'PAC_RESULT' }],
  ])('that says %s', async (_, answer, expected) => {
    const secureOne = await bench.serve(httpsEndpoint(authority, [HOST]));
    const map = { [HOST]: secureOne };
    const http = await bench.serve(workingProxy({ map }));
    const socks = await bench.serve(socksServer({ map }));
    const denying = await bench.serve(connect403());
    const dead = await httpEndpoint();
    await dead.close();
    const result = answer({ http: http.port, socks: socks.port, dead: dead.port, denying: denying.port });
    const pac = await bench.serve(pacServer(result));
    expect(await probeWith(`pac+${pac.url}`, {}, secureOne.port)).toMatchObject(expected);
  });

  it('sees the URL of the endpoint', async () => {
    const http = await bench.serve(connect403());
    const script = `function FindProxyForURL(url, host) { return url + ' ' + host === 'https://${HOST}/ ${HOST}' ? 'PROXY 127.0.0.1:${http.port}' : 'PROXY 127.0.0.1:1'; }`;
    expect((await probeWith(dataUrl(script))).outcome).toBe('denied');
  });

  it('comes from a file', async () => {
    const path = bench.file('proxy.pac', 'function FindProxyForURL() { return "GOPHER x"; }');
    expect((await probeWith(`pac+file://${path}`)).code).toBe('PAC_RESULT');
  });

  it.each<[string, string, object]>([
    ['is no script', dataUrl('<html>not found</html>'), { outcome: 'proxy-unreachable', code: 'PAC_LOAD_FAILED' }],
    ['lacks FindProxyForURL', dataUrl('var x = 1;'), { outcome: 'proxy-unreachable', code: 'PAC_LOAD_FAILED' }],
    [
      'throws',
      dataUrl('function FindProxyForURL() { throw new Error("no"); }'),
      { outcome: 'proxy-error', code: 'PAC_FAILED' },
    ],
    ['never ends', dataUrl('function FindProxyForURL() { for (;;); }'), { outcome: 'proxy-error', code: 'PAC_LOOPS' }],
    ['never ends to load', dataUrl('for (;;);'), { outcome: 'proxy-error', code: 'PAC_LOOPS' }],
    [
      'eats memory',
      dataUrl('function FindProxyForURL() { const all = []; for (;;) all.push({}); }'),
      { outcome: 'proxy-error', code: expect.stringMatching(/^PAC_(FAILED|LOOPS)$/) },
    ],
    ['is not there', 'pac+file:///nonexistent/proxy.pac', { outcome: 'proxy-unreachable', code: 'PAC_LOAD_FAILED' }],
    [
      'cannot be fetched',
      'pac+http://127.0.0.1:1/proxy.pac',
      { outcome: 'proxy-unreachable', code: 'PAC_LOAD_FAILED' },
    ],
  ])('that %s', async (_, url, expected) => {
    expect(await probeWith(url)).toMatchObject(expected);
  });

  it('whose server is silent', async () => {
    const server = await bench.serve(connectThenSilent());
    const record = await probeWith(`pac+http://127.0.0.1:${server.port}/`, { timeoutMs: TIMEOUT_MS });
    expect(seen(record)).toEqual({ outcome: 'proxy-unreachable', stage: 'tunnel', code: 'PAC_TIMEOUT', status: null });
  });

  it('whose server never ends it', async () => {
    const server = await bench.serve(
      httpEndpoint((_request, response) => {
        const pump = (): void => {
          while (response.writable && response.write('/'.repeat(65_536)));
        };
        response.on('drain', pump);
        pump();
      }),
    );
    const record = await probeWith(`pac+http://127.0.0.1:${server.port}/`);
    expect(record).toMatchObject({ outcome: 'proxy-unreachable', code: 'PAC_LOAD_FAILED' });
  });

  it('behind a redirect', async () => {
    const pac = await bench.serve(pacServer('GOPHER x'));
    const server = await bench.serve(
      httpEndpoint((_request, response) => response.writeHead(302, { location: pac.url }).end()),
    );
    expect((await probeWith(`pac+http://127.0.0.1:${server.port}/`)).code).toBe('PAC_RESULT');
  });

  it('behind redirects without end, or an error page', async () => {
    for (const status of [302, 404]) {
      const server = await bench.serve(
        httpEndpoint((_request, response) => response.writeHead(status, { location: '/again' }).end()),
      );
      expect((await probeWith(`pac+http://127.0.0.1:${server.port}/`)).code).toBe('PAC_LOAD_FAILED');
    }
  });

  it('that calls alert() prints nothing', async () => {
    const log = vi.spyOn(console, 'log');
    try {
      await probeWith(dataUrl('function FindProxyForURL() { alert("hello"); return "GOPHER x"; }'));
      expect(log).not.toHaveBeenCalled();
    } finally {
      log.mockRestore();
    }
  });

  it('is left on interruption', async () => {
    const server = await bench.serve(connectThenSilent());
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const record = await probeWith(`pac+http://127.0.0.1:${server.port}/`, { signal: controller.signal });
    expect(record).toMatchObject({ outcome: 'not-run', code: 'INTERRUPTED' });
    await nothingOpen();
  });

  it('keeps credentials that it names out of the record', async () => {
    const denying = await bench.serve(connect403());
    const record = await probeWith(returning(`PROXY alice:hunter2@127.0.0.1:${denying.port}`));
    expect(record.outcome).toBe('denied');
    expect(JSON.stringify(record)).not.toContain('hunter2');
  });
});
