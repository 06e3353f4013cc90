import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUILTIN_FORMATS,
  compileFormat,
  type SquidFormat,
} from '../../../../src/parse/access-log/squid/format/logformat.ts';
import type { AccessEntry } from '../../../../src/parse/access-log/entry.ts';
import type { AccessLogSummary } from '../../../../src/parse/access-log/parser.ts';
import { detectFormat } from '../../../../src/parse/access-log/squid/detect.ts';
import { SquidLogReader } from '../../../../src/parse/access-log/squid/log.ts';
import { ENTRIES_AT_ONCE } from '../../../../src/parse/access-log/squid/fast/entries.ts';
import { LINE_LIMIT_BYTES } from '../../../../src/parse/access-log/lines.ts';
import { nativeLog } from '../../../support/logs/squid-log-builder.ts';
import capture from './capture.json' with { type: 'json' };
import { runs } from '../../../support/fuzz.ts';

function formatOf(codes: string): SquidFormat {
  const result = compileFormat(codes);
  if (result.kind === 'malformed') throw new Error(`${result.offset}: ${result.rule}`);
  return result.format;
}

interface Read {
  readonly summary: AccessLogSummary;
  readonly entries: readonly AccessEntry[];
  readonly clients: ReturnType<SquidLogReader['clientsSeen']>;
}

function read(log: string | Uint8Array, format: SquidFormat = BUILTIN_FORMATS.squid, chunkBytes = 0): Read {
  const bytes = typeof log === 'string' ? Buffer.from(log) : log;
  const reader = new SquidLogReader(format);
  if (chunkBytes === 0) reader.push(bytes);
  else for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  return { summary: reader.end(), entries: reader.entries(), clients: reader.clientsSeen() };
}

/** The entry of a log that has one kind of request. */
function only(log: string, format?: SquidFormat): AccessEntry {
  const { entries, summary } = read(log, format);
  expect(summary.unread).toEqual({ count: 0, first: null });
  expect(entries).toHaveLength(1);
  const [entry] = entries;
  if (!entry) throw new Error('no entry');
  return entry;
}

const native = (request: string, result = 'TCP_TUNNEL/200', rest = '- HIER_DIRECT/198.51.100.7 -'): string =>
  `1700000000.123    812 10.0.0.5 ${result} 4711 ${request} ${rest}\n`;

