import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  detectPmsLog,
  PmsLogReader,
  type PmsLogEnd,
  type PmsLogRequest,
  type PmsLogSummary,
} from '../../../src/parse/pms-log/index.ts';
import { EVENTS_LIMIT } from '../../../src/parse/pms-log/events.ts';
import { LINE_LIMIT_BYTES } from '../../../src/parse/pms-log/line-splitter.ts';
import { PENDING_LIMIT, REQUESTS_LIMIT } from '../../../src/parse/pms-log/requests.ts';
import {
  mixture,
  pluginLine,
  SERVER_STYLES,
  serverLine,
  TEXT,
  THREADS,
  type Message,
} from '../../support/logs/pms-log-builder.ts';
import { runs } from '../../support/fuzz.ts';

const AT = Date.UTC(2026, 0, 5, 14, 3, 7);
const FEATURES = 'https://plex.tv/api/v2/features?X-Plex-Token=abcdefghijklmnopqrst';
const MATCHES = 'https://metadata.provider.plex.tv/library/metadata/matches?title=A%20Title';
const NO_HOST = "Couldn't resolve host name";

interface Read {
  readonly summary: PmsLogSummary;
  readonly reader: PmsLogReader;
}

function readBytes(bytes: Uint8Array, chunkBytes = bytes.length, name = 'Plex Media Server.log'): Read {
  const reader = new PmsLogReader({ name });
  for (let start = 0; start < bytes.length; start += Math.max(1, chunkBytes)) {
    reader.push(bytes.subarray(start, start + Math.max(1, chunkBytes)));
  }
  return { summary: reader.end(), reader };
}

function readLines(...lines: readonly string[]): Read {
  return readBytes(Buffer.from(lines.map((line) => `${line}\n`).join('')));
}

/** Messages a second apart, in the usual style; a number in front of `|` picks the thread. */
function messages(...texts: readonly string[]): string[] {
  return texts.map((text, index) => {
    const [, thread, rest] = /^(?:(\d)\|)?(.*)$/s.exec(text) ?? [];
    return serverLine('server', { atMs: AT + index * 1000, thread: `2303049864${thread ?? 0}`, text: rest ?? '' });
  });
}

/** `GET https://plex.tv:443 x2 200`, sorted. */
function briefly(requests: readonly PmsLogRequest[]): string[] {
  return requests
    .map((request) => {
      const { method, scheme, host, port, count, ended } = request;
      return `${method} ${scheme}://${host}:${port} x${count} ${endOf(ended)}`;
    })
    .toSorted();
}

function endOf(ended: PmsLogEnd): string {
  if (ended.kind === 'answered') return `${ended.status}`;
  return ended.kind === 'failed' ? `curl ${ended.curl} ${ended.text}`.trim() : ended.kind;
}

