import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId, type Target, type Variables } from '../../../src/core/dialects/dialect.ts';
import { curlDialectFor, decideAll, DIALECTS } from '../../../src/core/dialects/index.ts';
import { maskUserinfo } from '../../../src/core/secret.ts';

const HTTP: Target = { scheme: 'http', host: 'example.com', port: 80 };
const HTTPS: Target = { scheme: 'https', host: 'example.com', port: 443 };
const A = 'http://a.test:3128';
const B = 'http://b.test:3128';

/** What the client does, in one word or two: `direct`, `error`, or the proxy's host. */
function way(dialect: DialectId, variables: Variables, target: Target): string {
  const { route, proxy, error } = DIALECTS[dialect].decide(variables, target);
  if (error !== null) return 'error';
  return route === 'direct' ? 'direct' : (/([^/@]+):\d+$/.exec(proxy ?? '')?.[1] ?? '');
}

describe('which variable is used', () => {
  const CLIENTS = [
    'curl',
    'wget',
    'python-urllib',
    'python-requests',
    'go',
    'node-fetch',
    'node-http',
    'java',
  ] as const;

  /** One word a client, in the order above. Measured; the column of Go from its source. */
  const ROWS: readonly (readonly [name: string, variables: Variables, target: Target, ways: string])[] = [
    ['http_proxy', { http_proxy: A }, HTTP, 'a.test a.test a.test a.test a.test a.test a.test direct'],
    ['HTTP_PROXY', { HTTP_PROXY: A }, HTTP, 'direct direct a.test a.test a.test a.test a.test direct'],
    ['https_proxy', { https_proxy: A }, HTTPS, 'a.test a.test a.test a.test a.test a.test a.test direct'],
    ['HTTPS_PROXY', { HTTPS_PROXY: A }, HTTPS, 'a.test direct a.test a.test a.test a.test a.test direct'],
    ['https with http_proxy', { http_proxy: A }, HTTPS, 'direct direct direct direct direct a.test direct direct'],
    ['http with https_proxy', { https_proxy: A }, HTTP, 'direct direct direct direct direct direct direct direct'],
    ['all_proxy', { all_proxy: A }, HTTPS, 'a.test direct direct a.test direct direct direct direct'],
    ['ALL_PROXY', { ALL_PROXY: A }, HTTP, 'a.test direct direct a.test direct direct direct direct'],
    [
      'the specific one first',
      { http_proxy: A, all_proxy: B },
      HTTP,
      'a.test a.test a.test a.test a.test a.test a.test direct',
    ],
    [
      'both cases',
      { https_proxy: A, HTTPS_PROXY: B },
      HTTPS,
      'a.test a.test a.test a.test b.test a.test a.test direct',
    ],
    [
      'empty lower case',
      { https_proxy: '', HTTPS_PROXY: B },
      HTTPS,
      'b.test direct direct direct b.test direct b.test direct',
    ],
    ['mixed case', { Http_Proxy: A }, HTTP, 'direct direct a.test a.test direct direct direct direct'],
    [
      'under CGI',
      { HTTP_PROXY: A, REQUEST_METHOD: 'GET' },
      HTTP,
      'direct direct direct direct error a.test a.test direct',
    ],
    [
      'lower case under CGI',
      { http_proxy: A, REQUEST_METHOD: 'GET' },
      HTTP,
      'a.test a.test a.test a.test error a.test a.test direct',
    ],
    [
      'NO_PROXY',
      { http_proxy: A, NO_PROXY: 'example.com' },
      HTTP,
      'direct a.test direct direct direct direct direct direct',
    ],
    [
      'empty no_proxy',
      { http_proxy: A, no_proxy: '', NO_PROXY: 'example.com' },
      HTTP,
      'direct a.test a.test direct direct a.test direct direct',
    ],
    [
      'both lists',
      { http_proxy: A, no_proxy: 'foo.test', NO_PROXY: 'example.com' },
      HTTP,
      'a.test a.test a.test a.test direct a.test a.test direct',
    ],
  ];
  it.each(ROWS)('%s', (_name, variables, target, ways) => {
    expect(CLIENTS.map((dialect) => way(dialect, variables, target)).join(' ')).toBe(ways);
  });
});

