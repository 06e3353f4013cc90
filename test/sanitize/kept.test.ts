import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalog/catalogue.ts';
import { hideLogParts } from '../../src/sanitize/rules/log-lines.ts';
import { hidePreferences } from '../../src/sanitize/rules/preferences.ts';
import { Sanitizer } from '../../src/sanitize/sanitizer.ts';
import { NO_SEEDS } from '../../src/sanitize/values/seeds.ts';

const sanitizer = new Sanitizer(
  {
    ...NO_SEEDS,
    readableHosts: CATALOGUE.flatMap(({ host, probeHost }) => [host.replace(/^\*\./, ''), probeHost ?? host]),
  },
  [hidePreferences, hideLogParts],
  true,
);
const PMS = 'Nov 22, 2026 14:03:09.120 [0x7f82b01aa8] ';

/** A reader of a sanitized log needs versions, times, fingerprints, ports, codes, public hosts, counts, PMS's own sentences. */
it.each([
  `${PMS}INFO - Plex Media Server v1.41.3.9314-a0bfb8370 - Debian PC x86_64 - build: linux-x86_64 debian - GMT -06:00`,
  `${PMS}INFO - Linux version: 6.1.0-13-amd64 (#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1), language: en-US`,
  `${PMS}DEBUG - [HCl#3a] HTTP requesting GET https://plex.tv/api/v2/ping?X-Plex-Version=1.41.3`,
  `${PMS}WARN - [HttpClient/HCl#3a] HTTP error requesting GET https://metadata.provider.plex.tv/identity (28, Timeout was reached) (Connection timed out after 10001 milliseconds)`,
  `${PMS}DEBUG - [HttpClient/HCl#ab] HTTP/1.1 (0.2s) 200 response from GET https://plex.tv/api/v2/user?X-Plex-Token=xxxxxxxxxxxxxxxxxxxx (reused)`,
  `${PMS}ERROR - Scanner: An internet connection is required to scan library files`,
  `${PMS}DEBUG - Library section 3 refreshed in 12.5 sec, 1024 items, 3 failures, 48213377 bytes`,
  `${PMS}DEBUG - [Req#1f2/Transcode] Streaming Resource: Calculated h264 1080p 4k60 aac ac3 flac at 320 kbps`,
  `${PMS}ERROR - SSL certificate problem: unable to get local issuer certificate (60)`,
  `${PMS}DEBUG - MyPlex: mapping state set to 'Mapped - Not Published (Not Reachable)'`,
  `${PMS}INFO - LibraryUpdateManager: path has been unmounted, retrying in 30 seconds`,
  `${PMS}WARN - SLOW QUERY: It took 540.000000 ms to retrieve 50 items.`,
  `${PMS}DEBUG - [Transcode] MDE: analyzing media item 42052, hwaccel vaapi, threadsafe=1`,
  `${PMS}DEBUG - Request: GET /hubs/home/recentlyAdded /library/metadata/38306/thumb/445191621 /:/prefs (3 live)`,
  `${PMS}ERROR - boost::filesystem::status: Permission denied`,
  `${PMS}DEBUG - Setting container serialization range to [0, 49] (total=-1)`,
  `${PMS}DEBUG - [EventSourceClient/pubsub] EventSource: Got a response from pubsub.plex.tv:443, status 200`,
  `${PMS}DEBUG - Activity: registered new activity (tv.plex.agents.music, com.plexapp.agents.imdb)`,
  '1764770591.123     90 127.0.0.1 TCP_TUNNEL/200 39 CONNECT metadata.provider.plex.tv:443 - HIER_DIRECT/- -',
  '1764770591.123      0 127.0.0.1 TCP_DENIED/403 3873 CONNECT plex.tv:443 - HIER_NONE/- text/html',
  '127.0.0.1 - - [22/Nov/2026:14:03:09 +0100] "CONNECT plex.tv:443 HTTP/1.1" 200 39 "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"',
  'CONNECT   Nov 22 14:03:09.120 [123]: Request (file descriptor 7): CONNECT plex.tv:443 HTTP/1.1',
  'curl: (7) Failed to connect to plex.tv port 443 after 21014 ms: Connection refused',
  'curl: (56) CONNECT tunnel failed, response 403 CURLE_RECV_ERROR',
  'SHA256 Fingerprint=AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89',
  'fingerprint 5fdd9a7e5e4b0a5d2f3c4b5a69788796a5b4c3d2e1f00112233445566778899a',
  'notAfter=Nov 22 14:03:09 2026 GMT, 2026-11-22T14:03:09.123Z, 2026-11-22 14:03:09,123',
  'subject=CN = plex.tv, DNS:*.plex.tv, DNS:app.plex.tv',
  'HTTP/1.1 407 Proxy Authentication Required',
  'Via: 1.1 proxy (squid/6.13)',
  'Environment="no_proxy=localhost,127.0.0.1,::1"',
  'Environment=https_proxy=http://proxy:3128',
  '[Service]',
  'ExecStart=/usr/lib/plexmediaserver/Plex\\x20Media\\x20Server',
  'WantedBy=multi-user.target',
  '    restart: unless-stopped',
  '      - "32400:32400/tcp"',
  'ECONNREFUSED ETIMEDOUT ENOTFOUND ERR_TLS_CERT_ALTNAME_INVALID UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'status=200 size=1234567890 duration_ms=17 retries=3 port=32400 pid=812',
  '* TLSv1.3 (OUT), TLS handshake, Client hello (1): cipher TLS_AES_256_GCM_SHA384, ALPN h2',
])('%s stays', (line) => {
  expect(sanitizer.text(line)).toBe(line);
});

it('every host of the catalogue stays', () => {
  const lines = CATALOGUE.map(({ host, port }) => `CONNECT ${host.replace(/^\*\./, '')}:${port} HTTP/1.1`);
  expect(lines.map((line) => sanitizer.text(line))).toEqual(lines);
});
