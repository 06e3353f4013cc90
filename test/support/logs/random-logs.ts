import * as fc from 'fast-check';
import { NOW_MS, squidLine } from './log-files.ts';
import { pluginLine, SERVER_STYLES, serverLine, TEXT } from './pms-log-builder.ts';

/** Random logs of all kinds of lines, as Latin-1. */

const HOSTS = ['plex.tv', 'metadata.provider.plex.tv', 'image.tmdb.org', '127.0.0.1:32400', '[::1]:32400'];
const PATHS = ['/a', '/a?X-Plex-Token=xxxxxxxxxxxxxxxxxxxx', '/b?x=%20{"a"}', '/c?X-Plex-Token=', '/d?t=x|y>z'];
const url = fc
  .tuple(fc.constantFrom(...HOSTS), fc.constantFrom(...PATHS))
  .map(([host, path]) => `http${host.includes(':') ? '' : 's'}://${host}${path}`);

type Failure = readonly [code: number, name: string, words: string];
const FAILURES: readonly Failure[] = [
  [6, "Couldn't resolve host name", 'Could not resolve host: plex.tv'],
  [7, "Couldn't connect to server", "Failed to connect to plex.tv port 443 after 8 ms: Couldn't connect to server"],
  [28, 'Timeout was reached', 'Connection timed out after 10001 milliseconds'],
  [35, 'SSL connect error', 'OpenSSL SSL_connect: Connection reset by peer in connection to plex.tv:443 '],
  [56, 'Failure when receiving data from the peer', 'CONNECT tunnel failed, response 403'],
];

type Leveled = readonly [level: string, text: string];
const OTHERS: readonly Leveled[] = [
  ['WARN', "FeatureManager: Couldn't get features. Trying again soon."],
  ['ERROR', '[EventSourceClient/pubsub/1.2.3.4:443] Exception in onHeaders: connect: Connection timed out'],
  ['DEBUG', "MyPlex: mapping state set to 'Mapped - Not Published (Not Reachable)'."],
  ['DEBUG', '[MediaProviderManager] we had 0 cloud providers online, we now have 1'],
  ['DEBUG', 'Completed: [127.0.0.1:49242] 503 GET /library/sections/4/refresh (9 live) #89 13ms 698 bytes'],
  ['INFO', TEXT.start('Plex Media Server', '1.41.3.9314-a0bfb8370', '-06:00')],
  ['WARN', "'/srv/ä b' was not inside any known section location, skipping."],
  ['Предупреждение', 'Something: else'],
  ['INFO', 'text with "quotes", {"a":1}; tab\there | bar and > arrow'],
];

const message: fc.Arbitrary<Leveled> = fc.oneof(
  url.map((each): Leveled => ['DEBUG', TEXT.request('GET', each, '1a')]),
  fc
    .tuple(url, fc.constantFrom(200, 401, 404, 503))
    .map(([each, status]): Leveled => ['DEBUG', TEXT.answer('GET', each, status, '1a')]),
  fc
    .tuple(url, fc.constantFrom(...FAILURES))
    .map(([each, failure]): Leveled => ['WARN', TEXT.failure('GET', each, ...failure, '1a')]),
  url.map((each): Leveled => ['ERROR', TEXT.myPlexError(-6, each)]),
  fc.constantFrom(...OTHERS),
);

const thread = '23030498642744';
const server = fc
  .tuple(fc.constantFrom(...SERVER_STYLES), fc.array(message, { minLength: 2, maxLength: 12 }))
  .map(([style, messages]) =>
    messages.map(([level, text], at) => serverLine(style, { atMs: NOW_MS + at * 1000, level, text, thread })),
  );

const pluginMessage = fc.oneof(
  url.map((each) => [pluginLine({ atMs: NOW_MS, text: `Requesting '${each}'` }, 'networking:143')]),
  fc.constant([
    pluginLine({ atMs: NOW_MS, level: 'ERROR', text: "Error opening URL 'https://plex.tv/x'" }, 'networking:196'),
    pluginLine(
      { atMs: NOW_MS, level: 'CRITICAL', text: 'Exception getting hosted resource hashes (most recent call last):' },
      'runtime:1299',
    ),
    '  File "/usr/lib/x.py", line 1293, in get_resource_hashes',
    '    json = self.x("http://127.0.0.1/", timeout=10).content',
    'HTTPError: HTTP Error 403: Forbidden',
  ]),
  fc.constant([
    pluginLine(
      { atMs: NOW_MS, level: 'INFO', text: 'The request: <urlopen error Tunnel connection failed: 403 Forbidden>' },
      'logkit:16',
    ),
  ]),
);
const plugin = fc
  .array(pluginMessage, { minLength: 2, maxLength: 8 })
  .map((messages) => [
    pluginLine({ atMs: NOW_MS, level: 'INFO', text: 'Starting framework core - Version: 2.6.3' }, 'core:349'),
    ...messages.flat(),
  ]);

const TAGS = ['TCP_TUNNEL/200', 'TCP_DENIED/403', 'TCP_MISS/503', 'NONE_NONE/400'];
const squid = fc
  .array(fc.tuple(fc.constantFrom(...TAGS), fc.constantFrom('plex.tv:443', 'x.example:443')), {
    minLength: 2,
    maxLength: 10,
  })
  .map((all) => all.map(([tag, to], at) => squidLine('10.0.0.2', tag, 'CONNECT', to, NOW_MS + at * 777).trimEnd()));

export interface RandomLog {
  readonly kind: 'pms-log' | 'squid';
  readonly lines: readonly string[];
  /** Some of its messages have several lines. */
  readonly hasFurtherLines: boolean;
}

const logs = (kind: RandomLog['kind'], arbitrary: fc.Arbitrary<string[]>, hasFurtherLines = false) =>
  arbitrary.map((lines): RandomLog => ({
    kind,
    lines: lines.map((line) => Buffer.from(line).toString('latin1')),
    hasFurtherLines,
  }));

export const RANDOM_LOG: fc.Arbitrary<RandomLog> = fc.oneof(
  logs('pms-log', server),
  logs('pms-log', plugin, true),
  logs('squid', squid),
);