describe('requests and their ends', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'answered, joined by number over threads',
      [TEXT.request('GET', FEATURES, '5c'), `1|${TEXT.answer('GET', FEATURES, 200, '5c')}`],
      ['GET https://plex.tv:443 x1 200'],
    ],
    [
      'answered over HTTP/2, in a nested context',
      [
        `[Req#1a/HCl#2] HTTP requesting GET ${FEATURES}`,
        `1|[HttpClient/HCl#2] HTTP/2.0 (1.3s) 401 response from GET ${FEATURES}`,
      ],
      ['GET https://plex.tv:443 x1 401'],
    ],
    [
      'answered, without numbers: joined by method and URL',
      [TEXT.request('GET', FEATURES), TEXT.request('PUT', FEATURES), TEXT.oldAnswer('GET', FEATURES, 200)],
      ['GET https://plex.tv:443 x1 200', 'PUT https://plex.tv:443 x1 open'],
    ],
    [
      'answered, its beginning cut off by rotation',
      [TEXT.answer('POST', FEATURES, 204, '9')],
      ['POST https://plex.tv:443 x1 204'],
    ],
    [
      'failed, and said again by MyPlex',
      [
        TEXT.request('GET', FEATURES, '5b'),
        `1|${TEXT.failure('GET', FEATURES, 6, NO_HOST, 'Could not resolve host: plex.tv', '5b')}`,
        `2|${TEXT.myPlexError(-6, FEATURES)}`,
      ],
      ['GET https://plex.tv:443 x1 curl 6 Could not resolve host: plex.tv'],
    ],
    ['said by MyPlex alone, a curl code', [TEXT.myPlexError(-28, FEATURES)], ['? https://plex.tv:443 x1 curl 28']],
    ['said by MyPlex alone, a status', [TEXT.myPlexError(401, FEATURES)], ['? https://plex.tv:443 x1 401']],
    [
      'said by MyPlex twice, of which one repeats the end before it',
      [TEXT.answer('GET', FEATURES, 401, '1'), TEXT.myPlexError(401, FEATURES), TEXT.myPlexError(401, FEATURES)],
      ['? https://plex.tv:443 x1 401', 'GET https://plex.tv:443 x1 401'],
    ],
    [
      'failed, in two lines with those of others between',
      [
        `1|${TEXT.curlCode(6)}`,
        `2|${TEXT.curlCode(7)}`,
        '3|Something else.',
        `1|${TEXT.failure('GET', FEATURES, 0, 'No error', "Couldn't resolve host 'plex.tv'")}`,
        `2|${TEXT.failure('GET', MATCHES, 0, 'No error', "couldn't connect to host")}`,
      ],
      [
        "GET https://metadata.provider.plex.tv:443 x1 curl 7 couldn't connect to host",
        "GET https://plex.tv:443 x1 curl 6 Couldn't resolve host 'plex.tv'",
      ],
    ],
    [
      'failed, the line with its code missing',
      [`1|${TEXT.curlCode(6)}`, `2|${TEXT.failure('GET', FEATURES, 0, 'No error', "Couldn't resolve host 'plex.tv'")}`],
      ["GET https://plex.tv:443 x1 curl 0 Couldn't resolve host 'plex.tv'"],
    ],
    [
      'failed without words of its own',
      [`HTTP error requesting GET ${FEATURES} (52, Server returned nothing (no headers, no data)) ()`],
      ['GET https://plex.tv:443 x1 curl 52 Server returned nothing (no headers, no data)'],
    ],
    [
      'failed, without the second pair of brackets',
      [`HTTP error requesting GET ${FEATURES} (28, Timeout was reached)`],
      ['GET https://plex.tv:443 x1 curl 28 Timeout was reached'],
    ],
    [
      'refused by the proxy',
      [
        TEXT.failure(
          'GET',
          MATCHES,
          56,
          'Failure when receiving data from the peer',
          'CONNECT tunnel failed, response 403',
          '1',
        ),
      ],
      ['GET https://metadata.provider.plex.tv:443 x1 curl 56 CONNECT tunnel failed, response 403'],
    ],
    [
      'failures that differ in a duration are equal',
      [1, 2].map((n) =>
        TEXT.failure('GET', FEATURES, 28, 'Timeout', `Connection timed out after ${n}001 milliseconds`, `${n}`),
      ),
      ['GET https://plex.tv:443 x2 curl 28 Connection timed out after N milliseconds'],
    ],
    [
      'timed out, under its number; the answer that PMS makes up does not count',
      [
        TEXT.request('GET', FEATURES, 'a'),
        '1|[HttpClient/HCl#a] HTTP simulating 408 after curl timeout',
        `1|${TEXT.answer('GET', FEATURES, 408, 'a')}`,
      ],
      ['GET https://plex.tv:443 x1 timeout'],
    ],
    [
      'timed out, in its own thread',
      [`1|${TEXT.request('GET', FEATURES)}`, '1|HTTP simulating 408 after curl timeout'],
      ['GET https://plex.tv:443 x1 timeout'],
    ],
    [
      'timed out, known by the answer that follows in the thread',
      [
        TEXT.request('GET', FEATURES, 'a'),
        '1|[HttpClient] HTTP simulating 408 after curl timeout',
        `1|${TEXT.answer('GET', FEATURES, 408, 'a')}`,
      ],
      ['GET https://plex.tv:443 x1 timeout'],
    ],
    [
      'timed out, known by the failure that follows in the thread',
      [
        TEXT.request('GET', FEATURES, 'a'),
        '1|[HttpClient] HTTP simulating 408 after curl timeout',
        `1|${TEXT.failure('GET', FEATURES, 28, 'Timeout was reached', 'Resolving timed out after 5000 milliseconds', 'a')}`,
      ],
      ['GET https://plex.tv:443 x1 curl 28 Resolving timed out after N milliseconds'],
    ],
    [
      'timed out, and said again by MyPlex as a curl code',
      [
        TEXT.request('GET', FEATURES, 'a'),
        '1|[HttpClient/HCl#a] HTTP simulating 408 after curl timeout',
        TEXT.myPlexError(-28, FEATURES),
      ],
      ['GET https://plex.tv:443 x1 timeout'],
    ],
    ['a real 408 is an answer', [TEXT.answer('GET', FEATURES, 408, 'a')], ['GET https://plex.tv:443 x1 408']],
    [
      'open: the log ends before',
      [TEXT.request('GET', 'https://pubsub.plex.tv/sub/eventsource', '3')],
      ['GET https://pubsub.plex.tv:443 x1 open'],
    ],
    [
      'open: the number is used again',
      [TEXT.request('GET', FEATURES, '3'), TEXT.request('GET', MATCHES, '3'), TEXT.answer('GET', MATCHES, 200, '3')],
      ['GET https://metadata.provider.plex.tv:443 x1 200', 'GET https://plex.tv:443 x1 open'],
    ],
    [
      'open: PMS starts anew',
      [
        TEXT.request('GET', FEATURES, '3'),
        TEXT.start('Plex Media Server', '1.41.3.9314-a0bfb8370', '00:00'),
        TEXT.answer('GET', FEATURES, 200, '3'),
      ],
      ['GET https://plex.tv:443 x1 200', 'GET https://plex.tv:443 x1 open'],
    ],
    [
      'a plug-in asked over loopback, its answer in the old words',
      [
        'HTTP requesting GET http://127.0.0.1:61634/video/example',
        '[com.plexapp.plugins.example] HTTP reply status 304, with 0 bytes of content.',
      ],
      ['GET http://127.0.0.1:61634 x1 304'],
    ],
    [
      'the old words do not end what another thread asked of somebody else',
      [
        `1|${TEXT.request('GET', FEATURES)}`,
        '1|[com.plexapp.system] HTTP reply status 200, with 516 bytes of content.',
      ],
      ['GET https://plex.tv:443 x1 open'],
    ],
    [
      'a port, capitals, and an IPv6 address',
      [TEXT.answer('GET', 'http://PLEX.tv:8080/x', 200), TEXT.answer('GET', 'https://[2001:DB8::1]/x', 200)],
      ['GET http://plex.tv:8080 x1 200', 'GET https://2001:db8::1:443 x1 200'],
    ],
    [
      'a login in the URL',
      [TEXT.answer('GET', 'http://someone:secret@192.0.2.9/x', 200)],
      ['GET http://192.0.2.9:80 x1 200'],
    ],
    [
      'a web socket',
      [TEXT.answer('GET', 'wss://pubsub.plex.tv/sub/websockets', 101)],
      ['GET https://pubsub.plex.tv:443 x1 101'],
    ],
  ])('%s', (_name, texts, expected) => {
    const { reader } = readLines(...messages(...texts));
    expect(briefly(reader.requests())).toEqual(expected.toSorted());
  });

  it('tells first and last time, and the zone of each', () => {
    const { reader } = readLines(
      ...messages(
        TEXT.start('Plex Media Server', '1.41.3.9314-a0bfb8370', '-06:00'),
        TEXT.answer('GET', FEATURES, 200, '1'),
        'Something else.',
        TEXT.answer('GET', FEATURES, 200, '2'),
      ),
    );
    const hours = 6 * 3_600_000;
    expect(reader.requests()).toMatchObject([
      {
        count: 2,
        firstAt: { localMs: AT + 1000, utcMs: AT + 1000 + hours },
        lastAt: { localMs: AT + 3000, utcMs: AT + 3000 + hours },
        log: 'Plex Media Server',
      },
    ]);
  });
});

