import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../../src/core/dialects/dialect.ts';
import type { Variables } from '../../../src/core/values/variables.ts';
import { decideAll, DIALECT_IDS, type DialectId, DIALECTS } from '../../../src/core/dialects/index.ts';
import { HTTP, HTTPS } from '../../support/dialects.ts';
import { maskUserinfo } from '../../../src/core/values/secret.ts';
import { anyCharacter, runs } from '../../support/fuzz.ts';

const A = 'http://a.test:3128';
const B = 'http://b.test:3128';

/** The decision of the client, in one word or two: `direct`, `error`, or the proxy's host. */
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
      ['http://p.test:1080', 'http://p.test:80', 'http://p.test:443', 'http://p.test:80', 'http://p.test:80'],
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
    ['socks://p.test:1', 'http', ['socks4://p.test:1', E, E, E, 'socks5h://p.test:1']],
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
});

describe('schemes named like members of every object', () => {
  it.each(DIALECT_IDS)('%s takes them for unknown', (id) => {
    const decision = DIALECTS[id].decide({ http_proxy: 'constructor://p.test:1' }, HTTP);
    // Go takes every scheme for HTTP.
    expect(decision.proxy ?? '').not.toMatch(id === 'go' ? /^constructor/ : /p\.test/);
  });
});

describe('what decided', () => {
  it.each(DIALECT_IDS.filter((id) => DIALECTS[id].reads === 'proxy-variables'))(
    '%s names the variable and the entry',
    (id) => {
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
    },
  );
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
  fc.string({ unit: anyCharacter }),
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
      runs(50),
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
