import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskUserinfo, ProxyUrl, Token } from '../../../src/core/values/secret.ts';
import { runs } from '../../support/fuzz.ts';

const CANARY = 'Hunter2Canary';

function parsed(value: string): ProxyUrl {
  const result = ProxyUrl.parse(value);
  if (!result.ok) throw new Error(result.problem);
  return result.url;
}

describe('ProxyUrl.parse', () => {
  it.each<[string, object]>([
    ['http://proxy:3128', { scheme: 'http', host: 'proxy', port: 3128, hasCredentials: false }],
    ['proxy:3128', { scheme: 'http', host: 'proxy', port: 3128 }],
    ['proxy', { scheme: 'http', host: 'proxy', port: 1080 }],
    ['HTTP://Proxy/', { scheme: 'http', host: 'Proxy', port: 1080 }],
    ['https://proxy', { scheme: 'https', port: 443 }],
    ['socks://proxy', { scheme: 'socks4', port: 1080 }],
    ['socks5h://proxy:9', { scheme: 'socks5h', port: 9 }],
    ['http://[::1]:3128', { host: '::1', port: 3128 }],
    ['[fe80::1%eth0]:3128', { host: 'fe80::1%eth0', port: 3128 }],
    [' http://proxy:3128/path ', { host: 'proxy', port: 3128 }],
    ['http://alice@proxy', { host: 'proxy', hasCredentials: true }],
    ['http://a:b@c:d@proxy:1', { host: 'proxy', port: 1, hasCredentials: true }],
    ['alice:secret@proxy:3128', { host: 'proxy', port: 3128, hasCredentials: true }],
    ['pac+http://wpad.test/proxy.pac', { scheme: 'pac', host: 'wpad.test', port: 80 }],
    ['pac+https://u:p@wpad.test/proxy.pac', { scheme: 'pac', port: 443, hasCredentials: true }],
    ['pac+file:///etc/proxy.pac', { scheme: 'pac', host: '' }],
    ['pac+data:text/plain,x', { scheme: 'pac', host: '' }],
  ])('%j', (value, expected) => {
    expect(parsed(value)).toMatchObject(expected);
  });

  it.each([
    '',
    '  ',
    'ftp://proxy',
    'quic://proxy',
    'http://',
    'http://:3128',
    'http://proxy:0',
    'http://proxy:65536',
    'http://proxy:http',
    'http://pro xy',
    'pac+ftp://x/',
    'pac+nonsense',
    `http://alice:12/${CANARY}@proxy:3128`,
    `http://alice:12?${CANARY}@proxy:3128`,
    `http://alice:12#${CANARY}@proxy:3128`,
    `alice:12/${CANARY}@proxy`,
  ])('%j is a problem that does not repeat it', (value) => {
    const result = ProxyUrl.parse(value);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain(CANARY);
    expect(JSON.stringify(result)).not.toContain('alice');
  });

  it('never throws, and no way of printing shows a password', () => {
    // A password without a repetition in the rest of the address, in any spelling that a user may think of.
    const password = fc
      .string({ unit: 'grapheme', minLength: 0, maxLength: 8 })
      .map((text) => `${text}${CANARY}${text}`);
    const spelled = fc.tuple(password, fc.constantFrom('plain', 'encoded', 'mixed')).map(([text, how]) => {
      if (how === 'plain') return text;
      const encoded = encodeURIComponent(Buffer.from(text).toString());
      return how === 'encoded' ? encoded : `${text}${encoded}`;
    });
    const address = fc.tuple(
      fc.constantFrom(
        '',
        'http://',
        'HTTPS://',
        'socks5h://',
        'pac+http://',
        'pac+https://',
        ' http://',
        'http:',
        '//',
      ),
      fc.constantFrom('', 'alice', 'al%40ice', 'DOMAIN\\alice'),
      spelled,
      fc.constantFrom(
        'proxy:3128',
        'proxy',
        '[::1]:3128',
        'proxy:3128/',
        'proxy:3128/x.pac',
        'proxy:99999',
        'pro xy',
        '',
      ),
    );
    fc.assert(
      fc.property(address, ([scheme, user, secret, host]) => {
        const value = `${scheme}${user}:${secret}@${host}`;
        const result = ProxyUrl.parse(value);
        const printed = [JSON.stringify(result), inspect(result, { depth: 5, showHidden: true }), maskUserinfo(value)];
        if (result.ok) printed.push(String(result.url), result.url.masked, result.url.toJSON(), result.url.host);
        for (const text of printed) expect(text).not.toContain(CANARY);
      }),
      runs(200),
    );
  });

  it('takes any text', () => {
    const url = fc
      .tuple(fc.constantFrom('http', 'https', 'ftp'), fc.string(), fc.webAuthority({ withPort: true }), fc.string())
      .map(([scheme, user, authority, path]) => `${scheme}://${user}@${authority}/${path}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), url, fc.stringMatching(/^[a-z:/@[\].0-9%+#?]*$/)), (text) => {
        const result = ProxyUrl.parse(text);
        if (!result.ok) return;
        expect(result.url.port).toBeGreaterThan(0);
        expect(result.url.port).toBeLessThan(65_536);
      }),
      runs(100),
    );
  });

  it('gives back what it was given, to the connection only', () => {
    expect(parsed('http://alice:p%40ss@proxy:3128').reveal()).toBe('http://alice:p%40ss@proxy:3128');
    expect(parsed('alice:p ss@proxy').reveal()).toBe('http://alice:p%20ss@proxy:1080');
    expect(parsed('http://alice:100%@proxy').reveal()).toBe('http://alice:100%@proxy:1080');
  });
});

describe('maskUserinfo', () => {
  it.each([
    ['http://proxy:3128', 'http://proxy:3128'],
    ['http://a:b@proxy:3128', 'http://***@proxy:3128'],
    ['a:b@proxy', '***@proxy'],
    ['http://a:b@c@proxy', 'http://***@***@proxy'],
    ['http://a:b/c#d?e@proxy', 'http://***@proxy'],
    ['pac+https://a:b@host/x.pac', 'pac+https://***@host/x.pac'],
    ['http:/a:b@proxy', '***@proxy'],
    ['', ''],
  ])('%j', (value, masked) => {
    expect(maskUserinfo(value)).toBe(masked);
    expect(maskUserinfo(masked)).toBe(masked);
  });
});

describe('a token', () => {
  it.each([
    ['with the end of its line', 'LocalTokenCanary0001\r\n', 'LocalTokenCanary0001'],
    ['a JWT', `${'e'.repeat(800)}.a-b_c.d`, `${'e'.repeat(800)}.a-b_c.d`],
    ['nothing', ' \n', null],
    ['two lines', 'a\nb', null],
    ['what no header can hold', 'a\u0000b', null],
    ['letters beyond ASCII', 'tök', null],
    ['far too long', 'a'.repeat(5_000), null],
  ])('%s', (_, text, value) => {
    expect(Token.parse(text)?.reveal() ?? null).toBe(value);
  });

  it('is masked however it is printed', () => {
    const token = Token.parse('LocalTokenCanary0001');
    const printed = [
      String(token),
      `${token?.toString()}`,
      JSON.stringify({ token }),
      inspect({ token }, { showHidden: true }),
    ];
    expect(printed.join(' ')).not.toContain('Canary');
  });
});
