import { expect, it } from 'vitest';
import { accessLogLine } from '../../../src/demo/outside/access-log.ts';
import type { AccessLogEntry } from '../../../src/demo/outside/proxy.ts';

const AT_MS = 1_764_000_000_007;

it.each<[AccessLogEntry, string]>([
  [
    { method: 'CONNECT', host: 'plex.tv', port: 443, status: 200 },
    '1764000000.007      0 10.20.30.40 TCP_TUNNEL/200 0 CONNECT plex.tv:443 - HIER_DIRECT/plex.tv -',
  ],
  [
    { method: 'CONNECT', host: 'metrics.plex.tv', port: 443, status: 403 },
    '1764000000.007      0 10.20.30.40 TCP_DENIED/403 0 CONNECT metrics.plex.tv:443 - HIER_NONE/- -',
  ],
  [
    { method: 'GET', host: 'meta.plex.tv', port: 80, status: 200 },
    '1764000000.007      0 10.20.30.40 TCP_MISS/200 0 GET http://meta.plex.tv/ - HIER_DIRECT/meta.plex.tv -',
  ],
  [
    { method: 'GET', host: 'meta.plex.tv', port: 8080, status: 200 },
    '1764000000.007      0 10.20.30.40 TCP_MISS/200 0 GET http://meta.plex.tv:8080/ - HIER_DIRECT/meta.plex.tv -',
  ],
])('writes %j as Squid does', (entry, line) => {
  expect(accessLogLine(entry, AT_MS)).toBe(line);
});
