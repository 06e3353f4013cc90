import { describe, expect, it } from 'vitest';
import {
  CURL,
  CURL_7_85,
  CURL_7_86,
  CURL_7_87,
  CURL_8_18,
  CURL_8_9,
  curlDialectFor,
} from '../../../src/core/dialects/curl.ts';
import { HTTP, isDirect } from '../../support/dialects.ts';

/** One letter an era, in this order; their sources are lib/url.c at 7.85.0 and lib/noproxy.c at 7.86.0, 7.88.1, 8.9.0 and 8.18.0. */
const ERAS = [CURL_7_85, CURL_7_86, CURL_7_87, CURL_8_9, CURL_8_18];

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
    expect(isDirect(CURL, list, url)).toBe(isDirect(CURL_8_18, list, url));
  });
});

describe('how the value is read since 8.21', () => {
  it.each([
    ['http://p.test', 'http://p.test:1080', 'http://p.test:80'],
    ['p.test', 'http://p.test:1080', 'http://p.test:80'],
    ['https://p.test', 'https://p.test:443', 'https://p.test:443'],
    ['socks5://p.test', 'socks5://p.test:1080', 'socks5://p.test:1080'],
    ['ftp.test:3128', null, 'http://ftp.test:3128'],
  ])('libcurl 8.21 reads %s otherwise than 8.20', (value, until, since) => {
    expect(CURL_8_18.decide({ http_proxy: value }, HTTP).proxy).toBe(until);
    expect(CURL.decide({ http_proxy: value }, HTTP).proxy).toBe(since);
  });

  it('a control byte in a login: libcurl before 8.21 goes direct without a word, later ones refuse', () => {
    const variables = { http_proxy: 'http://a:%1F@p.test:3128' };
    expect(CURL_8_18.decide(variables, HTTP)).toMatchObject({ route: 'direct', error: null });
    expect(CURL.decide(variables, HTTP).error).not.toBeNull();
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
