import { describe, expect, it } from 'vitest';
import type { DialectId } from '../../../src/core/dialects/dialect.ts';
import { DIALECTS } from '../../../src/core/dialects/index.ts';

const HTTP_PROXY = { http_proxy: 'http://127.0.0.1:3128' };

function isDirect(dialect: DialectId, list: string, url: string): boolean {
  const { hostname, port } = new URL(url);
  const target = { scheme: 'http', host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 80 } as const;
  return DIALECTS[dialect].decide({ ...HTTP_PROXY, no_proxy: list }, target).route === 'direct';
}

// ── measured on curl 7.88.1, wget 1.21.3, CPython 3.11 urllib, requests 2.34, undici 7 and Node 24's http ──────────────

const MEASURED = ['curl-7.87', 'wget', 'python-urllib', 'python-requests', 'node-fetch', 'node-http'] as const;

/** One letter a client, in the order above: D direct, p through the proxy. */
const MATCHING: readonly (readonly [list: string, url: string, ways: string])[] = [
  ['example.com', 'http://example.com', 'DDDDDD'],
  ['example.com', 'http://www.example.com', 'DDDDDp'],
  ['example.com', 'http://notexample.com', 'pppppp'],
  ['.example.com', 'http://example.com', 'DpDDDD'],
  ['.example.com', 'http://www.example.com', 'DDDDDD'],
  ['.example.com', 'http://notexample.com', 'pppppp'],
  ['*.example.com', 'http://www.example.com', 'ppppDD'],
  ['*.example.com', 'http://example.com', 'ppppDp'],
  ['*example.com', 'http://notexample.com', 'pppppp'],
  ['*', 'http://example.com', 'DpDDDD'],
  ['foo.test,*', 'http://example.com', 'pppppD'],
  ['example.com:8080', 'http://example.com:8080', 'ppDDDD'],
  ['example.com:8080', 'http://example.com', 'pppppp'],
  ['example.com:80', 'http://example.com', 'ppppDD'],
  ['foo.test example.com', 'http://example.com', 'DpppDp'],
  ['foo.test, example.com', 'http://example.com', 'DDDDDD'],
  ['EXAMPLE.COM', 'http://example.com', 'DDDDDD'],
  ['example.com.', 'http://example.com', 'Dppppp'],
  ['example.com', 'http://example.com.', 'Dppppp'],
  ['192.168.0.0/16', 'http://192.168.1.1', 'DppDpp'],
  ['192.168.1.1', 'http://192.168.1.1', 'DDDDDD'],
  ['192.168.', 'http://192.168.1.1', 'pppppp'],
  ['1.1', 'http://192.168.1.1', 'pDDDDp'],
  ['192.168.1.*', 'http://192.168.1.1', 'pppppp'],
  ['192.168.1.1-192.168.1.9', 'http://192.168.1.1', 'pppppD'],
  ['192.168.1.1:8080', 'http://192.168.1.1:8080', 'ppDpDD'],
  ['::1', 'http://[::1]', 'DDpDpD'],
  ['[::1]', 'http://[::1]', 'ppDpDp'],
  ['2001:db8::/32', 'http://[2001:db8::1]', 'pppppp'],
  ['', 'http://localhost', 'pppppp'],
  ['localhost', 'http://127.0.0.1', 'pppppp'],
];

describe('no_proxy, as measured on real clients', () => {
  it.each(MATCHING)('"%s" and %s: %s', (list, url, ways) => {
    const found = MEASURED.map((dialect) => (isDirect(dialect, list, url) ? 'D' : 'p')).join('');
    expect(found).toBe(ways);
  });
});

// ── libcurl's eras: lib/url.c at 7.85.0, lib/noproxy.c at 7.86.0, 7.88.1, 8.9.0, 8.18.0 ─────────────────────────────────

const ERAS = ['curl-7.85', 'curl-7.86', 'curl-7.87', 'curl-8.9', 'curl-8.18'] as const;