describe('how the value is read', () => {
  const E = 'error';

  /** curl, wget, urllib, requests, undici. Held against the real ones by the oracle test. */
  const CLIENTS = ['curl-8.9', 'wget', 'python-urllib', 'python-requests', 'node-fetch'] as const;
  const ROWS: readonly (readonly [value: string, scheme: 'http' | 'https', proxies: readonly (string | null)[]])[] = [
    ['http://p.test:3128', 'http', Array(5).fill('http://p.test:3128')],
    ['p.test:3128', 'http', [...Array(4).fill('http://p.test:3128'), E]],
    ['p:3128', 'http', [...Array(3).fill('http://p:3128'), E, E]],
    ['http://p.test', 'http', ['http://p.test:1080', ...Array(4).fill('http://p.test:80')]],
    [
      'http://p.test',
      'https',
      ['http://p.test:1080', 'http://p.test:80', 'https://p.test:443', 'http://p.test:80', 'http://p.test:80'],
    ],
    [
      'https://p.test',
      'http',
      ['https://p.test:443', E, 'https://p.test:443', 'https://p.test:443', 'https://p.test:443'],
    ],
    ['http://***@p.test:3128', 'http', Array(5).fill('http://***@p.test:3128')],
    ['***@p.test:3128', 'http', ['http://***@p.test:3128', E, 'http://***@p.test:3128', E, E]],
    ['http://a:b;c@p.test:3128', 'http', Array(5).fill('http://***@p.test:3128')],
    ['http://a:%zz@p.test:3128', 'http', [...Array(4).fill('http://***@p.test:3128'), E]],
    ['http://a:%ff@p.test:3128', 'http', [...Array(3).fill('http://***@p.test:3128'), E, E]],
    ['http://a:%0A@p.test:3128', 'http', [null, ...Array(4).fill('http://***@p.test:3128')]],
    ['http://a:\u65E5@p.test:3128', 'http', [...Array(3).fill('http://***@p.test:3128'), E, 'http://***@p.test:3128']],
    ['socks5://[::1]:1080', 'http', ['socks5://[::1]:1080', E, E, E, E]],
    ['http://[::1]:3128/', 'http', Array(5).fill('http://[::1]:3128')],
    ['socks5h://p.test', 'http', ['socks5h://p.test:1080', E, E, E, E]],
    ['socks://p.test:1', 'http', ['socks4://p.test:1', E, E, E, 'socks://p.test:1']],
    ['ftp.test:3128', 'http', [E, 'http://ftp.test:3128', 'http://ftp.test:3128', 'http://ftp.test:3128', E]],
    ['http:/p.test:3128', 'http', ['http://p.test:3128', E, E, E, 'http://p.test:3128']],
    ['http://p.test:3128 ', 'http', [E, E, 'http://p.test:3128', E, 'http://p.test:3128']],
    ['"http://p.test:3128"', 'http', Array(5).fill(E)],
    ['http://p.test:99999', 'http', Array(5).fill(E)],
    ['http://', 'http', Array(5).fill(E)],
    [' ', 'http', Array(5).fill(E)],
  ];
  it.each(ROWS)('%j for %s', (value, scheme, proxies) => {
    const target = scheme === 'http' ? HTTP : HTTPS;
    const found = CLIENTS.map((dialect) => {
      const { proxy, error } = DIALECTS[dialect].decide({ [`${scheme}_proxy`]: value }, target);
      return error === null ? proxy : E;
    });
    expect(found).toEqual(proxies);
  });

  it.each([
    ['http://p.test', 'http://p.test:1080', 'http://p.test:80'],
    ['p.test', 'http://p.test:1080', 'http://p.test:80'],
    ['https://p.test', 'https://p.test:443', 'https://p.test:443'],
    ['socks5://p.test', 'socks5://p.test:1080', 'socks5://p.test:1080'],
    ['ftp.test:3128', null, 'http://ftp.test:3128'],
  ])('libcurl 8.21 reads %s otherwise than 8.20', (value, until, since) => {
    expect(DIALECTS['curl-8.18'].decide({ http_proxy: value }, HTTP).proxy).toBe(until);
    expect(DIALECTS.curl.decide({ http_proxy: value }, HTTP).proxy).toBe(since);
  });

  it('undici refuses everything for one bad value, whatever the list says', () => {
    const variables = { http_proxy: 'p.test:3128', https_proxy: A, no_proxy: '*' };
    expect(DIALECTS['node-fetch'].decide(variables, HTTPS)).toMatchObject({
      variable: 'http_proxy',
      error: expect.any(String),
    });
    expect(DIALECTS['node-http'].decide(variables, HTTPS).error).not.toBeNull();
  });

  it.each([
    ['http_proxy', 'http', true],
    ['http_proxy', 'https', true],
    ['https_proxy', 'http', false],
    ['https_proxy', 'https', true],
  ] as const)("Node's own agents refuse a name that cannot be decoded: %s for %s", (variable, scheme, isRefused) => {
    const target = scheme === 'http' ? HTTP : HTTPS;
    const { error } = DIALECTS['node-http'].decide({ [variable]: 'http://100%@p.test:3128' }, target);
    expect(error !== null).toBe(isRefused);
  });

  it('a control byte in a login: libcurl before 8.21 goes direct without a word, later ones refuse', () => {
    const variables = { http_proxy: 'http://a:%1F@p.test:3128' };
    expect(DIALECTS['curl-8.18'].decide(variables, HTTP)).toMatchObject({ route: 'direct', error: null });
    expect(DIALECTS.curl.decide(variables, HTTP).error).not.toBeNull();
  });

  it('urllib goes on to the proxy of the scheme that the first proxy has', () => {
    const variables = { http_proxy: 'https://first.test:1', https_proxy: 'http://second.test:2' };
    expect(way('python-urllib', variables, HTTP)).toBe('second.test');
    expect(way('python-urllib', { ...variables, no_proxy: 'first.test' }, HTTP)).toBe('first.test');
  });

  it('Go takes what is no URL for a host, and goes direct when that is none either', () => {
    expect(DIALECTS.go.decide({ HTTP_PROXY: 'p.test' }, HTTP).proxy).toBe('http://p.test:80');
    expect(DIALECTS.go.decide({ HTTP_PROXY: 'socks5://p.test' }, HTTP).proxy).toBe('socks5://p.test:1080');
    expect(DIALECTS.go.decide({ HTTP_PROXY: 'p test:port' }, HTTP).route).toBe('direct');
    expect(DIALECTS.go.decide({ HTTP_PROXY: 'http://a:100%@p.test' }, HTTP).route).toBe('direct');
    expect(DIALECTS.go.decide({ HTTP_PROXY: 'http://a:%20@p.test' }, HTTP).proxy).toBe('http://***@p.test:80');
    // The second reading makes a host of the scheme.
    expect(DIALECTS.go.decide({ HTTP_PROXY: 'http://a b@p.test' }, HTTP).proxy).toBe('http://http:80');
  });
});

