import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curlErrorOf, safeText } from '../../../src/parse/pms-log/curl-error.ts';
import type { Outcome } from '../../../src/core/outcome.ts';

describe('curlErrorOf', () => {
  it.each<[number, string, Outcome | null]>([
    [5, 'Could not resolve proxy: <other>', 'proxy-unreachable'],
    [5, '', 'proxy-unreachable'],
    [6, 'Could not resolve host: plex.tv', 'unresolved'],
    [6, '', 'unresolved'],
    [7, '', null],
    [7, "Couldn't connect to server", null],
    [7, 'Failed to connect to plex.tv port 443: Connection refused', 'refused'],
    [7, 'Failed to connect to plex.tv port 443: No route to host', null],
    [7, 'Failed to connect to plex.tv port 443: Network is unreachable', 'no-route'],
    [7, 'Failed to connect to plex.tv port 443: Network unreachable', 'no-route'],
    [7, 'Failed to connect to plex.tv port 443: Operation not permitted', 'prohibited'],
    [7, "Failed to connect to <other> port 3128 after N ms: Couldn't connect to server", 'proxy-unreachable'],
    [7, 'Failed to connect to <other> port 3128: Connection refused', 'proxy-unreachable'],
    [28, '', null],
    [28, 'Timeout was reached', null],
    [28, 'Resolving timed out after N milliseconds', 'unresolved'],
    [28, 'Connection timed out after N milliseconds', 'no-reply'],
    [28, 'Failed to connect to plex.tv port 443: Connection timed out', 'no-reply'],
    [28, 'SSL connection timeout', 'stalled'],
    [28, 'Operation timed out after N milliseconds with N out of N bytes received', 'stalled'],
    [28, 'Proxy CONNECT aborted due to timeout', 'proxy-silent'],
    [35, '', 'tls-failed'],
    [35, 'OpenSSL SSL_connect: Connection reset by peer in connection to plex.tv:443', 'cut'],
    [35, 'error:1408F10B:SSL routines:ssl3_get_record:wrong version number', 'tls-failed'],
    [52, 'Empty reply from server', 'cut'],
    [56, 'Received HTTP code 403 from proxy after CONNECT', 'denied'],
    [56, 'CONNECT tunnel failed, response 403', 'denied'],
    [56, 'Received HTTP code 407 from proxy after CONNECT', 'proxy-auth'],
    [56, 'CONNECT tunnel failed, response 407', 'proxy-auth'],
    [56, 'Received HTTP code 503 from proxy after CONNECT', 'proxy-error'],
    [56, 'Proxy CONNECT aborted', 'proxy-error'],
    [56, 'Recv failure: Connection reset by peer', 'cut'],
    [56, '', 'cut'],
    [60, 'SSL certificate problem: unable to get local issuer certificate', 'tls-untrusted'],
    [51, "SSL: no alternative certificate subject name matches target host name 'plex.tv'", 'tls-untrusted'],
    [77, '', null],
    [97, 'SOCKS5: connection is not allowed', 'proxy-error'],
    [0, '', null],
    [0, "Couldn't resolve host 'plex.tv'", 'unresolved'],
    [0, '<urlopen error [Errno -2] Name or service not known>', 'unresolved'],
    [0, '<urlopen error [Errno 111] Connection refused>', 'refused'],
    [0, '<urlopen error Tunnel connection failed: 403 Forbidden>', 'denied'],
    [0, '<urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:590)>', 'tls-untrusted'],
    [0, 'timed out', null],
    [999, 'x', null],
  ])('%i "%s" is %s', (code, text, outcome) => {
    expect(curlErrorOf(code, text).outcome).toBe(outcome);
  });

  it.each([
    [6, 'CURLE_COULDNT_RESOLVE_HOST'],
    [28, 'CURLE_OPERATION_TIMEDOUT'],
    [999, 'curl 999'],
  ])('names %i', (code, name) => {
    expect(curlErrorOf(code).name).toBe(name);
  });
});

