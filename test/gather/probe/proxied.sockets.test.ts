import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/core/model/endpoint.ts';
import type { AttemptRecord } from '../../../src/core/model/probe-records.ts';
import type { Listening } from '../../../src/demo/system/listening.ts';
import { httpEndpoint, httpsEndpoint, stalledHttp } from '../../support/servers/endpoint.ts';
import { dnsServer } from '../../support/servers/dns-server.ts';
import { resetAfterHello, stalledTls } from '../../support/servers/misbehaving-tls.ts';
import {
  closesAfterAccept,
  closesMidReply,
  connect403,
  connect407,
  connect503,
  connectOnly,
  connectThenSilent,
  endlessHeader,
  garbageReply,
  limitsRequests,
  redirectsToBlockPage,
  tunnelToNowhere,
} from '../../support/servers/misbehaving-proxy.ts';
import { interceptor, tlsProxy, workingProxy } from '../../support/servers/proxy.ts';
import { socksServer, type SocksSettings } from '../../support/servers/socks.ts';
import {
  attemptFor,
  authority,
  Bench,
  endpointAt,
  HOST,
  inSilence,
  PATIENCE_MS,
  proxyJob,
  seen,
  stranger,
  through,
  tryOnce,
  type Seen,
} from './bench.ts';

const bench = new Bench();
afterEach(() => bench.closeServers());
afterAll(() => bench.close());

const HTTP = { scheme: 'http', port: 80 } as const;
const USER = 'us er:/@';
const PASSWORD = 'p@ss:w/rd#%?ü';
const CREDENTIALS = { user: 'alice', password: 'correct horse' };

async function nobody(): Promise<Listening> {
  const server = await httpEndpoint();
  await server.close();
  return { ...server, close: () => Promise.resolve() };
}

/** One attempt through the proxy at `url`, in which PORT stands for the server's port. */
function probeThrough(
  server: Listening,
  url: string,
  target: Endpoint,
  timeoutMs = PATIENCE_MS,
): Promise<AttemptRecord> {
  const context = bench.context({ timeoutMs });
  return tryOnce(proxyJob(target), through(url.replace('PORT', String(server.port)), context), context);
}

interface Row {
  readonly name: string;
  readonly start: () => Promise<Listening>;
  /** Of the CONNECT to an https endpoint. */
  readonly connect: Seen;
  /** Of the absolute form for an http endpoint; null: not tried. */
  readonly absolute: Seen | null;
}

const end = (
  outcome: Seen['outcome'],
  stage: Seen['stage'],
  code: string | null = null,
  status: number | null = null,
): Seen => ({ outcome, stage, code, status });

