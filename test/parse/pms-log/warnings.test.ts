import * as fc from 'fast-check';
import { runs } from '../../support/fuzz.ts';
import { describe, expect, it } from 'vitest';
import { PmsLogReader, type PmsLogWarning } from '../../../src/parse/pms-log/index.ts';
import { quoteOf } from '../../../src/parse/pms-log/plain-words.ts';
import { WARNINGS_LIMIT } from '../../../src/parse/pms-log/warnings.ts';
import { pluginLine, SERVER_STYLES, serverLine, TEXT, type ServerStyle } from '../../support/logs/pms-log-builder.ts';

const AT = Date.UTC(2026, 0, 5, 14, 3, 7);
const URL = 'https://plex.tv/api/v2/features?X-Plex-Token=abcdefghijklmnopqrst';

function read(lines: readonly string[], name = 'Plex Media Server.log'): PmsLogReader {
  const reader = new PmsLogReader({ name });
  reader.push(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  reader.end();
  return reader;
}

function warningsOf(lines: readonly string[]): readonly PmsLogWarning[] {
  return read(lines).warnings();
}

const briefly = (lines: readonly string[]): readonly string[] =>
  warningsOf(lines).map(({ topic, count }) => `${topic} ${count}`);

const line = (level: string, text: string, style: ServerStyle = 'server'): string =>
  serverLine(style, { atMs: AT, level, text });

describe('warnings of PMS', () => {
  it.each<[string, string]>([
    ["Codecs: Failed to download XML for codec 'hevc_decoder'", 'codecs'],
    ["[Req#f0d/Transcode] Codecs: Failed to download XML for codec 'aac_encoder'", 'codecs'],
    ['CodecManager: failed to obtain EAE license from plex.tv', 'codecs'],
    ['HttpServer: Error binding acceptor: Address already in use', 'port'],
    [
      'HttpServer: Error binding acceptor: An attempt was made to access a socket in a way forbidden by its access permissions',
      'port',
    ],
    ['Error binding acceptor: Permission denied', 'port'],
    ['Unable to start HTTP server on port 32400', 'port'],
    ['HttpServer: Error opening acceptor on IPv6, falling back to IPv4: Address family not supported', 'ipv4-only'],
    ['[EventSourceClient/pubsub/1.2.3.4:443] Exception in onHeaders: connect: Connection timed out', 'event-stream'],
    ['[EventSourceClient/pubsub] Retrying in 30 seconds.', 'event-stream'],
    ["FeatureManager: Couldn't get features. Trying again soon.", 'features'],
    ['MyPlex: Updating device connections failed, retrying in 640 seconds.', 'remote-access'],
    ["NAT: UPnP, getPublicIP didn't find usable IGD.", 'remote-access'],
    ['[CERT/OCSP] Unable to retrieve response.', 'certificate'],
    ['SQLITE3:(nil), 5, database is locked in "select * from media"', 'database'],
    ['SLOW QUERY: It took 410.000000 ms to retrieve 7 items.', 'database'],
    ['Something that nobody has foreseen.', 'unknown'],
  ])('%s', (text, topic) => {
    expect(briefly([line('WARN', text), line('ERROR', text)])).toEqual([`${topic} 1`, `${topic} 1`]);
  });

  it.each<[string, string]>([
    [
      'a request that failed',
      TEXT.failure('GET', URL, 6, "Couldn't resolve host name", 'Could not resolve host: plex.tv', '1'),
    ],
    ['its code', TEXT.curlCode(6)],
    ['an error of MyPlex', TEXT.myPlexError(401, URL)],
    ['an answer', TEXT.answer('GET', URL, 503, '1')],
    ['a timeout', 'HTTP simulating 408 after curl timeout'],
    ['a path outside of the library', "'/srv/a b' was not inside any known section location, skipping."],
  ])('are not what another record holds: %s', (_, text) => {
    expect(warningsOf([line('WARN', text), line('ERROR', text)])).toEqual([]);
  });

  it.each<[string, string]>([
    ['DEBUG', 'debug'],
    ['INFO', 'info'],
    ['VERBOSE', 'verbose'],
    ['Débogage', 'French'],
    ['Отладка', 'Russian'],
    ['调试', 'Chinese'],
  ])('are not of the level %s (%s)', (level) => {
    expect(warningsOf([line(level, 'Something.', 'server')])).toEqual([]);
  });

  it.each<[string, PmsLogWarning['level']]>([
    ['Warnung', 'warning'],
    ['Fehler', 'error'],
    ['Advertencia', 'warning'],
    ['Avertissement', 'warning'],
    ['Erreur', 'error'],
    ['Waarschuwing', 'warning'],
    ['Fout', 'error'],
    ['Ostrzeżenie', 'warning'],
    ['Błąd', 'error'],
    ['Предупреждение', 'warning'],
    ['Ошибка', 'error'],
    ['警告', 'warning'],
    ['错误', 'error'],
    ['Critical', 'error'],
  ])('of the level %s are read', (level, expected) => {
    const found = warningsOf([line(level, 'Something.', 'server').replace(' - ', ' — ')]);
    expect(found.map((warning) => warning.level)).toEqual([expected]);
  });

  it.each(SERVER_STYLES)('are read in the style %s', (style) => {
    expect(briefly([line('WARN', "FeatureManager: Couldn't get features.", style)])).toEqual(['features 1']);
  });

  it('are counted together where only figures, names and paths differ', () => {
    const [warning, ...rest] = warningsOf(
      [
        'MyPlex: Updating device connections failed, retrying in 640 seconds.',
        'MyPlex: Updating device connections failed, retrying in 20 seconds.',
      ].map((text) => line('WARN', text)),
    );
    expect(warning).toMatchObject({ count: 2, log: 'Plex Media Server', level: 'warning' });
    expect(warning?.text).toBe('MyPlex: Updating device connections failed, retrying in N seconds.');
    expect(rest).toEqual([]);
  });

  it('beyond the limit are counted as not kept', () => {
    const words = ['cannot', 'connect', 'close', 'cache', 'codec', 'count', 'copy', 'client'];
    const lines = Array.from({ length: 4096 }, (_, i) =>
      line('WARN', [0, 3, 6, 9].map((shift) => words[(i >> shift) & 7]).join(' ')),
    );
    const reader = new PmsLogReader({ name: 'x' });
    reader.push(Buffer.from(`${lines.join('\n')}\n`));
    const { notKept } = reader.end();
    const kept = reader.warnings();
    expect(kept.length).toBe(WARNINGS_LIMIT);
    expect(kept.reduce((sum, { count }) => sum + count, 0) + notKept).toBe(4096);
  });

  it('of plug-ins: the list of resources, and a trace that a request did not cause', () => {
    const message = (level: string, text: string, module = 'runtime:1299'): string =>
      pluginLine({ atMs: AT, level, text }, module);
    expect(
      briefly([
        message('INFO', 'Starting framework core - Version: 2.6.3', 'core:349'),
        message(
          'ERROR',
          "Error opening URL 'http://127.0.0.1:32400/:/plugins/com.plexapp.system/resourceHashes'",
          'networking:196',
        ),
        message('CRITICAL', 'Exception getting hosted resource hashes (most recent call last):'),
        "KeyError: 'x'",
        message(
          'CRITICAL',
          "Exception in the search function of agent named 'X' (most recent call last):",
          'agentkit:1095',
        ),
        'ValueError: x',
        message('WARNING', 'Something else.'),
      ]),
    ).toEqual(['plugin-resources 1', 'plugin-resources 1', 'plugin-exception 1', 'unknown 1']);
  });
});

describe('the token for plex.tv', () => {
  const url = (query: string, host = 'plex.tv'): string => `https://${host}/api/v2/features${query}`;
  it.each<[string, readonly string[], readonly string[]]>([
    ['is empty', [url('?X-Plex-Token=')], ['none']],
    ['is empty among others', [url('?X-Plex-Token=&x=1')], ['none']],
    ['is there', [url('?x=1&X-Plex-Token=xxxxxxxxxxxxxxxxxxxx')], ['present']],
    ['comes later', [url('?X-Plex-Token='), url('?X-Plex-Token='), url('?X-Plex-Token=abc')], ['none', 'present']],
    ['stands in a header', [url('')], []],
    ['is for another host', [url('?X-Plex-Token=', 'epg.provider.plex.tv')], []],
  ])('%s', (_, urls, expected) => {
    const states = read(urls.map((each) => line('DEBUG', TEXT.request('GET', each, '1')))).states();
    expect(states.map(({ kind, value }) => (kind === 'token' ? value : kind))).toEqual(expected);
  });
});

describe('a quotation', () => {
  it.each<[string, string]>([
    [
      "FeatureManager: Couldn't get features. Trying again soon.",
      "FeatureManager: Couldn't get features. Trying again soon.",
    ],
    ["Codecs: Failed to download XML for codec 'hevc_decoder'", 'Codecs: Failed to download XML for codec …'],
    ['Unable to open /srv/media/A Film (1999)/film.mkv: Permission denied', 'Unable to open … Permission denied'],
    ["Couldn't find the element 'The Time Server' in [a, b]", "Couldn't find the element … in …"],
    ['failed to connect to nas.example.org from plex.tv', 'failed to connect to … from plex.tv'],
    ['… took 12 seconds (3).', '… took N seconds (N).'],
    ['signed in as someone@example.org', 'signed in as …'],
    ['', ''],
  ])('of %j', (text, quote) => {
    expect(quoteOf(text)).toBe(quote);
  });

  it('holds no word that is not of its list, and is short', () => {
    const secret = fc.stringMatching(/^[A-Za-z\d_-]{1,12}QZX[A-Za-z\d_.@/-]{0,12}$/);
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(secret, fc.constantFrom('failed', 'to', 'connect', "'", '"', '(', ')', '[', ':', ', '), fc.string()),
        ),
        (words) => {
          const quote = quoteOf(words.join(' '));
          expect(quote).not.toMatch(/QZX|@|\//);
          expect(quote.length).toBeLessThanOrEqual(125);
        },
      ),
      runs(170),
    );
  });
});