describe('safeText', () => {
  it.each([
    ['Could not resolve host: plex.tv', 'Could not resolve host: plex.tv'],
    ["Couldn't resolve host 'plex.tv'", "Couldn't resolve host 'plex.tv'"],
    ["Couldn't resolve host name", "Couldn't resolve host name"],
    ["Couldn't resolve proxy name", "Couldn't resolve proxy name"],
    ["Couldn't connect to server", "Couldn't connect to server"],
    ['Could not resolve proxy: forward-proxy.int.example.com', 'Could not resolve proxy: <other>'],
    ['Could not resolve proxy: proxybox', 'Could not resolve proxy: <other>'],
    [
      'Failed to connect to 192.0.2.8 port 3128 after 12 ms: Error',
      'Failed to connect to <other> port 3128 after N ms: Error',
    ],
    [
      'Failed to connect to proxybox port 3128: Connection refused',
      'Failed to connect to <other> port 3128: Connection refused',
    ],
    ['Failed to connect to 2001:db8::8 port 3128: x', 'Failed to connect to <other> port 3128: x'],
    [
      'Failed to connect to plex.tv port 443: Connection refused',
      'Failed to connect to plex.tv port 443: Connection refused',
    ],
    [
      'OpenSSL SSL_connect: Connection reset by peer in connection to PLEX.tv:443',
      'OpenSSL SSL_connect: Connection reset by peer in connection to PLEX.tv:443',
    ],
    [
      "subject name '*.corp.example' does not match target host name 'plex.tv'",
      "subject name '<other>' does not match target host name 'plex.tv'",
    ],
    ['Received HTTP code 403 from proxy after CONNECT', 'Received HTTP code 403 from proxy after CONNECT'],
    ['Proxy CONNECT aborted', 'Proxy CONNECT aborted'],
    ['CONNECT tunnel failed, response 403', 'CONNECT tunnel failed, response 403'],
    [
      'Operation timed out after 10001 milliseconds with 0 out of 0 bytes received',
      'Operation timed out after N milliseconds with N out of N bytes received',
    ],
    ['HTTP/2 stream 1 was not closed cleanly', 'HTTP/2 stream 1 was not closed cleanly'],
    [
      'error setting certificate verify locations: CAfile: /etc/ssl/cert.pem',
      'error setting certificate verify locations: CAfile: <path>',
    ],
    ['see https://plex.tv/x?X-Plex-Token=abc', 'see <url>'],
    ['from someone@example.com', 'from <value>'],
    ['token abcdefghij0123456789', 'token <value>'],
    ['caf\u{e9} \u{1b}[31m x', 'caf [31m x'],
    ['x'.repeat(300), 'x'.repeat(200)],
    ['', ''],
  ])('makes of "%s"', (text, expected) => {
    expect(safeText(text, 'plex.tv')).toBe(expected);
  });

  it('lets no other host, address or path through, wherever it stands', () => {
    const secret = fc.constantFrom(
      'proxy.int.example.com',
      '192.0.2.77',
      '192.0.2.77:3128',
      '/srv/a/title',
      'http://a.example/x',
      'me@example.com',
      '[2001:db8::7]',
      "'nas'",
    );
    const words = fc.array(
      fc.constantFrom('Failed', 'to', 'connect', 'host:', 'port', '443:', 'after', '(', ')', 'proxy'),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(words, secret, words, (before, hidden, after) => {
        const safe = safeText([...before, hidden, ...after].join(' '), 'plex.tv');
        expect(safe).not.toContain(hidden.replace(/[[\]']/g, ''));
      }),
    );
  });

  it('gives a bounded line of printable ASCII, whatever the text is', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(texts, fc.constantFrom('plex.tv', '192.0.2.1', ''), (text, host) => {
        expect(safeText(text, host)).toMatch(/^[ -~]{0,200}$/);
      }),
    );
  });
});