const REFUSING: readonly Row[] = [
  {
    name: '407 with several schemes',
    start: () => connect407(['Negotiate', 'Basic']),
    connect: end('proxy-auth', 'tunnel', 'HTTP_407', 407),
    absolute: end('proxy-auth', 'http', 'HTTP_407', 407),
  },
  {
    name: '403 of Squid',
    start: () => connect403(),
    connect: end('denied', 'tunnel', 'ERR_ACCESS_DENIED', 403),
    absolute: end('denied', 'http', 'ERR_ACCESS_DENIED', 403),
  },
  {
    name: '403 without a word',
    start: () => connect403([]),
    connect: end('denied', 'tunnel', 'HTTP_403', 403),
    absolute: end('denied', 'http', 'HTTP_403', 403),
  },
  {
    name: '503 of its DNS',
    start: () => connect503(),
    connect: end('proxy-error', 'tunnel', 'ERR_DNS_FAIL', 503),
    absolute: end('proxy-error', 'http', 'ERR_DNS_FAIL', 503),
  },
  {
    name: 'a redirect to a block page',
    start: redirectsToBlockPage,
    connect: end('denied', 'tunnel', 'POLICY_REDIRECT', 302),
    absolute: end('denied', 'http', 'POLICY_REDIRECT', 302),
  },
  {
    name: '429',
    start: () => limitsRequests('429 Too Many Requests'),
    connect: end('rate-limited', 'tunnel', 'HTTP_429', 429),
    absolute: end('rate-limited', 'http', 'HTTP_429', 429),
  },
  {
    name: '503 that names a time to come back',
    start: () => limitsRequests('503 Service Unavailable'),
    connect: end('rate-limited', 'tunnel', 'HTTP_503', 503),
    absolute: end('rate-limited', 'http', 'HTTP_503', 503),
  },
  {
    name: '405 without a mark',
    start: () => connectOnly([]),
    connect: end('proxy-error', 'tunnel', 'HTTP_405', 405),
    absolute: end('unclear-answer', 'http', 'ORIGIN_UNPROVEN', 405),
  },
  {
    name: '405 that names the proxy',
    start: () => connectOnly(['Proxy-Agent: own/1']),
    connect: end('proxy-error', 'tunnel', 'HTTP_405', 405),
    absolute: end('proxy-error', 'http', 'PLAIN_HTTP_REFUSED', 405),
  },
  {
    name: 'a reply that is not HTTP',
    start: () => garbageReply(),
    connect: end('proxy-error', 'tunnel', 'NOT_HTTP'),
    absolute: end('proxy-error', 'http', 'NOT_HTTP'),
  },
  {
    name: 'a header without end',
    start: endlessHeader,
    connect: end('proxy-error', 'tunnel', 'NOT_HTTP'),
    absolute: end('proxy-error', 'http', 'NOT_HTTP'),
  },
  {
    name: 'closes at once',
    start: closesAfterAccept,
    connect: end('proxy-error', 'tunnel', 'CLOSED'),
    absolute: end('proxy-error', 'http', 'CLOSED'),
  },
  {
    name: 'closes in the middle of its reply',
    start: closesMidReply,
    connect: end('proxy-error', 'tunnel', 'CLOSED'),
    absolute: end('proxy-error', 'http', 'CLOSED'),
  },
  {
    name: 'silent',
    start: connectThenSilent,
    connect: end('proxy-silent', 'tunnel', 'PROXY_TIMEOUT'),
    absolute: end('proxy-silent', 'http', 'PROXY_TIMEOUT'),
  },
  {
    name: 'stops in the middle of its reply',
    start: () => garbageReply('HTTP/1.1 200 Connection estab').then((server) => server),
    connect: end('proxy-error', 'tunnel', 'CLOSED'),
    absolute: end('proxy-error', 'http', 'CLOSED'),
  },
  {
    name: 'resets',
    start: resetAfterHello,
    connect: end('proxy-error', 'tunnel', 'ECONNRESET'),
    absolute: end('proxy-error', 'http', 'CLOSED'),
  },
  {
    name: 'nobody listens',
    start: nobody,
    connect: end('proxy-unreachable', 'tcp', 'ECONNREFUSED'),
    absolute: end('proxy-unreachable', 'tcp', 'ECONNREFUSED'),
  },
  {
    name: 'a tunnel to nowhere',
    start: tunnelToNowhere,
    connect: end('stalled', 'tls', 'TLS_TIMEOUT'),
    absolute: null,
  },
  {
    name: 'interceptor',
    start: () => interceptor(stranger),
    connect: end('tls-untrusted', 'tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    absolute: null,
  },
  {
    name: 'bytes right behind the reply to CONNECT',
    start: () => garbageReply('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n'),
    connect: end('tls-failed', 'tls', 'BYTES_BEFORE_HANDSHAKE'),
    absolute: null,
  },
];

describe('an HTTP proxy that does not help', () => {
  it.each(REFUSING)('CONNECT: $name', async ({ start, connect }) => {
    const server = await bench.serve(start());
    const record = await attemptFor(connect, (timeoutMs) =>
      probeThrough(server, 'http://127.0.0.1:PORT', endpointAt(443), timeoutMs),
    );
    expect(seen(record)).toEqual(connect);
    expect(record.via).toBe(`http://127.0.0.1:${server.port}`);
  });

  const inAbsoluteForm = REFUSING.flatMap(({ name, start, absolute }) =>
    absolute === null ? [] : [{ name, start, absolute }],
  );
  it.each(inAbsoluteForm)('absolute form: $name', async ({ start, absolute }) => {
    const server = await bench.serve(start());
    const record = await attemptFor(absolute, (timeoutMs) =>
      probeThrough(server, 'http://127.0.0.1:PORT', endpointAt(80, HTTP), timeoutMs),
    );
    expect(seen(record)).toEqual(absolute);
  });

  it('names the schemes of a 407, never its realm', async () => {
    const server = await bench.serve(connect407(['Negotiate', 'Digest', 'Basic']));
    for (const target of [endpointAt(443), endpointAt(80, HTTP)]) {
      const record = await probeThrough(server, 'http://127.0.0.1:PORT', target);
      expect(record.authSchemes).toEqual(['Negotiate', 'Digest', 'Basic']);
      expect(JSON.stringify({ ...record, http: null })).not.toContain('secret-realm');
    }
  });

  it('keeps a hostile header short, and takes no code from it', async () => {
    const long = 'x'.repeat(10_000);
    const server = await bench.serve(
      garbageReply(
        `HTTP/1.1 503 X\r\nX-Squid-Error: http://portal.test/${long} 0\r\nServer: ${long}\r\nContent-Length: 0\r\n\r\n`,
      ),
    );
    for (const target of [endpointAt(443), endpointAt(80, HTTP)]) {
      const record = await probeThrough(server, 'http://127.0.0.1:PORT', target);
      expect(record).toMatchObject({ outcome: 'proxy-error', code: 'HTTP_503' });
      expect(JSON.stringify(record).length).toBeLessThan(3_000);
    }
  });

  it('does not resolve', async () => {
    const server = await bench.serve(dnsServer('nxdomain'));
    const context = bench.context({ servers: [`127.0.0.1:${server.port}`] });
    const record = await tryOnce(proxyJob(endpointAt(443)), through('http://unlisted.test:3128', context), context);
    expect(seen(record)).toEqual(end('proxy-unreachable', 'dns', 'ENOTFOUND'));
  });

  it('is an endpoint that fails behind a proxy that works', async () => {
    const reset = await bench.serve(resetAfterHello());
    const stalled = await bench.serve(stalledTls());
    const mute = await bench.serve(stalledHttp());
    const foreign = await bench.serve(httpsEndpoint(authority, ['other.test']));
    const proxy = await bench.serve(
      workingProxy({
        map: { 'plex.test:1': reset, 'plex.test:2': stalled, 'plex.test:4': foreign, 'plex.test:5': mute },
      }),
    );
    const ends = [
      end('cut', 'tls', 'ECONNRESET'),
      end('stalled', 'tls', 'TLS_TIMEOUT'),
      end('proxy-error', 'tunnel', 'ERR_DNS_FAIL', 503),
      end('tls-untrusted', 'tls', 'ERR_TLS_CERT_ALTNAME_INVALID'),
    ];
    for (const [at, expected] of ends.entries()) {
      const record = await attemptFor(expected, (timeoutMs) =>
        probeThrough(proxy, 'http://127.0.0.1:PORT', endpointAt(at + 1), timeoutMs),
      );
      expect(seen(record)).toEqual(expected);
    }
  });
});

describe('an HTTP proxy that works', () => {
  it.each([
    ['http without password', 'http', '', null],
    ['http with password', 'http', 'alice:correct%20horse@', CREDENTIALS],
    [
      'http with special characters',
      'http',
      `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@`,
      { user: USER, password: PASSWORD },
    ],
    ['http with characters as typed', 'http', 'alice:100%@', { user: 'alice', password: '100%' }],
    ['http with a password that holds @', 'http', 'alice:p@ss@', { user: 'alice', password: 'p@ss' }],
    ['http with a user only', 'http', 'alice@', { user: 'alice', password: '' }],
    ['https without password', 'https', '', null],
    ['https with password', 'https', 'alice:correct%20horse@', CREDENTIALS],
  ] as const)('%s', async (_, scheme, userinfo, credentials) => {
    const heard: Record<string, unknown>[] = [];
    const listener: Parameters<typeof httpEndpoint>[0] = ({ headers }, response) => {
      heard.push(headers);
      response.end('hello');
    };
    const secureOne = await bench.serve(httpsEndpoint(authority, [HOST], listener));
    const plainOne = await bench.serve(httpEndpoint(listener));
    const settings = {
      map: { [`${HOST}:443`]: secureOne, [`${HOST}:80`]: plainOne },
      ...(credentials ? { credentials } : {}),
    };
    const proxy = await bench.serve(scheme === 'http' ? workingProxy(settings) : tlsProxy(authority, settings));
    const url = `${scheme}://${userinfo}127.0.0.1:PORT`;
    const tunnelled = await probeThrough(proxy, url, endpointAt(443));
    const forwarded = await probeThrough(proxy, url, endpointAt(80, HTTP));
    expect(seen(tunnelled)).toEqual(end('ok', 'http', null, 200));
    expect(seen(forwarded)).toEqual(end('ok', 'http', null, 200));
    expect([tunnelled.form, forwarded.form]).toEqual(['connect', 'absolute']);
    expect(tunnelled.stages.map((s) => s.stage)).toEqual(['tcp', 'tunnel', 'tls', 'http']);
    expect(forwarded.stages.map((s) => s.stage)).toEqual(['tcp', 'http']);
    expect(proxy.log).toEqual([
      { method: 'CONNECT', host: HOST, port: 443, status: 200 },
      { method: 'GET', host: HOST, port: 80, status: 200 },
    ]);
    expect(tunnelled.via).toBe(`${scheme}://${userinfo === '' ? '' : '***@'}127.0.0.1:${proxy.port}`);
    for (const headers of heard) expect(Object.keys(headers)).not.toContain('proxy-authorization');
  });

  it('wrong password', async () => {
    const proxy = await bench.serve(workingProxy({ credentials: CREDENTIALS }));
    const record = await probeThrough(proxy, 'http://alice:wrong@127.0.0.1:PORT', endpointAt(443));
    expect(seen(record)).toEqual(end('proxy-auth', 'tunnel', 'ERR_CACHE_ACCESS_DENIED', 407));
    expect(record.authSchemes).toEqual(['Basic']);
  });

  it('asks for the endpoint by name and port, also in absolute form on another port', async () => {
    const plain = await bench.serve(httpEndpoint());
    const proxy = await bench.serve(workingProxy({ map: { [HOST]: plain } }));
    for (const port of [80, 443, 8080]) {
      await probeThrough(proxy, 'http://127.0.0.1:PORT', endpointAt(port, { scheme: 'http' }));
    }
    expect(proxy.log.map(({ port }) => port)).toEqual([80, 443, 8080]);
  });

  it('https, with a certificate that nobody trusts', async () => {
    const proxy = await bench.serve(tlsProxy(stranger));
    const record = await probeThrough(proxy, 'https://127.0.0.1:PORT', endpointAt(443));
    expect(seen(record)).toEqual(end('proxy-unreachable', 'tcp', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
  });

  it('https, where the proxy does not answer the handshake', async () => {
    const proxy = await bench.serve(stalledTls());
    const expected = end('proxy-silent', 'tcp', 'PROXY_TLS_TIMEOUT');
    const record = await attemptFor(expected, (timeoutMs) =>
      probeThrough(proxy, 'https://127.0.0.1:PORT', endpointAt(443), timeoutMs),
    );
    expect(seen(record)).toEqual(expected);
  });

  it('https, where the proxy speaks plain HTTP', async () => {
    const proxy = await bench.serve(workingProxy());
    const record = await probeThrough(proxy, 'https://127.0.0.1:PORT', endpointAt(443));
    expect(record.outcome).toBe('proxy-unreachable');
  });
});

describe('a SOCKS proxy', () => {
  const socksRow = async (
    scheme: string,
    settings: SocksSettings,
    userinfo = '',
    timeoutMs = PATIENCE_MS,
  ): Promise<AttemptRecord> => {
    const server = await bench.serve(socksServer(settings));
    return probeThrough(server, `${scheme}://${userinfo}127.0.0.1:PORT`, endpointAt(443), timeoutMs);
  };

  it.each([
    ['socks4', 4, 'address'],
    ['socks4a', 4, 'name'],
    ['socks5', 5, 'address'],
    ['socks5h', 5, 'name'],
  ] as const)('%s works and names its target by %i %s', async (scheme, version, addressed) => {
    const secureOne = await bench.serve(httpsEndpoint(authority, [HOST]));
    const server = await bench.serve(socksServer({ map: { [HOST]: secureOne, '127.0.0.1': secureOne } }));
    const record = await probeThrough(server, `${scheme}://127.0.0.1:PORT`, endpointAt(443));
    expect(seen(record)).toEqual(end('ok', 'http', null, 200));
    expect(record.form).toBe('socks');
    expect(server.log).toEqual([{ version, addressed, host: addressed === 'name' ? HOST : '127.0.0.1', port: 443 }]);
  });

  it('plain HTTP goes through it as well', async () => {
    const plain = await bench.serve(httpEndpoint());
    const server = await bench.serve(socksServer({ map: { [HOST]: plain } }));
    const record = await probeThrough(server, 'socks5h://127.0.0.1:PORT', endpointAt(80, HTTP));
    expect(record).toMatchObject({ outcome: 'ok', form: 'socks', status: 200 });
  });

  it.each<[string, string, SocksSettings, string, Seen]>([
    ['refuses', 'socks5h', { mode: 'refuse' }, '', end('denied', 'tunnel', 'SOCKS_NOT_ALLOWED')],
    ['refuses', 'socks4a', { mode: 'refuse' }, '', end('proxy-error', 'tunnel', 'SOCKS_FAILED')],
    ['cannot reach', 'socks5h', {}, '', end('proxy-error', 'tunnel', 'SOCKS_HOST_UNREACHABLE')],
    ['is silent', 'socks5h', { mode: 'silent' }, '', end('proxy-silent', 'tunnel', 'PROXY_TIMEOUT')],
    ['is silent', 'socks4a', { mode: 'silent' }, '', end('proxy-silent', 'tunnel', 'PROXY_TIMEOUT')],
    ['answers garbage', 'socks5h', { mode: 'garbage' }, '', end('proxy-error', 'tunnel', 'NOT_SOCKS')],
    ['answers garbage', 'socks4a', { mode: 'garbage' }, '', end('proxy-error', 'tunnel', 'NOT_SOCKS')],
    ['wants a password', 'socks5h', { credentials: CREDENTIALS }, '', end('proxy-auth', 'tunnel', 'SOCKS_AUTH')],
    [
      'refuses the password',
      'socks5h',
      { credentials: CREDENTIALS },
      'alice:wrong@',
      end('proxy-auth', 'tunnel', 'SOCKS_AUTH'),
    ],
  ])('%s (%s)', async (_, scheme, settings, userinfo, expected) => {
    const record = await attemptFor(expected, (timeoutMs) => socksRow(scheme, settings, userinfo, timeoutMs));
    expect(seen(record)).toEqual(expected);
  });

  it('takes a password with special characters', async () => {
    const secureOne = await bench.serve(httpsEndpoint(authority, [HOST]));
    const userinfo = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@`;
    const record = await socksRow(
      'socks5h',
      { map: { [HOST]: secureOne }, credentials: { user: USER, password: PASSWORD } },
      userinfo,
    );
    expect(record.outcome).toBe('ok');
  });

  it('of version 4 cannot be asked for an IPv6 address', async () => {
    const server = await bench.serve(socksServer());
    const record = await probeThrough(server, 'socks4://127.0.0.1:PORT', endpointAt(443, { probeHost: '::1' }));
    expect([record.outcome, record.stages.at(-1)?.stage]).toEqual(['unresolved', 'dns']);
  });

  it('with a password of more than 255 bytes', async () => {
    const record = await socksRow('socks5h', { credentials: CREDENTIALS }, `alice:${'x'.repeat(300)}@`);
    expect(record.outcome).toBe('proxy-auth');
  });
});

describe('interruption on the proxy route', () => {
  it.each<[string, () => Promise<Listening>, string, Partial<Endpoint>]>([
    ['CONNECT', connectThenSilent, 'http://127.0.0.1:PORT', {}],
    ['the absolute form', connectThenSilent, 'http://127.0.0.1:PORT', HTTP],
    ['TLS to the proxy', stalledTls, 'https://127.0.0.1:PORT', {}],
    ['SOCKS', () => socksServer({ mode: 'silent' }), 'socks5h://127.0.0.1:PORT', {}],
    ['TLS in the tunnel', tunnelToNowhere, 'http://127.0.0.1:PORT', {}],
    ["DNS for the proxy's name", () => dnsServer('silent'), 'http://unlisted.test:PORT', {}],
    ['DNS on this side of SOCKS', () => dnsServer('silent'), 'socks5://127.0.0.1:TCP', { probeHost: 'unlisted.test' }],
  ])('in %s ends the attempt', async (_, start, url, more) => {
    const server = await bench.serve(start());
    const silent = await bench.serve(connectThenSilent());
    const controller = new AbortController();
    const context = bench.context({
      signal: controller.signal,
      servers: [`127.0.0.1:${server.port}`],
    });
    setTimeout(() => controller.abort(), 50);
    const route = through(url.replace('PORT', String(server.port)).replace('TCP', String(silent.port)), context);
    const record = await tryOnce(proxyJob(endpointAt(443, more)), route, context);
    expect(record).toMatchObject({ outcome: 'not-run', code: 'INTERRUPTED' });
  });
});

describe('the probe of the proxy itself', () => {
  const probeOf = (server: Listening, scheme: string, timeoutMs = PATIENCE_MS) => {
    const route = through(`${scheme}://127.0.0.1:${server.port}`, bench.context({ timeoutMs }));
    if (route.kind !== 'fixed') throw new Error('not a fixed proxy');
    return route.proxy.probe();
  };

  it.each<[string, () => Promise<Listening>, string, { readonly outcome: string; readonly [key: string]: unknown }]>([
    [
      'works',
      () => workingProxy(),
      'http',
      { outcome: 'ok', code: null, invalidName: { status: 503, error: 'ERR_DNS_FAIL' } },
    ],
    [
      '403',
      () => connect403(),
      'http',
      { outcome: 'ok', invalidName: { status: 403, error: 'ERR_ACCESS_DENIED' }, software: 'squid/6.13' },
    ],
    ['407', () => connect407(['NTLM']), 'http', { outcome: 'proxy-auth', authSchemes: ['NTLM'] }],
    ['silent', connectThenSilent, 'http', { outcome: 'proxy-silent', invalidName: null }],
    ['garbage', () => garbageReply(), 'http', { outcome: 'proxy-error', code: 'NOT_HTTP' }],
    ['nobody', nobody, 'http', { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' }],
    [
      'SOCKS works',
      () => socksServer(),
      'socks5h',
      { outcome: 'ok', invalidName: { status: null, error: 'SOCKS_HOST_UNREACHABLE' } },
    ],
    ['SOCKS silent', () => socksServer({ mode: 'silent' }), 'socks5h', { outcome: 'proxy-silent' }],
    ['SOCKS garbage', () => socksServer({ mode: 'garbage' }), 'socks5h', { outcome: 'proxy-error', code: 'NOT_SOCKS' }],
    ['SOCKS wants a password', () => socksServer({ credentials: CREDENTIALS }), 'socks5h', { outcome: 'proxy-auth' }],
  ])('%s', async (_, start, scheme, expected) => {
    const server = await bench.serve(start());
    const probed =
      expected.outcome === 'proxy-silent'
        ? await inSilence(
            (timeoutMs) => probeOf(server, scheme, timeoutMs),
            ({ outcome }) => outcome === 'proxy-silent',
          )
        : await probeOf(server, scheme);
    expect(probed).toMatchObject(expected);
  });

  it('happens once, however many ask', async () => {
    const proxy = await bench.serve(workingProxy());
    const route = through(`http://127.0.0.1:${proxy.port}`, bench.context());
    if (route.kind !== 'fixed') throw new Error('not a fixed proxy');
    await Promise.all([route.proxy.probe(), route.proxy.probe()]);
    expect(proxy.log).toHaveLength(1);
  });
});