describe('formats', () => {
  const styles = SERVER_STYLES.flatMap((style) => THREADS.map((thread) => [style, thread] as const));

  it.each(styles)('%s with thread %s', (style, thread) => {
    const line = (text: string): string => serverLine(style, { atMs: AT + 250, thread, text });
    const { summary, reader } = readLines(
      line(TEXT.request('GET', FEATURES)),
      line(TEXT.oldAnswer('GET', FEATURES, 200)),
    );
    expect(briefly(reader.requests())).toEqual(['GET https://plex.tv:443 x1 200']);
    expect(summary).toMatchObject({
      lines: 2,
      unread: { count: 0, first: null },
      format: style === 'console' ? 'server' : style,
      firstAt: { localMs: style === 'old' ? AT : AT + 250, utcMs: null },
      lastAt: { localMs: style === 'old' ? AT : AT + 250, utcMs: null },
    });
  });

  it.each([
    ['Debug', 'Warnung'],
    ['Depuración', 'Advertencia'],
    ['Débogage', 'Avertissement'],
    ['Debuggen', 'Waarschuwing'],
    ['Debugowanie', 'Ostrzeżenie'],
    ['Отладка', 'Предупреждение'],
    ['调试', '警告'],
  ])('reads the levels of a console in another language: %s, %s', (debug, warning) => {
    const line = (level: string, text: string): string => `Jan 05, 2026 14:03:07.000 [0x7f] ${level} — ${text}`;
    const { summary, reader } = readLines(
      line(debug, TEXT.request('GET', FEATURES, '1')),
      line(warning, TEXT.failure('GET', FEATURES, 6, NO_HOST, 'Could not resolve host: plex.tv', '1')),
    );
    expect(summary.unread.count).toBe(0);
    expect(briefly(reader.requests())).toEqual(['GET https://plex.tv:443 x1 curl 6 Could not resolve host: plex.tv']);
  });

  it.each([
    ['a day with a space before it', 'Jan  5, 2026 14:03:07.000 [1] DEBUG - x'],
    ['a day of one digit', 'Jan 5, 2026 14:03:07.000 [1] DEBUG - x'],
    ['a day with a zero', 'Jan 05, 2026 14:03:07.000 [1] DEBUG - x'],
  ])('reads %s', (_name, line) => {
    expect(readLines(line).summary.firstAt).toEqual({ localMs: AT, utcMs: null });
  });

  it('reads lines of different days and minutes', () => {
    const times = [AT, AT + 59_000, AT + 86_400_000, AT, Date.UTC(2025, 11, 31, 23, 59, 59, 999), AT + 60_000];
    for (const [index, atMs] of times.entries()) {
      const { summary } = readLines(
        ...times.slice(0, index + 1).map((at) => serverLine('server', { atMs: at, text: 'x' })),
      );
      expect(summary.lastAt?.localMs).toBe(atMs);
    }
  });

  it.each([
    ['-06:00', -360],
    ['+5:30', 330],
    ['00:00', 0],
    ['02:00', 120],
    ['-00:00', 0],
    ['-03:30', -210],
  ])('reads the zone GMT %s', (zone, minutes) => {
    const start = TEXT.start('Plex Media Server', '1.13.8.5395-10d48da0d', zone);
    const { summary } = readLines(...messages('Something before.', start, 'Something after.'));
    expect(summary).toMatchObject({
      version: '1.13.8.5395-10d48da0d',
      zoneOffsetMinutes: minutes,
      zoneFrom: 'start-line',
      starts: [{ at: { localMs: AT + 1000, utcMs: AT + 1000 - minutes * 60_000 } }],
      firstAt: { localMs: AT, utcMs: AT - minutes * 60_000 },
      lastAt: { localMs: AT + 2000, utcMs: AT + 2000 - minutes * 60_000 },
    });
  });

  it('takes the zone that was given until a start line names another', () => {
    const reader = new PmsLogReader({ name: 'x', zoneOffsetMinutes: 60 });
    reader.push(Buffer.from(`${messages('x').join('\n')}\n`));
    expect(reader.end()).toMatchObject({
      zoneOffsetMinutes: 60,
      zoneFrom: null,
      firstAt: { localMs: AT, utcMs: AT - 3_600_000 },
    });
  });

  it.each([
    ['/logs/Plex Media Server.3.log', 'Plex Media Server'],
    ['Plex Media Scanner Matcher.log', 'Plex Media Scanner Matcher'],
    ['C:\\Logs\\Plex Tuner Service.log', 'Plex Tuner Service'],
    ['PMS Plugin Logs/com.plexapp.system.log.2', 'com.plexapp.system'],
    ['Plex Media Server.log.gz', 'Plex Media Server'],
    ["Jane's server.log", 'Plex Media Scanner'],
  ])('calls the log of %s after %s', (name, log) => {
    const lines = messages(
      TEXT.start('Plex Media Scanner', '1.40.0.7998-c29d4c0c8', '00:00'),
      TEXT.answer('GET', FEATURES, 200),
    );
    const { reader } = readBytes(Buffer.from(lines.join('\n')), undefined, name);
    expect(reader.requests()[0]?.log).toBe(log);
  });

  it('calls a log that neither name nor contents tell unknown', () => {
    const { reader } = readBytes(
      Buffer.from(messages(TEXT.answer('GET', FEATURES, 200)).join('\n')),
      undefined,
      'mine.txt',
    );
    expect(reader.requests()[0]?.log).toBe('a log of PMS');
  });
});

