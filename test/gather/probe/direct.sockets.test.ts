import { createServer as createHttpsServer } from 'node:https';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/core/model/endpoint.ts';
import { listen, type Listening } from '../../../src/demo/system/listening.ts';
import {
  closesInsteadOfAnswer,
  cutBody,
  httpEndpoint,
  httpsEndpoint,
  hugeBody,
  stalledHttp,
} from '../../support/servers/endpoint.ts';
import { Deadline } from '../../../src/core/values/deadline.ts';
import { startDns } from '../../../src/demo/outside/dns.ts';
import { dnsServer } from '../../support/servers/dns-server.ts';
import { garbageReply } from '../../support/servers/misbehaving-proxy.ts';
import {
  alertAfterHello,
  closesAfterHello,
  plainHttpInsteadOfTls,
  resetAfterHello,
  stalledTls,
} from '../../support/servers/misbehaving-tls.ts';
import {
  attemptFor,
  authority,
  Bench,
  directJob,
  endpointAt,
  HOST,
  inSilence,
  seen,
  stranger,
  tryOnce,
  type Seen,
} from './bench.ts';

const bench = new Bench();
afterEach(() => bench.closeServers());
afterAll(() => bench.close());

const secured = { authority, names: [HOST] };
const DAY_MS = 86_400_000;

function expired(): Promise<Listening> {
  const notBefore = new Date(Date.now() - 20 * DAY_MS);
  const { certificatePem, keyPem } = authority.issue([HOST], { notBefore, notAfter: new Date(Date.now() - DAY_MS) });
  return listen(createHttpsServer({ cert: certificatePem, key: keyPem }, (_request, response) => response.end('late')));
}

async function nobody(): Promise<Listening> {
  const server = await httpEndpoint();
  await server.close();
  return { ...server, close: () => Promise.resolve() };
}

const answers = (status: number, headers: Record<string, string> = {}, body = ''): Promise<Listening> =>
  httpEndpoint((_request, response) => response.writeHead(status, headers).end(body));

interface Row {
  readonly name: string;
  readonly start: () => Promise<Listening>;
  readonly endpoint?: Partial<Endpoint>;
  readonly expected: Seen;
}

const HTTP = { scheme: 'http' } as const;
const row = (
  name: string,
  start: Row['start'],
  endpoint: Partial<Endpoint>,
  outcome: Seen['outcome'],
  stage: Seen['stage'],
  code: string | null = null,
  status: number | null = null,
): Row => ({ name, start, endpoint, expected: { outcome, stage, code, status } });

