import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMON_LOG } from '../../../src/parse/access-log/common.ts';
import { E2GUARDIAN_LOG } from '../../../src/parse/access-log/e2guardian.ts';
import { ENVOY_LOG } from '../../../src/parse/access-log/envoy.ts';
import { HAPROXY_LOG } from '../../../src/parse/access-log/haproxy.ts';
import { ASIDE, LineLogReader, shareOfRequests, type LineFormat } from '../../../src/parse/access-log/line-log.ts';
import { outcomeOf } from '../../../src/parse/access-log/outcome.ts';
import { SMOKESCREEN_LOG } from '../../../src/parse/access-log/smokescreen.ts';

const AT = Date.UTC(2026, 10, 22, 14, 3, 1);
const decision = (fields: object): string =>
  JSON.stringify({
    msg: 'CANONICAL-PROXY-DECISION',
    inbound_remote_addr: '10.0.0.2:333',
    start_time: '2026-11-22T14:03:01Z',
    ...fields,
  });
const http = (status: string, request: string): string =>
  `10.0.0.2:333 [22/Nov/2026:14:03:01.000] in out/s1 10/0/30/69/109 ${status} 2750 - - ---- 1/1/1/1/0 0/0 {x} {} "${request}"`;
const common = (request: string, status: number): string =>
  `10.0.0.2 - - [22/Nov/2026:15:03:01 +0100] "${request}" ${status} 7784`;
const envoy = (request: string, status: number, flags: string, tail = ''): string =>
  `[2026-11-22T14:03:01.000Z] "${request}" ${status} ${flags} 0 11 12 - "10.0.0.2,10.0.0.3" "x" "id" "plex.tv:443" "203.0.113.5:443"${tail}`;
const tabbed = (...cells: readonly string[]): string => cells.join('\t');

const HOST = ['10.0.0.2', 'plex.tv', 443] as const;