describe('states', () => {
  it('keeps changes, not repeats', () => {
    const { reader } = readLines(
      ...messages(
        "MyPlex: mapping state set to 'Unknown'.",
        "MyPlex: mapping state set to 'Unknown'.",
        "MyPlex: mapping state set to 'Mapped - Publishing'.",
        "MyPlex: async reachability check - current mapping state: 'Mapped - Not Published'.",
        "MyPlex: sign-in state set to 'ok'.",
        '[MediaProviderManager] we had 0 cloud providers online, we now have 1',
        '[MediaProviderManager] cloud provider (Metadata) is online and available',
        '[MediaProviderManager/MetadataAgentManager] [tv.plex.agents.movie] provider added to map',
        '[MediaProviderManager/MetadataAgentManager] [tv.plex.agents.music] provider added to map',
        '[MediaProviderManager/MetadataAgentManager] [tv.plex.agents.music] provider added to map',
        '[MediaProviderManager] cloud provider (Metadata) is offline',
        '[MediaProviderManager] we had 1 cloud providers online, we now have 0',
        "MyPlex: mapping state set to 'Mapped - Not Published (Not Reachable)'.",
      ),
    );
    expect(reader.states().map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'mapping Unknown',
      'mapping Mapped - Publishing',
      'mapping Mapped - Not Published',
      'sign-in ok',
      'providers 1',
      'provider Metadata online',
      'provider-map tv.plex.agents.movie added',
      'provider-map tv.plex.agents.music added',
      'provider Metadata offline',
      'providers 0',
      'mapping Mapped - Not Published (Not Reachable)',
    ]);
  });

  it('notes a state again after a restart', () => {
    const online = '[MediaProviderManager] we had 0 cloud providers online, we now have 1';
    const { reader } = readLines(
      ...messages(online, TEXT.start('Plex Media Server', '1.41.3.9314-a0bfb8370', '-06:00'), online),
    );
    expect(reader.states().map(({ at }) => at.utcMs)).toEqual([AT + 21_600_000, AT + 2000 + 21_600_000]);
  });
});

describe('scans', () => {
  const REFUSED = { kind: 'refused', section: '4', status: 503, client: 'loopback' };
  it.each<[string, string, object | null]>([
    ['a refusal', TEXT.completed('127.0.0.1:49242', 503, 'GET', '/library/sections/4/refresh'), REFUSED],
    [
      'a refusal by POST',
      TEXT.completed('[::1]:49242', 503, 'POST', '/library/sections/4/refresh?path=%2Fsrv%2Fx'),
      REFUSED,
    ],
    ['a refusal before 2017', TEXT.oldCompleted('127.0.0.1:49242', 503, 'GET', '/library/sections/4/refresh'), REFUSED],
    [
      'a refusal of all sections',
      TEXT.completed('192.0.2.7:49242', 503, 'POST', '/library/sections/refresh'),
      { ...REFUSED, section: null, client: 'other' },
    ],
    [
      'all sections by another path',
      TEXT.completed('192.0.2.7:49242', 503, 'GET', '/library/sections/all/refresh?force=1'),
      { ...REFUSED, section: null, client: 'other' },
    ],
    [
      'a refusal for want of a token',
      TEXT.completed('127.0.0.1:1', 401, 'GET', '/library/sections/4/refresh'),
      { ...REFUSED, status: 401 },
    ],
    [
      'a scan that starts',
      TEXT.completed('::ffff:127.0.0.1:49242', 200, 'GET', '/library/sections/12/refresh'),
      { kind: 'started', section: '12', status: 200, client: 'loopback' },
    ],
    ['a scan taken back', TEXT.completed('127.0.0.1:1', 200, 'DELETE', '/library/sections/4/refresh'), null],
    ['another request', TEXT.completed('127.0.0.1:1', 503, 'GET', '/library/sections/4/all'), null],
    ['a path that only begins so', TEXT.completed('127.0.0.1:1', 503, 'GET', '/library/sections/4/refreshing'), null],
    [
      'a child',
      '[JobRunner] Job running: "/usr/lib/plexmediaserver/Plex Media Scanner" --match --type 8 --log-file-suffix Matcher --files "@/tmp/a --secret"',
      {
        kind: 'child',
        section: null,
        command: 'Plex Media Scanner --match --type 8 --log-file-suffix Matcher --files',
      },
    ],
    [
      'a child of an older version',
      "Job running: LD_LIBRARY_PATH='/usr/lib/plexmediaserver' '/usr/lib/plexmediaserver/Plex Media Scanner' '--scan' --refresh --section 3",
      { kind: 'child', section: '3', command: 'Plex Media Scanner --scan --refresh --section 3' },
    ],
    [
      "the scanner's own line",
      '"C:\\Program Files (x86)\\Plex\\Plex Media Server\\Plex Media Scanner.exe" --scan --refresh --section 2 --directory "F:\\Series\\A Title" ',
      { kind: 'child', section: '2', command: 'Plex Media Scanner --scan --refresh --section 2 --directory' },
    ],
    ['another child', "Job running: '/usr/lib/plexmediaserver/Plex Tuner Service' '/x' '32600'", null],
    [
      'a child that ended',
      "Jobs: '/usr/lib/plexmediaserver/Plex Media Scanner' exit code for process 356 is -9 (failure)",
      { kind: 'finished', status: -9, command: 'Plex Media Scanner' },
    ],
    [
      'another child that ended',
      "Jobs: '/usr/lib/plexmediaserver/CrashUploader' exit code for process 356 is 0 (success)",
      null,
    ],
    [
      'a path outside of the library',
      "'/srv/music/A Title' was not inside any known section location, skipping.",
      { kind: 'skipped-path', section: null, command: null },
    ],
    [
      'another activity',
      'Activity: registered new activity 1d73de28-a15e-44c2-9a4a-527ae1984a3c - Processing subscriptions',
      null,
    ],
  ])('%s', (_name, text, expected) => {
    const { reader, summary } = readLines(...messages(text));
    expect(reader.scans()).toMatchObject(expected === null ? [] : [expected]);
    expect(summary.unread.count).toBe(0);
  });

  it('follows an activity from its beginning to its end', () => {
    const id = '7bb6eb50-c873-4c28-8c4e-8ccba2b1e0de';
    const { reader } = readLines(
      ...messages(
        `1|Activity: registered new activity ${id} - "Scanning"`,
        '2|Scanning section 9',
        '1|Scanning section 3',
        `2|Activity: updated activity ${id} - completed 50.0% - Scanning A Library`,
        `2|Activity: updated activity ${id} - completed 100.0% - Scanning A Library`,
        `2|Activity: updated activity ${id} - completed 100.0% - Scanning A Library`,
      ),
    );
    expect(reader.scans().map(({ kind, section }) => [kind, section])).toEqual([
      ['activity', '3'],
      ['activity', '9'],
      ['finished', '3'],
    ]);
  });

  it('keeps one skipped path of many in a row', () => {
    const skipped = "'/srv/x' was not inside any known section location, skipping.";
    const { reader } = readLines(
      ...messages(skipped, skipped, TEXT.completed('127.0.0.1:1', 200, 'GET', '/library/sections/4/refresh'), skipped),
    );
    expect(reader.scans().map(({ kind }) => kind)).toEqual(['skipped-path', 'started', 'skipped-path']);
  });
});