describe('SquidLogReader', () => {
  it('reads a native line', () => {
    expect(only(native('CONNECT plex.tv:443'))).toEqual({
      client: '10.0.0.5',
      method: 'CONNECT',
      scheme: 'https',
      host: 'plex.tv',
      port: 443,
      pseudo: null,
      result: { protocol: 'TCP', tag: 'TUNNEL', flags: [] },
      status: 200,
      hierarchy: 'HIER_DIRECT',
      serverAddresses: ['198.51.100.7'],
      error: null,
      sni: null,
      bumpMode: null,
      userAgent: null,
      count: 1,
      firstMs: 1_700_000_000_123,
      lastMs: 1_700_000_000_123,
      bytes: 4711,
    });
  });

  it('joins equal requests, whatever their path, case, escapes and final dot', () => {
    const log = [
      '1700000005.000 1 10.0.0.5 TCP_MISS/200 10 GET http://plex.tv/a?X-Plex-Token=secret - HIER_DIRECT/198.51.100.7 text/xml',
      '1700000001.000 1 10.0.0.5 TCP_MISS/200 20 GET http://u:p@PLEX.tv/b john HIER_DIRECT/198.51.100.8 text/xml',
      '1700000009.000 1 10.0.0.5 TCP_MISS/200 30 GET http://ple%78.tv.:80 - HIER_DIRECT/198.51.100.7 text/xml',
    ].join('\n');
    const entry = only(log);
    expect(entry).toMatchObject({ host: 'plex.tv', port: 80, count: 3, bytes: 60 });
    expect(entry).toMatchObject({ firstMs: 1_700_000_001_000, lastMs: 1_700_000_009_000 });
    expect(entry.serverAddresses).toEqual(['198.51.100.7', '198.51.100.8']);
    expect(JSON.stringify(entry)).not.toMatch(/secret|john|u:p/);
  });

  it.each<[string, string, Partial<AccessEntry>]>([
    ['host and port', 'CONNECT Plex.TV:443', { host: 'plex.tv', port: 443, scheme: 'https' }],
    ['an address', 'CONNECT 192.0.2.1:32400', { host: '192.0.2.1', port: 32_400 }],
    ['an IPv6 address', 'CONNECT [2001:DB8::1]:443', { host: '2001:db8::1', port: 443 }],
    ['an IPv6 address, encoded', 'CONNECT %5B2001:db8::1%5D:443', { host: '2001:db8::1', port: 443 }],
    ['a host that is called error', 'CONNECT error:443', { host: 'error', port: 443, pseudo: null }],
    ['an absolute URL', 'GET http://plex.tv/a/b?c', { host: 'plex.tv', port: 80, scheme: 'http' }],
    ['an absolute URL with port', 'GET http://plex.tv:8080', { host: 'plex.tv', port: 8080 }],
    ['a bumped URL', 'GET https://plex.tv/', { host: 'plex.tv', port: 443, scheme: 'https' }],
    ['an IPv6 URL', 'GET http://[::1]:80/x', { host: '::1', port: 80 }],
    ['user and password', 'GET ftp://u:p@h.example/x@y', { host: 'h.example', port: 21, scheme: null }],
    ['an international name', 'GET http://münchen.example/', { host: 'münchen.example' }],
    ['a query without a path', 'GET http://h.example?@x', { host: 'h.example', port: 80 }],
    ['a path alone', 'GET /relative', { host: null, port: null, pseudo: null }],
    ['an asterisk', 'OPTIONS http://*', { host: null, port: null }],
    ['a port that is none', 'GET http://h.example:99999/', { host: 'h.example', port: null }],
    ['the cache manager', 'GET cache_object://localhost/info', { host: 'localhost', port: null, scheme: null }],
    ['nothing', 'NONE -', { host: null, pseudo: null, method: 'NONE' }],
    [
      'a port probe',
      '- error:transaction-end-before-headers',
      {
        host: null,
        port: null,
        pseudo: 'error:transaction-end-before-headers',
        method: '-',
        scheme: null,
      },
    ],
    ['TLS on the plain port', '- error:invalid-request', { host: null, pseudo: 'error:invalid-request' }],
    ['a word with text behind', 'GET error:method-not-allowed/x@y', { pseudo: 'error:method-not-allowed' }],
  ])('takes %s', (_, request, expected) => {
    expect(only(native(request))).toMatchObject(expected);
  });

  it.each<[string, string]>([
    [
      'a user name with spaces',
      native('CONNECT plex.tv:443', 'TCP_TUNNEL/200', 'john q public HIER_DIRECT/192.0.2.1 -'),
    ],
    [
      'a user name like a way',
      native('CONNECT plex.tv:443', 'TCP_TUNNEL/200', 'x HIER_NONE/- HIER_DIRECT/192.0.2.1 -'),
    ],
    ['a URL with spaces', native('GET http://plex.tv/a b c', 'TCP_MISS/200', '- HIER_DIRECT/192.0.2.1 text/html')],
    ['headers', native('CONNECT plex.tv:443', 'TCP_TUNNEL/200', '- HIER_DIRECT/192.0.2.1 - [Host: a b\\r\\n] []')],
    [
      'headers that are cut',
      native('CONNECT plex.tv:443', 'TCP_TUNNEL/200', '- HIER_DIRECT/192.0.2.1 - [Proxy-Authori'),
    ],
    ['a carriage return', native('CONNECT plex.tv:443').replace('\n', '\r\n')],
    ['a byte order mark', `\ufeff${native('CONNECT plex.tv:443')}`],
    ['zero bytes of a truncated file', `${'\0'.repeat(5000)}${native('CONNECT plex.tv:443')}`],
    ['empty lines', `\n\r\n${native('CONNECT plex.tv:443')}\n`],
    ['no line end', native('CONNECT plex.tv:443').trimEnd()],
  ])('tolerates %s', (_, log) => {
    expect(only(log)).toMatchObject({ host: 'plex.tv', count: 1 });
  });

  it.each<[string, string, number, string]>([
    ['another kind of line', 'squid started\n', 1, '%ts'],
    ['a cut start', '812 10.0.0.5 TCP_TUNNEL/200 4711 CONNECT plex.tv:443 - HIER_DIRECT/192.0.2.1 -\n', 1, '%ts'],
    ['a cut end', '1700000000.123 812 10.0.0.5 TCP_TUNNEL/200 4711 CONNECT plex.t', 57, '%ru'],
    ['a result that is none', native('CONNECT plex.tv:443', 'HTTP_TUNNEL/200'), 32, '%Ss'],
    ['a status that is none', native('CONNECT plex.tv:443', 'TCP_TUNNEL/abc'), 43, '%>Hs'],
    ['a client that is none', native('CONNECT a:1').replace('10.0.0.5', '<10.0.0.5>'), 23, '%>a'],
    ['a host without end', native(`CONNECT ${'x'.repeat(5000)}:443`), 60, '%ru'],
  ])('counts and names %s', (_, line, column, code) => {
    const { summary, entries } = read(`${native('CONNECT plex.tv:443')}${line}`);
    expect(summary).toMatchObject({ lines: 2, unread: { count: 1, first: { line: 2, column } } });
    expect(summary.unread.first?.rule).toContain(code);
    expect(entries).toHaveLength(1);
  });

  it('keeps the line numbers of the file', () => {
    const { summary } = read(`\n\n${native('CONNECT a:1')}\n?\n!\n`);
    expect(summary).toMatchObject({ lines: 3, unread: { count: 2, first: { line: 5 } } });
  });

  it('reads names that are not UTF-8', () => {
    const bytes = Buffer.from(native('GET http://m\u00fcnchen.example/'), 'latin1');
    expect(read(bytes).entries).toMatchObject([{ host: 'm\ufffdnchen.example' }]);
  });

  it('cuts lines that are too long behind what is needed', () => {
    const headers = `[${'x'.repeat(2 * LINE_LIMIT_BYTES)}] []`;
    const log = `${native('CONNECT plex.tv:443').trimEnd()} ${headers}\n`.repeat(2);
    expect(only(log)).toMatchObject({ host: 'plex.tv', count: 2 });
    expect(read(log, BUILTIN_FORMATS.squid, 1000).entries).toEqual(read(log).entries);
  });

  it('counts a 407 beside the request that follows it', () => {
    const challenge = native('CONNECT plex.tv:443', 'TCP_DENIED/407', '- HIER_NONE/- text/html');
    const { entries } = read(
      challenge + native('CONNECT plex.tv:443', 'TCP_TUNNEL/200', 'john HIER_DIRECT/192.0.2.1 -'),
    );
    expect(entries.map(({ status }) => status)).toEqual([407, 200]);
  });

  it('finds the client that asks for plex.tv', () => {
    const from = (client: string, target: string): string =>
      native(`CONNECT ${target}:443`).replace('10.0.0.5', client);
    const log =
      from('10.0.0.5', 'plex.tv') +
      from('10.0.0.5', 'Pubsub.PLEX.tv.') +
      from('10.0.0.5', 'notplex.tv') +
      from('10.0.0.6', 'plex.tv.example') +
      from('10.0.0.6', 'x.plex.direct');
    const { clients, summary } = read(log);
    expect(clients).toEqual([
      { client: '10.0.0.5', count: 3, plexCount: 2 },
      { client: '10.0.0.6', count: 2, plexCount: 0 },
    ]);
    expect(summary.clients).toBe(2);
  });

  it('keeps only the wanted clients, and counts all', () => {
    const log = native('CONNECT a:1') + native('CONNECT b:1').replace('10.0.0.5', '2001:DB8::5');
    const reader = new SquidLogReader(BUILTIN_FORMATS.squid, { clients: ['2001:db8::5'] });
    reader.push(Buffer.from(log));
    expect(reader.end()).toMatchObject({ lines: 2, clients: 2, notKept: 0 });
    expect(reader.entries()).toMatchObject([{ client: '2001:db8::5', host: 'b' }]);
    expect(read(log).entries).toHaveLength(2);
  });

  it('gives the entries of some clients', () => {
    const reader = new SquidLogReader(BUILTIN_FORMATS.squid);
    reader.push(Buffer.from(native('CONNECT a:1') + native('CONNECT b:1').replace('10.0.0.5', '10.0.0.6')));
    expect(reader.entries(['10.0.0.6'])).toMatchObject([{ host: 'b' }]);
    expect(reader.entries(null, (name) => name === 'a')).toMatchObject([{ host: 'a' }]);
    expect(reader.entries(['10.0.0.6'], (name) => name === 'a')).toEqual([]);
  });

  it('counts what does not fit any more', () => {
    const reader = new SquidLogReader(BUILTIN_FORMATS.squid, { maxEntries: 2 });
    reader.push(Buffer.from(['a', 'b', 'c', 'a', 'c'].map((host) => native(`CONNECT ${host}:1`)).join('')));
    expect(reader.end()).toMatchObject({ lines: 5, notKept: 2, unread: { count: 0 } });
    expect(reader.entries().map(({ host, count }) => [host, count])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('keeps what is for plex.tv when others have filled the tables, and hands it over first', () => {
    const reader = new SquidLogReader(BUILTIN_FORMATS.squid, { maxEntries: ENTRIES_AT_ONCE + 16 });
    const hosts = Array.from({ length: ENTRIES_AT_ONCE + 100 }, (_, n) => `h${n}`);
    const many = ['h5', 'h5', ...hosts, 'metadata.provider.plex.tv'].map((host) => native(`CONNECT ${host}:443`));
    reader.push(Buffer.from(many.join('')));
    const { notKept } = reader.end();
    expect(notKept).toBeGreaterThan(1000);
    const counts = new Map(reader.entries().map(({ host, count }) => [host, count]));
    expect(counts.get('metadata.provider.plex.tv')).toBe(1);
    expect(counts.get('h5')).toBe(3);
  });

  it('hands over no more than can be judged', () => {
    const reader = new SquidLogReader(BUILTIN_FORMATS.squid);
    const hosts = [...Array.from({ length: ENTRIES_AT_ONCE + 100 }, (_, n) => `h${n}`), 'late', 'late', 'plex.tv'];
    reader.push(Buffer.from(hosts.map((host) => native(`CONNECT ${host}:443`)).join('')));
    expect(reader.end().notKept).toBe(0);
    const entries = reader.entries();
    expect(entries).toHaveLength(ENTRIES_AT_ONCE);
    expect(entries.slice(-2).map(({ host }) => host)).toEqual(['late', 'plex.tv']);
  });
});

describe('custom formats', () => {
  it.each<[string, string, string, Partial<AccessEntry>]>([
    [
      'parts of the URL',
      '%>a %>rm %>rs %>rd %>rP',
      '10.0.0.5 CONNECT - plex.tv 443',
      {
        client: '10.0.0.5',
        method: 'CONNECT',
        host: 'plex.tv',
        port: 443,
        scheme: 'https',
        result: null,
        status: null,
      },
    ],
    [
      'the URL of the client before the rewritten one',
      '%ru %>ru',
      'http://b.example/ http://a.example/',
      { host: 'a.example' },
    ],
    [
      'TLS',
      '%>a %ssl::>sni %ssl::bump_mode %ru',
      '10.0.0.5 Plex.TV splice 192.0.2.1:443',
      {
        sni: 'plex.tv',
        bumpMode: 'splice',
        host: '192.0.2.1',
      },
    ],
    [
      'errors',
      '%>a %ru %err_code/%err_detail',
      '10.0.0.5 plex.tv:443 ERR_DNS_FAIL/WITH_SERVER',
      { error: 'ERR_DNS_FAIL' },
    ],
    [
      'the error header',
      '%>a %ru "%{X-Squid-Error}<h"',
      '10.0.0.5 plex.tv:443 "ERR_CONNECT_FAIL 111"',
      {
        error: 'ERR_CONNECT_FAIL',
      },
    ],
    ['microseconds', '%ts.%06.6tu %>a', '1700000000.123456 10.0.0.5', { firstMs: 1_700_000_000_123 }],
    ['milliseconds without zeros', '%ts %tu %>a', '1700000000 7 10.0.0.5', { firstMs: 1_700_000_000_007 }],
    ['seconds and milliseconds that touch', '%ts%03tu %>a', '1700000000123 10.0.0.5', { firstMs: 1_700_000_000_123 }],
    ['the start time', '%tS %>a', '1700000000.123 10.0.0.5', { firstMs: 1_700_000_000_123 }],
    ['local time', '[%tl] %>a', '[14/Nov/2023:23:13:20 +0100] 10.0.0.5', { firstMs: 1_700_000_000_000 }],
    [
      'local time with a space at its end',
      '%tl %>a',
      '14/Nov/2023:23:13:20 +0100 10.0.0.5',
      { firstMs: 1_700_000_000_000 },
    ],
    ['local time without a zone', '%{%H:%M:%S}tl %>a', '23:13:20 10.0.0.5', { firstMs: null }],
    ['an unknown time', '"%{%Q %Y}tl" %>a', '"4 2023" 10.0.0.5', { firstMs: null, client: '10.0.0.5' }],
    ['tabs', '%>a\t%rm\t%ru', '10.0.0.5\tCONNECT\tplex.tv:443', { method: 'CONNECT', host: 'plex.tv' }],
    [
      'JSON',
      '{"c":"%>a","u":"%ru","s":%>Hs}',
      '{"c":"10.0.0.5","u":"plex.tv:443","s":200}',
      { host: 'plex.tv', status: 200 },
    ],
    [
      'columns',
      '%-12>a|%12rm|%05>Hs|%ru',
      '10.0.0.5    |     CONNECT|00200|plex.tv:443',
      {
        client: '10.0.0.5',
        method: 'CONNECT',
        status: 200,
      },
    ],
    ['a dash that is not filled up', '%-12>a|%12rm|%ru', '-|-|plex.tv:443', { client: null, method: '-' }],
    ['fields that are passed over', '%tr%dt %>a', '12- 10.0.0.5', { client: '10.0.0.5' }],
    ['escaped quotes', '"%{User-Agent}>h" %ru', '"a \\"b\\" \\\\" plex.tv:443', { userAgent: 'a "b" \\' }],
    ['shell quotes', '%/{User-Agent}>h %ru', '"a \\"b\\"" plex.tv:443', { userAgent: 'a "b"' }],
    ['shell quotes that are not needed', '%/{User-Agent}>h %ru', 'a\\"b plex.tv:443', { userAgent: 'a"b' }],
    ['percent-encoding', '%#{User-Agent}>h %ru', 'a%20%C3%BC plex.tv:443', { userAgent: 'a ü' }],
    ['brackets', '[%{User-Agent}>h] %ru', '[a %5bb%5d \\\\] plex.tv:443', { userAgent: 'a [b] \\' }],
    ['a raw value', `%'{User-Agent}>h %ru`, 'a b c plex.tv:443', { userAgent: 'a b c', host: 'plex.tv' }],
  ])('takes %s', (_, codes, line, expected) => {
    expect(only(`${line}\n`, formatOf(codes))).toMatchObject(expected);
  });

  it.each(['%un', '%ul', '%ue', '%[un', '%{Authorization}>h', '%credentials', '%>h', '%note', '%{Referer}>h', '%rp'])(
    'never keeps %s',
    (code) => {
      const { entries } = read('10.0.0.5 sEcReT plex.tv:443\n', formatOf(`%>a ${code} %ru`));
      expect(entries).toMatchObject([{ host: 'plex.tv' }]);
      expect(JSON.stringify(entries)).not.toContain('sEcReT');
    },
  );
});

describe('what Squid 5.7 wrote', () => {
  const formats = Object.fromEntries(Object.entries(BUILTIN_FORMATS));

  it.each(capture)('as $name', ({ name, format, lines }) => {
    const { summary, entries } = read(lines.join('\n'), format === null ? formats[name] : formatOf(format));
    expect(summary).toMatchObject({ lines: lines.length, unread: { count: 0, first: null } });
    expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
    expect(JSON.stringify(entries)).not.toMatch(/john|doe|kid|secretpw|Basic|SECRET|u:pw/);
  });

  const expected = ['localhost', 'localhost', 'plex.evil.test', 'a.login.test', 'a.login.test', 'localhost'];
  it.each(capture.filter(({ name }) => name !== 'useragent'))(
    'with the same hosts as $name',
    ({ name, format, lines }) => {
      const hosts = lines.map(
        (line) => read(line, format === null ? formats[name] : formatOf(format)).entries[0]?.host,
      );
      expect(hosts.slice(0, 6)).toEqual(expected);
      expect(hosts.slice(6)).toContain('nothing.plex.invalid');
      expect(hosts.slice(6)).toContain('::1');
      expect(hosts.slice(6)).toContain('münchen.evil.test');
    },
  );

  const agents = ['Mozilla/5.0 (X11; "q" [b] 100% \\ back) ü', 'curl/7.88.1', 'Plex "Media" Server/1.0 [x]'];
  it.each(capture.filter(({ name }) => !['squid', 'common', 'referrer', 'widths'].includes(name)))(
    'with the same user agents as $name',
    ({ name, format, lines }) => {
      const { entries } = read(lines.join('\n'), format === null ? formats[name] : formatOf(format));
      const found = new Set(entries.map(({ userAgent }) => userAgent));
      expect([...found].filter((agent) => agent !== null).sort()).toEqual([...agents].sort());
    },
  );

  it.each(capture.filter(({ format }) => format === null))('and finds the format of $name', ({ name, lines }) => {
    expect(detectFormat(Buffer.from(`${lines.join('\n')}\n`))?.format.name).toBe(name);
  });
});

describe('detectFormat', () => {
  const lines = (count: number): string => native('CONNECT plex.tv:443').repeat(count);

  it.each<[string, string]>([
    ['one line', lines(1)],
    ['a first line that is cut', `TUNNEL/200 4711 CONNECT plex.tv:443 - HIER_DIRECT/192.0.2.1 -\n${lines(2)}`],
    ['a last line that is cut', `${lines(1)}1700000000.123    81`],
    ['a byte order mark and carriage returns', `\ufeff${lines(2).replaceAll('\n', '\r\n')}`],
    ['some lines of another kind', `${lines(3)}garbage\n${lines(1)}`],
  ])('knows %s', (_, sample) => {
    expect(detectFormat(Buffer.from(sample))).toMatchObject({ format: BUILTIN_FORMATS.squid });
  });

  it.each<[string, Uint8Array | string]>([
    ['nothing', ''],
    ['text', 'All work and no play makes Jack a dull boy\n'.repeat(9)],
    ['zeros', new Uint8Array(4096)],
    ['random bytes', Uint8Array.from({ length: 4096 }, (_, i) => (i * 2_654_435_761) >>> 24)],
    [
      "a web server's log",
      '10.0.0.5 - - [14/Nov/2023:23:13:20 +0100] "GET / HTTP/1.1" 200 12 "-" "curl/8"\n'.repeat(9),
    ],
    ["tinyproxy's log", 'CONNECT   Nov 22 20:07:47.643 [8628]: Connect (file descriptor 2): 127.0.0.1\n'.repeat(9)],
    ["PMS's log", 'Nov 22, 2026 14:03:01.123 [0x7f1] INFO - Plex Media Server v1.40.0\n'.repeat(9)],
    ['JSON', '{"ts":1700000000.123,"client":"10.0.0.5"}\n'.repeat(9)],
    ['mostly other lines', `${lines(2)}${'garbage\n'.repeat(9)}`],
  ])('does not take %s for an access log', (_, sample) => {
    expect(detectFormat(typeof sample === 'string' ? Buffer.from(sample) : sample)).toBeNull();
  });
});

const LOG = Buffer.concat([...nativeLog({ seed: 7, lines: 400, clients: 20, hosts: 60 })]);

describe('any log', () => {
  it('reads the same in chunks of any size', () => {
    const log = Buffer.concat([Buffer.from('\ufeff'), LOG.subarray(0, 9000), Buffer.from('\r\n\0\0\0garbage\n'), LOG]);
    const whole = read(log);
    expect(whole.summary.unread.count).toBe(2);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (size) => {
        expect(read(log, BUILTIN_FORMATS.squid, size)).toEqual(whole);
      }),
      runs(7),
    );
  });

  it('reads all that the generator writes', () => {
    const { summary, entries, clients } = read(LOG);
    expect(summary).toMatchObject({ lines: 400, unread: { count: 0 }, notKept: 0 });
    expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(400);
    expect(clients.reduce((sum, { count }) => sum + count, 0)).toBe(400);
  });

  it('never throws, and counts every line', () => {
    const formats = [...Object.values(BUILTIN_FORMATS), ...capture.flatMap(({ format }) => format ?? []).map(formatOf)];
    const change = fc.record({ at: fc.nat(3000), byte: fc.nat(255), cut: fc.nat(40) });
    fc.assert(
      fc.property(fc.constantFrom(...formats), fc.array(change, { minLength: 1, maxLength: 30 }), (format, changes) => {
        const log = Buffer.from(LOG.subarray(0, 3000));
        for (const { at, byte, cut } of changes) {
          if (cut < 5) log.copyWithin(at, at + cut);
          else log[at] = byte;
        }
        const { summary, entries } = read(log, format);
        const counted = entries.reduce((sum, { count }) => sum + count, 0);
        expect(counted + summary.unread.count + summary.notKept).toBe(summary.lines);
      }),
      runs(33),
    );
  });

  it('reads random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { summary } = read(bytes, formatOf('%un %[un %"ru %tl %/un'));
        expect(summary.unread.count).toBeLessThanOrEqual(summary.lines);
      }),
    );
  });
});