const ROWS: readonly Row[] = [
  row('working TLS', () => httpsEndpoint(authority, [HOST]), {}, 'ok', 'http', null, 200),
  row('working HTTP', () => httpEndpoint(), HTTP, 'ok', 'http', null, 200),
  row('any status is an answer', () => answers(404), HTTP, 'ok', 'http', null, 404),
  row('403 of the endpoint itself', () => answers(403), HTTP, 'ok', 'http', null, 403),
  row(
    'a redirect within the site',
    () => answers(302, { location: 'https://app.plex.test/' }),
    HTTP,
    'ok',
    'http',
    null,
    302,
  ),
  row(
    'unknown root',
    () => httpsEndpoint(stranger, [HOST]),
    {},
    'tls-untrusted',
    'tls',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ),
  row('expired', expired, {}, 'tls-untrusted', 'tls', 'CERT_HAS_EXPIRED'),
  row(
    'certificate of another name',
    () => httpsEndpoint(authority, ['other.test']),
    {},
    'tls-untrusted',
    'tls',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ),
  row('resetAfterHello', resetAfterHello, {}, 'cut', 'tls', 'ECONNRESET'),
  row('closesAfterHello', closesAfterHello, {}, 'cut', 'tls', 'ECONNRESET'),
  row('stalledTls', stalledTls, {}, 'stalled', 'tls', 'TLS_TIMEOUT'),
  row(
    'alert handshake_failure',
    () => alertAfterHello(40),
    {},
    'tls-failed',
    'tls',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  ),
  row(
    'alert unrecognized_name',
    () => alertAfterHello(112),
    {},
    'tls-failed',
    'tls',
    'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  ),
  row('plain HTTP instead of TLS', plainHttpInsteadOfTls, {}, 'tls-failed', 'tls', 'ERR_SSL_WRONG_VERSION_NUMBER'),
  row('stalled HTTP behind TLS', () => stalledHttp(secured), {}, 'stalled', 'http', 'HTTP_TIMEOUT'),
  row('stalled HTTP', () => stalledHttp(), HTTP, 'stalled', 'http', 'HTTP_TIMEOUT'),
  row('huge body', () => hugeBody(), HTTP, 'ok', 'http', null, 200),
  row('huge body behind TLS', () => hugeBody(secured), {}, 'ok', 'http', null, 200),
  row('cut body', () => cutBody(), HTTP, 'ok', 'http', null, 200),
  row('closes instead of answering', () => closesInsteadOfAnswer(), HTTP, 'cut', 'http', 'CLOSED'),
  row('closes instead of answering, TLS', () => closesInsteadOfAnswer(secured), {}, 'cut', 'http', 'CLOSED'),
  row('an SSH server', () => garbageReply(), HTTP, 'captive', 'http', 'NOT_HTTP'),
  row('nobody listens', nobody, {}, 'refused', 'tcp', 'ECONNREFUSED'),
  row('captive: 511', () => answers(511), HTTP, 'captive', 'http', 'HTTP_511', 511),
  row(
    'captive: redirect to a portal',
    () => answers(302, { location: 'http://portal.example/login' }),
    HTTP,
    'captive',
    'http',
    'FOREIGN_REDIRECT',
    302,
  ),
  row(
    'captive: a page instead of what the endpoint gives',
    () => answers(200, { 'content-type': 'text/html' }, '<html>welcome</html>'),
    { ...HTTP, accepts: [404] },
    'captive',
    'http',
    'UNEXPECTED_PAGE',
    200,
  ),
];

describe('the direct route', () => {
  it.each(ROWS)('$name', async ({ start, endpoint, expected }) => {
    const server = await bench.serve(start());
    const record = await attemptFor(expected, (timeoutMs) =>
      tryOnce(directJob(endpointAt(server.port, endpoint)), null, bench.context({ timeoutMs })),
    );
    expect(seen(record)).toEqual(expected);
    expect(record.via).toBeNull();
    expect(record.form).toBeNull();
  });

  it('reads no more of a body than it needs, and says what an answer told', async () => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
    const server = await bench.serve(answers(200, { date, server: 'nginx', via: '1.1 mirror' }, '203.0.113.9\n'));
    const { http } = await tryOnce(directJob(endpointAt(server.port, HTTP)), null, bench.context());
    expect(http).toMatchObject({
      status: 200,
      date: '1994-11-06T08:49:37.000Z',
      server: 'nginx',
      html: false,
      proxyHeaders: { via: '1.1 mirror' },
      callerAddress: '203.0.113.9',
      redirectHost: null,
    });
  });

  it('takes an answer whose body never ends', async () => {
    const server = await bench.serve(
      httpEndpoint((_request, response) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('some');
      }),
    );
    const record = await inSilence(
      (timeoutMs) => tryOnce(directJob(endpointAt(server.port, HTTP)), null, bench.context({ timeoutMs })),
      ({ outcome }) => outcome === 'ok',
    );
    expect(seen(record)).toEqual({ outcome: 'ok', stage: 'http', code: null, status: 200 });
  });

  it('records the certificate of a chain that it does not trust, and sends nothing over it', async () => {
    let requests = 0;
    const server = await bench.serve(
      httpsEndpoint(stranger, [HOST], (_request, response) => {
        requests += 1;
        response.end();
      }),
    );
    const record = await tryOnce(directJob(endpointAt(server.port)), null, bench.context());
    expect(record.tls).toMatchObject({ subject: HOST, issuer: 'Stranger Root', trusted: false });
    expect(record.tls?.anchor).toEqual({ subject: 'Stranger Root', fingerprint256: null });
    expect(requests).toBe(0);
  });
});