describe('plug-in logs', () => {
  const line = (text: string, thread = '7f33fc85c808', module = 'networking:144'): string =>
    pluginLine({ atMs: AT, thread, text } satisfies Message, module);
  const HASHES = 'http://resources-cdn.plexapp.com/hashes.json';
  const FAILED = [line(`Requesting '${HASHES}'`), line(`Error opening URL '${HASHES}'`)];
  const TRACE = [
    line('Exception getting hosted resource hashes (most recent call last):'),
    '  File "/usr/lib/plexmediaserver/Resources/runtime.py", line 1293, in get_resource_hashes',
    '    json = self._core.networking.http_request(url, timeout=10).content',
  ];

  it.each<[string, readonly string[], readonly string[]]>([
    ['requested', [line(`Requesting '${HASHES}'`)], ['? http://resources-cdn.plexapp.com:80 x1 open']],
    ['taken from the cache', [line(`Fetching '${HASHES}' from the HTTP cache`)], []],
    ['failed for no reason', FAILED, ['? http://resources-cdn.plexapp.com:80 x1 curl 0']],
    [
      'not resolved',
      [...FAILED, ...TRACE, 'URLError: <urlopen error [Errno -2] Name or service not known>'],
      ['? http://resources-cdn.plexapp.com:80 x1 curl 0 <urlopen error [Errno -2] Name or service not known>'],
    ],
    [
      'answered with a status',
      [...FAILED, ...TRACE, 'HTTPError: HTTP Error 404: Not Found'],
      ['? http://resources-cdn.plexapp.com:80 x1 404'],
    ],
    [
      'the stack trace of another thread',
      [...FAILED, line('Exception (most recent call last):', 'abc'), 'HTTPError: HTTP Error 404: Not Found'],
      ['? http://resources-cdn.plexapp.com:80 x1 curl 0'],
    ],
    [
      'a reason after the thread went on',
      [...FAILED, line('Something else'), ...TRACE, 'HTTPError: HTTP Error 404: Not Found'],
      ['? http://resources-cdn.plexapp.com:80 x1 curl 0'],
    ],
  ])('%s', (_name, lines, expected) => {
    const { reader, summary } = readLines(...lines);
    expect(briefly(reader.requests())).toEqual(expected);
    expect(summary).toMatchObject({ format: 'plugin', unread: { count: 0 } });
  });

  it.each<[string, readonly string[], string]>([
    [
      'a trace without a line that names the URL',
      [
        'Exception in the search function (most recent call last):',
        '> URLError: <urlopen error [Errno -2] Name or service not known>',
      ],
      'curl 0 <urlopen error [Errno -2] Name or service not known>',
    ],
    ['a status in a trace', ['Exception (most recent call last):', '> HTTPError: HTTP Error 404: Not Found'], '404'],
    [
      'words of the plug-in’s own',
      ['Problem with the request: <urlopen error timed out>'],
      'curl 0 <urlopen error timed out>',
    ],
    [
      'the refusal of a tunnel',
      ['Problem with the request: <urlopen error Tunnel connection failed: 403 Forbidden>'],
      'curl 0 <urlopen error Tunnel connection failed: 403 Forbidden>',
    ],
    [
      'a name, without urllib2',
      ['Exception (most recent call last):', '> gaierror: [Errno -2] Name or service not known'],
      'curl 0 [Errno -2] Name or service not known',
    ],
    [
      'a reset',
      ['Exception (most recent call last):', '> socket.error: [Errno 104] Connection reset by peer'],
      'curl 0 [Errno 104] Connection reset by peer',
    ],
    ['a timeout', ['Exception (most recent call last):', '> timeout: timed out'], 'curl 0 timed out'],
    [
      'TLS',
      [
        'Exception (most recent call last):',
        '> SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:590)',
      ],
      'curl 0 [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (<other>:590)',
    ],
    [
      'urllib',
      ['Exception (most recent call last):', '> IOError: [Errno socket error] [Errno 111] Connection refused'],
      'curl 0 [Errno socket error] [Errno 111] Connection refused',
    ],
    [
      'a file that is missing',
      ['Exception (most recent call last):', "> IOError: [Errno 2] No such file or directory: '/x'"],
      'open',
    ],
    ['a status in words of its own', ['Network error: HTTP Error 407: Proxy Authentication Required'], '407'],
    [
      'httplib',
      ['Could not load it: Tunnel connection failed: 502 Bad Gateway'],
      'curl 0 Tunnel connection failed: 502 Bad Gateway',
    ],
    ['a trace of another kind', ['Exception (most recent call last):', "> KeyError: 'id'"], 'open'],
    ['an error that has no errno', ['Exception (most recent call last):', '> error: unbalanced parenthesis'], 'open'],
    ['the trouble of another thread', ['other|Problem with the request: <urlopen error timed out>'], 'open'],
    [
      'told twice',
      ['Problem: <urlopen error timed out>', 'Problem again: <urlopen error timed out>'],
      'curl 0 <urlopen error timed out>',
    ],
  ])('counts the failure of what its thread asked for: %s', (_, lines, end) => {
    const written = (text: string): string => {
      if (text.startsWith('> ')) return text.slice(2);
      const [, thread = 'abc', rest = ''] = /^(?:(other)\|)?(.*)$/.exec(text) ?? [];
      return pluginLine({ atMs: AT, thread, text: rest }, 'core:1');
    };
    const { reader } = readLines(written("Requesting 'https://meta.plex.tv/x'"), ...lines.map(written));
    expect(briefly(reader.requests())).toEqual([`? https://meta.plex.tv:443 x1 ${end}`]);
  });

  it('reads the refusal of a tunnel in what the module requests says', () => {
    const written = (text: string): string => pluginLine({ atMs: AT, text }, 'core:1');
    const words =
      "HTTPSConnectionPool(host='meta.plex.tv', port=443): Max retries exceeded with url: /x (Caused by ProxyError('Cannot connect to proxy.', error('Tunnel connection failed: 403 Forbidden',)))";
    for (const lines of [
      [written(`Oops: ${words}`)],
      [written('Oops (most recent call last):'), `ProxyError: ${words}`],
    ]) {
      const [request] = readLines(written("Requesting 'https://meta.plex.tv/x'"), ...lines).reader.requests();
      expect(request?.ended).toMatchObject({ kind: 'failed', text: expect.stringContaining('connection failed: 403') });
    }
  });

  it('knows the start of a plug-in, whose version is not that of PMS', () => {
    const { summary } = readLines(line('Starting framework core - Version: 2.6.3, Build: 4608319', 'abc', 'core:349'));
    expect(summary).toMatchObject({ version: null, starts: [{ at: { localMs: AT, utcMs: null } }] });
  });
});