/** A code for each thing that an entry has, and how Squid writes it. */
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}[a-z]$/);
const generated = fc.record({
  client: fc.ipV4(),
  method: fc.constantFrom('CONNECT', 'GET', 'POST'),
  host: fc.tuple(word, word).map((labels) => labels.join('.')),
  port: fc.integer({ min: 1, max: 65_535 }),
  status: fc.integer({ min: 100, max: 599 }),
  tag: fc.constantFrom('TCP_TUNNEL', 'TCP_DENIED', 'TCP_CF_MISS_ABORTED', 'NONE_NONE'),
  hierarchy: fc.constantFrom('HIER_DIRECT', 'HIER_NONE', 'FIRSTUP_PARENT'),
  seconds: fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }),
});
type Generated = typeof generated extends fc.Arbitrary<infer T> ? T : never;

const CODES: Readonly<Record<string, (request: Generated) => string>> = {
  '%ts': ({ seconds }) => String(seconds),
  '%tl': ({ seconds }) => {
    const [, day, month, year, time] =
      /^\w+, (\d\d) (\w+) (\d+) (\S+)/.exec(new Date(seconds * 1000).toUTCString()) ?? [];
    return `${day}/${month}/${year}:${time} +0000`;
  },
  '%>a': ({ client }) => client,
  '%-18>a': ({ client }) => client.padEnd(18),
  '%18>a': ({ client }) => client.padStart(18),
  '%rm': ({ method }) => method,
  '%ru': ({ host, port }) => `${host}:${port}`,
  '%>ru': ({ host, port }) => `http://${host}:${port}/some/path?q=1`,
  '%Ss': ({ tag }) => tag,
  '%>Hs': ({ status }) => String(status),
  '%06>Hs': ({ status }) => String(status).padStart(6, '0'),
  '%Sh': ({ hierarchy }) => hierarchy,
  '%[un': () => 'john doe',
  '%/un': () => '"john \\"x\\" doe"',
  '%tr': () => '17',
  '%{X}>h': () => '-',
};

