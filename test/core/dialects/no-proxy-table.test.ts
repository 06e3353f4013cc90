import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../src/core/dialects/index.ts';
import { isDirect } from '../../support/dialects.ts';

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
    const found = MEASURED.map((dialect) => (isDirect(DIALECTS[dialect], list, url) ? 'D' : 'p')).join('');
    expect(found).toBe(ways);
  });
});