describe('the request', () => {
  it('names the tool, carries nothing else, and follows no redirect', async () => {
    const heard: { readonly url: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
    const server = await bench.serve(
      httpsEndpoint(authority, [HOST], ({ url = '', headers }, response) => {
        heard.push({ url, headers });
        response.writeHead(302, { location: '/elsewhere', 'set-cookie': 'a=b' }).end();
      }),
    );
    const record = await tryOnce(directJob(endpointAt(server.port, { path: '/api?x=1' })), null, bench.context());
    expect(record.status).toBe(302);
    expect(heard).toEqual([
      {
        url: '/api?x=1',
        headers: {
          host: `${HOST}:${server.port}`,
          connection: 'close',
          accept: '*/*',
          'user-agent': expect.stringMatching(/^pms-proxy-doctor\/\d+\.\d+\.\d+/),
        },
      },
    ]);
  });
});

describe('names', () => {
  it.each([
    ['nxdomain', 'ENOTFOUND'],
    ['servfail', 'ESERVFAIL'],
    ['refused', 'EREFUSED'],
    ['silent', 'ETIMEOUT'],
  ] as const)('a DNS server in mode %s', async (mode, code) => {
    const dns = await bench.serve(dnsServer(mode));
    const target = endpointAt(443, { host: 'unlisted.test', probeHost: 'unlisted.test' });
    const expected = { outcome: 'unresolved', stage: 'dns', code, status: null } as const;
    const servers = [`127.0.0.1:${dns.port}`];
    const record = await attemptFor(expected, (timeoutMs) =>
      tryOnce(directJob(target), null, bench.context({ timeoutMs, servers })),
    );
    expect(seen(record)).toEqual(expected);
  });

  it('no DNS server at all', async () => {
    const target = endpointAt(443, { probeHost: 'unlisted.test' });
    const record = await tryOnce(directJob(target), null, bench.context());
    expect(seen(record)).toEqual({ outcome: 'unresolved', stage: 'dns', code: 'ECONNREFUSED', status: null });
  });

  it('a name without an address of the family', async () => {
    const dns = await bench.serve(dnsServer({ 'v4.test': ['127.0.0.1'] }));
    const context = bench.context({ servers: [`127.0.0.1:${dns.port}`] });
    const record = await tryOnce(directJob(endpointAt(443, { probeHost: 'v4.test' }), 6), null, context);
    expect(seen(record)).toEqual({ outcome: 'unresolved', stage: 'dns', code: 'ENODATA', status: null });
  });

  it('the hosts file goes before DNS, and a name is asked once', async () => {
    const server = await bench.serve(httpEndpoint());
    const dns = await bench.serve(dnsServer({ 'dns.test': ['127.0.0.1'] }));
    const context = bench.context({ servers: [`127.0.0.1:${dns.port}`] });
    for (const probeHost of [HOST, 'dns.test', 'DNS.test']) {
      const record = await tryOnce(directJob(endpointAt(server.port, { ...HTTP, probeHost })), null, context);
      expect(record).toMatchObject({ outcome: 'ok', address: '127.0.0.1', scope: 'loopback' });
    }
    expect(dns.questions.map((q) => q.name)).toEqual(['dns.test']);
    expect((await context.resolver.lookups()).map((l) => l.source)).toEqual(['hosts-file', 'dns']);
  });

  it('a name is asked once more when no server answered in time', async () => {
    let isAwake = false;
    let asked = 0;
    const dns = await bench.serve(
      startDns(() => {
        asked += 1;
        return isAwake ? { kind: 'addresses', addresses: ['127.0.0.1'] } : { kind: 'silent' };
      }),
    );
    const { resolver } = bench.context({ timeoutMs: 200, servers: [`127.0.0.1:${dns.port}`] });
    const ask = async (name: string, ms: number): Promise<string | null> =>
      (await resolver.lookup(name, 4, Deadline.after(ms))).code;
    expect(await ask('late.test', 200)).toBe('ETIMEOUT');
    expect([await ask('dead.test', 200), await ask('dead.test', 200)]).toEqual(['ETIMEOUT', 'ETIMEOUT']);
    isAwake = true;
    expect(await ask('late.test', 10_000)).toBeNull();
    const before = asked;
    expect(await ask('dead.test', 10_000)).toBe('ETIMEOUT');
    expect(asked).toBe(before);
    expect((await resolver.lookups()).map(({ host, code }) => [host, code])).toEqual([
      ['late.test', null],
      ['dead.test', 'ETIMEOUT'],
    ]);
  });

  it('the next address when one is refused', async () => {
    const server = await bench.serve(httpEndpoint());
    const dns = await bench.serve(dnsServer({ 'pool.test': ['127.0.0.9', '127.0.0.1'] }));
    const context = bench.context({ servers: [`127.0.0.1:${dns.port}`] });
    const target = endpointAt(server.port, { ...HTTP, probeHost: 'pool.test' });
    expect(await tryOnce(directJob(target), null, context)).toMatchObject({ outcome: 'ok', address: '127.0.0.1' });
  });

  it.each([
    ['127.0.0.1', 4, 'ok'],
    ['127.0.0.1', 6, 'unresolved'],
    ['::1', 4, 'unresolved'],
  ] as const)('the literal %s in family %i: %s', async (probeHost, family, outcome) => {
    const server = await bench.serve(httpEndpoint());
    const job = directJob(endpointAt(server.port, { ...HTTP, probeHost }), family);
    expect((await tryOnce(job, null, bench.context())).outcome).toBe(outcome);
  });
});

describe('interruption', () => {
  it.each<[string, () => Promise<Listening>, Partial<Endpoint>]>([
    ['in the TLS handshake', stalledTls, {}],
    ['in the request', () => stalledHttp(), HTTP],
    ['in DNS', () => dnsServer('silent'), { probeHost: 'unlisted.test' }],
  ])('%s ends the attempt', async (_, start, more) => {
    const server = await bench.serve(start());
    const controller = new AbortController();
    const context = bench.context({
      signal: controller.signal,
      servers: [`127.0.0.1:${server.port}`],
    });
    setTimeout(() => controller.abort(), 50);
    const record = await tryOnce(directJob(endpointAt(server.port, more)), null, context);
    expect(record).toMatchObject({ outcome: 'not-run', code: 'INTERRUPTED' });
  });
});