describe('what is wrong with files', () => {
  const FAILURE = TEXT.failure('GET', FEATURES, 6, NO_HOST, 'Could not resolve host: plex.tv', '5b');
  const FAILED = ['GET https://plex.tv:443 x1 curl 6 Could not resolve host: plex.tv'];
  const [failure = ''] = messages(FAILURE);
  const [other = ''] = messages('Something else.');

  it.each<[string, string, number]>([
    ['nothing', `${failure}\n`, 1],
    ['the last line has no end', failure, 1],
    ['CRLF', `${other}\r\n${failure}\r\n`, 2],
    ['a byte order mark', `\u{feff}${failure}\n`, 1],
    ['a first line that rotation cut', `03:07.000 [1] DEBUG - Some\n<xml>\n${failure}\n`, 3],
    ['a last line that is still being written', `${failure}\nJan 05, 2026 14:03:0`, 2],
    [
      'a last request whose host may be cut',
      `${failure}\n${messages(TEXT.request('GET', 'https://metadata.prov', '7')).join('')}`,
      2,
    ],
    ['a last failure that is cut', `${failure}\n${failure.slice(0, -12)}`, 2],
    ['further lines of a message', `${other}\n<?xml version="1.0"?>\n  <a>\n\n${failure}\n`, 5],
    ['a block of NULs after a loss of power', `${other.slice(0, 40)}${'\0'.repeat(5000)}${failure}\n`, 1],
    ['NULs at the end', `${failure}\n${'\0'.repeat(5000)}`, 2],
    [
      'bytes that are no UTF-8',
      `${messages('Loaded \u{fffd}').join('')}\n${failure}\n`.replace('\u{fffd}', '\udc80'),
      2,
    ],
    ['a line of a megabyte', `${messages('x'.repeat(1_000_000)).join('')}\n${failure}\n`, 2],
    [
      'a URL of a megabyte',
      `${messages(`HTTP requesting GET https://plex.tv.${'x'.repeat(1_000_000)}`).join('')}\n${failure}\n`,
      2,
    ],
  ])('%s', (_name, text, lines) => {
    for (const chunkBytes of [text.length * 3, 1000, 7]) {
      const { reader, summary } = readBytes(Buffer.from(text), chunkBytes);
      expect(briefly(reader.requests())).toEqual(FAILED);
      expect(summary).toMatchObject({ lines, unread: { count: 0, first: null }, notKept: 0 });
    }
  });

  it.each<[string, string]>([
    ['a time that is none', 'Jan 05, 2026 25:03:07.000 [1] DEBUG - x'],
    ['a minute that is none', 'Jan 05, 2026 14:63:07.000 [1] DEBUG - x'],
    ['a second that is none', 'Jan 05, 2026 14:03:7x.000 [1] DEBUG - x'],
    ['a day that is none', 'Jan 45, 2026 14:03:07.000 [1] DEBUG - x'],
    ['no thread', 'Jan 05, 2026 14:03:07.000 DEBUG - x'],
    ['a thread without an end', 'Jan 05, 2026 14:03:07.000 [1 DEBUG - x'],
    ['no level', 'Jan 05, 2026 14:03:07.000 [1] x'],
    ['a date of a plug-in that is none', '2026-13-05 14:03:07,000 (abc) :  INFO (core:1) - x'],
    ['no module', '2026-01-05 14:03:07,000 (abc) :  INFO - x'],
    ['a request without a URL', messages('HTTP requesting GET ').join('')],
    ['a request without a host', messages('[HCl#1] HTTP requesting GET https:///x').join('')],
    ['a port that is none', messages(TEXT.request('GET', 'https://plex.tv:99999/')).join('')],
    ['an answer without a status', messages(`HTTP/1.1 (0.2s) abc response from GET ${FEATURES}`).join('')],
    ['a message behind a mark', `> ${messages('text').join('')}`],
    ['a message of a plug-in behind a mark', `| ${pluginLine({ atMs: AT, text: 'x' }, 'core:1')}`],
    ['a failure without a code', messages(`HTTP error requesting GET ${FEATURES}`).join('')],
    ['a curl code that is none', messages('Error issuing curl_easy_perform(handle): x').join('')],
    [
      'a refresh without a status',
      messages('Completed: [127.0.0.1:1] GET /library/sections/4/refresh (9 live)').join(''),
    ],
  ])('counts and names %s', (_name, line) => {
    const { summary } = readLines(other, line, line);
    expect(summary.unread).toMatchObject({ count: 2, first: { line: 2 } });
    expect(summary.unread.first?.rule).toMatch(/\w/);
  });

  it.each([
    ['nothing', ''],
    ['a syslog', 'Jan  5 14:03:07 host squid[812]: x\n'],
    ['a log of Python', '2026-01-05 14:03:07,000 - INFO - x\n'],
    ['an access log', '1767621787.123 12 192.0.2.7 TCP_DENIED/403 3900 CONNECT plex.tv:443 - HIER_NONE/- text/html\n'],
    ['bytes', '\u{1}\u{2}\0\0\u{ff}'.repeat(100)],
    ['JSON', '{"time": "Jan 05, 2026 14:03:07.000 [1] DEBUG - x"}\n'],
  ])('does not take %s for a log', (_name, text) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(detectPmsLog(bytes)).toBe(false);
    const { summary } = readBytes(bytes);
    expect(summary.unread.count).toBe(summary.lines);
    expect(summary).toMatchObject({ firstAt: null, lastAt: null, version: null });
  });

  it.each([
    ['the server', failure],
    ['the server, behind the rest of a message', `rest\n<xml/>\n${failure}`],
    ['the server, with a byte order mark', `\u{feff}${failure}`],
    ['a plug-in', pluginLine({ atMs: AT, text: 'x' }, 'core:349')],
    ['the server, cut behind its level', failure.slice(0, failure.indexOf(' - ') + 3)],
  ])('recognises a log of %s', (_name, text) => {
    expect(detectPmsLog(Buffer.from(text))).toBe(true);
  });

  it('looks at so much of a line only', () => {
    const [long = ''] = messages(
      TEXT.failure('GET', `${FEATURES}${'x'.repeat(LINE_LIMIT_BYTES)}`, 6, NO_HOST, 'x', '1'),
    );
    for (const chunkBytes of [200_000, 1000]) {
      const { summary, reader } = readBytes(Buffer.from(`${long}\n${failure}\n`), chunkBytes);
      expect([summary.lines, summary.unread.count, reader.requests().length]).toEqual([2, 0, 1]);
    }
  });
});