const CURL_ERAS: readonly (readonly [list: string, url: string, ways: string])[] = [
  // b830f9ba9e, b1953c1933: 7.86 knew bare names exactly only, and dotted ones at the end of the list only.
  ['example.com', 'http://www.example.com', 'DpDDD'],
  ['example.com', 'http://example.com', 'DDDDD'],
  ['.example.com', 'http://www.example.com', 'DDDDD'],
  ['.example.com,foo.test', 'http://www.example.com', 'DpDDD'],
  ['.example.com,foo.test', 'http://example.com', 'DDDDD'],
  ['.example.com', 'http://notexample.com', 'pDppp'],
  ['..example.com', 'http://www.example.com', 'pDppp'],
  // 1e9a538e05 brought IPv4 networks in 7.86; before, addresses were text, and text matches from the right.
  ['192.168.0.0/16', 'http://192.168.1.1', 'pDDDD'],
  ['192.168.0.0/33', 'http://192.168.1.1', 'ppppp'],
  ['192.168.0.0/0', 'http://192.168.1.1', 'ppppp'],
  ['192.168.1.1/0', 'http://192.168.1.1', 'pDDDD'],
  ['192.168.1.0/x', 'http://192.168.1.1', 'ppppp'],
  ['1.1', 'http://192.168.1.1', 'Dpppp'],
  ['192.168.1.1', 'http://192.168.1.1', 'DDDDD'],
  ['192.168.1.1,foo.test', 'http://192.168.1.1', 'DpDDD'],
  ['192.168.1.1/32,foo.test', 'http://192.168.1.1', 'pDDDD'],
  // curlx_str_number in 8.17 and later: nothing may follow the number.
  ['192.168.0.0/16a', 'http://192.168.1.1', 'pDDDp'],
  ['192.168.0.0/-1', 'http://192.168.1.1', 'ppppp'],
  // ff2aaed9ba: IPv6 recognised without brackets since 8.18; before, it is compared as text.
  ['::1', 'http://[::1]', 'DDDDD'],
  ['[::1]', 'http://[::1]', 'ppppp'],
  ['0:0:0:0:0:0:0:1', 'http://[::1]', 'ppppD'],
  ['2001:db8::/32', 'http://[2001:db8::1]', 'ppppD'],
  ['2001:db8::/129', 'http://[2001:db8::1]', 'ppppp'],
  ['2001:db8::/31', 'http://[2001:db9::1]', 'ppppD'],
  // 7ad8a7ba9e deprecated blanks between entries, e78913e6b5 (8.9) ended the list at the first.
  ['foo.test example.com', 'http://example.com', 'DDDpp'],
  ['foo.test\texample.com', 'http://example.com', 'pDDpp'],
  ['foo.test , example.com', 'http://example.com', 'DDDDD'],
  [' example.com', 'http://example.com', 'DDDDD'],
  [',,example.com,,', 'http://example.com', 'DDDDD'],
  ['foo.test\nexample.com', 'http://example.com', 'ppppp'],
  // A trailing dot of either side counts for nothing since 7.87.
  ['example.com.', 'http://example.com', 'ppDDD'],
  ['example.com', 'http://example.com.', 'ppDDD'],
  ['.', 'http://example.com.', 'DDppp'],
  ['*', 'http://example.com', 'DDDDD'],
  [' *', 'http://example.com', 'ppppp'],
];

describe('no_proxy in the eras of libcurl', () => {
  it.each(CURL_ERAS)('"%s" and %s: %s', (list, url, ways) => {
    const found = ERAS.map((dialect) => (isDirect(dialect, list, url) ? 'D' : 'p')).join('');
    expect(found).toBe(ways);
  });

  it.each(CURL_ERAS)('"%s" and %s: nothing changed in 8.21', (list, url) => {
    expect(isDirect('curl', list, url)).toBe(isDirect('curl-8.18', list, url));
  });
});

// ── Go: golang.org/x/net/http/httpproxy/proxy.go ────────────────────────────────────────────────────────────────────────

const GO: readonly (readonly [list: string, url: string, direct: boolean])[] = [
  ['example.com', 'http://www.example.com', true],
  ['.example.com', 'http://example.com', false],
  ['.example.com', 'http://www.example.com', true],
  ['*.example.com', 'http://www.example.com', true],
  ['*.example.com', 'http://example.com', false],
  ['foo.test, *', 'http://example.com', true],
  ['example.com:8080', 'http://example.com:8080', true],
  ['example.com:8080', 'http://example.com', false],
  ['example.com:80', 'http://example.com', true],
  [':80', 'http://example.com', false],
  ['foo.test example.com', 'http://example.com', false],
  ['192.168.0.0/16', 'http://192.168.1.1', true],
  ['2001:db8::/32', 'http://[2001:db8::1]', true],
  ['2001:db8::1', 'http://[2001:db8::1]', true],
  ['[2001:db8::1]', 'http://[2001:db8::1]', false],
  ['[2001:db8::1]:80', 'http://[2001:db8::1]', true],
  ['1.1', 'http://192.168.1.1', true],
  ['', 'http://localhost', true],
  ['', 'http://127.8.9.10', true],
  ['', 'http://[::1]', true],
  ['bücher.example', 'http://xn--bcher-kva.example', true],
];

describe('no_proxy in Go', () => {
  it.each(GO)('"%s" and %s: direct is %s', (list, url, direct) => {
    expect(isDirect('go', list, url)).toBe(direct);
  });
});
