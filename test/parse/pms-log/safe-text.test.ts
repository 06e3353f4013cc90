import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeText } from '../../../src/parse/pms-log/safe-text.ts';
import { anyCharacter } from '../../support/fuzz.ts';

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
      "Failed to connect to plex.tv port 443 via proxybox after 3 ms: Couldn't connect to server",
      "Failed to connect to plex.tv port 443 via <other> after N ms: Couldn't connect to server",
    ],
    ['TLS connect error: error:00000000:lib(0)::reason(0)', 'TLS connect error: error:00000000:lib(0)::reason(0)'],
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
    ['token Ab_defghij-123456789', 'token <value>'],
    ['claim claim-Abc_def', 'claim <value>'],
    ['sent eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.Abc_def-9 to it', 'sent <value> to it'],
    ['(eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.abc)', '(<value>)'],
    ['ssl3_get_server_certificate failed', 'ssl3_get_server_certificate failed'],
    ['SSL_R_TLSV1_ALERT_UNKNOWN_CA', 'SSL_R_TLSV1_ALERT_UNKNOWN_CA'],
    ['caf\u{e9} \u{1b}[31m x', 'caf [31m x'],
    ['x '.repeat(300), 'x '.repeat(100).trim()],
    ['x'.repeat(300), ''],
    ['code 1234567', 'code <value>'],
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
    const texts = fc.string({ unit: anyCharacter, maxLength: 400 });
    fc.assert(
      fc.property(texts, fc.constantFrom('plex.tv', '192.0.2.1', ''), (text, host) => {
        expect(safeText(text, host)).toMatch(/^[ -~]{0,200}$/);
      }),
    );
  });
});
