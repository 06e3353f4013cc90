import { describe, expect, it } from 'vitest';
import { GO, GO_1_26, goDialectFor } from '../../../src/core/dialects/go.ts';
import { HTTP, isDirect } from '../../support/dialects.ts';

/** golang.org/x/net/http/httpproxy/proxy.go. */
const ROWS: readonly (readonly [list: string, url: string, direct: boolean])[] = [
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
  ['1.1', 'http://192.168.1.1', false],
  ['', 'http://localhost', true],
  ['', 'http://127.8.9.10', true],
  ['', 'http://[::1]', true],
  ['bücher.example', 'http://xn--bcher-kva.example', true],
  ['example.com?ü', 'http://example.com', false],
  ['example.com\u0085', 'http://example.com', true],
  ['\u3000example.com', 'http://example.com', true],
  // The entry is no `*`, and the name without the mark, which IDNA leaves out.
  ['*\uFEFF', 'http://example.com', false],
  ['example.com\uFEFF', 'http://example.com', true],
];

describe('no_proxy in Go', () => {
  it.each(ROWS)('"%s" and %s: direct is %s', (list, url, direct) => {
    expect(isDirect(GO, list, url)).toBe(direct);
  });
});

it('Go takes what is no URL for a host, and goes direct when that is none either', () => {
  expect(GO.decide({ HTTP_PROXY: 'p.test' }, HTTP).proxy).toBe('http://p.test:80');
  expect(GO.decide({ HTTP_PROXY: 'socks5://p.test' }, HTTP).proxy).toBe('socks5h://p.test:1080');
  expect(GO.decide({ HTTP_PROXY: 'p test:port' }, HTTP).route).toBe('direct');
  expect(GO.decide({ HTTP_PROXY: 'http://a:100%@p.test' }, HTTP).route).toBe('direct');
  expect(GO.decide({ HTTP_PROXY: 'http://a:%20@p.test' }, HTTP).proxy).toBe('http://***@p.test:80');
  // The second reading makes a host of the scheme.
  expect(GO.decide({ HTTP_PROXY: 'http://a b@p.test' }, HTTP).proxy).toBe('http://http:80');
});

it.each<[string, string | null, string | null]>([
  // The reading of a value in each era; null: it sends nothing, or goes direct.
  ['socks5h://p.test', 'socks5h://p.test:1080', 'http://socks5h:80'],
  ['socks4://p.test:1080', 'http://p.test:1080', 'http://socks4:80'],
  ['ftp://p.test:3128', 'http://p.test:3128', 'http://ftp:80'],
  ['http:/p.test:3128', 'http://http:80', 'http://localhost:80'],
  ['https://p.test', 'https://p.test:443', 'https://p.test:443'],
  ['127.1:3128', null, null],
  ['127ü.0.0.1:3128', 'http://127ü.0.0.1:3128', 'http://127ü.0.0.1:3128'],
  ['http:%//p.test:1', 'http://localhost:80', 'http://localhost:80'],
  // No resolver is asked for what is no name.
  ['http://p.-test:1', null, null],
  ['http://p..test:1', null, null],
  // The first reading is an error, and the second one makes a host of the scheme.
  ['http://p.[::1', 'http://http:80', null],
  ['http://::1]:3128', 'http://http:80', null],
])('reads %s by era', (value, now, until126) => {
  expect(GO.decide({ HTTP_PROXY: value }, HTTP).proxy).toBe(now);
  expect(GO_1_26.decide({ HTTP_PROXY: value }, HTTP).proxy).toBe(until126);
});

it('tells a host with colons from none: a dead proxy until 1.26, no proxy since', () => {
  const twice = { HTTP_PROXY: 'http://p.test:1,http://q.test:2' };
  expect(GO_1_26.decide(twice, HTTP).error).not.toBeNull();
  expect(isDirect(GO_1_26, '1.1', 'http://192.168.1.1')).toBe(true);
  expect(['1.19.8', '1.26.3', '1.27', '2.0'].map(goDialectFor)).toEqual(['go-1.26', 'go-1.26', 'go', 'go']);
});