describe('bounds', () => {
  it('counts the records of requests that it does not keep', () => {
    const lines = Array.from({ length: REQUESTS_LIMIT + 5 }, (_, i) =>
      TEXT.answer('GET', `https://h${i}.example/`, 200, '1'),
    );
    const { summary, reader } = readLines(...messages(...lines));
    expect([reader.requests().length, summary.notKept]).toEqual([REQUESTS_LIMIT, 5]);
  });

  it.each([
    ['scans', () => TEXT.completed('127.0.0.1:1', 503, 'GET', '/library/sections/4/refresh')],
    ['states', (i: number) => `MyPlex: mapping state set to 'S${i}'.`],
  ])('counts the %s that it does not keep', (_name, text) => {
    const { summary, reader } = readLines(...messages(...Array.from({ length: EVENTS_LIMIT + 3 }, (_, i) => text(i))));
    expect([reader.scans().length + reader.states().length, summary.notKept]).toEqual([EVENTS_LIMIT, 3]);
  });

  it.each([
    ['with numbers', (i: number) => TEXT.request('GET', FEATURES, i.toString(16))],
    ['without', (i: number) => TEXT.request('GET', `https://plex.tv/${i}`)],
    ['and all alike', () => TEXT.request('GET', FEATURES)],
  ])('takes the oldest of too many requests for open, %s', (_name, text) => {
    const count = PENDING_LIMIT + 100;
    const { reader } = readLines(...messages(...Array.from({ length: count }, (_, i) => text(i))));
    expect(briefly(reader.requests())).toEqual([`GET https://plex.tv:443 x${count} open`]);
  });
});

describe('what must never be kept', () => {
  const CANARIES = [
    'canary-token',
    'canary-title',
    'canary-user',
    'canary.example',
    'canary-path',
    '192.0.2.77',
    'canary-password',
  ];

  it('is in no result', () => {
    const url = 'https://canary-user:canary-password@plex.tv/canary-path?title=canary-title&X-Plex-Token=canary-token';
    const { reader, summary } = readBytes(
      Buffer.from(
        messages(
          TEXT.request('GET', url, '1'),
          TEXT.failure(
            'GET',
            url,
            60,
            'SSL',
            "certificate subject name 'canary.example' does not match canary-path/x of https://canary.example/",
            '1',
          ),
          TEXT.failure(
            'GET',
            url,
            7,
            "Couldn't connect",
            'Failed to connect to canary.example port 3128: connection to 192.0.2.77:3128 for canary-user@canary.example',
            '2',
          ),
          TEXT.failure('GET', url, 5, "Couldn't resolve proxy", 'Could not resolve proxy: canary-path', '2'),
          TEXT.completed(
            '192.0.2.77:1',
            503,
            'GET',
            '/library/sections/4/refresh?path=canary-path&X-Plex-Token=canary-token',
          ),
          'Activity: registered new activity 7bb6eb50-c873-4c28-8c4e-8ccba2b1e0de - "Scanning canary-title"',
          'Job running: "/canary-path/Plex Media Scanner" --scan --section 4 --directory "/canary-path/canary-title --canary-user" --token=canary-token',
          "'/canary-path/canary-title' was not inside any known section location, skipping.",
          "MyPlex: mapping state set to 'canary-user@canary.example'.",
          '[MediaProviderManager] cloud provider (<canary-user>) is online and available',
          TEXT.myPlexError(-6, url),
          'HTTP requesting GET canary-token',
        ).join('\n'),
      ),
      undefined,
      'canary-user.log',
    );
    const kept = JSON.stringify([reader.requests(), reader.states(), reader.scans(), summary]);
    expect(kept).toContain('plex.tv');
    expect(CANARIES.filter((canary) => kept.includes(canary))).toEqual([]);
  });
});