describe('schemes named like members of every object', () => {
  it.each(DIALECT_IDS)('%s takes them for unknown', (id) => {
    const decision = DIALECTS[id].decide({ http_proxy: 'constructor://p.test:1' }, HTTP);
    expect(decision.proxy ?? '').not.toContain('p.test');
  });
});

describe('what decided', () => {
  it.each(DIALECT_IDS.filter((id) => id !== 'java'))('%s names the variable and the entry', (id) => {
    const variables = { http_proxy: A, no_proxy: 'foo.test,example.com' };
    expect(DIALECTS[id].decide(variables, HTTP)).toEqual({
      route: 'direct',
      proxy: null,
      variable: 'no_proxy',
      excludedBy: 'example.com',
      error: null,
    });
    expect(DIALECTS[id].decide({ http_proxy: A }, HTTP)).toEqual({
      route: 'proxy',
      proxy: A,
      variable: 'http_proxy',
      excludedBy: null,
      error: null,
    });
    expect(DIALECTS[id].decide({}, HTTP).variable).toBeNull();
  });
});

describe('Java, by JAVA_TOOL_OPTIONS', () => {
  const ROWS: readonly (readonly [options: string, target: Target, proxy: string | null])[] = [
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=3128', HTTP, 'http://p.test:3128'],
    ['-Dhttp.proxyHost=p.test', HTTP, 'http://p.test:80'],
    ['-Dhttp.proxyHost=p.test', HTTPS, null],
    ['-Xmx1g -Dhttps.proxyHost=p.test', HTTPS, 'http://p.test:443'],
    ['-DsocksProxyHost=s.test', HTTPS, 'socks5://s.test:1080'],
    ['-Dhttps.proxyHost=p.test -Dhttp.nonProxyHosts=*.com|foo', HTTPS, null],
    ['-Dhttps.proxyHost=p.test -Dhttp.nonProxyHosts=.com', HTTPS, 'http://p.test:443'],
    ['-Dhttps.proxyHost=p.test -Dhttp.nonProxyHosts=*ample*', HTTPS, null],
    ['-Dhttps.proxyHost=p.test -DproxyPort=99', HTTPS, 'http://p.test:99'],
    ['-Dhttp.proxyPort=3128 -DproxyHost=p.test', HTTP, 'http://p.test:3128'],
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=x', HTTP, 'http://p.test:80'],
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=99999', HTTP, null],
    ['-Dhttp.proxyHost=p.test -Dhttp.nonProxyHosts=foo', { scheme: 'http', host: '127.0.0.1', port: 80 }, null],
    ['-Dhttps.proxyHost=p.test "-Dhttp.nonProxyHosts=foo|example.*"', HTTPS, null],
    ['-Dhttp.proxyHost=p.test', { scheme: 'http', host: '127.0.0.1', port: 32_400 }, null],
    ['-Dhttp.proxyHost=p.test', { scheme: 'http', host: '::1', port: 32_400 }, null],
    [
      '-Dhttp.proxyHost=p.test -Dhttp.nonProxyHosts=',
      { scheme: 'http', host: 'localhost', port: 80 },
      'http://p.test:80',
    ],
  ];
  it.each(ROWS)('%s', (options, target, proxy) => {
    expect(DIALECTS.java.decide({ JAVA_TOOL_OPTIONS: options }, target).proxy).toBe(proxy);
  });
});