describe('a line of', () => {
  it.each<[string, LineFormat, string, readonly unknown[]]>([
    ['Privoxy, a tunnel', COMMON_LOG, common('CONNECT plex.tv:443 HTTP/1.1', 200), [...HOST, 200, 'ok', AT]],
    [
      'Privoxy, a server that is away',
      COMMON_LOG,
      common('CONNECT plex.tv:443 HTTP/1.1', 503),
      [...HOST, 503, 'proxy-error', AT],
    ],
    ['Privoxy, a blocked host', COMMON_LOG, common('CONNECT plex.tv:443 HTTP/1.1', 403), [...HOST, 403, 'denied', AT]],
    [
      'nginx, an absolute URL',
      COMMON_LOG,
      `${common('GET http://plex.tv:81/x?t=y HTTP/1.1', 200)} "-" "Plex \\"x\\""`,
      ['10.0.0.2', 'plex.tv', 81, 200, 'ok', AT],
    ],
    [
      'Smokescreen, let through',
      SMOKESCREEN_LOG,
      decision({ allow: true, requested_host: 'plex.tv:443' }),
      [...HOST, 200, 'ok', AT],
    ],
    [
      'Smokescreen, denied',
      SMOKESCREEN_LOG,
      decision({ allow: false, requested_host: 'plex.tv:443' }),
      [...HOST, 403, 'denied', AT],
    ],
    [
      'Smokescreen, unresolved',
      SMOKESCREEN_LOG,
      decision({ allow: true, requested_host: 'plex.tv:443', error: 'lookup plex.tv: no such host' }),
      [...HOST, 502, 'proxy-error', AT],
    ],
    [
      'Smokescreen, as logfmt',
      SMOKESCREEN_LOG,
      'time="2026-11-22T14:03:01Z" level=warning msg=CANONICAL-PROXY-DECISION allow=false inbound_remote_addr="10.0.0.2:333" proxy_type=connect requested_host="plex.tv:443"',
      [...HOST, 403, 'denied', AT],
    ],
    ['HAProxy', HAPROXY_LOG, http('200', 'CONNECT plex.tv:443 HTTP/1.1'), [...HOST, 200, 'ok', AT]],
    [
      'HAProxy, without an answer',
      HAPROXY_LOG,
      http('-1', 'CONNECT plex.tv:443 HTTP/1.1'),
      [...HOST, 0, 'proxy-silent', AT],
    ],
    ['Envoy', ENVOY_LOG, envoy('CONNECT - HTTP/1.1', 200, '-'), [...HOST, 200, 'ok', AT]],
    [
      'Envoy, a server that is away',
      ENVOY_LOG,
      envoy('CONNECT - HTTP/1.1', 503, 'UF,URX'),
      [...HOST, 503, 'proxy-error', AT],
    ],
    [
      'Istio',
      ENVOY_LOG,
      envoy('GET /a HTTP/1.1', 200, '-', ' cluster 10.0.0.9:1 10.0.0.9:3128 10.0.0.2:333 - -'),
      [...HOST, 200, 'ok', AT],
    ],
    [
      'e2guardian, format 1',
      E2GUARDIAN_LOG,
      '2026.11.22 14:03:01 - 10.0.0.2 https://plex.tv:443 *DENIED* Banned site: plex.tv CONNECT 0 0 Banned 1 403 - - Default - - - -',
      [...HOST, 403, 'denied', AT],
    ],
    [
      'e2guardian, format 2',
      E2GUARDIAN_LOG,
      '"2026.11.22 14:03:01","-","10.0.0.2","https://plex.tv:443","","CONNECT","0","0","","1","200","-","",""',
      [...HOST, 200, 'ok', AT],
    ],
    [
      'e2guardian, format 4',
      E2GUARDIAN_LOG,
      tabbed(
        '2026.11.22 14:03:01',
        '-',
        '10.0.0.2',
        'https://plex.tv:443',
        '',
        'CONNECT',
        '0',
        '0',
        '',
        '1',
        '200',
        '-',
        '',
        '',
      ),
      [...HOST, 200, 'ok', AT],
    ],
    [
      'e2guardian, format 8',
      E2GUARDIAN_LOG,
      tabbed(
        '1795356181.000',
        '',
        '-',
        '10.0.0.2',
        'nas',
        'https://plex.tv:443',
        'CONNECT',
        '403',
        '0',
        '-',
        '-',
        '-',
        '1',
        '-',
        '10',
        '-',
        '*DENIED* Banned',
        '0',
      ),
      [...HOST, 403, 'denied', AT],
    ],
  ])('%s', (_, format, line, expected) => {
    const request = format.read(line, { nowMs: null });
    if (request === null || request === ASIDE) throw new Error('no request');
    const { client, host, port, status, ms } = request;
    expect([client, host, port, status, outcomeOf(request), ms]).toEqual(expected);
    expect(shareOfRequests(format, Buffer.from(`${line}\n`))).toBe(1);
  });

  it.each<[string, LineFormat, string]>([
    ["the proxy's own page", COMMON_LOG, common('GET / HTTP/1.1', 200)],
    ['a connection that closed', SMOKESCREEN_LOG, '{"msg":"CANONICAL-PROXY-CN-CLOSE","level":"info"}'],
  ])('%s is no request and no trouble', (_, format, line) => {
    const reader = new LineLogReader(format, { nowMs: null });
    reader.push(Buffer.from(`${line}\nnot a line\n`));
    expect(reader.end()).toMatchObject({ lines: 2, unread: { count: 1, first: { line: 2 } } });
    expect(reader.entries()).toEqual([]);
  });
});

describe('LineLogReader', () => {
  it('counts equal requests, and clients', () => {
    const reader = new LineLogReader(COMMON_LOG, { nowMs: null });
    reader.push(Buffer.from(`${common('CONNECT plex.tv:443 HTTP/1.1', 200)}\n`.repeat(2)));
    expect(reader.end()).toMatchObject({
      lines: 2,
      firstMs: AT,
      lastMs: AT,
      clients: 1,
      guess: null,
      namesHosts: true,
    });
    expect(reader.entries()).toMatchObject([{ host: 'plex.tv', count: 2, bytes: 15_568, scheme: 'https' }]);
    expect(reader.entries(['10.0.0.9'])).toEqual([]);
    expect(reader.entries(null, (name) => name === 'x')).toEqual([]);
    expect(reader.clientsSeen()).toEqual([{ client: '10.0.0.2', count: 2, plexCount: 2 }]);
  });

  it('never throws', () => {
    const formats = [COMMON_LOG, SMOKESCREEN_LOG, HAPROXY_LOG, ENVOY_LOG, E2GUARDIAN_LOG];
    const lines = [
      common('CONNECT plex.tv:443 HTTP/1.1', 200),
      decision({}),
      http('200', 'GET / X'),
      envoy('a b c', 1, '-'),
      'a=b c=d',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        fc.constantFrom(...lines),
        fc.nat(200),
        fc.string(),
        (format, line, at, text) => {
          const request = format.read(line.slice(0, at) + text + line.slice(at), { nowMs: null });
          expect(request === null || request === ASIDE || typeof request.method === 'string').toBe(true);
        },
      ),
    );
  });
});