describe('properties', () => {
  const result = ({ reader, summary }: Read): unknown => [summary, reader.requests(), reader.states(), reader.scans()];
  const sample = (() => {
    const texts = [
      TEXT.start('Plex Media Server', '1.41.3.9314-a0bfb8370', '-06:00'),
      TEXT.request('GET', FEATURES, '5b'),
      TEXT.failure('GET', FEATURES, 6, NO_HOST, 'Could not resolve host: plex.tv', '5b'),
      TEXT.curlCode(7),
      TEXT.failure('GET', MATCHES, 0, 'No error', "couldn't connect to host"),
      '[HttpClient] HTTP simulating 408 after curl timeout',
      TEXT.myPlexError(-6, FEATURES),
      TEXT.completed('127.0.0.1:49242', 503, 'GET', '/library/sections/4/refresh'),
      'Activity: registered new activity 7bb6eb50-c873-4c28-8c4e-8ccba2b1e0de - "Scanning"',
      'Scanning section 4',
      '[JobRunner] Job running: "/usr/lib/plexmediaserver/Plex Media Scanner" --match --type 8',
      '[MediaProviderManager] we had 0 cloud providers online, we now have 1',
      "MyPlex: mapping state set to 'Unknown'.",
    ];
    const plugin = [
      pluginLine({ atMs: AT, text: "Requesting 'http://meta.plex.tv/x'" }, 'networking:144'),
      pluginLine({ atMs: AT, text: "Error opening URL 'http://meta.plex.tv/x'" }, 'networking:197'),
      pluginLine({ atMs: AT, text: 'Exception (most recent call last):' }, 'core:574'),
      '  File "x.py", line 1',
      'URLError: <urlopen error [Errno 111] Connection refused>',
    ];
    return Buffer.from([...messages(...texts), 'a further line', ...plugin, ...messages(...texts)].join('\r\n'));
  })();

  it('does not depend on how the bytes are cut', () => {
    const whole = result(readBytes(sample));
    fc.assert(
      fc.property(fc.array(fc.nat(sample.length), { maxLength: 30 }), (cuts) => {
        const reader = new PmsLogReader({ name: 'Plex Media Server.log' });
        const borders = [0, ...cuts.toSorted((a, b) => a - b), sample.length];
        for (const [index, start] of borders.entries())
          reader.push(sample.subarray(start, borders[index + 1] ?? start));
        expect(result({ summary: reader.end(), reader })).toEqual(whole);
      }),
    );
  });

  it('never throws, and depends on no cut, whatever the bytes are', () => {
    const change = fc.record({
      at: fc.nat(sample.length),
      remove: fc.nat(20),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 8 }),
        fc.constantFrom(...['\n', '\0\0', '\r', ' (', 'HCl#', '] '].map((text) => Buffer.from(text))),
      ),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), (changes, chunkBytes) => {
        let bytes: Uint8Array = sample;
        for (const { at, remove, insert } of changes)
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        expect(result(readBytes(bytes, chunkBytes))).toEqual(result(readBytes(bytes)));
      }),
      runs(50),
    );
  });

  it('reads back what was written, however requests overlap', () => {
    const hosts = ['plex.tv', 'metadata.provider.plex.tv', '192.0.2.9'];
    const request = fc.record({
      host: fc.constantFrom(...hosts),
      method: fc.constantFrom('GET', 'PUT', 'POST'),
      begin: fc.nat(1000),
      end: fc.oneof(
        fc.record({ kind: fc.constant('answered' as const), status: fc.integer({ min: 200, max: 599 }) }),
        fc.record({ kind: fc.constant('failed' as const), curl: fc.constantFrom(5, 6, 7, 28, 35, 56, 60) }),
        fc.record({ kind: fc.constant('open' as const) }),
      ),
      lasts: fc.nat(1000),
    });
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 40 }),
        fc.constantFrom(...SERVER_STYLES),
        fc.boolean(),
        (all, style, numbered) => {
          const lines = all.flatMap(({ host, method, begin, end, lasts }, index) => {
            const hcl = numbered ? index.toString(16) : undefined;
            const url = `https://${host}/item/${index}`;
            const first = { at: begin, text: TEXT.request(method, url, hcl) };
            const at = begin + lasts + 0.5;
            if (end.kind === 'answered') return [first, { at, text: TEXT.answer(method, url, end.status, hcl) }];
            return end.kind === 'failed'
              ? [first, { at, text: TEXT.failure(method, url, end.curl, 'a name', 'some words', hcl) }]
              : [first];
          });
          const expected = new Map<string, number>();
          for (const { host, method, end } of all) {
            const ended = end.kind === 'failed' ? { ...end, text: 'some words' } : end;
            const key = `${method} https://${host}:443 ${endOf(ended)}`;
            expected.set(key, (expected.get(key) ?? 0) + 1);
          }
          const texts = lines
            .toSorted((a, b) => a.at - b.at)
            .map(({ at, text }) => serverLine(style, { atMs: AT + Math.floor(at) * 1000, text }));
          const { reader, summary } = readLines(...texts);
          expect(summary).toMatchObject({ lines: lines.length, unread: { count: 0 }, notKept: 0 });
          expect(briefly(reader.requests())).toEqual(
            [...expected].map(([key, count]) => key.replace(/:443 /, `:443 x${count} `)).toSorted(),
          );
        },
      ),
    );
  });

  it("finds all of a server's everyday log", () => {
    const counts = { lines: 0, failures: 0, answers: 0 };
    const blocks: string[] = [];
    for (const block of mixture(7, counts)) if (blocks.push(block) === 8) break;
    const { reader, summary } = readBytes(Buffer.from(blocks.join('')), 4096);
    const count = (kind: PmsLogEnd['kind']): number =>
      reader.requests().reduce((sum, request) => sum + (request.ended.kind === kind ? request.count : 0), 0);
    expect({ lines: summary.lines, failures: count('failed'), answers: count('answered') }).toEqual(counts);
    expect([summary.unread.count, count('open')]).toEqual([0, 0]);
  });
});