describe('curlDialectFor', () => {
  it.each([
    ['7.61.1', 'curl-7.85'],
    ['7.85.0', 'curl-7.85'],
    ['7.86.0', 'curl-7.86'],
    ['7.87.0', 'curl-7.87'],
    ['7.88.1', 'curl-7.87'],
    ['8.8.0', 'curl-7.87'],
    ['8.9.0', 'curl-8.9'],
    ['8.11.1', 'curl-8.9'],
    ['8.17.0', 'curl-8.9'],
    ['8.18.0', 'curl-8.18'],
    ['8.20.0', 'curl-8.18'],
    ['8.21.0', 'curl'],
    ['8.22.0-rc1', 'curl'],
    ['9.0.0', 'curl'],
    ['unknown', 'curl'],
    ['', 'curl'],
  ])('%s is %s', (version, dialect) => {
    expect(curlDialectFor(version)).toBe(dialect);
  });
});

// ── for any text ───────────────────────────────────────────────────────────────────────────────────────────────────────

const NAMES = [
  'http_proxy',
  'HTTP_PROXY',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'NO_PROXY',
  'JAVA_TOOL_OPTIONS',
  'REQUEST_METHOD',
];
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...Array.from('ab.,:*/[]@ \t\n019-%#?=|"')) }),
  fc.webUrl(),
  fc.ipV6(),
);
const variables = fc.dictionary(fc.constantFrom(...NAMES), text);
const target: fc.Arbitrary<Target> = fc.record({
  scheme: fc.constantFrom('http', 'https'),
  host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), text),
  port: fc.integer({ min: 1, max: 65_535 }),
});

describe('every dialect, for any text', () => {
  it('decides, always the same, and consistently', () => {
    fc.assert(
      fc.property(variables, target, (set, where) => {
        const decisions = decideAll(set, where);
        expect(decideAll(set, where)).toEqual(decisions);
        for (const id of DIALECT_IDS) {
          const { route, proxy, excludedBy, error } = decisions[id];
          expect(route === 'proxy').toBe(proxy !== null);
          expect(route === 'direct' || (excludedBy === null && error === null)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('shows no credentials, whether they come masked or not', () => {
    const secret = fc.string({ unit: fc.constantFrom(...Array.from('xyz234%')), minLength: 6 });
    fc.assert(
      fc.property(secret, secret, fc.constantFrom('http://', 'https://', 'socks5://', ''), (user, password, scheme) => {
        const value = `${scheme}${user}:${password}@p.test:3128`;
        const open = decideAll({ https_proxy: value }, HTTPS);
        expect(JSON.stringify(open)).not.toContain(password);
        const masked = decideAll({ https_proxy: maskUserinfo(value) }, HTTPS);
        expect(masked.curl).toEqual(open.curl);
        expect(masked['python-urllib']).toEqual(open['python-urllib']);
      }),
    );
  });
});