describe('a line in a generated format', () => {
  it('is read back', () => {
    const codes = fc.uniqueArray(fc.constantFrom(...Object.keys(CODES)), { minLength: 1, maxLength: 12 });
    const separators = fc.constantFrom(' ', ' | ', '\t', ' - ', ' "" ', '%% ');
    fc.assert(
      fc.property(
        codes,
        fc.array(separators, { minLength: 12, maxLength: 12 }),
        generated,
        (chosen, between, request) => {
          const format = formatOf(chosen.map((code, i) => code + (i === chosen.length - 1 ? '' : between[i])).join(''));
          const line = chosen
            .map(
              (code, i) =>
                CODES[code]?.(request) + (i === chosen.length - 1 ? '' : (between[i] ?? '').replace('%%', '%')),
            )
            .join('');
          const entry = only(`${line}\n`, format);
          const has = (...some: string[]): boolean => chosen.some((code) => some.includes(code));
          expect(entry.client).toBe(has('%>a', '%-18>a', '%18>a') ? request.client : null);
          expect(entry.method).toBe(has('%rm') ? request.method : '-');
          expect(entry.host).toBe(has('%ru', '%>ru') ? request.host : null);
          expect(entry.port).toBe(has('%ru', '%>ru') ? request.port : null);
          expect(entry.status).toBe(has('%>Hs', '%06>Hs') ? request.status : null);
          expect(entry.result === null).toBe(!has('%Ss'));
          expect(entry.hierarchy).toBe(has('%Sh') ? request.hierarchy : null);
          expect(entry.firstMs).toBe(has('%ts', '%tl') ? request.seconds * 1000 : null);
        },
      ),
      runs(50),
    );
  });
});
