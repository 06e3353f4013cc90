import { describe, expect, it } from 'vitest';
import { curlErrorOf } from '../../../src/parse/pms-log/curl-error.ts';
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
